"""The promotion of a request for recommendations: its rules, and the items that it may promote.

Source: Amazon Personalize developer guide, "Promoting items in recommendations". AWS's model allows several promotions
and its guide one; here more than one, and one without a filter, are InvalidInput.
"""

from collections.abc import Mapping
from typing import Any

from services.engine.api.filters import allowed_items
from services.engine.context import EngineContext
from services.engine.errors import InvalidInput
from services.engine.models.artifacts import Artifact
from services.engine.recipes.registry import find, trainable
from services.engine.runtime.promotions import Promotion


def requested_promotion(
    context: EngineContext, request: Mapping[str, Any], group_arn: str, artifact: Artifact
) -> Promotion | None:
    """Return the promotion of a request, None without one. Raises InvalidInput, or ResourceNotFound for its filter."""
    promotions = request.get("promotions")
    if not promotions:
        return None
    if not find(artifact.recipe).recipe_class.promotes:
        able = ", ".join(info.name for info in trainable() if info.recipe_class.promotes)
        raise InvalidInput(f"Recipe {artifact.recipe} promotes no items; {able} do. Leave promotions out.")
    if len(promotions) > 1:
        raise InvalidInput(f"{len(promotions)} promotions were given; a request has one.")
    promotion = promotions[0]
    missing = [member for member in ("name", "percentPromotedItems", "filterArn") if promotion.get(member) is None]
    if missing:
        raise InvalidInput(f"promotions.1.{missing[0]} is missing. Give a promotion a name, a percentage and a filter.")
    of_promotion = {member: request.get(member) for member in ("userId", "itemId")} | promotion
    allowed = allowed_items(context, of_promotion, group_arn, artifact)
    assert allowed is not None
    return Promotion(promotion["name"], int(promotion["percentPromotedItems"]), allowed.mask())
