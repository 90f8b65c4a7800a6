"""The controls of Cold start: which run, a new one, by which column, what an impression costs."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.components import address, loaded, missing, panels, process
from pages.components.cold_start import cache
from pages.components.keys import Key, Widget
from pages.components.loaded import OpenData
from services.errors import RunError
from services.laboratory.runs import RunView
from services.language.phrases import age, in_seconds
from services.language.vocabulary import Words
from services.screens.cold_start import plan, sentences
from services.screens.cold_start import run as cold_start
from services.screens.cold_start.results import ColdStartResult
from services.screens.cold_start.run import Parameters
from services.screens.cold_start.split import ALL, TIME, item_columns

LABORATORY = "cold_start"
HELD_OUT, EXPLORING, TRULY_NEW = "Held out", "Exploration", "Truly new"
SPLIT_WORDS = {
    ALL: "every event of the new ones counts (Amazon's test)",
    TIME: "only what came after one moment counts",
}


@dataclass(frozen=True)
class Chosen:
    """What the controls say."""

    group: str
    opened: OpenData
    runs: tuple[RunView, ...]
    """Newest first, of this data."""
    run: RunView | None
    """The finished run that is shown."""
    result: ColdStartResult | None
    column: str
    cost: float
    currency: str
    headline: Any
    """Place above the controls, filled by the view."""

    @property
    def latest(self) -> RunView | None:
        """The newest run, finished or not."""
        return self.runs[0] if self.runs else None


def choose(group: str) -> Chosen | None:
    """Draw the controls and return what they say; None when there is nothing to look at yet, which is then said."""
    opened = loaded.open_data(group)
    if opened is None:
        missing.files("Cold start", group)
        return None
    runs = tuple(run for run in process.lab_runs().all(LABORATORY) if run.parameters.get("group") == group)
    finished = [run for run in runs if run.state == "done"]
    place = st.empty()
    names = _named(finished)
    # without a finished run there is nothing to choose but a new one
    boxes = st.columns([6, 3, 4, 2.6, 2.4] if finished else [3, 15], vertical_alignment="bottom", gap="small")
    run_box, new_box, by_box, cost_box, currency_box = boxes if finished else (boxes[0], boxes[0], *boxes[1:] * 3)
    run = None
    with run_box:
        if names:
            _show_next(names)
            address.default_choice(Key.COLD_RUN, list(names), next(iter(names)))
            run = names.get(address.bound_select("Run", list(names), Key.COLD_RUN) or "", finished[0])
    result = None if run is None else cache.cold_start_result(str(run.folder), run.ended)
    with new_box, st.popover("New run", icon=":material/add:", width="stretch"):
        _new(group, opened, runs, result)
        if run is not None:
            _kept(run)
    columns = [] if result is None else result.group_columns
    column = columns[0] if columns else ""
    with by_box:
        if columns:
            address.default_choice(Key.COLD_BY, columns, columns[0])
            column = address.bound_select("By", columns, Key.COLD_BY) or columns[0]
    cost, currency = sentences.IMPRESSION_COST, ""
    if result is not None:
        with cost_box:
            cost = float(
                st.number_input(
                    "Cost / impression",
                    0.0001,
                    1000.0,
                    sentences.IMPRESSION_COST,
                    0.01,
                    format="%.4g",
                    key=Key.COLD_COST,
                    bind="query-params",
                    help="What showing one item to one person costs.",
                )
            )
        with currency_box:
            currency = (
                st.text_input("Currency", key=Key.COLD_CURRENCY, bind="query-params", max_chars=8, placeholder="EUR")
                or ""
            )
    return Chosen(group, opened, runs, run, result, column, cost, currency, place)


def view(chosen: Chosen) -> tuple[str, str]:
    """Draw which part is looked at, and what its map shows; return both."""
    kind = "shown"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        part = str(
            st.segmented_control(
                "Look at",
                (HELD_OUT, EXPLORING, TRULY_NEW),
                default=HELD_OUT,
                required=True,
                key=Key.COLD_VIEW,
                bind="query-params",
                label_visibility="collapsed",
                width="content",
            )
        )
        if part == HELD_OUT and chosen.column:
            labels = map_labels(chosen.opened.data.words)
            kind = str(
                st.segmented_control(
                    "Map of",
                    list(labels),
                    default="shown",
                    required=True,
                    format_func=lambda k: labels[str(k)],
                    key=Key.COLD_MAP,
                    bind="query-params",
                    label_visibility="collapsed",
                    width="content",
                )
            )
    return part, kind


def map_labels(words: Words) -> dict[str, str]:
    """Return what the map can show, by column of cold_start_groups.CELL_COLUMNS."""
    return {"shown": "Shown", "taken": words.past.capitalize(), "difference": "Difference"}


def head(chosen: Chosen, sentence: str, source: str = "") -> None:
    """Fill the place above the controls; source stands instead of the run's own grey line."""
    result, run = chosen.result, chosen.run
    line = chosen.group
    if result is not None and run is not None:
        line = sentences.source(result, age(run.ended or run.created, time.time()), chosen.opened.data.note)
        if result.facts["data_version"] != chosen.opened.data.version:
            line += " · the data has changed since"
    with chosen.headline.container():
        panels.head("Cold start", sentence, source or line)


