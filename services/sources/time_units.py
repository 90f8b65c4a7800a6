"""Finds how a column says time, and converts it to epoch seconds, the only unit that Amazon Personalize reads.

A column has one unit: a scale of numbers, or dates. Dates are read in every common form, mixed ones too; the unit only
decides which number of 03/04/2024 is the day. The whole column decides that; where it cannot, nobody but a person does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from services.sources.reading.moments import that_fit, with_formats
from services.sources.reading.time_words import BEGINNINGS, DAY_NAME, FORMS, month_number, zone_minutes

_SCALES = (
    ("s", 1e8, 1e10, 1),
    ("ms", 1e11, 1e13, 1_000),
    ("us", 1e14, 1e16, 1_000_000),
    ("ns", 1e17, 1e19, 1_000_000_000),
)
_COMPACT = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_EXCEL_EPOCH_S = -2_209_161_600
"""30 December 1899, from which Excel counts days."""
_EXCEL_DAYS = (25_569.0, 73_050.0)
"""1970 to 2099."""
_NUMBERS = ("a", "b", "y", "m", "d", "hour", "minute", "second")
_BOUNDS = {
    "year": (1_600, 2_250),
    "month": (1, 12),
    "day": (1, 31),
    "hour": (0, 23),
    "minute": (0, 59),
    "second": (0, 60),
}
_ORDER = "^" + DAY_NAME + r"(?P<a>\d{1,2})[-/.]\s?(?P<b>\d{1,2})[-/.]\s?(?:\d{4}|\d{2})(?:\D|$)"
"""The first two numbers of a date that has its year behind them."""
_FULL_STOPS = "^" + DAY_NAME + r"\d{1,2}\.\s?\d{1,2}\."
_SETTLED = 20
"""As many rows of a sample that agree, with none against them, decide which number is the day."""
UTC = "UTC"
_AGREE = 0.9
_TWO_DIGIT_PIVOT = 69
"""68 is 2068 and 69 is 1969, as POSIX has it."""


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
    EXCEL = "excel"

    @property
    def words(self) -> str:
        """The unit in a sentence."""
        return _WORDS[self]

    @property
    def is_date(self) -> bool:
        """Whether it is a date, whose hours depend on a time zone unless the cells name theirs."""
        return self in (TimeUnit.ISO, TimeUnit.DAY, TimeUnit.DAY_FIRST, TimeUnit.MONTH_FIRST, TimeUnit.EXCEL)


_WORDS = {
    TimeUnit.SECONDS: "seconds",
    TimeUnit.MILLISECONDS: "milliseconds",
    TimeUnit.MICROSECONDS: "microseconds",
    TimeUnit.NANOSECONDS: "nanoseconds",
    TimeUnit.ISO: "a date",
    TimeUnit.DAY: "a date in digits, year first",
    TimeUnit.DAY_FIRST: "a date, day first",
    TimeUnit.MONTH_FIRST: "a date, month first",
    TimeUnit.EXCEL: "days as Excel counts them",
}


_ORDERS = (TimeUnit.DAY_FIRST, TimeUnit.MONTH_FIRST)
_MAX_ORDERED = 10_000
_FIRST = 50


@dataclass(frozen=True)
class FoundUnit:
    """The unit of a column, and whether its values leave no other."""

    unit: TimeUnit
    certain: bool = True
    """False where every date could also be read month first, or day first."""
    names_zone: bool = False
    """Whether the cells name their time zone, so that nobody needs to say it."""


def find_unit(column: pd.Series, named: bool = True) -> TimeUnit | None:
    """Return the unit of a time column, None for other columns: nine in ten values must agree."""
    found = look_for_unit(column, named)
    return None if found is None else found.unit


def look_for_unit(column: pd.Series, named: bool = True) -> FoundUnit | None:
    """Return the unit of a time column and how certain it is, None for other columns.

    named says that the column's name speaks of time: only then may small numbers be Excel's days, and numbers lie
    in the future.
    """
    values = column.dropna()
    if values.empty:
        return None
    sample = values if len(values) <= 2_000 else values.sample(2_000, random_state=0)
    if pd.api.types.is_datetime64_any_dtype(sample.dtype):
        return FoundUnit(TimeUnit.ISO, names_zone=isinstance(sample.dtype, pd.DatetimeTZDtype))
    numbers = _numbers(sample)
    if numbers.notna().mean() >= _AGREE:
        unit = _numeric_unit(numbers.dropna().abs(), named)
        return None if unit is None else FoundUnit(unit)
    parts = _parts(sample)
    if (parts["form"] != "").mean() < _AGREE:
        return None
    read = _moments(parts, TimeUnit.DAY_FIRST).notna() | _moments(parts, TimeUnit.MONTH_FIRST).notna()
    if read.mean() < _AGREE:
        return None
    zoned = bool(parts.loc[read, "zone"].notna().mean() >= _AGREE)
    if (parts["form"] == "numbers").any():
        n_day_first, n_month_first = _settling(sample)
        if min(n_day_first, n_month_first) or max(n_day_first, n_month_first) < _SETTLED:
            # the one line that settles what 03/04/2024 is may stand anywhere
            return FoundUnit(*_order(pd.Series(values.unique())), zoned)
        return FoundUnit(TimeUnit.DAY_FIRST if n_day_first else TimeUnit.MONTH_FIRST, names_zone=zoned)
    return FoundUnit(TimeUnit.ISO, names_zone=zoned)


def _order(dates: pd.Series) -> tuple[TimeUnit, bool]:
    """Return whether the day or the month comes first in numbers with a year behind them, and if that is certain.

    dates are the different texts of a column, in the order of the file.
    """
    n_day_first, n_month_first = _settling(dates)
    if n_day_first or n_month_first:
        return (TimeUnit.DAY_FIRST if n_day_first >= n_month_first else TimeUnit.MONTH_FIRST), True
    if dates.str.contains(_FULL_STOPS, regex=True).any():
        return TimeUnit.DAY_FIRST, True  # nobody writes the month first with full stops
    # days run through 1 to 12 only: exports are mostly written in the order of time
    parts = _parts(dates.head(_MAX_ORDERED))
    ordered = {unit: _moments(parts, unit).dropna().is_monotonic_increasing for unit in _ORDERS}
    day_first = ordered[TimeUnit.DAY_FIRST] and not ordered[TimeUnit.MONTH_FIRST]
    return (TimeUnit.DAY_FIRST if day_first else TimeUnit.MONTH_FIRST), False


def _settling(dates: pd.Series) -> tuple[int, int]:
    """Return how many texts can be read only with the day first, and how many only with the month first."""
    found = pc.extract_regex(pa.array(dates.astype("str").str.strip(), pa.large_string()), _ORDER).drop_null()
    return tuple(int((_to_float(found.field(place)) > 12).sum()) for place in (0, 1))  # type: ignore[return-value]


def _numbers(column: pd.Series) -> pd.Series:
    """Return numbers, missing where a value is none; a comma before decimals is read too."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.astype("float64")
    text = column.astype("str").str.strip().str.replace(r"^(\d+),(\d+)$", r"\1.\2", regex=True)
    return pd.to_numeric(text, errors="coerce")


