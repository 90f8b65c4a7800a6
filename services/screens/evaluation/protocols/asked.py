"""How each recipe is asked for a person's list: by the user, by the item that was had last, or with a list to rank.

Similar items are right where one of them was taken afterwards. A ranking orders the CANDIDATES bestsellers of the
training part, the same for everybody, so it is right where it brings what was taken to the top.
"""

from collections.abc import Callable, Sequence
from typing import Any

from services.personalize.recipe_names import FOR_A_LIST, FOR_AN_ITEM
from services.screens.evaluation.baselines import popular
from services.screens.evaluation.measures import ItemCounts
from services.screens.evaluation.split import Split

CANDIDATES = 100
Question = Callable[[str], tuple[str, dict[str, Any]]]
"""Returns for a user the method of the runtime client and the members of its request, without the campaign."""


def question(recipe: str, split: Split, items: ItemCounts, n: int) -> Question:
    """Return how this recipe is asked for n places."""
    if recipe in FOR_AN_ITEM:
        return lambda user: ("get_recommendations", {"itemId": split.known[user][-1], "numResults": n})
    if recipe in FOR_A_LIST:
        ranked: Sequence[str] = popular(items)[:CANDIDATES]
        return lambda user: ("get_personalized_ranking", {"userId": user, "inputList": list(ranked)})
    return lambda user: ("get_recommendations", {"userId": user, "numResults": n})
