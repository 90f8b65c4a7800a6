"""Tables of a job's lists for the Batch screen: the most frequent items, lists by name, whole lists."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from services.library.catalog import FRAME_COLUMNS, Catalog
from services.library.people import People
from services.personalize.batch_versions import ITEMS, LISTS
from services.screens.batch.results import Lists

FIRST = 5
"""Titles shown per list; of ranked lists, the places that are counted."""
MAX_FREQUENT = 15
FREQUENT_COLUMNS = ("item_id", "label", "share", "popular_share")
WHOLE_COLUMNS = ("rank", "item_id", "title", "year", "label", "categories", "score", "before", "image", "maker")
MAX_FOUND = 2000


@dataclass(frozen=True)
class Names:
    """Names of items and users; without loaded data, their ids."""

    catalog: Catalog
    people: People | None

    @classmethod
    def unknown(cls) -> "Names":
        """Return names for data that was not loaded on this machine."""
        return cls(Catalog(pd.DataFrame(columns=[*FRAME_COLUMNS, "n_events"])), None)

    def label(self, kind: str, key: str) -> str:
        """Return the label of a line's user or item."""
        if kind == ITEMS:
            return self.catalog.label(key)
        return key if self.people is None else self.people.label(key)

    def short(self, kind: str, key: str) -> str:
        """Return the short name, for a sentence."""
        if kind == ITEMS or self.people is None:
            return self.label(kind, key)
        return self.people.short(key)


def frequent_frame(lists: Lists, kind: str, catalog: Catalog) -> pd.DataFrame:
    """Return the items in most lists, with their share of the lists and the share in popularity's lists.

    In ranked lists, which all hold the same items, the first five places are counted. popular_share is NaN where the
    popularity of items is unknown.
    """
    if not lists.n_lists:
        return pd.DataFrame(columns=list(FREQUENT_COLUMNS))
    codes = lists.codes[:, :FIRST] if kind == LISTS else lists.codes
    counts = np.bincount(codes[codes >= 0], minlength=len(lists.items))
    best = np.argsort(-counts, kind="stable")[:MAX_FREQUENT]
    best = best[counts[best] > 0]
    ids = [lists.items[code] for code in best.tolist()]
    popular = _popular_shares(lists, kind, catalog)
    return pd.DataFrame(
        {
            "item_id": ids,
            "label": _unlike([catalog.label(item_id) for item_id in ids], ids),
            "share": counts[best] / lists.n_lists,
            "popular_share": [popular.get(item_id, 0.0) if popular else float("nan") for item_id in ids],
        }
    )[list(FREQUENT_COLUMNS)]


def find_rows(lists: Lists, kind: str, names: Names, text: str) -> list[int]:
    """Return the rows whose user, or item, matches the text by name, attribute or id; all rows without a text."""
    if not text.strip():
        return list(range(lists.n_lists))
    if kind == ITEMS:
        matches = [str(item_id) for item_id in names.catalog.search(text, limit=MAX_FOUND)["item_id"]]
    elif names.people is not None:
        matches = [str(user_id) for user_id in names.people.search(text, limit=MAX_FOUND)["user_id"]]
    else:
        matches = []
    by_id = [key for key in lists.keys if text.strip() in key] if not matches else []
    return lists.rows_of([*matches, *by_id, text.strip()])


def page_frame(lists: Lists, kind: str, names: Names, rows: Sequence[int], noun: str) -> pd.DataFrame:
    """Return one row per list: its user or item, then its first titles as columns "1" to "5"."""
    columns: dict[str, list[str]] = {noun: [names.label(kind, lists.keys[row]) for row in rows]}
    first = [lists.list_of(row)[:FIRST] for row in rows]
    for place in range(FIRST):
        columns[str(place + 1)] = [
            names.catalog.label(listed[place]) if place < len(listed) else "" for listed in first
        ]
    return pd.DataFrame(columns)


def whole_frame(line: str, catalog: Catalog) -> pd.DataFrame:
    """Return the whole list of one output line, with WHOLE_COLUMNS.

    score is NaN for recipes without scores; before is the item's place in the list to be ranked, else missing.
    """
    record = json.loads(line)
    ids = record["output"]["recommendedItems"]
    scores = record["output"].get("scores", [])
    given = list(dict.fromkeys(record["input"].get("itemList", [])))
    frame = catalog.frame(ids)
    frame["rank"] = range(1, len(ids) + 1)
    frame["score"] = pd.Series([*scores, *[None] * (len(ids) - len(scores))], dtype=float)
    places = {item_id: place for place, item_id in enumerate(given, 1)}
    frame["before"] = pd.array([places.get(item_id) for item_id in ids], dtype="Int64")
    return frame[list(WHOLE_COLUMNS)]


def moved(whole: pd.DataFrame) -> list[str]:
    """Return how far each item of a ranked list moved: "▲ 6", "▼ 3" or "="."""
    marks = []
    for before, rank in zip(whole["before"], whole["rank"], strict=True):
        steps = 0 if pd.isna(before) else int(before) - int(rank)
        marks.append("=" if steps == 0 else f"▲ {steps}" if steps > 0 else f"▼ {-steps}")
    return marks


def names_csv_frame(lists: Lists, kind: str, names: Names) -> pd.DataFrame:
    """Return one row per list for a mailing: id, label, then every title by its place."""
    id_name = "item_id" if kind == ITEMS else "user_id"
    labels = [*(names.catalog.label(item_id) for item_id in lists.items), ""]
    table = np.array(labels, dtype=object)[lists.codes]  # the code -1 takes the last label, ""
    frame = pd.DataFrame(table, columns=[str(place + 1) for place in range(lists.codes.shape[1])])
    frame.insert(0, "label", [names.label(kind, key) for key in lists.keys])
    frame.insert(0, id_name, list(lists.keys))
    return frame


def _unlike(labels: Sequence[str], ids: Sequence[str]) -> list[str]:
    """Return unique labels: an id is appended to those of several items."""
    return [
        f"{label} · {item_id}" if labels.count(label) > 1 and label != item_id else label
        for label, item_id in zip(labels, ids, strict=True)
    ]


def _popular_shares(lists: Lists, kind: str, catalog: Catalog) -> dict[str, float]:
    """Return the share of lists in which popularity would show an item, by item id; {} where unknown.

    Popularity shows every user the same list of the same length; it orders a list to be ranked by the number of users
    of each item.
    """
    if not catalog.n_items:
        return {}
    if kind != LISTS:
        return dict.fromkeys(catalog.most_popular(lists.codes.shape[1]), 1.0)
    shares: dict[str, float] = {}
    times = np.bincount(lists.ranked_list_of[lists.ranked_list_of >= 0], minlength=len(lists.ranked_lists))
    for data, n_lines in zip(lists.ranked_lists, times.tolist(), strict=True):
        for item_id in sorted(set(data), key=lambda item_id: (-catalog.n_people(item_id), item_id))[:FIRST]:
            shares[item_id] = shares.get(item_id, 0.0) + n_lines / lists.n_lists
    return shares
