"""What a finished cold start run shows: figures, the map of who gets what, methods, columns, who is served best."""

import streamlit as st

from pages.components import drawers, panels
from pages.components.charts import cold_start as charts
from pages.components.charts import heat_map
from pages.components.cold_start import cache, controls, parts
from pages.components.cold_start.controls import Chosen
from pages.components.keys import Key, Widget
from services.language.metrics import metric_label
from services.library.tastes import FORMULA
from services.screens.cold_start import groups, sentences, tables
from services.screens.cold_start.groups import LEAST_VIEWERS
from services.screens.cold_start.measures import CLICK_RATE, METRICS
from services.screens.cold_start.run import METHODS

HOW = """
**Held out**: {share:.0%} of the items, drawn at random, lost every event and kept their columns; {split}. **Asked**:
the first {n_people:,} people by id, 25 items each through GetRecommendations. **Click rate** is precision@25. First
place, MRR and NDCG are those of Amazon's own notebooks, so that figures line up with its printed ones. **Intervals**:
1,000 draws of the {n_seeds} draws of items and, within each, of people. **Ridge on metadata**: one ridge regression a
person of what they had on the columns, lambda 10, in closed form. **Predicted popularity**: ridge regression of log
popularity on the columns, the same list for everybody. **Groups** are people by their strongest taste: the category
with the largest {formula}, of what they had before;
{n_without:,} people without a clear taste are in none. **Cell**: share of what the group was shown in that category
over its share among all new items; an item with k categories counts 1/k to each.
"""


def draw(chosen: Chosen, kind: str) -> None:
    """Draw the run; nothing where none is finished."""
    result, words = chosen.result, chosen.opened.data.words
    if result is None:
        return
    controls.head(chosen, sentences.headline(result, words, chosen.cost, chosen.currency))
    drawn = None
    if chosen.column and chosen.run is not None:
        drawn = cache.cold_start_map(chosen.opened, str(chosen.run.folder), chosen.run.ended, chosen.column)
    parts.figures(chosen, result, None if drawn is None else drawn.served)
    if drawn is not None:
        _map(chosen, drawn, kind)
    else:
        st.caption("No categorical column of the items groups people here.")
    notes = [sentences.mixed(result, words), sentences.caption(result, words)]
    st.caption(" ".join(note for note in notes if note))
    _methods(chosen)
    left, right = st.columns(2, gap="medium")
    with left:
        parts.worth(chosen, result)
    with right:
        if drawn is not None:
            parts.served(chosen, result, drawn.groups, drawn.served)
    frame = tables.download(result, chosen.opened.catalog)
    how = HOW.format(
        formula=FORMULA,
        share=result.parameters.share,
        split=controls.SPLIT_WORDS[result.parameters.split],
        n_people=result.n_people,
        n_seeds=result.n_seeds,
        n_without=0 if drawn is None else drawn.groups.n_without,
    )
    drawers.drawers(key=Widget.COLD, how=how, download=frame, file_name=f"cold-start-{chosen.group}.csv")


def _map(chosen: Chosen, drawn: cache.ColdMap, kind: str) -> None:
    words, cells = chosen.opened.data.words, drawn.cells
    if cells.empty:
        st.caption("No group has a taste of its own among the new items.")
        return
    titles = {
        "shown": f"Share of the new {words.nouns} shown",
        "taken": f"Share of the new {words.nouns} {words.past}",
        "difference": f"Shown over {words.past}",
    }
    axes = f"rows: {sentences.who(words)}s by taste · columns: new {words.nouns}"
    title = f"{titles[kind]}, times chance · {axes} · click a cell"
    own = groups.diagonal(cells)
    event = panels.show(
        heat_map.heat_map(cells, kind, title, LEAST_VIEWERS),
        sentences.map_alt(own, words),
        key=Widget.COLD_MAP,
        on_select="rerun",
    )
    picked = heat_map.picked(event)
    if picked is not None:
        parts.cell(chosen, drawn.groups, drawn.categories, *picked)
    else:
        st.caption(sentences.map_alt(own, words))


def _methods(chosen: Chosen) -> None:
    result = chosen.result
    assert result is not None
    left, right = st.columns(2, gap="medium")
    with left:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown("**Methods**", width="content")
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
            sentences.dots_alt(result, METHODS, metric),
            key=Widget.COLD_METHODS,
        )
    with right:
        st.markdown("**Clicks against reach**")
        rows = tables.trade_off(result)
        panels.show(charts.trade_off(rows), tables.trade_off_alt(rows), key=Widget.COLD_TRADE_OFF)
