"""A finished evaluation: who wins, by how much, beside what; then its tabs, people and drawers."""

import streamlit as st

from pages.components import drawers, panels, presenting
from pages.components.charts import evaluation as charts
from pages.components.evaluation import downloads, others_tab, people, tabs
from pages.components.evaluation.controls import Shown
from pages.components.keys import Widget
from pages.components.lab_run import Head
from pages.components.loaded import OpenData
from pages.components.markdown import filled
from services.laboratory import hit_rates
from services.language.phrases import in_seconds, percent
from services.language.vocabulary import Words
from services.screens.evaluation import sentences, tables
from services.screens.evaluation.facts import Facts
from services.screens.evaluation.measures import COVERAGE
from services.screens.evaluation.others import sentences as others
from services.screens.evaluation.others.beside import method_of
from services.screens.evaluation.results import Comparison
from services.screens.evaluation.sentences import label, method_words
from services.screens.evaluation.split import LAST_TENTH

HOW = """
**Split**: {split}. A recipe is trained on what lies before, through the same API calls as any client's, in a data set
group of its own; then everybody with events on both sides is asked for 25 places (similar items: those of the item
that the person had last; a ranking: the order of the 100 bestsellers). **Right** is what the person took in the part
held out. **NDCG@K** weighs each right one by 1 / log2(1 + rank) and divides by the best order of all that the person
took; **MRR@K** is 1 / rank of the first right one; **MAP@K** adds up the precision at the rank of each right one and
divides by all that was taken; **precision@K** the right ones of K; **recall@K** their share of all that was taken;
**hit rate@K** the share of people with a right one; **coverage@K** the share of the catalogue that anybody is shown;
**next item@K** looks for the first item taken alone; **serendipity@K** the share of places that are right and none of
the K bestsellers; **personalisation@K** is 1 minus the mean cosine of two people's lists as sets; **novelty@K** is 1
minus the share of people who had an item shown; **diversity@K** is 1 minus the mean Jaccard index of the categories
of two items of a list; **popularity bias@K** the share of places given to the 5 % of items with most events. *NDCG,
notebook* (Amazon's) has weights 1, 1, 1/log2(3), 1/log2(4) ... and divides by the best order of the hits that the
list has. **Bestsellers** count the events before the split; *not yet seen* leaves out what the person had{among}.
**Intervals**: 95 %, bootstrap over people, paired for differences; a winner is named only where that of the
difference excludes 0 and there are at least 30 people. **Better, same, worse** compares each person's own value.
"""


def draw(shown: Shown, opened: OpenData, head: Head) -> None:
    """Draw the result that is chosen."""
    result, words = shown.result, opened.data.words
    pair = result.compare(shown.model, shown.other, shown.metric, shown.k)
    head.draw(_doubt(shown, opened) or sentences.headline(pair, result, shown.model, shown.other, words))
    panels.kpi_row(_figures(shown, pair, words))
    with panels.subject():
        _main(shown, pair, words)
    if result.facts.source == "movielens":
        st.caption(sentences.MOVIELENS)
    tabs.draw(shown, opened)
    if result.by_person:
        people.draw(shown, opened)
    among = " (of the first 100, as the notebook does)" if result.facts.protocol == LAST_TENTH else ""
    drawers.drawers(
        key=Widget.EVALUATION,
        how=filled(HOW, split=sentences.protocol_words(result.facts), among=among),
        download=tables.everything(result, words.nouns),
        file_name="evaluation.csv",
    )
    if not presenting.presenting():
        downloads.draw(shown, opened.data.name)


def _doubt(shown: Shown, opened: OpenData) -> str:
    """Return why the figures of chosen lists of another recommender cannot be trusted, "" where nothing says so."""
    leaks = (others_tab.leak(shown, opened, one) for one in shown.lists if method_of(one) in (shown.model, shown.other))
    return next((others.doubtful(leak) for leak in leaks if leak), "")


def _figures(shown: Shown, pair: Comparison | None, words: Words) -> list[panels.Kpi]:
    """Return the row of figures, all at one cut-off; the counts are those of the metric that is chosen."""
    kpis = [_metric(shown, pair, words)]
    result = shown.result
    against = method_words(shown.other, result.words, words.nouns)
    right, other_right = (result.estimate(method, "precision", shown.k) for method in (shown.model, shown.other))
    if right is not None:
        below = "" if other_right is None else f"{against}: {shown.k * other_right.value:.1f}"
        kpis.append(
            panels.Kpi(f"Right {words.nouns} in {shown.k}", f"{shown.k * right.value:.1f}", below=below or None)
        )
    if pair is not None:
        same = f"the same for {pair.ties:,}"
        kpis.append(panels.Kpi("Better : worse", f"{pair.wins:,} : {pair.losses:,}", below=same))
    coverage, other_coverage = (result.estimate(method, COVERAGE, shown.k) for method in (shown.model, shown.other))
    if coverage is not None:
        beside = None if other_coverage is None else f"{against}: {percent(other_coverage.value)}"
        kpis.append(
            panels.Kpi(f"{words.nouns.capitalize()} that anybody is shown", percent(coverage.value), below=beside)
        )
    return [*kpis, _time(result.facts)]


def _metric(shown: Shown, pair: Comparison | None, words: Words) -> panels.Kpi:
    """Return the chosen metric, with the difference to the other method."""
    value = shown.result.estimate(shown.model, shown.metric, shown.k)
    is_rate = shown.metric == "hit_rate"
    against = sentences.in_sentence(shown.other, shown.result.words, words.nouns)
    figure = "–" if value is None else tables.figure(shown.metric, value.value)
    return panels.Kpi(
        hit_rates.LABEL if is_rate else label(shown.metric, shown.k),
        figure,
        None if pair is None else sentences.points(pair) if is_rate else sentences.difference_words(pair),
        None if pair is None else f"against {against}",
        help=f"{label(shown.metric, shown.k)}, compared with {against}.",
    )


def _time(facts: Facts) -> panels.Kpi:
    asked = sum(value for key, value in facts.seconds.items() if key.startswith("ask "))
    total = sum(value for key, value in facts.seconds.items() if key != "asking")
    return panels.Kpi("Time", in_seconds(total), below=f"asking: {in_seconds(asked)}" if asked else None)


def _main(shown: Shown, pair: Comparison | None, words: Words) -> None:
    """Draw every method's value, and for how many users the model is better than the others."""
    result, name = shown.result, label(shown.metric, shown.k)
    model, other = (method_words(method, result.words, words.nouns) for method in (shown.model, shown.other))
    rows = tables.dots(result, shown.metric, shown.k, words.nouns)
    alt = sentences.alt(pair, model, other) if pair is not None else f"{name} of {len(rows)} methods."
    panels.show(charts.dots(rows, name), alt, key=Widget.EVALUATION_DOTS)
    bars = tables.outcomes(result, shown.model, shown.others, shown.metric, shown.k, words.nouns)
    if len(bars):
        panels.show(
            charts.outcomes(bars), f"People for whom {model} is better, the same or worse.", key=Widget.EVALUATION_BARS
        )
