"""The parts of the Recommendations screen: figures, history, list, other campaigns."""

import pandas as pd
import streamlit as st

from pages.components import panels, tiles
from pages.components.charts import strip, theme
from pages.components.keys import Key, Widget
from pages.components.recommendations import reasons as person_reasons
from pages.components.recommendations import why as person_why
from pages.components.recommendations.asking import Asked, Chosen
from pages.components.recommendations.reasons import Told
from services.language.phrases import counted, cut, listed
from services.language.vocabulary import Words
from services.library import evenings
from services.library.columns import ITEM_ID, TIMESTAMP
from services.lists import reasons
from services.lists.reasons import THREE_DOTS
from services.personalize.calls import ApiCall
from services.screens.recommendations import view as recommendations
from services.screens.recommendations.view import ListView

PICTURE_ROW = 36
HEAD = 40
"""Height of the line over history and list, so that nothing jumps when buttons come and go."""
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


def history(events: pd.DataFrame, taste: tuple[str, ...], chosen: Chosen, asked: Asked, told: Told) -> None:
    """Draw the taste strip and the latest events, evening by evening; bars for the item selected in the list."""
    opened, who, bars = chosen.opened, chosen.who, told.bars(events)
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", height=HEAD, border=False
    ):
        about = f"**{cut(who, 20)}** · {counted(len(events), 'event', 'events')}"
        if told.reason is not None:
            about = f"**{cut(opened.catalog.title(told.reason.item_id), 20)}** owes places to"
        st.markdown(about, width="content")
        with st.container(horizontal=True, width="content", gap="small"):
            person_why.buttons(chosen, told)
    if len(events) == 0:
        with panels.empty("Nothing yet."):
            st.caption(f"The data holds no event of {who}.")
        return
    ticks = evenings.strip_frame(events, opened.catalog, taste)
    panels.show(
        strip.taste_strip(ticks, taste, evenings.OTHER),
        strip.strip_alt(ticks, taste, who, evenings.OTHER),
        key=Widget.STRIP,
    )
    frame = evenings.history_frame(events, opened.catalog, opened.data.words, limit=person_reasons.N_SHOWN)
    frame.insert(1, "picture", tiles.pictures(frame))
    gone = {(event.item_id, event.timestamp) for event in asked.removed}
    if gone:
        pairs = zip(events[ITEM_ID].astype(str), events[TIMESTAMP].astype(int), strict=True)
        frame["event"] = ["gone" if pair in gone else e for pair, e in zip(pairs, frame["event"], strict=False)]
    if bars is not None:
        frame["event"] = bars[: len(frame)]
    last = (
        st.column_config.TextColumn("Event", width=64)
        if bars is None
        else st.column_config.ProgressColumn(
            "Places",
            width=64,
            format="%d",
            min_value=0,
            max_value=max([THREE_DOTS, *filter(None, bars)]),
            help="That it loses without the event.",
        )
    )
    panels.table(
        frame[["evening", "picture", "label", "event"]],
        alt=f"The latest {len(frame)} events of {who}, newest first, grouped by evening.",
        key=told.history_key,
        height=theme.MAIN_HEIGHT - theme.STRIP_HEIGHT,
        row_height=PICTURE_ROW,
        on_select="rerun",
        selection_mode="single-cell",
        column_config={
            "evening": st.column_config.TextColumn("Evening", width=142),
            "picture": st.column_config.ImageColumn("", width=34),
            "label": st.column_config.TextColumn("Title", width=112),
            "event": last,
        },
    )


def recommended(view: ListView, chosen: Chosen, asked: Asked, told: Told) -> None:
    """Draw the list, and under the second tab the same rows as a plain table."""
    words = chosen.opened.data.words
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", height=HEAD, border=False
    ):
        if asked.supposed is None:
            st.markdown(f"**Recommended** · {recommendations.seen_line(view, words)}", width="content")
        else:
            with st.container(horizontal=True, width="content", gap="small"):
                person_why.chips(chosen, asked)
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
        _picture(view, chosen, told)
    else:
        _plain(view, chosen, told)
    if notes := " ".join(part for part in (asked.note, told.note) if part):
        st.caption(notes)


def _picture(view: ListView, chosen: Chosen, told: Told) -> None:
    catalog, words = chosen.opened.catalog, chosen.opened.data.words
    ids = [str(item_id) for item_id in view.frame["item_id"]]
    cells = [reasons.cell(told.reasons[i], catalog, words) if i in told.reasons else "" for i in ids]
    owed = told.offspring(ids)
    frame = view.frame.assign(
        picture=tiles.pictures(view.frame),
        move=[told.marks.get(item_id, "") for item_id in ids],
        owed=owed or "",
        because=cells,
        categories=[_marked(categories, view.tastes) for categories in view.frame["categories"]],
        fit=100 * view.frame["fit"],
        popular=[ALSO_POPULAR if also else "" for also in view.frame["also_popular"]],
    )
    shown = {
        "rank": True,
        "move": bool(told.marks),
        "picture": True,
        "label": True,
        "fit": view.has_scores,
        "owed": owed is not None,
        "because": bool(told.reasons),
        "popular": True,
        "categories": True,
    }
    why = words.because[:1].upper() + words.because[1:] if chosen.campaign.personal else "Why"
    from_it = "" if told.event is None else cut(catalog.title(told.event.item_id), 12)
    panels.table(
        frame[[name for name, wanted in shown.items() if wanted]],
        alt=recommendations.alt_text(view, chosen.who, told.reasons, catalog),
        key=told.list_key,
        height=theme.MAIN_HEIGHT,
        row_height=PICTURE_ROW,
        on_select="rerun",
        selection_mode="single-cell",
        column_config={
            "rank": st.column_config.NumberColumn("#", width=28),
            "move": st.column_config.TextColumn("Move", width=48),
            "picture": st.column_config.ImageColumn("", width=34),
            "label": st.column_config.TextColumn("Title", width=138),
            "fit": st.column_config.ProgressColumn(
                "Fit", width=72, format="%.0f %%", min_value=0, max_value=100, help="Relative to the first place."
            ),
            "owed": st.column_config.TextColumn(from_it, width=64, help="Places that it owes to this event."),
            "because": st.column_config.TextColumn(why, width=168, help="Dots: places lost without it."),
            "popular": st.column_config.TextColumn("Popular", width=66, help="Also in popularity's list."),
            "categories": st.column_config.ListColumn("Categories, ✓ in taste", width=190),
        },
    )


def _plain(view: ListView, chosen: Chosen, told: Told) -> None:
    catalog = chosen.opened.catalog
    panels.table(
        recommendations.table_frame(view, told.reasons, catalog, chosen.opened.data.words),
        alt=recommendations.alt_text(view, chosen.who, told.reasons, catalog),
        key=Widget.LIST_PLAIN,
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
        key=Widget.BESIDE,
        height=theme.MAIN_HEIGHT,
    )


def _marked(categories: tuple[str, ...], tastes: tuple[str, ...]) -> list[str]:
    """Return at most three categories, those in taste first and ticked."""
    inside = [f"✓ {category}" for category in categories if category in tastes]
    return [*inside, *(category for category in categories if category not in tastes)][:3]