def start(parameters: Parameters) -> None:
    """Start a run; a refusal is said in a toast."""
    try:
        name = plan.run_name(parameters)
        st.session_state[Key.COLD_NEXT] = process.lab_runs().start(LABORATORY, name, parameters.to_json())
    except (RunError, OSError) as error:
        st.toast(str(error), icon=":material/error:", duration="long")


def _new(group: str, opened: OpenData, runs: tuple[RunView, ...], earlier: ColdStartResult | None) -> None:
    data, backend = opened.data, process.backend()
    columns = item_columns(data)
    if not columns:
        st.markdown("These items have no column that could tell of new ones.")
        return
    share = st.slider("Held out, % of all items", 10, 90, 50, 5, key=Key.COLD_SHARE)
    seeds = st.segmented_control(
        "Draws",
        cold_start.SEEDS,
        default=cold_start.SEEDS[0],
        required=True,
        key=Key.COLD_SEEDS,
        help="Several draws of new items tell how much luck there is in one.",
    )
    split = st.radio("What counts", list(SPLIT_WORDS), format_func=lambda s: SPLIT_WORDS[s], key=Key.COLD_SPLIT)
    used = st.multiselect("Columns used", columns, default=columns, key=Key.COLD_COLUMNS)
    sets = cold_start.column_sets(data)
    alone = st.toggle("Train each column alone too", key=Key.COLD_ALONE, help=f"{', '.join(sets)}")
    explore = st.toggle("Measure exploration too", key=Key.COLD_EXPLORE)
    tried = tuple(names for words, names in sets.items() if words != "all" and set(names) <= set(used))
    parameters = Parameters(
        group,
        share / 100,
        int(seeds or 1),
        str(split),
        columns=None if used == columns else tuple(used),
        column_sets=tried if alone else (),
        exploration=explore,
    )
    seconds = plan.expected_seconds(backend, data, parameters, earlier)
    about = "" if seconds is None else f" · about {in_seconds(seconds)}"
    busy = any(run.state == "running" for run in runs)
    st.button(
        f"Start{about}",
        type="primary",
        icon=":material/play_arrow:",
        key=Widget.COLD_START_NEW,
        disabled=busy or not used,
        on_click=start,
        args=(parameters,),
        width="stretch",
    )
    note = plan.problem(data, parameters) or plan.aws_words(backend, parameters)
    if busy:
        note = "A run is under way; it can be followed or stopped on this page."
    if note:
        st.caption(note)


def _kept(run: RunView) -> None:
    """Offer to name or delete the run that is shown."""
    st.divider()
    name = st.text_input("Name of the run that is shown", run.name, key=f"{Key.COLD_NAME}_{run.id}")
    with st.container(horizontal=True):
        st.button("Rename", key=Widget.COLD_RENAME, on_click=_rename, args=(run.id, name))
        st.button("Delete", key=Widget.COLD_DELETE, on_click=_delete, args=(run.id,))


def _rename(run_id: str, name: str) -> None:
    try:
        process.lab_runs().rename(run_id, name)
    except RunError as error:
        st.toast(str(error), icon=":material/error:", duration="long")
    st.session_state[Key.COLD_NEXT] = run_id


def _delete(run_id: str) -> None:
    try:
        process.lab_runs().delete(run_id)
    except RunError as error:
        st.toast(str(error), icon=":material/error:", duration="long")


def _show_next(names: Mapping[str, RunView]) -> None:
    """Choose the run that was started or renamed here, once it is among the finished ones."""
    wanted = st.session_state.get(Key.COLD_NEXT)
    found = next((name for name, run in names.items() if run.id == wanted), None)
    if found is not None:
        del st.session_state[Key.COLD_NEXT]
        st.session_state[Key.COLD_RUN] = found


def _named(finished: list[RunView]) -> dict[str, RunView]:
    """Return the finished runs by what the select says, each once."""
    names: dict[str, RunView] = {}
    for run in finished:
        name, number = run.name, 2
        while name in names:
            name, number = f"{run.name} ({number})", number + 1
        names[name] = run
    return names
