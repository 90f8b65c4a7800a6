"""Jobs with everything that a screen shows of them: stages, progress, time left, learning curve, log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.engine.arns import resource_name
from services.engine.clock import now
from services.engine.jobs import records
from services.engine.jobs.outcomes import RESOURCE_KINDS, request_stop
from services.engine.jobs.queue import Job
from services.engine.jobs.records import CurvePoint, Stage, Trial
from services.engine.store.resources import Resource
from services.engine.store.versions import RECOMMENDER_VERSION

if TYPE_CHECKING:
    from services.engine.context import EngineContext

LOG_LINES = 200
TRAININGS = ("train", "recommender")
"""The kinds of jobs that train a model."""


@dataclass(frozen=True)
class JobView:
    """One job, with everything that a screen shows."""

    arn: str
    """ARN of the resource that the job creates."""
    kind: str
    """"import", "export", "train", "recommender", "batch", "segment", "deletion" or "map"."""
    name: str
    """The resource's name: the job name of an import, the name of a solution version."""
    resource_kind: str
    """"dataset-import-job", "solution-version", "recommender-version", "item-map" and others of jobs/outcomes.py."""
    status: str
    """The resource's status, for example "CREATE IN_PROGRESS"."""
    stages: tuple[Stage, ...]
    """In order; empty until the job has started."""
    fraction: float
    """Finished fraction of the job, 0 to 1."""
    seconds_left: float | None
    """None before there is an estimate, and after the job."""
    queued_at: float
    started_at: float | None
    ended_at: float | None
    curve: tuple[CurvePoint, ...]
    failure_reason: str | None
    log: tuple[str, ...]
    """The last lines, oldest first."""
    recipe: str | None
    """Recipe name of a training job, for example "aws-hrnn"; None while AutoML has not chosen one."""
    trials: tuple[Trial, ...] = ()
    """The finished trials of a search for the best settings, in order."""

    @property
    def stage(self) -> Stage | None:
        """The current stage; None before the first, after the last and between two."""
        return next((stage for stage in self.stages if stage.started_at and not stage.ended_at), None)


def job_views(context: EngineContext, active_only: bool = True) -> list[JobView]:
    """Return the queued and running jobs, oldest first; with active_only False also the finished ones."""
    context.settle_jobs()
    states = ("queued", "running") if active_only else ("queued", "running", "done", "failed", "stopped")
    views = (_view(context, job) for job in context.queue.in_state(*states))
    return [view for view in views if view is not None]


def job_view(context: EngineContext, arn: str) -> JobView | None:
    """Return the job of a resource, of a recommender its newest training; None when it has none."""
    context.settle_jobs()
    job = context.queue.find(_trained_by(context, arn))
    return None if job is None else _view(context, job)


def stop_job(context: EngineContext, arn: str) -> bool:
    """Stop the job of a resource, of any kind; return False when it has none that is unfinished."""
    context.settle_jobs()
    with context.database.atomic():
        arn = _trained_by(context, arn)
        job = context.queue.find(arn)
        if job is None or job.state not in ("queued", "running"):
            return False
        request_stop(context.database, context.resources, context.queue, arn)
    return True


def recipe_of(version: Resource) -> str | None:
    """Return the recipe's name of a trained version; None while AutoML has not chosen one."""
    arn = version.body.get("recipeArn")
    return None if arn is None else resource_name(arn)


def _trained_by(context: EngineContext, arn: str) -> str:
    """Return the ARN of a recommender's newest training; any other ARN unchanged."""
    newest = context.resources.newest(RECOMMENDER_VERSION, arn)
    return arn if newest is None else newest.arn


def _view(context: EngineContext, job: Job) -> JobView | None:
    resource = context.resources.find(RESOURCE_KINDS[job.kind], job.arn)
    if resource is None:  # deleted between the two reads
        return None
    stages = records.stages(context.database, job.number)
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
        curve=records.curve(context.database, job.number),
        failure_reason=resource.failure_reason,
        log=records.log_tail(context.database, job.number, LOG_LINES),
        recipe=recipe_of(resource) if job.kind in TRAININGS else None,
        trials=records.trials(context.database, job.number) if job.kind in TRAININGS else (),
    )