def _numeric_unit(numbers: pd.Series, named: bool) -> TimeUnit | None:
    middle = float(numbers.median())
    if _compact(numbers).notna().mean() >= _AGREE:
        return TimeUnit.DAY
    if named and _EXCEL_DAYS[0] <= middle < _EXCEL_DAYS[1]:
        return TimeUnit.EXCEL
    for key, low, high, factor in _SCALES:
        if low <= middle < high:
            seconds = middle / factor
            return TimeUnit(key) if named or 6e8 <= seconds <= pd.Timestamp.now().timestamp() + 86_400 else None
    return None


def _compact(numbers: pd.Series) -> pd.Series:
    """Return the moments that numbers such as 20241231 or 20241231235900 write in digits, missing for others."""
    text = numbers.where((numbers < 1e15) & (numbers % 1 == 0)).astype("Int64").astype("str").where(numbers.notna(), "")
    moments = pd.Series(pd.NaT, index=numbers.index, dtype="datetime64[s]")
    for length, pattern in _COMPACT.items():
        fits = (text.str.len() == length) & text.str.startswith(("19", "20"))
        if fits.any():
            moments[fits] = pd.to_datetime(text[fits], format=pattern, errors="coerce").astype("datetime64[s]")
    return moments


def to_epoch_seconds(column: pd.Series, unit: TimeUnit, zone: str = UTC) -> pd.Series:
    """Return nullable Int64 epoch seconds; missing where a value cannot be read.

    zone is the time zone of dates that name none, such as "Europe/Berlin".
    """
    scale = next((factor for key, _, _, factor in _SCALES if key == unit.value), None)
    if scale is not None and not pd.api.types.is_datetime64_any_dtype(column.dtype):
        numbers = _numbers(column)
        return pd.Series(np.floor(numbers.astype("Float64") / scale), index=column.index).astype("Int64")
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        moments = column if isinstance(column.dtype, pd.DatetimeTZDtype) else _in_zone(column, zone)
    else:
        moments = _read(pd.Series(column.array, dtype="str"), unit, zone).set_axis(column.index)
    return _seconds(moments)


