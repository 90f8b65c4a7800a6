"""The parts of the Recommendations screen: figures, history, list, other campaigns."""

import pandas as pd
import streamlit as st

from pages.components import panels, tiles
from pages.components.cache import OpenShelf
from pages.components.charts import strip, theme
from pages.components.session import Key
from services import evenings, recommendations
from services.api_calls import ApiCall
from services.columns import Words
from services.recommendations import ListView
from services.words import listed

PICTURE_ROW = 36
ALSO_POPULAR = "◻ also"
VIEWS = ("Picture", "Table")


def figures(view: ListView, call: ApiCall, words: Words) -> list[panels.Kpi]:
    """Return the row of figures."""
    k = view.n_items
    kpis = []
    if view.tastes:
        more = view.in_taste - view.everybody_in_taste
        kpis.append(
            panels.Kpi("In taste", f"{view.in_taste} of {k}", f"{more:+.0f}", "to everybody", listed(view.tastes, "or"))
        )
    shared = f"Places that are also among the first {k} of popularity's list."
    kpis.append(panels.Kpi("Also popular", f"{view.shared_with_popularity} of {k}", help=shared))
    if view.typical_per_thousand is not None:
        reach = f"So many of 1,000 people {words.past} the list's middle {words.noun}, by number of people."
        kpis.append(panels.Kpi(f"Typical {words.noun}", f"{view.typical_per_thousand:,.0f} in 1,000", help=reach))
    if view.years is not None:
        kpis.append(panels.Kpi("Years", f"{view.years[0]}–{view.years[1]}"))
    kpis.append(panels.Kpi("Answer time", f"{call.milliseconds:.0f} ms", help="The call, measured here."))
    return kpis


def history(events: pd.DataFrame, taste: tuple[str, ...], who: str, opened: OpenShelf) -> None:
    """Draw the taste strip and the latest events, evening by evening."""
    likes = "" if taste or len(events) == 0 else ", no clear taste yet"
    st.markdown(f"**{who}'s history** · {len(events):,} events{likes}")
    if len(events) == 0:
        with panels.empty("Nothing yet."):
            st.caption(f"The data holds no event of {who}.")
        return
    ticks = evenings.strip_frame(events, opened.catalog, taste)
    panels.show(
        strip.taste_strip(ticks, taste, evenings.OTHER), strip.strip_alt(ticks, taste, who, evenings.OTHER), key="strip"
    )
    frame = evenings.history_frame(events, opened.catalog, opened.shelf.words)
    frame.insert(1, "picture", tiles.pictures(frame))
    panels.table(
        frame[["evening", "picture", "label", "event"]],
        alt=f"The latest {len(frame)} events of {who}, newest first, grouped by evening.",
        key="history",
        height=theme.MAIN_HEIGHT - theme.STRIP_HEIGHT,
        row_height=PICTURE_ROW,
        column_config={
            "evening": st.column_config.TextColumn("Evening", width=152),
            "picture": st.column_config.ImageColumn("", width=34),
            "label": st.column_config.TextColumn("Title", width=112),
            "event": st.column_config.TextColumn("Event", width=54),
        },
    )


def recommended(view: ListView, who: str, words: Words) -> None:
    """Draw the list, and under the second tab the same rows as a plain table."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**Recommended** · {recommendations.seen_line(view, words)}", width="content")
        shown = st.segmented_control(
            "Shown as",
            VIEWS,
            default=VIEWS[0],
            required=True,
            key=Key.VIEW,
            bind="query-params",
            label_visibility="collapsed",
        )
    if shown == VIEWS[0]:
        _picture(view, who)
    else:
        _plain(view, who)


def _picture(view: ListView, who: str) -> None:
    frame = view.frame.assign(
        picture=tiles.pictures(view.frame),
        categories=[_marked(categories, view.tastes) for categories in view.frame["categories"]],
        fit=100 * view.frame["fit"],
        popular=[ALSO_POPULAR if also else "" for also in view.frame["also_popular"]],
    )
    columns = ["rank", "picture", "label"] + (["fit"] if view.has_scores else []) + ["popular", "categories"]
    panels.table(
        frame[columns],
        alt=recommendations.alt_text(view, who),
        key="list",
        height=theme.MAIN_HEIGHT,
        row_height=PICTURE_ROW,
        column_config={
            "rank": st.column_config.NumberColumn("#", width=28),
            "picture": st.column_config.ImageColumn("", width=34),
            "label": st.column_config.TextColumn("Title", width=160),
            "fit": st.column_config.ProgressColumn(
                "Fit", width=76, format="%.0f %%", min_value=0, max_value=100, help="Relative to the first place."
            ),
            "popular": st.column_config.TextColumn("Popular", width=66, help="Also in popularity's list."),
            "categories": st.column_config.ListColumn("Categories, ✓ in taste", width=190),
        },
    )


def _plain(view: ListView, who: str) -> None:
    panels.table(
        recommendations.table_frame(view),
        alt=recommendations.alt_text(view, who),
        key="list_table",
        height=theme.MAIN_HEIGHT,
        column_config={
            "score": st.column_config.NumberColumn("score", format="%.4f"),
            "fit": st.column_config.NumberColumn("fit", format="%.3f"),
            "categories": st.column_config.ListColumn("categories"),
        },
    )


def beside(frame: pd.DataFrame, main: str) -> None:
    """Draw other campaigns' lists; a number in brackets is the rank in the main list."""
    st.markdown(f"**Other campaigns** · [n] is the rank in {main}")
    panels.table(
        frame,
        alt=f"Lists of {', '.join(frame.columns)} beside {main}: {', '.join(frame.iloc[0])}.",
        key="beside",
        height=theme.MAIN_HEIGHT,
    )


def _marked(categories: tuple[str, ...], tastes: tuple[str, ...]) -> list[str]:
    """Return at most three categories, those in taste first and ticked."""
    inside = [f"✓ {category}" for category in categories if category in tastes]
    return [*inside, *(category for category in categories if category not in tastes)][:3]
