"""Live events: what a replay is looked at beside, the head, the row of figures and the table of every step."""

from dataclasses import dataclass

import streamlit as st

from pages.components import panels, presenting
from pages.components.charts import theme
from pages.components.keys import Widget
from pages.components.live_events.controls import BY_HAND, REPLAY, Chosen
from services.language.phrases import cut, possessive
from services.lists.sample import ListSample
from services.screens.live_events import bump
from services.screens.live_events import figures as live_figures
from services.screens.live_events.figures import Ceiling
from services.screens.live_events.replay import LENGTH, Replay, Step

NAME = 16
MOST_COLUMNS = 30
"""Steps of the table on the screen."""


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
                f"Shared with {cut(shown.target_name, NAME)}",
                f"{value} of {LENGTH}",
                f"{value - shown.shared[0]:+d}" if step else None,
                "since the start" if step else None,
            )
        )
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


def table(shown: Shown) -> None:
    """Draw the ranks of every item at every step."""
    if presenting.presenting():
        return
    few = shown.n_requested <= MOST_COLUMNS
    numbers = None if few else bump.columns(shown.n_requested, shown.step)
    st.markdown("**Every step**" if few else "**Steps** · the download has all of them")
    frame = live_figures.matrix(shown.replay, shown.chosen.opened.catalog, shown.target, numbers)
    panels.table(
        frame.drop(columns="item_id"),
        key=Widget.LIVE_TABLE,
        height=theme.SMALL_HEIGHT,
        alt=f"Rank of {len(frame)} items at each of {len(shown.steps)} steps.",
    )