def _seconds(moments: pd.Series) -> pd.Series:
    epoch = moments.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[s]")
    seconds: pd.Series = epoch.astype("int64").astype("Int64").where(moments.notna(), pd.NA)
    return seconds


def _in_zone(naive: pd.Series, zone: str) -> pd.Series:
    """Return moments of clocks in a zone; an hour that a change of clocks repeats is the later one."""
    if zone == UTC:
        moments: pd.Series = naive.dt.tz_localize(UTC)
        return moments
    later = np.zeros(len(naive), dtype=bool)
    moments = naive.dt.tz_localize(zone, ambiguous=later, nonexistent="shift_forward").dt.tz_convert(UTC)
    return moments


def _formats(unit: TimeUnit) -> Iterator[str]:
    """Yield the commonest forms, which DuckDB reads a hundred times faster than expressions do."""
    clocks = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%n", "%I:%M:%S %p", "%I:%M %p")
    if unit is TimeUnit.ISO:
        yield "%Y-%m-%d"
        for between in (" ", "T"):
            yield from (f"%Y-%m-%d{between}{clock}" for clock in clocks[:3])
        for day in ("%d %b %Y", "%b %d, %Y"):
            yield from (day, *(f"{day} {clock}" for clock in clocks))
    elif unit in _ORDERS:
        numbers = "%d{0}%m{0}" if unit is TimeUnit.DAY_FIRST else "%m{0}%d{0}"
        for day in [numbers.format(mark) + year for mark in "./-" for year in ("%Y", "%y")]:
            yield from (day, *(f"{day} {clock}" for clock in clocks))


_IN_UTC = tuple(
    f"{form}{end}"
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%n", "%a, %d %b %Y %H:%M:%S ")
    for end in ("Z", " UTC", "+00:00", "GMT", "+0000")
)


def _read(values: pd.Series, unit: TimeUnit, zone: str) -> pd.Series:
    """Return the moments of texts."""
    if unit is TimeUnit.EXCEL:
        numbers = _numbers(values)
        numbers = numbers.where(numbers.between(0, 2_958_466))
        seconds = (numbers * 86_400).round() + _EXCEL_EPOCH_S
        return _in_zone(pd.to_datetime(seconds, unit="s"), zone)
    if unit is TimeUnit.DAY:
        moments = _in_zone(_compact(_numbers(values)), zone)
    else:
        moments = pd.Series(pd.NaT, index=values.index, dtype="datetime64[s, UTC]")
        for forms, place in ((_IN_UTC, UTC), (tuple(_formats(unit)), zone)):
            rest = values[moments.isna()]
            fitting = forms if len(rest) <= _FIRST else that_fit(rest.head(_FIRST), forms)
            if len(rest) and fitting:
                moments[rest.index] = _in_zone(with_formats(rest, fitting), place)
    rest = values[moments.isna()].dropna()
    if len(rest):
        codes, distinct = pd.factorize(rest)  # a moment that many rows share is read once
        moments[rest.index] = _by_expressions(pd.Series(distinct, dtype="str"), unit, zone).take(codes).to_numpy()
    return moments


def _by_expressions(values: pd.Series, unit: TimeUnit, zone: str) -> pd.Series:
    parts = _parts(values)
    naive = _moments(parts, unit)
    zoned = parts["offset_min"].notna()
    absolute = naive - pd.to_timedelta(parts["offset_min"].fillna(0), unit="min").astype("timedelta64[s]")
    return absolute.dt.tz_localize(UTC).where(zoned, _in_zone(naive, zone))


