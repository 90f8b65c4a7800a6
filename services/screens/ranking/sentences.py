"""The sentences of the Ranking screen."""

from services.language.phrases import counted, cut, ordinal, possessive
from services.library.catalog import Catalog
from services.lists.item_lists import ItemList
from services.lists.moves import Move
from services.screens.ranking.orders import FAR, FIRST, Ranking, differing

TITLE = 30


def headline(item_list: ItemList, one: Ranking, other: Ranking | None, catalog: Catalog) -> str:
    """Return the sentence over the screen."""
    if not one.moves:
        return f"None of {item_list.name} is in the training data, so the order stays as it was given."
    if other is None:
        if one.new_here:
            return f"{one.who} is new to this model and sees {item_list.name} with the bestsellers first."
        if one.n_far == 0:
            return f"{item_list.name} in {possessive(one.who)} order: none moves by {FAR} places or more."
        verb = "moves" if one.n_far == 1 else "move"
        far = f"{one.n_far} {verb} by {FAR} places or more"
        return f"{item_list.name} in {possessive(one.who)} order: {far}{_rises(one, catalog)}."
    top = min(FIRST, len(one.moves))
    number = differing(one, other, top)
    if len(one.moves) <= FIRST:
        moved = sum(a.item_id != b.item_id for a, b in zip(one.moves, other.moves, strict=False))
        differs = f"{moved} of {len(one.moves)} places {'differs' if moved == 1 else 'differ'}"
    else:
        differs = differing_words(number, top)
    rises = _rises(one, catalog, f" for {one.who}")
    return f"Same {item_list.name}, two orders: {differs} for {one.who} and {other.who}{rises}."


def differing_words(number: int, top: int) -> str:
    """Return in how many of the first places two orders differ: "8 of the first 10 differ"."""
    if not number:
        return f"the first {top} are the same"
    return f"{number} of the first {top} {'differs' if number == 1 else 'differ'}"


def _rises(one: Ranking, catalog: Catalog, whom: str = "") -> str:
    if one.rise is None:
        return ""
    return f"; {cut(catalog.title(one.rise.item_id), TITLE)} goes {_way(one.rise)}{whom}"


def _way(move: Move) -> str:
    return f"from {ordinal(move.before or 0)} to {ordinal(move.after or 0)}"


def move_words(move: Move | None, catalog: Catalog) -> str:
    """Return the largest rise or fall in words, "nothing" for None."""
    return "nothing" if move is None else f"{catalog.label(move.item_id)}, {_way(move)}"


def unknown_sentence(one: Ranking, words_noun: tuple[str, str]) -> str:
    """Return the sentence about ids unknown in training, "" without any; words_noun is singular and plural."""
    unknown = one.unknown
    if not unknown:
        return ""
    named = ", ".join(unknown[:3]) + (" …" if len(unknown) > 3 else "")
    return (
        f"{counted(len(unknown), *words_noun)} not in the training data, so last and without a score, as at AWS: "
        f"{named}."
    )


def alt_text(one: Ranking, other: Ranking | None, catalog: Catalog) -> str:
    """Return the picture in words."""
    parts = [_alt(one, catalog)] + ([_alt(other, catalog)] if other is not None else [])
    return " ".join(parts)


def _alt(one: Ranking, catalog: Catalog) -> str:
    rise = "nothing rises" if one.rise is None else f"{catalog.title(one.rise.item_id)} rises {_way(one.rise)}"
    return f"Of {one.n_items} items {one.n_far} moved by {FAR} places or more for {one.who}; {rise}."
