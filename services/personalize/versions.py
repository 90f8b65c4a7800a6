"""Solution versions with their metrics, jobs and campaigns, read through the API.

The embedded engine adds stages, a learning curve, intervals and baselines, for which AWS has no call. On AWS those
fields are None and the screen shows states and the eight metrics.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from services.backend import Backend, JobView, MetricEstimate, VersionEvaluation
from services.personalize.datasets import epoch, pages
from services.personalize.recipe_names import FOR_SEGMENTS, RECIPE_WORDS
from services.personalize.states import RUNNING, Status

USUAL_TRIALS = 8
"""Trials of a search for the best settings, unless the user chooses another number."""


@dataclass(frozen=True)
class CampaignView:
    """One deployed campaign."""

    name: str
    arn: str
    status: str
    solution_version_arn: str
    created: float
    failure_reason: str | None = None


@dataclass(frozen=True)
class VersionView:
    """One solution version with everything that screens show."""

    arn: str
    name: str
    solution_arn: str
    solution_name: str
    recipe: str
    """AWS's name, for example "aws-hrnn"."""
    status: str
    failure_reason: str | None
    created: float
    updated: float
    training_seconds: float | None = None
    """Wall time here; on AWS the billed time, which is longer. None before the end."""
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    """Values set by hand, by AWS's name; all others have their defaults."""
    tuned: Mapping[str, str] = field(default_factory=dict)
    """Values found by a search, by AWS's name; empty without a search and before its end."""
    search_trials: int | None = None
    """Maximum number of trials; None without a search."""
    event_type: str | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    """AWS's eight, empty before the end."""
    evaluation: VersionEvaluation | None = None
    size: Mapping[str, int] | None = None
    """n_events, n_users and n_items of the training data."""
    job: JobView | None = None
    campaigns: tuple[CampaignView, ...] = ()

    @property
    def recipe_words(self) -> str:
        """The recipe's name on screens."""
        return RECIPE_WORDS.get(self.recipe, self.recipe) or "The best recipe"  # AutoML has not chosen one yet

    @property
    def ready(self) -> bool:
        """Whether it is trained."""
        return self.status == Status.ACTIVE

    @property
    def deployable(self) -> bool:
        """Whether a campaign can serve it."""
        return self.ready and self.recipe not in FOR_SEGMENTS

    @property
    def running(self) -> bool:
        """Whether its training has not ended."""
        return self.status in RUNNING

    @property
    def failed(self) -> bool:
        """Whether its training failed."""
        return self.status == Status.CREATE_FAILED

    def estimate(self, metric: str, method: str = "model") -> MetricEstimate | None:
        """Return a metric with its interval, of "model", "popularity" or "random"; None where it was not measured."""
        if self.evaluation is None:
            return None
        return next((entry.metrics.get(metric) for entry in self.evaluation.methods if entry.name == method), None)

    def value(self, metric: str) -> float | None:
        """Return the model's metric, from the evaluation or from GetSolutionMetrics."""
        estimate = self.estimate(metric)
        return estimate.value if estimate is not None else self.metrics.get(metric)


def campaigns(backend: Backend, group_arn: str) -> list[CampaignView]:
    """Return the campaigns of every solution of the data set group."""
    solutions = pages(backend.personalize, "list_solutions", "solutions", datasetGroupArn=group_arn)
    return [view for solution in solutions for view in solution_campaigns(backend, solution["solutionArn"])]


def solution_campaigns(backend: Backend, solution_arn: str) -> list[CampaignView]:
    """Return the campaigns of one solution."""
    views = []
    for summary in pages(backend.personalize, "list_campaigns", "campaigns", solutionArn=solution_arn):
        campaign = _described(backend.personalize.describe_campaign, "campaign", campaignArn=summary["campaignArn"])
        if campaign is not None:
            views.append(
                CampaignView(
                    name=campaign["name"],
                    arn=campaign["campaignArn"],
                    status=campaign["status"],
                    solution_version_arn=campaign["solutionVersionArn"],
                    created=epoch(campaign["creationDateTime"]),
                    failure_reason=campaign.get("failureReason"),
                )
            )
    return views


def versions(backend: Backend, group_arn: str) -> list[VersionView]:
    """Return every solution version of the data set group, newest first."""
    views = []
    for solution in pages(backend.personalize, "list_solutions", "solutions", datasetGroupArn=group_arn):
        arn = solution["solutionArn"]
        deployed = solution_campaigns(backend, arn)
        for summary in pages(backend.personalize, "list_solution_versions", "solutionVersions", solutionArn=arn):
            view = _version_view(backend, summary["solutionVersionArn"], deployed)
            if view is not None:
                views.append(view)
    return sorted(views, key=lambda view: view.created, reverse=True)


