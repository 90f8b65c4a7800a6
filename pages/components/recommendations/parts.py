"""The parts of the Recommendations screen beside the history: figures, the list, other campaigns' lists."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.components import address, panels, presenting, tiles
from pages.components.charts import theme
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from pages.components.recommendations import why
from pages.components.recommendations.asking import ShownList
from pages.components.recommendations.controls import Chosen
from pages.components.recommendations.history import HEAD, PICTURE_ROW
from pages.components.recommendations.reasons_view import ReasonsView
from services.language.phrases import cut, fine_percent
from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.lists import sentences as reason_sentences
from services.personalize.calls import ApiCall
from services.screens.recommendations import sentences
from services.screens.recommendations.view import ListView, table_frame

IN_TASTE, ALSO_POPULAR = "✓", "◻"
"""Marks of an item, which the line under the list explains."""
VIEWS = ("Picture", "Table")


def figures(view: ListView, call: ApiCall, words: Words) -> list[panels.Kpi]:
    """Return the row of figures."""
    k = view.n_items
    kpis = []
    if view.tastes:
        more = view.in_taste - view.everybody_in_taste
        kpis.append(
            panels.Kpi(
                "In taste",
                f"{view.in_taste} of {k}",
                f"{more:+.0f}",
                f"by chance {view.everybody_in_taste:.0f}",
                help=sentences.taste_help(view, words),
            )
        )
    shared = f"{words.nouns.capitalize()} that are also among the {k} bestsellers, which everybody would get."
    kpis.append(panels.Kpi("Also bestsellers", f"{view.shared_with_popularity} of {k}", help=shared))
    if view.typical_per_thousand is not None:
        share = fine_percent(view.typical_per_thousand / 1000)
        kpis.append(
            panels.Kpi(
                f"Typical {words.noun}",
                share,
                below=f"of people {words.past} it",
                help=sentences.typical_help(words),
            )
        )
    if view.years is not None:
        kpis.append(panels.Kpi("Years", f"{view.years[0]}–{view.years[1]}"))
    kpis.append(
        panels.Kpi(
            "Answer time",
            f"{call.milliseconds:.0f} ms",
            help="How long the call of GetRecommendations took, measured here.",
        )
    )
    return kpis


def recommended(view: ListView, chosen: Chosen, shown: ShownList, reasons_view: ReasonsView) -> None:
    """Draw the list, and under the second tab the same rows as a plain table."""
    catalog, words = chosen.opened.catalog, chosen.opened.data.words
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", height=HEAD, border=False
    ):
        if shown.supposed is None:
            st.markdown(f"**Recommended** · {escaped(sentences.seen_line(view, words))}", width="content")
        else:
            with st.container(horizontal=True, width="content", gap="small"):
                why.chips(chosen, shown)
        tab = address.segments(
            "Shown as",
            VIEWS,
            default=VIEWS[0],
            key=Key.VIEW,
            label_visibility="collapsed",
        )
    alt = sentences.alt_text(view, chosen.who, reasons_view.reasons, catalog, words)
    if tab == VIEWS[0]:
        _picture(view, reasons_view, catalog, words, alt)
    else:
        _plain(table_frame(view, reasons_view.reasons, chosen.who, catalog, words), alt)
    legend = _legend(view) if tab == VIEWS[0] else ""
    if notes := " ".join(part for part in (legend, shown.note, reasons_view.note) if part):
        st.caption(escaped(notes))


def _picture(view: ListView, reasons_view: ReasonsView, catalog: Catalog, words: Words, alt: str) -> None:
    """Draw the list with pictures, bars and reasons."""
    by_item, past_id = reasons_view.reasons, reasons_view.past_id
    ids = [str(item_id) for item_id in view.frame["item_id"]]
    owed = reasons_view.places_owed(ids)
    frame = view.frame.assign(
        picture=tiles.pictures(view.frame),
        move=[reasons_view.marks.get(item_id, "") for item_id in ids],
        owed=owed or "",
        because=[reason_sentences.cell(by_item[i], catalog, words) if i in by_item else "" for i in ids],
        marks=_marks(view),
    )
    visible = {
        "rank": True,
        "move": bool(reasons_view.marks),
        "picture": True,
        "label": True,
        "marks": any(frame["marks"]),
        "times_average": view.has_scores,
        "owed": owed is not None,
        "because": bool(by_item),
    }
    panels.table(
        frame[[name for name, drawn in visible.items() if drawn]].head(presenting.shown_rows(len(frame))),
        alt=alt,
        key=reasons_view.list_key,
        height=theme.MAIN_HEIGHT,
        row_height=PICTURE_ROW,
        on_select="rerun",
        selection_mode="single-cell",
        column_config=_columns("" if past_id is None else cut(catalog.title(past_id), 12), words),
    )


def _columns(from_event: str, words: Words) -> dict[str, Any]:
    """Return how the list's columns look; from_event is the title of the item that is selected in the history.

    They fit a window of 1280 pixels but for the end of a long reason, which takes what a wider one has more.
    """
    return {
        "rank": st.column_config.NumberColumn("#", width=28),
        "move": st.column_config.TextColumn("Move", width=48),
        "picture": st.column_config.ImageColumn("", width=34),
        "label": st.column_config.TextColumn("Title", width=138),
        "marks": st.column_config.TextColumn(f"{IN_TASTE} {ALSO_POPULAR}", width=40),
        "times_average": panels.fit_column(sentences.fit_help(words)),
        "owed": st.column_config.TextColumn(
            from_event, width=64, help="Places that it loses without the selected one."
        ),
        "because": st.column_config.TextColumn("Why", help="What it shares with the history."),
    }


def _plain(frame: pd.DataFrame, alt: str) -> None:
    panels.table(
        frame,
        alt=alt,
        key=Widget.LIST_PLAIN,
        height=theme.MAIN_HEIGHT,
        column_config={
            "score": st.column_config.NumberColumn("score", format="%.4f"),
            "times_average": st.column_config.NumberColumn("times average", format="%.2g"),
            "categories": st.column_config.ListColumn("categories"),
        },
    )


def beside(frame: pd.DataFrame, main: str) -> None:
    """Draw other campaigns' lists; a number in brackets is the rank in the main list."""
    st.markdown(f"**Other campaigns** · \\[n\\] is the rank in {escaped(main)}")
    panels.table(
        frame,
        alt=f"Lists of {', '.join(frame.columns)} beside {main}: {', '.join(frame.iloc[0])}.",
        key=Widget.BESIDE,
        height=theme.MAIN_HEIGHT,
    )


def _marks(view: ListView) -> list[str]:
    """Return the marks of each item of the list."""
    both = zip(view.frame["in_taste"], view.frame["also_popular"], strict=True)
    return [f"{IN_TASTE if taste else ''} {ALSO_POPULAR if popular else ''}".strip() for taste, popular in both]


def _legend(view: ListView) -> str:
    """Return what the marks in the list mean."""
    taste = f"{IN_TASTE} in taste" if view.in_taste else ""
    popular = f"{ALSO_POPULAR} also a bestseller" if view.shared_with_popularity else ""
    return f"{', '.join(part for part in (taste, popular) if part)}." if taste or popular else ""
