"""The lock that makes a worker the only one of its home folder: an flock on HOME/worker.lock.

The launcher takes the lock, and the process that it starts inherits the open file, so two workers can never start at
the same time. The operating system releases the lock when the last process with the open file ends, for whatever
reason. The file's content counts failed starts. Source: flock(2).
"""

import fcntl
import os
from pathlib import Path
from types import TracebackType

from services.engine.settings import EngineSettings

FILE_NAME = "worker.lock"


class WorkerLock:
    """A lock that this process holds. Closing it releases it, unless another process has inherited it.

    Use it in a with block, so that no exception leaves the lock behind in a process that runs no jobs.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        """File descriptor that a worker inherits."""
        self._closed = False

    @staticmethod
    def path(settings: EngineSettings) -> Path:
        return settings.home / FILE_NAME

    @classmethod
    def take(cls, settings: EngineSettings) -> "WorkerLock | None":
        """Take the lock, or return None when a worker holds it."""
        descriptor = os.open(cls.path(settings), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        return cls(descriptor)

    @classmethod
    def adopt(cls, descriptor: int) -> "WorkerLock":
        """Take over a lock of the parent process; children of this process do not inherit it."""
        os.set_inheritable(descriptor, False)
        return cls(descriptor)

    def failed_starts(self) -> int:
        """Return the number of starts since a worker last began its work."""
        text = os.pread(self.descriptor, 16, 0).strip()
        return int(text) if text.isdigit() else 0

    def write_failed_starts(self, n: int) -> None:
        """Write the number that failed_starts() returns."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, str(n).encode(), 0)

    def close(self) -> None:
        """Close this process's copy of the file; a second call has no effect."""
        if not self._closed:
            self._closed = True
            os.close(self.descriptor)

    def __enter__(self) -> "WorkerLock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
