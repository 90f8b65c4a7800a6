"""What the laboratories' screens compute once: presets, what newcomers may click, finished runs from their folders.

A run is kept under its folder and the moment it ended, since one that was done again has other results.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from pages.components import session
from pages.components.loaded import OpenShelf, open_shelf, open_version
from services.library.columns import Words
from services.screens.cold_start import groups as cold_start_groups
from services.screens.cold_start import replicate, run
from services.screens.cold_start.groups import Groups
from services.screens.cold_start.results import ColdStartResult
from services.screens.evaluation.report import report
from services.screens.evaluation.results import EvaluationResult
from services.screens.live_events.presets import Preset, presets, to_click


def live_presets(opened: OpenShelf) -> tuple[Preset, ...]:
    """Return the pairs with which Live events begins, found once a version of the data."""
    return _live_presets(str(session.backend().home), opened.shelf.name, opened.shelf.version)


@st.cache_data(max_entries=20, show_spinner=False)
def _live_presets(home: str, group: str, version: str) -> tuple[Preset, ...]:
    opened = open_version(home, group, version)
    if opened is None:
        return ()
    return presets(opened.shelf, opened.catalog, opened.people, opened.tastes)


def live_clicks(opened: OpenShelf) -> list[str]:
    """Return the items that a new visitor is offered, found once a version of the data."""
    return _live_clicks(str(session.backend().home), opened.shelf.name, opened.shelf.version)


@st.cache_data(max_entries=20, show_spinner=False)
def _live_clicks(home: str, group: str, version: str) -> list[str]:
    opened = open_version(home, group, version)
    return [] if opened is None else to_click(opened.catalog, opened.tastes)


@st.cache_resource(max_entries=4, show_spinner=False)
def cold_start_result(folder: str, ended: float | None) -> ColdStartResult:
    """Return what a finished run has found; a run that was done again has ended at another time."""
    return ColdStartResult(Path(folder))


@st.cache_resource(max_entries=8, show_spinner=False)
def _cold_start_categories(home: str, group: str, version: str, column: str) -> dict[str, list[str]]:
    opened = open_version(home, group, version)
    return {} if opened is None else replicate.group_columns(opened.shelf).get(column, {})


@st.cache_resource(max_entries=4, show_spinner=False)
def evaluation_result(folder: str, ended: float | None) -> EvaluationResult:
    """Return what a finished run has found; a run that was done again has ended at another time."""
    return EvaluationResult(Path(folder))


@st.cache_data(max_entries=4, show_spinner=False)
def evaluation_report(folder: str, ended: float | None, name: str, group: str) -> str:
    """Return the run's report in one HTML file."""
    opened = open_shelf(group)
    words = Words() if opened is None else opened.shelf.words
    return report(evaluation_result(folder, ended), name, group, words)


@dataclass(frozen=True)
class ColdMap:
    """Who is shown which new items, of one run and one column."""

    groups: Groups
    cells: pd.DataFrame
    served: pd.DataFrame
    categories: dict[str, list[str]]


def cold_start_map(opened: OpenShelf, folder: str, ended: float | None, column: str) -> ColdMap:
    """Return groups, map and who is served best, counted once a run and column."""
    return _cold_start_map(str(session.backend().home), opened.shelf.name, opened.shelf.version, folder, ended, column)


@st.cache_resource(max_entries=12, show_spinner=False)
def _cold_start_map(home: str, group: str, version: str, folder: str, ended: float | None, column: str) -> ColdMap:
    result = cold_start_result(folder, ended)
    categories = _cold_start_categories(home, group, version, column)
    found = result.groups(column, categories)
    served = cold_start_groups.served(result.of(run.MODEL), found)
    return ColdMap(found, result.heat_map(found, categories), served, categories)
