"""Loads the Actions and Action_Interactions datasets into arrays (recipes/actions.py ActionData)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from services.engine.data.columns import to_column, training_fields
from services.engine.data.schemas import Schema
from services.engine.data.snapshots import SnapshotInfo
from services.engine.data.vocabulary import Vocabulary
from services.engine.recipes.actions import ActionData, ActionEvents, event_code
from services.engine.recipes.base import Column


def load_actions(
    actions: SnapshotInfo | None,
    interactions: SnapshotInfo | None,
    schemas: Mapping[str, Schema],
    users: Vocabulary,
) -> tuple[ActionData, Vocabulary]:
    """Return the actions with the interactions of everybody, and the vocabulary of the actions.

    The first rows of ActionData.offsets are the users of the vocabulary; people who are only known by action
    interactions follow. Interactions with unknown actions or of unknown event types are left out.
    """
    rows = None if actions is None else _read(actions)
    ids = pa.array([], pa.large_string()) if rows is None else rows["ACTION_ID"].cast(pa.large_string())
    order = np.argsort(np.array(ids.to_pylist(), object), kind="stable") if len(ids) else np.empty(0, np.int64)
    sorted_ids = pa.array([ids[int(row)].as_py() for row in order], pa.large_string())
    vocabulary = Vocabulary.from_sorted(sorted_ids)
    columns: tuple[Column, ...] = ()
    values = np.ones(len(order), np.int64)
    if rows is not None:
        taken = rows.take(pa.array(order))
        fields = training_fields(schemas["Actions"])
        columns = tuple(to_column(field, taken[field.name]) for field in fields if field.name in taken.column_names)
        if "VALUE" in taken.column_names:
            values = np.array([1 if cell is None else int(cell) for cell in taken["VALUE"].to_pylist()], np.int64)
    events, offsets = _events(None if interactions is None else _read(interactions), vocabulary, users)
    return ActionData(len(order), values, columns, offsets, events), vocabulary


def _read(snapshot: SnapshotInfo) -> Any:
    return pq.read_table(snapshot.rows, use_threads=False, memory_map=False, partitioning=None)


def _events(rows: Any | None, actions: Vocabulary, users: Vocabulary) -> tuple[ActionEvents, np.ndarray]:
    n_users = len(users)
    if rows is None:
        nothing = np.empty(0, np.int32), np.empty(0, np.int8), np.empty(0, np.int64)
        return ActionEvents(*nothing), np.zeros(n_users + 1, np.int64)
    places = actions.indices_of(rows["ACTION_ID"].to_pylist())
    codes = [event_code(text or "") for text in rows["EVENT_TYPE"].to_pylist()]
    kinds = np.array([-1 if code is None else code for code in codes], np.int8)
    people = rows["USER_ID"].to_pylist()
    known = users.indices_of(people).astype(np.int64)
    strangers: dict[str, int] = {}
    for row in np.flatnonzero(known < 0).tolist():
        known[row] = strangers.setdefault(people[row], n_users + len(strangers))
    times = rows["TIMESTAMP"].to_numpy()
    kept = np.flatnonzero((places >= 0) & (kinds >= 0))
    kept = kept[np.lexsort((times[kept], known[kept]))]
    events = ActionEvents(places[kept].astype(np.int32), kinds[kept], times[kept].astype(np.int64))
    counts = np.bincount(known[kept], minlength=n_users + len(strangers))
    return events, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
