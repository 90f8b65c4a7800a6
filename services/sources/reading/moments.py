"""Reads texts as moments by formats, with DuckDB: a million in a tenth of a second, which takes pandas three."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from services.sources.reading import duck

_LOW, _HIGH = (int(np.datetime64(day, "s").astype("int64")) for day in ("1600-01-01", "2250-01-01"))
"""What is outside was no year of four digits."""
_READ = r"SELECT epoch(CASE WHEN regexp_matches(text, '\d') THEN try_strptime(text, $1) END) AS seconds FROM texts"
"""Words such as "epoch" are moments for DuckDB."""
_READS = f"bool_or(epoch(try_strptime(text, ${{n}})) BETWEEN {_LOW} AND {_HIGH - 1})"


def that_fit(texts: pd.Series, formats: Sequence[str]) -> list[str]:
    """Return the formats that read some of the texts, asked all at once: a question takes longer than its texts."""
    table = pa.table({"text": pa.array(texts, pa.large_string(), from_pandas=True)})
    columns = ", ".join(_READS.format(n=n) for n in range(1, len(formats) + 1))
    with duck.cursor() as cursor:
        cursor.register("texts", table)
        query = f"SELECT {columns} FROM texts WHERE regexp_matches(text, '\\d')"
        fits = cursor.execute(query, list(formats)).fetchone()
    return [form for form, fit in zip(formats, fits, strict=True) if fit]


def with_formats(texts: pd.Series, formats: Sequence[str]) -> pd.Series:
    """Return datetime64[s] without a zone by the first format that fits each text, missing where none does."""
    table = pa.table({"text": pa.array(texts, pa.large_string(), from_pandas=True)})
    with duck.cursor() as cursor:
        cursor.register("texts", table)
        seconds = cursor.execute(_READ, [list(formats)]).fetchnumpy()["seconds"]
    whole = np.floor(np.ma.filled(seconds.astype("float64"), np.nan))
    good = (whole >= _LOW) & (whole < _HIGH)
    moments = np.where(good, whole, 0).astype("int64").astype("datetime64[s]")
    return pd.Series(np.where(good, moments, np.datetime64("NaT", "s")), index=texts.index)
