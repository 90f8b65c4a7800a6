"""The progress of a running job: stages, learning curve and log, as rows that any process can read.

A job may call update() at any rate; at most a few calls per second are written. update() raises JobStopped when a stop
was requested. The heartbeat has a thread of its own, so that a long step inside DuckDB or torch does not look like a
hung worker.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType

from services.engine.clock import now
from services.engine.errors import JobStopped
from services.engine.jobs import records
from services.engine.jobs.queue import Job
from services.engine.jobs.records import Trial
from services.engine.jobs.silence import Silence
from services.engine.store.database import Database, DatabaseError

logger = logging.getLogger(__name__)

WRITE_EVERY_S = 0.25
HEARTBEAT_EVERY_S = 1.0


class JobProgress:
    """Implements recipes.base.Progress, and stage() and log() for the jobs."""

    def __init__(
        self, database: Database, job: Job, stages: Sequence[tuple[str, float]], stop: threading.Event | None = None
    ) -> None:
        """stages: names of the planned stages and their expected shares of the time."""
        self._database = database
        self._number = job.number
        self._started = job.started_at or now()
        self._stop = stop or threading.Event()
        self._positions = {name: position for position, (name, _) in enumerate(stages)}
        self._position: int | None = None
        self._stage_started = 0.0
        self._last_write = 0.0
        self.baseline: float | None = None
        """Popularity's value on the learning curve's users, stored with every point."""
        total = sum(share for _, share in stages)
        with database.atomic() as connection:
            connection.execute("DELETE FROM job_stages WHERE job_number = ?", (self._number,))
            connection.executemany(
                "INSERT INTO job_stages (job_number, position, name, share) VALUES (?, ?, ?, ?)",
                [(self._number, i, name, share / total) for i, (name, share) in enumerate(stages)],
            )

    def stage(self, name: str, note: str = "") -> None:
        """Begin a stage and end the previous one. Raises JobStopped, and KeyError for a stage that was not planned."""
        position = self._positions[name]
        self._raise_if_stopped()
        moment = now()
        with self._database.atomic() as connection:
            self._end_stage(moment)
            connection.execute(
                "UPDATE job_stages SET started_at = ?, ended_at = NULL, fraction = 0, note = ? "
                "WHERE job_number = ? AND position = ?",
                (moment, note, self._number, position),
            )
        self._position, self._stage_started = position, moment

    def backdate(self, seconds: float) -> None:
        """Add time that an earlier job spent on the current stage, for the estimate of the time left."""
        if self._position is None:
            return
        self._stage_started -= seconds
        with self._database.atomic() as connection:
            connection.execute(
                "UPDATE job_stages SET started_at = ? WHERE job_number = ? AND position = ?",
                (self._stage_started, self._number, self._position),
            )

    def update(self, fraction: float, note: str = "") -> None:
        """Report the fraction of the current stage, 0 to 1. Raises JobStopped when a stop was requested."""
        self._raise_if_stopped()
        moment = time.monotonic()
        if self._position is None or (moment - self._last_write < WRITE_EVERY_S and fraction < 1.0):
            return
        self._last_write = moment
        with self._database.atomic() as connection:
            connection.execute(
                "UPDATE job_stages SET fraction = ?, note = ? WHERE job_number = ? AND position = ?",
                (min(1.0, max(0.0, fraction)), note, self._number, self._position),
            )

    def curve_point(self, epoch: float, value: float) -> None:
        """Add a point to the learning curve."""
        with self._database.atomic() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO job_curve (job_number, epoch, seconds, value, baseline) VALUES (?, ?, ?, ?, ?)",
                (self._number, epoch, round(now() - self._started, 3), value, self.baseline),
            )
        baseline = "" if self.baseline is None else f" (most popular items {self.baseline:.4f})"
        self.log(f"After epoch {epoch:g}: hit rate at 25 on held-out events {value:.4f}{baseline}.")

    def trial(self, trial: Trial) -> None:
        """Add a finished trial of a search."""
        settings = json.dumps(dict(trial.settings))
        with self._database.atomic() as connection:
            connection.execute(
                "INSERT INTO job_trials (job_number, number, recipe, settings, metric, state, value, seconds, note) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self._number,
                    trial.number,
                    trial.recipe,
                    settings,
                    trial.metric,
                    trial.state,
                    trial.value,
                    trial.seconds,
                    trial.note,
                ),
            )

    def log(self, line: str) -> None:
        """Add a line to the job's log, which users read."""
        with self._database.atomic() as connection:
            connection.execute("INSERT INTO job_log VALUES (?, ?, ?)", (self._number, now(), line))

    def end(self) -> None:
        """End the last stage."""
        with self._database.atomic():
            self._end_stage(now())
        self._position = None

    def _end_stage(self, moment: float) -> None:
        if self._position is None:
            return
        with self._database.atomic() as connection:
            connection.execute(
                "UPDATE job_stages SET fraction = 1, ended_at = ? WHERE job_number = ? AND position = ?",
                (moment, self._number, self._position),
            )
        name = next(name for name, position in self._positions.items() if position == self._position)
        self.log(f"{name.capitalize()}: {moment - self._stage_started:.1f} s.")

    def _raise_if_stopped(self) -> None:
        if self._stop.is_set():
            raise JobStopped("A user requested the job to stop.")


class Heartbeat:
    """A thread that writes the job's heartbeat each second, and checks for requests to stop and for progress."""

    def __init__(
        self,
        database: Database,
        job: Job,
        silence: Silence | None = None,
        hangs: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        """hangs is called with the seconds of the silence when the job hangs."""
        self._silence, self._hangs = silence, hangs
        self.stop = threading.Event()
        """Set when a stop was requested."""
        self._database = database
        self._number = job.number
        self._finished = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{job.number}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finished.set()
        self._thread.join()

    def _beat(self) -> None:
        while True:
            try:
                self._beat_once()
            except DatabaseError:  # busy, or a full disk: the next beat may succeed, and must check for a stop
                logger.warning("heartbeat failed number=%d", self._number, exc_info=True)
            if self._finished.wait(HEARTBEAT_EVERY_S):
                return

    def _beat_once(self) -> None:
        with self._database.atomic() as connection:
            connection.execute("UPDATE jobs SET heartbeat = ? WHERE number = ?", (now(), self._number))
            row = connection.execute("SELECT stop_requested FROM jobs WHERE number = ?", (self._number,)).fetchone()
        if row is None or row[0]:
            self.stop.set()
        if self._silence is None:
            return
        progress = records.progress_made(self._database, self._number)
        if self._silence.observe(progress, time.monotonic(), time.process_time()) and not self._finished.is_set():
            self._hangs(self._silence.seconds)
