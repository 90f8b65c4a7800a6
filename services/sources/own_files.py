"""Turns a user's own files, once every column has a role, into the three canonical data sets.

Ids become text, time becomes epoch seconds, several categories of a cell are joined with "|", other columns keep their
names in UPPER_SNAKE_CASE. Cells that cannot be read, such as an invalid time, become missing and are listed with line
and value in PreparedData.unreadable, so that the check can show them and offer to drop their rows.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from services.errors import SampleError
from services.language.vocabulary import FILM_WORDS, Words
from services.library.columns import (
    CREATION_TIMESTAMP,
    EVENT_TYPE,
    EVENT_VALUE,
    ITEM_ID,
    TIMESTAMP,
    USER_ID,
    ColumnRoles,
    canonical_name,
    same_field,
)
from services.library.names import check_name
from services.library.prepared import FILE_ORDER, ONE_TIME, REAL_TIMES, UNREADABLE_COLUMNS, PreparedData
from services.library.schemas import MAX_METADATA, describes, propose_schema
from services.sources.bounds import readable
from services.sources.cells import categories_text, id_text, metadata, plain_text
from services.sources.column_guesses import recognise, required_roles, roles_for
from services.sources.column_names import NAMES
from services.sources.column_names import plain as plain_name
from services.sources.numbers import to_numbers
from services.sources.several_items import one_row_each
from services.sources.table_files import RawTable
from services.sources.time_units import UTC, TimeUnit, find_unit, to_epoch_seconds

_RESERVED = (USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE, EVENT_VALUE, CREATION_TIMESTAMP)
_NOT_KEPT = ("IGNORE", "ITEM_IDS", "SESSION", "ITEM_TITLE", "ITEM_CATEGORY")
"""Roles whose columns do not become columns of the interactions."""
_TIMES = (TIMESTAMP, CREATION_TIMESTAMP)
_AMOUNTS = (EVENT_VALUE, "YEAR")
_ATTRIBUTE_ORDER = (
    "age",
    "gender",
    "sex",
    "occupation",
    "job",
    "country",
    "region",
    "state",
    "city",
    "segment",
    "member",
)


MAX_ATTRIBUTE_VALUES = 100
"""A user column with more different values describes nobody in a label."""


@dataclass(frozen=True)
class OwnTable:
    """One file and what its columns mean."""

    raw: RawTable
    mapping: Mapping[str, str]
    """Role by the file's column name; a key of column_guesses.roles_for()."""
    unit: TimeUnit | None = None
    """Unit of TIMESTAMP, or of an items file's CREATION_TIMESTAMP; None finds it in the values."""
    zone: str = UTC
    """Time zone of dates that name none."""
    time_kind: str = REAL_TIMES
    """What stands for a column that says when: FILE_ORDER or ONE_TIME where there is none."""
    repeats: bool = False
    """Whether a value of 3 means that the event happened three times; at most MAX_REPEATS."""
    event_types: tuple[str, ...] | None = None
    """The event types to import; None takes all."""


MAX_REPEATS = 10
_ORDER_EPOCH_S = 946_684_800
"""1 January 2000, from which rows without times count seconds: nobody takes it for a real time."""


def accept(table: RawTable, dataset_type: str) -> OwnTable:
    """Return a file with the roles that its columns seem to have, as the mapping form proposes them."""
    with readable(table.filename):
        guesses = recognise(table, dataset_type)
    unit = next((guess.unit for guess in guesses if guess.unit is not None), None)
    return OwnTable(table, {guess.column: guess.role for guess in guesses}, unit)


def prepare(
    interactions: OwnTable,
    items: OwnTable | None = None,
    users: OwnTable | None = None,
    name: str = "own-data",
    words: Words | None = None,
) -> PreparedData:
    """Return canonical data; raises SampleError when a required role has no column or two columns collide."""
    check_name(name)
    interactions = _one_item_a_row(interactions)
    given = {"Interactions": interactions, "Items": items, "Users": users}
    frames: dict[str, pd.DataFrame] = {}
    unreadable: list[pd.DataFrame] = []
    names: dict[str, dict[str, str]] = {}
    for dataset_type, table in given.items():
        if table is not None:
            names[dataset_type] = _names(table, dataset_type)
            with readable(table.raw.filename):
                frames[dataset_type] = _frame(table, dataset_type, names[dataset_type], unreadable)
    with readable(interactions.raw.filename):
        frames["Interactions"] = _events(interactions, frames["Interactions"])
        described = None if items is not None else _items_of(interactions)
    roles = _roles(given, names, frames)
    if described is not None:
        frames["Items"], roles = described, replace(roles, **_item_roles(described))
    return PreparedData(
        name=name,
        interactions=frames["Interactions"],
        items=frames.get("Items"),
        users=frames.get("Users"),
        schemas=_schemas(frames, roles),
        roles=roles,
        words=words or usual_words(interactions, frames["Interactions"]),
        source="own",
        unreadable=pd.concat(unreadable, ignore_index=True) if unreadable else None,
        time_kind=interactions.time_kind,
        note=_note(interactions),
    )


