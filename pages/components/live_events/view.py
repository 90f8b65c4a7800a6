"""A replay at one step, and what it is compared with."""

from dataclasses import dataclass

from pages.components.live_events.controls import Chosen
from services.language.phrases import cut, possessive
from services.lists.sample import ListSample
from services.sandbox.replay import Replay
from services.sandbox.states import ReplayState
from services.screens.live_events import figures
from services.screens.live_events.figures import Ceiling

NAME = 16


@dataclass(frozen=True, kw_only=True)
class ReplayView:
    """What the parts of Live events draw."""

    chosen: Chosen
    replay: Replay
    states: tuple[ReplayState, ...]
    """The states when this run began to draw; a replay that works in the background may have more by now."""
    step: int
    wanted: int
    """The step that was asked for; a slow one comes after this run."""
    n_requested: int
    """How many events are to be sent."""
    target: tuple[str, ...]
    """B's list; for events by hand what is new since the start."""
    target_name: str
    sender: str
    """Whose events are sent: B, or the user of both."""
    who: str
    """Whose copy gets them."""
    ceiling: Ceiling
    sample: ListSample | None
    third: Replay | None = None
    third_states: tuple[ReplayState, ...] = ()
    third_who: str = ""

    @property
    def outdated(self) -> bool:
        """Whether a replay has more states than are drawn, or works on them in the background."""
        if self.replay.running or len(self.replay.steps) > len(self.states):
            return True
        return self.third is not None and (self.third.running or len(self.third.steps) > len(self.third_states))

    @property
    def shared(self) -> list[int]:
        """Items shared with the target after each step."""
        return figures.shared(self.states, self.target)

    @property
    def whose(self) -> str:
        """What the coloured list is called: "Ben's"; "today's" for a user's own."""
        return "today's" if self.chosen.copied == self.chosen.sender else cut(possessive(self.sender), NAME)

    @property
    def third_shared(self) -> list[int]:
        """The same for the third user's events, up to the present step; [] while it is not there."""
        return figures.shared(self.third_states[: self.step + 1], self.target)

    @property
    def third_now(self) -> tuple[str, int] | None:
        """The third user's name and figure at the present step, None while it is not known."""
        values = self.third_shared
        return (self.third_who, values[self.step]) if len(values) > self.step else None
