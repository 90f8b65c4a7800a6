"""The tab of Evaluation that says what a filter costs: right ones that are lost, short lists, items out of reach."""

import pandas as pd
import streamlit as st

from pages.components import loaded, panels, process
from pages.components.evaluation import cache
from pages.components.evaluation.controls import Shown
from pages.components.filters import choose, state
from pages.components.filters.state import FILTER
from pages.components.keys import Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.filters.named import filters_of
from services.language.phrases import percent
from services.screens.evaluation import filter_cost
from services.screens.evaluation.filter_cost import FilterCost
from services.screens.evaluation.others.beside import BesideOthers
from services.screens.evaluation.sentences import method_words

MAX_ROWS = 50


def draw(shown: Shown, group: str) -> None:
    """Draw the choice of a filter and what it costs the shown model."""
    opened = loaded.open_data(group)
    if opened is None:
        return
    with panels.guard("The filter"):
        filters = filters_of(process.backend(), group)
        choose.draw(FILTER, group, opened, filters)
        chosen = state.chosen(FILTER, filters)
        if chosen is None:
            st.caption("Choose a filter to see what it costs this result: the same people, the same held-out events.")
            return
        run = shown.run
        beside = shown.result.ids if isinstance(shown.result, BesideOthers) else ()
        found = cache.filter_cost(str(run.folder), run.ended, opened, shown.model, shown.k, chosen, beside)
        _draw(shown, opened, chosen.named.name, found)


def _draw(shown: Shown, opened: OpenData, name: str, found: FilterCost) -> None:
    words, model = opened.data.words, method_words(shown.model, shown.result.words, opened.data.words.nouns)
    st.markdown(f"**{escaped(filter_cost.headline(found, name, model))}**")
    points = 100 * found.difference.value
    panels.kpi_row(
        [
            panels.Kpi("Right for", percent(found.after.value), f"{points:+.1f} points", "to no filter"),
            panels.Kpi(
                f"Right ones in {found.k}",
                f"{found.n_right_after:,}",
                below=f"of {found.n_right_before:,}; {found.n_lost:,} are gone",
            ),
            panels.Kpi(
                "Not allowed",
                percent(found.n_taken_out / max(1, found.n_taken)),
                below=f"{found.n_taken_out:,} of {found.n_taken:,}",
                help="Of what people took in the part held out, what the filter would never have shown them.",
            ),
            panels.Kpi("Short lists", f"{found.n_short:,}", below=f"of {found.n_users:,} people"),
            panels.Kpi("Out of reach", f"{len(found.unreached):,}", below=f"of {found.n_items:,} {words.nouns}"),
        ]
    )
    if note := filter_cost.notes(found, words):
        st.caption(escaped(note))
    left, right = st.columns(2, gap="medium")
    catalog = opened.catalog
    lost = pd.DataFrame(found.lost[:MAX_ROWS], columns=["item", "people"])
    with left:
        st.markdown("**Right ones that are gone**")
        panels.table(
            lost.assign(title=[catalog.label(item) for item in lost["item"]])[["title", "people"]],
            alt=f"{len(found.lost)} {words.nouns} that were right and are gone, most people first.",
            key=Widget.EVALUATION_LOST,
            height=220,
        )
    out = sorted(found.unreached, key=lambda item: -catalog.n_people(item))[:MAX_ROWS]
    with right:
        st.markdown("**Out of reach**")
        panels.table(
            pd.DataFrame({"title": map(catalog.label, out), "people": [catalog.n_people(item) for item in out]}),
            alt=f"{len(found.unreached)} {words.nouns} that nobody may get, most people first.",
            key=Widget.EVALUATION_UNREACHED,
            height=220,
        )
