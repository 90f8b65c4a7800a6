"""A new cold start run: its form, and how it is started."""

from contextlib import AbstractContextManager

import streamlit as st

from pages.components import changing, lab_run, process
from pages.components.keys import Key, Widget
from pages.components.lab_run import Lab, Runs
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.laboratory.columns import item_columns
from services.laboratory.runs import COLD_START
from services.language.phrases import in_seconds
from services.screens.cold_start import plan, run_sentences
from services.screens.cold_start.parameters import ALL_COLUMNS, SEEDS, Parameters, column_sets
from services.screens.cold_start.results import ColdStartResult
from services.screens.cold_start.run_sentences import SPLIT_WORDS

LAB = Lab(
    name=COLD_START,
    choice_key=Key.COLD_RUN,
    choice_label="Run",
    shown_next_key=Key.COLD_NEXT,
    new_name_key=Key.COLD_NAME,
    new_name_label="Name of the run that is shown",
    rename_key=Widget.COLD_RENAME,
    delete_key=Widget.COLD_DELETE,
    running_key=Widget.COLD_RUNNING,
    live_key=Widget.COLD_LIVE,
    stop_key=Widget.COLD_STOP,
    failed_key=Widget.COLD_FAILED,
    resume_key=Widget.COLD_AGAIN,
    remove_key=Widget.COLD_REMOVE,
)


def popover() -> AbstractContextManager[object]:
    """Return the popover of the form."""
    return st.popover("New run", icon=":material/add:", width="stretch")


def start(parameters: Parameters) -> None:
    """Start a run; a refusal is shown in a toast."""
    lab_run.start(LAB, run_sentences.run_name(parameters), parameters)


def form(group: str, opened: OpenData, runs: Runs, earlier: ColdStartResult | None = None) -> None:
    """Draw what a run can be asked to do, how long it takes, and its button."""
    data, backend = opened.data, process.backend()
    columns = item_columns(data)
    if not columns:
        st.markdown("The items have no column to learn from, so new ones cannot be recommended.")
        return
    parameters = _parameters(group, opened, columns)
    seconds = plan.expected_seconds(backend, data, parameters, earlier)
    about = "" if seconds is None else f" · about {in_seconds(seconds)}"
    changing.button(
        f"Start{about}",
        type="primary",
        icon=":material/play_arrow:",
        key=Widget.COLD_START_NEW,
        disabled=runs.busy or parameters.columns == (),
        on_click=start,
        args=(parameters,),
        width="stretch",
    )
    st.caption(escaped(run_sentences.known(data, parameters)))
    busy = "A run is under way; follow or stop it on this page." if runs.busy else ""
    problem, costs = run_sentences.problem(data, parameters), run_sentences.aws_words(backend, parameters)
    for note in [busy] if busy else [problem, costs]:
        if note:
            st.caption(escaped(note))


def _parameters(group: str, opened: OpenData, columns: list[str]) -> Parameters:
    share = st.slider("Held out, % of all items", 10, 90, 50, 5, key=Key.COLD_SHARE)
    seeds = st.segmented_control(
        "Draws",
        SEEDS,
        default=SEEDS[0],
        required=True,
        key=Key.COLD_SEEDS,
        help="Several draws of new items show how much luck there is in one.",
    )
    split = st.radio("What counts", list(SPLIT_WORDS), format_func=lambda s: SPLIT_WORDS[s], key=Key.COLD_SPLIT)
    used = st.multiselect("Columns used", columns, default=columns, key=Key.COLD_COLUMNS)
    sets = column_sets(opened.data)
    alone = st.toggle("Train each column alone too", key=Key.COLD_ALONE, help=escaped(", ".join(sets)))
    explore = st.toggle("Measure exploration too", key=Key.COLD_EXPLORE)
    trained = tuple(names for name, names in sets.items() if name != ALL_COLUMNS and set(names) <= set(used))
    return Parameters(
        group,
        share=share / 100,
        n_seeds=int(seeds or 1),
        split=str(split),
        columns=None if used == columns else tuple(used),
        column_sets=trained if alone else (),
        exploration=explore,
    )