def _one_item_a_row(table: OwnTable) -> OwnTable:
    """Return the interactions with a row for each item, where a column holds several."""
    several = [column for column, role in table.mapping.items() if role == "ITEM_IDS"]
    if not several or ITEM_ID in table.mapping.values():
        return table
    with readable(f'{table.raw.filename}: "{several[0]}"', "Choose another role for it."):
        frame = one_row_each(table.raw.frame, several[0])
    return replace(table, raw=replace(table.raw, frame=frame), mapping={**table.mapping, several[0]: ITEM_ID})


_TIME_NOTES = {
    REAL_TIMES: "",
    FILE_ORDER: "without times: the order of the file stands for them",
    ONE_TIME: "without times",
}


def _note(table: OwnTable) -> str:
    """Say what stands for people and times that the file does not name, for the source line of every screen."""
    notes = [_TIME_NOTES[table.time_kind]]
    for column, role in table.mapping.items():
        if role == USER_ID and any(re.search(pattern, plain_name(column)) for pattern in NAMES["SESSION"]):
            notes.append(f"each {column} counts as a person")
        elif role == "SESSION" and table.raw.frame[_who(table)].isna().any():
            notes.append(f"where nobody is named, {column} counts as a person")
    return "; ".join(note for note in notes if note)


def _who(table: OwnTable) -> str:
    """Return the column that says who."""
    return next(column for column, role in table.mapping.items() if role == USER_ID)


