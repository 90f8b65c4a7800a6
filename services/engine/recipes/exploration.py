"""Exploration: a campaign's itemExplorationConfig, and the interface of models that explore.

Names, defaults and ranges: Amazon Personalize developer guide, "User-Personalization recipe", item exploration campaign
configuration. The API sends values as text, like all hyperparameters.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.engine.errors import InvalidInput
from services.engine.recipes.base import Bools, Floats, HyperParameter, UserModel, UserState
from services.engine.recipes.hyperparameters import parse
from services.engine.recipes.tonight import TONIGHT
from services.engine.recipes.variety import SETTINGS as VARIETY_SETTINGS

DAY_S = 86_400
WEIGHT = HyperParameter(
    "explorationWeight",
    "float",
    0.3,
    0.0,
    1.0,
    description="How often items are tried of which less is known; 0 explores nothing.",
)
AGE_CUT_OFF = HyperParameter(
    "explorationItemAgeCutOff",
    "float",
    30.0,
    0.0,
    None,
    description="Items up to this many days older than the newest interaction may be tried.",
)
_DECLARED = {parameter.name: parameter for parameter in (WEIGHT, AGE_CUT_OFF)}


@dataclass(frozen=True)
class Exploration:
    """How one answer, or one batch of answers, explores."""

    weight: float = WEIGHT.default
    """0 (nothing) to 1."""
    age_cut_off_days: float = AGE_CUT_OFF.default
    """Above 0: only items that are not older than this are explored."""
    seed: int = 0
    """The same seed, user state and model give the same answer."""

    def generator(self, position: int) -> np.random.Generator:
        """Return the random generator of the answer at this position of a batch; a single answer has position 0."""
        return np.random.default_rng([self.seed, position])


def parse_exploration(config: Mapping[str, str] | None, seed: int = 0) -> Exploration:
    """Return a campaign's itemExplorationConfig, completed with AWS's defaults.

    Raises InvalidInput for an unknown name, and for a value that is not a number or out of range.
    """
    values: dict[str, Any] = {name: parameter.default for name, parameter in _DECLARED.items()}
    of_this_engine = (*VARIETY_SETTINGS, TONIGHT.name)
    for name, text in (config or {}).items():
        if name in of_this_engine:
            continue
        if name not in _DECLARED:
            names = ", ".join([*_DECLARED, *of_this_engine])
            raise InvalidInput(f"itemExplorationConfig has no {name}. It has {names}.")
        values[name] = parse(_DECLARED[name], text)
    if values[AGE_CUT_OFF.name] <= 0:
        text = (config or {})[AGE_CUT_OFF.name]
        raise InvalidInput(
            f"The value {text!r} of the hyperparameter {AGE_CUT_OFF.name} is out of range. "
            "Use a number of days above 0; for no exploration set explorationWeight to 0."
        )
    return Exploration(values[WEIGHT.name], values[AGE_CUT_OFF.name], seed)


class ExploringModel(UserModel):
    """A model whose item_scores() exploits, and whose explored_scores() also explores."""

    @abstractmethod
    def explored_scores(self, states: Sequence[UserState], exploration: Exploration, first: int = 0) -> Floats:
        """Return float32 (len(states), n_items): log-scores like item_scores(), sampled for each state and explored
        item.

        first: position of the first state in the batch, for the random generator. Weight 0 returns item_scores(states).
        """


@dataclass(frozen=True)
class Trial:
    """An item that a list tries, and its place."""

    place: int
    """From 0."""
    item_index: int


class TryingModel(UserModel):
    """A model whose lists are those of item_scores(), with new items in some places (the v2 recipes)."""

    @abstractmethod
    def trials(self, state: UserState, n: int, rng: np.random.Generator, allowed: Bools | None = None) -> list[Trial]:
        """Return the new items of a list of n, by place; allowed, bool (n_items,): what a filter leaves of them."""
