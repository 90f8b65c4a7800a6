"""Are reasons true, and how long do they take: the film demo, and MovieLens 1M where EXPLORER_DATA is set.

    python -m benchmarks.reasons [--users N] [--home FOLDER]

For each item of a list of 25 one event of the history is taken out and the rest is replayed: the event that is named
strongest (largest loss of log-score), the person's latest event, or a random one of the latest 50. Counted is how often
the item's place gets worse, and by how many places; the item of the event that was taken out stays out of the list. The
latest event is the hard comparison, since a sequence model gives much to it anyway. Times are those of
Capabilities.reasons for 25 items over 50 events, in process, one person after the other; CPU is what a quiet machine
would take. "named" is the share of items with any event that costs them a place.

--home keeps the workspace with the trained models, so that a second run measures at once.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from services.backend import Backend, HistoryEvent, open_backend
from services.library.prepared import PreparedData
from services.library.store import Library
from services.personalize import campaigns, training, versions
from services.personalize.campaigns import Campaign
from services.personalize.imports import Source, import_data
from services.sources import load

HRNN = "hrnn"
N_ITEMS, N_EVENTS, WHOLE_CATALOGUE = 25, 50, 1_000_000
WAYS = ("strongest", "latest", "random")


def data() -> list[tuple[str, PreparedData]]:
    """Return what is measured: its name in words, and the data as a person would load it."""
    found = [("film demo", load.load_demo())]
    folder = os.environ.get("EXPLORER_DATA")
    if folder:
        found.append(("MovieLens 1M", load.load_movielens_from(Path(folder) / "movielens-1m")))
    return found


def prepare(backend: Backend, prepared: PreparedData) -> Campaign:
    """Load, import, train aws-hrnn with its defaults and deploy it, or return what an earlier run left."""
    ready = campaigns.for_people(backend, prepared.name)
    if ready:
        return ready[0]
    _, files = load.keep(prepared, backend.home)
    sources = [Source(file.dataset_type, file.csv, file.schema, file.n_rows) for file in files]
    group = import_data(backend, prepared.name, sources)
    arn = training.train(backend, group.arn, HRNN, "aws-hrnn", event_type=prepared.event_type)
    while (view := versions.version(backend, arn)) is not None and view.running:
        time.sleep(0.5)
    if view is None or not view.ready:
        raise SystemExit(f"aws-hrnn could not be trained: {view.failure_reason if view else 'deleted'}")
    training.deploy(backend, arn, f"{prepared.name}-{HRNN}")
    return campaigns.for_people(backend, prepared.name)[0]


def measure(backend: Backend, campaign: Campaign, users: Sequence[str]) -> dict[str, Any]:
    """Take events out for each user's list; return shares, places and times."""
    asked, random = backend.capabilities, np.random.default_rng(7)
    assert asked is not None
    worse: dict[str, list[bool]] = {way: [] for way in WAYS}
    places: dict[str, list[int]] = {way: [] for way in WAYS}
    wall, cpu, named = [], [], []
    for user in users:
        answer = backend.runtime.get_recommendations(campaignArn=campaign.arn, userId=user, numResults=N_ITEMS)
        ids = [item["itemId"] for item in answer["itemList"]]
        begin, begin_cpu = time.perf_counter(), time.thread_time()
        told = asked.reasons(campaign.arn, user, ids, N_EVENTS)
        cpu.append(1000 * (time.thread_time() - begin_cpu))
        wall.append(1000 * (time.perf_counter() - begin))
        m = len(told.events)
        named += (told.ranks_without > told.ranks[:, None]).any(axis=1).tolist()
        chosen = {
            "strongest": told.strengths.argmax(axis=1),
            "latest": np.full(len(ids), m - 1),
            "random": random.integers(0, m, len(ids)),
        }
        replayed: dict[int, Mapping[str, int]] = {}
        known = asked.known_events(campaign.arn, user)
        for way, events in chosen.items():
            for item_id, rank, event in zip(ids, told.ranks.tolist(), events.tolist(), strict=True):
                if event not in replayed:
                    replayed[event] = _ranks_without(backend, campaign, user, known, len(known) - m + event)
                fall = replayed[event][item_id] - rank
                worse[way].append(fall > 0)
                places[way].append(fall)
    return {
        "named": float(np.mean(named)),
        "worse": {way: float(np.mean(worse[way])) for way in WAYS},
        "places": {way: float(np.mean(places[way])) for way in WAYS},
        "wall": np.percentile(wall[1:], [50, 99]).tolist(),
        "cpu": np.percentile(cpu[1:], [50, 99]).tolist(),
    }


def _ranks_without(
    backend: Backend, campaign: Campaign, user: str, known: Sequence[HistoryEvent], event: int
) -> dict[str, int]:
    assert backend.capabilities is not None
    rest = [*known[:event], *known[event + 1 :]]
    found = backend.capabilities.list_for_history(
        campaign.arn, rest, WHOLE_CATALOGUE, user_id=user, also_had=[known[event].item_id]
    )
    return {item_id: rank for rank, item_id in enumerate(found.item_ids, 1)}


def main() -> None:
    """Prepare, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--home", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        backend = open_backend({}, arguments.home or Path(folder))
        try:
            print(
                "| data | people | named | worse without: strongest | latest | random | places | 25 x 50, p50 | p99 "
                "| CPU p50 |"
            )
            print("| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: |")
            for words, prepared in data():
                campaign = prepare(backend, prepared)
                loaded = Library(backend.home).open(prepared.name)
                assert loaded is not None
                people = [user for user in loaded.people().ids() if len(loaded.history(user, 2)) == 2]
                n_users = min(arguments.users, len(people))
                users = np.random.default_rng(3).choice(people, n_users, replace=False).tolist()
                result = measure(backend, campaign, users)
                shares = " | ".join(f"{result['worse'][way]:.1%}" for way in WAYS)
                falls = ", ".join(f"{result['places'][way]:.1f}" for way in WAYS)
                p50, p99 = result["wall"]
                cpu = result["cpu"][0]
                named = f"{result['named']:.0%}"
                print(
                    f"| {words} | {n_users} | {named} | {shares} | {falls} "
                    f"| {p50:.0f} ms | {p99:.0f} ms | {cpu:.0f} ms |",
                    flush=True,
                )
        finally:
            backend.close()


if __name__ == "__main__":
    main()
