"""Converts the cells of a user's files: ids, categories, lists, numbers and text."""

import ast
import json
import re
from collections.abc import Iterable, Mapping

import pandas as pd

from services.library.columns import SEPARATOR
from services.sources.numbers import find_numbers, is_code, to_numbers

_LIST = re.compile(r"^\s*[\[{(].*[\])}]\s*$", re.DOTALL)
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_MAX_LIST_LENGTH = 20_000
_NAMES = ("name", "title", "label", "value", "text", "category", "genre")
"""What an object of a list is called by, the best first."""
_PATH = re.compile(r"\s*[>»]\s*")
CODE_NAME = re.compile(
    r"(^|[_ -])(id|code|key|no|nr|zip|zipcode|plz|postcode|postal_?code|ean|upc|isbn|phone|tel)\.?$", re.I
)
"""Names of columns whose digits are names."""


def id_text(values: pd.Series) -> pd.Series:
    """Return ids as text, without spaces around them.

    12.0 from a column of numbers is "12", and so is "12.0" where a program has made numbers of all ids.
    """
    if pd.api.types.is_float_dtype(values.dtype) and bool((values.dropna() % 1 == 0).all()):
        values = values.astype("Int64")
    text = plain_text(values)
    held = text.dropna()
    if len(held) and bool(held.str.fullmatch(r"\d+\.0").all()):
        text = text.str.removesuffix(".0")
    return text


def plain_text(values: pd.Series) -> pd.Series:
    """Return values as text without spaces around them; empty ones are missing."""
    text = values.astype("str").str.strip()
    return text.where(values.notna() & (text != ""), None).astype("str")


def categories_text(values: pd.Series) -> pd.Series:
    """Return categories joined with "|", from lists, paths, or text with commas, semicolons or bars.

    Numbers are never split: "7,54" is one price.
    """
    held = values.dropna()
    if len(held) and not isinstance(held.iloc[0], str) and hasattr(held.iloc[0], "__iter__"):
        joined = held.map(lambda cell: SEPARATOR.join(str(part) for part in cell))
        return plain_text(joined.reindex(values.index))
    text = plain_text(values)
    if has_lists(text):
        return plain_text(_each(text, lambda cell: SEPARATOR.join(listed(cell))))
    if find_numbers(text) is not None:
        return text
    if text.dropna().head(5_000).str.contains(_PATH).mean() >= 0.5:
        return plain_text(text.str.replace(_PATH, SEPARATOR, regex=True))
    separator = _separator(text.dropna())
    if separator in (None, SEPARATOR):
        return text
    return text.str.replace(rf"\s*{re.escape(str(separator))}\s*", SEPARATOR, regex=True).str.strip(SEPARATOR)


def has_lists(values: pd.Series) -> bool:
    """Return whether the cells are lists in the notation of Python or JSON."""
    sample = values.dropna().head(2_000).astype("str")
    return len(sample) > 0 and bool(sample.str.match(_LIST).mean() >= 0.5)


def listed(cell: str) -> list[str]:
    """Return the entries of ['Drama', 'War'] or [{"id": 28, "name": "Action"}]; a cell in no such notation is one."""
    if not _LIST.match(cell) or len(cell) > _MAX_LIST_LENGTH:
        return [cell]
    for read in (json.loads, ast.literal_eval):
        try:
            return [entry.replace(SEPARATOR, "/") for entry in _entries(read(cell)) if entry]
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
    quoted = [first or second for first, second in _QUOTED.findall(cell)]  # numpy writes no commas
    return quoted or [part.strip() for part in cell.strip("[](){} ").split(",") if part.strip()]


def _entries(value: object) -> Iterable[str]:
    if isinstance(value, Mapping):
        name = next((value[key] for key in _NAMES if key in value), None)
        return [str(name)] if name is not None else [str(entry) for entry in list(value.values())[:1]]
    if isinstance(value, list | tuple | set):
        return [entry for part in value for entry in _entries(part)]
    return [str(value).strip()]


def _each(text: pd.Series, change: object) -> pd.Series:
    """Return what a function makes of each cell, each different one asked once."""
    known = {cell: change(cell) for cell in text.dropna().unique()}  # type: ignore[operator]
    return text.map(known)


def _separator(text: pd.Series) -> str | None:
    """Return the separator of categories in a cell: splitting by it must give fewer different values."""
    sample = text if len(text) <= 5_000 else text.sample(5_000, random_state=0)
    for separator in (SEPARATOR, ";", ","):
        if len(sample) and sample.str.contains(separator, regex=False).mean() >= 0.02:
            parts = sample.str.split(separator, regex=False).explode().str.strip()
            if separator == SEPARATOR or parts.nunique() < sample.nunique():
                return separator
    return None


def metadata(values: pd.Series) -> pd.Series:
    """Return a column as numbers where nine in ten values are, otherwise as text; booleans as "true" and "false".

    Digits with leading zeros, such as zip codes, and columns whose name says that they are codes stay text.
    """
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.map({True: "true", False: "false"}).astype("str")
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return plain_text(values.map(str).where(values.notna(), None))
    if is_code(values) or CODE_NAME.search(str(values.name)):
        return id_text(values)
    form = find_numbers(values)
    if form is not None:
        numbers = to_numbers(values, form)
        whole = bool((numbers.dropna() % 1 == 0).all()) and bool(numbers.abs().max() < 2**53)
        return numbers.astype("Int64") if whole else numbers
    return categories_text(values) if has_lists(plain_text(values)) else plain_text(values)
