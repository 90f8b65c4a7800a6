"""Finished cold start runs, read once; a run that was done again has ended at another moment."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from pages.components import process
from pages.components.loaded import OpenData, open_version
from services.screens.cold_start import groups as cold_start_groups
from services.screens.cold_start import replicate, run
from services.screens.cold_start.groups import Groups
from services.screens.cold_start.results import ColdStartResult


@st.cache_resource(max_entries=4, show_spinner=False)
def cold_start_result(folder: str, ended: float | None) -> ColdStartResult:
    """Return what a finished run has found; a run that was done again has ended at another time."""
    return ColdStartResult(Path(folder))


@st.cache_resource(max_entries=8, show_spinner=False)
def _cold_start_categories(home: str, group: str, version: str, column: str) -> dict[str, list[str]]:
    opened = open_version(home, group, version)
    return {} if opened is None else replicate.group_columns(opened.data).get(column, {})


@dataclass(frozen=True)
class ColdMap:
    """Who is shown which new items, of one run and one column."""

    groups: Groups
    cells: pd.DataFrame
    served: pd.DataFrame
    categories: dict[str, list[str]]


def cold_start_map(opened: OpenData, folder: str, ended: float | None, column: str) -> ColdMap:
    """Return groups, map and who is served best, counted once a run and column."""
    return _cold_start_map(str(process.backend().home), opened.data.name, opened.data.version, folder, ended, column)


@st.cache_resource(max_entries=12, show_spinner=False)
def _cold_start_map(home: str, group: str, version: str, folder: str, ended: float | None, column: str) -> ColdMap:
    result = cold_start_result(folder, ended)
    categories = _cold_start_categories(home, group, version, column)
    found = result.groups(column, categories)
    served = cold_start_groups.served(result.of(run.MODEL), found)
    return ColdMap(found, result.heat_map(found, categories), served, categories)
