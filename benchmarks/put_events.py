"""PutEvents over HTTP from four client processes: events a second, and whether any is lost or doubled.

    python -m benchmarks.put_events [--events N] [--per-call N ...]

Each client is a process with boto3 of its own that sends its share of the events, as fast as it is answered, to one
`serve`; every event has an id, a person and a moment of its own. At the end the events are counted twice: the rows and
the different event ids in the engine's database, and the rows that CreateDatasetExportJob with ingestionMode PUT gives,
which are compared one by one with what was sent.

The last row of the table kills the server with SIGKILL when half of the events are there and starts it again on the
same port. A client whose call failed sends it again with the same event ids until it is answered, as SDKs do.
"""

import argparse
import csv
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.plain_schema import SCHEMA
from benchmarks.served import client, start_server
from services.engine import open_engine
from services.personalize.waiting import wait_until_active

CLIENTS = 4
FIRST_MOMENT = 1_700_000_000
PATIENCE_S = 120.0
RETRY_AFTER_S = 0.05
COLUMNS = (
    "events a call",
    "server",
    "events a second",
    "p50 ms",
    "p99 ms",
    "server's processor ms a call",
    "calls sent again",
    "there",
    "lost",
    "doubled",
)
ROLE = "arn:aws:iam::000000000000:role/bench"

Row = tuple[str, str, int]
"""USER_ID, ITEM_ID, TIMESTAMP."""


@dataclass(frozen=True)
class Outcome:
    """What one run gave."""

    seconds: float
    """From the first call to the last answer of any client."""
    p50_ms: float
    p99_ms: float
    server_ms: float
    """Processor time of the server for each call that was answered: what does not depend on who else is computing."""
    repeated: int
    """Calls that were sent again."""
    stored: int
    distinct: int
    lost: int
    doubled: int

    @property
    def complete(self) -> bool:
        return self.lost == 0 and self.doubled == 0


def event_of(number: int) -> Row:
    """Return the event of this number: 500 people, ten events of each in a row, 997 items, no two events alike."""
    return f"user-{number // 10 % 500}", f"item-{number % 997}", FIRST_MOMENT + number


def send(url: str, tracking_id: str, first: int, last: int, per_call: int) -> dict[str, Any]:
    """Send the events first to last - 1; return each call's seconds, and the first and last moment of the clock.

    A call has one person's events, at most per_call of them, and is repeated until it is answered.
    """
    events = client("personalize-events", url, retries={"total_max_attempts": 1}, read_timeout=10)
    seconds, repeated, began, start = [], 0, time.time(), first
    while start < last:
        user = event_of(start)[0]
        chosen = [number for number in range(start, min(start + per_call, last)) if event_of(number)[0] == user]
        listed = [
            {
                "eventId": f"event-{number}",
                "eventType": "watch",
                "itemId": event_of(number)[1],
                "sentAt": event_of(number)[2],
            }
            for number in chosen
        ]
        deadline = time.monotonic() + PATIENCE_S
        while True:
            begin = time.perf_counter()
            try:
                events.put_events(trackingId=tracking_id, userId=user, sessionId=user, eventList=listed)
                break
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500 or time.monotonic() > deadline:
                    raise
            except BotoCoreError:  # the connection was refused, or broke in the middle
                if time.monotonic() > deadline:
                    raise
            repeated += 1
            time.sleep(RETRY_AFTER_S)
        seconds.append(time.perf_counter() - begin)
        start += len(chosen)
    return {"began": began, "ended": time.time(), "seconds": seconds, "repeated": repeated}


def prepare(url: str) -> tuple[str, str]:
    """Make a group with an empty Interactions data set; return the data set's ARN and a tracking id."""
    personalize = client("personalize", url)
    group = personalize.create_dataset_group(name="bench")["datasetGroupArn"]
    schema = personalize.create_schema(name="bench", schema=json.dumps(SCHEMA))["schemaArn"]
    dataset: str = personalize.create_dataset(
        name="bench", datasetType="Interactions", datasetGroupArn=group, schemaArn=schema
    )["datasetArn"]
    tracking_id: str = personalize.create_event_tracker(name="bench", datasetGroupArn=group)["trackingId"]
    return dataset, tracking_id


