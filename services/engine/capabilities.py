"""What the embedded engine can tell that Amazon Personalize has no call for: progress, curves, intervals, baselines.

Everything here is read from the jobs tables and from the folders of finished models; nothing is computed that takes
time. The AWS side of services/backend.py has no such object, and screens fall back to states.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.engine.arns import resource_name
from services.engine.clock import now
from services.engine.jobs import records
from services.engine.jobs.evaluation_file import MethodMetrics, MetricEstimate, VersionEvaluation, read_evaluation
from services.engine.jobs.outcomes import RESOURCE_KINDS
from services.engine.jobs.queue import Job
from services.engine.jobs.records import CurvePoint, Stage
from services.engine.recipes import registry
from services.engine.recipes.base import HyperParameter
from services.engine.store.resources import Resource

if TYPE_CHECKING:
    from services.engine.context import EngineContext

__all__ = [
    "Capabilities",
    "CurvePoint",
    "JobView",
    "MethodMetrics",
    "MetricEstimate",
    "Stage",
    "VersionEvaluation",
]

MEASURED_RULES = {
    "aws-popularity-count": (1.0, 3e-6),
    "aws-hrnn": (5.0, 4e-4),
    "aws-hrnn-metadata": (6.0, 5.5e-4),
    "aws-hrnn-coldstart": (6.0, 1.2e-4),
    "aws-sims": (1.0, 6e-6),
    "aws-personalized-ranking": (5.0, 4e-4),
}
"""Seconds to expect before this home has its own figures: a start and so much per event; from benchmarks/."""
LOG_LINES = 200


@dataclass(frozen=True)
class JobView:
    """One long job as a screen shows it."""

    arn: str
    """ARN of the resource that the job makes."""
    kind: str
    """"import", "export" or "train"."""
    name: str
    """The resource's name: the job name of an import, the name of a solution version."""
    resource_kind: str
    """"dataset-import-job", "dataset-export-job" or "solution-version"."""
    status: str
    """The resource's status, for example "CREATE IN_PROGRESS"."""
    stages: tuple[Stage, ...]
    """In order; empty until the job has started."""
    fraction: float
    """How much of the whole is done, 0 to 1."""
    seconds_left: float | None
    """None when nothing can be said yet, or nothing is left."""
    queued_at: float
    started_at: float | None
    ended_at: float | None
    curve: tuple[CurvePoint, ...]
    failure_reason: str | None
    log: tuple[str, ...]
    """The last lines, oldest first."""
    recipe: str | None
    """Recipe name of a training job, for example "aws-hrnn"."""


class Capabilities:
    """The embedded engine's extra knowledge; every method is a quick read."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context

    def jobs(self, active_only: bool = True) -> list[JobView]:
        """Return the jobs that wait or run, oldest first; with active_only False the finished ones too."""
        self._context.settle_jobs()
        states = ("queued", "running") if active_only else ("queued", "running", "done", "failed", "stopped")
        views = (self._view(job) for job in self._context.queue.in_state(*states))
        return [view for view in views if view is not None]

    def job(self, arn: str) -> JobView | None:
        """Return the job that makes, or made, this resource; None when it has none."""
        self._context.settle_jobs()
        job = self._context.queue.find(arn)
        return None if job is None else self._view(job)

    def evaluation(self, solution_version_arn: str) -> VersionEvaluation | None:
        """Return the version's metrics with intervals and baselines; None before it is ACTIVE."""
        version = self._context.resources.find("solution-version", solution_version_arn)
        if version is None or "_model_path" not in version.body:
            return None
        return read_evaluation(self._context.settings.models_path / version["_model_path"])

    def training_size(self, solution_version_arn: str) -> dict[str, int] | None:
        """Return {"n_events", "n_users", "n_items"} that the version was trained on; None before it is known."""
        version = self._context.resources.find("solution-version", solution_version_arn)
        return None if version is None else version.body.get("_training_size")

    def own_hyperparameters(self, recipe: str) -> tuple[HyperParameter, ...]:
        """Return the hyperparameters of a recipe that AWS does not have, for example those of "aws-hrnn"."""
        return tuple(parameter for parameter in registry.find(recipe).hyperparameters if parameter.engine_only)

    def seconds_expected(self, recipe: str, n_events: int, n_items: int) -> float | None:
        """Return how long a training may take, from this home's own jobs of similar size, else by a measured rule."""
        seen = [
            (abs(size["n_events"] - n_events), seconds * n_events / size["n_events"])
            for size, seconds in self._finished_trainings(recipe)
            if n_events / 10 <= size["n_events"] <= n_events * 10
        ]
        if seen:
            return statistics.median(seconds for _, seconds in sorted(seen)[:3])
        if recipe not in MEASURED_RULES:
            return None
        start, per_event = MEASURED_RULES[recipe]
        counts = registry.find(recipe).recipe_class.trains_on_everyone
        # The softmax over the catalogue grows with it, up to where training samples from it instead.
        catalogue = max(1.0, min(n_items, 10_000) / 2_000) if not counts else 1.0
        return start + per_event * n_events * catalogue

    def _finished_trainings(self, recipe: str) -> list[tuple[Mapping[str, int], float]]:
        found = []
        for job in self._context.queue.in_state("done"):
            if job.kind != "train" or job.started_at is None or job.ended_at is None:
                continue
            version = self._context.resources.find("solution-version", job.arn)
            if version is None or _recipe_of(version) != recipe or not version.body.get("_training_size"):
                continue
            found.append((version["_training_size"], job.ended_at - job.started_at))
        return found

    def _view(self, job: Job) -> JobView | None:
        resource = self._context.resources.find(RESOURCE_KINDS[job.kind], job.arn)
        if resource is None:  # deleted between the two reads
            return None
        stages = records.stages(self._context.database, job.number)
        done = job.state == "done"
        return JobView(
            arn=job.arn,
            kind=job.kind,
            name=resource.body.get("jobName") or resource.body.get("name") or resource_name(job.arn),
            resource_kind=resource.kind,
            status=resource.status or "",
            stages=stages,
            fraction=1.0 if done else records.fraction_done(stages),
            seconds_left=records.seconds_left(stages, now()) if job.state == "running" else None,
            queued_at=job.queued_at,
            started_at=job.started_at,
            ended_at=job.ended_at,
            curve=records.curve(self._context.database, job.number),
            failure_reason=resource.failure_reason,
            log=records.log_tail(self._context.database, job.number, LOG_LINES),
            recipe=_recipe_of(resource) if job.kind == "train" else None,
        )


def _recipe_of(version: Resource) -> str | None:
    arn = version.body.get("recipeArn")
    return None if arn is None else resource_name(arn)
