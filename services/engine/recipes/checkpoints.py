"""What a training that takes long may leave behind while it runs, and find again after it was stopped."""

from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray


class Checkpoints(Protocol):
    """Keeps the state of one training, the last that was saved; jobs/training/checkpoints.py writes it to a file."""

    def load(self) -> Mapping[str, NDArray[Any]] | None:
        """Return what was saved last, by an earlier run of the same training; None for nothing."""

    def resumed(self, fraction: float, note: str) -> None:
        """Say that the training goes on from what load() gave, with this share of it done."""

    def save(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep these arrays in place of those before."""

    @property
    def due(self) -> bool:
        """Whether so much time has passed that saving is worth its while."""
