"""The demo, its story, a replay of live events and both laboratories, to their end on an account that is like AWS.

    python -m benchmarks.like_aws [--viewers 200] [--rate 10] [--seconds 0.5]

The account is `serve --like-aws` with short durations, beside S3, IAM and STS of moto; bucket and role are made as
Settings makes them. Recipes that AWS has retired are replaced. Each line says what was done and how long it took; an
error ends it. --viewers leaves only the personas and so many others of the demo, for a quick look.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from moto.server import ThreadedMotoServer

from benchmarks.worlds import fewer
from services.backend import Backend, open_backend
from services.demo.runner import DemoRunner
from services.demo.steps import GROUP
from services.laboratory.follow import finished
from services.laboratory.runs import COLD_START, EVALUATION
from services.library.store import Library
from services.lists.cast import cast_of
from services.money.bill import bill
from services.money.sentences import usd
from services.personalize.campaigns import for_people
from services.progress import Step, StepState
from services.sandbox.in_memory import replay_of
from services.screens.live_events.plans import plan_of, script_of
from services.screens.settings.checks import missing, run_checks
from services.screens.settings.repair import make
from services.sources import load
from services.story.steps import story

ACCOUNT, BUCKET = "123456789012", "like-aws-demo"
N_EVENTS = 5
"""Of the replay."""
START_S = 60.0


def main() -> int:
    """Run everything; return the exit status."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rate", type=float, default=10.0, help="requests per second of each operation")
    options.add_argument("--seconds", type=float, default=0.5, help="shortest duration of a change of a resource")
    options.add_argument("--viewers", type=int, help="only so many of the demo's viewers")
    given = options.parse_args()
    if given.viewers is not None:
        whole = load.load_demo
        load.load_demo = lambda *seed: fewer(whole(*seed), given.viewers)
    print("| what | how it ended | seconds |\n| --- | --- | ---: |")
    with tempfile.TemporaryDirectory() as folder, account(Path(folder), given.rate, given.seconds):
        backend = open_backend(home=Path(folder) / "home")
        row("account", ", ".join(make(backend, missing(run_checks(backend)))), 0.0)
        demo(backend)
        laboratories(backend)
        told(backend)
        replayed(backend)
        row("bill", f"{usd(bill(backend).usd_per_month)} a month at AWS for what runs now", 0.0)
        backend.close()
    return 0


@contextmanager
def account(folder: Path, rate: float, seconds: float) -> Iterator[None]:
    """Serve the account, and name it in the environment that boto3 and the explorer read."""
    moto = ThreadedMotoServer(port=0, verbose=False)
    moto.start()
    address = "http://{}:{}".format(*moto.get_host_and_port())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {f"AWS_ENDPOINT_URL_{service}": address for service in ("S3", "IAM", "STS", "CLOUDWATCH", "SERVICE_QUOTAS")}
    keys = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_DEFAULT_REGION": "us-east-1"}
    os.environ.update(own | keys | {"AWS_CONFIG_FILE": "/nonexistent"})
    command = [sys.executable, "-m", "services.engine", "serve", "--like-aws", "--port", str(port)]
    command += ["--like-aws-seconds", str(seconds), "--like-aws-rate", str(rate), "--account-id", ACCOUNT]
    environment = os.environ | {"PERSONALIZE_HOME": str(folder / "account"), "PERSONALIZE_OBJECTS": "s3"}
    with (folder / "account.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        for service in ("PERSONALIZE", "PERSONALIZE_RUNTIME", "PERSONALIZE_EVENTS"):
            os.environ[f"AWS_ENDPOINT_URL_{service}"] = f"http://127.0.0.1:{port}"
        os.environ |= {
            "PERSONALIZE_BACKEND": "aws",
            "PERSONALIZE_BUCKET": BUCKET,
            "PERSONALIZE_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/personalize-explorer",
            "PERSONALIZE_POLL_S": "0.5",
            "PERSONALIZE_HOME": str(folder / "home"),
        }
        yield
    finally:
        process.terminate()
        process.wait(30)
        moto.stop()


def wait_for(url: str) -> None:
    """Wait until something answers, whatever it says."""
    until = time.monotonic() + START_S
    while True:
        try:
            urlopen(url, timeout=2).close()
            return
        except URLError as error:
            if getattr(error, "code", None) is not None:  # an answer
                return
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def row(what: str, how: str, seconds: float) -> None:
    """Print one line of the table."""
    print(f"| {what} | {how} | {seconds:.0f} |", flush=True)


def demo(backend: Backend) -> None:
    """Prepare the demo with every background step; a step that failed is an error."""
    runner, reported = DemoRunner(backend), set[str]()

    def report(steps: tuple[Step, ...]) -> None:
        for step in steps:
            if step.state == StepState.FAILED:
                raise RuntimeError(f"{step.label} failed: {step.note}")
            if step.state == StepState.DONE and step.key not in reported:
                reported.add(step.key)
                row(step.label, step.note or "done", step.seconds or 0.0)

    runner.run(report)


def laboratories(backend: Backend) -> None:
    """Say that both laboratories' runs have ended."""
    for laboratory in (COLD_START, EVALUATION):
        run = finished(backend, laboratory, GROUP)
        if run is None:
            raise RuntimeError(f"The run of {laboratory} has not ended.")
        row(f"laboratory {laboratory}", f"{run.state}, {len(run.steps)} steps", sum(s.seconds or 0 for s in run.steps))


def told(backend: Backend) -> None:
    """Tell the story and print each step with its number."""
    data = Library(backend.home).open(GROUP)
    if data is None:
        raise RuntimeError("The demo's data is gone.")
    started = time.monotonic()
    for step in story(backend, GROUP, data, data.catalog(), data.people(), data.tastes(), 25):
        row(f"story: {step.title}", step.number or "no number", time.monotonic() - started)
        started = time.monotonic()


def replayed(backend: Backend) -> None:
    """Send the last events of the story's second user to a copy of the first, and ask after each."""
    data = Library(backend.home).open(GROUP)
    cast = None if data is None else cast_of(data, data.catalog(), data.people(), data.tastes())
    if data is None or cast is None or cast.other is None:
        raise RuntimeError("The demo has nobody to replay.")
    started = time.monotonic()
    campaign = next(one for one in for_people(backend, GROUP) if one.personal)
    script = script_of(data, cast.one, cast.other, N_EVENTS)
    replay = replay_of(backend, plan_of(backend, GROUP, campaign, data, script, cast.one))
    replay.advance()
    if replay.error is not None or not replay.done:
        raise RuntimeError(f"The replay stopped: {replay.error}")
    lists = [state.answer.ids for state in replay.steps]
    new = len(set(lists[-1]) - set(lists[0]))
    row(
        "live events",
        f"{len(lists) - 1} events answered, {new} of {len(lists[0])} films are new",
        time.monotonic() - started,
    )


if __name__ == "__main__":
    sys.exit(main())
