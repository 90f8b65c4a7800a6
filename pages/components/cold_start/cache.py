"""Finished cold start runs, read once; a run that was done again has ended at another moment."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from pages.components.loaded import BY_VERSION, OpenData
from services.screens.cold_start import groups as cold_start_groups
from services.screens.cold_start.groups import ViewerGroups
from services.screens.cold_start.results import ColdStartResult


@st.cache_resource(max_entries=4, show_spinner=False)
def cold_start_result(folder: str, ended: float | None) -> ColdStartResult:
    """Return what a finished run has found; a run that was done again has ended at another time."""
    return ColdStartResult(Path(folder))


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=BY_VERSION)
def _categories(opened: OpenData, column: str) -> dict[str, list[str]]:
    return cold_start_groups.group_columns(opened.data).get(column, {})


@dataclass(frozen=True)
class ColdMap:
    """Who is shown which new items, of one run and one column."""

    groups: ViewerGroups
    cells: pd.DataFrame
    served: pd.DataFrame
    categories: dict[str, list[str]]


@st.cache_resource(max_entries=12, show_spinner=False, hash_funcs=BY_VERSION)
def cold_start_map(opened: OpenData, folder: str, ended: float | None, column: str) -> ColdMap:
    """Return groups, map and who is served best, counted once a run and column."""
    result = cold_start_result(folder, ended)
    categories = _categories(opened, column)
    viewers = result.groups(column, categories)
    served = cold_start_groups.served(result.of(result.best), viewers)
    return ColdMap(viewers, result.heat_map(viewers, categories), served, categories)
