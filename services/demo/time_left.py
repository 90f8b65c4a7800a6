"""Time left of the film demo: until it can be shown, and until the background steps are done.

A running training estimates its own time; before it, earlier trainings in this home or a measured rule do. AWS has no
such estimates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.backend import Backend
from services.demo.context import DemoStep
from services.demo.steps import GROUP, HRNN_SOLUTION, newest_version
from services.language.phrases import in_seconds
from services.library.store import Library
from services.personalize.recipe_names import HRNN
from services.progress import Step, StepState

QUICK = ("make", "check", "import", "popularity")
SECONDS_BEFORE_TRAINING = 12.0
"""Time of these four together on two cores, for the first estimate."""


def n_events(backend: Backend) -> int | None:
    """Return how many events the demo has, None before it is made."""
    data = Library(backend.home).open(GROUP)
    return None if data is None else data.n_events


def seconds_left(backend: Backend, steps: Sequence[Step]) -> float | None:
    """Return the time left of HRNN's training, and before it a round figure for the quick steps."""
    capabilities = backend.capabilities
    if capabilities is None:
        return None
    states = {step.key: step.state for step in steps}
    if states.get("hrnn") == StepState.RUNNING:
        version = newest_version(backend, HRNN_SOLUTION)
        if version is not None and version.job is not None and version.job.seconds_left is not None:
            return version.job.seconds_left
    data = Library(backend.home).open(GROUP)
    if data is None or states.get("hrnn") == StepState.DONE:
        return None
    training_s = capabilities.seconds_expected(HRNN, data.n_events)
    if training_s is None:
        return None
    quick = [step for step in steps if step.key in QUICK]
    return training_s + SECONDS_BEFORE_TRAINING * sum(step.state != StepState.DONE for step in quick) / len(QUICK)


def later_seconds(backend: Backend, steps: Mapping[str, DemoStep], later: Sequence[Step]) -> dict[str, float]:
    """Return the time left of each unfinished background step, by key, where it is known.

    steps: the demo's steps by key; later: the states of the background steps.
    """
    capabilities = backend.capabilities
    data = None if capabilities is None else Library(backend.home).open(GROUP)
    if capabilities is None or data is None:
        return {}
    seconds_by_key: dict[str, float] = {}
    for step in later:
        seconds = None
        if step.state == StepState.RUNNING:
            version = newest_version(backend, steps[step.key].resource)
            job = version.job if version is not None and version.running else None
            seconds = None if job is None else job.seconds_left
        if seconds is None and step.state in (StepState.WAITING, StepState.RUNNING):
            each = [capabilities.seconds_expected(r, data.n_events) for r in steps[step.key].recipes]
            known = [one for one in each if one is not None]
            seconds = sum(known) if known and len(known) == len(each) else None
        if seconds is not None:
            seconds_by_key[step.key] = seconds
    return seconds_by_key


def with_time(step: Step, seconds: float | None) -> Step:
    """Return the step with its time left added to its note."""
    if seconds is None:
        return step
    left = f"about {in_seconds(seconds)}" + (" left" if step.state == StepState.RUNNING else "")
    return replace(step, note=" · ".join(part for part in (step.note, left) if part))
