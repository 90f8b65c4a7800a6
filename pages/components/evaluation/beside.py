"""Which lists of other recommenders stand beside a result, and the result with them."""

from collections.abc import Sequence

import streamlit as st

from pages.components.evaluation import cache
from pages.components.keys import Key
from pages.components.loaded import OpenData
from services.errors import DataError
from services.laboratory.runs import RunView
from services.other_lists.kept import OtherLists
from services.screens.evaluation.results import EvaluationResult

MIN_COVERED = 0.5
"""Lists for fewer of the asked people are compared only where somebody chooses them."""


def result_of(run: RunView, opened: OpenData, lists: Sequence[OtherLists]) -> EvaluationResult:
    """Return a finished run with the chosen lists beside it; alone where none can be measured."""
    result = cache.evaluation_result(str(run.folder), run.ended)
    if not lists or not result.by_person or result.facts.data_version != opened.data.version:
        return result
    ids = tuple(one.id for one in chosen(run, opened, lists))
    try:
        return cache.beside(str(run.folder), run.ended, opened, ids) if ids else result
    except DataError:
        return result  # the tab says why


def chosen(run: RunView, opened: OpenData, lists: Sequence[OtherLists]) -> list[OtherLists]:
    """Return the lists that somebody chose; before that, those for most of the people whom the run asked."""
    names = st.session_state.get(Key.EVALUATION_LISTS)
    if names is not None:
        return [one for one in lists if one.name in names]
    return [one for one in lists if cache.covered(str(run.folder), run.ended, opened.data.name, one.id) >= MIN_COVERED]
