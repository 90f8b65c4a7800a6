"""The controls of Evaluation: which result, which metric, against what; and the form of a new run."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.components import address, loaded, missing, process
from pages.components.evaluation import cache
from pages.components.keys import Key, Widget
from pages.components.loaded import OpenData
from services.errors import DataError, RunError
from services.laboratory.runs import RunView
from services.language.phrases import in_seconds
from services.personalize.recipe_names import HRNN, RECIPE_WORDS
from services.screens.evaluation import plan as evaluation_plan
from services.screens.evaluation.methods import POPULARITY, UNSEEN
from services.screens.evaluation.parameters import RECIPES, Parameters
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.run import LABORATORY_NAME
from services.screens.evaluation.sentences import LABELS, PROTOCOL_NAMES, method_words
from services.screens.evaluation.split import PROTOCOLS, TIME
from services.screens.evaluation.tables import main_methods

BEGIN = ("ndcg", 25)


@dataclass(frozen=True)
class Chosen:
    """What the controls say."""

    group: str
    opened: OpenData
    runs: tuple[RunView, ...]
    """All runs of this data, newest first."""
    run: RunView | None
    """The finished one that is looked at."""
    result: EvaluationResult | None
    metric: str
    k: int
    model: str
    others: tuple[str, ...]
    headline: Any
    """Place above the controls, filled by the view."""

    @property
    def latest(self) -> RunView | None:
        """The newest run, finished or not."""
        return self.runs[0] if self.runs else None

    @property
    def other(self) -> str:
        """What the model is compared with first."""
        return self.others[0]


def choose(group: str) -> Chosen | None:
    """Draw the controls and return what they say; None when there is nothing to measure, which is then said."""
    opened = loaded.open_data(group)
    if opened is None:
        missing.files("Evaluation", group)
        return None
    runs = tuple(run for run in process.lab_runs().all(LABORATORY_NAME) if run.parameters.get("group") == group)
    finished = _named([run for run in runs if run.state == "done"])
    place = st.empty()
    if not finished:
        return Chosen(group, opened, runs, None, None, *BEGIN, "", (POPULARITY,), place)
    _show_new(finished)
    address.default_choice(Key.EVALUATION, list(finished), next(iter(finished)))
    run_box, metric_box, k_box, other_box, new_box = st.columns(
        [3.8, 2.7, 1.9, 7.2, 2.4], vertical_alignment="bottom", gap="small"
    )
    with run_box:
        said = address.bound_select("Result", list(finished), Key.EVALUATION)
    run = finished.get(said or "") or next(iter(finished.values()))
    result = cache.evaluation_result(str(run.folder), run.ended)
    metric, k = _metric(result, metric_box, k_box)
    with other_box:
        model, others = _against(result, metric, k, opened.data.words.nouns)
    with new_box, st.popover("New run", icon=":material/add:", width="stretch"):
        form(group, opened, runs)
        _manage(run)
    return Chosen(group, opened, runs, run, result, metric, k, model, others, place)


def form(group: str, opened: OpenData, runs: tuple[RunView, ...]) -> None:
    """Draw what a run does, how long it takes and what it costs, and its button."""
    data, backend = opened.data, process.backend()
    protocol = st.radio("Held out", PROTOCOLS, format_func=lambda name: PROTOCOL_NAMES[name], key=Key.EVALUATION_SPLIT)
    recipes = st.multiselect(
        "Recipes",
        RECIPES,
        default=[HRNN],
        key=Key.EVALUATION_RECIPES,
        format_func=lambda name: RECIPE_WORDS.get(name, name),
    )
    seeds = 1
    if backend.kind != "aws":
        seeds = int(
            st.segmented_control(
                "Trainings of each",
                (1, 2, 3),
                default=1,
                required=True,
                key=Key.EVALUATION_SEEDS,
                help="Several trainings with different seeds tell how much luck there is in one.",
            )
        )
    columns = bool(evaluation_plan.item_columns(data)) and st.toggle(
        "Each metadata column alone too", key=Key.EVALUATION_COLUMNS
    )
    parameters = Parameters(group, str(protocol or TIME), tuple(recipes), seeds, columns)
    plan = evaluation_plan.contestants(data, parameters.recipes, seeds, columns)
    seconds = evaluation_plan.seconds_expected(backend, data, plan, data.n_users)
    busy = any(run.state == "running" for run in runs)
    st.button(
        "Start" + ("" if seconds is None else f" · about {in_seconds(seconds)}"),
        type="primary",
        icon=":material/play_arrow:",
        key=Widget.EVALUATION_NEW,
        width="stretch",
        disabled=busy or not plan,
        on_click=start,
        args=(parameters,),
    )
    note = "A run is under way." if busy else evaluation_plan.aws_words(backend, plan, data.n_users)
    if note:
        st.caption(note)


def start(parameters: Parameters) -> None:
    """Start a run; a refusal is said in a toast."""
    names = [RECIPE_WORDS.get(recipe, recipe) for recipe in parameters.recipes]
    name = f"{', '.join(names)} · {PROTOCOL_NAMES[parameters.protocol].split(',')[0]}"

    def begin() -> None:
        st.session_state[Key.EVALUATION_NEXT] = process.lab_runs().start(LABORATORY_NAME, name, parameters.to_json())

    act(begin)


def act(work: Any) -> None:
    """Do something with a run; a refusal is said in a toast."""
    try:
        work()
    except (RunError, DataError, OSError) as error:
        st.toast(str(error), icon=":material/error:", duration="long")


def _manage(run: RunView) -> None:
    st.divider()
    name = st.text_input("Name of this result", run.name, key=f"{Key.EVALUATION_NAME}_{run.id}")
    with st.container(horizontal=True):
        st.button(
            "Rename",
            key=Widget.EVALUATION_RENAME,
            disabled=name == run.name,
            on_click=act,
            args=(lambda: _rename(run.id, name or ""),),
        )
        st.button(
            "Delete", key=Widget.EVALUATION_DELETE, on_click=act, args=(lambda: process.lab_runs().delete(run.id),)
        )


def _rename(run_id: str, name: str) -> None:
    process.lab_runs().rename(run_id, name)
    st.session_state[Key.EVALUATION_NEXT] = run_id


def _show_new(finished: dict[str, RunView]) -> None:
    """Choose the result that was started or renamed here, as soon as it is there."""
    wanted = st.session_state.get(Key.EVALUATION_NEXT)
    name = next((name for name, run in finished.items() if run.id == wanted), None)
    if name is not None:
        st.session_state[Key.EVALUATION] = name
        st.session_state.pop(Key.EVALUATION_NEXT)


def _metric(result: EvaluationResult, metric_box: Any, k_box: Any) -> tuple[str, int]:
    known = result.metrics()
    names = [name for name in LABELS if any(metric == name for metric, _ in known)]
    words = {LABELS[name]: name for name in names}
    with metric_box:
        address.default_choice(Key.EVALUATION_METRIC, list(words), next(iter(words)))
        metric = words[address.bound_select("Metric", list(words), Key.EVALUATION_METRIC) or next(iter(words))]
    cuts = [str(k) for k in sorted({k for name, k in known if name == metric})]
    with k_box:
        address.default_choice(Key.EVALUATION_K, cuts, cuts[-1])
        if st.session_state.get(Key.EVALUATION_K) not in cuts:
            st.session_state[Key.EVALUATION_K] = cuts[-1]
        k = address.bound_select("Cut-off", cuts, Key.EVALUATION_K)
    return metric, int(k or cuts[-1])


def _against(result: EvaluationResult, metric: str, k: int, nouns: str) -> tuple[str, tuple[str, ...]]:
    """Draw what is compared, the model first; return it and the others."""
    methods = main_methods(result)
    model = (result.models or methods)[0]
    options = {method_words(method, result.words, nouns): method for method in methods}
    usual = list(dict.fromkeys([result.baseline(metric, k), POPULARITY, POPULARITY + UNSEEN]))
    rest = [method_words(m, result.words, nouns) for m in [*usual, *methods] if m in methods and m != model]
    first = list(dict.fromkeys(rest))[: 2 if result.by_person else 1]
    names = st.multiselect(
        f"{method_words(model, result.words, nouns)} against",
        [name for name in options if options[name] != model],
        default=first,
        key=f"{Key.EVALUATION_AGAINST}_{metric}_{k}",
    )
    return model, tuple(options[name] for name in names) or (result.baseline(metric, k),)


def _named(finished: list[RunView]) -> dict[str, RunView]:
    """Return the finished runs by what the select says, each once."""
    names: dict[str, RunView] = {}
    for run in finished:
        name, number = run.name, 2
        while name in names:
            name, number = f"{run.name} ({number})", number + 1
        names[name] = run
    return names
