"""The one SQLite file that every process of a home folder shares.

WAL lets readers go on while one process writes; every write stands inside one atomic() transaction, taken with
BEGIN IMMEDIATE so that two writers take turns instead of failing half-way. Readers get a connection that cannot write.
Source: SQLite's documentation on WAL mode and on transactions.
"""

import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from services.engine.settings import EngineSettings
from services.engine.store.migrations import migrate

BUSY_TIMEOUT_S = 30.0


class _ThreadConnections:
    """One thread's connections; they are closed when the thread ends, since nothing else holds this object."""

    def __init__(self) -> None:
        self.writer: sqlite3.Connection | None = None
        self.reader: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close both connections."""
        for connection in (self.writer, self.reader):
            if connection is not None:
                connection.close()
        self.writer = self.reader = None

    def __del__(self) -> None:
        self.close()


class Database:
    """Connections to engine.sqlite, one writing and one reading connection per thread."""

    def __init__(self, settings: EngineSettings) -> None:
        settings.home.mkdir(parents=True, exist_ok=True)
        self._path = settings.database_path
        self._synchronous = "FULL" if settings.durable_against_power_cuts else "NORMAL"
        self._local = threading.local()
        # Screens and servers come with a new thread for every run, so threads that have ended must not be kept here.
        self._threads: weakref.WeakSet[_ThreadConnections] = weakref.WeakSet()
        self._lock = threading.Lock()
        migrate(self._writer())

    @contextmanager
    def atomic(self) -> Iterator[sqlite3.Connection]:
        """Give a connection inside one write transaction: committed at the end, undone if the block raises.

        A nested atomic() joins the outer transaction.
        """
        connection = self._writer()
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def reader(self) -> sqlite3.Connection:
        """Return this thread's reading connection; inside atomic() it is the writing one, so it sees its own writes."""
        held = self._held()
        if held.writer is not None and held.writer.in_transaction:
            return held.writer
        if held.reader is None:
            held.reader = self._connect()
            held.reader.execute("PRAGMA query_only = ON")
        return held.reader

    def close(self) -> None:
        """Close every connection of every thread."""
        with self._lock:
            threads = list(self._threads)
        for held in threads:
            held.close()
        self._local = threading.local()

    def _writer(self) -> sqlite3.Connection:
        held = self._held()
        if held.writer is None:
            held.writer = self._connect()
        return held.writer

    def _held(self) -> _ThreadConnections:
        held: _ThreadConnections | None = getattr(self._local, "held", None)
        if held is None:
            held = self._local.held = _ThreadConnections()
            with self._lock:
                self._threads.add(held)
        return held

    def _connect(self) -> sqlite3.Connection:
        # Autocommit mode: atomic() alone decides where transactions begin and end.
        connection = sqlite3.connect(
            self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection
