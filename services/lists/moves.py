"""How one list became another: movement marks as text, and how far two orders agree, as a word.

Marks: `▲ 6`, `▼ 3`, `=`, `new`, `out`, and `watched` for an item that left the list because the user has had
it since. They are text, so that they need neither colour nor eyes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

SAME, NEW, OUT, WATCHED = "=", "new", "out", "watched"


@dataclass(frozen=True)
class Move:
    """One item's place in two lists."""

    item_id: str
    before: int | None
    """Rank from 1, None where the list lacks the item."""
    after: int | None
    mark: str

    @property
    def rise(self) -> int:
        """Places gained, negative for a fall, 0 when either list lacks the item."""
        return 0 if self.before is None or self.after is None else self.before - self.after


def mark(before: int | None, after: int | None, *, had: bool = False) -> str:
    """Return the mark of one item; `had`: the user has had it since the first list."""
    if after is None:
        return WATCHED if had else OUT
    if before is None:
        return NEW
    if before == after:
        return SAME
    return f"▲ {before - after}" if after < before else f"▼ {after - before}"


def moves(before: Sequence[str], after: Sequence[str], had: Collection[str] = ()) -> list[Move]:
    """Return the moves of all items: the second list in its order, then the items that left, in the first's order.

    An item that is twice in a list counts at its first place.
    """
    first, second = ranks(before), ranks(after)
    ids = [*second, *(item_id for item_id in first if item_id not in second)]
    return [Move(i, first.get(i), second.get(i), mark(first.get(i), second.get(i), had=i in had)) for i in ids]


def ranks(item_ids: Sequence[str]) -> dict[str, int]:
    """Return the rank of every item, from 1."""
    places: dict[str, int] = {}
    for item_id in item_ids:
        places.setdefault(item_id, len(places) + 1)
    return places


def rank_correlation(before: Sequence[str], after: Sequence[str]) -> float | None:
    """Return Spearman's correlation of two orders over the items of both, -1 to 1; None for fewer than three."""
    first, second = ranks(before), ranks(after)
    both = [item_id for item_id in first if item_id in second]
    if len(both) < 3:
        return None
    places = np.argsort(np.argsort([[r[i] for i in both] for r in (first, second)], axis=1), axis=1)
    return float(np.corrcoef(places[0], places[1])[0][1])


def agreement_word(correlation: float | None) -> str:
    """Return a rank correlation as a word: reversed, none, some, strong, the same; "too few" for None."""
    if correlation is None:
        return "too few"
    if correlation > 0.995:
        return "the same"
    if correlation >= 0.7:
        return "strong"
    if correlation >= 0.3:
        return "some"
    return "none" if correlation > -0.5 else "reversed"
