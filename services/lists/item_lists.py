"""Lists of items to rank: a category's, a search's, pasted or uploaded ids.

GetPersonalizedRanking takes at most 500 items (developer guide, "Getting a personalized ranking"); more are refused
here before anything is sent.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.language.phrases import counted
from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.library.columns import ITEM_ID, canonical_name
from services.library.search import ItemSearch
from services.library.tastes import Tastes

LIMIT = 500
"""Items in one request."""
UNTOUCHED_TIMES = 0.08
"""About the times of a category that none of sixty events touches: five events of prior over sixty-five."""
MIN_ITEMS = 12
"""Items that a category needs to make a list of."""
HEADERS = (ITEM_ID, "ID", "ITEM", "ITEMID", "MOVIE_ID", "PRODUCT_ID", "SKU")
"""First lines of pasted ids that are a heading."""


@dataclass(frozen=True)
class ItemList:
    """Items in an order of their own, and what they are called."""

    item_ids: tuple[str, ...]
    """Each once."""
    name: str
    """In a sentence: "20 Thriller films"."""
    order: str
    """What the first order is: "most watched first"."""
    n_repeated: int = 0
    """Ids that were given more than once and count once."""

    @property
    def problem(self) -> str | None:
        """Why it cannot be ranked, None when it can."""
        if not self.item_ids:
            return "The list is empty."
        if len(self.item_ids) > LIMIT:
            return (
                f"{len(self.item_ids):,} ids are more than GetPersonalizedRanking takes: {LIMIT} at most. "
                "Nothing was sent; shorten the list, or split it into several requests."
            )
        return None


def category_list(catalog: Catalog, category: str, size: int, words: Words) -> ItemList:
    """Return the items of a category that most users had, ties in order of id."""
    inside = [item_id for item_id in catalog.ids if category in catalog.categories(item_id)]
    ids = tuple(sorted(inside, key=lambda item_id: (-catalog.n_people(item_id), item_id))[:size])
    noun = words.noun if len(ids) == 1 else words.nouns
    return ItemList(ids, f"{len(ids)} {category} {noun}", f"most {words.past} first")


def search_list(search: ItemSearch, text: str, size: int, words: Words) -> ItemList:
    """Return the items that a search finds, in its order; where it finds none, those with one letter's difference."""
    ids = tuple(search.find(text, size)) if text.strip() else ()
    if text.strip() and not ids and (near := tuple(search.nearest(text, size))):
        called = f'{counted(len(near), words.noun, words.nouns)} nearest to "{text.strip()}", which nothing is called'
        return ItemList(near, called, "the search's order")
    return ItemList(
        ids, f'{counted(len(ids), words.noun, words.nouns)} found for "{text.strip()}"', "the search's order"
    )


def pasted_list(text: str, words: Words) -> ItemList:
    """Return pasted ids in their order: one a line, or between commas, semicolons or tabs; quotes are taken off."""
    given = [part.strip().strip("\"'").strip() for part in re.split(r"[\r\n,;\t]+", text)]
    given = [part for part in given if part]
    if given and canonical_name(given[0]) in HEADERS:
        given = given[1:]
    ids = tuple(dict.fromkeys(given))
    return ItemList(ids, f"{counted(len(ids), words.noun, words.nouns)} given by id", "as given", len(given) - len(ids))


def categories_of(catalog: Catalog, tastes: Tastes) -> list[str]:
    """Return the categories with enough items for a list, the largest share of all events first."""
    numbers: dict[str, int] = {}
    for item_id in catalog.ids:
        for category in catalog.categories(item_id):
            numbers[category] = numbers.get(category, 0) + (catalog.n_people(item_id) > 0)
    return [str(name) for name in tastes.everybody["category"] if numbers.get(str(name), 0) >= MIN_ITEMS]


def telling_category(
    tastes: Tastes, options: Sequence[str], history: Iterable[str], other: Iterable[str] | None
) -> str | None:
    """Return the category in which two histories differ most, or that one history has most beyond everybody's.

    Both are in the measure of services/library/tastes.py; None when there are no options.
    """
    if not options:
        return None
    first = tastes.times(history)
    second = tastes.times(other) if other is not None else {}
    usual = UNTOUCHED_TIMES if second else 1.0  # one history alone is held against everybody's share
    return max(options, key=lambda name: abs(math.log(first.get(name, UNTOUCHED_TIMES) / second.get(name, usual))))
