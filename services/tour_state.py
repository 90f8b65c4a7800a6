"""How the film demo stands, as immutable values that any thread may draw."""

from dataclasses import dataclass

from services.steps import Step
from services.words import in_seconds


@dataclass(frozen=True)
class TourState:
    """How the demo stands."""

    steps: tuple[Step, ...]
    active: bool
    """Whether it is being prepared by this process at this moment."""
    failed_step: str | None = None
    reason: str | None = None
    seconds_left: float | None = None
    n_events: int | None = None

    @property
    def finished(self) -> bool:
        """Whether every step is done."""
        return all(step.state == "done" for step in self.steps)

    @property
    def can_look(self) -> bool:
        """Whether popularity answers already."""
        return any(step.key == "popularity" and step.state == "done" for step in self.steps)

    @property
    def training(self) -> bool:
        """Whether HRNN trains at this moment."""
        return any(step.key == "hrnn" and step.state == "running" for step in self.steps)

    def headline(self) -> str:
        """Return the sentence for Home while the demo is being prepared."""
        number = next((i for i, step in enumerate(self.steps, 1) if step.state == "running"), None)
        if number is None:
            return "Preparing the demo."
        words = self.steps[number - 1].label.lower().replace("hrnn", "HRNN")
        on = f" on {self.n_events:,} events" if self.training and self.n_events else ""
        left = f", about {in_seconds(self.seconds_left)} left" if self.seconds_left else ""
        return f"Preparing the demo: step {number} of {len(self.steps)}, {words.split(',')[0]}{on}{left}."
