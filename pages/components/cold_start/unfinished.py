"""A cold start run before it is there: the four steps as a picture with one button, their progress, why one failed."""

from collections.abc import Callable

import streamlit as st

from pages.components import panels, process
from pages.components.cold_start import controls
from pages.components.cold_start.controls import Chosen
from pages.components.keys import Widget
from services.errors import RunError
from services.language.phrases import counted, in_seconds
from services.screens.cold_start import plan, run
from services.screens.cold_start.run import Parameters
from services.screens.cold_start.split import item_columns

ICONS = {
    "hold_out": ":material/content_cut:",
    "import": ":material/database:",
    "train": ":material/model_training:",
    "measure": ":material/rule:",
}
EXPLAINED = {
    "hold_out": "Half of the items, at random, lose every event. What is known of them stays.",
    "import": "The rest becomes a data set group of its own; yours is not touched.",
    "train": "The recipe learns from the known half what kind of item each person likes.",
    "measure": "1,000 people are asked for 25 items they cannot have seen; what they really took is known.",
}


def draw(chosen: Chosen) -> None:
    """Draw what the newest run does if it is not finished, and the picture of a run where there is none."""
    latest = chosen.latest
    if latest is None:
        _empty(chosen)
    elif latest.state == "running":
        _running(chosen)
    elif latest.state in ("failed", "cancelled"):
        _stopped(chosen)


def _empty(chosen: Chosen) -> None:
    data = chosen.opened.data
    parameters = Parameters(chosen.group)
    controls.head(chosen, f"Which people would like {data.words.nouns} that nobody has had yet? Nothing is measured.")
    problem = "" if item_columns(data) else "The items of this data say nothing that could be learned from."
    problem = problem or plan.problem(data, parameters)
    with st.container(border=True, key=Widget.COLD_EMPTY):
        for column, step in zip(st.columns(4, gap="small"), run.STEPS, strict=True):
            with column:
                st.markdown(f"### {ICONS[step.key]}\n**{step.label}**")
                st.caption(EXPLAINED[step.key])
        seconds = plan.expected_seconds(process.backend(), data, parameters)
        about = "" if seconds is None else f" · about {in_seconds(seconds)}"
        st.button(
            f"Measure it{about}",
            type="primary",
            icon=":material/play_arrow:",
            key=Widget.COLD_FIRST,
            disabled=bool(problem),
            on_click=controls.start,
            args=(parameters,),
        )
        st.caption(problem or plan.aws_words(process.backend(), parameters) or "You may leave this page.")


def _running(chosen: Chosen) -> None:
    latest = chosen.latest
    assert latest is not None
    run_id = latest.id
    if chosen.result is None:
        controls.head(chosen, "Measuring: who would like what nobody has had yet?")

    def body() -> bool:
        now = process.lab_runs().find(run_id)
        if now is None or now.state != "running":
            return False
        with st.container(horizontal=True, vertical_alignment="top"):
            with st.container(width="stretch"):
                st.markdown(f"**{now.name}** is being measured; you may leave this page.")
                panels.step_list(now.steps)
            st.button("Stop", icon=":material/stop_circle:", key=Widget.COLD_STOP, on_click=_stop, args=(run_id,))
        return True

    with st.container(border=True, key=Widget.COLD_RUNNING):
        panels.auto_refresh(True, body, key=Widget.COLD_LIVE, seconds=1.0)


def _stopped(chosen: Chosen) -> None:
    latest = chosen.latest
    assert latest is not None
    if chosen.result is None:
        controls.head(chosen, f"The run {latest.name} did not come to its end.")
    done = [step for step in latest.steps if step.state == "done"]
    failed = next((step for step in latest.steps if step.state == "failed"), None)
    where = f"“{failed.label}” did not work: " if failed is not None else ""
    kept = f" {counted(len(done), 'step is', 'steps are')} finished; finished draws are kept."
    title = "Stopped" if latest.state == "cancelled" else "The run failed"
    sentence = latest.reason or ("Somebody pressed Stop." if latest.state == "cancelled" else "No reason was given.")
    with (
        panels.failed(f"{where}{sentence}{kept}", title=title, key=Widget.COLD_FAILED),
        st.container(horizontal=True),
    ):
        panels.step_list(latest.steps)
        st.button(
            "Continue",
            type="primary",
            icon=":material/replay:",
            key=Widget.COLD_AGAIN,
            on_click=_again,
            args=(latest.id,),
        )
        st.button("Remove", key=Widget.COLD_REMOVE, on_click=_remove, args=(latest.id,))


def _stop(run_id: str) -> None:
    process.lab_runs().cancel(run_id)


def _again(run_id: str) -> None:
    _refused(process.lab_runs().resume, run_id)


def _remove(run_id: str) -> None:
    _refused(process.lab_runs().delete, run_id)


def _refused(change: Callable[[str], None], run_id: str) -> None:
    """Change a run, and say in a toast why it cannot be."""
    try:
        change(run_id)
    except RunError as error:
        st.toast(str(error), icon=":material/error:", duration="long")
