"""The shared SQLite file: transactions, readers that cannot write, connections that go with their threads."""

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from services.engine.settings import EngineSettings
from services.engine.store.database import Database

INSERT = "INSERT INTO resources (arn, kind, created, updated, body) VALUES (?, 'schema', 0, 0, '{}')"


@pytest.fixture
def database(tmp_path):
    opened = Database(EngineSettings(home=tmp_path))
    yield opened
    opened.close()


def arns(database):
    return [row["arn"] for row in database.reader().execute("SELECT arn FROM resources ORDER BY arn")]


def test_block_that_ends_is_committed(database):
    with database.atomic() as connection:
        connection.execute(INSERT, ("a",))
    assert arns(database) == ["a"]


def write_and_fail(database, nested):
    with database.atomic() as connection:
        if nested:
            with database.atomic() as inner:
                inner.execute(INSERT, ("a",))
        else:
            connection.execute(INSERT, ("a",))
        assert arns(database) == ["a"], "a block sees what it wrote"
        raise KeyError


@pytest.mark.parametrize("nested", [False, True])
def test_block_that_raises_is_undone_with_all_that_it_wrote(database, nested):
    with pytest.raises(KeyError):
        write_and_fail(database, nested)
    assert arns(database) == []


def test_readers_cannot_write(database):
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.reader().execute(INSERT, ("a",))


def test_readers_are_not_blocked_by_a_writer(database):
    seen = []
    with database.atomic() as connection:
        connection.execute(INSERT, ("a",))
        thread = threading.Thread(target=lambda: seen.append(arns(database)))
        thread.start()
        thread.join(timeout=5)
    assert seen == [[]]


def test_writers_take_turns(database):
    def write(number):
        with database.atomic() as connection:
            n = connection.execute("SELECT count(*) FROM resources").fetchone()[0]
            connection.execute(INSERT, (f"{n:03}",))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert arns(database) == [f"{n:03}" for n in range(20)]


def test_threads_that_have_ended_leave_no_open_file(database):
    def open_files():
        entries = [entry for entry in Path("/proc/self/fd").iterdir() if entry.exists()]
        return sum("engine.sqlite" in os.readlink(entry) for entry in entries)

    arns(database)
    before = open_files()
    for _ in range(20):
        thread = threading.Thread(target=lambda: arns(database))
        thread.start()
        thread.join()
    assert open_files() <= before + 2, "SQLite may keep a file for the next connection"


def test_what_was_committed_survives_the_death_of_its_process(tmp_path):
    program = (
        "import os, sys, pathlib\n"
        "from services.engine.settings import EngineSettings\n"
        "from services.engine.store.database import Database\n"
        "database = Database(EngineSettings(home=pathlib.Path(sys.argv[1])))\n"
        f"with database.atomic() as c: c.execute({INSERT!r}, ('committed',))\n"
        "with database.atomic() as c:\n"
        f"    c.execute({INSERT!r}, ('half-done',))\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == -9
    database = Database(EngineSettings(home=tmp_path))
    assert arns(database) == ["committed"]
    database.close()


@pytest.mark.parametrize(("durable", "level"), [(False, 1), (True, 2)])
def test_durability_is_a_setting(tmp_path, durable, level):
    database = Database(EngineSettings(home=tmp_path, durable_against_power_cuts=durable))
    assert database.reader().execute("PRAGMA synchronous").fetchone()[0] == level
    assert database.reader().execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    database.close()


def test_a_commit_that_fails_leaves_no_transaction_open(tmp_path):
    """A deferred foreign key fails at COMMIT, as a full disk can."""
    database = Database(EngineSettings(home=tmp_path / "home"))

    def write() -> None:
        with database.atomic() as connection:
            connection.execute("PRAGMA defer_foreign_keys = ON")
            connection.execute("INSERT INTO tags VALUES ('arn', 'key', 'value')")

    with pytest.raises(sqlite3.IntegrityError):
        write()
    other = sqlite3.connect(database._path)
    assert other.execute("SELECT count(*) FROM tags").fetchone() == (0,)
    other.execute("BEGIN IMMEDIATE")  # the lock is free
    other.close()
    database.close()


CLOSING = """
import sys, threading
from pathlib import Path
from services.engine.settings import EngineSettings
from services.engine.store.database import Database

database = Database(EngineSettings(home=Path(sys.argv[1])))

def write(writer):
    for number in range(100):
        with database.atomic() as connection:
            connection.execute("INSERT INTO resources (arn, kind, created, updated, body) VALUES (?, 'x', 0, 0, '{}')",
                               (f"{writer} {number}",))
        database.reader().execute("SELECT * FROM resources").fetchall()

threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
for thread in threads:
    thread.start()
while any(thread.is_alive() for thread in threads):
    database.close()
print(database.reader().execute("SELECT count(*) FROM resources").fetchone()[0])
"""


def test_closing_does_not_touch_what_another_thread_is_at(tmp_path):
    """SQLite crashes the process when a connection is closed under a statement, so this runs in one of its own."""
    command = [sys.executable, "-c", CLOSING, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout.strip()) == (0, "400"), ended.stderr[-500:]
