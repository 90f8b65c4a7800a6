"""Ids of a file fitted to those of the data: programs write 7.0 for 7, and lose the zeros of 0007."""

from collections.abc import Callable, Collection
from dataclasses import replace

from services.other_lists.reading import ReadLists

MIN_GAIN = 0.5
"""A change of ids is made only where it finds this share of those that were unknown."""


def fitted(read: ReadLists, users: Collection[str], items: Collection[str]) -> tuple[ReadLists, str]:
    """Return the lists with ids as the data has them, and what was changed, in a sentence; "" for nothing."""
    user_of, user_words = _change({*read.lists}, users)
    item_of, item_words = _change({item for ids in read.lists.values() for item in ids}, items)
    if not user_words and not item_words:
        return read, ""
    lists = {user_of(user): tuple(map(item_of, ids)) for user, ids in read.lists.items()}
    changes = " and ".join(f"{what} {how}" for what, how in (("people", user_words), ("items", item_words)) if how)
    return replace(read, lists=lists), f"Ids were fitted to the data: {changes}."


def _change(given: Collection[str], known: Collection[str]) -> tuple[Callable[[str], str], str]:
    """Return the change that finds most unknown ids, and its words."""
    unknown = [name for name in given if name not in known]
    if not unknown or not known:
        return str, ""
    width = max(map(len, known))
    changes: tuple[tuple[Callable[[str], str], str], ...] = (
        (_whole, "without .0"),
        (lambda name: _whole(name).zfill(width) if name[:1].isdigit() else name, "with their leading zeros"),
    )
    for change, words in changes:
        if sum(change(name) in known for name in unknown) >= MIN_GAIN * len(unknown):
            return lambda name, change=change: name if name in known else change(name), words
    return str, ""


def _whole(name: str) -> str:
    return name.removesuffix(".0")
