"""A campaign's itemExplorationConfig: the recipes that accept it, and the exploration of an answer.

AWS explores with aws-user-personalization and aws-user-personalization-v2 (Amazon Personalize developer guide,
"Exploration"). The recommendationId is the seed of an answer, so that every answer can be reproduced. The settings of
recipes/variety.py and recipes/tonight.py, of this engine only, stand in the same map, for all recipes that score items
for a user.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from services.engine.errors import InvalidInput
from services.engine.recipes.exploration import Exploration, parse_exploration
from services.engine.recipes.registry import find
from services.engine.recipes.tonight import TONIGHT, parse_tonight
from services.engine.recipes.variety import SETTINGS, Variety, parse_variety

MEMBER = "itemExplorationConfig"
OF_THIS_ENGINE = (*SETTINGS, TONIGHT.name)
"""The settings of this map that AWS does not have."""


def check_exploration(config: Mapping[str, Any], recipe_arn: str) -> None:
    """Raise InvalidInput when the recipe does not explore, or when the configuration is invalid."""
    exploration = config.get(MEMBER)
    if exploration is None:
        return
    info = find(recipe_arn)
    parse_variety(exploration)
    parse_tonight(exploration)
    if (
        info.recipe_type == "USER_PERSONALIZATION"
        and info.recipe_class.has_scores
        and set(exploration) <= {*SETTINGS, TONIGHT.name}
    ):
        return
    if not info.recipe_class.explores:
        raise InvalidInput(
            f"The recipe {info.name} does not explore items; aws-user-personalization does. "
            f"Give a campaignConfig without {MEMBER}."
        )
    parse_exploration(exploration)


def variety_of(config: Mapping[str, Any]) -> Variety:
    """Return the variety of the answers of a campaign or recommender with this configuration."""
    return parse_variety(config.get(MEMBER))


def tonight_of(config: Mapping[str, Any]) -> float:
    """Return how much the newest session counts in the answers of a campaign with this configuration."""
    return parse_tonight(config.get(MEMBER))


def exploration_of(config: Mapping[str, Any], recipe: str, recommendation_id: str) -> Exploration | None:
    """Return the exploration of an answer with this configuration; None for recipes that do not explore."""
    if find(recipe).recipe_class.explores_by_itself:
        return Exploration(seed=seed_of(recommendation_id))
    if not find(recipe).recipe_class.explores:
        return None
    return parse_exploration(config.get(MEMBER), seed_of(recommendation_id))


def seed_of(recommendation_id: str) -> int:
    """Return the seed of everything that an answer draws at random."""
    return uuid.UUID(recommendation_id.removeprefix("RID-")).int
