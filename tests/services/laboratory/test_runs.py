"""Runs of the laboratories: started in a process of their own, followed, stopped, continued, renamed, removed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from services.errors import RunError
from services.laboratories import RUN_OF
from services.laboratory import runs as lab_runs
from services.laboratory.context import CANCELLED, DONE, FAILED, RUNNING, RunCancelled, RunContext
from services.laboratory.locks import take_lock
from services.laboratory.runs import DIED, LABORATORIES, LabRuns, RunView
from services.progress import Step


@pytest.fixture
def runs(tmp_path: Path) -> LabRuns:
    return LabRuns(tmp_path)


def waited(runs: LabRuns, run_id: str, condition: Callable[[RunView], bool], timeout_s: float = 30.0) -> RunView:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        view = runs.find(run_id)
        assert view is not None
        if condition(view):
            return view
        time.sleep(0.02)
    raise AssertionError(f"the run is still {view.state}")


def made(tmp_path: Path, name: str = "one") -> Path:
    return lab_runs.create(tmp_path / "laboratories", "cold_start", name, {"group": "gone"})


def test_a_run_works_in_a_process_of_its_own_and_says_why_it_failed(
    runs: LabRuns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "services.py").write_text("raise RuntimeError('the explorer was started in a folder of other code')")
    monkeypatch.chdir(tmp_path)
    run_id = runs.start("cold_start", "no data", {"group": "gone"})
    view = waited(runs, run_id, lambda v: v.state != RUNNING)
    assert view.state == FAILED
    assert "gone" in view.reason
    assert (view.name, view.parameters, view.laboratory) == ("no data", {"group": "gone"}, "cold_start")
    assert view.ended is not None
    assert [v.id for v in runs.all("cold_start")] == [run_id]
    assert runs.all("evaluation") == []


def test_a_process_that_ends_before_its_run_does_not_warn_of_it(tmp_path: Path) -> None:
    start = "import sys; from services.laboratory.runs import LabRuns; from pathlib import Path; "
    start += "LabRuns(Path(sys.argv[1])).start('cold_start', 'no data', {'group': 'gone'})"
    command = [sys.executable, "-W", "error", "-c", start, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stderr == ""
    (run,) = LabRuns(tmp_path).all("cold_start")
    waited(LabRuns(tmp_path), run.id, lambda view: view.state == FAILED)


def test_a_failed_run_can_be_continued(runs: LabRuns) -> None:
    run_id = runs.start("cold_start", "again", {"group": "gone"})
    first = waited(runs, run_id, lambda v: v.state == FAILED)
    runs.resume(run_id)
    second = waited(runs, run_id, lambda v: v.state == FAILED and v.ended != first.ended)
    assert second.created == first.created


def test_a_run_whose_process_died_reads_as_failed_with_the_step(tmp_path: Path, runs: LabRuns) -> None:
    folder = made(tmp_path)
    RunContext(folder).report([Step("train", "Train", "running", fraction=0.5)])
    view = runs.find(folder.name)
    assert view is not None
    assert (view.state, view.reason, view.ended) == (FAILED, DIED, None)
    assert (view.steps[0].state, view.steps[0].note) == ("failed", DIED)


def test_a_run_that_somebody_works_on_is_running_until_its_process_is_killed(tmp_path: Path, runs: LabRuns) -> None:
    folder = made(tmp_path)
    RunContext(folder).report([Step("train", "Train", "running")])
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        take_lock(folder)
        os.write(told, b"1")
        signal.pause()
    os.read(ready, 1)
    try:
        assert runs.find(folder.name).state == RUNNING  # type: ignore[union-attr]
        for refused in (runs.resume, runs.delete):
            with pytest.raises(RunError, match="running"):
                refused(folder.name)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert runs.find(folder.name).state == FAILED  # type: ignore[union-attr]


def test_stop_reaches_the_run_at_its_next_look(tmp_path: Path, runs: LabRuns) -> None:
    folder = made(tmp_path)
    context = RunContext(folder)
    context.check_cancelled()
    runs.cancel(folder.name)
    with pytest.raises(RunCancelled):
        context.check_cancelled()
    context.end(CANCELLED, "It was stopped.")
    assert runs.find(folder.name).state == CANCELLED  # type: ignore[union-attr]


def test_results_are_whole_or_absent(tmp_path: Path) -> None:
    context = RunContext(made(tmp_path))
    frame = pd.DataFrame({"a": [1, 2]})
    context.write("numbers", frame)
    context.write_json("facts", {"n": 2})
    assert pd.read_parquet(context.folder / "numbers.parquet").equals(frame)
    assert json.loads((context.folder / "facts.json").read_text()) == {"n": 2}
    assert not list(context.folder.glob("*.part"))


def test_a_finished_run_keeps_its_steps(tmp_path: Path, runs: LabRuns) -> None:
    context = RunContext(made(tmp_path))
    context.report([Step("train", "Train", "done", "12 s", seconds=12.0)])
    context.end(DONE)
    view = runs.find(context.folder.name)
    assert view is not None
    assert (view.state, view.steps[0].seconds, view.reason) == (DONE, 12.0, "")


def test_runs_are_renamed_and_removed(tmp_path: Path, runs: LabRuns) -> None:
    folder = made(tmp_path)
    RunContext(folder).end(DONE)
    runs.rename(folder.name, "  better ")
    assert runs.find(folder.name).name == "better"  # type: ignore[union-attr]
    with pytest.raises(RunError, match="name"):
        runs.rename(folder.name, " ")
    runs.delete(folder.name)
    assert runs.find(folder.name) is None
    with pytest.raises(RunError, match="deleted"):
        runs.resume(folder.name)


def test_the_newest_run_comes_first(tmp_path: Path, runs: LabRuns) -> None:
    older, newer = made(tmp_path, "older"), made(tmp_path, "newer")
    assert [view.id for view in runs.all("cold_start")] == [newer.name, older.name]


@pytest.mark.parametrize("run_id", ["../cold_start", "*", "", "a/b"])
def test_an_id_never_leaves_the_folder(tmp_path: Path, runs: LabRuns, run_id: str) -> None:
    made(tmp_path)
    assert runs.find(run_id) is None


def test_every_laboratory_that_a_run_may_name_can_be_run() -> None:
    assert set(LABORATORIES) == set(RUN_OF)


def test_an_unknown_laboratory_is_refused_by_name(runs: LabRuns) -> None:
    with pytest.raises(RunError, match="alchemy"):
        runs.start("alchemy", "gold", {})
