"""Names of columns: read from the first line, made up where the first line is data, cleaned of what programs add.

Whether a first line is data is decided column by column: a number above numbers, a date above dates, a word that comes
back below and a code of the same shape as the others are data; a word above numbers and a known name are names.
"""

import re
from collections import Counter
from collections.abc import Sequence

import pandas as pd

from services.errors import SampleError

_TYPED = re.compile(r"^(.*):(token|float|token_seq|float_seq)$")
"""RecBole writes the type of a column behind its name."""
_NUMBER = re.compile(r"^[+-]?(\d+([.,]\d+)?|[.,]\d+)([eE][+-]?\d+)?$")
_TIME = re.compile(r"^\d{4}-\d{2}-\d{2}|^\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|^https?://")
_KNOWN = re.compile(
    r"^(?i:user|item|product|movie|customer|visitor|session|article|book|film|track|artist|event|event_?type|rating|"
    r"time|timestamp|date|datum|title|titel|name|genres?|category|price|age|gender|id|.*[ _-](id|nr\.?|no\.?|number))$|"
    r"^[a-z]+I[dD]$"
)
MADE_UP = "column {}"


def looks_like_data(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first line of a file is a row rather than names; False where there are no other rows."""
    if not rows:
        return False
    verdicts = [
        _verdict(cell.strip(), [row[j].strip() for row in rows if j < len(row)]) for j, cell in enumerate(first)
    ]
    return verdicts.count("data") > 2 * verdicts.count("name")


def _verdict(cell: str, below: list[str]) -> str:
    """Return "data", "name" or "" for one cell of the first line and the cells below it."""
    values = [value for value in below if value]
    if not cell or not values:
        return ""
    for pattern in (_NUMBER, _TIME):
        share = sum(pattern.search(value) is not None for value in values) / len(values)
        if pattern.search(cell):
            return "data"
        if share >= 0.8:
            return "name"
    if _KNOWN.match(cell):
        return "name"
    if cell in values:
        return "data"
    shape, n_alike = Counter(_shape(value) for value in values).most_common(1)[0]
    return "data" if "9" in shape and _shape(cell) == shape and n_alike >= 0.5 * len(values) else ""


def _shape(value: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", value))


def made_up_names(n_columns: int) -> list[str]:
    """Return names for columns that have none: "column 1", "column 2" and so on."""
    return [MADE_UP.format(place + 1) for place in range(n_columns)]


def cleaned(cells: Sequence[str]) -> list[str]:
    """Return names without blanks around them and without types behind them; an empty one becomes "column 4"."""
    names = [cell.replace("\ufeff", "").strip() for cell in cells]
    typed = [_TYPED.match(name) for name in names]
    if names and all(typed):
        names = [match.group(1) for match in typed if match]
    return [name or MADE_UP.format(place + 1) for place, name in enumerate(names)]


def without_empty(frame: pd.DataFrame, cells: Sequence[str]) -> pd.DataFrame:
    """Return the table without the columns that have neither a name nor a value, as spreadsheets leave them."""
    nameless = [place for place, cell in enumerate(cells) if not cell.strip() and frame.iloc[:, place].isna().all()]
    return frame.drop(columns=[frame.columns[place] for place in nameless])


def refuse_twice(name: str, columns: Sequence[str]) -> None:
    """Raise SampleError where two columns have one name."""
    twice = sorted(column for column, n in Counter(columns).items() if n > 1)
    if twice:
        raise SampleError(f'{name} has the column "{twice[0]}" twice. Give every column a name of its own.')
