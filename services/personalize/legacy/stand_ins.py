"""Which recipes the backend has, and what stands in for one that it no longer has.

AWS no longer trains the HRNN recipes (developer guide, "Legacy USER_PERSONALIZATION recipes"). aws-user-personalization
is the successor: without exploration it lists what fits, with it it tries new items as aws-hrnn-coldstart did.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from services.backend import Backend
from services.personalize.datasets import pages
from services.personalize.recipe_names import HRNN, HRNN_COLDSTART, HRNN_METADATA, USER_PERSONALIZATION

SHARED_SETTINGS = ("hidden_dimension", "bptt", "recency_mask")
"""Hyperparameters that the HRNN recipes and their successor have in common."""
_offered: WeakKeyDictionary[Any, frozenset[str]] = WeakKeyDictionary()


@dataclass(frozen=True)
class StandIn:
    """The recipe that is trained for one that was asked for."""

    recipe: str
    campaign_config: Mapping[str, Any] = field(default_factory=dict)
    differs: str = ""
    """A sentence about what is different; "" where the recipe is the one that was asked for."""

    def settings(self, hyperparameters: Mapping[str, str]) -> dict[str, str]:
        """Return the hyperparameters that this recipe has too."""
        if not self.differs:
            return dict(hyperparameters)
        return {name: value for name, value in hyperparameters.items() if name in SHARED_SETTINGS}

    def config(self, solution_config: Mapping[str, Any]) -> dict[str, Any]:
        """Return a solutionConfig with the hyperparameters that this recipe has too."""
        if not self.differs:
            return dict(solution_config)
        rest = {k: v for k, v in solution_config.items() if k not in (*_HYPERPARAMETERS, "hpoConfig")}
        shared = self.settings(solution_config.get(_HYPERPARAMETERS[0], {}))
        return rest | ({_HYPERPARAMETERS[0]: shared} if shared else {})


_HYPERPARAMETERS = ("algorithmHyperParameters", "featureTransformationParameters")
_EXPLORATION = "itemExplorationConfig"
STAND_INS = {
    HRNN: StandIn(
        USER_PERSONALIZATION,
        {_EXPLORATION: {"explorationWeight": "0"}},
        "AWS no longer trains HRNN; its successor stands in, without exploration.",
    ),
    HRNN_METADATA: StandIn(
        USER_PERSONALIZATION,
        {_EXPLORATION: {"explorationWeight": "0"}},
        "AWS no longer trains HRNN with metadata; its successor, which uses the columns too, stands in.",
    ),
    HRNN_COLDSTART: StandIn(
        USER_PERSONALIZATION,
        {_EXPLORATION: {"explorationWeight": "1", "explorationItemAgeCutOff": "3650"}},
        "AWS no longer trains HRNN cold start; exploration of its successor tries new items instead.",
    ),
}


def offered(backend: Backend) -> frozenset[str]:
    """Return the recipes that the backend lists; asked once for a client, because AWS answers one page a second."""
    client = backend.personalize
    if client not in _offered:
        _offered[client] = frozenset(recipe["name"] for recipe in pages(client, "list_recipes", "recipes"))
    return _offered[client]


def current(backend: Backend, recipe: str) -> StandIn:
    """Return the recipe itself where the backend has it, else what stands in for it."""
    if recipe not in STAND_INS or recipe in offered(backend):
        return StandIn(recipe)
    return STAND_INS[recipe]
