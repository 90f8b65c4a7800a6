"""SIGTERM as a request that a thread answers, because the main thread may be inside any library when it arrives.

An exception raised by a signal handler ends up in whatever code runs at that moment: DuckDB and Python's imports turn
it into an error of their own, and one raised inside a lock can leave the lock behind. Here the handler does nothing.
Python's C code writes the signal's number into a pipe, even while the main thread is inside a library; a thread reads
it, requests the running job to stop, and ends the process when the job has not stopped in time.
Source: Python's documentation of signal.set_wakeup_fd.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

GRACE_S = 5.0
"""Seconds that a job has to stop by itself; with WRITE_S below the 10 seconds after which containers are killed."""
WRITE_S = 3.0
"""Seconds to store why the job ended, when the process has to be ended."""


class Termination:
    """Whether SIGTERM has arrived, and the thread that acts on it."""

    def __init__(self, stop: Callable[[], None], last_words: Callable[[], None]) -> None:
        """stop requests the running job to stop; last_words stores why it ended when it did not stop in time."""
        self.requested = threading.Event()
        self._stop = stop
        self._last_words = last_words

    def install(self) -> None:
        """Act on SIGTERM from now on; call it in the main thread."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, lambda number, frame: None)
        threading.Thread(target=self._watch, args=(reading,), name="termination", daemon=True).start()

    def _watch(self, reading: int) -> None:
        while os.read(reading, 1) != bytes([signal.SIGTERM]):
            pass
        logger.info("worker received SIGTERM")
        self.requested.set()
        self._stop()
        time.sleep(GRACE_S)  # usually the main thread ends the process in this time
        logger.warning("still running %g s after SIGTERM: the process is ended", GRACE_S)
        end_process(self._last_words, 128 + signal.SIGTERM)


def end_process(last_words: Callable[[], None], status: int) -> None:
    """End this process whatever its other threads do, after last_words, which gets WRITE_S seconds.

    What is left, files and a job that is still "running", is found by the next worker or request.
    """
    writer = threading.Thread(target=last_words, name="last-words", daemon=True)
    writer.start()
    writer.join(WRITE_S)
    logging.shutdown()
    os._exit(status)
