"""What a cold start run would take, what it is called, and what stands in its way, before it is started."""

from services.backend import Backend
from services.library.store import LoadedData
from services.personalize import recipes
from services.personalize.datasets import find_group
from services.screens.cold_start.exploration import RECIPE as EXPLORING
from services.screens.cold_start.results import ColdStartResult
from services.screens.cold_start.run import RECIPE, Parameters
from services.screens.cold_start.split import FEWEST_NEW, TIME

ASKED_PER_SECOND = 200.0
OVERHEAD_S = 8.0
"""Reading, importing and measuring one draw of a hundred thousand events."""


def run_name(parameters: Parameters) -> str:
    """Return "50 % new, 3 draws, after one moment, 2 columns"."""
    parts = [f"{100 * parameters.share:.0f} % new"]
    parts.append("1 draw" if parameters.n_seeds == 1 else f"{parameters.n_seeds} draws")
    if parameters.split == TIME:
        parts.append("split in time")
    if parameters.columns is not None:
        parts.append(" + ".join(name.lower() for name in parameters.columns))
    if parameters.column_sets:
        parts.append("each column alone")
    if parameters.exploration:
        parts.append("exploration")
    return ", ".join(parts)


def problem(data: LoadedData, parameters: Parameters) -> str:
    """Return why a run would be refused, "" when nothing is seen beforehand."""
    n_new = round(parameters.share * data.n_items)
    if n_new < FEWEST_NEW:
        return (
            f"{n_new:,} of {data.n_items:,} items would be new; aws-hrnn-coldstart needs at least {FEWEST_NEW}. "
            "Hold out more, or load data with more items."
        )
    return ""


def expected_seconds(
    backend: Backend, data: LoadedData, parameters: Parameters, earlier: ColdStartResult | None = None
) -> float | None:
    """Return how long a run should take, by an earlier one where there is one; None on AWS, where nobody can say."""
    if backend.capabilities is None:
        return None
    one = _training(backend, data, RECIPE)
    draw = OVERHEAD_S + parameters.n_people / ASKED_PER_SECOND
    if earlier is not None:
        one = earlier.train_seconds
        seconds = earlier.facts["seconds"]
        spent = sum(float(seconds.get(key, 0.0)) for key in ("hold_out", "import", "measure"))
        draw = spent / max(1, earlier.n_seeds)
    if one is None:
        return None
    total = parameters.n_seeds * (draw + one * (1 + len(parameters.column_sets)))
    if parameters.exploration:
        measured = earlier.facts["seconds"].get("explore") if earlier is not None else None
        total += measured or OVERHEAD_S + (_training(backend, data, EXPLORING) or 3 * one)
    return float(total)


def aws_words(backend: Backend, parameters: Parameters) -> str:
    """Return what a run means on AWS, "" on this machine."""
    if backend.kind != "aws":
        return ""
    n = parameters.n_seeds * (1 + len(parameters.column_sets)) + parameters.exploration
    return (
        f"On AWS this imports the data {parameters.n_seeds + parameters.exploration} times and makes {n} trainings and "
        f"campaigns, about an hour each, and costs money; all of it is deleted afterwards."
    )


def _training(backend: Backend, data: LoadedData, recipe: str) -> float | None:
    view = find_group(backend, data.name)
    if view is None:
        return None
    cards = recipes.recipe_cards(backend, view, data.n_events, data.n_items)
    return next((card.expected_seconds for card in cards if card.name == recipe), None)
