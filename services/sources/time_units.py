"""Finds the unit of time of a column and converts it to epoch seconds, the only unit that Amazon Personalize reads."""

import re
from enum import Enum

import numpy as np
import pandas as pd

_DAY_FORMATS = {
    "dmy": ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S"),
    "mdy": ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S"),
}
_SLASHED = re.compile(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_SCALES = (
    ("s", 1e8, 1e10, 1),
    ("ms", 1e11, 1e13, 1_000),
    ("us", 1e14, 1e16, 1_000_000),
    ("ns", 1e17, 1e19, 1_000_000_000),
)


class TimeUnit(Enum):
    """One notation of time."""

    SECONDS = "s"
    MILLISECONDS = "ms"
    MICROSECONDS = "us"
    NANOSECONDS = "ns"
    ISO = "iso"
    DAY = "day"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"

    @property
    def words(self) -> str:
        """The unit in a sentence."""
        return _WORDS[self]


_WORDS = {
    TimeUnit.SECONDS: "seconds",
    TimeUnit.MILLISECONDS: "milliseconds",
    TimeUnit.MICROSECONDS: "microseconds",
    TimeUnit.NANOSECONDS: "nanoseconds",
    TimeUnit.ISO: "a date in ISO form",
    TimeUnit.DAY: "a day, year first",
    TimeUnit.DAY_FIRST: "a date, day first",
    TimeUnit.MONTH_FIRST: "a date, month first",
}


def find_unit(column: pd.Series) -> TimeUnit | None:
    """Return the unit of a time column, None for other columns: nine in ten values must agree."""
    values = column.dropna()
    if values.empty:
        return None
    sample = values if len(values) <= 2_000 else values.sample(2_000, random_state=0)
    if pd.api.types.is_datetime64_any_dtype(sample.dtype):
        return TimeUnit.ISO
    numbers = pd.to_numeric(sample, errors="coerce")
    if numbers.notna().mean() >= 0.9:
        return _numeric_unit(numbers.dropna().abs())
    text = sample.astype("str").str.strip()
    slashed = text.str.extract(_SLASHED)
    if slashed[2].notna().mean() >= 0.9:
        first, second = pd.to_numeric(slashed[0]).max(), pd.to_numeric(slashed[1]).max()
        return (
            TimeUnit.DAY_FIRST
            if first > 12 or (second <= 12 and text.str.contains(".", regex=False).any())
            else TimeUnit.MONTH_FIRST
        )
    if pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True).notna().mean() >= 0.9:
        return TimeUnit.ISO
    return None


def _numeric_unit(numbers: pd.Series) -> TimeUnit | None:
    middle = float(numbers.median())
    if (
        numbers.between(19000101, 21001231).mean() >= 0.9
        and pd.to_datetime(numbers.astype("int64").astype("str"), format="%Y%m%d", errors="coerce").notna().mean()
        >= 0.9
    ):
        return TimeUnit.DAY
    return next((TimeUnit(key) for key, low, high, _ in _SCALES if low <= middle < high), None)


def to_epoch_seconds(column: pd.Series, unit: TimeUnit) -> pd.Series:
    """Return nullable Int64 epoch seconds (UTC where no zone is written); missing where a value cannot be read."""
    scale = next((factor for key, _, _, factor in _SCALES if key == unit.value), None)
    if scale is not None:
        numbers = pd.to_numeric(column, errors="coerce")
        return pd.Series(np.floor(numbers.astype("Float64") / scale), index=column.index).astype("Int64")
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        moments = pd.to_datetime(column, utc=True)
    else:
        text = column.astype("str").str.strip().where(column.notna(), None)
        moments = _parsed(text, unit)
    epoch = moments.dt.tz_localize(None).astype("datetime64[s]")
    return epoch.astype("int64").astype("Int64").where(moments.notna(), pd.NA)


def _parsed(text: pd.Series, unit: TimeUnit) -> pd.Series:
    if unit is TimeUnit.ISO:
        return pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True)
    if unit is TimeUnit.DAY:
        return pd.to_datetime(text.str.replace(r"\.0$", "", regex=True), format="%Y%m%d", errors="coerce", utc=True)
    moments = pd.Series(pd.NaT, index=text.index, dtype="datetime64[ns, UTC]")
    for pattern in _DAY_FORMATS[unit.value]:
        missing = moments.isna()
        if not missing.any():
            break
        moments[missing] = pd.to_datetime(text[missing], format=pattern, errors="coerce", utc=True)
    return moments


def time_sentence(value: object, unit: TimeUnit) -> str:
    """Return "978300760 read as seconds: 31 Dec 2000"."""
    second = to_epoch_seconds(pd.Series([value]), unit).iloc[0]
    if pd.isna(second):
        return f"{value} cannot be read as {unit.words}"
    moment = pd.Timestamp(int(second), unit="s")
    return f"{value} read as {unit.words}: {moment.day} {moment:%b %Y}"
