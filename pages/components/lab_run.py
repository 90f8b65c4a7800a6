"""What the screens of the laboratories share: a run is chosen, named, deleted, followed, stopped and resumed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import address, changing, panels, process
from pages.components.markdown import escaped
from services.laboratory import groups
from services.laboratory.context import CANCELLED, DONE, FAILED, RUNNING
from services.laboratory.records import RunParameters
from services.laboratory.runs import RunView
from services.money.sentences import before_going_on


@dataclass(frozen=True)
class Lab:
    """A laboratory, and the keys and words of the controls of its runs."""

    name: str
    """One of LABORATORIES."""
    choice_key: str
    choice_label: str
    shown_next_key: str
    """Where the session keeps the id of the run to show as soon as it has finished."""
    new_name_key: str
    new_name_label: str
    rename_key: str
    delete_key: str
    running_key: str
    live_key: str
    stop_key: str
    failed_key: str
    resume_key: str
    remove_key: str


@dataclass(frozen=True)
class Runs:
    """The runs of a laboratory over one data set group, newest first."""

    all: tuple[RunView, ...]

    @property
    def latest(self) -> RunView | None:
        """The newest run, finished or not."""
        return self.all[0] if self.all else None

    @property
    def finished(self) -> list[RunView]:
        """The finished runs."""
        return [run for run in self.all if run.state == DONE]

    @property
    def busy(self) -> bool:
        """Whether a run is running."""
        return any(run.state == RUNNING for run in self.all)


@dataclass(frozen=True)
class Head:
    """The place of the headline above the controls, which the view fills."""

    title: str
    place: DeltaGenerator
    source: str
    """The grey line under the headline."""

    def draw(self, sentence: str, source: str = "") -> None:
        """Draw the headline; source replaces the usual grey line."""
        with self.place.container():
            panels.head(self.title, sentence, source or self.source)


def runs_of(lab: Lab, group: str) -> Runs:
    """Return the runs over a data set group."""
    return Runs(tuple(run for run in process.lab_runs().all(lab.name) if run.parameters.get("group") == group))


def choose(lab: Lab, runs: Runs) -> RunView:
    """Draw the select of the finished runs, of which there is at least one, and return the chosen one."""
    names = _named(runs.finished)
    _show_next(lab, names)
    first = next(iter(names))
    address.default_choice(lab.choice_key, list(names), first)
    return names[address.bound_select(lab.choice_label, list(names), lab.choice_key) or first]


def start(lab: Lab, name: str, parameters: RunParameters) -> None:
    """Start a run, which is shown as soon as it has finished; a refusal is shown in a toast."""
    with panels.toast_errors(OSError):
        st.session_state[lab.shown_next_key] = process.lab_runs().start(lab.name, name, parameters.to_json())


def manage(lab: Lab, run: RunView) -> None:
    """Draw the controls to rename or delete the run that is shown."""
    st.divider()
    name = st.text_input(lab.new_name_label, run.name, key=f"{lab.new_name_key}_{run.id}")
    with st.container(horizontal=True):
        changing.button(
            "Rename", key=lab.rename_key, disabled=name == run.name, on_click=_rename, args=(lab, run.id, name or "")
        )
        changing.button("Delete", key=lab.delete_key, on_click=_attempt, args=(_remove, run.id))


def follow(lab: Lab, run_id: str, details: Callable[[RunView], None] | None = None) -> None:
    """Draw a running run's steps, and the button that stops it, until it ends; details are drawn under the steps."""

    def body() -> bool:
        run = process.lab_runs().find(run_id)
        if run is None or run.state != RUNNING:
            return False
        with st.container(horizontal=True, vertical_alignment="top"):
            with st.container(width="stretch"):
                st.markdown(f"**{escaped(run.name)}** is being measured; you may leave this page.")
                panels.step_list(run.steps)
                if details is not None:
                    details(run)
            changing.button(
                "Stop",
                icon=":material/stop_circle:",
                key=lab.stop_key,
                on_click=_attempt,
                args=(process.lab_runs().cancel, run_id),
            )
        return True

    with st.container(border=True, key=lab.running_key):
        panels.auto_refresh(True, body, key=lab.live_key, seconds=1.0)


def stopped(
    lab: Lab,
    run: RunView,
    sentence: str,
    *,
    details: Callable[[RunView], None] | None = None,
) -> None:
    """Draw why a run stopped or failed, and the buttons that resume or remove it."""
    title = "Stopped" if run.state == CANCELLED else "The run failed"
    with panels.failed(sentence, title=title, key=lab.failed_key):
        panels.step_list(run.steps)
        if details is not None:
            details(run)
        changing.costs(before_going_on(process.backend()))
        with st.container(horizontal=True):
            changing.button(
                "Continue",
                type="primary",
                icon=":material/replay:",
                key=lab.resume_key,
                on_click=_attempt,
                args=(process.lab_runs().resume, run.id),
            )
            changing.button("Remove", key=lab.remove_key, on_click=_attempt, args=(_remove, run.id))


def has_stopped(run: RunView) -> bool:
    """Tell whether a run ended without a result."""
    return run.state in (FAILED, CANCELLED)


def _rename(lab: Lab, run_id: str, name: str) -> None:
    _attempt(partial(process.lab_runs().rename, name=name), run_id)
    st.session_state[lab.shown_next_key] = run_id


def _remove(run_id: str) -> None:
    run = process.lab_runs().find(run_id)
    if run is not None and run.state != RUNNING:
        groups.remove_groups_of(process.backend(), run_id)  # a run that was killed, or can be resumed, has some
    process.lab_runs().delete(run_id)


def _attempt(change: Callable[[str], None], run_id: str) -> None:
    """Change a run; a refusal is shown in a toast."""
    with panels.toast_errors(OSError):
        change(run_id)


def _show_next(lab: Lab, names: dict[str, RunView]) -> None:
    """Choose the run that was started or renamed here, as soon as it is among the finished ones."""
    run_id = st.session_state.get(lab.shown_next_key)
    name = next((name for name, run in names.items() if run.id == run_id), None)
    if name is not None:
        del st.session_state[lab.shown_next_key]
        st.session_state[lab.choice_key] = name


def _named(finished: list[RunView]) -> dict[str, RunView]:
    """Return the finished runs by the words of the select; a repeated name gets a number."""
    names: dict[str, RunView] = {}
    for run in finished:
        name, number = run.name, 2
        while name in names:
            name, number = f"{run.name} ({number})", number + 1
        names[name] = run
    return names
