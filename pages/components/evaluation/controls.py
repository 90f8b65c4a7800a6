"""The controls of Evaluation: which result, which metric, against what."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import address, changing, lab_run, loaded, missing, panels
from pages.components.evaluation import cache, new_run
from pages.components.evaluation.new_run import LAB
from pages.components.keys import Key
from pages.components.lab_run import Head, Runs
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.laboratory.runs import RunView
from services.screens.evaluation import sentences
from services.screens.evaluation.methods import POPULARITY, UNSEEN_POPULARITY, Method
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.sentences import LABELS, method_words

TITLE = "Evaluation"


@dataclass(frozen=True)
class Shown:
    """The finished run that is shown, and what to show of it."""

    run: RunView
    result: EvaluationResult
    metric: str
    k: int
    model: Method
    others: tuple[Method, ...]
    """The methods that the model is compared with; the first one in every picture and sentence."""

    @property
    def other(self) -> Method:
        """The method that the model is compared with first."""
        return self.others[0]


@dataclass(frozen=True)
class Selection:
    """What the user has chosen."""

    group: str
    opened: OpenData
    runs: Runs
    shown: Shown | None
    """None where no run has finished."""
    head: Head


def choose(group: str) -> Selection | None:
    """Draw the controls and return the selection; draw an explanation and return None when the data is missing."""
    opened = loaded.open_data(group)
    if opened is None:
        missing.files(TITLE, group)
        return None
    runs = lab_run.runs_of(LAB, group)
    place = st.empty()
    if not runs.finished:
        return Selection(group, opened, runs, None, Head(TITLE, place, group))
    shown = _shown(group, opened, runs)
    return Selection(group, opened, runs, shown, Head(TITLE, place, _source(shown, opened)))


def _shown(group: str, opened: OpenData, runs: Runs) -> Shown:
    run_box, metric_box, k_box, other_box, new_box = panels.controls([3.8, 2.7, 1.9, 7.2, 2.4])
    with run_box:
        run = lab_run.choose(LAB, runs)
    result = cache.evaluation_result(str(run.folder), run.ended)
    metric, k = _metric(result, metric_box, k_box)
    with other_box:
        model, others = _against(result, metric, k, opened.data.words.nouns)
    if changing.allowed("New run", place=new_box):
        with new_box, st.popover("New run", icon=":material/add:", width="stretch"):
            new_run.form(group, opened, runs)
            lab_run.manage(LAB, run)
    return Shown(run, result, metric, k, model, others)


def _source(shown: Shown, opened: OpenData) -> str:
    line = sentences.source(shown.result, opened.data.name, opened.data.words)
    changed = shown.result.facts.data_version != opened.data.version
    return f"{line} · the data has changed since" if changed else line


def _metric(result: EvaluationResult, metric_box: DeltaGenerator, k_box: DeltaGenerator) -> tuple[str, int]:
    measured = result.metrics()
    names = [name for name in LABELS if any(metric == name for metric, _ in measured)]
    by_label = {LABELS[name]: name for name in names}
    first = next(iter(by_label))
    with metric_box:
        address.default_choice(Key.EVALUATION_METRIC, list(by_label), first)
        metric = by_label[address.bound_select("Metric", list(by_label), Key.EVALUATION_METRIC) or first]
    cuts = [str(k) for k in sorted({k for name, k in measured if name == metric})]
    with k_box:
        address.default_choice(Key.EVALUATION_K, cuts, cuts[-1])
        if st.session_state.get(Key.EVALUATION_K) not in cuts:
            st.session_state[Key.EVALUATION_K] = cuts[-1]
        k = address.bound_select("Cut-off", cuts, Key.EVALUATION_K)
    return metric, int(k or cuts[-1])


def _against(result: EvaluationResult, metric: str, k: int, nouns: str) -> tuple[Method, tuple[Method, ...]]:
    """Draw what is compared, the model first; return it and the others."""
    methods = result.main_methods
    model = (result.models or methods)[0]
    others = {method_words(method, result.words, nouns): method for method in methods if method != model}
    usual = [result.baseline(metric, k), POPULARITY, UNSEEN_POPULARITY]
    order = [method_words(method, result.words, nouns) for method in [*usual, *methods] if method in others.values()]
    names = st.multiselect(
        escaped(f"{method_words(model, result.words, nouns)} against"),
        list(others),
        default=list(dict.fromkeys(order))[: 2 if result.by_person else 1],
        key=f"{Key.EVALUATION_AGAINST}_{metric}_{k}",
    )
    return model, tuple(others[name] for name in names) or (result.baseline(metric, k),)
