"""Running batch jobs, and the newest one when it failed: bar, reason, buttons."""

import streamlit as st

from pages.components import address, changing, panels, process
from pages.components.batch.state import BatchState
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.money.sentences import before_batch
from services.personalize import batch_jobs
from services.personalize.batch_jobs import BatchJob
from services.personalize.states import Status
from services.screens.batch import results


def draw(state: BatchState) -> None:
    """Draw a bar for the running job, a line for each waiting one, and a card when the newest one failed."""
    if state.running:
        _running(state.running[0])
    for job in state.running[1:]:
        st.caption(escaped(f"{job.name} waits for its turn."))
    newest = state.jobs[0] if state.jobs else None
    if newest is not None and newest.status == Status.CREATE_STOPPED:
        st.caption(escaped(f"{newest.name} was stopped. Lists that were finished stay in its output folder."))
    if newest is not None and newest.failed:
        _failed(state, newest)


def _running(job: BatchJob) -> None:
    def body() -> bool:
        now = batch_jobs.job(process.backend(), job.arn)
        if now is None or not now.running:
            return False
        fraction = 0.0 if now.progress is None else now.progress.fraction
        bar, stop = st.columns([9, 1], vertical_alignment="center")
        bar.progress(min(1.0, max(0.0, fraction)), text=f"{escaped(now.name)} · you may close this page")
        with stop:
            panels.stop_button(process.backend(), now.arn, stopping=now.status == Status.CREATE_STOPPING)
        return True

    panels.auto_refresh(True, body, key=Widget.BATCH_LIVE, seconds=1.0)


def _failed(state: BatchState, job: BatchJob) -> None:
    log = job.progress.log if job.progress is not None else ()
    finished = results.output_urls(process.backend(), job)
    with panels.failed(
        job.failure_reason or "No reason was given.",
        title=f"{job.name} failed",
        detail="\n".join(log) or None,
        key=Widget.BATCH_FAILED,
    ):
        changing.costs(before_batch(process.backend()))
        with st.container(horizontal=True):
            changing.button(
                "Try again", type="primary", key=Widget.BATCH_AGAIN, on_click=_again, args=(state.group, job)
            )
            if finished and state.shown != job:
                st.button("Look at what is there", key=Widget.BATCH_FINISHED, on_click=show, args=(job.name,))


def _again(group: str, job: BatchJob) -> None:
    with panels.toast_errors():
        batch_jobs.again(process.backend(), group, job)
        show(None)


def show(name: str | None) -> None:
    """Show the job of this name from the next run on; None shows the latest finished one."""
    for key in (Key.BATCH_JOB, Key.BATCH_LINE, Key.BATCH_PAGE, Key.BATCH_FIND):
        st.session_state.pop(key, None)
        st.query_params.pop(key, None)
    if name is not None:
        address.carry({Key.BATCH_JOB: name})