def newest_version(backend: Backend, group_arn: str, solution_name: str) -> VersionView | None:
    """Return the newest version of one solution of the data set group, or None."""
    for solution in pages(backend.personalize, "list_solutions", "solutions", datasetGroupArn=group_arn):
        if solution["name"] == solution_name:
            arn = solution["solutionArn"]
            listed = pages(backend.personalize, "list_solution_versions", "solutionVersions", solutionArn=arn)
            newest = max(listed, key=lambda summary: epoch(summary["creationDateTime"]), default=None)
            return None if newest is None else version(backend, newest["solutionVersionArn"])
    return None


def answers(backend: Backend, group_arn: str, campaign_name: str) -> bool:
    """Return whether the data set group has an active campaign of this name."""
    for summary in pages(backend.personalize, "list_campaigns", "campaigns"):
        is_active = summary["name"] == campaign_name and summary["status"] == Status.ACTIVE
        if is_active and _group_of(backend, summary["campaignArn"]) == group_arn:
            return True
    return False


def _group_of(backend: Backend, campaign_arn: str) -> str | None:
    """Return the ARN of a campaign's data set group, None when it was deleted meanwhile."""
    campaign = _described(backend.personalize.describe_campaign, "campaign", campaignArn=campaign_arn)
    if campaign is None:
        return None
    solution_arn = campaign["solutionVersionArn"].rpartition("/")[0]
    solution = _described(backend.personalize.describe_solution, "solution", solutionArn=solution_arn)
    return None if solution is None else str(solution["datasetGroupArn"])


def version(backend: Backend, version_arn: str) -> VersionView | None:
    """Return one solution version, or None when it does not exist."""
    return _version_view(backend, version_arn, None)


def _version_view(backend: Backend, arn: str, deployed: Iterable[CampaignView] | None) -> VersionView | None:
    described = _described(backend.personalize.describe_solution_version, "solutionVersion", solutionVersionArn=arn)
    if described is None:
        return None
    solution_arn = described["solutionArn"]
    if deployed is None:
        deployed = solution_campaigns(backend, solution_arn)
    config = described.get("solutionConfig", {})
    ready = described["status"] == Status.ACTIVE
    capabilities = backend.capabilities
    job = capabilities.job(arn) if capabilities else None
    return VersionView(
        arn=arn,
        name=described.get("name", arn.rsplit("/", 1)[-1]),
        solution_arn=solution_arn,
        solution_name=solution_arn.rsplit("/", 1)[-1],
        recipe=described.get("recipeArn", "").rsplit("/", 1)[-1],
        status=described["status"],
        failure_reason=described.get("failureReason"),
        created=epoch(described["creationDateTime"]),
        updated=epoch(described["lastUpdatedDateTime"]),
        training_seconds=_training_seconds(described, job),
        hyperparameters=config.get("algorithmHyperParameters", {}) | config.get("featureTransformationParameters", {}),
        tuned=_tuned(described),
        search_trials=_search_trials(described),
        event_type=described.get("eventType"),
        metrics=_metrics(backend, arn) if ready else {},
        evaluation=capabilities.evaluation(arn) if capabilities and ready else None,
        size=capabilities.training_size(arn) if capabilities and ready else None,
        job=job,
        campaigns=tuple(campaign for campaign in deployed if campaign.solution_version_arn == arn),
    )


def _tuned(described: Mapping[str, Any]) -> dict[str, str]:
    """Return the values found by a search. AWS was seen to add a prefix to the names: "training.bptt"."""
    tuned = described.get("tunedHPOParams", {}).get("algorithmHyperParameters", {})
    return {name.rpartition(".")[2]: value for name, value in tuned.items()}


def _search_trials(described: Mapping[str, Any]) -> int | None:
    if not described.get("performHPO") or described.get("performAutoML"):
        return None
    resources = described.get("solutionConfig", {}).get("hpoConfig", {}).get("hpoResourceConfig", {})
    return int(resources.get("maxNumberOfTrainingJobs", USUAL_TRIALS))


def _training_seconds(described: Mapping[str, Any], job: JobView | None) -> float | None:
    if job is not None and job.started_at is not None and job.ended_at is not None:
        return job.ended_at - job.started_at
    hours = described.get("trainingHours")
    return None if hours is None else float(hours) * 3600


def _metrics(backend: Backend, version_arn: str) -> dict[str, float]:
    try:
        answer = backend.personalize.get_solution_metrics(solutionVersionArn=version_arn)
    except ClientError:
        return {}  # AWS has no metrics of versions that were updated instead of trained: the table shows dashes
    return dict(answer.get("metrics", {}))


def _described(describe: Any, key: str, **arguments: str) -> dict[str, Any] | None:
    """Return the description, or None when the resource was deleted since it was listed."""
    try:
        return dict(describe(**arguments)[key])
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise
