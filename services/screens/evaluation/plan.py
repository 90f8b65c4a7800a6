"""What a run trains, how long that takes and what it costs on AWS."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.backend import Backend
from services.language.phrases import counted
from services.library.columns import ITEM_ID
from services.library.store import LoadedData
from services.personalize.recipe_names import HRNN_METADATA, RECIPE_WORDS

METADATA = HRNN_METADATA
SECONDS_PER_ANSWER = 0.0025
"""An answer of the embedded engine, in process through boto3."""
SECONDS_AROUND = 8.0
"""Splitting, importing, measuring."""


@dataclass(frozen=True)
class Contestant:
    """One training."""

    key: str
    """Name of the method in every table: "aws-hrnn", "aws-hrnn#2", "aws-hrnn-metadata:GENRES"."""
    recipe: str
    words: str
    solution_config: dict[str, Any] = field(default_factory=dict)


def contestants(data: LoadedData, recipes: Sequence[str], n_seeds: int = 1, columns: bool = False) -> list[Contestant]:
    """Return what is trained: every recipe with every seed, then aws-hrnn-metadata with each item column alone."""
    found = []
    for recipe in recipes:
        words = RECIPE_WORDS.get(recipe, recipe)
        for seed in range(n_seeds):
            config: dict[str, Any] = {"algorithmHyperParameters": {"random_seed": str(seed)}} if n_seeds > 1 else {}
            key, said = (recipe, words) if seed == 0 else (f"{recipe}#{seed + 1}", f"{words} (training {seed + 1})")
            found.append(Contestant(key, recipe, said, config))
    if columns:
        telling = item_columns(data)
        for name in telling:
            others = [other for other in telling if other != name]
            alone: dict[str, Any] = (
                {"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": others}}} if others else {}
            )
            said = f"{RECIPE_WORDS.get(METADATA, METADATA)}, {name.replace('_', ' ').lower()} alone"
            found.append(Contestant(f"{METADATA}:{name}", METADATA, said, alone))
    return found


def item_columns(data: LoadedData) -> list[str]:
    """Return the item columns that a recipe could learn from: categories, people and the year."""
    items = data.items()
    if items is None:
        return []
    wanted = [*data.roles.categories, *data.roles.people, *([data.roles.year] if data.roles.year else [])]
    return [name for name in wanted if name in items and name != ITEM_ID]


def seconds_expected(backend: Backend, data: LoadedData, plan: Sequence[Contestant], n_people: int) -> float | None:
    """Return how long a run takes here, None where nobody knows."""
    if backend.capabilities is None:
        return None
    total = SECONDS_AROUND
    for one in plan:
        training = backend.capabilities.seconds_expected(one.recipe, data.n_events, data.n_items)
        if training is None:
            return None
        total += training + SECONDS_PER_ANSWER * n_people
    return total


def aws_words(backend: Backend, plan: Sequence[Contestant], n_people: int) -> str:
    """Return what a run asks of AWS and costs there, before it starts; "" on this machine."""
    if backend.kind != "aws":
        return ""
    n, calls = len(plan), n_people * len(plan)
    return (
        f"On AWS this costs money: {counted(n, 'training', 'trainings')} of about an hour, "
        f"{counted(n, 'campaign', 'campaigns')} for the time of asking, deleted at the end, and "
        f"{counted(calls, 'call', 'calls')} of GetRecommendations. Amazon Personalize's price list has the rates of "
        "your region: a training by the hour, a call by the thousand."
    )
