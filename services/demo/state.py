"""The state of the film demo, as immutable values that any thread may draw."""

from dataclasses import dataclass

from services.language.phrases import in_seconds, listed
from services.progress import Step, StepState


@dataclass(frozen=True)
class DemoState:
    """The state of the demo."""

    steps: tuple[Step, ...]
    """The steps before the first personal list."""
    active: bool
    """Whether this process is preparing it, in the background or not."""
    failed_step: str | None = None
    reason: str | None = None
    seconds_left: float | None = None
    n_events: int | None = None
    later: tuple[Step, ...] = ()
    """The background steps, for the other screens."""
    later_seconds_left: float | None = None

    @property
    def finished(self) -> bool:
        """Whether the demo can be shown: every step before the first personal list is done."""
        return all(step.state == StepState.DONE for step in self.steps)

    @property
    def complete(self) -> bool:
        """Whether the background steps are done too."""
        return self.finished and all(step.state == StepState.DONE for step in self.later)

    @property
    def can_look(self) -> bool:
        """Whether popularity is deployed."""
        return any(step.key == "popularity" and step.state == StepState.DONE for step in self.steps)

    @property
    def training(self) -> bool:
        """Whether HRNN is being trained."""
        return any(step.key == "hrnn" and step.state == StepState.RUNNING for step in self.steps)

    def headline(self) -> str:
        """Return the sentence for Home while the demo is being prepared."""
        number = next((i for i, step in enumerate(self.steps, 1) if step.state == StepState.RUNNING), None)
        if number is None:
            return "Preparing the demo."
        words = self.steps[number - 1].label
        words = words[0].lower() + words[1:]
        on = f" on {self.n_events:,} events" if self.training and self.n_events else ""
        left = f", about {in_seconds(self.seconds_left)} left" if self.seconds_left else ""
        return f"Preparing the demo: step {number} of {len(self.steps)}, {words.split(',')[0]}{on}{left}."

    def later_sentence(self) -> str:
        """Return the state of the background steps in a line; "" when all are done."""
        failed = [step.label for step in self.later if step.state == StepState.FAILED]
        open_ = [step.label for step in self.later if step.state in (StepState.WAITING, StepState.RUNNING)]
        broken = f"{listed(failed)} could not be prepared" if failed else ""
        if not self.active:
            missing = f"Not prepared: {listed(open_)}" if open_ else ""
            return " · ".join(part for part in (missing, broken) if part)
        left = f"about {in_seconds(self.later_seconds_left)} left" if self.later_seconds_left else ""
        preparing = f"Also preparing: {', '.join(open_)}" if open_ else ""
        return " · ".join(part for part in (preparing, left if open_ else "", broken) if part)
