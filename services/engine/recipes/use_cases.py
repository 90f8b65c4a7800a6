"""The ten use cases of domain dataset groups: AWS's documented facts, and the recipe that answers each of them here.

Source: Amazon Personalize developer guide, "ECOMMERCE use cases" and "VIDEO_ON_DEMAND use cases". AWS does not publish
the algorithms; the column "recipes" below is the whole choice of this engine. Recommended for you and Top picks have an
explorationWeight at AWS, so aws-user-personalization answers them, which has one, and not its v2.
"""

from dataclasses import dataclass

from services.engine.arns import service_arn
from services.engine.recipes.registry import RecipeInfo, find, trainable

ECOMMERCE, VIDEO_ON_DEMAND = "ECOMMERCE", "VIDEO_ON_DEMAND"


@dataclass(frozen=True)
class UseCase:
    """One use case, which AWS calls a recipe of a domain."""

    name: str
    domain: str
    recipes: tuple[str, ...]
    """Names of the recipes that answer it, best first; the first one that this engine has is trained."""
    description: str
    event_type: str | None = None
    """The event type that it trains on, in any case; None for all."""
    hides: str | None = None
    """Items with which the user had an event of this type are not recommended: AWS's built-in filter."""
    needs_item: bool = False
    needs_user: bool = True
    """False where AWS needs a userId for filters only."""
    needs_items_dataset: bool = False
    explores: bool = False
    """Whether a recommender may have an itemExplorationConfig."""

    @property
    def arn(self) -> str:
        return service_arn("recipe", self.name)

    @property
    def recipe(self) -> str:
        """Name of the recipe that is trained for it."""
        return self.info.name

    @property
    def info(self) -> RecipeInfo:
        """The facts of the recipe that is trained for it."""
        known = {info.name for info in trainable()}
        return find(next(name for name in self.recipes if name in known))


USE_CASES: tuple[UseCase, ...] = (
    UseCase(
        "aws-ecomm-customers-who-viewed-x-also-viewed",
        ECOMMERCE,
        recipes=("aws-sims",),
        description="Recommends the items that customers also viewed who viewed an item.",
        event_type="View",
        hides="Purchase",
        needs_item=True,
    ),
    UseCase(
        "aws-ecomm-frequently-bought-together",
        ECOMMERCE,
        recipes=("aws-sims",),
        description="Recommends the items that customers buy together with an item.",
        event_type="Purchase",
        needs_item=True,
        needs_user=False,
    ),
    UseCase(
        "aws-ecomm-popular-items-by-purchases",
        ECOMMERCE,
        recipes=("aws-popularity-count",),
        description="Recommends the items that are purchased most: best sellers.",
        event_type="Purchase",
    ),
    UseCase(
        "aws-ecomm-popular-items-by-views",
        ECOMMERCE,
        recipes=("aws-popularity-count",),
        description="Recommends the items that are viewed most.",
        event_type="View",
    ),
    UseCase(
        "aws-ecomm-recommended-for-you",
        ECOMMERCE,
        recipes=("aws-user-personalization",),
        description="Recommends the items that a customer will interact with next, and explores new ones.",
        hides="Purchase",
        explores=True,
    ),
    UseCase(
        "aws-vod-because-you-watched-x",
        VIDEO_ON_DEMAND,
        recipes=("aws-sims",),
        description="Recommends what users also watched who watched a video.",
        event_type="Watch",
        hides="Watch",
        needs_item=True,
    ),
    UseCase(
        "aws-vod-more-like-x",
        VIDEO_ON_DEMAND,
        recipes=("aws-similar-items", "aws-sims"),
        description="Recommends videos that are similar to a video.",
        hides="Watch",
        needs_item=True,
        needs_items_dataset=True,
    ),
    UseCase(
        "aws-vod-most-popular",
        VIDEO_ON_DEMAND,
        recipes=("aws-popularity-count",),
        description="Recommends the videos that most users watched.",
        event_type="Watch",
    ),
    UseCase(
        "aws-vod-top-picks",
        VIDEO_ON_DEMAND,
        recipes=("aws-user-personalization",),
        description="Recommends the videos that a user will interact with next, and explores new ones.",
        hides="Watch",
        explores=True,
    ),
    UseCase(
        "aws-vod-trending-now",
        VIDEO_ON_DEMAND,
        recipes=("aws-trending-now", "aws-popularity-count"),
        description="Recommends the videos whose popularity grows fastest.",
        needs_user=False,
    ),
)


def of_domain(domain: str | None) -> tuple[UseCase, ...]:
    """Return the use cases of a domain, or all of them, by name."""
    return tuple(use_case for use_case in USE_CASES if domain in (None, use_case.domain))


def use_case_of(name_or_arn: str) -> UseCase | None:
    """Return the use case of this name or ARN; None where it is none."""
    return next((use_case for use_case in USE_CASES if name_or_arn in (use_case.name, use_case.arn)), None)
