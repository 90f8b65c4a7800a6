"""Reads the progress of jobs: stages, learning curve, trials and log, and estimates from them.

The worker writes it with jobs/progress.py; any process reads it here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.engine.store.database import Database

SETTLED_SHARE = 0.04
"""Fraction of a stage from which on its speed gives an estimate of the time left."""


@dataclass(frozen=True)
class Stage:
    """One part of a job; times are epoch seconds, None until they happen."""

    name: str
    share: float
    """Expected part of the job's whole time, 0 to 1; the shares of a job sum to 1."""
    fraction: float
    """Finished fraction of this stage, 0 to 1."""
    note: str
    started_at: float | None
    ended_at: float | None


@dataclass(frozen=True)
class CurvePoint:
    """One point of a learning curve: the hit rate at 25 on events of users outside the training data."""

    epoch: float
    seconds: float
    """Seconds since the job started."""
    value: float
    baseline: float | None
    """The same measure for the most popular items, on the same users."""


@dataclass(frozen=True)
class Trial:
    """One training of a search for the best settings, measured on validation users."""

    number: int
    """Number from 1, over all recipes of the search."""
    recipe: str
    """Recipe name."""
    settings: Mapping[str, str]
    """The hyperparameters that were searched, as text."""
    metric: str
    """The metric's name, as in AWS's API."""
    state: str
    """"done", "stopped early" (worse than the others half-way) or "failed"."""
    value: float | None
    """The metric's value, at the time of stopping for a trial stopped early; None when it failed."""
    seconds: float
    note: str = ""
    """The reason of a failure."""


def stages(database: Database, job_number: int) -> tuple[Stage, ...]:
    """Return the stages of a job, in order."""
    columns = "name, share, fraction, note, started_at, ended_at"
    query = f"SELECT {columns} FROM job_stages WHERE job_number = ? ORDER BY position"
    return tuple(Stage(*row) for row in database.reader().execute(query, (job_number,)).fetchall())


def curve(database: Database, job_number: int) -> tuple[CurvePoint, ...]:
    """Return the learning curve of a job, in order of epochs."""
    query = "SELECT epoch, seconds, value, baseline FROM job_curve WHERE job_number = ? ORDER BY epoch"
    return tuple(CurvePoint(*row) for row in database.reader().execute(query, (job_number,)).fetchall())


def trials(database: Database, job_number: int) -> tuple[Trial, ...]:
    """Return the finished trials of a job, in order."""
    columns = "number, recipe, settings, metric, state, value, seconds, note"
    query = f"SELECT {columns} FROM job_trials WHERE job_number = ? ORDER BY number"
    rows = database.reader().execute(query, (job_number,)).fetchall()
    return tuple(Trial(row[0], row[1], json.loads(row[2]), *row[3:]) for row in rows)


def log_tail(database: Database, job_number: int, n_lines: int) -> tuple[str, ...]:
    """Return the last lines of a job's log, oldest first."""
    query = "SELECT line FROM job_log WHERE job_number = ? ORDER BY rowid DESC LIMIT ?"
    rows = database.reader().execute(query, (job_number, n_lines)).fetchall()
    return tuple(row[0] for row in reversed(rows))


def progress_made(database: Database, job_number: int) -> tuple[object, ...]:
    """Return a value that changes with every progress of a job: its stages, its curve, its trials and its log."""
    rows = database.reader().execute(
        "SELECT fraction, note, started_at, ended_at FROM job_stages WHERE job_number = ? ORDER BY position",
        (job_number,),
    )
    counts = (
        database.reader()
        .execute(
            "SELECT (SELECT count(*) FROM job_curve WHERE job_number = :n), "
            "(SELECT count(*) FROM job_trials WHERE job_number = :n), "
            "(SELECT max(rowid) FROM job_log WHERE job_number = :n)",
            {"n": job_number},
        )
        .fetchone()
    )
    return (*(tuple(row) for row in rows), *counts)


def fraction_done(stages: Sequence[Stage]) -> float:
    """Return the finished fraction of a job, 0 to 1."""
    return min(1.0, sum(stage.share * stage.fraction for stage in stages))


def seconds_left(stages: Sequence[Stage], moment: float) -> float | None:
    """Estimate the time to the end of a job from the speed of its current stage; None when it is too early.

    The current stage gives the time per share of the work, and the following stages are assumed to have the same speed.
    After the longest stage, that stage gives the speed instead, because a short stage gives an unreliable estimate at
    its beginning.
    """
    position = next((i for i, s in enumerate(stages) if s.started_at is not None and s.ended_at is None), None)
    if position is None:
        return None
    stage = stages[position]
    if stage.fraction < SETTLED_SHARE or stage.share <= 0 or stage.started_at is None:
        return None
    longest = max(stages[:position], key=lambda s: s.share, default=stage)
    if longest.share > stage.share and longest.started_at is not None and longest.ended_at is not None:
        seconds_per_share = (longest.ended_at - longest.started_at) / longest.share
        return seconds_per_share * (1 - fraction_done(stages))
    whole_stage = (moment - stage.started_at) / stage.fraction
    later = sum(s.share for s in stages[position + 1 :])
    return max(0.0, whole_stage * (1 - stage.fraction) + later * whole_stage / stage.share)
