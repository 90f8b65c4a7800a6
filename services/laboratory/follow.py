"""Follow a laboratory's run to its end, for a script or a demo that prepares one; the run has a process of its own."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from services.backend import Backend
from services.errors import RunError
from services.laboratory.runs import DONE, RUNNING, LabRuns, RunView
from services.personalize.waiting import poll_seconds


def finished(backend: Backend, laboratory: str, group: str) -> RunView | None:
    """Return the newest finished run over a data set group, None where there is none."""
    return next((run for run in _of_group(backend, laboratory, group) if run.state == DONE), None)


def follow(
    backend: Backend,
    laboratory: str,
    name: str,
    parameters: Mapping[str, Any],
    progress: Callable[[float | None, str], None],
    check_cancelled: Callable[[], None],
) -> RunView:
    """Do a run over parameters["group"] and return it, finished.

    One under way is followed, one of this name that stopped goes on, and only otherwise a new one is started. When
    check_cancelled raises, the run is stopped. Raises RunError with the reason when it does not end well.
    """
    runs = LabRuns(backend.home)
    run_id = _working(runs, backend, laboratory, name, parameters)
    while True:
        view = runs.find(run_id)
        if view is None:
            raise RunError(f"The run {name} was deleted while it was prepared. Try again.")
        if view.state == DONE:
            return view
        if view.state != RUNNING:
            raise RunError(view.reason or f"The run {name} was stopped. Try again.")
        try:
            check_cancelled()
        except BaseException:
            runs.cancel(run_id)
            raise
        step = next((step for step in view.steps if step.state == "running"), None)
        done = sum(step.state == "done" for step in view.steps)
        progress(done / len(view.steps) if view.steps else None, step.label.lower() if step is not None else "")
        time.sleep(poll_seconds(backend))


def _working(runs: LabRuns, backend: Backend, laboratory: str, name: str, parameters: Mapping[str, Any]) -> str:
    there = _of_group(backend, laboratory, str(parameters["group"]))
    working = next((run for run in there if run.state == RUNNING), None)
    if working is not None:
        return working.id
    stopped = next((run for run in there if run.name == name and run.state != DONE), None)
    if stopped is not None:
        runs.resume(stopped.id)
        return stopped.id
    return runs.start(laboratory, name, parameters)


def _of_group(backend: Backend, laboratory: str, group: str) -> list[RunView]:
    return [run for run in LabRuns(backend.home).all(laboratory) if run.parameters.get("group") == group]
