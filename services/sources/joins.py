"""Puts several files together: files of one kind into one table, and the keys by which tables of different kinds join.

Rows with the same columns follow each other. Where one file of a kind has a column whose values are all different and
another file names it too, such as orders and their lines, the second gets the columns of the first. Between kinds, a
key is what joins: the column whose values are found in the other file, whatever both are called.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from services.errors import SampleError
from services.sources.column_guesses import ColumnGuess, recognise
from services.sources.several_items import holds_several
from services.sources.table_files import RawTable

_MIN_OVERLAP = 0.5
_MAX_VALUES = 20_000
KEYS = {"Items": "ITEM_ID", "Users": "USER_ID"}


def together(tables: Sequence[RawTable]) -> RawTable:
    """Return one table of several files of a kind; raises SampleError where nothing joins them."""
    whole = tables[0]
    for table in tables[1:]:
        digest = hashlib.sha256(f"{whole.digest} {table.digest}".encode()).hexdigest()
        whole = replace(_pair(whole, table), digest=digest)
    return whole


def _pair(first: RawTable, second: RawTable) -> RawTable:
    name = f"{first.filename} + {second.filename}"
    if set(first.frame.columns) == set(second.frame.columns):
        frame = pd.concat([first.frame, second.frame[list(first.frame.columns)]], ignore_index=True)
        return replace(first, filename=name, frame=frame)
    for one, many in ((first, second), (second, first)):
        for column in many.frame.columns.intersection(one.frame.columns):
            if one.frame[column].dropna().is_unique and one.frame[column].notna().all():
                more = one.frame[[column, *one.frame.columns.difference(many.frame.columns, sort=False)]]
                return replace(many, filename=name, frame=many.frame.merge(more, on=column, how="left"))
    raise SampleError(
        f"{first.filename} and {second.filename} have neither the same columns nor a key in common. Give one."
    )


def recognise_all(tables: Mapping[str, RawTable]) -> dict[str, tuple[ColumnGuess, ...]]:
    """Return the guesses for all files, by kind, with keys that really join."""
    guesses = {kind: recognise(table, kind) for kind, table in tables.items()}
    events = tables.get("Interactions")
    known: dict[str, tuple[str, str]] = {}
    for kind, key in KEYS.items():
        if events is None or kind not in tables:
            continue
        found = _join(events.frame, tables[kind].frame, guesses["Interactions"], guesses[kind], key, set(known))
        several = _several(events.frame, tables[kind], guesses) if kind == "Items" and found is None else None
        if several is not None:
            known[several] = ("ITEM_IDS", f"its cells hold several items of {tables[kind].filename}")
        if found is not None:
            here, there, share = found
            why = f"{share:.0%} of its values are in {{}}"
            known[here] = (key, why.format(tables[kind].filename).replace("%", " %"))
            guesses[kind] = recognise(tables[kind], kind, {there: (key, f"it has what {events.filename} names")})
    if known and events is not None:
        guesses["Interactions"] = recognise(events, "Interactions", known)
    return guesses


def _join(
    events: pd.DataFrame,
    table: pd.DataFrame,
    event_guesses: Sequence[ColumnGuess],
    table_guesses: Sequence[ColumnGuess],
    key: str,
    taken: set[str],
) -> tuple[str, str, float] | None:
    """Return the columns of both files that join best, and how much; None where the guessed keys join already."""
    here = next((guess.column for guess in event_guesses if guess.role == key), None)
    there = next((guess.column for guess in table_guesses if guess.role == key), None)
    if here is not None and there is not None and _overlap(events[here], table[there]) >= _MIN_OVERLAP:
        return None
    others = {guess.column for guess in event_guesses if guess.confidence == "sure" and guess.role != key} | taken
    best: tuple[float, str, str] | None = None
    for left in events.columns.difference(list(others), sort=False):
        for right in table.columns:
            if not table[right].dropna().is_unique or table[right].nunique() < 2:
                continue
            share = _overlap(events[left], table[right])
            alike = 0.1 * (left == right)
            if share >= _MIN_OVERLAP and (best is None or share + alike > best[0]):
                best = (share + alike, str(left), str(right))
    return None if best is None else (best[1], best[2], min(1.0, _overlap(events[best[1]], table[best[2]])))


def _several(events: pd.DataFrame, items: RawTable, guesses: Mapping[str, Sequence[ColumnGuess]]) -> str | None:
    """Return the column whose cells hold several ids of the items file, None where a column holds one each."""
    there = next((guess.column for guess in guesses["Items"] if guess.role == "ITEM_ID"), None)
    here = next((guess.column for guess in guesses["Interactions"] if guess.role == "ITEM_ID"), None)
    if there is None or (here is not None and _overlap(events[here], items.frame[there]) >= _MIN_OVERLAP):
        return None
    ids = pd.Index(items.frame[there].dropna().astype("str").unique())
    worth = {str(column): holds_several(events[column], ids) for column in events.columns}
    best = max(worth, key=lambda column: worth[column])
    return best if worth[best] else None


def _overlap(left: pd.Series, right: pd.Series) -> float:
    """Return the share of one column's different values that the other has."""
    values = pd.Index(left.dropna().astype("str").unique()[:_MAX_VALUES])
    return float(values.isin(right.dropna().astype("str").unique()).mean()) if len(values) else 0.0
