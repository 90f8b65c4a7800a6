"""The rules about single columns: required cells, numbers, times, text; what they pass, an import takes."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from services.checks.finding import STOP, WARN, Finding, Mask, first_value
from services.language.phrases import counted
from services.library.columns import CREATION_TIMESTAMP, ITEM_ID, TIMESTAMP, USER_ID
from services.library.prepared import UNREADABLE_COLUMNS, PreparedData

MAX_ID_LENGTH = 256
MAX_TEXT_LENGTH = 1_000
MAX_OF_TYPE = {"float": 3.4028235e38, "double": 1.7976931348623157e308, "int": 2**31 - 1, "long": 2**63 - 1}
OLDEST_PLAUSIBLE = 100_000_000
"""March 1973: smaller numbers are rarely epoch seconds."""
_DAY_S = 86_400
RESERVED = (
    *("USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE", "IMPRESSION", "RECOMMENDATION_ID"),
    *("EVENT_ATTRIBUTION_SOURCE", "CREATION_TIMESTAMP"),
)
"""The developer guide's reserved keywords, which may not occur as values. Where all event types are such or empty, a
training at AWS fails: "All values in the event_type column are either reserved keywords or null"."""
_SCALES = (("milliseconds", 1e11, "ms_to_s"), ("microseconds", 1e14, "us_to_s"), ("nanoseconds", 1e17, "ns_to_s"))


def column_findings(
    data: PreparedData, dataset_type: str, column: pd.Series, field: dict[str, Any]
) -> Iterator[Finding]:
    """Yield the broken rules of one column; field is its field in the schema."""
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    name = str(column.name)
    empty = column.isna().to_numpy(dtype=bool)
    if "null" not in kinds and empty.any():
        yield _empty(data, dataset_type, name, empty)
    if "null" in kinds:
        yield from _gaps(data, dataset_type, name, empty)
    numeric = set(MAX_OF_TYPE) & set(kinds)
    is_id = name in (USER_ID, ITEM_ID)
    if numeric:
        yield from _not_numbers(dataset_type, column, empty)
        yield from _too_large(dataset_type, column, MAX_OF_TYPE[numeric.pop()])
        if name in (TIMESTAMP, CREATION_TIMESTAMP):
            yield from _times(dataset_type, column, required="null" not in kinds)
    elif "string" in kinds:
        yield from _unwritable(dataset_type, column)
        if is_id:
            yield from _header_lines(dataset_type, column)
        elif not field.get("textual"):
            yield from _reserved_words(dataset_type, column)
        if not field.get("textual"):
            yield from _lengths(dataset_type, column, is_id=is_id)


def _unreadable(data: PreparedData, dataset_type: str, name: str) -> pd.DataFrame:
    """Return the cells of a column that were not read; UNREADABLE_COLUMNS."""
    lost = data.unreadable
    if lost is None:
        return pd.DataFrame(columns=list(UNREADABLE_COLUMNS))
    return lost[(lost["dataset_type"] == dataset_type) & (lost["column"] == name)]


def _gaps(data: PreparedData, dataset_type: str, name: str, empty: Mask) -> Iterator[Finding]:
    """Yield the cells that are empty because what stood there is no number and no time."""
    lost = _unreadable(data, dataset_type, name)
    if len(lost) and empty.any():
        kind = "time" if "TIMESTAMP" in name else "number"
        values = ", ".join(f'"{value[:30]}"' for value in list(dict.fromkeys(lost["value"]))[:3])
        n, line = len(lost), lost["line"].iloc[0]
        one, many = f"1 is no {kind}, in line {line}, and stays", f"{n:,} are no {kind}s, first line {line}, and stay"
        which = one if n == 1 else many
        yield Finding(
            WARN,
            f"Cells of {name} that are no {kind}s stay empty",
            dataset_type,
            name,
            f"{len(empty) - int(empty.sum()):,} of {len(empty):,} cells of {name} were read. {which} empty: {values}.",
            empty,
            str(lost["value"].iloc[0]),
        )


def _empty(data: PreparedData, dataset_type: str, name: str, empty: Mask) -> Finding:
    rows = int(empty.sum())
    lost = _unreadable(data, dataset_type, name)
    if len(lost):
        value = str(lost["value"].iloc[0])
        rule = f"{name} must be a Unix epoch time in seconds" if "TIMESTAMP" in name else f"{name} must be a number"
        message = (
            f'{name} "{value}" in line {lost["line"].iloc[0]} of your file cannot be read; '
            f"{counted(rows, 'row is', 'rows are')} like it."
        )
    else:
        value, rule = "", f"{name} is required and must not be empty"
        message = f"{counted(rows, 'row has', 'rows have')} no {name}. Drop such rows, or fill them in."
    return Finding(
        STOP,
        rule,
        dataset_type,
        name,
        message,
        empty,
        value,
        "drop_empty",
        f"drop {counted(rows, 'row', 'rows')} without {name}",
    )


def _not_numbers(dataset_type: str, column: pd.Series, empty: Mask) -> Iterator[Finding]:
    if pd.api.types.is_numeric_dtype(column.dtype):
        return
    bad = pd.to_numeric(column, errors="coerce").isna().to_numpy(dtype=bool) & ~empty
    if bad.any():
        value = first_value(column, bad)
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
            f"drop {counted(rows, 'row', 'rows')} with such values",
        )


def _too_large(dataset_type: str, column: pd.Series, largest: float) -> Iterator[Finding]:
    """Yield the numbers that are infinite, or that the type of the schema cannot represent."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    bad = np.abs(numbers) > largest
    if bad.any():
        value = first_value(column, bad)
        yield Finding(
            STOP,
            f"{column.name} must be a number that fits its type",
            dataset_type,
            str(column.name),
            f"{column.name} {value} is more than {largest:g}, the largest number of its type. Correct it, or drop the "
            "row.",
            bad,
            value,
            "drop_not_numbers",
            f"drop {counted(int(bad.sum()), 'row', 'rows')} with such values",
        )


