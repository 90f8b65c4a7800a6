"""What "Load the film demo" does, as one list: make data, check, import, popularity, HRNN, deploy; then, behind the
visitor's back, what the other screens of the story need.

Each step knows from the resources whether it is done, so the list can be run again after any interruption and does
only what is missing. A screen that needs something prepared adds its step at the end of STEPS, in the background.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.backend import Backend
from services.checks import report as diagnostics
from services.datasets import import_data
from services.demo.memory import TourMemory
from services.laboratory import follow
from services.laboratory.runs import RunError
from services.language.phrases import in_seconds
from services.library.prepared import CsvFile, PreparedData
from services.library.store import Library
from services.personalize import training
from services.personalize.datasets import find_group, group_arn, poll_seconds
from services.personalize.imports import Source
from services.progress import Step
from services.sources import load

GROUP = load.DEMO_NAME
POPULARITY = f"{GROUP}-popularity"
"""Name of the solution and of the campaign."""
HRNN = f"{GROUP}-hrnn"
FIRST_PERSONA = 0
"""Nora: the viewer whom the demo shows first."""

Progress = Callable[[float | None, str], None]
"""Told how far the step is, 0 to 1 or None, and what has been counted."""


class TourError(Exception):
    """A step that did not work; the text says why and is shown as it is."""


class TourCancelled(Exception):
    """Somebody pressed Cancel; what is finished stays."""


@dataclass
class Tour:
    """What the steps of one run share."""

    backend: Backend
    memory: TourMemory
    cancelled: threading.Event = field(default_factory=threading.Event)
    _data: PreparedData | None = None
    _files: tuple[CsvFile, ...] = ()

    @property
    def data(self) -> PreparedData:
        """The demo's tables, made when they are first asked for."""
        if self._data is None:
            self._data = load.load_demo()
        return self._data

    def files(self) -> tuple[CsvFile, ...]:
        """Return the files to import, kept with the data in the library when they are first asked for."""
        if not self._files:
            _, self._files = load.keep(self.data, self.backend.home)
        return self._files

    def check_cancelled(self) -> None:
        """Raise TourCancelled after Cancel."""
        if self.cancelled.is_set():
            raise TourCancelled

    def forget_data(self) -> None:
        """Give the tables' memory back."""
        self._data = None


@dataclass(frozen=True)
class TourStep:
    """One step of the demo."""

    key: str
    label: str
    done: Callable[[Tour], bool]
    run: Callable[[Tour, Progress], str]
    """Does it and returns what was counted, for the step list."""
    background: bool = False
    """Whether the demo can be shown without it: it is prepared meanwhile, and its failure stops nothing else."""
    recipe: str = ""
    """What it trains, for the time that it takes."""
    resource: str = ""
    """Name of the solution and campaign that it makes."""


def _made(tour: Tour) -> bool:
    return Library(tour.backend.home).open(GROUP) is not None


def _make(tour: Tour, progress: Progress) -> str:
    progress(None, "simulating viewers")
    tour.files()
    return f"{_sizes(tour)}, simulated"


def _checked(tour: Tour) -> bool:
    version = Library(tour.backend.home).version(GROUP)
    return version is not None and tour.memory.checked == version


def _check(tour: Tour, progress: Progress) -> str:
    n_events = len(tour.data.interactions)
    progress(None, f"{n_events:,} events")
    problems = diagnostics.check(tour.data)
    stops = problems[problems["severity"] == "stop"]
    if len(stops):
        raise TourError(f"The demo's data has a problem: {stops['message'].iloc[0]}")
    tour.memory.checked = Library(tour.backend.home).version(GROUP) or ""
    return f"{n_events:,} events checked, 0 problems"


def _imported(tour: Tour) -> bool:
    group = find_group(tour.backend, GROUP)
    return group is not None and len(group.datasets) == 3 and all(dataset.imported for dataset in group.datasets)


def _import(tour: Tour, progress: Progress) -> str:
    sources = [Source(file.dataset_type, file.csv, file.schema, file.n_rows) for file in tour.files()]

    def report(steps: tuple[Step, ...]) -> None:
        tour.check_cancelled()
        running = next((step for step in steps if step.state == "running"), None)
        ended = sum(step.state == "done" for step in steps)
        progress(ended / len(steps), running.label.lower() if running else "")

    import_data(tour.backend, GROUP, sources, report=report)
    tour.forget_data()
    return _sizes(tour)


def _sizes(tour: Tour) -> str:
    shelf = Library(tour.backend.home).open(GROUP)
    return "" if shelf is None else f"{shelf.n_events:,} events, {shelf.n_items:,} films, {shelf.n_users:,} viewers"


def _popularity_deployed(tour: Tour) -> bool:
    return _deployed(tour, POPULARITY)


def _popularity(tour: Tour, progress: Progress) -> str:
    version = _train(tour, progress, POPULARITY, "aws-popularity-count")
    training.deploy(tour.backend, version.arn, POPULARITY)
    return "trained and deployed"


def _hrnn_trained(tour: Tour) -> bool:
    newest = newest_version(tour.backend, HRNN)
    return newest is not None and newest.ready


