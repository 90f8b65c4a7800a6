"""Finished evaluations, read once; a run that was done again has ended at another moment."""

from pathlib import Path

import streamlit as st

from pages.components import process
from pages.components.loaded import BY_VERSION, OpenData, open_data
from services.filters.request import ChosenFilter
from services.language.vocabulary import Words
from services.screens.evaluation import filter_cost as filter_costs
from services.screens.evaluation.filter_cost import FilterCost
from services.screens.evaluation.methods import Method
from services.screens.evaluation.report.whole import report
from services.screens.evaluation.results import EvaluationResult


@st.cache_resource(max_entries=4, show_spinner=False)
def evaluation_result(folder: str, ended: float | None) -> EvaluationResult:
    """Return what a finished run has found; a run that was done again has ended at another time."""
    return EvaluationResult(Path(folder))


@st.cache_data(max_entries=20, show_spinner="Filtering the lists ...", hash_funcs=BY_VERSION)
def filter_cost(
    folder: str, ended: float | None, opened: OpenData, method: Method, k: int, chosen: ChosenFilter
) -> FilterCost:
    """Return what a filter costs a method of a finished run."""
    result = evaluation_result(folder, ended)
    return filter_costs.cost(process.backend(), opened.data, result, method, k, chosen)


@st.cache_data(max_entries=4, show_spinner=False)
def evaluation_report(folder: str, ended: float | None, name: str, group: str) -> str:
    """Return the run's report in one HTML file."""
    opened = open_data(group)
    words = Words() if opened is None else opened.data.words
    return report(evaluation_result(folder, ended), name, group, words)
