"""A finished evaluation: who wins, by how much, beside what; then its tabs, people and drawers."""

import streamlit as st

from pages.components import drawers, panels, presenting
from pages.components.charts import evaluation as charts
from pages.components.evaluation import cache, people, tabs
from pages.components.evaluation.controls import Chosen
from pages.components.keys import Widget
from services.language.phrases import chance, in_seconds, percent
from services.screens.evaluation import sentences, tables
from services.screens.evaluation.results import Comparison, EvaluationResult
from services.screens.evaluation.sentences import label, method_words

HOW = """
**Split**: {split}. A recipe is trained on what lies before, through the same API calls as any client's, in a data set
group of its own; then everybody with events on both sides is asked for 25 places. **Right** is what the person took
in the part held out. **NDCG@K** weighs each right one by 1 / log2(1 + rank) and divides by the best order of all that
the person took; **MRR@K** is 1 / rank of the first right one; **precision@K** the right ones of K; **recall@K** their
share of all that was taken; **hit rate@K** the share of people with a right one; **coverage@K** the share of the
catalogue that anybody is shown; **novelty@K** is 1 minus the share of people who had an item shown; **diversity@K**
is 1 minus the mean Jaccard index of the categories of two items of a list; **popularity bias@K** the share of places
given to the 5 % of items with most events. *NDCG, notebook* (Amazon's) has weights 1, 1, 1/log2(3), 1/log2(4) ... and
divides by the best order of the hits that the list has. **Popularity** counts the events before the split; *without
seen* leaves out what the person had{among}. **Intervals**: 95 %, bootstrap over people, paired for differences; a
winner is named only where that of the difference excludes 0 and there are at least 30 people. **Better, same, worse**
compares each person's own value.
"""


def show(chosen: Chosen) -> None:
    """Draw the result that is chosen; nothing where there is none."""
    result = chosen.result
    if result is None:
        return
    words = chosen.opened.data.words
    found = result.compare(chosen.model, chosen.other, chosen.metric, chosen.k)
    with chosen.headline.container():
        line = sentences.source(result, chosen.group, words)
        if result.facts["data_version"] != chosen.opened.data.version:
            line += " · the data has changed since"
        sentence = sentences.headline(found, result, chosen.model, chosen.other, words)
        panels.head("Evaluation", sentence, line)
    panels.kpi_row(_figures(chosen, result, found))
    _main(chosen, result, found)
    if result.facts["source"] == "movielens":
        st.caption(sentences.MOVIELENS)
    tabs.draw(chosen, result)
    if result.by_person:
        people.draw(chosen, result)
    among = " (of the first 100, as the notebook does)" if result.facts["protocol"] == "last_tenth" else ""
    drawers.drawers(
        key=Widget.EVALUATION,
        how=HOW.format(split=sentences.protocol_words(result.facts), among=among),
        download=tables.everything(result, words.nouns),
        file_name="evaluation.csv",
    )
    if not presenting.presenting() and chosen.run is not None:
        run = chosen.run
        st.download_button(
            "Report in one file",
            key=Widget.EVALUATION_REPORT,
            icon=":material/description:",
            mime="text/html",
            file_name="evaluation.html",
            on_click="ignore",
            data=lambda: cache.evaluation_report(str(run.folder), run.ended, run.name, chosen.group).encode(),
        )


def _figures(chosen: Chosen, result: EvaluationResult, found: Comparison | None) -> list[panels.Kpi]:
    words = chosen.opened.data.words
    other = method_words(chosen.other, result.words, words.nouns)
    value = result.estimate(chosen.model, chosen.metric, chosen.k)
    gap = None if found is None else sentences.difference_words(found)
    against = None if found is None else f"to {chosen.other.partition('+')[0]}"
    name = label(chosen.metric, chosen.k)
    rows = [
        panels.Kpi(name, "–" if value is None else f"{value.value:.3f}", gap, against, help=f"Compared with: {other}")
    ]
    rate, beside = (result.estimate(method, "hit_rate", 10) for method in (chosen.model, chosen.other))
    if rate is not None:
        below = percent(rate.value) + ("" if beside is None else f" against {percent(beside.value)}")
        rows.append(panels.Kpi(f"A right {words.noun} in 10", chance(rate.value), below=below))
    if found is not None:
        same = f"same for {found.ties:,}"
        rows.append(panels.Kpi("Better : worse", f"{found.wins:,} : {found.losses:,}", below=same))
    cover, covered = (result.estimate(method, "coverage", chosen.k) for method in (chosen.model, chosen.other))
    if cover is not None:
        below = None if covered is None else f"against {percent(covered.value)}"
        rows.append(panels.Kpi(f"Coverage@{chosen.k}", percent(cover.value), below=below))
    seconds = result.facts["seconds"]
    asked = sum(value for key, value in seconds.items() if key.startswith("ask "))
    total = sum(value for key, value in seconds.items() if key != "asking")
    rows.append(panels.Kpi("Time", in_seconds(total), below=f"asking: {in_seconds(asked)}" if asked else None))
    return rows


def _main(chosen: Chosen, result: EvaluationResult, found: Comparison | None) -> None:
    nouns, name = chosen.opened.data.words.nouns, label(chosen.metric, chosen.k)
    rows = tables.dots(result, chosen.metric, chosen.k, nouns)
    one, other = (method_words(key, result.words, nouns) for key in (chosen.model, chosen.other))
    said = sentences.alt(found, one, other) if found is not None else f"{name} of {len(rows)} methods."
    panels.show(charts.dots(rows, name), said, key=Widget.EVALUATION_DOTS)
    bars = tables.outcomes(result, chosen.model, chosen.others, chosen.metric, chosen.k, nouns)
    if len(bars):
        panels.show(
            charts.outcomes(bars), f"People for whom {one} is better, the same or worse.", key=Widget.EVALUATION_BARS
        )
