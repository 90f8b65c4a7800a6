"""The pictures of Live events: shared items by number of events, and under it the places of single items."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from pages.components import address, panels
from pages.components.charts import bump as bump_chart
from pages.components.charts import overlap
from pages.components.keys import Key, Widget
from pages.components.live_events import current_list
from pages.components.live_events.controls import REPLAY
from pages.components.live_events.view import NAME, ReplayView
from pages.components.markdown import escaped
from services.language.phrases import cut, possessive
from services.lists.moves import ranks
from services.personalize.recipe_names import POPULARITY_COUNT, SIMS
from services.screens.live_events import figures, sentences
from services.screens.live_events.bump import TITLE, Bump, bump
from services.screens.live_events.states import LENGTH

TOPS = (10, 25)
TOP_WORDS = ("Top 10", "Top 25")


def pictures(view: ReplayView) -> None:
    """Draw the overlap line with the bump chart under it; at the right the sent event and the list."""
    left, right = st.columns([6, 5], gap="medium")
    with left:
        if view.chosen.mode == REPLAY:
            _overlap(view)
        _bump(view)
    with right:
        current_list.just_sent(view)
        current_list.the_list(view)
        current_list.left_out(view)


def _overlap(view: ReplayView) -> None:
    step, n = view.step, view.n_requested
    values = view.shared[: step + 1]
    reason = f", {view.ceiling.reason}" if view.ceiling.reason else ""
    third, controls = view.third_shared, _controls(view)
    rows = [Level(at, view.ceiling.value, f"ceiling{reason}", "text") for at in (0, n)]
    ends = [
        Level(step, values[-1], f"{values[-1]}", "model"),
        Level(n, view.ceiling.value, f"at most {view.ceiling.value}{reason}", "text"),
    ]
    if third:
        label = f"{cut(possessive(view.third_who), NAME)} events"
        rows += [Level(at, value, label, "chance") for at, value in enumerate(third)]
        ends.append(Level(n, third[-1], f"{label}: {third[-1]}", "chance"))
    for name, flat in controls.items():
        rows += [Level(at, value, f"{name}, {overlap.FLAT_LABEL}", "popularity") for at, value in enumerate(flat)]
    ends += _control_ends(controls, n)
    panels.show(
        overlap.overlap(
            pd.DataFrame({"step": range(step + 1), "shared": values}),
            pd.DataFrame(rows, columns=["step", "shared", "line", "role"]),
            _spread(ends, n),
            step,
            n,
            LENGTH,
            f"{cut(possessive(view.sender), NAME)} events sent",
        ),
        sentences.alt(
            cut(view.target_name, NAME),
            view.shared,
            step,
            view.ceiling,
            view.third_now,
            sentences.flat_words(controls.get("sims"), controls.get("popularity"), step),
        ),
        key=Widget.LIVE_OVERLAP,
    )


class Level(NamedTuple):
    """A number of shared items at a step; words name the line, or stand at its end."""

    step: int
    shared: float
    words: str
    role: str


def _controls(view: ReplayView) -> dict[str, list[int]]:
    """Return what recipes that do not listen share after each step, by name, of those that were asked."""
    states = view.states[: view.step + 1]
    recipes = {"sims": SIMS, "popularity": POPULARITY_COUNT}
    flat = {name: figures.flat(states, recipe, view.target) for name, recipe in recipes.items()}
    return {name: values for name, values in flat.items() if values}


def _control_ends(controls: Mapping[str, Sequence[int]], n: int) -> list[Level]:
    """Return the words at the ends of the flat lines: one for both where they end together."""
    last = {name: values[-1] for name, values in controls.items()}
    if len(set(last.values())) == 1:
        value = next(iter(last.values()))
        return [Level(n, value, f"{', '.join(last)}: {value} {overlap.FLAT_LABEL}", "popularity")]
    return [Level(n, value, f"{name}: {value} {overlap.FLAT_LABEL}", "popularity") for name, value in last.items()]


def _spread(ends: Sequence[Level], n: int) -> pd.DataFrame:
    """Return the words with y, the number of shared items, moved apart at the right end."""
    frame = pd.DataFrame(ends, columns=["step", "shared", "words", "role"]).astype({"shared": float})
    at_end = frame["step"] == n
    frame["y"] = frame["shared"]
    frame.loc[at_end, "y"] = overlap.spread(frame.loc[at_end, "shared"], 1.0, LENGTH - 0.5)
    return frame


def _bump(view: ReplayView) -> None:
    choice = st.session_state.get(Key.LIVE_TOP) or st.query_params.get(Key.LIVE_TOP)
    top = TOPS[TOP_WORDS.index(choice)] if choice in TOP_WORDS else TOPS[0]
    picked = st.session_state.get(Key.LIVE_PICKED)
    catalog = view.chosen.opened.catalog
    drawn = bump(view.states, view.step, view.n_requested, view.target, catalog, top=top, picked=picked)
    colour = "new ones" if view.chosen.mode != REPLAY else f"{view.whose} list"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**Places** · :orange[{escaped(colour)}] rising, :blue[own] falling", width="content")
        address.segments(
            "Places",
            TOP_WORDS,
            default=TOP_WORDS[0],
            key=Key.LIVE_TOP,
            label_visibility="collapsed",
        )
    now = ranks(view.states[view.step].answer.deep)
    rising = [(cut(catalog.title(i), TITLE), now[i]) for i in _coloured(drawn, "right") if i in now]
    falling = [cut(catalog.title(i), TITLE) for i in _coloured(drawn, "left")]
    panels.show(
        bump_chart.bump(
            drawn.lines, drawn.names, drawn.crosses, drawn.steps, drawn.deepest, drawn.band, x_title="events"
        ),
        sentences.bump_alt(rising, falling, view.step),
        key=Widget.LIVE_BUMP,
    )


def _coloured(drawn: Bump, side: str) -> list[str]:
    names = drawn.names[drawn.names["side"] == side]
    return [str(item_id) for item_id in names["item"]]
