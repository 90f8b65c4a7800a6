"""Functions of the embedded engine beyond the Amazon Personalize API.

Progress, curves, intervals and baselines come from the jobs tables and the folders of finished models; reasons and
lists for hypothetical histories are computed from a model. The AWS backend has no such object, and screens fall back to
states and to evidence from the loaded data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.engine.capabilities.estimates import batch_seconds, training_seconds
from services.engine.capabilities.filters import FilterProblem, Filters
from services.engine.capabilities.jobs import JobView, job_view, job_views, stop_job
from services.engine.capabilities.maps import ItemMap, Maps
from services.engine.capabilities.models import version_of
from services.engine.capabilities.what_if import WhatIf
from services.engine.jobs.records import CurvePoint, Stage, Trial
from services.engine.models.evaluation_file import MethodMetrics, MetricEstimate, VersionEvaluation, read_evaluation
from services.engine.models.item_map import MapFacts
from services.engine.recipes import registry
from services.engine.recipes.base import HyperParameter
from services.engine.runtime.answers import HistoryEvent, HistoryList, HypotheticalEvent, Reasons
from services.engine.store.datasets import datasets_of
from services.engine.store.versions import VERSION_KINDS

if TYPE_CHECKING:
    from services.engine.api.attribution.live import AttributedEvent
    from services.engine.context import EngineContext
    from services.engine.jobs.datasets.attribution_report import MetricValue

__all__ = [
    "Capabilities",
    "CurvePoint",
    "FilterProblem",
    "HistoryEvent",
    "HistoryList",
    "HypotheticalEvent",
    "ItemMap",
    "JobView",
    "MapFacts",
    "MethodMetrics",
    "MetricEstimate",
    "Reasons",
    "Stage",
    "Trial",
    "VersionEvaluation",
]

DEPLOYED = ("dataset-group", "solution", "campaign", "recommender", *VERSION_KINDS)
"""The kinds of resources that decide what answers."""


class Capabilities:
    """The embedded engine's functions beyond the API; every method is fast enough for a screen."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context
        self.maps = Maps(context)
        self.what_if = WhatIf(context)
        self.filters = Filters(context)

    def deployed_state(self) -> tuple[tuple[object, ...], ...]:
        """Return a value that changes with every group, solution, version, campaign and recommender."""
        return self._context.resources.state(DEPLOYED)

    def jobs(self, active_only: bool = True) -> list[JobView]:
        """Return the queued and running jobs, oldest first; with active_only False also the finished ones."""
        return job_views(self._context, active_only)

    def job(self, arn: str) -> JobView | None:
        """Return the job of a resource, of a recommender its newest training; None when it has none."""
        return job_view(self._context, arn)

    def stop(self, arn: str) -> bool:
        """Stop the job of a resource, of any kind; return False when it has none that is unfinished.

        A queued job is stopped at once, a running one when the worker sees the request. AWS can stop trainings only.
        """
        return stop_job(self._context, arn)

    def evaluation(self, solution_version_arn: str) -> VersionEvaluation | None:
        """Return the version's metrics with intervals and baselines; None before it is ACTIVE."""
        version = version_of(self._context, solution_version_arn)
        if version is None or "_model_path" not in version.body:
            return None
        return read_evaluation(self._context.settings.models_path / version["_model_path"])

    def training_size(self, solution_version_arn: str) -> dict[str, int] | None:
        """Return {"n_events", "n_users", "n_items"} of the training data; None before they are known."""
        version = version_of(self._context, solution_version_arn)
        return None if version is None else version.body.get("_training_size")

    def own_hyperparameters(self, recipe: str) -> tuple[HyperParameter, ...]:
        """Return the hyperparameters of a recipe that AWS does not have, for example those of "aws-hrnn"."""
        return tuple(parameter for parameter in registry.find(recipe).hyperparameters if parameter.engine_only)

    def seconds_expected(self, recipe: str, n_events: int) -> float | None:
        """Estimate the seconds of a training from this home's jobs of similar size, else by a measured rule."""
        return training_seconds(self._context, recipe, n_events)

    def batch_seconds_expected(self, solution_version_arn: str, n_lines: int) -> float | None:
        """Estimate the seconds of a batch job of this version from its last job, else by a measured rule."""
        return batch_seconds(self._context, solution_version_arn, n_lines)

    def forget_events(self, dataset_group_arn: str, user_id: str) -> int:
        """Remove the live events of one user and return their number.

        For hypothetical users, whose events the next version would otherwise be trained on; AWS has no operation that
        deletes events.
        """
        interactions = datasets_of(self._context.resources, dataset_group_arn).get("INTERACTIONS")
        return 0 if interactions is None else self._context.live.forget(interactions.arn, user_id)

    def attribution(self, dataset_group_arn: str) -> list[MetricValue]:
        """Return what the events of PutEvents were worth, by metric and source, in steps of 15 minutes.

        The metrics are those of the group's metric attribution; AWS publishes these values to CloudWatch only.
        """
        from services.engine.api.attribution.live import attribution

        return attribution(self._context, dataset_group_arn)

    def attributed_events(self, dataset_group_arn: str, n: int = 100) -> list[AttributedEvent]:
        """Return the newest events of PutEvents with the list that led to each, newest first.

        Empty before the group has a metric attribution, with which the engine begins to keep its lists.
        """
        from services.engine.api.attribution.live import attributed_events

        return attributed_events(self._context, dataset_group_arn, n)