def _events(table: OwnTable, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the interactions with what stands for people and times that are not written, without types left out."""
    sessions = [column for column, role in table.mapping.items() if role == "SESSION"]
    if sessions:
        frame[USER_ID] = frame[USER_ID].where(frame[USER_ID].notna(), id_text(table.raw.frame[sessions[0]]))
    if table.event_types is not None and EVENT_TYPE in frame:
        frame = frame[frame[EVENT_TYPE].isin(table.event_types)].reset_index(drop=True)
    if table.repeats and EVENT_VALUE in frame:
        times = frame[EVENT_VALUE].fillna(1).clip(1, MAX_REPEATS).round().astype("int64")
        frame = frame.loc[frame.index.repeat(times)].reset_index(drop=True)
    if TIMESTAMP not in frame:
        seconds = np.arange(len(frame)) if table.time_kind == FILE_ORDER else np.zeros(len(frame), dtype=np.int64)
        frame.insert(2, TIMESTAMP, _ORDER_EPOCH_S + seconds)
    return frame


def _items_of(table: OwnTable) -> pd.DataFrame | None:
    """Return the items that the interactions describe, one row each: ITEM_ID, TITLE, categories; None for none."""
    titles = [column for column, role in table.mapping.items() if role == "ITEM_TITLE"]
    groups = [column for column, role in table.mapping.items() if role == "ITEM_CATEGORY"]
    if not titles and not groups:
        return None
    item = next(column for column, role in table.mapping.items() if role == ITEM_ID)
    frame = pd.DataFrame({ITEM_ID: id_text(table.raw.frame[item])})
    for column in titles[:1]:
        frame["TITLE"] = plain_text(table.raw.frame[column])
    for column in groups:
        frame[canonical_name(column)] = categories_text(table.raw.frame[column])
    described = frame.dropna(subset=[ITEM_ID]).groupby(ITEM_ID, sort=False).first().reset_index()
    return described.astype({ITEM_ID: "str"})


def _item_roles(items: pd.DataFrame) -> dict[str, Any]:
    groups = tuple(column for column in items.columns if column not in (ITEM_ID, "TITLE"))
    return {"title": "TITLE" if "TITLE" in items else None, "categories": groups}


def _schemas(frames: Mapping[str, pd.DataFrame], roles: ColumnRoles) -> dict[str, str]:
    """Return the schema of each data set to import: none of items or users that have names only."""
    schemas = {kind: propose_schema(kind, frame, roles) for kind, frame in frames.items()}
    return {kind: schema for kind, schema in schemas.items() if kind == "Interactions" or describes(schema)}


def _names(table: OwnTable, dataset_type: str) -> dict[str, str]:
    """Return the canonical name of each column that is imported, by the file's name, required columns first."""
    for role in required_roles(dataset_type):
        if role == TIMESTAMP and table.time_kind != REAL_TIMES:
            continue
        columns = [column for column, given in table.mapping.items() if given == role]
        if len(columns) != 1:
            claims = f"{len(columns)} columns are said to be" if columns else "no column is said to be"
            raise SampleError(f'{table.raw.filename}: {claims} {role} ("{roles_for(dataset_type)[role]}"). Choose one.')
    names: dict[str, str] = {}
    fields: dict[str, str] = {}
    order = {role: place for place, role in enumerate(roles_for(dataset_type))}
    imported = [(column, role) for column, role in table.mapping.items() if role not in _NOT_KEPT]
    for column, role in sorted(imported, key=lambda pair: order[pair[1]] if pair[1] in _RESERVED else len(order)):
        name = role if role in _RESERVED else canonical_name(column)
        if name in _RESERVED and role != name:
            name = f"{name}_VALUE"
        if same_field(name) in fields:
            raise SampleError(
                f'{table.raw.filename}: the columns "{fields[same_field(name)]}" and "{column}" would both be called '
                f"{name}. Rename one of them, or leave one out."
            )
        fields[same_field(name)] = column
        names[column] = name
    extra = [column for column in names if table.mapping[column] not in _RESERVED]
    if len(extra) > MAX_METADATA[dataset_type]:
        raise SampleError(
            f"{table.raw.filename} keeps {len(extra)} columns of its own; Amazon Personalize takes "
            f"{MAX_METADATA[dataset_type]} in {dataset_type}. Leave out some, for example {extra[-1]}."
        )
    return names


def _frame(
    table: OwnTable, dataset_type: str, names: Mapping[str, str], unreadable: list[pd.DataFrame]
) -> pd.DataFrame:
    columns = {}
    for column, name in names.items():
        role = table.mapping[column]
        with readable(f'{table.raw.filename}: "{column}"', f"It is said to be {role}; choose another role, or none."):
            columns[name] = _column(table, column, role)
            if role in _TIMES or role in _AMOUNTS or pd.api.types.is_numeric_dtype(columns[name].dtype):
                _note_unreadable(table.raw, column, columns[name], dataset_type, name, unreadable)
            if role == "YEAR":
                columns[name] = columns[name].round().astype("Int64")
    frame = pd.DataFrame(columns).reset_index(drop=True)
    if TIMESTAMP in frame and frame[TIMESTAMP].notna().all():
        frame[TIMESTAMP] = frame[TIMESTAMP].astype("int64")
    return frame


def _column(table: OwnTable, column: str, role: str) -> pd.Series:
    """Return one column in the form of its role; cells that cannot be read are missing."""
    values = table.raw.frame[column]
    if role in (USER_ID, ITEM_ID):
        return id_text(values)
    if role in _TIMES:
        unit = table.unit or find_unit(values)
        if unit is None:
            shown = next(iter(values.dropna().astype("str")), "")
            raise SampleError(
                f'{table.raw.filename}: "{column}" holds "{shown}", which is not understood as time. Use epoch '
                "seconds or dates such as 2024-05-31 20:15:00, or choose another column."
            )
        return to_epoch_seconds(values, unit, table.zone)
    if role in _AMOUNTS:
        return to_numbers(values)
    if role == "CATEGORY":
        return categories_text(values)
    return plain_text(values) if role in (EVENT_TYPE, "TITLE", "IMAGE", "NAME", "TEXT") else metadata(values)


def _note_unreadable(
    raw: RawTable, column: str, read: pd.Series, dataset_type: str, name: str, unreadable: list[pd.DataFrame]
) -> None:
    values = raw.frame[column]
    bad = values[read.isna() & values.notna()]
    if len(bad):
        rows = {
            "dataset_type": dataset_type,
            "line": bad.index + raw.first_row_line,
            "column": name,
            "value": bad.astype("str"),
        }
        unreadable.append(pd.DataFrame(rows)[list(UNREADABLE_COLUMNS)])


def _roles(
    given: Mapping[str, OwnTable | None], names: Mapping[str, Mapping[str, str]], frames: Mapping[str, pd.DataFrame]
) -> ColumnRoles:
    def of(dataset_type: str, role: str) -> tuple[str, ...]:
        table = given[dataset_type]
        if table is None:
            return ()
        return tuple(names[dataset_type][column] for column, given in table.mapping.items() if given == role)

    def one(dataset_type: str, role: str) -> str | None:
        return next(iter(of(dataset_type, role)), None)

    attributes = of("Users", "METADATA")
    users = frames.get("Users")
    if users is not None:
        with_few_values = [column for column in attributes if users[column].nunique() <= MAX_ATTRIBUTE_VALUES]
        attributes = tuple(sorted(with_few_values, key=_attribute_order))
    return ColumnRoles(
        title=one("Items", "TITLE"),
        year=one("Items", "YEAR"),
        image=one("Items", "IMAGE"),
        categories=of("Items", "CATEGORY"),
        user_name=one("Users", "NAME"),
        user_attributes=attributes,
    )


def _attribute_order(column: str) -> int:
    lower = column.lower()
    return next((place for place, word in enumerate(_ATTRIBUTE_ORDER) if word in lower), len(_ATTRIBUTE_ORDER))


def usual_words(interactions: OwnTable, frame: pd.DataFrame) -> Words:
    """Return words by the most frequent event type, else by the name of the item column."""
    column = next(column for column, role in interactions.mapping.items() if role == ITEM_ID).lower()
    if re.search(r"movie|film", column):
        return FILM_WORDS
    if EVENT_TYPE in frame and frame[EVENT_TYPE].notna().any():
        event_type = frame[EVENT_TYPE].value_counts().index[0]
        words = Words.for_event_type(str(event_type))
        if words != Words():
            return words
    verbs = {"product|sku|asin|stock": "purchase", "track|song|artist": "listen", "book|isbn|news|article": "read"}
    return next((Words.for_event_type(verb) for names, verb in verbs.items() if re.search(names, column)), Words())
