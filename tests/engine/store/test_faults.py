"""A disk that is full, read-only, damaged or gone: a sentence, whatever library meets it."""

import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from services.engine import open_engine
from services.engine.errors import HomeUnusable
from services.engine.store.faults import storage_sentence
from tests.engine.helpers import INTERACTIONS, refused

HOME = Path("/data/home")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device"), "The disk that holds /data/home is full. Make room on it"),
        (OSError(122, "Disk quota exceeded"), "is full"),
        (sqlite3.OperationalError("database or disk is full"), "is full"),
        (RuntimeError("IO Error: Could not write file: No space left on device"), "is full"),
        (OSError(30, "Read-only file system"), "/data/home is read-only. Make it writable"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "is read-only"),
        (PermissionError(13, "Permission denied"), "this user may not read or write"),
        (sqlite3.DatabaseError("file is not a database"), "engine.sqlite is damaged"),
        (sqlite3.DatabaseError("database disk image is malformed"), "is damaged"),
    ],
)
def test_a_fault_of_the_disk_has_a_sentence(error, words):
    assert words in storage_sentence(error, HOME)


@pytest.mark.parametrize(
    "error", [ValueError("x"), OSError(5, "Input/output error"), sqlite3.OperationalError("locked")]
)
def test_another_error_has_none(error):
    assert storage_sentence(error, HOME) is None


def serve_once(home: Path, **environment: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "services.engine", "serve", "--port", "0", "--home", str(home)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment or None)


def damaged(home: Path) -> None:
    home.mkdir()
    (home / "engine.sqlite").write_bytes(b"not a database " * 1000)


def occupied(home: Path) -> None:
    home.write_text("a file")


def without_tables(home: Path) -> None:
    home.mkdir()
    (home / "engine.sqlite").mkdir()


@pytest.mark.parametrize(
    ("prepare", "words"),
    [(damaged, "engine.sqlite is damaged"), (occupied, "cannot be opened"), (without_tables, "cannot be opened")],
)
def test_serve_says_what_is_wrong_with_its_home(tmp_path, prepare, words):
    prepare(tmp_path / "home")
    finished = serve_once(tmp_path / "home")
    assert (finished.returncode, finished.stdout) == (1, "")
    assert words in finished.stderr
    assert "Traceback" not in finished.stderr


def test_serve_says_which_setting_is_wrong(tmp_path):
    finished = serve_once(tmp_path / "home", PERSONALIZE_WORKER_THREADS="x")
    assert finished.returncode == 1
    assert finished.stderr.startswith("PERSONALIZE_WORKER_THREADS is 'x'; it must be a whole number")
    assert "Traceback" not in finished.stderr


def test_a_read_only_home_is_told_at_the_start(tmp_path, monkeypatch):
    def fail(*arguments, **more):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("os.open", fail)
    with pytest.raises(HomeUnusable, match="is read-only"):
        open_engine(tmp_path / "home")


def test_a_full_disk_is_told_and_nothing_is_half_done(engine, personalize):
    with engine.context.database.atomic() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with refused("InternalFailure", f"The disk that holds {engine.settings.home} is full. Make room on it"):
        for number in range(500):
            personalize.create_schema(name=f"schema-{number}", schema=INTERACTIONS)
    with engine.context.database.atomic() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    n_schemas = len(personalize.list_schemas()["schemas"])
    personalize.create_schema(name=f"schema-{n_schemas}", schema=INTERACTIONS)


@pytest.mark.parametrize("way", ["removed", "replaced"])
def test_nothing_is_acknowledged_after_the_home_is_gone(engine, personalize, films, way):
    events = engine.client("personalize-events")
    tracker = personalize.create_event_tracker(name="clicks", datasetGroupArn=films.group)["trackingId"]
    home = engine.settings.home
    shutil.rmtree(home) if way == "removed" else home.rename(home.with_name("elsewhere"))
    if way == "replaced":
        open_engine(home).close()
    with refused("InternalFailure", "was removed or replaced while this process had it open"):
        events.put_events(
            trackingId=tracker, userId="u", sessionId="s", eventList=[{"eventType": "w", "itemId": "i", "sentAt": 1}]
        )


def test_the_files_of_a_new_home_are_private(engine, personalize):
    engine.objects.put_bytes("s3://local/in/a.csv", b"x")
    for path in (engine.settings.home, *engine.settings.home.rglob("*")):
        if path.is_file() and path.name != "worker.lock":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE(engine.settings.home.stat().st_mode) == 0o700


def test_what_an_earlier_version_left_readable_becomes_private(tmp_path: Path) -> None:
    open_engine(tmp_path / "home").close()
    home = tmp_path / "home"
    home.chmod(0o755)
    (home / "library" / "films").mkdir(parents=True, mode=0o755)
    (home / "mine").mkdir(mode=0o755)
    for path in (home / "library", home / "mine", home / "engine.sqlite"):
        path.chmod(0o755)
    open_engine(home).close()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()}
    assert (modes["library"], modes["engine.sqlite"], modes["mine"]) == (0o700, 0o600, 0o755)
