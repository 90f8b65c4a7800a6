"""In which categories users and their lists differ: times everybody's share, of histories and of lists.

"Times" is the smoothed ratio of services/library/tastes.py: 1 is everybody's share. The categories that are shown are
those in which the compared histories and lists lie furthest apart, on the log scale of the picture.
"""

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from services.library.store import LoadedData
from services.library.tastes import PRIOR_EVENTS, Tastes
from services.screens.compare.sides import Side

MAX_CATEGORIES = 10
BOUND = 8.0
"""For the choice of categories, beyond eight times or an eighth nothing counts as further apart."""
GAP_COLUMNS = ("category", "letter", "who", "history", "list", "gap")


def columns_of(data: LoadedData) -> list[str]:
    """Return the categorical item columns, the first one first: categories, people, categorical fields."""
    fields = json.loads(data.schemas.get("Items", "{}")).get("fields", [])
    declared = [field["name"] for field in fields if field.get("categorical")]
    return list(dict.fromkeys([*data.roles.categories, *data.roles.people, *declared]))


def gaps(compared: Sequence[Side], tastes: Tastes) -> pd.DataFrame:
    """Return GAP_COLUMNS: per category and side the times of history and list, largest gap first, at most ten.

    gap is the category's largest distance between any two of its values, in powers of two. A side without items has
    missing values.
    """
    shares = dict(zip(tastes.everybody["category"], tastes.everybody["share"], strict=True))
    parts = [(_times(side.known, tastes, shares), _times(side.ids, tastes, shares)) for side in compared]
    touched = dict.fromkeys(name for pair in parts for times, _ in pair for name in times)
    values = {name: [(_of(past, name), _of(own, name)) for past, own in parts] for name in touched}
    gap = {name: _gap([value for pair in pairs for value in pair]) for name, pairs in values.items()}
    largest = sorted(values, key=lambda name: (-gap[name], -shares[name], name))[:MAX_CATEGORIES]
    rows = [
        (name, side.letter, side.who, past, own, gap[name])
        for name in largest
        for side, (past, own) in zip(compared, values[name], strict=True)
    ]
    return pd.DataFrame(rows, columns=list(GAP_COLUMNS))


def _times(item_ids: Sequence[str], tastes: Tastes, shares: Mapping[str, float]) -> tuple[dict[str, float], float]:
    """Return the times by category, and the times of a category that these items do not touch; NaN without items."""
    n_events = sum(tastes.in_taste(list(item_ids), shares))
    untouched = PRIOR_EVENTS / (n_events + PRIOR_EVENTS) if n_events else float("nan")
    return tastes.times(item_ids), untouched


def _of(part: tuple[dict[str, float], float], name: str) -> float:
    times, untouched = part
    return times.get(name, untouched)


def _gap(values: Sequence[float]) -> float:
    """Return the largest distance in powers of two, within the bounds."""
    seen = np.log2(np.clip([value for value in values if value == value], 1 / BOUND, BOUND))
    return float(seen.max() - seen.min()) if len(seen) else 0.0
