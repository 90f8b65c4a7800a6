"""Tables as CSV that a spreadsheet opens without running anything.

A cell that begins with = + - @, a tab or a carriage return may be run as a formula; it gets an apostrophe in front
(OWASP, "CSV Injection"). Numbers stay numbers.
"""

from typing import Any

import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return the table as UTF-8 with a byte order mark, which spreadsheets want, lists joined with "|"."""
    safe = frame.rename(columns=lambda name: _cell(str(name)))
    for position in range(safe.shape[1]):
        column = safe.iloc[:, position]
        if not pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_datetime64_any_dtype(column):
            safe.isetitem(position, column.map(_cell, na_action=None).to_numpy())
    return safe.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        value = "|".join(str(part) for part in value)
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
