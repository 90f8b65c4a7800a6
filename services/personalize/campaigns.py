"""The active campaigns for users, items or lists, each with its recipe, solution version and data."""

from collections.abc import Collection
from dataclasses import dataclass

from services.backend import Backend
from services.personalize.datasets import epoch, group_arn
from services.personalize.recipe_names import EXPLORING, FOR_A_USER, PERSONAL, RECIPE_WORDS
from services.personalize.states import Status
from services.personalize.versions import campaigns


@dataclass(frozen=True)
class Campaign:
    """An active campaign."""

    name: str
    arn: str
    recipe: str
    """AWS's name, for example "aws-hrnn"."""
    version_arn: str
    trained: float
    """End of the solution version's training, epoch seconds."""
    n_events: int | None
    """Size of the training data; None on AWS."""

    @property
    def personal(self) -> bool:
        """Whether the list depends on the user's history."""
        return self.recipe in PERSONAL

    @property
    def recipe_words(self) -> str:
        """The recipe's name on screens."""
        return RECIPE_WORDS.get(self.recipe, self.recipe)


def for_people(backend: Backend, group_name: str) -> list[Campaign]:
    """Return the active campaigns that recommend for a user: personal recipes first, then the newest first."""
    return for_recipes(backend, group_name, FOR_A_USER)


def steady_first(backend: Backend, group_name: str) -> list[Campaign]:
    """Return the same, those that explore last: they answer differently from call to call, which a comparison hides."""
    return sorted(for_people(backend, group_name), key=lambda campaign: campaign.recipe in EXPLORING)


def for_recipes(backend: Backend, group_name: str, recipes: Collection[str]) -> list[Campaign]:
    """Return the active campaigns of these recipes, AWS's names: personal ones first, then the newest first."""
    arn = group_arn(backend, group_name)
    if arn is None:
        return []
    ordered: list[tuple[bool, float, Campaign]] = []
    for view in campaigns(backend, arn):
        if view.status != Status.ACTIVE:
            continue
        version = backend.personalize.describe_solution_version(solutionVersionArn=view.solution_version_arn)
        described = version["solutionVersion"]
        recipe = described.get("recipeArn", "").rsplit("/", 1)[-1]
        if recipe not in recipes:
            continue
        size = backend.capabilities.training_size(view.solution_version_arn) if backend.capabilities else None
        campaign = Campaign(
            name=view.name,
            arn=view.arn,
            recipe=recipe,
            version_arn=view.solution_version_arn,
            trained=epoch(described["lastUpdatedDateTime"]),
            n_events=size.get("n_events") if size else None,
        )
        ordered.append((not campaign.personal, -view.created, campaign))
    return [campaign for _, _, campaign in sorted(ordered, key=lambda entry: entry[:2])]
