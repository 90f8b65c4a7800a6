"""The home's format: applied once, brought up to date, refused when it is of a newer version."""

import sqlite3

import pytest

from services.engine.errors import HomeTooNew
from services.engine.store import migrations
from services.engine.store.migrations import MIGRATIONS, migrate


@pytest.fixture
def connection(tmp_path):
    opened = sqlite3.connect(tmp_path / "engine.sqlite", isolation_level=None)
    yield opened
    opened.close()


def tables(connection):
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def version(connection):
    return connection.execute("PRAGMA user_version").fetchone()[0]


def test_new_home_gets_every_table(connection):
    migrate(connection)
    assert {"resources", "tags", "jobs", "job_stages", "job_curve", "job_log"} <= tables(connection)
    assert version(connection) == len(MIGRATIONS)


def test_second_time_changes_nothing(connection):
    migrate(connection)
    connection.execute("INSERT INTO resources (arn, kind, created, updated, body) VALUES ('a', 'schema', 0, 0, '{}')")
    migrate(connection)
    assert connection.execute("SELECT count(*) FROM resources").fetchone()[0] == 1


def test_older_home_is_brought_up_to_date(connection, monkeypatch):
    migrate(connection)
    later = (*MIGRATIONS, ("one more", "CREATE TABLE later (a TEXT)"))
    monkeypatch.setattr(migrations, "MIGRATIONS", later)
    migrate(connection)
    assert "later" in tables(connection)
    assert version(connection) == len(later)


def test_step_that_fails_leaves_the_home_as_it_was(connection, monkeypatch):
    migrate(connection)
    broken = (*MIGRATIONS, ("broken", "CREATE TABLE half (a TEXT); CREATE TABLE half (a TEXT)"))
    monkeypatch.setattr(migrations, "MIGRATIONS", broken)
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection)
    assert "half" not in tables(connection)
    assert version(connection) == len(MIGRATIONS)


def test_newer_home_is_refused_with_a_sentence(connection):
    connection.execute("PRAGMA user_version = 999")
    with pytest.raises(HomeTooNew, match="format 999") as refusal:
        migrate(connection)
    assert "PERSONALIZE_HOME" in str(refusal.value)
    assert tables(connection) == set()
