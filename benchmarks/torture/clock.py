"""A clock that jumps backwards and forwards while an engine works: nothing fails, nothing is lost, order is order.

services/engine/clock.py is the one place that reads the time; a case replaces what it reads, and runs the jobs in this
process with the worker's own code, so that they see the same clock.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.torture.campaign import Campaign, Case
from benchmarks.torture.jobs import INTERACTIONS, ROLE
from benchmarks.torture.state import event_problems, problems
from benchmarks.torture.world import arn, copied, csv_of, films, small_world, solution_arn
from services.engine import Engine, clock, open_engine
from services.engine.jobs.lock import WorkerLock
from services.engine.jobs.worker import Worker

STEPS = 25
DAY_S = 86_400.0
JUMPS = (-3650 * DAY_S, -400 * DAY_S, -DAY_S, -3600.0, -1.0, -0.001, 0.0, 0.001, 1.0, 3600.0, DAY_S, 400 * DAY_S)
POPULARITY = "aws-popularity-count"


class SteppedTime:
    """What clock.py uses of the time module, with jumps."""

    def __init__(self) -> None:
        self.offset_s = 0.0

    def time(self) -> float:
        """Return the time with all jumps so far."""
        return time.time() + self.offset_s


@contextmanager
def stepped() -> Iterator[SteppedTime]:
    """Replace the engine's clock in this process."""
    true = clock.time
    replaced = SteppedTime()
    clock.time = replaced  # type: ignore[assignment]
    try:
        yield replaced
    finally:
        clock.time = true


def run(campaign: Campaign, n_steps: int = STEPS) -> None:
    """Do cases until the time has passed."""
    template = small_world(campaign.folder)
    for case in campaign.cases():
        with case.running() as folder, stepped() as moved:
            engine = open_engine(copied(template, folder / "home"))
            lock = WorkerLock.take(engine.settings)
            assert lock is not None, "nobody else works in a copy"
            try:
                with lock, closing(Worker(engine.settings)) as worker:
                    _Clocked(case, engine, worker, moved).run(n_steps)
                found = problems(engine.settings.home)
            finally:
                engine.close()
            for problem in found:
                case.fault(problem)


class _Clocked:
    """The calls of one case."""

    def __init__(self, case: Case, engine: Engine, worker: Worker, moved: SteppedTime) -> None:
        self.case, self.engine, self.worker, self.moved = case, engine, worker, moved
        self.personalize = engine.client("personalize")
        self.runtime = engine.client("personalize-runtime")
        self.events = engine.client("personalize-events")
        tracker = engine.context.resources.list("event-tracker")[0]
        self.tracking_id = tracker["trackingId"]
        self.versions: list[str] = []
        self.names: list[str] = []
        self.sent: dict[str, Any] = {}

    def run(self, n_steps: int) -> None:
        """Do calls in a drawn order, each after a jump."""
        draw = self.case.draw
        for number in range(n_steps):
            self.moved.offset_s += draw.choice(JUMPS) * draw.random()
            self.case.count("clock steps")
            draw.choice((self._train, self._import, self._send, self._create, self._ask))(number)
        self._check()

    def _work(self) -> None:
        queue = self.engine.context.queue
        while (job := queue.claim(1)) is not None:
            self.worker.run_job(job)

    def _train(self, number: int) -> None:
        made = self.personalize.create_solution_version(solutionArn=solution_arn(POPULARITY))["solutionVersionArn"]
        self._work()
        described = self.personalize.describe_solution_version(solutionVersionArn=made)["solutionVersion"]
        ready = described["status"] == "ACTIVE"
        self.case.expect(ready, f"step {number}: {described.get('failureReason')}")
        self.case.expect(described["trainingHours"] >= 0, f"step {number}: {described['trainingHours']} hours")
        self.versions.append(made)

    def _import(self, number: int) -> None:
        url = f"s3://local/in/{number}.csv"
        self.engine.objects.put_bytes(url, csv_of(films(seed=number).interactions))
        made = self.personalize.create_dataset_import_job(
            jobName=f"import-{number}", datasetArn=INTERACTIONS, dataSource={"dataLocation": url}, roleArn=ROLE
        )["datasetImportJobArn"]
        self._work()
        described = self.personalize.describe_dataset_import_job(datasetImportJobArn=made)["datasetImportJob"]
        self.case.expect(described["status"] == "ACTIVE", f"step {number}: {described.get('failureReason')}")

    def _send(self, number: int) -> None:
        sent = {f"event-{number}-{k}": (f"u{k}", f"i{number}", 1_700_000_000 + number) for k in range(3)}
        for event_id, (user, item, moment) in sent.items():
            event = {"eventId": event_id, "eventType": "watch", "itemId": item, "sentAt": moment}
            self.events.put_events(trackingId=self.tracking_id, userId=user, sessionId=user, eventList=[event])
        self.sent |= sent

    def _create(self, number: int) -> None:
        name = f"group-{self.case.draw.randrange(10**9)}"
        self.personalize.create_dataset_group(name=name)
        self.names.append(name)

    def _ask(self, number: int) -> None:
        answer = self.runtime.get_recommendations(campaignArn=arn("campaign", POPULARITY), userId="u1")
        self.case.expect(answer["itemList"], f"step {number}: an empty list")

    def _check(self) -> None:
        case, personalize = self.case, self.personalize
        if self.versions:
            latest = f"{solution_arn(POPULARITY)}/$LATEST"
            made = personalize.create_campaign(name="newest", solutionVersionArn=latest)["campaignArn"]
            used = personalize.describe_campaign(campaignArn=made)["campaign"]["solutionVersionArn"]
            case.expect(used.endswith(self.versions[-1]) or used == latest, f"$LATEST is {used}, not the last one")
            solution = personalize.describe_solution(solutionArn=solution_arn(POPULARITY))["solution"]
            newest = solution["latestSolutionVersion"]["solutionVersionArn"]
            case.expect(newest == self.versions[-1], f"the latest version is {newest}, not {self.versions[-1]}")
        pages = personalize.get_paginator("list_dataset_groups").paginate(PaginationConfig={"PageSize": 2})
        listed = [group["name"] for page in pages for group in page["datasetGroups"]]
        case.expect(listed[1:] == self.names, f"groups are listed as {listed[1:]}, created as {self.names}")
        for problem in event_problems(Path(self.engine.settings.home), self.sent):
            case.fault(problem)
