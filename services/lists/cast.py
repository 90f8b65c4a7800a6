"""Who and what the guided story is about: two users of different taste, an item of each, a list that divides them."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.library.catalog import Catalog
from services.library.people import People
from services.library.store import LoadedData
from services.library.tastes import Tastes
from services.lists import item_lists

MAX_CANDIDATES = 40
"""How many of the most active users to search for the two when there are no personas."""


@dataclass(frozen=True)
class Cast:
    """The users and items of the story."""

    one: str
    who: str
    taste: tuple[str, ...]
    other: str | None = None
    """A user with another taste, None without a second user."""
    beside: str = ""
    n_both: int = 0
    """How many items both had."""
    item: str | None = None
    """An item of the second user's taste, from that history."""
    other_item: str | None = None
    """An item of the first user's taste, from that history."""
    category: str | None = None
    """The category whose list is put into two orders."""


def cast_of(data: LoadedData, catalog: Catalog, people: People, tastes: Tastes) -> Cast | None:
    """Choose them: personas first, else the most active users; None when no user has a history."""
    named = [persona.user_id for persona in people.personas]
    candidates = named if len(named) > 1 else people.most_active(MAX_CANDIDATES)
    had = {user_id: data.counted_history(user_id) for user_id in candidates if people.n_events(user_id)}
    likes = {user_id: tastes.top(items) for user_id, items in had.items()}
    # users with a taste come first, in the order of the candidates
    order = sorted(had, key=lambda user_id: not likes[user_id])
    if not order:
        return None
    one = order[0]
    apart = sorted(order[1:], key=lambda user_id: (not likes[user_id], _close(likes[one], likes[user_id])))
    if not apart:
        return Cast(one, people.short(one), likes[one], other_item=_item(catalog, had[one], likes[one]))
    other = apart[0]
    item, other_item = (_item(catalog, had[user_id], likes[user_id]) for user_id in (other, one))
    return Cast(
        one,
        people.short(one),
        likes[one],
        other,
        people.short(other),
        len(set(had[one]) & set(had[other])),
        item,
        other_item,
        _category(catalog, tastes, had[one], had[other]),
    )


def _close(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether the strongest taste of one user is among the tastes of the other."""
    return bool(set(one[:1]) & set(other) or set(other[:1]) & set(one))


def _item(catalog: Catalog, had: Sequence[str], taste: tuple[str, ...]) -> str | None:
    """Return the item of a history that is most in the user's taste; of equal items the best known."""

    def fit(item_id: str) -> tuple[float, int, str]:
        categories = catalog.categories(item_id)
        share = sum(name in taste for name in categories) / len(categories) if categories else 0.0
        return share, catalog.n_people(item_id), item_id

    return max((item_id for item_id in had if item_id in catalog), key=fit, default=None)


def _category(catalog: Catalog, tastes: Tastes, one: Sequence[str], other: Sequence[str]) -> str | None:
    """Return the category that both histories lean to most, so that its list holds something for each."""
    lean = [dict(zip(frame["category"], frame["times"], strict=True)) for frame in (tastes.of(one), tastes.of(other))]
    enough = item_lists.categories_of(catalog, tastes)
    return max(enough, key=lambda name: min(times.get(name, 0.0) for times in lean), default=None)
