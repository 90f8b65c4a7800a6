"""The next best actions for a person: the model's order, and the propensity of each action."""

from services.engine.models.artifacts import Artifact
from services.engine.recipes.actions import ActionModel, Person
from services.engine.recipes.base import Bools
from services.engine.runtime.inference import Ranked


def recommend_actions(
    artifact: Artifact, person: Person, now: int, n: int, allowed: Bools | None = None, seed: int = 0
) -> Ranked:
    """Return at most n actions, rows of artifact.actions, with their propensities; explored ones have 0.0.

    now: epoch seconds. allowed: what expiry, repeat frequency and filters leave, bool (n_actions,). seed: the answer's.
    """
    model = artifact.model
    if not isinstance(model, ActionModel):
        raise TypeError(f"{artifact.recipe} does not recommend actions")
    best = model.ranked(person, now, n, allowed, seed)
    return Ranked(best, model.propensities(person, now)[best])