def _hrnn(tour: Tour, progress: Progress) -> str:
    version = _train(tour, progress, HRNN, "aws-hrnn")
    model, popularity = version.estimate("hit_rate_at_25"), version.estimate("hit_rate_at_25", "popularity")
    if model is None or popularity is None:
        return "trained"
    return f"a right film for {model.value:.0%} of test viewers; popularity {popularity.value:.0%}"


def _hrnn_deployed(tour: Tour) -> bool:
    return _deployed(tour, HRNN)


def _deploy(tour: Tour, progress: Progress) -> str:
    version = newest_version(tour.backend, HRNN)
    if version is None or not version.ready:
        raise TourError("HRNN is no longer there to deploy; it may have been deleted. Try again.")
    progress(None, "")
    training.deploy(tour.backend, version.arn, HRNN)
    return "ready to recommend"


def _recipe(key: str, label: str, recipe: str) -> TourStep:
    """Return the background step that trains a recipe and deploys it, under the names that the screens use too."""
    name = training.default_name(GROUP, recipe)

    def run(tour: Tour, progress: Progress) -> str:
        version = _train(tour, progress, name, recipe)
        training.deploy(tour.backend, version.arn, name)
        return "trained and deployed"

    return TourStep(key, label, lambda tour: _deployed(tour, name), run, background=True, recipe=recipe, resource=name)


def _laboratory(
    key: str, label: str, laboratory: str, name: str, parameters: Mapping[str, Any], recipe: str
) -> TourStep:
    """Return the background step that prepares a laboratory's run of this name; recipe takes most of its time."""

    def done(tour: Tour) -> bool:
        return follow.finished(tour.backend, laboratory, GROUP) is not None

    def run(tour: Tour, progress: Progress) -> str:
        asked = {"group": GROUP, **parameters}
        try:
            view = follow.follow(tour.backend, laboratory, name, asked, progress, tour.check_cancelled)
        except RunError as error:
            raise TourError(str(error)) from error
        return f"measured in {in_seconds(sum(step.seconds or 0.0 for step in view.steps))}"

    return TourStep(key, label, done, run, background=True, recipe=recipe)


COLD_START = {"exploration": True}
"""One draw of new films, and the weights of exploration."""
STEPS = (
    TourStep("make", "Make films and simulated viewers", _made, _make),
    TourStep("check", "Check them as Amazon Personalize would", _checked, _check),
    TourStep("import", "Import", _imported, _import),
    TourStep("popularity", "Train and deploy popularity, the baseline", _popularity_deployed, _popularity),
    TourStep("hrnn", "Train HRNN, the personal recipe", _hrnn_trained, _hrnn),
    TourStep("deploy", "Deploy HRNN", _hrnn_deployed, _deploy),
    _recipe("similar", "Similar", "aws-sims"),
    _recipe("ranking", "Ranking", "aws-personalized-ranking"),
    _recipe("metadata", "Metadata", "aws-hrnn-metadata"),
    _laboratory("cold_start", "Cold start", "cold_start", "Prepared with the demo", COLD_START, "aws-hrnn-coldstart"),
    _laboratory("evaluation", "Evaluation", "evaluation", "Prepared with the demo", {}, "aws-hrnn"),
)
"""The first six stand between the click and Nora's list; the labels of the others are the words of "Also preparing"."""


def newest_version(backend: Backend, solution_name: str) -> training.VersionView | None:
    """Return the newest version of the demo's solution of this name."""
    arn = group_arn(backend, GROUP)
    if arn is None:
        return None
    return next((view for view in training.versions(backend, arn) if view.solution_name == solution_name), None)


def _deployed(tour: Tour, campaign_name: str) -> bool:
    arn = group_arn(tour.backend, GROUP)
    if arn is None:
        return False
    return any(
        campaign.name == campaign_name and campaign.status == "ACTIVE"
        for campaign in training.campaigns(tour.backend, arn)
    )


def _train(tour: Tour, progress: Progress, name: str, recipe: str) -> training.VersionView:
    """Follow the training that runs, or start one, to its end. Films are watched once, so only "watch" counts."""
    backend = tour.backend
    arn = group_arn(backend, GROUP)
    if arn is None:
        raise TourError("The demo's data group is no longer there; it may have been deleted. Try again.")
    view = newest_version(backend, name)
    if view is None or not (view.ready or view.running):
        started = training.train(backend, arn, name, recipe, event_type="watch")
        view = training.version(backend, started)
    while view is not None and view.running:
        if tour.cancelled.is_set():
            training.stop(backend, view.arn)
            raise TourCancelled
        if view.job is not None:
            stage = next((s for s in view.job.stages if s.started_at and not s.ended_at), None)
            words = [stage.name, stage.note] if stage else ["waiting for the worker"]
            progress(view.job.fraction, " · ".join(word for word in words if word))
        time.sleep(poll_seconds(backend))
        view = training.version(backend, view.arn)
    if view is None:
        raise TourError("The training was deleted while it ran. Try again.")
    if view.failed:
        raise TourError(view.failure_reason or "The training failed without a reason.")
    if not view.ready:
        raise TourError("The training was stopped. Data and finished recipes are kept.")
    return view
