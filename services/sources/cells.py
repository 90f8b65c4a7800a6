"""Converts the cells of a user's files: ids, categories, numbers and text."""

import re

import pandas as pd

from services.library.columns import (
    SEPARATOR,
)


def id_text(values: pd.Series) -> pd.Series:
    """Return ids as text, without spaces around them: 12.0 from a column of numbers is "12"."""
    if pd.api.types.is_float_dtype(values.dtype) and bool((values.dropna() % 1 == 0).all()):
        values = values.astype("Int64")
    return plain_text(values)


def plain_text(values: pd.Series) -> pd.Series:
    """Return values as text without spaces around them; empty ones are missing."""
    text = values.astype("str").str.strip()
    return text.where(values.notna() & (text != ""), None).astype("str")


def categories_text(values: pd.Series) -> pd.Series:
    """Return categories joined with "|", from lists, or from text with commas, semicolons or bars."""
    held = values.dropna()
    if len(held) and not isinstance(held.iloc[0], str) and hasattr(held.iloc[0], "__iter__"):
        joined = held.map(lambda cell: SEPARATOR.join(str(part) for part in cell))
        return plain_text(joined.reindex(values.index))
    text = plain_text(values)
    separator = _separator(text.dropna())
    if separator in (None, SEPARATOR):
        return text
    return text.str.replace(rf"\s*{re.escape(str(separator))}\s*", SEPARATOR, regex=True).str.strip(SEPARATOR)


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
    """Return a column as numbers where every value is one, otherwise as text; booleans as "true" and "false"."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.map({True: "true", False: "false"}).astype("str")
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return plain_text(values.map(str).where(values.notna(), None))
    numbers = pd.to_numeric(values, errors="coerce")
    if numbers.notna().equals(values.notna()) and numbers.notna().any():
        whole = bool((numbers.dropna() % 1 == 0).all()) and bool(numbers.abs().max() < 2**53)
        return numbers.astype("Int64") if whole else numbers.astype("float64")
    return plain_text(values)
