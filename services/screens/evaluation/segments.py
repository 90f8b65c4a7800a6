"""Groups of users for whom a recipe may be better or worse, from what was known before the split alone."""

import numpy as np
import pandas as pd

from services.library.columns import TIMESTAMP, USER_ID
from services.library.store import LoadedData
from services.library.tastes import NO_CLEAR_TASTE, Tastes
from services.lists.sample import BY_LENGTH
from services.screens.evaluation.split import Split

BY_ACTIVITY, BY_TASTE = "activity", "taste"
LENGTHS = ((1, "1-4"), (5, "5-9"), (10, "10-19"), (20, "20-49"), (50, "50-99"), (100, "100-199"), (200, "200 or more"))
ACTIVE = ("fewest days", "middle", "most days")
"""Thirds of the users by the number of different days with events."""
MAX_VALUES = 20
"""A column of the users with more different values makes no segments."""


def segments(data: LoadedData, split: Split) -> pd.DataFrame:
    """Return user_id, n_known, n_truth, then one column per way of grouping users, "" where unknown.

    Order: history length, activity, taste, then the users' columns for labels in lower case.
    """
    people = split.people
    n_known = np.array([len(split.known[user]) for user in people])
    frame = pd.DataFrame({"user_id": people, "n_known": n_known, "n_truth": [len(t) for t in split.truth.values()]})
    names = np.array([name for _, name in LENGTHS], dtype=object)
    starts = [start for start, _ in LENGTHS]
    frame[BY_LENGTH] = names[np.searchsorted(starts, n_known, side="right") - 1]
    days = (split.train[TIMESTAMP] // 86_400).groupby(split.train[USER_ID]).nunique().reindex(people).fillna(0)
    low, high = np.quantile(days, [1 / 3, 2 / 3])
    frame[BY_ACTIVITY] = np.array(ACTIVE, dtype=object)[(days > low).to_numpy(int) + (days > high).to_numpy(int)]
    if data.roles.categories:
        frame[BY_TASTE] = _tastes(data, split)
    attributes = data.user_attributes(people)
    for name in map(str, attributes):
        values = attributes[name]
        if 1 < values.nunique() <= MAX_VALUES:
            column = name.replace("_", " ").lower()
            frame[column if column not in frame else f"{column} (column)"] = [_text(value) for value in values]
    return frame


def segment_names(users: pd.DataFrame) -> list[str]:
    """Return the ways of grouping users in a frame of segments()."""
    return [name for name in users.columns if name not in ("user_id", "n_known", "n_truth")]


def _tastes(data: LoadedData, split: Split) -> list[str]:
    """Return every user's strongest taste, relative to the counts of the training part."""
    categories = data.categories(data.roles.categories[0]) if data.items() is not None else {}
    counts = split.train["ITEM_ID"].value_counts()
    tastes = Tastes(data.roles.categories[0], categories, {str(i): int(n) for i, n in counts.items()})
    return [next(iter(tastes.top(split.known[user], 1)), NO_CLEAR_TASTE) for user in split.people]


def _text(value: object) -> str:
    if value is None or value != value:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
