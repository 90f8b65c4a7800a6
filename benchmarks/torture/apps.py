"""Two apps that import one name at the same time, and an app that is killed in the middle of an import.

An app is a process with the draft desk of the Data screen on a shared home: `python -m benchmarks.torture.apps`, which
reads one line of JSON for each import. Afterwards the library and the data set must hold the same data, whoever won.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.torture.campaign import Campaign, Case
from benchmarks.torture.state import CATCH_ALL, problems, rows_read
from benchmarks.torture.world import IDLE, NAME, arn, films, wait_until_left
from services.backend import open_backend
from services.engine import open_engine
from services.library.store import Library
from services.screens.data.desk import DraftDesk
from services.screens.data.recovery import recover

WAIT_S = 180.0
N_EACH = (20, 25, 30, 35)
"""Events for each user, by which the data of one import differs from another's."""
MAX_APART_S = 0.15
ENDED = ("imported", "failed")


def run(campaign: Campaign) -> None:
    """Do cases until the time has passed."""
    for case in campaign.cases():
        with case.running() as folder, _app() as first:
            if case.draw.random() < 0.6:
                with _app() as second:
                    _two(case, folder / "home", first, second)
            else:
                _killed(case, folder / "home", first)


def _two(case: Case, home: Path, *apps: "subprocess.Popen[str]") -> None:
    starts = time.time() + 0.5
    for number, app in enumerate(apps):
        apart_s = number * case.draw.random() * MAX_APART_S
        _ask(app, home=str(home), n_each=N_EACH[number], starts=starts + apart_s)
    answers = [_answer(app) for app in apps]
    case.count("two apps: imports at once", len(apps))
    for answer in answers:
        case.count(f"two apps: {answer['state']}")
        told = answer["reason"] and not any(words in answer["reason"] for words in CATCH_ALL)
        case.expect(answer["state"] == "imported" or told, f"an import ended as {answer}")
    case.expect(any(answer["state"] == "imported" for answer in answers), f"neither import succeeded: {answers}")
    _one_truth(case, home)


def _killed(case: Case, home: Path, app: "subprocess.Popen[str]") -> None:
    """Import, then import other data and kill the app meanwhile."""
    _ask(app, home=str(home), n_each=N_EACH[0], starts=0.0)
    first = _answer(app)
    case.expect(first["state"] == "imported", f"the first import ended as {first}")
    after_s = case.draw.random() * 1.5
    _ask(app, home=str(home), n_each=N_EACH[2], starts=0.0)
    time.sleep(after_s)
    app.kill()
    app.communicate()
    for part in home.glob("library/*/*.part"):
        os.utime(part, (0, 0))  # the next app starts later: it leaves parts of the last seconds alone
    began = time.monotonic()
    case.count("apps killed in an import")
    backend = open_backend(IDLE, home)
    try:
        recover(backend)  # as the next app does when it starts
    finally:
        backend.close()
    case.recovered(time.monotonic() - began)
    _one_truth(case, home)


def _one_truth(case: Case, home: Path) -> None:
    """The library and the data set have the same rows, and nothing is left."""
    engine = open_engine(home)
    try:
        engine.client("personalize").list_dataset_groups()  # settles what a dead worker left
    finally:
        engine.close()
    wait_until_left(home)
    loaded = Library(home).open(NAME)
    if case.expect(loaded is not None, "the library has nothing of the name"):
        assert loaded is not None
        n_rows = rows_read(home, arn("dataset", f"{NAME}/INTERACTIONS"))
        case.expect(n_rows == loaded.n_events, f"the library has {loaded.n_events} events, the data set {n_rows}")
    for problem in problems(home):
        case.fault(problem)


@contextmanager
def _app() -> Iterator["subprocess.Popen[str]"]:
    command, pipe = [sys.executable, "-m", "benchmarks.torture.apps"], subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _ask(app: "subprocess.Popen[str]", **what: Any) -> None:
    assert app.stdin is not None
    app.stdin.write(json.dumps(what) + "\n")
    app.stdin.flush()


def _answer(app: "subprocess.Popen[str]") -> dict[str, str]:
    assert app.stdout is not None
    line = app.stdout.readline()
    if not line:
        raise RuntimeError(f"the app ended with {app.wait()}")
    found: dict[str, str] = json.loads(line)
    return found


def main() -> int:
    """Be one app: import what each line says, and answer with the draft's state and reason."""
    for line in sys.stdin:
        asked = json.loads(line)
        backend = open_backend(IDLE, asked["home"])
        desk = DraftDesk(backend)
        data = films(seed=asked["n_each"], n_each=asked["n_each"])
        key = desk.take(lambda data=data: data, NAME)
        _wait(desk, key, ("ready", *ENDED))
        time.sleep(max(0.0, asked["starts"] - time.time()))
        desk.start_import(key, NAME)
        _wait(desk, key, ENDED)
        draft = desk.draft(key)
        assert draft is not None
        print(json.dumps({"state": draft.state, "reason": draft.reason}), flush=True)
        backend.close()
    return 0


def _wait(desk: DraftDesk, key: str, states: tuple[str, ...]) -> None:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        draft = desk.draft(key)
        if draft is not None and draft.state in states:
            return
        time.sleep(0.005)
    raise TimeoutError(f"the import has not ended in {WAIT_S:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
