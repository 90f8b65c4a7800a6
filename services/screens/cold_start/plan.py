"""How long a cold start run would take, before it is started."""

from services.backend import Backend
from services.library.store import LoadedData
from services.personalize.datasets import find_group
from services.screens.cold_start.exploration import RECIPE as EXPLORING
from services.screens.cold_start.parameters import RECIPE, Parameters
from services.screens.cold_start.results import ColdStartResult

ASKED_PER_SECOND = 200.0
OVERHEAD_S = 8.0
"""Reading, importing and measuring one draw of a hundred thousand events."""


def expected_seconds(
    backend: Backend, data: LoadedData, parameters: Parameters, earlier: ColdStartResult | None = None
) -> float | None:
    """Return how long a run should take, by an earlier one where there is one; None on AWS, where it is unknown."""
    if backend.capabilities is None:
        return None
    training = _training(backend, data, RECIPE)
    draw = OVERHEAD_S + parameters.n_people / ASKED_PER_SECOND
    explore = None
    if earlier is not None:
        seconds = earlier.facts.seconds
        training = earlier.train_seconds
        draw = sum(seconds.get(key, 0.0) for key in ("hold_out", "import", "measure")) / max(1, earlier.n_seeds)
        explore = seconds.get("explore")
    if training is None:
        return None
    total = parameters.n_seeds * (draw + training * (1 + len(parameters.column_sets)))
    if parameters.exploration:
        total += explore or OVERHEAD_S + (_training(backend, data, EXPLORING) or 3 * training)
    return total


def _training(backend: Backend, data: LoadedData, recipe: str) -> float | None:
    if backend.capabilities is None or find_group(backend, data.name) is None:
        return None
    return backend.capabilities.seconds_expected(recipe, data.n_events)
