"""What a click changed in the rows, and why: the lists before and after it differ by this one event alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.language.phrases import listed
from services.library.catalog import Catalog
from services.lists import moves
from services.lists.moves import NEW, OUT, SAME
from services.lists.traits import Traits
from services.screens.storefront.shop import Shelf


@dataclass(frozen=True)
class Change:
    """What happened to an item of a row."""

    mark: str
    """As services/lists/moves.py: ▲ 6, ▼ 3, new; "" where nothing moved."""
    why: str
    """In words: "new because Nora clicked Halloween: also by John Carpenter"."""


def changes(
    before: Sequence[Shelf], shelf: Shelf, clicked: str, who: str, catalog: Catalog, traits: Traits
) -> dict[str, Change]:
    """Return what happened to the items of a row, by item; a row that was not there before is new as a whole."""
    earlier = next((moves.ranks(row.item_ids) for row in before if row.key == shelf.key), {})
    return {
        item_id: _change(moves.mark(earlier.get(item_id), rank), item_id, clicked, who, catalog, traits)
        for item_id, rank in moves.ranks(shelf.item_ids).items()
    }


def common(item_id: str, other: str, catalog: Catalog, traits: Traits) -> str:
    """Return what two items share, the most telling first: "also by John Carpenter"; "" for nothing."""
    mine = set(traits.of(other))
    shared = sorted((t for t in traits.of(item_id) if t in mine), key=lambda t: -traits.bits(t))
    for kind, words in (("series", "the same series"), ("by", "also by {}"), ("with", "also with {}")):
        trait = next((t for t in shared if t.kind == kind), None)
        if trait is not None:
            return words.format(listed(trait.values))
    both = [name for name in catalog.categories(item_id) if name in catalog.categories(other)]
    return f"also {listed(both[:2])}" if both else ""


def summary(marks: Mapping[str, Change], who: str, clicked: str) -> str:
    """Return what a click did to a row in a sentence, "" where nothing moved."""
    n_new = sum(change.mark == NEW for change in marks.values())
    n_up = sum(change.mark.startswith("▲") for change in marks.values())
    n_down = sum(change.mark.startswith("▼") for change in marks.values())
    parts = [f"{n} {word}" for n, word in ((n_new, "new"), (n_up, "up"), (n_down, "down")) if n]
    return f"{listed(parts)}, because {who} clicked {clicked}." if parts else ""


def _change(mark: str, item_id: str, clicked: str, who: str, catalog: Catalog, traits: Traits) -> Change:
    if mark in (SAME, OUT):
        return Change("", "")
    title = catalog.title(clicked)
    if mark.startswith("▼"):
        return Change(mark, f"moved down {mark[2:]}: others came before it when {who} clicked {title}")
    shared = common(item_id, clicked, catalog, traits)
    did = "new" if mark == NEW else f"moved up {mark[2:]}"
    return Change(mark, f"{did} because {who} clicked {title}" + (f": {shared}" if shared else ""))
