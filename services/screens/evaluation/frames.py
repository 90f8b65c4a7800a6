"""What an evaluation imports and what it keeps: the training part, everybody's lists by method, metrics by person."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from services.library.columns import EVENT_TYPE, ITEM_ID, split_categories
from services.library.prepared import PreparedData
from services.library.store import LoadedData
from services.screens.evaluation.measures import Catalogue, Doubles, hits
from services.screens.evaluation.methods import (
    FIRST_OF_POPULARITY,
    POPULARITY,
    RANDOM,
    UNSEEN,
    popularity_lists,
    random_lists,
    unseen_first,
    unseen_popularity,
)
from services.screens.evaluation.split import LAST_TENTH, Split, event_type_of


def all_lists(lists: Mapping[str, list[list[str]]], found: Split, items: Catalogue) -> dict[str, list[list[str]]]:
    """Return the recipes' lists, each with what was seen at its end where that changes it, and the simple methods'."""
    people, every = found.people, dict(lists)
    for method, shown in lists.items():
        moved = unseen_first(shown, people, found.known)
        if moved != [list(entry) for entry in shown]:
            every[method + UNSEEN] = moved
    among = FIRST_OF_POPULARITY if found.protocol == LAST_TENTH else None
    every[POPULARITY] = popularity_lists(people, items)
    every[POPULARITY + UNSEEN] = unseen_popularity(people, found.known, items, among)
    every[RANDOM] = random_lists(people, items)
    return every


def prepared(data: LoadedData, found: Split, name: str) -> PreparedData:
    """Return the training part as data to import."""
    return PreparedData(
        name=name,
        interactions=found.train,
        items=found.items,
        users=found.users,
        schemas=data.schemas,
        roles=data.roles,
        words=data.words,
        source=data.source,
        event_type=data.event_type,
    )


def counted_train(data: LoadedData, found: Split) -> pd.DataFrame:
    """Return the events of the training part that count."""
    kind = event_type_of(data)
    return (
        found.train if kind is None or EVENT_TYPE not in found.train else found.train[found.train[EVENT_TYPE] == kind]
    )


def categories(data: LoadedData) -> dict[str, list[str]]:
    """Return every item's categories by the first categorical column, {} without one."""
    items, column = data.items(), data.roles.categories[:1]
    if items is None or not column or column[0] not in items:
        return {}
    return {str(i): split_categories(cell) for i, cell in zip(items[ITEM_ID], items[column[0]], strict=True)}


def people_frame(people: Sequence[str], values: Mapping[str, Mapping[str, Doubles]]) -> pd.DataFrame:
    """Return user_id, method and every "METRIC_at_K", float32."""
    parts = [
        pd.DataFrame({"user_id": list(people), "method": method} | {k: v.astype(np.float32) for k, v in found.items()})
        for method, found in values.items()
    ]
    return pd.concat(parts, ignore_index=True)


def lists_frame(
    people: Sequence[str], every: Mapping[str, list[list[str]]], truth: Sequence[Sequence[str]]
) -> pd.DataFrame:
    """Return user_id, method, items and hits, both in the order of the list."""
    parts = [
        pd.DataFrame({"user_id": list(people), "method": method, "items": shown, "hits": list(hits(shown, truth))})
        for method, shown in every.items()
    ]
    return pd.concat(parts, ignore_index=True)
