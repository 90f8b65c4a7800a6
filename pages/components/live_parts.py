"""The parts of Live events: head, figures, overlap line, bump chart, what was just sent, the list, the table."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from pages.components import panels, session, tiles
from pages.components.charts import bump, overlap, theme
from pages.components.live_choose import BY_HAND, REPLAY, Chosen
from pages.components.marked import escaped, quiet
from pages.components.session import Key
from services import live_figures, live_picture, live_words
from services.compare_words import possessive
from services.list_sample import ListSample
from services.live_events import LENGTH, Replay, Step
from services.live_figures import Ceiling
from services.moves import ranks
from services.words import cut, day, ordinal

LIST_HEIGHT = 496
TOPS = (10, 25)
TOP_WORDS = ("Top 10", "Top 25")
NAME = 16
MOST_LEFT_OUT = 6


@dataclass(frozen=True)
class Shown:
    """A replay at one step, and what it is looked at beside."""

    chosen: Chosen
    replay: Replay
    step: int
    target: tuple[str, ...]
    """B's list; for events by hand what is new since the start."""
    target_name: str
    sender: str
    """Whose events are sent: B, or the person of both."""
    who: str
    ceiling: Ceiling
    sample: ListSample | None
    third: Replay | None = None
    third_who: str = ""
    n_requested: int = 0

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps that are there."""
        return self.replay.steps

    @property
    def shared(self) -> list[int]:
        """Items shared with the target after each step."""
        return live_figures.shared(self.steps, self.target)

    @property
    def whose(self) -> str:
        """What the coloured list is called: "Ben's"; "today's" for somebody's own."""
        return "today's" if self.chosen.one == self.chosen.other else cut(possessive(self.sender), NAME)

    @property
    def third_shared(self) -> list[int]:
        """The same for the third person's events, up to the present step; [] while it is not there."""
        steps = () if self.third is None else self.third.steps[: self.step + 1]
        return live_figures.shared(steps, self.target)

    @property
    def third_now(self) -> tuple[str, int] | None:
        """The third person's name and figure at the present step, None while it is not known."""
        values = self.third_shared
        return (self.third_who, values[self.step]) if len(values) > self.step else None


def head(chosen: Chosen, sentence: str, source: str = "") -> None:
    """Draw the head above the controls."""
    with chosen.headline.container():
        panels.head("Live events", sentence, source or chosen.group)


def figures(shown: Shown) -> None:
    """Draw the row of figures."""
    chosen, steps, step = shown.chosen, shown.steps, shown.step
    now = steps[step]
    kpis = [panels.Kpi("Events sent", f"{step} of {shown.n_requested}" if chosen.mode == REPLAY else f"{step}")]
    if chosen.mode == REPLAY:
        value = shown.shared[step]
        kpis.append(
            panels.Kpi(
                f"Shared with {cut(shown.target_name, NAME)}", f"{value} of {LENGTH}",
                f"{value - shown.shared[0]:+d}" if step else None, "since the start" if step else None,
            )
        )  # fmt: skip
    else:
        new = len(set(now.answer.ids) - set(steps[0].answer.ids))
        kpis.append(panels.Kpi("New in the list", f"{new} of {LENGTH}", help="Since the start."))
    kpis.append(panels.Kpi("Changed places", f"{live_figures.changed(steps, step)}", help="Since the step before."))
    if shown.sample is not None:
        skip = [chosen.one] if chosen.mode == BY_HAND and chosen.one else []
        near = live_figures.nearest(now.answer.ids, shown.sample, skip)
        if near is not None:
            who = cut(chosen.opened.people.short(near[0]), NAME)
            about = f"Whose list holds most of this one, among {len(shown.sample.user_ids):,} sampled people."
            kpis.append(panels.Kpi("Nearest now", who, below=f"{near[1]} of {LENGTH} shared", help=about))
    sent = "" if now.put is None else f"sending: {now.put.milliseconds:.0f} ms"
    kpis.append(panels.Kpi("Answer time", f"{now.answer.call.milliseconds:.0f} ms", below=sent or None))
    panels.kpi_row(kpis)


def pictures(shown: Shown) -> None:
    """Draw the overlap line, the bump chart under it, and at the right what was sent and the list."""
    left, right = st.columns([6, 5], gap="medium")
    with left:
        if shown.chosen.mode == REPLAY:
            _overlap(shown)
        _bump(shown)
    with right:
        _just_sent(shown)
        _list(shown)
        _left_out(shown)


def table(shown: Shown) -> None:
    """Draw the ranks of every item at every step."""
    if session.presenting():
        return
    st.markdown("**Every step**")
    frame = live_figures.matrix(shown.replay, shown.chosen.opened.catalog, shown.target)
    panels.table(
        frame.drop(columns="item_id"), key="live_table", height=theme.SMALL_HEIGHT,
        alt=f"Rank of {len(frame)} items at each of {len(shown.steps)} steps.",
    )  # fmt: skip


def _overlap(shown: Shown) -> None:
    step, n, other = shown.step, shown.n_requested, cut(shown.target_name, NAME)
    values = shown.shared[: step + 1]
    line = pd.DataFrame({"step": range(step + 1), "shared": values})
    flats = {
        "sims": live_figures.flat(shown.steps[: step + 1], "aws-sims", shown.target),
        "popularity": live_figures.flat(shown.steps[: step + 1], "aws-popularity-count", shown.target),
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
            ends.append((n, float(last[0]), f"{' and '.join(known)}: {last[0]} {overlap.FLAT_LABEL}", "popularity"))
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
            line, pd.DataFrame(rows, columns=["step", "shared", "line", "role"]), frame, step, n, LENGTH,
            f"{cut(possessive(shown.sender), NAME)} events sent",
        ),
        live_words.alt(
            other, shown.shared, step, shown.ceiling, shown.third_now,
            live_words.flat_words(flats["sims"], flats["popularity"], step),
        ),
        key="live_overlap",
    )  # fmt: skip


