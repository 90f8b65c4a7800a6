"""The rules of Amazon Personalize, checked on canonical frames before anything is uploaded.

Each finding has a severity ("stop": the import would fail; "warn": worth a look), the rows that break the rule, and the
fix of services/checks/fixes.py, if any.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.library.columns import CREATION_TIMESTAMP, EVENT_TYPE, ITEM_ID, TIMESTAMP, USER_ID
from services.library.prepared import PreparedData
from services.library.schemas import REQUIRED

STOP, WARN = "stop", "warn"
MIN_INTERACTIONS = 1_000
MIN_USERS_WITH_TWO = 25
MAX_ID_LENGTH = 256
MAX_TEXT_LENGTH = 1_000
MAX_EVENT_TYPES_AND_COLUMNS = 10
OLDEST_PLAUSIBLE = 100_000_000
"""March 1973: smaller numbers are rarely epoch seconds."""
_DAY_S = 86_400
_SCALES = (("milliseconds", 1e11, "ms_to_s"), ("microseconds", 1e14, "us_to_s"), ("nanoseconds", 1e17, "ns_to_s"))

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Finding:
    """One broken rule."""

    severity: str
    rule: str
    """The rule in AWS's words."""
    dataset_type: str
    column: str
    message: str
    """A whole sentence with the value and the remedy."""
    mask: Mask | None = None
    """Which rows break it; None when it is about the data as a whole."""
    value: str = ""
    fix: str = ""
    fix_words: str = ""

    @property
    def n_rows(self) -> int:
        """How many rows break the rule; 0 for the data as a whole."""
        return 0 if self.mask is None else int(self.mask.sum())

    @property
    def line(self) -> int | None:
        """Line of the first such row in the CSV file, the header being line 1; None for the data as a whole."""
        return None if self.mask is None or not self.mask.any() else int(self.mask.argmax()) + 2


def findings(data: PreparedData) -> list[Finding]:
    """Return every broken rule, those that stop the import first."""
    broken: list[Finding] = []
    for dataset_type, frame in data.frames.items():
        fields = {field["name"]: field for field in json.loads(data.schemas[dataset_type])["fields"]}
        missing = [name for name in (*REQUIRED[dataset_type], *fields) if name not in frame]
        if missing:
            broken.append(_missing(dataset_type, list(dict.fromkeys(missing))))
            continue
        for name, field in fields.items():
            broken += _column_findings(data, dataset_type, frame[name], field)
        broken += [finding for rule in _RULES[dataset_type] for finding in rule(data)]
    return sorted(broken, key=lambda finding: finding.severity != STOP)


def _missing(dataset_type: str, names: list[str]) -> Finding:
    listed = ", ".join(names)
    return Finding(
        STOP,
        f"Input CSV is missing the following columns:[{listed}].",
        dataset_type,
        listed,
        f"{dataset_type} has no column {listed}, which the schema asks for. Map a column to it or change the schema.",
    )


def _column_findings(
    data: PreparedData, dataset_type: str, column: pd.Series, field: dict[str, Any]
) -> Iterator[Finding]:
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    name = str(column.name)
    empty = column.isna().to_numpy(dtype=bool)
    if "null" not in kinds and empty.any():
        yield _empty(data, dataset_type, name, empty)
    if {"int", "long", "float", "double"} & set(kinds):
        yield from _not_numbers(dataset_type, column, empty)
        if name in (TIMESTAMP, CREATION_TIMESTAMP):
            yield from _times(dataset_type, column)
    elif "string" in kinds and not field.get("textual"):
        yield from _lengths(dataset_type, column, is_id=name in (USER_ID, ITEM_ID))


def _empty(data: PreparedData, dataset_type: str, name: str, empty: Mask) -> Finding:
    rows = int(empty.sum())
    lost = data.unreadable
    if lost is not None:
        lost = lost[(lost["dataset_type"] == dataset_type) & (lost["column"] == name)]
    if lost is not None and len(lost):
        value = str(lost["value"].iloc[0])
        rule = f"{name} must be a Unix epoch time in seconds" if "TIMESTAMP" in name else f"{name} must be a number"
        message = (
            f'{name} "{value}" in line {lost["line"].iloc[0]} of your file cannot be read; {rows:,} rows are like it.'
        )
    else:
        value, rule = "", f"{name} is required and must not be empty"
        message = f"{rows:,} rows have no {name}. Drop them, or fill them in."
    return Finding(
        STOP, rule, dataset_type, name, message, empty, value, "drop_empty", f"drop {rows:,} rows without {name}"
    )


