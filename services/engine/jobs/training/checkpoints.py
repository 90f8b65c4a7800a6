"""Checkpoints of long trainings: HOME/checkpoints/SOLUTION.safetensors, at most one for each solution.

A worker that is killed, or stopped by a person, leaves the state of the last saved epoch; the next version of the same
solution goes on from there if data and settings are the same (recipes/hrnn/checkpoint.py compares). A version that is
finished removes it.
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.arns import resource_name
from services.engine.jobs.progress import JobProgress
from services.engine.models.artifacts import map_arrays, write_arrays
from services.engine.settings import EngineSettings

SAVE_EVERY_S = 20.0
"""Trainings that end sooner never save: to start again costs them less than a person notices."""


class TrainingCheckpoints:
    """Implements recipes.checkpoints.Checkpoints for the training of one solution version."""

    def __init__(
        self, settings: EngineSettings, solution_arn: str, progress: JobProgress, save_every_s: float = SAVE_EVERY_S
    ) -> None:
        self._path = checkpoint_path(settings, solution_arn)
        self._progress = progress
        self._save_every_s = save_every_s
        self._began = self._saved = time.monotonic()
        self._seconds_before = 0.0

    @property
    def due(self) -> bool:
        """Whether the last save, or the beginning, is SAVE_EVERY_S ago."""
        return time.monotonic() - self._saved >= self._save_every_s

    def load(self) -> Mapping[str, NDArray[Any]] | None:
        """Return what was saved last; None when there is nothing, or nothing that can be read."""
        try:
            arrays = map_arrays(self._path)
        except (OSError, ValueError, KeyError):
            return None
        self._seconds_before = float(arrays.pop("seconds", np.zeros(1))[0])
        return arrays

    def resumed(self, fraction: float, note: str) -> None:
        """Say in the log that the training goes on; the time left is told from all the time that it has taken."""
        self._began -= self._seconds_before
        self._progress.backdate(self._seconds_before)
        self._progress.update(fraction, note)
        self._progress.log(f"{note[0].upper()}{note[1:]}, as an earlier training left it.")

    def save(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Write the state beside its place and rename it, so that a reader finds the old one or the new one."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".part")
        write_arrays(beside, {**arrays, "seconds": np.array([time.monotonic() - self._began])})
        os.replace(beside, self._path)
        self._saved = time.monotonic()

    def remove(self) -> None:
        """Remove what was saved: the training is finished."""
        self._path.unlink(missing_ok=True)


def checkpoint_path(settings: EngineSettings, solution_arn: str) -> Path:
    """Return where the state of a solution's unfinished training is kept."""
    return settings.checkpoints_path / f"{resource_name(solution_arn)}.safetensors"
