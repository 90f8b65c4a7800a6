"""Context of a request: the interaction columns that a recipe uses, and their values."""

import json
from collections.abc import Sequence

from services.library.columns import EVENT_TYPE, EVENT_VALUE, ITEM_ID, TIMESTAMP, USER_ID
from services.library.store import LoadedData
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import WITH_CONTEXT

RESERVED = {USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE, EVENT_VALUE, "IMPRESSION", "RECOMMENDATION_ID"}
MAX_VALUES = 200
"""A column with more distinct values than this is typed, not chosen."""


def columns(campaign: Campaign, data: LoadedData) -> list[str]:
    """Return the interaction columns that the campaign uses as context; [] for recipes that use none."""
    if campaign.recipe not in WITH_CONTEXT:
        return []
    fields = json.loads(data.schemas["Interactions"])["fields"]
    return [field["name"] for field in fields if field["name"] not in RESERVED]


def from_address(parts: Sequence[str], allowed: Sequence[str]) -> dict[str, str]:
    """Return the context of an address, COLUMN=value; other columns and empty values are dropped."""
    pairs = [part.partition("=") for part in parts]
    return {name: value for name, _, value in pairs if name in allowed and value}


def to_address(context: dict[str, str]) -> list[str]:
    """Return a context in the form of an address."""
    return [f"{name}={value}" for name, value in context.items() if value]
