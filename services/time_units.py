"""Recognises how a column says time, and turns it into epoch seconds, which is all that Amazon Personalize reads."""

import re
from dataclasses import dataclass

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


@dataclass(frozen=True)
class TimeUnit:
    """One way of writing time."""

    key: str
    words: str


UNITS = {
    unit.key: unit
    for unit in (
        TimeUnit("s", "seconds"),
        TimeUnit("ms", "milliseconds"),
        TimeUnit("us", "microseconds"),
        TimeUnit("ns", "nanoseconds"),
        TimeUnit("iso", "a date in ISO form"),
        TimeUnit("day", "a day, year first"),
        TimeUnit("dmy", "a date, day first"),
        TimeUnit("mdy", "a date, month first"),
    )
}


def find_unit(column: pd.Series) -> TimeUnit | None:
    """Return how this column says time, or None when it does not: nine in ten values must agree."""
    values = column.dropna()
    if values.empty:
        return None
    sample = values if len(values) <= 2_000 else values.sample(2_000, random_state=0)
    if pd.api.types.is_datetime64_any_dtype(sample.dtype):
        return UNITS["iso"]
    numbers = pd.to_numeric(sample, errors="coerce")
    if numbers.notna().mean() >= 0.9:
        return _numeric_unit(numbers.dropna().abs())
    text = sample.astype("str").str.strip()
    slashed = text.str.extract(_SLASHED)
    if slashed[2].notna().mean() >= 0.9:
        first, second = pd.to_numeric(slashed[0]).max(), pd.to_numeric(slashed[1]).max()
        return (
            UNITS["dmy"] if first > 12 or (second <= 12 and text.str.contains(".", regex=False).any()) else UNITS["mdy"]
        )
    if pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True).notna().mean() >= 0.9:
        return UNITS["iso"]
    return None


def _numeric_unit(numbers: pd.Series) -> TimeUnit | None:
    middle = float(numbers.median())
    if (
        numbers.between(19000101, 21001231).mean() >= 0.9
        and pd.to_datetime(numbers.astype("int64").astype("str"), format="%Y%m%d", errors="coerce").notna().mean()
        >= 0.9
    ):
        return UNITS["day"]
    return next((UNITS[key] for key, low, high, _ in _SCALES if low <= middle < high), None)


def to_epoch_seconds(column: pd.Series, unit: TimeUnit) -> pd.Series:
    """Return nullable Int64 epoch seconds (UTC where no zone is written); missing where a value cannot be read."""
    scale = next((factor for key, _, _, factor in _SCALES if key == unit.key), None)
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
    if unit.key == "iso":
        return pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True)
    if unit.key == "day":
        return pd.to_datetime(text.str.replace(r"\.0$", "", regex=True), format="%Y%m%d", errors="coerce", utc=True)
    moments = pd.Series(pd.NaT, index=text.index, dtype="datetime64[ns, UTC]")
    for pattern in _DAY_FORMATS[unit.key]:
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
