"""What the film demo costs at AWS, before it is started there."""

from services.backend import Backend
from services.demo.steps import STEPS
from services.money.sentences import before_keeping
from services.personalize.legacy.stand_ins import current
from services.personalize.recipe_names import HRNN, POPULARITY_COUNT

LABORATORY_TRAININGS = 4
"""Of the prepared runs of Cold start (one draw and exploration) and of Evaluation (two recipes)."""


def costs(backend: Backend) -> str:
    """Return what the demo's trainings and the campaigns that it keeps cost; "" where nothing costs."""
    if backend.kind != "aws":
        return ""
    kept = [POPULARITY_COUNT, HRNN, *(recipe for step in STEPS if step.resource for recipe in step.recipes)]
    return before_keeping(backend, [current(backend, recipe).recipe for recipe in kept], LABORATORY_TRAININGS)
