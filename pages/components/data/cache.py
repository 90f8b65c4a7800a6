"""What is recognised in a person's own files, computed once for each content: a redraw of Data asks for all of it."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from services.sources import joins, readings
from services.sources.column_guesses import ColumnGuess
from services.sources.readings import Reading
from services.sources.table_files import RawTable
from services.sources.time_units import FoundUnit, TimeUnit, look_for_unit

_BY_CONTENT: dict[str | type[Any], Callable[[Any], Any]] = {RawTable: lambda table: (table.digest, table.has_names)}
"""How a cache tells files apart: by what is in them, and whether their first line was said to be data."""


@st.cache_data(max_entries=16, show_spinner="Recognising columns ...", hash_funcs=_BY_CONTENT)
def guesses(tables: Mapping[str, RawTable]) -> dict[str, tuple[ColumnGuess, ...]]:
    """Return what the columns of all files seem to be, by kind."""
    return joins.recognise_all(tables)


@st.cache_data(max_entries=1_000, show_spinner=False, hash_funcs=_BY_CONTENT)
def reading(table: RawTable, column: str, role: str, unit: TimeUnit | None, zone: str) -> Reading:
    """Return how a column is read in a role."""
    return readings.reading(table.frame[column], role, unit, zone)


@st.cache_data(max_entries=200, show_spinner=False, hash_funcs=_BY_CONTENT)
def unit_of(table: RawTable, column: str) -> FoundUnit | None:
    """Return how a column says time, None where it does not."""
    return look_for_unit(table.frame[column])


@st.cache_data(max_entries=50, show_spinner=False, hash_funcs=_BY_CONTENT)
def counted(table: RawTable, column: str) -> "pd.Series[int]":
    """Return how many rows have each value, the most frequent first."""
    return table.frame[column].astype("str").str.strip().value_counts()
