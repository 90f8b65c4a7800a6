"""A person's history as evenings: events with short breaks between them belong together.

A break of more than SESSION_GAP_S starts a new evening. Columns are declared below; an empty history keeps them.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd

from services.catalog import Catalog
from services.columns import EVENT_TYPE, EVENT_VALUE, ITEM_ID, TIMESTAMP, Words

SESSION_GAP_S = 6 * 3600
"""Longer than a film with a meal before it, shorter than a night."""

HISTORY_COLUMNS = ("evening", "item_id", "title", "year", "label", "categories", "event", "value", "image", "tile")
STRIP_COLUMNS = ("time", "taste", "label", "event")
OTHER = "other"


def history_frame(history: pd.DataFrame, catalog: Catalog, words: Words, limit: int = 30) -> pd.DataFrame:
    """Return the latest events, newest first, with the evening's head on its first row only.

    history is Shelf.history(): ITEM_ID, TIMESTAMP and what else there is, newest first.
    """
    latest = history.head(limit).reset_index(drop=True)
    frame = catalog.frame(latest[ITEM_ID].tolist())
    starts = latest[TIMESTAMP].diff().abs().gt(SESSION_GAP_S)
    number = starts.cumsum()
    if len(latest):
        starts.iloc[0] = True
    sizes = number.map(number.value_counts())
    frame["evening"] = [
        _head(row, int(size), words) if start else ""
        for row, size, start in zip(latest.to_dict("records"), sizes, starts, strict=True)
    ]
    frame["event"] = latest[EVENT_TYPE].fillna("") if EVENT_TYPE in latest else ""
    frame["value"] = latest[EVENT_VALUE].astype(float) if EVENT_VALUE in latest else float("nan")
    return frame[list(HISTORY_COLUMNS)]


def strip_frame(history: pd.DataFrame, catalog: Catalog, taste: Sequence[str]) -> pd.DataFrame:
    """Return one row per event of the whole history: its time, and the first of the person's tastes that it has."""
    rows = []
    for record in history.to_dict("records"):
        item_id = str(record[ITEM_ID])
        categories = catalog.categories(item_id)
        first = next((category for category in taste if category in categories), OTHER)
        moment = pd.Timestamp(int(record[TIMESTAMP]), unit="s")
        rows.append((moment, first, catalog.label(item_id), str(record.get(EVENT_TYPE) or "")))
    return pd.DataFrame(rows, columns=list(STRIP_COLUMNS))


def _head(record: dict[str, object], size: int, words: Words) -> str:
    moment = datetime.fromtimestamp(int(str(record[TIMESTAMP])), UTC)
    parts = [f"{moment.day} {moment:%b %Y}", f"{size} {words.noun if size == 1 else words.nouns}"]
    device = record.get("DEVICE")
    if isinstance(device, str) and device:
        parts.insert(1, device)
    return " · ".join(parts)
