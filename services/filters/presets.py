"""Filters worth having that the loaded data can support, each a plain expression.

A preset is offered where the data has what it tests: the event type of a purchase, a column that says what is in stock,
dates of creation, an age or a certificate, a category for children.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from services.filters.columns import ITEMS, Column, of_dataset
from services.filters.expressions import IN, Clause, built
from services.language.phrases import category_noun, day, with_article
from services.library.columns import CREATION_TIMESTAMP, EVENT_TYPE
from services.library.store import LoadedData

MONTH_S = 30 * 86_400
MIN_NEW = 3
"""Items that must be new for a filter of new ones."""
MAX_AGE = 12
"""The highest age, or certificate, of what is for children."""
_BOUGHT = re.compile(r"purchas|buy|bought|order(?!.*view)|checkout|sale", re.IGNORECASE)
_STOCK = re.compile(r"^(is_?)?(in_?stock|stock(_?(level|status))?|availab(le|ility)|inventory|quantity)$", re.I)
_IN_STOCK = re.compile(r"^(true|yes|y|1|in[ _-]?stock|available|ja)$", re.IGNORECASE)
_AGE = re.compile(
    r"^(age|min_?age|age_?(rating|limit|restriction)|certificate|certification|fsk|content_?rating)$", re.I
)
_CERTIFICATES = frozenset({"g", "u", "uc", "tv-y", "tv-g", "tv-y7", "0", "6", "all", "l"})
_CHILDREN = re.compile(r"^(children('?s)?|kids?|for children|family)$", re.IGNORECASE)


@dataclass(frozen=True)
class Preset:
    """A filter that is offered."""

    words: str
    """Its name on screens: "not seen"."""
    expression: str
    note: str = ""
    """Where a value of the expression comes from."""


def presets(data: LoadedData, columns: tuple[Column, ...], *, for_items: bool = False) -> list[Preset]:
    """Return what the data supports; for_items: for requests about an item, which know no user."""
    of_items = of_dataset(columns, ITEMS)
    found: list[Preset | None] = [] if for_items else [*_by_history(data, columns)]
    found += [_in_stock(of_items), _category(data, of_items, for_items=for_items), _new(data, of_items)]
    found.append(_children(of_items))
    return [preset for preset in found if preset is not None]


def _by_history(data: LoadedData, columns: Iterable[Column]) -> list[Preset | None]:
    """Return the filters of what the user has had."""
    events = next(column for column in columns if column.name == EVENT_TYPE)
    bought = [value for value in events.values if _BOUGHT.search(value)]
    seen = built((), leave_out=True, not_had=("*",), only_if=None)
    return [
        Preset(f"not yet {data.words.past}" if not bought else "not seen", seen),
        Preset("not bought", built((), leave_out=True, not_had=bought, only_if=None)) if bought else None,
    ]


def _in_stock(columns: Iterable[Column]) -> Preset | None:
    column = next((column for column in columns if _STOCK.match(column.name)), None)
    if column is None:
        return None
    if column.is_number:
        return Preset("in stock", _only(Clause(column, ">", ("0",)))) if (column.high or 0) > 0 else None
    inside = tuple(value for value in column.values if _IN_STOCK.match(value))
    return Preset("in stock", _only(Clause(column, IN, inside))) if inside else None


def _category(data: LoadedData, columns: Iterable[Column], *, for_items: bool) -> Preset | None:
    """Return the filter of one category; the request names it, or the item that is asked about has it."""
    name = next(iter(data.roles.categories), None)
    column = next((column for column in columns if column.name == name), None)
    if column is None or len(column.values) < 2:
        return None
    noun = category_noun(column.name)
    if for_items:
        return Preset(f"same {noun}", f"INCLUDE ItemID WHERE {column.field} IN CurrentItem.{column.name}")
    return Preset(f"only {with_article(noun)}", f"INCLUDE ItemID WHERE {column.field} IN (${column.name})")


def _new(data: LoadedData, columns: Iterable[Column]) -> Preset | None:
    """Return the filter of what was created in the last month of the data, which may have ended long ago."""
    column = next((column for column in columns if column.name == CREATION_TIMESTAMP and column.is_number), None)
    items = data.items()
    if column is None or column.high is None or items is None:
        return None
    since = int(min(column.high, data.last_timestamp)) - MONTH_S
    created = pd.to_numeric(items[CREATION_TIMESTAMP], errors="coerce").to_numpy(np.float64)
    if int((created >= since).sum()) < MIN_NEW:
        return None
    note = f"since {day(since)}, a month before the newest"
    return Preset("new this month", _only(Clause(column, ">=", (str(since),))), note)


def _children(columns: Iterable[Column]) -> Preset | None:
    for column in columns:
        if not _AGE.match(column.name):
            continue
        if column.is_number and column.low is not None and column.low <= MAX_AGE < (column.high or 0):
            return Preset("children", _only(Clause(column, "<=", (str(MAX_AGE),))))
        allowed = tuple(value for value in column.values if value.lower() in _CERTIFICATES)
        if allowed and len(allowed) < len(column.values):
            return Preset("children", _only(Clause(column, IN, allowed)))
    for column in columns:
        allowed = tuple(value for value in column.values if _CHILDREN.match(value))
        if allowed:
            return Preset("children", _only(Clause(column, IN, allowed)))
    return None


def _only(clause: Clause) -> str:
    return built((clause,), leave_out=False, only_if=None)
