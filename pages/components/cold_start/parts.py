"""Parts of Cold start: figures, a picked cell's viewers and items, what columns are worth, who is served best."""

import pandas as pd
import streamlit as st

from pages.components import panels
from pages.components.charts import cold_start as charts
from pages.components.cold_start.cache import ColdMap
from pages.components.cold_start.controls import Shown
from pages.components.keys import Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped, quiet
from services.language.phrases import capital, fine_percent
from services.language.vocabulary import Words
from services.screens.cold_start import groups, sentences, tables
from services.screens.cold_start.baselines import POPULARITY, RANDOM
from services.screens.cold_start.groups import ViewerGroups
from services.screens.cold_start.parameters import MODEL
from services.screens.cold_start.results import ColdStartResult

MAX_EXAMPLES, MAX_NAMES = 3, 3
MAX_CELL_ITEMS, MAX_CELL_NAMES = 50, 8


def figures(shown: Shown, words: Words, served: pd.DataFrame | None) -> None:
    """Draw the row of figures."""
    result = shown.result
    rate, chance, popular = (result.metric(method).value for method in (result.best, RANDOM, POPULARITY))
    interval = result.metric(result.best)
    difference = result.difference(POPULARITY)
    kpis = [
        panels.Kpi(
            "Click rate, 25 places",
            fine_percent(rate),
            below=sentences.times(rate, chance),
            help=f"95 %: {fine_percent(interval.low)} to {fine_percent(interval.high)}; "
            f"random new {words.nouns}: {fine_percent(chance)}.",
        ),
        panels.Kpi(
            "Predicted bestsellers",
            fine_percent(popular),
            below=sentences.popularity_words(difference, popular, result.n_people),
            help="The same list for everybody: the new ones whose columns promise the most viewers. "
            + sentences.interval_words(difference, popular, result.n_people),
        ),
        panels.Kpi(
            f"New {words.nouns} shown",
            f"{result.reaching():,} of {result.n_new:,}",
            below=f"bestsellers: {result.reaching(POPULARITY):,}",
            help=f"New {words.nouns} that at least one of the people asked is shown.",
        ),
        panels.Kpi(
            "Cost of a click",
            sentences.cost_per_click(shown.cost, rate, shown.currency),
            below=sentences.saved(shown.cost, rate, chance, shown.currency),
            help="Cost of an impression divided by the click rate. Below: the saving against random new ones.",
        ),
    ]
    if served is not None and len(served):
        worst = served.iloc[-1]
        kpis.append(
            panels.Kpi(
                "Worst served",
                capital(str(worst["group"])),
                below=f"{fine_percent(worst['click_rate'])} clicked, n = {worst['n_viewers']}",
                help="The group of at least 20 people with the lowest click rate; people of no clear taste are one.",
            )
        )
    panels.kpi_row(kpis)


def cell(result: ColdStartResult, opened: OpenData, drawn: ColdMap, group: str, category: str) -> None:
    """Draw the items of one cell of the map, with the viewers who took them."""
    words = opened.data.words
    part = groups.examples(result.of(result.best), drawn.groups, group, MAX_CELL_ITEMS, category, drawn.categories)
    viewers = drawn.groups.n_viewers.get(group, 0)
    st.markdown(
        f"**{escaped(group)}** {escaped(sentences.who(words))}s ({viewers:,}) · "
        f"new **{escaped(category)}** {escaped(words.nouns)} shown: {len(part):,}"
    )
    frame = pd.DataFrame(
        {
            words.noun: [opened.catalog.label(item) for item in part["item_id"]],
            "shown to": part["n_shown"],
            words.past: part["n_clicks"],
            "viewers": [", ".join(map(opened.people.short, ids[:MAX_CELL_NAMES])) for ids in part["viewers"]],
        }
    )
    panels.table(
        frame,
        alt=f"New {category} {words.nouns} shown to {group} {escaped(sentences.who(words))}s.",
        key=Widget.COLD_CELL,
    )


def worth(result: ColdStartResult) -> None:
    """Draw what each set of columns is worth."""
    st.markdown("**What each column is worth**")
    rows = tables.worth(result)
    if rows.empty:
        st.caption("The run used one set of columns only.")
        return
    measured = result.worth
    by = MODEL if (measured["method"] == MODEL).any() else str(measured["method"].iloc[0])
    sentence = sentences.worth_words(measured[measured["method"] == by])
    panels.show(charts.worth(rows), sentence, key=Widget.COLD_WORTH)
    how = (
        ""
        if by == MODEL
        else " Measured with each person's profile; a new run can train the recipe with each column alone."
    )
    st.caption(escaped(sentence + how))


def served(result: ColdStartResult, opened: OpenData, viewers: ViewerGroups, frame: pd.DataFrame) -> None:
    """Draw the best and the worst served group with what they are shown and who took it."""
    words = opened.data.words
    st.markdown("**Who gets it**")
    if len(frame) < 2:
        st.caption(escaped(f"{sentences.served_words(frame, words)} {_without(result, viewers, frame)}"))
        return
    for column, (word, row) in zip(
        st.columns(2, gap="small"), (("Best served", frame.iloc[0]), ("Worst served", frame.iloc[-1])), strict=True
    ):
        with column, st.container(border=True):
            group = str(row["group"])
            lines = [f"**{word}: {escaped(group)}** · {fine_percent(row['click_rate'])}"]
            examples = groups.examples(result.of(result.best), viewers, group, MAX_EXAMPLES)
            for example in examples.to_dict("records"):
                names = [opened.people.short(user) for user in example["viewers"][:MAX_NAMES]]
                line = f"shown to {example['n_shown']:,}, {example['n_clicks']:,} {words.past}: {', '.join(names)}"
                title = opened.catalog.label(example["item_id"])
                lines.append(f"{escaped(title)}  \n{quiet(escaped(line))}")
            st.markdown("\n\n".join(lines))
    st.caption(escaped(f"{sentences.served_words(frame, words)} {_without(result, viewers, frame)}"))


def _without(result: ColdStartResult, viewers: ViewerGroups, frame: pd.DataFrame) -> str:
    return sentences.no_taste_words(frame, viewers.n_without, result.metric(RANDOM).value)
