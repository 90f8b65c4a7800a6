"""Reads numbers as people and shops write them: decimal comma, thousands, currencies, per cent, dashes for nothing.

The whole column decides what a comma is. Where no cell settles it ("1,234"), three digits behind every comma are
thousands, unless numbers begin with "0,".
"""

import re
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_GAP_WORDS = (
    "- -- – — . ? / n/a n.a. na #n/a nan <na> null none nil n.d. n/d nd k.a. s/d unknown unbekannt inconnu desconocido "
    "missing tbd"
)
GAPS = frozenset(["", "k. a.", *_GAP_WORDS.split()])
"""Words for nothing, in lower case: a cell that has no value."""
_SIGNS = r"(?i)[€$£¥₹₽₺₩₪₴]|\b(?:EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CZK|kr|zł|Kč|R\$|TL|Fr|Stk|St|pcs)\b\.?|%|'|’|\s"
_COMMA = re.compile(r"^[+-]?(\d{1,3}(\.\d{3})+|\d+)?,\d+$")
_POINT = re.compile(r"^[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][+-]?\d+)?$")
_SAMPLE = 5_000
_AGREE = 0.9


@dataclass(frozen=True)
class NumberForm:
    """How a column writes numbers."""

    decimal: str = "."
    """What stands before decimals: "." or ","."""

    @property
    def words(self) -> str:
        """The form in a sentence."""
        return "numbers with a decimal comma" if self.decimal == "," else "numbers"


def find_numbers(column: pd.Series) -> NumberForm | None:
    """Return how a column writes numbers; None for a column that is not numbers: nine in ten values must be."""
    if pd.api.types.is_bool_dtype(column.dtype):
        return None
    if pd.api.types.is_numeric_dtype(column.dtype):
        return NumberForm()
    values = column[~gaps(column)]
    if values.empty:
        return None
    sample = values if len(values) <= _SAMPLE else values.sample(_SAMPLE, random_state=0)
    form = _form(sample)
    return form if to_numbers(sample, form).notna().mean() >= _AGREE else None


def _form(values: pd.Series) -> NumberForm:
    texts = [re.sub(_SIGNS, "", str(value)) for value in values]
    marked = [text for text in texts if "," in text or "." in text]
    comma = [text for text in marked if _COMMA.match(text)]
    point = [text for text in marked if _POINT.match(text)]
    if len(comma) != len(point):
        return NumberForm("," if len(comma) > len(point) else ".")
    return NumberForm("," if any(re.match(r"^[+-]?0,", text) for text in comma) else ".")


def gaps(column: pd.Series) -> pd.Series:
    """Return which cells say that there is no value: empty ones, and words such as "n/a" or "-"."""
    if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.isna()
    if column.dtype == object:
        column = column.map(str).where(column.notna(), None)
    words = pc.utf8_lower(pc.utf8_trim_whitespace(pa.array(column, pa.large_string(), from_pandas=True)))
    found = pc.fill_null(pc.is_in(words, pa.array(sorted(GAPS), pa.large_string())), True)
    return pd.Series(found.to_numpy(zero_copy_only=False), index=column.index)


def to_numbers(column: pd.Series, form: NumberForm | None = None) -> pd.Series:
    """Return float64 numbers; missing for gaps and for what is no number."""
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_numeric_dtype(column.dtype):
        return column.astype("float64")
    form = form or find_numbers(column) or NumberForm()
    if column.dtype == object:
        column = column.map(str).where(column.notna(), None)
    text = pa.array(column, pa.large_string(), from_pandas=True)
    text = pc.replace_substring_regex(text, _SIGNS, "")
    text = pc.replace_substring_regex(text, r"^[−–](\d)", r"-\1")
    text = pc.replace_substring_regex(text, r"^\((.*)\)$|^(.*\d)-$", r"-\1\2")
    shape = _COMMA.pattern.replace(r",\d+$", r"(,\d*)?$") if form.decimal == "," else _POINT.pattern
    text = pc.if_else(pc.match_substring_regex(text, shape), text, None)
    thousands = "." if form.decimal == "," else ","
    text = pc.replace_substring(pc.replace_substring(text, thousands, ""), ",", ".")
    numbers = pd.to_numeric(pd.Series(text.to_pandas(), dtype="object"), errors="coerce")
    return pd.Series(numbers.to_numpy(dtype="float64"), index=column.index)


def is_code(column: pd.Series) -> bool:
    """Return whether digits are names rather than amounts: leading zeros, or more digits than a number has."""
    if not (isinstance(column.dtype, pd.StringDtype) or column.dtype == object):
        return False
    text = column.dropna().map(str).str.strip()
    digits = text[text.str.fullmatch(r"\d+")]
    return bool((digits.str.match(r"0\d").any()) or (digits.str.len() > 15).any())