def run(n_events: int, per_call: int, kill: bool) -> Outcome:
    """Send all events to a fresh home and count what is there."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        server, url = start_server(home)
        used_s = 0.0
        try:
            dataset, tracking_id = prepare(url)
            bounds = [n_events * share // CLIENTS for share in range(CLIENTS + 1)]
            command = [sys.executable, "-m", "benchmarks.put_events", "--child", url, tracking_id]
            clients = [
                subprocess.Popen([*command, str(first), str(last), str(per_call)], stdout=subprocess.PIPE, text=True)
                for first, last in pairwise(bounds)
            ]
            if kill:
                deadline = time.monotonic() + PATIENCE_S
                while counted(home)[0] < n_events // 2:
                    if time.monotonic() > deadline:
                        raise RuntimeError(
                            f"Only {counted(home)[0]:,} of {n_events:,} events after {PATIENCE_S:.0f} s."
                        )
                    time.sleep(0.02)
                used_s = processor_s(server.pid)
                server.kill()
                server.communicate()
                server, _ = start_server(home, int(url.rsplit(":", 1)[1]))
            told = [json.loads(process.communicate()[0]) for process in clients]
            used_s += processor_s(server.pid)
            stored, distinct = counted(home)
            wanted = [event_of(number) for number in range(n_events)]
            exported = export(home, url, dataset)
        finally:
            server.terminate()
            server.communicate()
    seconds = sorted(second for one in told for second in one["seconds"])
    return Outcome(
        seconds=max(one["ended"] for one in told) - min(one["began"] for one in told),
        p50_ms=seconds[len(seconds) // 2] * 1000,
        p99_ms=seconds[len(seconds) * 99 // 100] * 1000,
        server_ms=used_s * 1000 / len(seconds),
        repeated=sum(one["repeated"] for one in told),
        stored=stored,
        distinct=distinct,
        lost=max(len(set(wanted) - set(exported)), n_events - distinct),
        doubled=max(len(exported) - len(set(exported)), stored - distinct),
    )


def processor_s(pid: int) -> float:
    """Return the processor time that a process has used, in seconds, its start included (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def counted(home: Path) -> tuple[int, int]:
    """Return the rows of live events and the number of different event ids."""
    database = sqlite3.connect(f"file:{home / 'engine.sqlite'}?mode=ro", uri=True, timeout=30)
    try:
        stored, distinct = database.execute("SELECT count(*), count(DISTINCT event_id) FROM live_events").fetchone()
    finally:
        database.close()
    return stored, distinct


def export(home: Path, url: str, dataset: str) -> list[Row]:
    """Return the rows that an export of what was put gives."""
    personalize = client("personalize", url)
    job = personalize.create_dataset_export_job(
        jobName="put",
        datasetArn=dataset,
        roleArn=ROLE,
        ingestionMode="PUT",
        jobOutput={"s3DataDestination": {"path": "s3://local/exported/"}},
    )["datasetExportJobArn"]
    wait_until_active(lambda: personalize.describe_dataset_export_job(datasetExportJobArn=job), timeout_s=PATIENCE_S)
    engine = open_engine(home)  # a served engine has no call for downloads: the files are read from its store
    try:
        with engine.objects.local_path("s3://local/exported/put.csv") as path, path.open(newline="") as file:
            return [(row["USER_ID"], row["ITEM_ID"], int(row["TIMESTAMP"])) for row in csv.DictReader(file)]
    finally:
        engine.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--per-call", type=int, nargs="+", default=[10, 1])
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        url, tracking_id, *numbers = arguments.child
        print(json.dumps(send(url, tracking_id, *map(int, numbers))))
        return 0
    print(f"{CLIENTS} client processes, {arguments.events:,} events in each run.\n")
    print(f"| {' | '.join(COLUMNS)} |")
    print("| ---: | --- |" + " ---: |" * (len(COLUMNS) - 2))
    runs = [(per_call, False) for per_call in arguments.per_call] + [(arguments.per_call[0], True)]
    failed = False
    for per_call, kill in runs:
        found = run(arguments.events, per_call, kill)
        what = "killed half-way" if kill else "left alone"
        speed = (
            f"{arguments.events / found.seconds:,.0f} | {found.p50_ms:.1f} | {found.p99_ms:.1f} | {found.server_ms:.1f}"
        )
        counts = f"{found.repeated:,} | {found.stored:,} | {found.lost:,} | {found.doubled:,}"
        print(f"| {per_call} | {what} | {speed} | {counts} |", flush=True)
        failed |= not found.complete
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
