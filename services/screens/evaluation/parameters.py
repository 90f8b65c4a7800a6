"""What a person may ask of an evaluation."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from services.errors import DataError
from services.personalize.recipe_names import (
    HRNN,
    HRNN_COLDSTART,
    HRNN_METADATA,
    POPULARITY_COUNT,
    USER_PERSONALIZATION,
)
from services.screens.evaluation.split import PROTOCOLS, SHARE, TIME

RECIPES = (HRNN, HRNN_METADATA, HRNN_COLDSTART, USER_PERSONALIZATION, POPULARITY_COUNT)
"""Recipes that answer for a person, and can be measured."""


@dataclass(frozen=True)
class Parameters:
    """What a run does."""

    group: str
    """Name of the data set group whose data is used; it is not touched."""
    protocol: str = TIME
    recipes: tuple[str, ...] = (HRNN,)
    n_seeds: int = 1
    """Trainings of every recipe, each with another seed; more than one only where the engine is embedded."""
    columns: bool = False
    """Whether aws-hrnn-metadata is trained with each item column alone too."""
    share: float = SHARE
    threads: int = 1
    """Calls at the same time; the embedded engine answers no faster with more."""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Parameters":
        """Return the parameters of to_json. Raises DataError naming what cannot be."""
        known = [field.name for field in fields(cls)]
        unknown = sorted(set(given) - set(known))
        if unknown or "group" not in given:
            said = f'"{unknown[0]}" is no parameter' if unknown else "The parameter group is missing"
            raise DataError(f"{said} of an evaluation; it has {', '.join(known)}.")
        made = cls(**{**given, "recipes": tuple(given.get("recipes", cls.recipes))})
        if made.protocol not in PROTOCOLS:
            raise DataError(f'The protocol "{made.protocol}" is unknown. Choose one of {", ".join(PROTOCOLS)}.')
        wrong = [name for name in made.recipes if name not in RECIPES]
        if wrong:
            raise DataError(f"{wrong[0]} cannot be evaluated so. Choose among {', '.join(RECIPES)}.")
        if made.n_seeds < 1 or made.threads < 1:
            raise DataError(f"{made.n_seeds} seeds and {made.threads} calls at a time: give at least one of each.")
        return made

    def to_json(self) -> dict[str, Any]:
        """Return JSON-able values."""
        return asdict(self)
