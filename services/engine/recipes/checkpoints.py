"""Checkpoints: the state that a long training stores while it runs, to resume after it was stopped."""

from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray


class Checkpoints(Protocol):
    """Stores the latest state of one training; jobs/training/checkpoints.py implements it with a file."""

    def load(self) -> Mapping[str, NDArray[Any]] | None:
        """Return the arrays that an earlier run of the same training saved last; None when there are none."""

    def resumed(self, fraction: float, note: str) -> None:
        """Report that the training resumes from the arrays of load(), with this fraction done."""

    def save(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Store these arrays and replace the previous ones."""

    @property
    def due(self) -> bool:
        """Whether enough time has passed since the last save."""
