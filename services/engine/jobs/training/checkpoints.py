"""Checkpoints of long trainings: HOME/checkpoints/SOLUTION.safetensors, at most one for each solution.

After a kill or a requested stop, the file contains the state of the last saved epoch; the next version of the same
solution resumes from it if data and settings are the same (recipes/hrnn/checkpoint.py compares). A finished version
removes it.
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
from services.engine.settings import EngineSettings

SAVE_EVERY_S = 20.0
"""Shorter trainings never save, because restarting them takes little time."""


class TrainingCheckpoints:
    """Implements recipes.checkpoints.Checkpoints for the training of one solution version."""

    def __init__(
        self, settings: EngineSettings, solution_arn: str, progress: JobProgress, save_every_s: float = SAVE_EVERY_S
    ) -> None:
        self._path = checkpoint_path(settings, solution_arn)
        self._progress = progress
        self._save_every_s = save_every_s
        self._started = self._saved = time.monotonic()
        self._seconds_before = 0.0

    @property
    def due(self) -> bool:
        """Whether the last save, or the start, was SAVE_EVERY_S ago."""
        return time.monotonic() - self._saved >= self._save_every_s

    def load(self) -> Mapping[str, NDArray[Any]] | None:
        """Return the arrays saved last; None when there is no readable file."""
        from services.engine.models.artifacts import map_arrays  # with all models; every worker imports this module

        try:
            arrays = map_arrays(self._path)
        except (OSError, ValueError, KeyError):
            return None
        self._seconds_before = float(arrays.pop("seconds", np.zeros(1))[0])
        return arrays

    def resumed(self, fraction: float, note: str) -> None:
        """Log that the training resumes; the estimate of the time left includes the earlier run."""
        self._started -= self._seconds_before
        self._progress.backdate(self._seconds_before)
        self._progress.update(fraction, note)
        self._progress.log(f"{note[0].upper()}{note[1:]}, from the checkpoint of an earlier training.")

    def save(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Write the state to a temporary file and rename it, so that a reader finds the old one or the new one."""
        from services.engine.models.artifacts import write_arrays

        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(".part")
        write_arrays(partial, {**arrays, "seconds": np.array([time.monotonic() - self._started])})
        os.replace(partial, self._path)
        self._saved = time.monotonic()

    def remove(self) -> None:
        """Remove the file after the training."""
        self._path.unlink(missing_ok=True)


def checkpoint_path(settings: EngineSettings, solution_arn: str) -> Path:
    """Return the path of a solution's checkpoint."""
    return settings.checkpoints_path / f"{resource_name(solution_arn)}.safetensors"
