"""The one SQLite file that every process of a home folder shares.

WAL lets readers go on while one process writes; every write stands inside one atomic() transaction, taken with
BEGIN IMMEDIATE so that two writers take turns instead of failing half-way. Readers get a connection that cannot write.
Source: SQLite's documentation on WAL mode and on transactions.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from services.engine.settings import EngineSettings
from services.engine.store.migrations import migrate

BUSY_TIMEOUT_S = 30.0


class Database:
    """Connections to engine.sqlite, one writing and one reading connection per thread."""

    def __init__(self, settings: EngineSettings) -> None:
        settings.home.mkdir(parents=True, exist_ok=True)
        self._path = settings.database_path
        self._synchronous = "FULL" if settings.durable_against_power_cuts else "NORMAL"
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
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
        writer: sqlite3.Connection | None = getattr(self._local, "writer", None)
        if writer is not None and writer.in_transaction:
            return writer
        connection: sqlite3.Connection | None = getattr(self._local, "reader", None)
        if connection is None:
            connection = self._connect()
            connection.execute("PRAGMA query_only = ON")
            self._local.reader = connection
        return connection

    def close(self) -> None:
        """Close every connection of every thread."""
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()
        self._local = threading.local()

    def _writer(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "writer", None)
        if connection is None:
            connection = self._connect()
            self._local.writer = connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        # Autocommit mode: atomic() alone decides where transactions begin and end.
        connection = sqlite3.connect(
            self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        with self._lock:
            self._open.append(connection)
        return connection
