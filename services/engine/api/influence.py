"""rankingInfluence of campaigns and batch jobs: which recipes take it, and what it adds up from."""

from collections.abc import Mapping
from typing import Any

from services.engine.data.schemas import Schema
from services.engine.errors import InvalidInput
from services.engine.recipes.registry import find
from services.engine.runtime.influence import FRESHNESS, parse_influence

MEMBER = "rankingInfluence"


def check_influence(config: Mapping[str, Any], recipe_arn: str, schemas: Mapping[str, Schema]) -> None:
    """Raise InvalidInput when the recipe has no use for a rankingInfluence, or the group no data for it."""
    given = parse_influence(config.get(MEMBER))
    if not given:
        return
    info = find(recipe_arn)
    if info.recipe_type != "RELATED_ITEMS":
        raise InvalidInput(
            f"The recipe {info.name} takes no {MEMBER}; recipes for related items do. Leave {MEMBER} out."
        )
    items = schemas.get("Items")
    if FRESHNESS in given and (items is None or items.find("CREATION_TIMESTAMP") is None):
        raise InvalidInput(
            f"{MEMBER} {FRESHNESS} needs an Items dataset with CREATION_TIMESTAMP, which this dataset group has not."
        )
