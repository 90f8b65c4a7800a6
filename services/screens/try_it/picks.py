"""The picks of a visitor: a few item ids, in the order in which they were picked, as an address carries them."""

from collections.abc import Container, Sequence

N_PICKS = 3
"""So many make the list a person's own."""


def usable(given: Sequence[str], catalog: Container[str]) -> tuple[str, ...]:
    """Return the picks that an address names: known items, each once, the first N_PICKS."""
    return tuple(dict.fromkeys(item_id for item_id in given if item_id in catalog))[:N_PICKS]


def toggled(picks: Sequence[str], item_id: str) -> tuple[str, ...]:
    """Return the picks after a click on an item: without it where it was picked; a fourth one replaces the last."""
    if item_id in picks:
        return tuple(pick for pick in picks if pick != item_id)
    return (*picks[: N_PICKS - 1], item_id)
