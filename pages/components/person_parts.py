"""The parts of the Recommendations screen: figures, history, list, other campaigns."""

import pandas as pd
import streamlit as st

from pages.components import panels, tiles
from pages.components.cache import OpenShelf
from pages.components.charts import strip, theme
from services import evenings, recommendations
from services.api_calls import ApiCall
from services.columns import Words
from services.recommendations import ListView

PICTURE_ROW = 36
ALSO_POPULAR = "◻ popular"


def figures(view: ListView, call: ApiCall, words: Words) -> list[panels.Kpi]:
    """Return the row of figures."""
    k = view.n_items
    kpis = []
    if view.tastes:
        more = view.in_taste - view.everybody_in_taste
        kpis.append(
            panels.Kpi("In taste", f"{view.in_taste} of {k}", f"{more:+.0f}", "to everybody", ", ".join(view.tastes))
        )
    kpis.append(
        panels.Kpi("Shared with popularity", f"{view.shared_with_popularity} of {k}", help="of popularity's first {k}")
    )
    if view.typical_per_thousand is not None:
        kpis.append(panels.Kpi(f"Typical {words.noun} {words.past} by", f"{view.typical_per_thousand:,.0f} of 1,000"))
    if view.years is not None:
        kpis.append(panels.Kpi("Years", f"{view.years[0]}–{view.years[1]}"))
    kpis.append(panels.Kpi("Answer time", f"{call.milliseconds:.0f} ms", help="The call, measured here."))
    return kpis


def history(events: pd.DataFrame, taste: tuple[str, ...], who: str, opened: OpenShelf) -> None:
    """Draw the taste strip and the latest events, evening by evening."""
    likes = f", likes {', '.join(taste)}" if taste else ", no clear taste yet" if len(events) else ""
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
    columns = ["evening", "picture", "label", "event"] + (["value"] if frame["value"].notna().any() else [])
    panels.table(
        frame[columns],
        alt=f"The latest {len(frame)} events of {who}, newest first, grouped by evening.",
        key="history",
        height=theme.MAIN_HEIGHT - theme.STRIP_HEIGHT,
        row_height=PICTURE_ROW,
        column_config={
            "evening": st.column_config.TextColumn("Evening", width=150),
            "picture": st.column_config.ImageColumn("", width=40),
            "label": st.column_config.TextColumn("Title", width=170),
            "event": st.column_config.TextColumn("Event", width=60),
            "value": st.column_config.NumberColumn("Value", width=45, format="%.1f"),
        },
    )


def recommended(view: ListView, who: str, words: Words) -> None:
    """Draw the list, and under the second tab the same rows as a plain table."""
    st.markdown(f"**Recommended** · {recommendations.seen_line(view, words)}")
    picture, plain = st.tabs(["Picture", "Table"])
    with picture:
        frame = view.frame.assign(
            picture=tiles.pictures(view.frame),
            categories=[_marked(categories, view.tastes) for categories in view.frame["categories"]],
            popular=[ALSO_POPULAR if also else "" for also in view.frame["also_popular"]],
        )
        columns = ["rank", "picture", "label", "categories"] + (["fit"] if view.has_scores else []) + ["popular"]
        panels.table(
            frame[columns],
            alt=recommendations.alt_text(view, who),
            key="list",
            height=theme.MAIN_HEIGHT,
            row_height=PICTURE_ROW,
            column_config={
                "rank": st.column_config.NumberColumn("#", width=32),
                "picture": st.column_config.ImageColumn("", width=40),
                "label": st.column_config.TextColumn("Title", width=190),
                "categories": st.column_config.ListColumn("Categories, ✓ in taste", width=190),
                "fit": st.column_config.ProgressColumn(
                    "Fit", width=80, format="percent", min_value=0, max_value=1, help="Relative to the first place."
                ),
                "popular": st.column_config.TextColumn("Also popular", width=70),
            },
        )
    with plain:
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
