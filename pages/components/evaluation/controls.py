"""The controls of Evaluation: which result, which metric, against what."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import address, changing, lab_run, loaded, missing, panels, process
from pages.components.evaluation import beside, new_run
from pages.components.evaluation.new_run import LAB
from pages.components.keys import Key
from pages.components.lab_run import Head, Runs
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.laboratory.runs import RunView
from services.other_lists import kept
from services.other_lists.kept import OtherLists
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
    lists: tuple[OtherLists, ...] = ()
    """All lists of other recommenders that are kept for this data, compared or not."""

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
    run_box, metric_box, k_box, model_box, other_box, new_box = panels.controls([3.4, 2.5, 1.7, 3.4, 5.4, 3.0])
    with run_box:
        run = lab_run.choose(LAB, runs)
    lists = tuple(kept.kept(process.backend().home, group))
    result = beside.result_of(run, opened, lists)
    metric, k = _metric(result, metric_box, k_box)
    nouns = opened.data.words.nouns
    with model_box:
        model = _model(result, nouns)
    with other_box:
        others = _against(result, model, metric, k, nouns)
    if changing.allowed("New run", place=new_box):
        with new_box, st.popover("New run", icon=":material/add:", width="stretch"):
            new_run.form(group, opened, runs)
            lab_run.manage(LAB, run)
    return Shown(run, result, metric, k, model, others, lists)


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


def _model(result: EvaluationResult, nouns: str) -> Method:
    """Draw the choice of the lists that the screen is about: a recipe's, or those of another recommender."""
    models = [method for method in result.models if method.main] or result.main_methods
    named = {method_words(method, result.words, nouns): method for method in models}
    address.default_choice(Key.EVALUATION_MODEL, list(named), next(iter(named)))
    return named[address.bound_select("Lists of", list(named), Key.EVALUATION_MODEL) or next(iter(named))]


def _against(result: EvaluationResult, model: Method, metric: str, k: int, nouns: str) -> tuple[Method, ...]:
    """Draw what the model is compared with, other recommenders first; return the methods."""
    methods = result.main_methods
    others = {method_words(method, result.words, nouns): method for method in methods if method != model}
    brought = [method for method in methods if method.other]
    ours = [method for method in result.models if method.main] if model.other else []
    usual = [*brought, *ours, result.baseline(metric, k), POPULARITY, UNSEEN_POPULARITY]
    order = [method_words(method, result.words, nouns) for method in [*usual, *methods] if method in others.values()]
    names = st.multiselect(
        escaped(f"{method_words(model, result.words, nouns)} against"),
        list(others),
        default=list(dict.fromkeys(order))[: 2 if result.by_person else 1],
        key=f"{Key.EVALUATION_AGAINST}_{metric}_{k}_{model.key}_{len(brought)}",
    )
    return tuple(others[name] for name in names) or (result.baseline(metric, k),)
