"""The processes of one home: a server, its worker, laboratory runs; started, found, killed (Linux)."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from benchmarks.served import client, start_server

MAX_END_S = 20.0
"""`serve` and the worker promise 5 and 10 seconds after SIGTERM; a busy machine gets more."""


class Server:
    """A `serve` process on a home, which can be killed and started again on its port."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self._environment = environment
        self.process, self.url = self._start(0)

    def client(self, service: str, **config: Any) -> Any:
        """Return a boto3 client that tries once."""
        options = {"retries": {"total_max_attempts": 1}, "read_timeout": 60, "connect_timeout": 10}
        return client(service, self.url, **(options | config))

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def restart(self) -> None:
        """Start again on the same port after end()."""
        self.process, _ = self._start(int(self.url.rsplit(":", 1)[1]))

    def end(self, sig: int = signal.SIGTERM) -> float:
        """Signal the process and return the seconds until it ended. Raises TimeoutError, after SIGKILL."""
        began = time.monotonic()
        self.process.send_signal(sig)
        try:
            self.process.wait(MAX_END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise TimeoutError(f"serve runs {MAX_END_S:.0f} s after signal {sig}") from None
        finally:
            self.process.communicate()
        return time.monotonic() - began

    def _start(self, port: int) -> tuple["subprocess.Popen[str]", str]:
        with (self.home / "serve.log").open("ab") as log:
            return start_server(self.home, port, environment=self._environment, stderr=log)


def worker_pids(home: Path) -> list[int]:
    """Return the worker processes of a home, also while they start."""
    return _running("services.engine.jobs.worker", str(home))


def run_pids(folder: Path) -> list[int]:
    """Return the process of a laboratory's run."""
    return _running("services.laboratories", str(folder))


def kill(pids: list[int], sig: int) -> int:
    """Send a signal; return how many processes were there to get it."""
    hit = 0
    for pid in pids:
        try:
            os.kill(pid, sig)
        except ProcessLookupError:
            continue
        hit += 1
    return hit


def wait_until_ended(pids: list[int], timeout_s: float) -> list[int]:
    """Return the processes that still run after a time."""
    deadline = time.monotonic() + timeout_s
    while (left := [pid for pid in pids if _is_running(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def _running(module: str, argument: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:  # it has ended
            continue
        if module.encode() in words and os.fsencode(argument) in words and _is_running(int(path.parent.name)):
            found.append(int(path.parent.name))
    return found


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
