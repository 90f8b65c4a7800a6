"""The sidebar under the menu: data set group, backend, running jobs, where to change the theme."""

import streamlit as st

from pages.components import address, panels, process
from pages.components.frame import sign_in
from pages.components.keys import Widget
from pages.components.markdown import escaped
from services.backend import JobView
from services.errors import PlainError, service_errors
from services.language.phrases import in_seconds
from services.personalize.states import Status


def draw_guarded() -> PlainError | None:
    """Draw it; where the backend does not answer, a line says so at its place, and the error is for the page to say."""
    try:
        with service_errors():
            draw()
    except PlainError as error:
        st.sidebar.caption(":material/error: The data set groups could not be read.")
        return error
    return None


def draw() -> None:
    """Draw it; the job strip refreshes itself while a job runs."""
    backend = process.backend()
    process.demo()
    process.moving()
    with st.sidebar:
        address.group_select()
        if backend.kind == "embedded":
            st.badge("On this machine", icon=":material/computer:", color="gray", help=backend.label)
        else:
            st.badge(backend.label, icon=":material/cloud:", color="orange")
        panels.auto_refresh(bool(_jobs()), _strip, key=Widget.JOB_STRIP)
        st.caption("Light or dark: menu ⋮ at the top right.")
        sign_in.draw()


def _jobs() -> list[JobView]:
    capabilities = process.backend().capabilities
    return [] if capabilities is None else capabilities.jobs(active_only=True)


def _strip() -> bool:
    jobs = _jobs()
    for job in jobs:
        stage = "waiting" if job.stage is None else job.stage.name
        left = "" if job.seconds_left is None else f", about {in_seconds(job.seconds_left)} left"
        bar, stop = st.columns([6, 1], vertical_alignment="center", gap="xxsmall")
        bar.progress(
            min(1.0, max(0.0, job.fraction)), text=f"{escaped(job.recipe or job.kind)} · {escaped(stage)}{left}"
        )
        with stop:
            panels.stop_button(process.backend(), job.arn, label="", stopping=job.status == Status.CREATE_STOPPING)
    return bool(jobs)
