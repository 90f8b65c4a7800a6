"""Tables as CSV that a spreadsheet opens without running anything.

A cell that begins with = + - @ (also their full-width forms, also after blanks), a tab or a line end may be run as a
formula; it gets an apostrophe in front (OWASP, "CSV Injection"). A carriage return inside a cell is quoted, as it would
begin a new line for a spreadsheet. Numbers stay numbers.
"""

import csv
import re
from typing import Any

import pandas as pd

_FORMULA = re.compile(r"[\t\r\n]|[\s\u00a0\u00ad\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]")


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return the table as UTF-8 with a byte order mark, which spreadsheets want, lists joined with "|"."""
    safe = frame.rename(columns=lambda name: _cell(str(name)))
    for position in range(safe.shape[1]):
        column = safe.iloc[:, position]
        if not pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_datetime64_any_dtype(column):
            safe.isetitem(position, column.map(_cell, na_action=None).to_numpy())
    written = safe.to_csv(index=False, lineterminator="\n")
    if "\r" in written:  # the csv module quotes line ends of its own kind only
        written = safe.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    return written.encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        value = "|".join(str(part) for part in value)
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value