def _unwritable(dataset_type: str, column: pd.Series) -> Iterator[Finding]:
    """Yield the texts with NUL characters, which no CSV file may contain."""
    bad = column.astype("str").str.contains("\0", regex=False).to_numpy(dtype=bool, na_value=False)
    if bad.any():
        value = first_value(column, bad).replace("\0", "\N{SYMBOL FOR NULL}")
        rows = int(bad.sum())
        yield Finding(
            STOP,
            f"{column.name} must not contain NUL characters",
            dataset_type,
            str(column.name),
            f'{column.name} "{value[:80]}" contains a NUL character. Remove it.',
            bad,
            value[:80],
            "remove_nul",
            f"remove NUL characters from {rows:,} values",
        )


def _header_lines(dataset_type: str, column: pd.Series) -> Iterator[Finding]:
    """Yield the rows that repeat the header, as files do that were joined."""
    bad = (column == column.name).to_numpy(dtype=bool, na_value=False)
    if bad.any():
        yield Finding(
            STOP,
            f"{column.name} must not be the column's own name",
            dataset_type,
            str(column.name),
            f'{column.name} is "{column.name}": header lines are within the data. Drop them.',
            bad,
            str(column.name),
            "drop_header_lines",
            f"drop {counted(int(bad.sum()), 'header line', 'header lines')}",
        )


def _reserved_words(dataset_type: str, column: pd.Series) -> Iterator[Finding]:
    """Yield the values that are names of columns, which Amazon Personalize keeps for itself."""
    bad = column.isin(RESERVED).to_numpy(dtype=bool)
    if bad.any():
        value, rows = first_value(column, bad), int(bad.sum())
        yield Finding(
            WARN,
            f"{column.name} should not be a reserved keyword",
            dataset_type,
            str(column.name),
            f'{column.name} "{value}" is a reserved keyword of Amazon Personalize, and no value there. '
            f"{counted(rows, 'row has', 'rows have')} one; rename it in your file if the data is to go to AWS.",
            bad,
            value,
        )


def _times(dataset_type: str, column: pd.Series, required: bool) -> Iterator[Finding]:
    name = str(column.name)
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    size = np.abs(numbers)
    if required:
        yield from _before_1970(dataset_type, column, (numbers < 0) & (size < _SCALES[0][1]))
    for words, minimum, fix in _SCALES:
        wrong = (size >= minimum) & (size < minimum * 1_000)
        if wrong.any():
            value = first_value(column, wrong)
            seconds = pd.Timestamp(int(float(value) / minimum * 1e11), unit="ms")
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
        lowest = 0 if required else -np.inf
        odd = (numbers >= lowest) & ((numbers < OLDEST_PLAUSIBLE) | (numbers > time.time() + _DAY_S)) & (size < 1e11)
    if odd.any():
        value = first_value(column, odd)
        yield Finding(
            WARN,
            f"{name} should lie in the past",
            dataset_type,
            name,
            f"{name} {value} would be {_date(value)}. Check the unit of time, or drop the row.",
            odd,
            value,
            "drop_odd_times",
            f"drop {counted(int(odd.sum()), 'row', 'rows')} with such times",
        )


def _before_1970(dataset_type: str, column: pd.Series, wrong: Mask) -> Iterator[Finding]:
    if wrong.any():
        value = first_value(column, wrong)
        yield Finding(
            STOP,
            f"{column.name} must not be before 1970",
            dataset_type,
            str(column.name),
            f"{column.name} {value} would be {_date(value)}, before Unix time begins. Correct it, or drop the row.",
            wrong,
            value,
            "drop_odd_times",
            f"drop {counted(int(wrong.sum()), 'row', 'rows')} with such times",
        )


def _lengths(dataset_type: str, column: pd.Series, is_id: bool) -> Iterator[Finding]:
    limit = MAX_ID_LENGTH if is_id else MAX_TEXT_LENGTH
    long = (column.astype("str").str.len() > limit).to_numpy(dtype=bool) & column.notna().to_numpy(dtype=bool)
    if long.any():
        value = first_value(column, long)
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
            f"drop {counted(rows, 'row', 'rows')} with such ids"
            if is_id
            else f"cut {counted(rows, 'value', 'values')} to {limit:,} characters",
        )


def _date(value: str) -> str:
    try:
        return f"{pd.Timestamp(int(float(value)), unit='s'):%d %b %Y}"
    except (ValueError, OverflowError):
        return "outside every calendar"