def _parts(column: pd.Series) -> pd.DataFrame:
    """Return what dates consist of: form, a, b, y, m, d, hour, minute, second, zone, offset_min.

    form is a key of FORMS, "" for what is no date or has an unknown zone; a number that is not written is missing.
    """
    n = len(column)
    array = pa.array(column.astype("str"), pa.large_string(), from_pandas=True)
    array = pc.utf8_trim_whitespace(pc.replace_substring_regex(array, "[\u202f\u00a0]", " "))
    numbers = {name: np.full(n, np.nan) for name in _NUMBERS}
    form = np.full(n, "", dtype=object)
    zone = np.full(n, None, dtype=object)
    rows = np.arange(n)
    for name, pattern in FORMS.items():
        if not pc.any(pc.match_substring_regex(array, BEGINNINGS[name])).as_py():
            continue
        found = pc.extract_regex(array, pattern)
        hit = found.is_valid().to_numpy(zero_copy_only=False)
        if not hit.any():
            continue
        got = found.filter(pa.array(hit))
        form[rows[hit]] = name
        fields = {field.name: got.field(place) for place, field in enumerate(got.type)}
        for number in _NUMBERS:
            if number in fields:
                numbers[number][rows[hit]] = _to_float(fields[number])
        # 0001-01-01 is a database's word for nothing, and no year of two digits
        is_empty = pc.match_substring_regex(fields["y"], r"^00\d\d").to_numpy(zero_copy_only=False)
        numbers["y"][rows[hit]] = np.where(is_empty, np.nan, numbers["y"][rows[hit]])
        if "month" in fields:
            numbers["m"][rows[hit]] = _mapped(fields["month"], month_number)
        half = pc.utf8_slice_codeunits(pc.utf8_lower(fields["half"]), 0, 1).to_numpy(zero_copy_only=False)
        hours = numbers["hour"][rows[hit]]
        numbers["hour"][rows[hit]] = (
            hours + 12.0 * ((half == "p") & (hours < 12)) - 12.0 * ((half == "a") & (hours == 12))
        )
        written = pc.if_else(pc.equal(fields["offset"], ""), fields["zone"], fields["offset"])
        zone[rows[hit]] = pc.if_else(pc.equal(written, ""), None, written).to_numpy(zero_copy_only=False)
        rows, array = rows[~hit], array.filter(pa.array(~hit))
        if not len(rows):
            break
    year = numbers["y"]
    numbers["y"] = year + (year < 100) * np.where(year < _TWO_DIGIT_PIVOT, 2_000.0, 1_900.0)
    has_zone = pd.notna(zone)
    offset_min = np.full(n, np.nan)
    offset_min[has_zone] = _mapped(zone[has_zone], zone_minutes)
    form[has_zone & np.isnan(offset_min)] = ""
    return pd.DataFrame({**numbers, "form": form, "zone": zone, "offset_min": offset_min}, index=column.index)


def _to_float(texts: pa.Array) -> NDArray[np.float64]:
    values = pc.if_else(pc.equal(texts, ""), None, texts).cast(pa.float64())
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)


def _mapped(texts: pa.Array | NDArray[np.object_], read: Callable[[str], int | None]) -> NDArray[np.float64]:
    """Return what a function makes of each text, each different one asked once."""
    codes, distinct = pd.factorize(
        np.asarray(texts.to_pandas() if isinstance(texts, pa.Array) else texts, dtype=object)
    )
    read_as = [read(str(text)) for text in distinct]
    return np.array([np.nan if value is None else value for value in read_as], dtype=np.float64)[codes]


def _moments(parts: pd.DataFrame, unit: TimeUnit) -> pd.Series:
    """Return the naive moments of parts of dates, missing where there is no such day or hour."""
    numbers = (parts["form"] == "numbers").to_numpy()
    day, month = ("b", "a") if unit is TimeUnit.MONTH_FIRST else ("a", "b")
    fields = {
        "year": parts["y"].to_numpy(),
        "month": np.where(numbers, parts[month], parts["m"]),
        "day": np.where(numbers, parts[day], parts["d"]),
        **{name: np.nan_to_num(parts[name].to_numpy()) for name in ("hour", "minute", "second")},
    }
    good = (parts["form"] != "").to_numpy() & ~(numbers & (unit not in _ORDERS))  # nobody said what comes first
    for name, (low, high) in _BOUNDS.items():
        with np.errstate(invalid="ignore"):
            good = good & (fields[name] >= low) & (fields[name] <= high)
    whole = {name: np.where(good, values, 1).astype(np.int64) for name, values in fields.items()}
    months = (whole["year"] - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (whole["month"] - 1)
    days = months.astype("datetime64[D]") + (whole["day"] - 1)
    good = good & (days.astype("datetime64[M]") == months)
    seconds = days.astype("datetime64[s]") + whole["hour"] * 3600 + whole["minute"] * 60 + whole["second"]
    return pd.Series(np.where(good, seconds, np.datetime64("NaT", "s")), index=parts.index)


def time_sentence(value: object, unit: TimeUnit, zone: str = UTC) -> str:
    """Return "978300760 read as seconds: 31 Dec 2000"."""
    second = to_epoch_seconds(pd.Series([value]), unit, zone).iloc[0]
    if pd.isna(second):
        return f"{value} cannot be read as {unit.words}"
    moment = pd.Timestamp(int(second), unit="s")
    return f"{value} read as {unit.words}: {moment.day} {moment:%b %Y}"
