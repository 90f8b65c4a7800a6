"""A campaign's itemExplorationConfig: which recipes take it, and how an answer follows it.

AWS explores with aws-user-personalization and aws-user-personalization-v2 (developer guide, "Exploration"). Each answer
draws anew; its recommendationId is the seed, so that any answer can be computed again from what was returned.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from services.engine.errors import InvalidInput
from services.engine.recipes.exploration import Exploration, parse_exploration
from services.engine.recipes.registry import find
from services.engine.store.resources import Resource

MEMBER = "itemExplorationConfig"


def check_exploration(config: Mapping[str, Any], recipe_arn: str) -> None:
    """Raise InvalidInput when a campaign of this recipe cannot explore, or not in this way."""
    given = config.get(MEMBER)
    if given is None:
        return
    info = find(recipe_arn)
    if not info.recipe_class.explores:
        raise InvalidInput(
            f"The recipe {info.name} does not explore items; aws-user-personalization does. "
            f"Give a campaignConfig without {MEMBER}."
        )
    parse_exploration(given)


def exploration_of(campaign: Resource, recipe: str, recommendation_id: str) -> Exploration | None:
    """Return how an answer of this campaign explores; None for recipes that do not."""
    if not find(recipe).recipe_class.explores:
        return None
    config = campaign.body.get("campaignConfig") or {}
    return parse_exploration(config.get(MEMBER), uuid.UUID(recommendation_id.removeprefix("RID-")).int)
