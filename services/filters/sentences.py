"""What filters and promotions did, in sentences with the items' names."""

from collections.abc import Sequence

from services.filters.effects import Effect
from services.filters.request import ChosenFilter, Narrowing
from services.language.phrases import counted, cut, listed
from services.language.vocabulary import Words
from services.library.catalog import Catalog

MAX_NAMED = 6
MAX_EXPRESSION = 60
PROMOTED = "★"
"""The mark of a promoted item in lists."""


def line(narrowing: Narrowing) -> str:
    """Return the one line of the folded control, "" where nothing is chosen."""
    parts = []
    if narrowing.filter is not None:
        parts.append(f"{narrowing.filter.named.name}: {cut(with_values(narrowing.filter), MAX_EXPRESSION)}")
    if narrowing.promotion is not None:
        parts.append(f"{narrowing.promotion.percent} % promoted by {narrowing.promotion.chosen.named.name}")
    return " · ".join(parts)


def with_values(chosen: ChosenFilter) -> str:
    """Return an expression with the values of its placeholders in their places."""
    text = chosen.named.expression
    for name in sorted(chosen.values, key=len, reverse=True):
        text = text.replace(f"${name}", chosen.values[name])
    return text


def effect(effect: Effect, catalog: Catalog, words: Words) -> str:
    """Return what was taken away and put in, by name."""
    parts = []
    if effect.filtered:
        parts.append(_taken(effect, catalog, words))
    if effect.fillers:
        parts.append(f"Popular {words.nouns} fill its last places: {named(effect.fillers, catalog)}.")
    if effect.n_listed < effect.n_wanted:
        parts.append(
            f"The list has {effect.n_listed} of {effect.n_wanted} {words.nouns}: nothing else is left."
            if effect.n_listed
            else f"The list is empty: the filter allows no {words.noun} that this campaign would recommend."
        )
    if effect.promoted:
        instead = f" in place of {named(effect.displaced, catalog)}" if effect.displaced else ""
        parts.append(f"{PROMOTED} promoted: {named(effect.promoted, catalog)}{instead}.")
    return " ".join(parts)


def named(item_ids: Sequence[str], catalog: Catalog) -> str:
    """Return the titles of the first items, and how many more there are."""
    titles = [catalog.title(item_id) for item_id in item_ids[:MAX_NAMED]]
    more = len(item_ids) - len(titles)
    return f"{', '.join(titles)} and {more} more" if more else listed(titles)


def left(n_allowed: int, n_items: int, words: Words, who: str = "") -> str:
    """Return how much of the catalogue a filter leaves."""
    whose = f" for {who}" if who else ""
    return f"It leaves {n_allowed:,} of {counted(n_items, words.noun, words.nouns)}{whose}."


def _taken(effect: Effect, catalog: Catalog, words: Words) -> str:
    if not effect.taken:
        return f"The filter takes no {words.noun} away from this list."
    sentence = f"The filter took away {counted(len(effect.taken), words.noun, words.nouns)}: "
    sentence += named(effect.taken, catalog)
    if effect.moved_up:
        sentence += f"; {'this' if len(effect.moved_up) == 1 else 'these'} moved up: {named(effect.moved_up, catalog)}"
    return f"{sentence}."
