"""The filter and the promotion of a request, and the members of the request that they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.filters.expressions import placeholders, uses_current_item
from services.filters.named import NamedFilter
from services.personalize.recipe_names import (
    POPULARITY_COUNT,
    SIMILAR_ITEMS,
    SIMS,
    TRENDING_NOW,
    USER_PERSONALIZATION,
    USER_PERSONALIZATION_V2,
)

PROMOTING = (USER_PERSONALIZATION, USER_PERSONALIZATION_V2, POPULARITY_COUNT, TRENDING_NOW, SIMILAR_ITEMS, SIMS)
"""Recipes that take promotions."""


@dataclass(frozen=True)
class ChosenFilter:
    """A filter with the values of its placeholders."""

    named: NamedFilter
    values: Mapping[str, str] = field(default_factory=dict)
    """filterValues."""

    @property
    def missing(self) -> list[str]:
        """The placeholders without which every request is refused."""
        needed = placeholders(self.named.expression)
        return [one.name for one in needed if one.required and one.name not in self.values]

    @property
    def members(self) -> dict[str, Any]:
        """filterArn and, where there are any, filterValues."""
        return {"filterArn": self.named.arn} | ({"filterValues": dict(self.values)} if self.values else {})


@dataclass(frozen=True)
class ChosenPromotion:
    """A promotion: a share of the list for items that its own filter allows."""

    name: str
    percent: int
    chosen: ChosenFilter

    @property
    def members(self) -> dict[str, Any]:
        """promotions, with the one that a request may have."""
        return {
            "promotions": [{"name": self.name, "percentPromotedItems": self.percent, **self.chosen.members}],
        }


@dataclass(frozen=True)
class Narrowing:
    """What a screen's requests carry beside the user or item; nothing by default."""

    filter: ChosenFilter | None = None
    promotion: ChosenPromotion | None = None

    def __bool__(self) -> bool:
        return self.filter is not None or self.promotion is not None

    def for_recipe(self, recipe: str) -> "Narrowing":
        """Return what a campaign of this recipe takes."""
        return self if recipe in PROMOTING else self.without_promotion

    @property
    def without_promotion(self) -> "Narrowing":
        """The filter alone."""
        return Narrowing(self.filter)

    @property
    def for_users(self) -> "Narrowing":
        """What requests about a user take: no filter that compares with an item of the request."""
        usable = self.filter is not None and not uses_current_item(self.filter.named.expression)
        return Narrowing(self.filter if usable else None, self.promotion)

    @property
    def members(self) -> dict[str, Any]:
        """The members of the request."""
        parts = (self.filter, self.promotion)
        return {name: value for part in parts if part is not None for name, value in part.members.items()}


NOTHING = Narrowing()
