"""The pictures of Live events: shared items by number of events, and under it the places of single items."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.components import panels
from pages.components.charts import bump, overlap
from pages.components.keys import Key, Widget
from pages.components.live_events import current_list
from pages.components.live_events.controls import REPLAY
from pages.components.live_events.parts import NAME, Shown
from pages.components.markdown import escaped
from services.language.phrases import cut, possessive
from services.lists.moves import ranks
from services.personalize.recipe_names import POPULARITY_COUNT, SIMS
from services.screens.live_events import bump as live_picture
from services.screens.live_events import figures, sentences
from services.screens.live_events.replay import LENGTH

TOPS = (10, 25)
TOP_WORDS = ("Top 10", "Top 25")


def pictures(shown: Shown) -> None:
    """Draw the overlap line, the bump chart under it, and at the right what was sent and the list."""
    left, right = st.columns([6, 5], gap="medium")
    with left:
        if shown.chosen.mode == REPLAY:
            _overlap(shown)
        _bump(shown)
    with right:
        current_list.just_sent(shown)
        current_list.the_list(shown)
        current_list.left_out(shown)


def _overlap(shown: Shown) -> None:
    step, n, other = shown.step, shown.n_requested, cut(shown.target_name, NAME)
    values = shown.shared[: step + 1]
    line = pd.DataFrame({"step": range(step + 1), "shared": values})
    flats = {
        "sims": figures.flat(shown.steps[: step + 1], SIMS, shown.target),
        "popularity": figures.flat(shown.steps[: step + 1], POPULARITY_COUNT, shown.target),
    }
    reason = f", {shown.ceiling.reason}" if shown.ceiling.reason else ""
    rows = [(at, shown.ceiling.value, f"ceiling{reason}", "text") for at in (0, n)]
    ends: list[tuple[int, float, str, str]] = [
        (step if step else 0, float(values[-1]), f"{values[-1]}", "model"),
        (n, float(shown.ceiling.value), f"at most {shown.ceiling.value}{reason}", "text"),
    ]
    third = shown.third_shared
    if third:
        label = f"{cut(possessive(shown.third_who), NAME)} events"
        rows += [(at, value, label, "chance") for at, value in enumerate(third)]
        ends.append((n, float(third[-1]), f"{label}: {third[-1]}", "chance"))
    known = {name: found for name, found in flats.items() if found}
    for name, found in known.items():
        rows += [(at, value, f"{name}, {overlap.FLAT_LABEL}", "popularity") for at, value in enumerate(found)]
    if known:
        last = [found[-1] for found in known.values()]
        together = len(set(last)) == 1
        if together:
            ends.append((n, float(last[0]), f"{', '.join(known)}: {last[0]} {overlap.FLAT_LABEL}", "popularity"))
        else:
            ends += [
                (n, float(f[-1]), f"{name}: {f[-1]} {overlap.FLAT_LABEL}", "popularity") for name, f in known.items()
            ]
    frame = pd.DataFrame(ends, columns=["step", "shared", "words", "role"])
    at_end = frame["step"] == n
    frame["y"] = frame["shared"]
    frame.loc[at_end, "y"] = overlap.spread(frame.loc[at_end, "shared"], 1.0, LENGTH - 0.5)
    panels.show(
        overlap.overlap(
            line,
            pd.DataFrame(rows, columns=["step", "shared", "line", "role"]),
            frame,
            step,
            n,
            LENGTH,
            f"{cut(possessive(shown.sender), NAME)} events sent",
        ),
        sentences.alt(
            other,
            shown.shared,
            step,
            shown.ceiling,
            shown.third_now,
            sentences.flat_words(flats["sims"], flats["popularity"], step),
        ),
        key=Widget.LIVE_OVERLAP,
    )


def _bump(shown: Shown) -> None:
    said = st.session_state.get(Key.LIVE_TOP) or st.query_params.get(Key.LIVE_TOP)
    top = TOPS[TOP_WORDS.index(said)] if said in TOP_WORDS else TOPS[0]
    picked = st.session_state.get(Key.LIVE_PICKED)
    catalog = shown.chosen.opened.catalog
    drawn = live_picture.bump(shown.steps, shown.step, shown.n_requested, shown.target, catalog, top=top, picked=picked)
    colour = "new ones" if shown.chosen.mode != REPLAY else f"{shown.whose} list"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**Places** · :orange[{escaped(colour)}] rising, :blue[own] falling", width="content")
        st.segmented_control(
            "Places",
            TOP_WORDS,
            default=TOP_WORDS[0],
            required=True,
            key=Key.LIVE_TOP,
            bind="query-params",
            label_visibility="collapsed",
        )
    now = ranks(shown.steps[shown.step].answer.deep)
    rising = [(cut(catalog.title(i), live_picture.TITLE), now[i]) for i in _coloured(drawn, "right") if i in now]
    falling = [cut(catalog.title(i), live_picture.TITLE) for i in _coloured(drawn, "left")]
    panels.show(
        bump.bump(drawn.lines, drawn.names, drawn.crosses, drawn.steps, drawn.deepest, drawn.band, x_title="events"),
        sentences.bump_alt(rising, falling, shown.step),
        key=Widget.LIVE_BUMP,
    )


def _coloured(drawn: Any, side: str) -> list[str]:
    names = drawn.names[drawn.names["side"] == side]
    return [str(item_id) for item_id in names["item"]]
