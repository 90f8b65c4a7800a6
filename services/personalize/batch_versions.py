"""The solution versions that support batch recommendations."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from services.backend import Backend
from services.errors import service_errors
from services.personalize.datasets import epoch, group_arn, pages
from services.personalize.recipe_names import (
    FOR_SEGMENTS,
    NEXT_BEST_ACTION,
    PERSONAL,
    PERSONALIZED_RANKING,
    PERSONALIZED_RANKING_V2,
    RECIPE_WORDS,
    SEMANTIC_SIMILARITY,
    SIMILAR_ITEMS,
    SIMS,
    TRENDING_NOW,
)
from services.personalize.states import Status

PEOPLE = "people"
ITEMS = "items"
LISTS = "lists"
"""Kinds of input lines: lists for users, neighbours of items, lists to be ranked for users."""
OTHER_KINDS = {
    SIMS: ITEMS,
    SIMILAR_ITEMS: ITEMS,
    SEMANTIC_SIMILARITY: ITEMS,
    PERSONALIZED_RANKING: LISTS,
    PERSONALIZED_RANKING_V2: LISTS,
}
"""All other recipes answer for users."""
NO_BATCH = (TRENDING_NOW, NEXT_BEST_ACTION, *FOR_SEGMENTS)
"""AWS: these recipes do not support batch recommendations."""


@dataclass(frozen=True)
class BatchVersion:
    """A solution version that supports batch recommendations."""

    arn: str
    recipe: str
    trained: float
    """Epoch seconds."""

    @property
    def kind(self) -> str:
        """PEOPLE, ITEMS or LISTS."""
        return OTHER_KINDS.get(self.recipe, PEOPLE)

    @property
    def recipe_words(self) -> str:
        """The recipe's name on screens."""
        return RECIPE_WORDS.get(self.recipe, self.recipe)

    @property
    def address(self) -> str:
        """Its value in an address: "films-hrnn/1a2b3c4d"."""
        return self.arn.partition(":solution/")[2]


def versions(backend: Backend, group_name: str) -> list[BatchVersion]:
    """Return the versions that support batch recommendations: personal recipes first, then the newest first."""
    views = []
    with service_errors():
        for version_arn in _version_arns(backend, group_name):
            view = version(backend, version_arn)
            if view is not None:
                views.append(view)
    return sorted(views, key=lambda view: (view.recipe not in PERSONAL, -view.trained))


def version(backend: Backend, version_arn: str) -> BatchVersion | None:
    """Return one version; None when it was deleted, is not ready, or does not support batch recommendations."""
    try:
        answer = backend.personalize.describe_solution_version(solutionVersionArn=version_arn)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise
    described = answer["solutionVersion"]
    recipe = described.get("recipeArn", "").rsplit("/", 1)[-1]
    if described["status"] != Status.ACTIVE or recipe in NO_BATCH:
        return None
    return BatchVersion(version_arn, recipe, epoch(described["lastUpdatedDateTime"]))


def solution_arns(backend: Backend, group_name: str) -> list[str]:
    """Return the ARNs of the solutions of a data set group."""
    arn = group_arn(backend, group_name)
    if arn is None:
        return []
    listed = pages(backend.personalize, "list_solutions", "solutions", datasetGroupArn=arn)
    return [str(solution["solutionArn"]) for solution in listed]


def _version_arns(backend: Backend, group_name: str) -> list[str]:
    return [
        str(summary["solutionVersionArn"])
        for solution in solution_arns(backend, group_name)
        for summary in pages(backend.personalize, "list_solution_versions", "solutionVersions", solutionArn=solution)
        if summary["status"] == Status.ACTIVE
    ]
