"""Batch while nothing is trained that could answer a job: where to train, and what to do with recommenders."""

from pages.components import missing, navigation, panels
from pages.components.batch.state import BatchState
from pages.components.keys import Widget
from services.personalize.batch_versions import NO_BATCH
from services.screens.batch import sentences


def draw(state: BatchState) -> None:
    """Draw the way to a trained version; for a recommender, the training of the recipe that answers the same."""
    stands_for = next((one for one in state.recommenders if one.recipe not in NO_BATCH), None)
    if state.opened is not None and stands_for is not None:
        purpose = sentences.instead_words(stands_for.recipe_words)
        missing.recipe(state.group, state.opened.data, stands_for.recipe, purpose, deploys=False)
        return
    with panels.empty(
        "Nothing is trained that could answer a batch job.",
        detail="A batch job needs a trained version, but no campaign.",
        key=Widget.BATCH_UNTRAINED,
    ):
        navigation.link("training", "Train")