def _not_numbers(dataset_type: str, column: pd.Series, empty: Mask) -> Iterator[Finding]:
    if pd.api.types.is_numeric_dtype(column.dtype):
        return
    bad = pd.to_numeric(column, errors="coerce").isna().to_numpy(dtype=bool) & ~empty
    if bad.any():
        value = _first(column, bad)
        rows = int(bad.sum())
        yield Finding(
            STOP,
            f"{column.name} must be a number",
            dataset_type,
            str(column.name),
            f'{column.name} "{value}" is not a number. Correct it, or drop the row.',
            bad,
            value,
            "drop_not_numbers",
            f"drop {rows:,} rows with such values",
        )


def _times(dataset_type: str, column: pd.Series) -> Iterator[Finding]:
    name = str(column.name)
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    size = np.abs(numbers)
    for words, least, fix in _SCALES:
        wrong = (size >= least) & (size < least * 1_000)
        if wrong.any():
            value = _first(column, wrong)
            seconds = pd.Timestamp(int(float(value) / least * 1e11), unit="ms")
            yield Finding(
                STOP,
                f"{name} must be a Unix epoch time in seconds",
                dataset_type,
                name,
                f"{name} {value} looks like {words} ({seconds:%d %b %Y}). Divide it down to seconds.",
                wrong,
                value,
                fix,
                f"read {int(wrong.sum()):,} times as {words}",
            )
    with np.errstate(invalid="ignore"):
        odd = ((numbers < OLDEST_PLAUSIBLE) | (numbers > time.time() + _DAY_S)) & (size < 1e11)
    if odd.any():
        value = _first(column, odd)
        yield Finding(
            WARN,
            f"{name} should lie in the past",
            dataset_type,
            name,
            f"{name} {value} would be {_date(value)}. Check the unit of time, or drop the row.",
            odd,
            value,
            "drop_odd_times",
            f"drop {int(odd.sum()):,} rows with such times",
        )


def _lengths(dataset_type: str, column: pd.Series, is_id: bool) -> Iterator[Finding]:
    limit = MAX_ID_LENGTH if is_id else MAX_TEXT_LENGTH
    long = (column.astype("str").str.len() > limit).to_numpy(dtype=bool) & column.notna().to_numpy(dtype=bool)
    if long.any():
        value = _first(column, long)
        rows = int(long.sum())
        yield Finding(
            STOP,
            f"Length cannot be more than {limit} characters for {column.name}",
            dataset_type,
            str(column.name),
            f'{column.name} "{value[:40]}..." has {len(value):,} characters. '
            + ("Use shorter ids." if is_id else "Shorten it, or make the column textual in the schema."),
            long,
            value[:80],
            "drop_long_ids" if is_id else "cut_long_text",
            f"drop {rows:,} rows with such ids" if is_id else f"cut {rows:,} values to {limit:,} characters",
        )


def _duplicates(data: PreparedData) -> Iterator[Finding]:
    repeated = duplicate_rows(data)
    if repeated.any():
        rows = int(repeated.sum())
        yield Finding(
            WARN,
            "Records that are the same in every column are kept once",
            "Interactions",
            "",
            f"{rows:,} rows repeat an earlier row exactly; Amazon Personalize keeps one of each.",
            repeated,
            "",
            "drop_duplicates",
            f"drop {rows:,} duplicate rows",
        )


def duplicate_rows(data: PreparedData) -> Mask:
    """Tell which interactions repeat an earlier row in all columns."""
    frame = data.interactions
    coded = data.coded
    # only rows that share user, item and time can be the same; there are few of them
    key = pd.DataFrame({"u": coded.user, "i": coded.item, "t": frame[TIMESTAMP].to_numpy()})
    suspects = key.duplicated(keep=False).to_numpy(dtype=bool)
    repeated = np.zeros(len(frame), dtype=bool)
    repeated[suspects] = frame[suspects].duplicated().to_numpy(dtype=bool)
    return repeated


def _minimum(data: PreparedData) -> Iterator[Finding]:
    n = len(data.interactions)
    if n < MIN_INTERACTIONS:
        yield Finding(
            STOP,
            f"At least {MIN_INTERACTIONS:,} interactions are needed",
            "Interactions",
            "",
            f"There are {n:,} interactions; an import needs {MIN_INTERACTIONS:,}. Give more of them.",
            value=f"{n:,}",
        )
    with_two = int((np.bincount(data.coded.user[data.coded.user >= 0], minlength=1) >= 2).sum())
    if with_two < MIN_USERS_WITH_TWO:
        yield Finding(
            WARN,
            f"Dataset has fewer than {MIN_USERS_WITH_TWO} users with at least 2 interactions each.",
            "Interactions",
            USER_ID,
            f"Only {with_two} people have two interactions or more; training needs {MIN_USERS_WITH_TWO}.",
            value=f"{with_two}",
        )


