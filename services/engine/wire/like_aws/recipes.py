"""Which recipes an account has today: not the legacy ones, and not all of them on the first page of a list.

Source: Amazon Personalize developer guide, "Legacy USER_PERSONALIZATION recipes"; printed answers of ListRecipes.
"""

from collections.abc import Mapping
from typing import Any

from services.engine.errors import InvalidInput, ResourceNotFound

LEGACY = ("aws-hrnn", "aws-hrnn-coldstart", "aws-hrnn-metadata")
USUAL_PAGE = 12
"""Entries of ListRecipes without maxResults, as seen; other lists are not documented."""


def is_legacy(arn: str) -> bool:
    """Return whether a recipe, algorithm or feature transformation is one that is no longer there."""
    return arn.rpartition("/")[2] in LEGACY


def refuse_legacy(operation: str, request: Mapping[str, Any]) -> None:
    """Raise the error of a request for a legacy recipe; which one AWS answers is not documented."""
    recipe = str(request.get("recipeArn", ""))
    if operation == "DescribeRecipe" and is_legacy(recipe):
        raise ResourceNotFound(f"The given recipe does not exist: {recipe}")
    if operation == "CreateSolution":
        if is_legacy(recipe):
            raise InvalidInput(
                f"The recipe {recipe} is a legacy recipe and no longer available. "
                "Use arn:aws:personalize:::recipe/aws-user-personalization."
            )
        if request.get("performAutoML"):
            raise InvalidInput(
                "performAutoML chooses among legacy recipes only, which are no longer available. Give a recipeArn."
            )


def paged(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return the request with the page size that AWS uses where none is asked for."""
    return {"maxResults": USUAL_PAGE} | request if operation == "ListRecipes" else request


def without_legacy(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer of ListRecipes without the recipes that are no longer there."""
    return answer | {"recipes": [recipe for recipe in answer["recipes"] if not is_legacy(recipe["recipeArn"])]}
