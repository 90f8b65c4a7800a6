"""The timed steps of a run: their notes, their end, and what a stopped one shows."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.laboratory.context import CANCEL, RunCancelled, RunContext
from services.laboratory.stages import Stages, one_bar, overall
from services.progress import Step, StepState

STEPS = (Step("import", "Import What Is Left"), Step("train", "Train"))


def stored(folder: Path) -> dict[str, Any]:
    return {step["key"]: step for step in json.loads((folder / "state.json").read_text())["steps"]}


def test_a_step_that_runs_twice_adds_up_and_says_which_time(tmp_path: Path) -> None:
    stages = Stages(STEPS, RunContext(tmp_path))
    for part in ("draw 1 of 2", "draw 2 of 2"):
        with stages.stage("train", part) as update:
            update(0.5, "epoch 1")
    assert stored(tmp_path)["train"]["state"] == StepState.DONE
    assert stored(tmp_path)["train"]["note"] == "draw 2 of 2 · epoch 1"
    assert stages.seconds["train"] > 0


@pytest.mark.parametrize(
    ("error", "note"),
    [(RunCancelled(), "epoch 1"), (ValueError("It broke."), "It broke.")],
    ids=["stopped", "failed"],
)
def test_a_step_that_ends_early_keeps_the_reason_or_its_last_note(tmp_path: Path, error: Exception, note: str) -> None:
    stages = Stages(STEPS, RunContext(tmp_path))

    def work() -> None:
        with stages.stage("train") as update:
            update(0.5, "epoch 1")
            raise error

    with pytest.raises(type(error)):
        work()
    step = stored(tmp_path)["train"]
    assert (step["state"], step["note"]) == (StepState.FAILED, note)


def test_no_step_begins_after_stop(tmp_path: Path) -> None:
    (tmp_path / CANCEL).touch()
    with pytest.raises(RunCancelled), Stages(STEPS, RunContext(tmp_path)).stage("train"):
        raise AssertionError("unreachable")


def test_several_steps_are_one_bar() -> None:
    running = (Step("a", "Read", StepState.DONE), Step("b", "Write It", StepState.RUNNING))
    assert overall(running) == (0.5, "write it")
    assert overall(()) == (None, "")
    seen: list[tuple[float | None, str]] = []
    one_bar(lambda *progress: seen.append(progress), lambda: None)(running)
    assert seen == [(0.5, "write it")]
