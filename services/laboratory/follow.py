"""Follow a laboratory's run to its end, for a script or a demo that prepares one; the run has a process of its own."""

from collections.abc import Callable, Mapping
from typing import Any

from services.backend import Backend
from services.errors import RunError
from services.laboratory.context import DONE, RUNNING
from services.laboratory.runs import LabRuns, RunView
from services.laboratory.stages import Update, overall
from services.personalize.waiting import poll_seconds, polled


def finished(backend: Backend, laboratory: str, group: str) -> RunView | None:
    """Return the newest finished run over a data set group, None where there is none."""
    return next((run for run in _runs_of_group(backend, laboratory, group) if run.state == DONE), None)


def follow(
    backend: Backend,
    laboratory: str,
    name: str,
    parameters: Mapping[str, Any],
    progress: Update,
    check_cancelled: Callable[[], None],
) -> RunView:
    """Do a run over parameters["group"] and return it, finished.

    A run of the group that is running is followed, one of this name that stopped is resumed, and only otherwise a new
    one is started. When check_cancelled raises, the run is stopped. Raises RunError with the reason when it fails.
    """
    runs = LabRuns(backend.home)
    run_id = _running_id(runs, backend, laboratory, name, parameters)
    for view in polled(lambda: runs.find(run_id), interval_s=poll_seconds(backend)):
        if view is None:
            raise RunError(f"The run {name} was deleted while it was prepared. Try again.")
        if view.state == DONE:
            return view
        if view.state != RUNNING:
            raise RunError(view.reason or f"The run {name} was stopped. Try again.")
        try:
            check_cancelled()
        except Exception:
            runs.cancel(run_id)
            raise
        progress(*overall(view.steps))
    raise AssertionError("polled() without a timeout does not end")


def _running_id(runs: LabRuns, backend: Backend, laboratory: str, name: str, parameters: Mapping[str, Any]) -> str:
    """Return the id of the run to follow, which is running or has just been resumed or started."""
    of_group = _runs_of_group(backend, laboratory, str(parameters["group"]))
    running = next((run for run in of_group if run.state == RUNNING), None)
    if running is not None:
        return running.id
    stopped = next((run for run in of_group if run.name == name and run.state != DONE), None)
    if stopped is not None:
        runs.resume(stopped.id)
        return stopped.id
    return runs.start(laboratory, name, parameters)


def _runs_of_group(backend: Backend, laboratory: str, group: str) -> list[RunView]:
    return [run for run in LabRuns(backend.home).all(laboratory) if run.parameters.get("group") == group]
