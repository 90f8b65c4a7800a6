"""The job queue: one row per job, written by the API and by the worker of the home folder.

A job belongs to the resource that it creates (its ARN). It is queued in the transaction that creates the resource, so
neither exists without the other. A job that is "running" while no process holds the worker's lock was abandoned by a
dead worker: settle_abandoned_jobs() fails it with that reason.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.engine.clock import now
from services.engine.store.database import Database


@dataclass(frozen=True)
class Job:
    """One row of the jobs table; times are epoch seconds, None until they happen."""

    number: int
    arn: str
    kind: str
    """A key of jobs/outcomes.py's RESOURCE_KINDS, for example "import" or "train"."""
    state: str
    """"queued", "running", "done", "failed" or "stopped"."""
    payload: dict[str, Any]
    queued_at: float
    started_at: float | None
    ended_at: float | None
    heartbeat: float | None
    worker_pid: int | None
    stop_requested: bool


class JobQueue:
    """Reads and writes the jobs table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enqueue(self, kind: str, arn: str, payload: Mapping[str, Any]) -> None:
        """Queue a job; call it within the atomic() that creates the resource."""
        with self._database.atomic() as connection:
            connection.execute(
                "INSERT INTO jobs (arn, kind, state, payload, queued_at) VALUES (?, ?, 'queued', ?, ?)",
                (arn, kind, json.dumps(payload), now()),
            )

    def claim(self, worker_pid: int) -> Job | None:
        """Take the oldest queued job for this worker, or return None."""
        with self._database.atomic() as connection:
            row = connection.execute("SELECT * FROM jobs WHERE state = 'queued' ORDER BY number LIMIT 1").fetchone()
            if row is None:
                return None
            moment = now()
            connection.execute(
                "UPDATE jobs SET state = 'running', started_at = ?, heartbeat = ?, worker_pid = ? WHERE number = ?",
                (moment, moment, worker_pid, row["number"]),
            )
            row = connection.execute("SELECT * FROM jobs WHERE number = ?", (row["number"],)).fetchone()
        return _job(row)

    def finish(self, number: int, state: str) -> None:
        """Record that a job ended: "done", "failed" or "stopped"."""
        with self._database.atomic() as connection:
            connection.execute("UPDATE jobs SET state = ?, ended_at = ? WHERE number = ?", (state, now(), number))

    def request_stop(self, arn: str) -> None:
        """Request a job to stop; the worker sees it at its next heartbeat."""
        with self._database.atomic() as connection:
            connection.execute("UPDATE jobs SET stop_requested = 1 WHERE arn = ?", (arn,))

    def find(self, arn: str) -> Job | None:
        """Return the job that creates this resource, or None."""
        row = self._database.reader().execute("SELECT * FROM jobs WHERE arn = ?", (arn,)).fetchone()
        return None if row is None else _job(row)

    def in_state(self, *states: str) -> list[Job]:
        """Return the jobs in any of these states, oldest first."""
        marks = ",".join("?" * len(states))
        query = f"SELECT * FROM jobs WHERE state IN ({marks}) ORDER BY number"
        return [_job(row) for row in self._database.reader().execute(query, states).fetchall()]


def _job(row: Any) -> Job:
    return Job(
        number=row["number"],
        arn=row["arn"],
        kind=row["kind"],
        state=row["state"],
        payload=json.loads(row["payload"]),
        queued_at=row["queued_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        heartbeat=row["heartbeat"],
        worker_pid=row["worker_pid"],
        stop_requested=bool(row["stop_requested"]),
    )
