"""A user's history as evenings: events with short breaks between them belong together.

A break of more than SESSION_GAP_S starts a new evening. In a history an item has one row, where it was last, with its
events as marks. Columns are declared below; an empty history keeps them.
"""

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from datetime import UTC, datetime

import pandas as pd

from services.language.phrases import counted
from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.library.columns import EVENT_TYPE, EVENT_VALUE, ITEM_ID, TIMESTAMP

SESSION_GAP_S = 6 * 3600
"""Longer than a film with a meal before it, shorter than a night."""

HISTORY_COLUMNS = ("evening", "item_id", "title", "year", "label", "categories", "events", "image", "maker")
STRIP_COLUMNS = ("time", "taste", "label", "event")
OTHER = "other"


def history_frame(history: pd.DataFrame, catalog: Catalog, words: Words, limit: int = 30) -> pd.DataFrame:
    """Return the latest items, newest first, with their events, and the evening's head on its first row only.

    history is LoadedData.history(): ITEM_ID, TIMESTAMP and the other columns, newest first. events holds the marks of
    all events on the item, oldest first; an evening counts the items that were last there.
    """
    whole = history.reset_index(drop=True)
    marks: dict[str, list[str]] = {}
    for record in whole.iloc[::-1].to_dict("records"):
        marks.setdefault(str(record[ITEM_ID]), []).append(_event(record))
    number = whole[TIMESTAMP].diff().abs().gt(SESSION_GAP_S).cumsum()
    last = ~whole[ITEM_ID].duplicated()
    sizes, began = number[last].value_counts(), whole.groupby(number)[TIMESTAMP].min()
    latest, number = whole[last].head(limit), number[last].head(limit)
    frame = catalog.frame(latest[ITEM_ID].tolist())
    frame["evening"] = [
        "" if before == evening else _head(device, int(began[evening]), int(sizes[evening]), words)
        for evening, before, device in zip(number, number.shift(), _devices(latest), strict=False)
    ]
    frame["events"] = pd.Series([_counted(marks[str(item_id)]) for item_id in latest[ITEM_ID]], dtype=object)
    return frame[list(HISTORY_COLUMNS)]


def strip_frame(history: pd.DataFrame, catalog: Catalog, taste: Sequence[str]) -> pd.DataFrame:
    """Return one row per event of the whole history: its time, and the first of the user's tastes that its item has."""
    rows = []
    for record in history.to_dict("records"):
        item_id = str(record[ITEM_ID])
        categories = catalog.categories(item_id)
        first = next((category for category in taste if category in categories), OTHER)
        moment = pd.Timestamp(int(record[TIMESTAMP]), unit="s")
        rows.append((moment, first, catalog.label(item_id), str(record.get(EVENT_TYPE) or "")))
    return pd.DataFrame(rows, columns=list(STRIP_COLUMNS))


def _event(record: dict[Hashable, object]) -> str:
    """Return "watch", or "rate 4.5" where the event has a value."""
    value = record.get(EVENT_VALUE)
    text = f"{value:g}" if isinstance(value, float) and not math.isnan(value) else ""
    name = record.get(EVENT_TYPE)
    return " ".join(part for part in (name if isinstance(name, str) else "", text) if part)


def _counted(marks: Sequence[str]) -> tuple[str, ...]:
    """Return different marks, each with its number where it comes more than once: ("view ×5", "purchase")."""
    times = Counter(mark for mark in marks if mark)
    return tuple(mark if n == 1 else f"{mark} ×{n}" for mark, n in times.items())


def _devices(latest: pd.DataFrame) -> list[object]:
    return latest["DEVICE"].tolist() if "DEVICE" in latest else [None] * len(latest)


def _head(device: object, began: int, size: int, words: Words) -> str:
    moment = datetime.fromtimestamp(began, UTC)
    text = device if isinstance(device, str) else ""
    parts = (f"{moment.day} {moment:%b %Y}", text, counted(size, words.noun, words.nouns))
    return " · ".join(part for part in parts if part)
