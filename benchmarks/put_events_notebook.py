"""Amazon's put_events notebook as a script: one person's events are sent to another, and the lists grow alike.

    python -m benchmarks.put_events_notebook [--pairs N] [--home FOLDER]

MovieLens 1M from EXPLORER_DATA, aws-hrnn and aws-sims, everything through boto3 against `serve`. For random pairs of
people the events of B are sent to A by PutEvents, one a second from now on as in the notebook, and A's list of 25 is
compared with B's own. The newest films of B go last, so the first 20 are B's oldest; "latest 20" sends B's newest 20
alone, "a third person's" those of somebody else, to show that it is B's events that matter.

A is a copy: a new user who is first sent A's whole history by PutEvents, with its own times. A person is in several
pairs, and with A's own id the events of one pair would be there in the next. That a copy answers like the original is
counted and printed. Sims, the control, is asked for what goes with the last film that training knew of A and of B.
--home keeps the trained models; without it everything is made afresh, which takes some minutes.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads, here and in the processes that are started
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from benchmarks.plain_schema import SCHEMA
from benchmarks.served import client, served
from services.engine import open_engine
from services.personalize.waiting import wait_until_active

RECIPES = ("aws-hrnn", "aws-sims")
LENGTH = 25
STEPS = (0, 1, 5, 20)
"""Events of B that were sent when the lists are compared; after these come all of them."""
LATEST = 20
PER_CALL = 10
ROLE = "arn:aws:iam::000000000000:role/bench"
PATIENCE_S = 3600.0
LATEST_ROW, THIRD_ROW = f"latest {LATEST} of B", f"latest {LATEST} of a third person"

History = Sequence[tuple[str, int]]
"""Item and epoch seconds of each event, oldest first."""


@dataclass
class Found:
    """What all pairs gave."""

    shared: dict[str, list[int]] = field(default_factory=dict)
    """How many of 25 A's list shares with B's, by what was sent."""
    sims: dict[str, list[int]] = field(default_factory=dict)
    ceilings: list[int] = field(default_factory=list)
    """Items of B's list that A has not had: a model that hides what a person had cannot share more."""
    alike: list[int] = field(default_factory=list)
    """How many of 25 the list of A's copy shares with A's own."""
    events: int = 0
    answers_ms: list[float] = field(default_factory=list)
    """Of the first answer after events were sent."""

    def add(self, step: str, shared: int, sims: int) -> None:
        self.shared.setdefault(step, []).append(shared)
        self.sims.setdefault(step, []).append(sims)


class Explorer:
    """The three clients, as the notebook uses them."""

    def __init__(self, url: str, campaigns: dict[str, str], tracking_id: str) -> None:
        self._runtime = client("personalize-runtime", url)
        self._events = client("personalize-events", url)
        self._campaigns, self._tracking_id = campaigns, tracking_id

    def for_user(self, user: str) -> list[str]:
        answer = self._runtime.get_recommendations(
            campaignArn=self._campaigns["aws-hrnn"], userId=user, numResults=LENGTH
        )
        return [item["itemId"] for item in answer["itemList"]]

    def for_item(self, item: str) -> list[str]:
        answer = self._runtime.get_recommendations(
            campaignArn=self._campaigns["aws-sims"], itemId=item, numResults=LENGTH
        )
        return [item["itemId"] for item in answer["itemList"]]

    def send(self, user: str, history: History) -> None:
        """Send events as the notebook does: the item within properties."""
        for start in range(0, len(history), PER_CALL):
            self._events.put_events(
                trackingId=self._tracking_id,
                userId=user,
                sessionId=user,
                eventList=[
                    {"sentAt": moment, "eventType": "CLICK", "properties": json.dumps({"itemId": item})}
                    for item, moment in history[start : start + PER_CALL]
                ],
            )


def prepare(home: Path, url: str, frame: pd.DataFrame) -> None:
    """Import the interactions, train and deploy both recipes; what is there already is not made again."""
    personalize = client("personalize", url)
    if personalize.list_dataset_groups()["datasetGroups"]:
        return
    frame.to_csv(home / "interactions.csv", index=False)
    engine = open_engine(home)  # a served engine has no call for uploads: the files are put into its store
    engine.objects.put_file("s3://local/interactions.csv", home / "interactions.csv")
    engine.close()
    group = personalize.create_dataset_group(name="movielens")["datasetGroupArn"]
    schema = personalize.create_schema(name="movielens", schema=json.dumps(SCHEMA))["schemaArn"]
    dataset = personalize.create_dataset(
        name="movielens", datasetType="Interactions", datasetGroupArn=group, schemaArn=schema
    )["datasetArn"]
    job = personalize.create_dataset_import_job(
        jobName="movielens",
        datasetArn=dataset,
        dataSource={"dataLocation": "s3://local/interactions.csv"},
        roleArn=ROLE,
    )["datasetImportJobArn"]
    wait_until_active(lambda: personalize.describe_dataset_import_job(datasetImportJobArn=job), timeout_s=PATIENCE_S)
    for recipe in RECIPES:
        solution = personalize.create_solution(
            name=recipe,
            datasetGroupArn=group,
            recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
            performAutoTraining=False,
        )["solutionArn"]
        version = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
        described = partial(personalize.describe_solution_version, solutionVersionArn=version)
        wait_until_active(described, timeout_s=PATIENCE_S)
        personalize.create_campaign(name=recipe, solutionVersionArn=version)