def _bump(shown: Shown) -> None:
    said = st.session_state.get(Key.LIVE_TOP) or st.query_params.get(Key.LIVE_TOP)
    top = TOPS[TOP_WORDS.index(said)] if said in TOP_WORDS else TOPS[0]
    picked = st.session_state.get(Key.LIVE_PICKED)
    catalog = shown.chosen.opened.catalog
    drawn = live_picture.bump(
        shown.steps, shown.step, shown.n_requested, shown.target, catalog, top=top, picked=picked
    )  # fmt: skip
    colour = "new ones" if shown.chosen.mode != REPLAY else f"{shown.whose} list"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**Places** · :orange[{escaped(colour)}] rising, :blue[own] falling", width="content")
        st.segmented_control(
            "Places", TOP_WORDS, default=TOP_WORDS[0], required=True, key=Key.LIVE_TOP, bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
    now = ranks(shown.steps[shown.step].answer.deep)
    rising = [(cut(catalog.title(i), live_picture.TITLE), now[i]) for i in _coloured(drawn, "right") if i in now]
    falling = [cut(catalog.title(i), live_picture.TITLE) for i in _coloured(drawn, "left")]
    panels.show(
        bump.bump(drawn.lines, drawn.names, drawn.crosses, drawn.steps, drawn.deepest, drawn.band, x_title="events"),
        live_words.bump_alt(rising, falling, shown.step),
        key="live_bump",
    )


def _coloured(drawn: Any, side: str) -> list[str]:
    names = drawn.names[drawn.names["side"] == side]
    return [str(item_id) for item_id in names["item"]]


def _just_sent(shown: Shown) -> None:
    entry = shown.steps[shown.step]
    catalog, words = shown.chosen.opened.catalog, shown.chosen.opened.shelf.words
    with st.container(border=True, horizontal=True, gap="small", vertical_alignment="center"):
        if entry.event is None:
            user_columns = (
                bool(shown.chosen.opened.shelf.schemas.get("Users")) and "hrnn-meta" in shown.chosen.campaign.recipe
            )
            st.markdown(escaped(live_words.check_line(shown.replay, shown.who, user_columns=user_columns)))
            return
        picture = catalog.frame([entry.event.item_id])
        st.image(tiles.pictures(picture)[0], width=34)
        when = "" if entry.event.happened is None else f" by {shown.sender} on {day(entry.event.happened)}"
        about = f"{words.past}{when}" if entry.event.happened is not None else f"{entry.event.event_type}, sent by hand"
        text = f"**Just sent** · {escaped(catalog.label(entry.event.item_id))}  \n{quiet(escaped(about))}"
        st.markdown(text)
    if entry.unchanged_after_s is not None:
        st.caption(live_words.unchanged_line(entry.unchanged_after_s))


def _list(shown: Shown) -> None:
    catalog = shown.chosen.opened.catalog
    length = min(TOPS) if session.presenting() else LENGTH
    frame = live_figures.list_frame(shown.steps, shown.step, shown.target, catalog, length)
    badge = shown.whose if shown.chosen.mode == REPLAY else "new"
    ids = [str(item_id) for item_id in frame["item_id"]]
    frame["badge"] = [badge if theirs else "" for theirs in frame["theirs"]]
    frame["rank"] = range(1, len(frame) + 1)
    key = f"live_list_{shown.replay.user_id}_{shown.step}"

    def pick() -> None:
        cells = st.session_state[key].selection.cells
        st.session_state[Key.LIVE_PICKED] = ids[cells[0][0]] if cells else None

    has_fit = bool(frame["fit"].notna().any())
    moved = shown.step > 0
    columns = ["rank", *(["mark"] if moved else []), "label", *(["fit"] if has_fit else []), "badge"]
    panels.table(
        frame[columns],
        alt=f"{shown.who}'s list after {shown.step} events; first {', '.join(frame['label'].head(3))}.",
        key=key,
        height=LIST_HEIGHT if not session.presenting() else "content",
        on_select=pick,
        selection_mode="single-cell",
        column_config={
            "rank": st.column_config.NumberColumn("#", width=28),
            "mark": st.column_config.TextColumn("Move", width=50),
            "label": st.column_config.TextColumn("Title", width=184),
            "fit": st.column_config.ProgressColumn(
                "Fit", width=58, format="%.0f %%", min_value=0, max_value=100, help="Relative to the first place."
            ),
            "badge": st.column_config.TextColumn("In", width=56),
        },
    )


def _left_out(shown: Shown) -> None:
    gone = live_figures.left_out(shown.steps, shown.step)
    if not gone:
        return
    catalog = shown.chosen.opened.catalog
    told = [
        f"{escaped(catalog.title(item_id))} · {why}" + (f", now {ordinal(rank)}" if rank is not None else "")
        for item_id, why, rank in gone[:MOST_LEFT_OUT]
    ]
    more = f" and {len(gone) - MOST_LEFT_OUT} more" if len(gone) > MOST_LEFT_OUT else ""
    st.caption("Left with this event: " + "; ".join(told) + more + ".")
