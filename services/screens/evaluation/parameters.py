"""What an evaluation can be asked to do."""

from dataclasses import dataclass
from typing import ClassVar

from services.errors import DataError
from services.laboratory.records import RunParameters
from services.personalize.recipe_names import (
    HRNN,
    HRNN_COLDSTART,
    HRNN_METADATA,
    PERSONALIZED_RANKING,
    PERSONALIZED_RANKING_V2,
    POPULARITY_COUNT,
    SIMILAR_ITEMS,
    SIMS,
    TRENDING_NOW,
    USER_PERSONALIZATION,
    USER_PERSONALIZATION_V2,
)
from services.screens.evaluation.split import PROTOCOLS, SHARE, TIME

RECIPES = (
    *(HRNN, HRNN_METADATA, HRNN_COLDSTART, USER_PERSONALIZATION_V2, USER_PERSONALIZATION),
    *(POPULARITY_COUNT, TRENDING_NOW, SIMILAR_ITEMS, SIMS, PERSONALIZED_RANKING_V2, PERSONALIZED_RANKING),
)
"""Recipes that can be measured; services/screens/evaluation/protocols/asked.py says how each is asked."""
SEEDS = (1, 2, 3)
"""How many trainings of each recipe the screen offers."""
SHARES = (0.05, SHARE, 0.2, 0.3)
"""How much the screen offers to hold out."""


@dataclass(frozen=True)
class Parameters(RunParameters):
    """What a run does."""

    CALLED: ClassVar[str] = "an evaluation"

    protocol: str = TIME
    recipes: tuple[str, ...] = (HRNN,)
    n_seeds: int = 1
    """Trainings of every recipe, each with another seed; more than one only where the engine is embedded."""
    columns: bool = False
    """Whether aws-hrnn-metadata is trained with each item column alone too."""
    user_columns: bool = False
    """Whether aws-hrnn-metadata is trained without each column of the users too."""
    ages: tuple[int, ...] = ()
    """Days: the first recipe is trained on data that ends so long before the split too."""
    share: float = SHARE
    threads: int = 1
    """Calls at the same time; the embedded engine answers no faster with more."""

    def check(self) -> None:
        """Raise DataError naming a value that is not possible."""
        if self.protocol not in PROTOCOLS:
            raise DataError(f'The protocol "{self.protocol}" is unknown. Choose one of {", ".join(PROTOCOLS)}.')
        unknown = [name for name in self.recipes if name not in RECIPES]
        if unknown:
            raise DataError(f"{unknown[0]} cannot be evaluated so. Choose among {', '.join(RECIPES)}.")
        if self.ages and (self.protocol != TIME or min(self.ages) < 1):
            raise DataError(f"Ages of {list(self.ages)} days need a split by date, and at least one day each.")
        if self.n_seeds < 1 or self.threads < 1:
            raise DataError(f"{self.n_seeds} seeds and {self.threads} calls at a time: give at least one of each.")
