"""The recipes that this engine can train: AWS's documented facts about each, and the class that trains it.

Names, types, ARNs and hyperparameters: Amazon Personalize developer guide, pages of the recipes, and printed answers of
DescribeRecipe. A new recipe is one module and one entry here. Importing this module does not load torch: the classes
load it when they train.
"""

from dataclasses import dataclass
from typing import Any

from services.engine.arns import resource_name, service_arn
from services.engine.errors import ResourceNotFound
from services.engine.recipes.affinity.recipe import ItemAffinityRecipe, ItemAttributeAffinityRecipe
from services.engine.recipes.base import HyperParameter, Model, Recipe
from services.engine.recipes.counting.popularity import PopularityRecipe
from services.engine.recipes.counting.sims import SimsRecipe
from services.engine.recipes.counting.trending import TrendingRecipe
from services.engine.recipes.hrnn.recipe import HrnnRecipe
from services.engine.recipes.hrnn_coldstart.recipe import HrnnColdStartRecipe
from services.engine.recipes.hrnn_metadata.recipe import HrnnMetadataRecipe
from services.engine.recipes.next_best_action.recipe import NextBestActionRecipe
from services.engine.recipes.ranking import PersonalizedRankingRecipe
from services.engine.recipes.related.semantic import SemanticSimilarityRecipe
from services.engine.recipes.related.similar_items import SimilarItemsRecipe
from services.engine.recipes.user_personalization.recipe import UserPersonalizationRecipe
from services.engine.recipes.v2.recipe import PersonalizedRankingV2Recipe, UserPersonalizationV2Recipe

CREATION_DATE = 1560124800.0
"""Epoch seconds of 2019-06-10, the creation date that AWS reports for its first recipes."""


@dataclass(frozen=True)
class RecipeInfo:
    """One recipe, with the facts that the List and Describe operations return."""

    recipe_class: type[Recipe]
    recipe_type: str
    """"USER_PERSONALIZATION", "RELATED_ITEMS" or "PERSONALIZED_RANKING"."""
    feature_transformation: str
    """Name of the feature transformation, the last part of its ARN."""
    description: str
    algorithm: str = ""
    """Name of the algorithm, the last part of its ARN, where it is not the recipe's."""

    @property
    def name(self) -> str:
        return self.recipe_class.name

    @property
    def hyperparameters(self) -> tuple[HyperParameter, ...]:
        return self.recipe_class.hyperparameters

    @property
    def arn(self) -> str:
        return service_arn("recipe", self.name)

    @property
    def algorithm_arn(self) -> str:
        return service_arn("algorithm", self.algorithm or self.name)

    @property
    def feature_transformation_arn(self) -> str:
        return service_arn("feature-transformation", self.feature_transformation)


RECIPES: tuple[RecipeInfo, ...] = (
    RecipeInfo(
        recipe_class=HrnnRecipe,
        recipe_type="USER_PERSONALIZATION",
        feature_transformation="JSON-percentile-filtering",
        description="Predicts the items that a user will interact with next: a hierarchical recurrent network that "
        "models the order, the sessions and the pauses of each user's interactions.",
    ),
    RecipeInfo(
        recipe_class=HrnnMetadataRecipe,
        recipe_type="USER_PERSONALIZATION",
        feature_transformation="featurize_metadata",
        description="Predicts the items that a user will interact with next from the interactions and from the "
        "metadata of items, users and interactions.",
    ),
    RecipeInfo(
        recipe_class=HrnnColdStartRecipe,
        recipe_type="USER_PERSONALIZATION",
        feature_transformation="featurize_coldstart",
        description="Recommends new items with few or no interactions to the users who will like them, from the "
        "metadata of the items.",
    ),
    RecipeInfo(
        recipe_class=UserPersonalizationRecipe,
        recipe_type="USER_PERSONALIZATION",
        feature_transformation="featurize_metadata",
        description="Predicts the items that a user will interact with next from interactions and metadata, and "
        "explores new items with few interactions.",
    ),
    RecipeInfo(
        recipe_class=PopularityRecipe,
        recipe_type="USER_PERSONALIZATION",
        feature_transformation="sims",
        description="Recommends the items with the most users, the same list to every user: the baseline.",
    ),
    RecipeInfo(
        recipe_class=TrendingRecipe,
        recipe_type="USER_PERSONALIZATION",
        feature_transformation="aws-trending-now",
        description="Recommends the items whose interactions grow fastest, the same list to every user; streamed "
        "events count at once.",
        algorithm="aws-trending-now-custom",
    ),
    RecipeInfo(
        recipe_class=SimsRecipe,
        recipe_type="RELATED_ITEMS",
        feature_transformation="sims",
        description="Recommends items related to an item: the items of the same users, with their popularity "
        "discounted.",
    ),
    RecipeInfo(
        recipe_class=SimilarItemsRecipe,
        recipe_type="RELATED_ITEMS",
        feature_transformation="aws-similar-items",
        description="Recommends items related to an item from the users of both and from the metadata of the items, "
        "also for items that hardly anybody has interacted with.",
    ),
    RecipeInfo(
        recipe_class=PersonalizedRankingRecipe,
        recipe_type="PERSONALIZED_RANKING",
        feature_transformation="JSON-percentile-filtering",
        description="Ranks a list of items by a user's interest, with the hierarchical recurrent network of aws-hrnn.",
    ),
    RecipeInfo(
        recipe_class=SemanticSimilarityRecipe,
        recipe_type="RELATED_ITEMS",
        feature_transformation="aws-semantic-similarity",
        description="Recommends items whose titles and descriptions are about the same as an item's.",
    ),
    RecipeInfo(
        recipe_class=NextBestActionRecipe,
        recipe_type="PERSONALIZED_ACTIONS",
        feature_transformation="aws-next-best-action",
        description="Recommends the actions, such as to enrol or to buy a plan, that a user will most probably take.",
    ),
    RecipeInfo(
        recipe_class=ItemAffinityRecipe,
        recipe_type="USER_SEGMENTATION",
        feature_transformation="item-affinity",
        description="Finds the users who will most probably interact with an item, for batch segment jobs.",
    ),
    RecipeInfo(
        recipe_class=ItemAttributeAffinityRecipe,
        recipe_type="USER_SEGMENTATION",
        feature_transformation="item-attribute-affinity",
        description="Finds the users who will most probably interact with items of some attributes, for batch segment "
        "jobs.",
    ),
    RecipeInfo(
        recipe_class=UserPersonalizationV2Recipe,
        recipe_type="USER_PERSONALIZATION",
        feature_transformation="aws-user-personalization-v2",
        description="Predicts the items that a user will interact with next from interactions, weighed by event type, "
        "and metadata, for up to millions of items; tries a few new items by itself and says which.",
    ),
    RecipeInfo(
        recipe_class=PersonalizedRankingV2Recipe,
        recipe_type="PERSONALIZED_RANKING",
        feature_transformation="aws-personalized-ranking-v2",
        description="Ranks a list of items by a user's interest, from interactions, weighed by event type, and "
        "metadata.",
    ),
)


def trainable() -> tuple[RecipeInfo, ...]:
    """Return the recipes that this engine can train, by name."""
    return tuple(sorted(RECIPES, key=lambda info: info.name))


def find(name_or_arn: str) -> RecipeInfo:
    """Return a recipe by its name or ARN. Raises ResourceNotFound with a list of the known recipes."""
    name = resource_name(name_or_arn) if name_or_arn.startswith("arn:") else name_or_arn
    for info in RECIPES:
        if info.name == name and name_or_arn in (name, info.arn):
            return info
    known = ", ".join(info.name for info in trainable())
    raise ResourceNotFound(f"The given recipe does not exist: {name_or_arn}. This engine trains {known}.")


def load_recipe(name_or_arn: str) -> Recipe:
    """Return the recipe, ready to train. Raises ResourceNotFound."""
    return find(name_or_arn).recipe_class()


def load_model(name_or_arn: str, arrays: Any, config: Any) -> Model:
    """Rebuild a trained model from its arrays and configuration. Raises ResourceNotFound."""
    return find(name_or_arn).recipe_class.model_class.from_arrays(arrays, config)
