"""A step of the demo's preparation, and what the steps share."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from services.backend import Backend
from services.demo.memory import DemoMemory
from services.library import turns
from services.library.prepared import CsvFile, PreparedData
from services.sources import load

Progress = Callable[[float | None, str], None]
"""Reports the fraction that is done, 0 to 1 or None, and what has been counted."""


class DemoCancelled(Exception):
    """The user pressed Cancel; finished steps are kept."""


@dataclass
class DemoContext:
    """What the steps of one preparation share."""

    backend: Backend
    memory: DemoMemory
    cancelled: threading.Event = field(default_factory=threading.Event)
    _data: PreparedData | None = None
    _files: tuple[CsvFile, ...] = ()

    @property
    def data(self) -> PreparedData:
        """The demo's tables, made on first use."""
        if self._data is None:
            self._data = load.load_demo()
        return self._data

    def files(self) -> tuple[CsvFile, ...]:
        """Return the files to import, written where they are not there, together with the library's tables.

        Call it in the demo's turn: another import of this name writes into the same folder.
        """
        if not self._files or not all(file.csv.exists() for file in self._files):
            _, self._files = load.keep(self.data, self.backend.home)
        return self._files

    @contextmanager
    def turn(self, progress: Progress) -> Iterator[None]:
        """Hold the turn for the demo's name, which other processes and the Data screen take too."""

        def waiting() -> None:
            self.check_cancelled()
            progress(None, "waiting for another import of this name")

        with turns.turn(self.backend.home, load.DEMO_NAME, waiting):
            yield

    def check_cancelled(self) -> None:
        """Raise DemoCancelled after Cancel."""
        if self.cancelled.is_set():
            raise DemoCancelled

    def forget_data(self) -> None:
        """Free the memory of the tables."""
        self._data = None


@dataclass(frozen=True)
class DemoStep:
    """One step of the demo."""

    key: str
    label: str
    done: Callable[[DemoContext], bool]
    run: Callable[[DemoContext, Progress], str]
    """Runs the step and returns what it counted, for the step list."""
    background: bool = False
    """Whether the demo can be shown without it: its failure stops nothing else."""
    recipes: tuple[str, ...] = ()
    """The recipes that it trains, for the estimate of its time."""
    resource: str = ""
    """Name of the solution and campaign that it makes."""
