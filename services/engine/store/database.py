"""The one SQLite file that every process of a home folder shares.

WAL lets readers continue while one process writes. Every write is inside an atomic() transaction, which begins with
BEGIN IMMEDIATE so that two writers wait for each other instead of failing later. Readers get a read-only connection.
Source: SQLite's documentation on WAL mode and on transactions.
"""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from services.engine.errors import HomeUnusable
from services.engine.read_only import refuse
from services.engine.settings import EngineSettings
from services.engine.store.faults import unusable
from services.engine.store.migrations import known_format, migrate

BUSY_TIMEOUT_S = 30.0
FOLDERS = (
    *("checkpoints", "datasets", "downloads", "drafts", "laboratories", "library", "locks", "logs", "models"),
    *("objects", "sandboxes", "scratch", "uploads"),
)
"""Of a home; each holds data of its owner."""
DatabaseError = sqlite3.Error
"""What a query or a commit raises, for example when the database is busy or the disk is full."""


def require_known_format(settings: EngineSettings) -> None:
    """Look at a home's database without changing it; a home without one is new.

    Raises HomeTooNew when a newer version wrote it, HomeUnusable when it cannot be read.
    """
    if not settings.database_path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{settings.database_path.as_uri()}?mode=ro", uri=True)) as connection:
            known_format(connection)
    except sqlite3.Error as error:
        raise unusable(error, settings.home) from error


class _ThreadConnections:
    """One thread's connections. They close when the thread ends, because no other object refers to this one."""

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


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def make_private(home: Path) -> None:
    """Take what an earlier version left readable in a home from everybody but its owner.

    Only the home's own folders and the database are changed: the home may be a folder that holds other things too.
    """
    folders = [home / name for name in FOLDERS]
    files = list(home.glob("engine.sqlite*"))
    for path, mode in (*((folder, 0o700) for folder in folders), *((file, 0o600) for file in files)):
        with suppress(OSError):  # not there, somebody else's, or on a file system without such rights
            if stat.S_IMODE(path.lstat().st_mode) & 0o077 and not path.is_symlink():
                path.chmod(mode)


class Database:
    """Connections to engine.sqlite, one writing and one reading connection per thread."""

    def __init__(self, settings: EngineSettings) -> None:
        self._path = settings.database_path
        self._read_only = settings.read_only
        self._synchronous = "FULL" if settings.durable_against_power_cuts else "NORMAL"
        self._local = threading.local()
        try:
            settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            make_private(settings.home)
            # The files that SQLite adds get the permissions of this one.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._opened = _identity(self._path)
            migrate(self._writer())
        except (OSError, sqlite3.Error) as error:
            self.close()
            raise unusable(error, settings.home) from error

    @contextmanager
    def atomic(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection inside a write transaction: committed at the end, rolled back if the block raises.

        A nested atomic() joins the outer transaction. Raises HomeUnusable when the file was removed or replaced, in
        which case nobody else can see what was written; AccessDenied in read-only mode.
        """
        if self._read_only:
            refuse()
        connection = self._writer()
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            # SQLite itself rolls back on a full disk. A failed COMMIT leaves the transaction open, and the next
            # atomic() would join it and never commit.
            _roll_back(connection)
            raise
        self._require_home()

    def reader(self) -> sqlite3.Connection:
        """Return this thread's reading connection; inside atomic() the writing one, which sees its own writes."""
        connections = self._of_this_thread()
        if connections.writer is not None and connections.writer.in_transaction:
            return connections.writer
        if connections.reader is None:
            connections.reader = self._connect()
            connections.reader.execute("PRAGMA query_only = ON")
        return connections.reader

    def close(self) -> None:
        """Close this thread's connections.

        Those of another thread close when it ends: it may be in the middle of a statement, and SQLite crashes the
        process when a connection is closed under one.
        """
        connections: _ThreadConnections | None = getattr(self._local, "connections", None)
        if connections is not None:
            connections.close()

    def _require_home(self) -> None:
        try:
            present = _identity(self._path)
        except FileNotFoundError:
            present = None
        if present != self._opened:
            raise HomeUnusable(
                f"The home folder {self._path.parent} was removed or replaced while this process had it open. Stop and "
                "start it again."
            )

    def _writer(self) -> sqlite3.Connection:
        connections = self._of_this_thread()
        if connections.writer is None:
            connections.writer = self._connect()
        return connections.writer

    def _of_this_thread(self) -> _ThreadConnections:
        connections: _ThreadConnections | None = getattr(self._local, "connections", None)
        if connections is None:
            connections = self._local.connections = _ThreadConnections()
        return connections

    def _connect(self) -> sqlite3.Connection:
        # Autocommit mode: only atomic() begins and ends transactions.
        connection = sqlite3.connect(
            self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        return connection
