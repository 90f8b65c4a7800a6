"""The objects that all sessions of this process share: the backend, the draft desk, the runners."""

from collections.abc import Mapping

import streamlit as st

from services.backend import Backend, choose_backend, open_backend
from services.changes import changing_home
from services.demo.runner import DemoRunner
from services.laboratory.runs import LabRuns
from services.moving.runner import MovingRunner
from services.screens.data.desk import DraftDesk


@st.cache_resource(show_spinner=False, on_release=lambda backend: backend.close())
def backend() -> Backend:
    """Return the one backend of this process. Raises BackendError with the variable to set."""
    return open_backend()


def ask_another(chosen: Mapping[str, str]) -> None:
    """Let every session of this process ask another backend. Raises BackendError, and everything stays as it was."""
    home = backend().home
    changing_home(home, "ChooseBackend", chosen.get("PERSONALIZE_BACKEND", ""))
    choose_backend(chosen)
    for made in (moving, backend, demo, desk, lab_runs):
        made.clear()
    st.cache_data.clear()


@st.cache_resource(show_spinner=False)
def demo() -> DemoRunner:
    """Return the one runner of the film demo; a demo that was interrupted by a restart is resumed."""
    runner = DemoRunner(backend())
    runner.resume()
    return runner


@st.cache_resource(show_spinner=False, on_release=lambda runner: runner.close())
def moving() -> MovingRunner:
    """Return what moves groups to an account and back; a move that was interrupted by a restart is resumed."""
    runner = MovingRunner(backend())
    runner.resume()
    return runner


@st.cache_resource(show_spinner=False)
def desk() -> DraftDesk:
    """Return the one draft desk, which loads, checks and imports data."""
    return DraftDesk(backend())


@st.cache_resource(show_spinner=False)
def lab_runs() -> LabRuns:
    """Return the runs of the laboratories, which continue without the page."""
    return LabRuns(backend().home)