def open_explorer(url: str) -> Explorer:
    """Return the clients, with the group's event tracker, made if there is none."""
    personalize = client("personalize", url)
    (group,) = (found["datasetGroupArn"] for found in personalize.list_dataset_groups()["datasetGroups"])
    trackers = personalize.list_event_trackers(datasetGroupArn=group)["eventTrackers"]
    if trackers:
        described = personalize.describe_event_tracker(eventTrackerArn=trackers[0]["eventTrackerArn"])
        tracking_id = described["eventTracker"]["trackingId"]
    else:
        tracking_id = personalize.create_event_tracker(name="movielens", datasetGroupArn=group)["trackingId"]
    campaigns = {found["name"]: found["campaignArn"] for found in personalize.list_campaigns()["campaigns"]}
    return Explorer(url, campaigns, tracking_id)


def shared(left: Sequence[str], right: Sequence[str]) -> int:
    return len(set(left) & set(right))


def walk(explorer: Explorer, name: str, a: str, b: str, third: str, people: dict[str, History], found: Found) -> None:
    """Send B's events to copies of A, called by this name, and write down how the lists change."""
    goal, own = explorer.for_user(b), explorer.for_user(a)
    history, events, others = people[a], people[b], people[third]
    sims_goal = explorer.for_item(events[-1][0])
    begin = int(time.time())

    def compare(step: str, copy: str) -> None:
        started = time.perf_counter()
        answer = explorer.for_user(copy)
        found.answers_ms.append((time.perf_counter() - started) * 1000)
        found.add(step, shared(answer, goal), shared(explorer.for_item(history[-1][0]), sims_goal))

    def send(copy: str, chosen: History, first: int = 0) -> None:
        explorer.send(copy, [(item, begin + first + i) for i, (item, _) in enumerate(chosen)])
        found.events += len(chosen)

    def copy_of_a(suffix: str) -> str:
        copy = f"{name}-{suffix}"
        explorer.send(copy, history)
        found.events += len(history)
        found.alike.append(shared(explorer.for_user(copy), own))
        return copy

    had = {item for item, _ in history}
    found.ceilings.append(sum(item not in had for item in goal))
    copy = copy_of_a("all")
    compare("0", copy)
    for before, after in pairwise(STEPS):
        send(copy, events[before:after], before)
        compare(str(after), copy)
    send(copy, events[STEPS[-1] :], STEPS[-1])
    compare("all", copy)
    for row, chosen in ((LATEST_ROW, events[-LATEST:]), (THIRD_ROW, others[-LATEST:])):
        copy = copy_of_a("latest" if row == LATEST_ROW else "third")
        send(copy, chosen)
        compare(row, copy)


def report(found: Found, n_pairs: int, seconds: float) -> None:
    print(f"MovieLens 1M, {n_pairs} pairs; {found.events:,} events sent in {seconds:.0f} s, lists asked for between.\n")
    print("| events sent to A | aws-hrnn: shared with B's list, of 25 | 95 % interval of the mean | aws-sims |")
    print("| --- | ---: | ---: | ---: |")
    for step, values in found.shared.items():
        half = 1.96 * np.std(values, ddof=1) / np.sqrt(len(values))
        mean = np.mean(values)
        row = f"{mean:.2f} | {mean - half:.2f} to {mean + half:.2f} | {np.mean(found.sims[step]):.2f}"
        print(f"| {step} | {row} |")
    print(f"\nFilms of B's list that A has not had, the most there can be: {np.mean(found.ceilings):.2f}.")
    same = np.mean([value == LENGTH for value in found.alike])
    print(f"A copy's list shares {np.mean(found.alike):.2f} of {LENGTH} with A's own; {same:.1%} share all.")
    print(f"First answer after events, over HTTP: median {np.median(found.answers_ms):.1f} ms.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--home", type=Path, help="folder to keep the trained models in")
    parser.add_argument("--prepare", action="store_true", help="make the models and stop")
    arguments = parser.parse_args()
    folder = os.environ.get("EXPLORER_DATA")
    if not folder:
        print("Set EXPLORER_DATA to a folder with movielens-1m.")
        return
    ratings = pd.read_parquet(Path(folder, "movielens-1m", "ratings.parquet"))
    frame = (
        ratings[["user", "movie", "timestamp"]]
        .set_axis(["USER_ID", "ITEM_ID", "TIMESTAMP"], axis=1)
        .astype({"USER_ID": str, "ITEM_ID": str})
    )
    with tempfile.TemporaryDirectory() as made:
        home: Path = arguments.home or Path(made)
        home.mkdir(parents=True, exist_ok=True)
        with served(home) as url:
            prepare(home, url, frame)
            if not arguments.prepare:
                measure(url, frame, arguments.pairs)


def measure(url: str, frame: pd.DataFrame, n_pairs: int) -> None:
    """Walk with random pairs and print the table."""
    explorer = open_explorer(url)
    ordered = frame.sort_values(["USER_ID", "TIMESTAMP"], kind="stable")
    people: dict[str, Any] = {
        str(user): list(zip(rows["ITEM_ID"], rows["TIMESTAMP"].tolist(), strict=True))
        for user, rows in ordered.groupby("USER_ID", sort=False)
    }
    random, names = np.random.default_rng(7), sorted(people)
    found, run, started = Found(), int(time.time()), time.monotonic()
    for number in range(n_pairs):
        a, b, third = random.choice(names, 3, replace=False).tolist()
        walk(explorer, f"pair-{run}-{number}", a, b, third, people, found)
    report(found, n_pairs, time.monotonic() - started)


if __name__ == "__main__":
    main()
