"""Functions of the embedded engine beyond the Amazon Personalize API.

Progress, curves, intervals and baselines come from the jobs tables and the folders of finished models; reasons and
lists for hypothetical histories are computed from a model. The AWS backend has no such object, and screens fall back to
states and to evidence from the loaded data.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.engine.arns import resource_kind, resource_name
from services.engine.clock import now
from services.engine.errors import InvalidExpression, InvalidInput
from services.engine.jobs import records
from services.engine.jobs.outcomes import RESOURCE_KINDS, request_stop
from services.engine.jobs.queue import Job
from services.engine.jobs.records import CurvePoint, Stage, Trial
from services.engine.models.evaluation_file import MethodMetrics, MetricEstimate, VersionEvaluation, read_evaluation
from services.engine.models.item_map import MapFacts
from services.engine.read_only import refuse
from services.engine.recipes import registry
from services.engine.recipes.base import Bools, Floats, HyperParameter
from services.engine.runtime.answers import HistoryEvent, HistoryList, HypotheticalEvent, Reasons
from services.engine.store.datasets import datasets_of
from services.engine.store.resources import Resource
from services.engine.store.versions import RECOMMENDER_VERSION, VERSION_KINDS, recommender_version, trained_version

if TYPE_CHECKING:
    from services.engine.api.attribution.live import AttributedEvent
    from services.engine.context import EngineContext
    from services.engine.filters.supposed import FilteredLists
    from services.engine.jobs.datasets.attribution_report import MetricValue
    from services.engine.models.artifacts import Artifact

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

MEASURED_RULES = {
    "aws-popularity-count": (1.0, 3e-6),
    "aws-hrnn": (5.0, 4e-4),
    "aws-hrnn-metadata": (6.0, 5.5e-4),
    "aws-hrnn-coldstart": (6.0, 1.2e-4),
    "aws-user-personalization": (6.0, 5.5e-4),
    "aws-user-personalization-v2": (6.0, 5.5e-4),
    "aws-trending-now": (1.0, 4e-6),
    "aws-semantic-similarity": (2.0, 1e-6),
    "aws-item-affinity": (1.5, 1e-5),
    "aws-item-attribute-affinity": (1.5, 1e-5),
    "aws-next-best-action": (1.5, 1e-5),
    "aws-sims": (1.0, 6e-6),
    "aws-similar-items": (2.0, 3e-5),
    "aws-personalized-ranking": (5.0, 4e-4),
    "aws-personalized-ranking-v2": (6.0, 5.5e-4),
}
"""Expected seconds of a training: at its start, and per event; used until this home has its own figures. Measured."""
BATCH_START_S, BATCH_LINE_S, BATCH_SCORE_S = 1.5, 4e-5, 2e-8
"""The same for batch jobs: a worker's start, one line, and one score."""
LOG_LINES = 200
DEPLOYED = ("dataset-group", "solution", "campaign", "recommender", *VERSION_KINDS)
"""The kinds of resources that decide what answers."""
TRAININGS = ("train", "recommender")
"""The kinds of jobs that train a model."""


@dataclass(frozen=True)
class FilterProblem:
    """Why CreateFilter would refuse an expression."""

    message: str
    position: int | None
    """Characters before the wrong one; None where it is about the whole."""


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


@dataclass(frozen=True)
class ItemMap:
    """The items of a model in two dimensions; x and y are float32 (n,) within -1 and 1."""

    item_ids: tuple[str, ...]
    x: Floats
    y: Floats
    facts: MapFacts


