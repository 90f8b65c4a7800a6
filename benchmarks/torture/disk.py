"""A disk that becomes full while jobs run and clients write, and has room again later.

The home is on a small tmpfs of its own, mounted in a mount namespace of this process (unshare(1)), which the kernel
removes with it. Where that is not allowed, the server and its worker get a limit on the size of files instead
(RLIMIT_FSIZE), which fails in the same places with another error.
"""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.torture.campaign import Campaign, Case
from benchmarks.torture.jobs import Work
from benchmarks.torture.processes import Server, kill, worker_pids
from benchmarks.torture.state import CATCH_ALL, event_problems, problems
from benchmarks.torture.world import copied, small_world, wait_until_left
from benchmarks.torture.writers import Writers
from services.engine import open_engine

DISK_MB = 48
KINDS = ("import", "incremental import", "export", "batch", "aws-popularity-count", "aws-sims")
FULL_S = (0.5, 6.0)
"""How long the disk stays full, in seconds."""
SETTLE_S, AGAIN_S = 120.0, 300.0
ALLOWED = ("is full", "file is too large", "File too large", "disk I/O error")
"""Words of the sentences with which a full disk may be answered; the last ones belong to RLIMIT_FSIZE."""
NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")


def in_own_namespace() -> bool:
    """Return whether a tmpfs can be mounted in a namespace of one's own."""
    if shutil.which(NAMESPACE[0]) is None:
        return False
    probe = "mount -t tmpfs -o size=1m none /mnt"
    return subprocess.run([*NAMESPACE, "sh", "-c", probe], capture_output=True, check=False).returncode == 0


def run(campaign: Campaign) -> None:
    """Do cases until the time has passed; benchmarks.torture starts this family inside its own namespace."""
    mounted = os.environ.get("TORTURE_MOUNT") == "1"
    way = f"a tmpfs of {DISK_MB} MB" if mounted else "RLIMIT_FSIZE: no tmpfs may be mounted here"
    campaign.note(f"Disk full by {way}.")
    template = small_world(campaign.folder)
    for case in campaign.cases():
        with case.running() as folder, _disk(folder / "disk", mounted) as disk:
            _case(case, copied(template, disk / "home"), mounted)


@contextmanager
def _disk(folder: Path, mounted: bool) -> Iterator[Path]:
    folder.mkdir()
    if not mounted:
        yield folder
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "none", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _case(case: Case, home: Path, mounted: bool) -> None:
    (home / "tmp").mkdir()
    server = Server(home, TMPDIR=str(home / "tmp"), PERSONALIZE_WORKER_IDLE_S="2")
    engine = open_engine(home)
    try:
        tracker = engine.context.resources.list("event-tracker")[0]
        writers = Writers(server, tracker["trackingId"], f"{case.campaign.seed}/{case.number}", ALLOWED)
        for number in range(2):
            work = Work(case.draw.choice(KINDS), server, engine, f"full-{number}")
            _fill_once(case, work, server, home, mounted)
        writers.stop()
        last = Work("export", server, engine, "last")
        last.export("last", "BULK")
        status, reason = last.wait(AGAIN_S)
        case.expect(status == "ACTIVE", f"the last export is {status}: {reason}")
        server.end()
        engine.close()
        wait_until_left(home)
        for problem in [*writers.problems, *problems(home), *event_problems(home, writers.acknowledged)]:
            case.fault(problem)
        case.count("events acknowledged on a full disk's home", len(writers.acknowledged))
    finally:
        if server.alive:
            server.end(signal.SIGKILL)
        engine.close()
        kill(worker_pids(home), signal.SIGKILL)


def _fill_once(case: Case, work: Work, server: Server, home: Path, mounted: bool) -> None:
    work_began, full_s = case.draw.choice((0.0, 1.0, 3.0)) * case.draw.random(), case.draw.uniform(*FULL_S)
    spare = case.draw.choice((0, 0, 4096, 65_536, 1_000_000))
    what = f"{work.kind}, full after {work_began:.2f} s for {full_s:.1f} s, {spare} bytes spare"
    work.start()
    time.sleep(work_began)
    with _full(home, server, spare, mounted, case.draw):
        time.sleep(full_s)
    began = time.monotonic()
    status, reason = work.wait(SETTLE_S)
    case.count("disk: times full")
    case.recovered(time.monotonic() - began)
    if not case.expect(
        status in ("ACTIVE", "CREATE FAILED"), f"{what}: {status} {SETTLE_S:.0f} s after there was room"
    ):
        return
    if status == "CREATE FAILED":
        case.count("disk: jobs that failed with a reason")
        case.expect(reason and not any(words in reason for words in CATCH_ALL), f"{what}: the reason is {reason!r}")
        work.start()
        status, reason = work.wait(AGAIN_S)
        case.expect(status == "ACTIVE", f"{what}: started again it was {status}: {reason}")


@contextmanager
def _full(home: Path, server: Server, spare: int, mounted: bool, draw: random.Random) -> Iterator[None]:
    """Leave no more than spare bytes on the home's disk inside the block."""
    if not mounted:
        pids = [server.process.pid, *worker_pids(home)]
        limit = draw.choice((1000, 100_000, 1_000_000))
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        try:
            yield
        finally:
            for pid in {server.process.pid, *worker_pids(home)}:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        return
    ballast = home.parent / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file:
            while (free := _free(home)) > spare:
                try:
                    file.write(bytes(min(1 << 20, free - spare)))
                except OSError:  # somebody else took the room
                    break
        yield
    finally:
        ballast.unlink(missing_ok=True)


def _free(home: Path) -> int:
    stats = os.statvfs(home)
    return stats.f_bavail * stats.f_frsize


def command(arguments: list[str]) -> list[str]:
    """Return the command of this family's process, inside a namespace of its own where that is allowed."""
    plain = [sys.executable, *arguments]
    return [*NAMESPACE, "env", "TORTURE_MOUNT=1", *plain] if in_own_namespace() else plain