def _event_types(data: PreparedData) -> Iterator[Finding]:
    frame = data.interactions
    if EVENT_TYPE not in frame:
        return
    n_types = int(frame[EVENT_TYPE].nunique())
    n_columns = len(frame.columns) - 3
    if n_types + n_columns > MAX_EVENT_TYPES_AND_COLUMNS:
        yield Finding(
            WARN,
            f"Event types and optional columns together must not be more than {MAX_EVENT_TYPES_AND_COLUMNS}",
            "Interactions",
            EVENT_TYPE,
            f"There are {n_types} event types and {n_columns} optional columns. Leave out the rare types or a column.",
            value=f"{n_types} + {n_columns}",
        )


def _one_time(data: PreparedData) -> Iterator[Finding]:
    times = data.interactions[TIMESTAMP]
    if len(times) > 1 and times.nunique() == 1:
        value = str(times.iloc[0])
        yield Finding(
            WARN,
            "All interactions have the same timestamp",
            "Interactions",
            TIMESTAMP,
            f"Every row says {value}. Without an order in time nothing can be learnt from sequences.",
            value=value,
        )


def _repeated_ids(dataset_type: str, key: str) -> Callable[[PreparedData], Iterator[Finding]]:
    def rule(data: PreparedData) -> Iterator[Finding]:
        column = data.frames[dataset_type][key]
        earlier = column.duplicated(keep="last").to_numpy(dtype=bool) & column.notna().to_numpy(dtype=bool)
        if earlier.any():
            value, rows = _first(column, earlier), int(earlier.sum())
            yield Finding(
                WARN,
                f"A record with the same {key} replaces the earlier one",
                dataset_type,
                key,
                f'{key} "{value}" comes more than once; the last record counts.',
                earlier,
                value,
                "keep_last",
                f"drop {rows:,} earlier records in {dataset_type}",
            )

    return rule


def _no_metadata(dataset_type: str, key: str) -> Callable[[PreparedData], Iterator[Finding]]:
    def rule(data: PreparedData) -> Iterator[Finding]:
        if list(data.frames[dataset_type].columns) == [key]:
            yield Finding(
                STOP,
                f"{dataset_type} needs at least one metadata field",
                dataset_type,
                key,
                f"{dataset_type} has the column {key} only. Add a column that says something, or leave the file out.",
            )

    return rule


def _strangers(dataset_type: str, key: str, words: str) -> Callable[[PreparedData], Iterator[Finding]]:
    def rule(data: PreparedData) -> Iterator[Finding]:
        known = pd.Index(data.frames[dataset_type][key].dropna())
        code, names = (
            (data.coded.item, data.coded.item_ids) if key == ITEM_ID else (data.coded.user, data.coded.user_ids)
        )
        stranger = ~pd.Index(names).isin(known)
        if stranger.any() and len(names):
            value = str(names[int(stranger.argmax())])
            yield Finding(
                WARN,
                f"Every {key} of the interactions should be in {dataset_type}",
                "Interactions",
                key,
                f'{int(stranger.sum()):,} of {len(names):,} {words}, for example "{value}", are not in {dataset_type}: '
                "nothing but their events is known of them.",
                np.append(stranger, False)[code],
                value,
            )

    return rule


_RULES: dict[str, tuple[Callable[[PreparedData], Iterator[Finding]], ...]] = {
    "Interactions": (_minimum, _duplicates, _event_types, _one_time),
    "Items": (_no_metadata("Items", ITEM_ID), _repeated_ids("Items", ITEM_ID), _strangers("Items", ITEM_ID, "items")),
    "Users": (_no_metadata("Users", USER_ID), _repeated_ids("Users", USER_ID), _strangers("Users", USER_ID, "people")),
}


def _first(column: pd.Series, mask: Mask) -> str:
    return str(column.iloc[int(mask.argmax())])


def _date(value: str) -> str:
    try:
        return f"{pd.Timestamp(int(float(value)), unit='s'):%d %b %Y}"
    except (ValueError, OverflowError):
        return "outside every calendar"