class Capabilities:
    """The embedded engine's functions beyond the API; every method is fast enough for a screen."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context

    def deployed_state(self) -> tuple[tuple[object, ...], ...]:
        """Return a value that changes with every group, solution, version, campaign and recommender."""
        return self._context.resources.state(DEPLOYED)

    def jobs(self, active_only: bool = True) -> list[JobView]:
        """Return the queued and running jobs, oldest first; with active_only False also the finished ones."""
        self._context.settle_jobs()
        states = ("queued", "running") if active_only else ("queued", "running", "done", "failed", "stopped")
        views = (self._view(job) for job in self._context.queue.in_state(*states))
        return [view for view in views if view is not None]

    def job(self, arn: str) -> JobView | None:
        """Return the job of a resource, of a recommender its newest training; None when it has none."""
        self._context.settle_jobs()
        job = self._context.queue.find(self._trained_by(arn))
        return None if job is None else self._view(job)

    def stop(self, arn: str) -> bool:
        """Stop the job of a resource, of any kind; return False when it has none that is unfinished.

        A queued job is stopped at once, a running one when the worker sees the request. AWS can stop trainings only.
        """
        self._context.settle_jobs()
        with self._context.database.atomic():
            arn = self._trained_by(arn)
            job = self._context.queue.find(arn)
            if job is None or job.state not in ("queued", "running"):
                return False
            request_stop(self._context.database, self._context.resources, self._context.queue, arn)
        return True

    def evaluation(self, solution_version_arn: str) -> VersionEvaluation | None:
        """Return the version's metrics with intervals and baselines; None before it is ACTIVE."""
        version = self._version(solution_version_arn)
        if version is None or "_model_path" not in version.body:
            return None
        return read_evaluation(self._context.settings.models_path / version["_model_path"])

    def training_size(self, solution_version_arn: str) -> dict[str, int] | None:
        """Return {"n_events", "n_users", "n_items"} of the training data; None before they are known."""
        version = self._version(solution_version_arn)
        return None if version is None else version.body.get("_training_size")

    def own_hyperparameters(self, recipe: str) -> tuple[HyperParameter, ...]:
        """Return the hyperparameters of a recipe that AWS does not have, for example those of "aws-hrnn"."""
        return tuple(parameter for parameter in registry.find(recipe).hyperparameters if parameter.engine_only)

    def seconds_expected(self, recipe: str, n_events: int, n_items: int) -> float | None:
        """Estimate the seconds of a training from this home's jobs of similar size, else by a measured rule."""
        similar = [
            (abs(size["n_events"] - n_events), seconds * n_events / size["n_events"])
            for size, seconds in self._finished_trainings(recipe)
            if n_events / 10 <= size["n_events"] <= n_events * 10
        ]
        if similar:
            return statistics.median(seconds for _, seconds in sorted(similar)[:3])
        if recipe not in MEASURED_RULES:
            return None
        start, per_event = MEASURED_RULES[recipe]
        counts = registry.find(recipe).recipe_class.trains_on_all_users
        # The cost of the softmax grows with the catalogue, up to the size from which on training samples it.
        catalogue = max(1.0, min(n_items, 10_000) / 2_000) if not counts else 1.0
        return start + per_event * n_events * catalogue

    def reasons(
        self,
        arn: str,
        user_id: str | None,
        item_ids: Sequence[str],
        n_events: int = 50,
        *,
        events: Sequence[HistoryEvent] | None = None,
        also_had: Sequence[str] = (),
        context: Mapping[str, str] | None = None,
        groups: Sequence[Collection[HistoryEvent]] | None = None,
    ) -> Reasons:
        """Return the effect of each of a user's latest n_events events on each of these items.

        groups: the effect of leaving out all events of each group at once instead, for models of sequences.
        arn is that of a campaign or a solution version; context is that of the request. events and also_had as in
        list_for_history, for a hypothetical history. Raises EngineError when there is no such model, or when it is not
        ready.
        """
        from services.engine.runtime.reasons import reasons

        return reasons(
            self._artifact(arn),
            user_id,
            item_ids,
            n_events,
            events=events,
            also_had=also_had,
            context=context,
            groups=groups,
        )

    def known_events(self, arn: str, user_id: str) -> tuple[HistoryEvent, ...]:
        """Return a user's history in this model, oldest first."""
        from services.engine.runtime.history import known_events

        return known_events(self._artifact(arn), user_id)

    def list_for_history(
        self,
        arn: str,
        events: Sequence[HistoryEvent],
        count: int,
        *,
        user_id: str | None = None,
        also_had: Sequence[str] = (),
        context: Mapping[str, str] | None = None,
    ) -> HistoryList:
        """Return at most count items for a user with exactly these events.

        user_id selects the columns of a known user; also_had are items that count as seen without an event. Of these a
        recommender lists none that its use case hides from the user. Raises EngineError when there is no such model,
        when it is not ready, or when it answers for items only.
        """
        from services.engine.runtime.what_if import list_for_history

        artifact = self._artifact(arn)
        kept = self._kept(arn, artifact, user_id)
        return list_for_history(
            artifact, events, count, user_id=user_id, also_had=also_had, context=context, allowed=kept
        )

    def list_after_events(self, arn: str, events: Sequence[HypotheticalEvent], count: int) -> HistoryList:
        """Return at most count items for a new user after these events, without storing them.

        It is the list of GetRecommendations after PutEvents, for campaigns that do not explore; a recommender hides
        what its use case hides. Errors as in list_for_history.
        """
        from services.engine.runtime.what_if import list_after_events

        return list_after_events(self._artifact(arn), events, count, hides=self._hides(arn))

    def forget_events(self, dataset_group_arn: str, user_id: str) -> int:
        """Remove the live events of one user and return their number.

        For hypothetical users, whose events the next version would otherwise be trained on; AWS has no operation that
        deletes events.
        """
        interactions = datasets_of(self._context.resources, dataset_group_arn).get("INTERACTIONS")
        return 0 if interactions is None else self._context.live.forget(interactions.arn, user_id)

    def filter_problem(self, dataset_group_arn: str, expression: str) -> FilterProblem | None:
        """Return why CreateFilter would refuse an expression, without creating anything; None where it would not."""
        from services.engine.api.solutions import group_schemas
        from services.engine.filters.rules import checked

        try:
            checked(expression, group_schemas(self._context, dataset_group_arn))
        except InvalidInput as error:
            position = error.position if isinstance(error, InvalidExpression) else None
            return FilterProblem(error.message, position)
        return None

    def filter_continuations(self, text: str) -> frozenset[str]:
        """Return which terminals of filters/grammar.py may follow the beginning of an expression."""
        from services.engine.filters.parsing import continuations

        return continuations(text)

    def filtered_lists(
        self,
        dataset_group_arn: str,
        expression: str,
        values: Mapping[str, str],
        lists: Mapping[str, Sequence[str]],
        item_ids: Collection[str],
        events: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    ) -> FilteredLists:
        """Return what a filter leaves of each user's list, and of these items.

        With events, (item ID, event type), oldest first, as if the users had exactly these. Raises EngineError as
        CreateFilter and GetRecommendations do.
        """
        from services.engine.data.vocabulary import Vocabulary
        from services.engine.filters.supposed import filtered_lists

        data = self._context.filters.of(dataset_group_arn, Vocabulary.from_ids(item_ids))
        return filtered_lists(data, expression, values, lists, events)

    def draw_map(self, arn: str) -> str:
        """Queue the map of a version, or of what a recommender serves, unless there is one; return the job's ARN.

        A version has a map when its model has vectors of items: job() says how far it is, item_map() returns it.
        Raises EngineError.
        """
        from services.engine.jobs.maps.map_job import request_map

        context = self._context
        if context.settings.read_only:
            refuse()
        context.settle_jobs()
        version = self._version(arn) or trained_version(context.resources, arn)
        drawing, is_new = request_map(context.database, context.resources, context.queue, version)
        if is_new:
            context.start_worker()
        return drawing

    def map_job(self, arn: str) -> JobView | None:
        """Return the job of the map of a version, or of what a recommender serves; None when nobody asked for it."""
        version = self._version(arn)
        asked = None if version is None else self._context.resources.newest("item-map", version.arn)
        return None if asked is None else self.job(asked.arn)

    def item_map(self, arn: str) -> ItemMap | None:
        """Return the map of a version, or of what a recommender serves; None before it is drawn."""
        from services.engine.models.item_map import read_map

        version = self._version(arn)
        if version is None or "_model_path" not in version.body:
            return None
        placed = read_map(self._context.settings.models_path / version["_model_path"])
        if placed is None:
            return None
        items = self._context.models.get(version.arn).items
        return ItemMap(tuple(items.ids(placed.items)), placed.places[:, 0], placed.places[:, 1], placed.facts)

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

    def _artifact(self, arn: str) -> Artifact:
        """Return the model of a campaign, a recommender or a solution version."""
        from services.engine.api.domains.serving import campaign_serving, recommender_serving

        found = self._context.resources.find_any(arn)
        if found is not None and found.kind == "recommender":
            arn = recommender_serving(self._context.resources, arn).version_arn
        elif resource_kind(arn) == "campaign":
            arn = campaign_serving(self._context.resources, arn).version_arn
        return self._context.models.get(arn)

    def _hides(self, arn: str) -> str | None:
        """Return the event type whose items a recommender does not list again; None for all others."""
        from services.engine.recipes.use_cases import use_case_of  # loads all recipes

        found = self._context.resources.find_any(arn)
        use_case = None if found is None or found.kind != "recommender" else use_case_of(found["recipeArn"])
        return None if use_case is None else use_case.hides

    def _kept(self, arn: str, artifact: Artifact, user_id: str | None) -> Bools | None:
        """Return which items a recommender's built-in filter leaves a user; None for all, and for all others."""
        from services.engine.api.domains.serving import not_hidden, recommender_serving

        if self._hides(arn) is None:
            return None
        return not_hidden(self._context, recommender_serving(self._context.resources, arn), artifact, user_id)

    def _version(self, arn: str) -> Resource | None:
        """Return a trained version, or the one that a recommender serves; None when there is none."""
        found = self._context.resources.find_any(arn)
        if found is not None and found.kind == "recommender":
            return recommender_version(self._context.resources, arn)
        return found if found is not None and found.kind in VERSION_KINDS else None

    def _trained_by(self, arn: str) -> str:
        """Return the ARN of a recommender's newest training; any other ARN unchanged."""
        newest = self._context.resources.newest(RECOMMENDER_VERSION, arn)
        return arn if newest is None else newest.arn

    def batch_seconds_expected(self, solution_version_arn: str, n_lines: int) -> float | None:
        """Estimate the seconds of a batch job of this version from its last job, else by a measured rule."""
        version = self._version(solution_version_arn)
        if version is None or not version.body.get("_training_size"):
            return None
        jobs = self._context.resources.list("batch-inference-job", parent_arn=solution_version_arn)
        finished = [job["_batch"] for job in jobs if job.body.get("_batch", {}).get("lines")]
        if finished:
            return BATCH_START_S + float(finished[-1]["seconds"]) * n_lines / int(finished[-1]["lines"])
        per_line = BATCH_LINE_S + BATCH_SCORE_S * int(version["_training_size"]["n_items"])
        return BATCH_START_S + per_line * n_lines

    def _finished_trainings(self, recipe: str) -> list[tuple[Mapping[str, int], float]]:
        trainings = []
        for job in self._context.queue.in_state("done"):
            if job.kind not in TRAININGS or job.started_at is None or job.ended_at is None:
                continue
            version = self._version(job.arn)
            if version is None or _recipe_of(version) != recipe or not version.body.get("_training_size"):
                continue
            if version.body.get("performHPO"):  # includes the time of a search
                continue
            trainings.append((version["_training_size"], job.ended_at - job.started_at))
        return trainings

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
            recipe=_recipe_of(resource) if job.kind in TRAININGS else None,
            trials=records.trials(self._context.database, job.number) if job.kind in TRAININGS else (),
        )


def _recipe_of(version: Resource) -> str | None:
    arn = version.body.get("recipeArn")
    return None if arn is None else resource_name(arn)
