"""Which items are treated as new, what may be learned from, and which new ones users really took afterwards.

A random share of all items loses its interactions and keeps its metadata, as in Amazon's own test of
aws-hrnn-coldstart (reference: the MovieLens notebook of 2019-10-10). Split "time": what is learned ends at one moment
for everybody, and only what users took after it counts, so nothing of the future is known. Split "all" is Amazon's:
every event of the items held out counts, whenever it happened, and all events of the others are learned from.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from services.errors import DataError
from services.laboratory.columns import item_columns
from services.library.columns import CREATION_TIMESTAMP, ITEM_ID, TIMESTAMP, USER_ID
from services.library.store import LoadedData

TIME, ALL = "time", "all"
SPLITS = (TIME, ALL)
LATER_SHARE = 0.5
"""Of all events, those after the moment of a split in time."""
MIN_NEW = 100
"""New items that aws-hrnn-coldstart requires."""
SAMPLE_SEED = 0
"""Of the draw of the users to ask."""
DAY_S = 86_400
OLD_DAYS = 3_650
"""Minimum age of known items: older than any limit below which an item may be new."""

Histories = dict[str, list[str]]


@dataclass(frozen=True)
class HeldOut:
    """One draw of new items."""

    seed: int
    interactions: pd.DataFrame
    """What may be learned from: no event of a new item, none after the moment of a split in time."""
    items: pd.DataFrame
    """All items with their columns; CREATION_TIMESTAMP says which are new."""
    users: pd.DataFrame | None
    schemas: dict[str, str]
    new_items: tuple[str, ...]
    asked: tuple[str, ...]
    """The users to ask, drawn at random from those with events to learn from; the same ones in every draw of items."""
    known: Histories
    """What each asked user had, oldest first."""
    taken: Histories
    """The new items that each asked user took, each once."""
    later: Histories
    """The known items that each asked user took after the moment and not before; empty for the split "all"."""
    moment: int | None
    """Epoch seconds of a split in time."""


def hold_out(
    data: LoadedData,
    *,
    share: float,
    seed: int,
    split: str,
    n_people: int,
    columns: Sequence[str] | None = None,
    later_share: float = LATER_SHARE,
    min_new: int = MIN_NEW,
) -> HeldOut:
    """Draw the new items and return both sides of the split.

    columns: the item columns that are kept, by default all. later_share: the share of all events that lies after
    the moment of a split in time. Raises DataError with the reason when the data does not allow it.
    """
    if split not in SPLITS:
        raise DataError(f'The split "{split}" is unknown. Choose "{TIME}" or "{ALL}".')
    if not 0 < share < 1:
        raise DataError(f"A share of {share:g} cannot be held out. Choose one between 0 and 1, for example 0.5.")
    items = data.items()
    if items is None or not item_columns(data):
        raise DataError(
            f"{data.name} says nothing about its items, so nothing new could be recognised. "
            "Load an items file with a category, a year or a price on Data."
        )
    events = _counting(data)
    items = _kept_columns(items.drop_duplicates(ITEM_ID, keep="last"), data, columns)
    new = _draw(items, events, share, seed, min_new)
    of_new = events[ITEM_ID].isin(new)
    moment = int(events[TIMESTAMP].quantile(1 - later_share)) if split == TIME else None
    early = events[TIMESTAMP] <= moment if moment is not None else pd.Series(True, index=events.index)
    train = events[early & ~of_new]
    asked = sampled(set(train[USER_ID]), set(events[USER_ID]), n_people)
    if not asked:
        raise DataError(f"Nobody in {data.name} has events left to learn from. Hold out fewer items.")
    newest = int(train[TIMESTAMP].max())
    known = _histories(train, asked)
    truth = events[of_new & ~early] if moment is not None else events[of_new]
    later = _histories(events[~of_new & ~early], asked) if moment is not None else {}
    return HeldOut(
        seed=seed,
        interactions=train.reset_index(drop=True),
        items=_dated(items, new, newest),
        users=data.users(),
        schemas=_schemas(data, items),
        new_items=tuple(sorted(new)),
        asked=tuple(asked),
        known=known,
        taken={user: list(dict.fromkeys(ids)) for user, ids in _histories(truth, asked).items()},
        later={user: [i for i in dict.fromkeys(ids) if i not in set(known[user])] for user, ids in later.items()},
        moment=moment,
    )


def sampled(users: set[str], everybody: set[str], n: int) -> list[str]:
    """Return n of these users, or all of them, in the order of their ids.

    They are the first of everybody in a random order, so that all draws of new items ask the same users.
    """
    order = np.array(natural_order(everybody), dtype=object)
    drawn = [str(user) for user in np.random.default_rng(SAMPLE_SEED).permutation(order) if user in users]
    return natural_order(drawn[:n])


def natural_order(ids: Iterable[str]) -> list[str]:
    """Return ids in order, numbers by their value: "2" before "10"."""
    return sorted(map(str, ids), key=lambda value: (0, int(value), "") if value.isdecimal() else (1, 0, value))


def _counting(data: LoadedData) -> pd.DataFrame:
    """Return the events that count, sorted by user and time."""
    return data.counting(data.interactions())


def _draw(items: pd.DataFrame, events: pd.DataFrame, share: float, seed: int, min_new: int) -> frozenset[str]:
    """Return a random share of the items that have both events and a record."""
    candidates = np.array(sorted(set(items[ITEM_ID]) & set(events[ITEM_ID].unique())), dtype=object)
    n_new = round(share * len(candidates))
    if n_new < min_new or n_new == len(candidates):
        raise DataError(
            f"{n_new:,} of {len(candidates):,} items would be new; at least {min_new} are needed, and some that are "
            "known. Choose another share, or data with more items."
        )
    return frozenset(np.random.default_rng(seed).permutation(candidates)[:n_new].tolist())


def _kept_columns(items: pd.DataFrame, data: LoadedData, columns: Sequence[str] | None) -> pd.DataFrame:
    if columns is None:
        return items
    known = item_columns(data)
    unknown = sorted(set(columns) - set(known))
    if unknown or not columns:
        problem = f'There is no item column "{unknown[0]}" to learn from.' if unknown else "No item column is left."
        raise DataError(f"{problem} Choose of {', '.join(known)}.")
    return items.drop(columns=[name for name in known if name not in columns])


def _dated(items: pd.DataFrame, new: frozenset[str], newest: int) -> pd.DataFrame:
    """Return the items with new ones created at the newest event and all others long before it."""
    is_new = items[ITEM_ID].isin(new).to_numpy()
    created = np.where(is_new, newest, newest - OLD_DAYS * DAY_S).astype(np.int64)
    return items.drop(columns=[CREATION_TIMESTAMP], errors="ignore").assign(**{CREATION_TIMESTAMP: created})


def _schemas(data: LoadedData, items: pd.DataFrame) -> dict[str, str]:
    """Return the data's schemas, that of the items with its remaining columns and CREATION_TIMESTAMP."""
    schemas = {kind: text for kind, text in data.schemas.items() if kind != "Users" or data.users() is not None}
    schema = json.loads(schemas["Items"])
    fields = [f for f in schema["fields"] if f["name"] in items and f["name"] != CREATION_TIMESTAMP]
    schema["fields"] = [*fields, {"name": CREATION_TIMESTAMP, "type": "long"}]
    return schemas | {"Items": json.dumps(schema)}


def _histories(events: pd.DataFrame, asked: Sequence[str]) -> Histories:
    of_asked = events[events[USER_ID].isin(asked)].sort_values(TIMESTAMP, kind="stable")
    grouped = {str(user): [str(i) for i in ids] for user, ids in of_asked.groupby(USER_ID, sort=False)[ITEM_ID]}
    return {user: grouped.get(user, []) for user in asked}
