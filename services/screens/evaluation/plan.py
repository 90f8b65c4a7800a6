"""What a run trains, and how long that takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.backend import Backend
from services.laboratory import groups
from services.laboratory.columns import categories_first, item_columns, user_columns
from services.language.phrases import counted
from services.library.store import LoadedData
from services.personalize.recipe_names import (
    HRNN_METADATA,
    POPULARITY_COUNT,
    RECIPE_WORDS,
    SIMILAR_ITEMS,
    SIMS,
    TRENDING_NOW,
)
from services.screens.evaluation.methods import WITHOUT, Method

SECONDS_PER_ANSWER = 0.0025
"""An answer of the embedded engine, in process through boto3."""
COUNTING = (POPULARITY_COUNT, TRENDING_NOW, SIMILAR_ITEMS, SIMS)
"""Recipes without a seed."""
OVERHEAD_S = 8.0
"""Splitting, importing, measuring."""


@dataclass(frozen=True)
class Contestant:
    """One training."""

    method: Method
    words: str
    """Its name on screens: "Personal lists", "Personal lists (training 2)"."""
    solution_config: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name of the method in every table."""
        return self.method.key


def contestants(
    data: LoadedData, recipes: Sequence[str], n_seeds: int = 1, columns: bool = False, users: bool = False
) -> list[Contestant]:
    """Return what is trained: every recipe with every seed, then aws-hrnn-metadata with each item column alone.

    Recipes that only count are the same each time and are trained once.

    users adds it without each column of the users, and with all of them where it is not among the recipes.
    """
    without = user_columns(data) if users else []
    if without and HRNN_METADATA not in recipes:
        recipes = [*recipes, HRNN_METADATA]
    times = {recipe: 1 if recipe in COUNTING else n_seeds for recipe in recipes}
    plan = [_with_seed(recipe, seed, times[recipe]) for recipe in recipes for seed in range(times[recipe])]
    known = categories_first(data, item_columns(data)) if columns else []
    return plan + [_with_column(column, known) for column in known] + [_without(column) for column in without]


def _with_seed(recipe: str, seed: int, n_seeds: int) -> Contestant:
    config = groups.config_of({"random_seed": str(seed)} if n_seeds > 1 else {})
    words = RECIPE_WORDS.get(recipe, recipe)
    return Contestant(Method(recipe, seed + 1), words if seed == 0 else f"{words} (training {seed + 1})", config)


def _with_column(column: str, columns: Sequence[str]) -> Contestant:
    others = [name for name in columns if name != column]
    config = {"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": others}}} if others else {}
    words = f"{RECIPE_WORDS.get(HRNN_METADATA, HRNN_METADATA)}, {column.replace('_', ' ').lower()} alone"
    return Contestant(Method(HRNN_METADATA, column=column), words, config)


def _without(column: str) -> Contestant:
    config = {"trainingDataConfig": {"excludedDatasetColumns": {"USERS": [column]}}}
    words = f"{RECIPE_WORDS.get(HRNN_METADATA, HRNN_METADATA)} without {column.replace('_', ' ').lower()}"
    return Contestant(Method(HRNN_METADATA, column=f"{WITHOUT}{column}"), words, config)


def aged(recipes: Sequence[str], ages: Sequence[int]) -> list[Contestant]:
    """Return the first recipe on data that ends these numbers of days before the split."""
    return [
        Contestant(
            Method(recipe, age_days=days), f"{RECIPE_WORDS.get(recipe, recipe)}, {counted(days, 'day', 'days')} old"
        )
        for recipe in recipes[:1]
        for days in ages
    ]


def seconds_expected(backend: Backend, data: LoadedData, plan: Sequence[Contestant], n_people: int) -> float | None:
    """Return how long a run takes here, None where it is unknown."""
    if backend.capabilities is None:
        return None
    total = OVERHEAD_S
    for contestant in plan:
        training = backend.capabilities.seconds_expected(contestant.method.name, data.n_events)
        if training is None:
            return None
        total += training + SECONDS_PER_ANSWER * n_people
    return total
