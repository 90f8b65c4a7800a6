"""The tables of engine.sqlite as named steps, each applied once and in order.

PRAGMA user_version holds the number of steps applied, which is also the format number of the home folder: an older
home is migrated when it is opened, a newer one is refused.
"""

import sqlite3

from services.engine.errors import HomeTooNew

MIGRATIONS: tuple[tuple[str, str], ...] = (
    (
        "resources and tags",
        """
        CREATE TABLE resources (
            arn TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            parent_arn TEXT,
            status TEXT,
            created REAL NOT NULL,
            updated REAL NOT NULL,
            failure_reason TEXT,
            body TEXT NOT NULL
        );
        CREATE INDEX resources_by_kind ON resources (kind, created, arn);
        CREATE INDEX resources_by_parent ON resources (parent_arn, kind, created, arn);
        CREATE TABLE tags (
            arn TEXT NOT NULL REFERENCES resources (arn) ON DELETE CASCADE,
            tag_key TEXT NOT NULL,
            tag_value TEXT NOT NULL,
            PRIMARY KEY (arn, tag_key)
        );
        """,
    ),
    (
        "jobs, their stages, learning curves and log",
        """
        CREATE TABLE jobs (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            arn TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'stopped')),
            payload TEXT NOT NULL,
            queued_at REAL NOT NULL,
            started_at REAL,
            ended_at REAL,
            heartbeat REAL,
            worker_pid INTEGER,
            stop_requested INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX jobs_by_state ON jobs (state, number);
        CREATE TABLE job_stages (
            job_number INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            share REAL NOT NULL,
            fraction REAL NOT NULL DEFAULT 0,
            note TEXT NOT NULL DEFAULT '',
            started_at REAL,
            ended_at REAL,
            PRIMARY KEY (job_number, position)
        );
        CREATE TABLE job_curve (
            job_number INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
            epoch REAL NOT NULL,
            seconds REAL NOT NULL,
            value REAL NOT NULL,
            baseline REAL,
            PRIMARY KEY (job_number, epoch)
        );
        CREATE TABLE job_log (
            job_number INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
            at REAL NOT NULL,
            line TEXT NOT NULL
        );
        CREATE INDEX job_log_by_job ON job_log (job_number, at);
        """,
    ),
    (
        "trials of a search for the best settings",
        """
        CREATE TABLE job_trials (
            job_number INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            recipe TEXT NOT NULL,
            settings TEXT NOT NULL,
            metric TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('done', 'stopped early', 'failed')),
            value REAL,
            seconds REAL NOT NULL,
            note TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (job_number, number)
        );
        """,
    ),
    (
        "events, items and users that are put one by one",
        """
        CREATE TABLE live_events (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            dataset_arn TEXT NOT NULL,
            person TEXT NOT NULL,
            session_id TEXT NOT NULL,
            user_id TEXT,
            item_id TEXT NOT NULL,
            sent_at INTEGER NOT NULL,
            event_type TEXT NOT NULL,
            event_value REAL,
            cells TEXT NOT NULL,
            event_id TEXT NOT NULL,
            digest BLOB NOT NULL,
            UNIQUE (dataset_arn, event_id),
            UNIQUE (dataset_arn, digest)
        );
        CREATE INDEX live_events_by_person ON live_events (dataset_arn, person, number);
        CREATE TABLE live_records (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            dataset_arn TEXT NOT NULL,
            id TEXT NOT NULL,
            cells TEXT NOT NULL
        );
        CREATE INDEX live_records_by_id ON live_records (dataset_arn, id, number);
        """,
    ),
    (
        "facts about the home: its account",
        """
        CREATE TABLE home_facts (
            name TEXT PRIMARY KEY,
            value TEXT NOT NULL
        );
        """,
    ),
    (
        "recommended lists, for metric attributions",
        """
        CREATE TABLE given_lists (
            recommendation_id TEXT PRIMARY KEY,
            source_arn TEXT NOT NULL,
            item_ids TEXT NOT NULL,
            at REAL NOT NULL
        );
        CREATE INDEX given_lists_by_time ON given_lists (at);
        """,
    ),
)


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the missing steps. Raises HomeTooNew for a home of a newer version."""
    if _version(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = known_format(connection)  # again, because another process may have migrated before the lock
        for _name, script in MIGRATIONS[version:]:
            for statement in script.split(";"):
                if statement.strip():
                    connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def known_format(connection: sqlite3.Connection) -> int:
    """Return the format number of a home. Raises HomeTooNew when a newer version wrote it."""
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise HomeTooNew(
            f"This home folder has format {version}; this version knows formats up to {len(MIGRATIONS)}. "
            "Use a newer version of the explorer, or point PERSONALIZE_HOME at another folder."
        )
    return version


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
