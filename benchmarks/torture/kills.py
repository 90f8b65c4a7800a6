"""SIGKILL and SIGTERM at random moments over every kind of job, with writers of events and CRUD beside.

A case is one home, one server and five kills. After each, the work must be settled with a reason and start again;
after all, the home must be whole (state.py) and every acknowledged event stored exactly once.
"""

import signal
import time
from pathlib import Path

from benchmarks.torture.campaign import Campaign, Case
from benchmarks.torture.jobs import SECONDS, Work
from benchmarks.torture.processes import MAX_END_S, Server, kill, wait_until_ended, worker_pids
from benchmarks.torture.state import CATCH_ALL, event_problems, problems
from benchmarks.torture.world import NAME, arn, copied, small_world, wait_until_left
from benchmarks.torture.writers import Writers
from services.engine import Engine, open_engine

KILLS = 5
SETTLE_S, AGAIN_S = 120.0, 300.0
"""Longest times until killed work is settled, and until work that was started again has ended."""
NAMES = {signal.SIGKILL: "SIGKILL", signal.SIGTERM: "SIGTERM"}


def run(campaign: Campaign, kinds: tuple[str, ...] = tuple(SECONDS), n_kills: int = KILLS) -> None:
    """Do cases until the time has passed."""
    template = small_world(campaign.folder)
    for case in campaign.cases():
        with case.running() as folder:
            _case(case, copied(template, folder / "home"), kinds, n_kills)


def _case(case: Case, home: Path, kinds: tuple[str, ...], n_kills: int) -> None:
    temporary = home / "tmp"
    temporary.mkdir()
    server = Server(home, TMPDIR=str(temporary), PERSONALIZE_WORKER_IDLE_S="2")
    engine = open_engine(home)
    try:
        tracker = engine.context.resources.get("event-tracker", _tracker(engine))
        beside = case.draw.random() < 0.8
        writers = Writers(server, tracker["trackingId"], f"{case.campaign.seed}/{case.number}") if beside else None
        for number in range(n_kills):
            _kill_once(case, Work(case.draw.choice(kinds), server, engine, f"kill-{number}"), server)
        if writers is not None:
            writers.stop()
        _finish(case, server, engine, writers)
    finally:
        if server.alive:
            server.end(signal.SIGKILL)
        engine.close()
        kill(worker_pids(home), signal.SIGKILL)


def _tracker(engine: Engine) -> str:
    return engine.context.resources.list("event-tracker", parent_arn=arn("dataset-group", NAME))[0].arn


def _kill_once(case: Case, work: Work, server: Server) -> None:
    sig = case.draw.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM))
    target = case.draw.choices(("worker", "server", "both"), (6, 2, 2))[0]
    after_s = case.draw.random() * SECONDS[work.kind]
    work.start()
    time.sleep(after_s)
    hit = work.status()[0] not in ("ACTIVE", "CREATE FAILED")
    what = f"{work.kind}, {target} {NAMES[sig]} after {after_s:.2f} s"
    began = time.monotonic()
    pids = work.pids() if target != "server" else []
    kill(pids, sig)
    if target != "worker":
        _end_server(case, server, sig, what)
    left = wait_until_ended(pids, MAX_END_S) if sig == signal.SIGTERM else []
    case.expect(not left, f"{what}: the process ran on {MAX_END_S:.0f} s after it")
    kill(left, signal.SIGKILL)
    status, reason = work.wait(SETTLE_S)
    case.count("kills")
    case.count(f"kills: {NAMES[sig]}")
    if hit:
        case.count("kills that hit running work")
        case.count(f"hit: {work.kind}")
        case.recovered(time.monotonic() - began)
    if _settled(case, what, target, status, reason) and status != "ACTIVE":
        _again(case, work, what)
    for problem in work.finish():
        case.fault(f"{what}: {problem}")


def _end_server(case: Case, server: Server, sig: int, what: str) -> None:
    try:
        server.end(sig)
    except TimeoutError as error:
        case.fault(f"{what}: {error}")
    server.restart()


def _settled(case: Case, what: str, target: str, status: str, reason: str) -> bool:
    if not case.expect(status in ("ACTIVE", "CREATE FAILED"), f"{what}: {status} after {SETTLE_S:.0f} s"):
        return False
    if status == "CREATE FAILED":
        case.expect(reason and not any(words in reason for words in CATCH_ALL), f"{what}: the reason is {reason!r}")
        case.expect(target != "server", f"{what}: the work failed with its server: {reason}")
    return True


def _again(case: Case, work: Work, what: str) -> None:
    work.start()
    status, reason = work.wait(AGAIN_S)
    case.count("work run again")
    case.expect(status == "ACTIVE", f"{what}: started again it was {status}: {reason}")


def _finish(case: Case, server: Server, engine: Engine, writers: Writers | None) -> None:
    """Export what was put, end everything, and look at what is there."""
    home = engine.settings.home
    last = Work("export", server, engine, "last")
    last.export("last", "PUT" if writers is not None and writers.acknowledged else "BULK")
    status, reason = last.wait(AGAIN_S)
    case.expect(status == "ACTIVE", f"the last export is {status}: {reason}")
    try:
        server.end()
    except TimeoutError as error:
        case.fault(error)
    engine.close()
    wait_until_left(home)
    for problem in problems(home):
        case.fault(problem)
    if writers is not None:
        wrong = event_problems(home, writers.acknowledged)
        for problem in [*writers.problems, *wrong]:
            case.fault(problem)
        case.count("events exactly once", 0 if wrong else len(writers.acknowledged))
        case.count("events acknowledged", len(writers.acknowledged))
        case.count("CRUD calls beside", writers.crud_calls)
