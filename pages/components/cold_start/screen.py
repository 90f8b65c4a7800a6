"""What a finished cold start run shows: figures, the map of who gets what, methods, columns, who is served best."""

import streamlit as st

from pages.components import address, drawers, panels
from pages.components.charts import cold_start as charts
from pages.components.charts import heat_map
from pages.components.charts.rows import rows_html
from pages.components.cold_start import cache, parts
from pages.components.cold_start.controls import Shown
from pages.components.keys import Key, Widget
from pages.components.lab_run import Head
from pages.components.loaded import OpenData
from pages.components.markdown import escaped, filled
from services.language.metrics import metric_label
from services.language.phrases import counted, percent
from services.library.tastes import FORMULA
from services.screens.cold_start import groups, sentences, tables
from services.screens.cold_start.groups import MIN_VIEWERS
from services.screens.cold_start.measures import CLICK_RATE, METRICS
from services.screens.cold_start.results import ColdStartResult
from services.screens.cold_start.run_sentences import SPLIT_WORDS

HOW = """
**Held out**: {share} of the items, drawn at random, lost every event and kept their columns; {split}. **Asked**:
{asked}, 25 items each through GetRecommendations. **Click rate** is precision@25. First place, MRR and NDCG are those
of Amazon's own notebooks, so that figures line up with its printed ones. **Intervals**: 1,000 draws of the {draws}
of items and, within each, of people. **Trained recipe**: aws-hrnn-coldstart. **Each person's profile**: one
ridge regression a person of what they had on the columns, lambda 10, in closed form. **Best**: the one of the recipe
and the profile with the higher click rate in both halves of the people; the recipe where the halves differ.
**Predicted bestsellers**: ridge regression of log popularity on the columns, the same list for everybody. **Groups**
are people by their strongest taste: the category with the largest {formula}, of what they had before; {n_without:,}
people without a clear taste are a group of their own, which the map leaves out. **Cell**: share of what the group was
shown in that category over its share among all new items; an item with k categories counts 1/k to each.
"""


def draw(shown: Shown, opened: OpenData, head: Head, kind: str) -> None:
    """Draw the run; kind is what its map shows."""
    result, words = shown.result, opened.data.words
    head.draw(sentences.headline(result, words))
    drawn = None
    if shown.column:
        drawn = cache.cold_start_map(opened, str(shown.run.folder), shown.run.ended, shown.column)
    parts.figures(shown, words, None if drawn is None else drawn.served)
    if drawn is not None:
        with panels.subject():
            _map(result, opened, drawn, kind)
    else:
        st.caption("The items have no categorical column, so people cannot be grouped by taste.")
    notes = [sentences.mixed(result, words), sentences.caption(result, words)]
    st.caption(escaped(" ".join(note for note in notes if note)))
    _methods(result)
    left, right = st.columns(2, gap="medium")
    with left:
        parts.worth(result)
    with right:
        if drawn is not None:
            parts.served(result, opened, drawn.groups, drawn.served)
    how = filled(
        HOW,
        formula=FORMULA,
        share=percent(result.parameters.share),
        split=SPLIT_WORDS[result.parameters.split],
        asked=sentences.asked_words(result),
        draws=counted(result.n_seeds, "draw", "draws"),
        n_without=0 if drawn is None else drawn.groups.n_without,
    )
    download = tables.download(result, opened.catalog)
    drawers.drawers(key=Widget.COLD, how=how, download=download, file_name=f"cold-start-{opened.data.name}.csv")


def _map(result: ColdStartResult, opened: OpenData, drawn: cache.ColdMap, kind: str) -> None:
    words, cells = opened.data.words, drawn.cells
    if cells.empty:
        st.caption("No group has a taste of its own among the new items.")
        return
    alt = sentences.map_alt(groups.diagonal(cells), words)
    title = sentences.map_title(kind, words)
    with panels.wide(Widget.COLD_MAP):
        event = panels.show(
            heat_map.heat_map(cells, kind, title, MIN_VIEWERS), alt, key=Widget.COLD_MAP, on_select="rerun"
        )
    with panels.narrow(Widget.COLD_MAP):
        st.markdown(f"**{escaped(title.split(' · ')[0])}**")  # what follows tells how to read the picture
        st.html(rows_html(heat_map.own_rows(cells, kind, MIN_VIEWERS), alt))
    picked = heat_map.picked(event)
    if picked is not None:
        parts.cell(result, opened, drawn, *picked)
    else:
        st.caption(escaped(alt))


def _methods(result: ColdStartResult) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown("**Methods**", width="content")
            address.check_choice(Key.COLD_METRIC, METRICS)
            metric = str(
                st.selectbox(
                    "Metric",
                    METRICS,
                    format_func=lambda m: "click rate" if m == CLICK_RATE else metric_label(m),
                    key=Key.COLD_METRIC,
                    bind="query-params",
                    label_visibility="collapsed",
                    width=180,
                )
            )
        title = "click rate" if metric == CLICK_RATE else metric_label(metric)
        panels.show(
            charts.methods(tables.methods(result, metric), title),
            sentences.dots_alt(result, metric),
            key=Widget.COLD_METHODS,
        )
    with right:
        st.markdown("**Click rate and reach**")
        rows = tables.trade_off(result)
        panels.show(charts.trade_off(rows), sentences.trade_off_alt(rows), key=Widget.COLD_TRADE_OFF)
