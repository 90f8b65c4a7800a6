"""Finished evaluations, read once; a run that was done again has ended at another moment."""

from pathlib import Path

import streamlit as st

from pages.components import process
from pages.components.loaded import BY_VERSION, OpenData, open_data
from services.filters.request import ChosenFilter
from services.language.vocabulary import Words
from services.library.store import LoadedData
from services.other_lists import kept
from services.other_lists.checking import Note
from services.screens.evaluation import filter_cost as filter_costs
from services.screens.evaluation.filter_cost import FilterCost
from services.screens.evaluation.methods import Method
from services.screens.evaluation.others import answer
from services.screens.evaluation.others import basis as bases
from services.screens.evaluation.others.basis import Basis
from services.screens.evaluation.others.beside import BesideOthers
from services.screens.evaluation.protocols import ageing
from services.screens.evaluation.protocols import ahead as protocols
from services.screens.evaluation.protocols.ahead import Ahead
from services.screens.evaluation.report.whole import report
from services.screens.evaluation.results import EvaluationResult


@st.cache_resource(max_entries=4, show_spinner=False)
def evaluation_result(folder: str, ended: float | None) -> EvaluationResult:
    """Return what a finished run has found; a run that was done again has ended at another time."""
    return EvaluationResult(Path(folder))


@st.cache_data(max_entries=16, show_spinner="Counting who can be asked ...", hash_funcs=BY_VERSION)
def ahead(data: LoadedData, share: float) -> dict[str, Ahead]:
    """Return what each protocol would ask and learn from."""
    return protocols.ahead(data, share)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_VERSION)
def ages(data: LoadedData, share: float) -> tuple[int, ...]:
    """Return the ages of training data that can be measured, in days."""
    return ageing.ages(data, share)


@st.cache_resource(max_entries=2, show_spinner="Reading the split ...", hash_funcs=BY_VERSION)
def basis(folder: str, ended: float | None, opened: OpenData) -> Basis:
    """Return what a finished run's recipes learned from."""
    return bases.basis(opened.data, evaluation_result(folder, ended))


@st.cache_resource(max_entries=4, show_spinner="Measuring the other lists ...", hash_funcs=BY_VERSION)
def beside(folder: str, ended: float | None, opened: OpenData, lists: tuple[str, ...]) -> BesideOthers:
    """Return a finished run with other lists beside it, by their ids, which stand for their contents."""
    others = [one for one in kept.kept(process.backend().home, opened.data.name) if one.id in lists]
    return BesideOthers(Path(folder), basis(folder, ended, opened), others)


@st.cache_data(max_entries=50, show_spinner=False)
def covered(folder: str, ended: float | None, group: str, lists: str) -> float:
    """Return the share of the people whom a run asked that have one of these lists."""
    asked = evaluation_result(folder, ended).truth
    other = next((one for one in kept.kept(process.backend().home, group) if one.id == lists), None)
    return 0.0 if other is None else sum(user in other.lists for user in asked) / max(1, len(asked))


@st.cache_data(max_entries=50, show_spinner="Checking the lists ...", hash_funcs=BY_VERSION)
def notes(opened: OpenData, lists: str) -> list[Note]:
    """Return what lists and data say of each other."""
    other = next((one for one in kept.kept(process.backend().home, opened.data.name) if one.id == lists), None)
    if other is None:
        return []
    return answer.notes(opened.data, other, opened.people, set(opened.catalog.ids))


@st.cache_data(max_entries=50, show_spinner=False, hash_funcs=BY_VERSION)
def odd(folder: str, ended: float | None, opened: OpenData, lists: tuple[str, ...], one: str) -> list[Note]:
    """Return what is odd about one of the lists beside a finished run."""
    other = next((other for other in kept.kept(process.backend().home, opened.data.name) if other.id == one), None)
    if other is None:
        return []
    return answer.odd(beside(folder, ended, opened, lists), basis(folder, ended, opened), other, opened.data.words)


@st.cache_data(max_entries=20, show_spinner="Filtering the lists ...", hash_funcs=BY_VERSION)
def filter_cost(
    folder: str,
    ended: float | None,
    opened: OpenData,
    method: Method,
    k: int,
    chosen: ChosenFilter,
    lists: tuple[str, ...] = (),
) -> FilterCost:
    """Return what a filter costs a method of a finished run; lists are the ids of others that stand beside it."""
    result = beside(folder, ended, opened, lists) if lists else evaluation_result(folder, ended)
    return filter_costs.cost(process.backend(), opened.data, result, method, k, chosen)


@st.cache_data(max_entries=4, show_spinner=False)
def evaluation_report(folder: str, ended: float | None, name: str, group: str) -> str:
    """Return the run's report in one HTML file."""
    opened = open_data(group)
    words = Words() if opened is None else opened.data.words
    return report(evaluation_result(folder, ended), name, group, words)
