"""Are reasons true, and how long do they take: the film demo, and MovieLens 1M where EXPLORER_DATA is set.

    python -m benchmarks.reasons [--users N] [--home FOLDER]

For each item of a list of 25 a part of the history is taken out and the rest is replayed: all that the reason on the
screen names, as many random items of the latest 50 events, the item that costs most alone, the latest item, or a random
one. Counted is how often the item's place gets worse, and by how many places; what was taken out stays out of the list.
The latest item is the hard comparison, since a sequence model gives much to it anyway. "named" is the share of items
whose reason names items of the history, "believed" the share of these that share a director or brand, a series or two
categories with the first named item, "causes" the number of different reasons among the 25.

Times are those of reasons_for for 25 items over 50 events, in process, one person after the other; CPU is what a quiet
machine would take.

--home keeps the workspace with the trained models, so that a second run measures at once.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from services.backend import Backend, HistoryEvent, open_backend
from services.library import cooccurrence
from services.library.prepared import PreparedData
from services.library.store import Library, LoadedData
from services.lists.reasons import reasons_for
from services.lists.traits import Traits, traits
from services.personalize import campaigns, training, versions
from services.personalize.campaigns import Campaign
from services.personalize.imports import Source, import_data
from services.sources import load

HRNN = "hrnn"
N_ITEMS, N_EVENTS, WHOLE_CATALOGUE = 25, 50, 1_000_000
WAYS = ("named", "as many at random", "strongest", "latest", "random")


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
    arn = training.train(backend, group.arn, f"{prepared.name}-{HRNN}", "aws-hrnn", event_type=prepared.event_type)
    while (view := versions.version(backend, arn)) is not None and view.running:
        time.sleep(0.5)
    if view is None or not view.ready:
        raise SystemExit(f"aws-hrnn could not be trained: {view.failure_reason if view else 'deleted'}")
    training.deploy(backend, arn, f"{prepared.name}-{HRNN}")
    return campaigns.for_people(backend, prepared.name)[0]


def measure(backend: Backend, campaign: Campaign, data: LoadedData, users: Sequence[str]) -> dict[str, Any]:
    """Take parts of the history out for each user's list; return shares, places and times."""
    asked, random = backend.capabilities, np.random.default_rng(7)
    assert asked is not None
    catalog, common = data.catalog(), traits(data.items(), data.roles, data.schemas.get("Items"))
    both = lru_cache(lambda: cooccurrence.count(*data.pairs(data.event_type), data.n_users, catalog.n_items))
    falls: dict[str, list[int]] = {way: [] for way in WAYS}
    wall, cpu, named, believed, causes = [], [], [], [], []
    for user in users:
        answer = backend.runtime.get_recommendations(campaignArn=campaign.arn, userId=user, numResults=N_ITEMS)
        ids = [item["itemId"] for item in answer["itemList"]]
        begin, begin_cpu = time.perf_counter(), time.thread_time()
        told = reasons_for(backend, campaign, user, ids, data, catalog, both, lambda: common)
        cpu.append(1000 * (time.thread_time() - begin_cpu))
        wall.append(1000 * (time.perf_counter() - begin))
        replay = Replay(backend, campaign, user)
        recent = list(dict.fromkeys(event.item_id for event in replay.known[-N_EVENTS:]))
        whole = replay.ranks_without(frozenset())
        strongest = _strongest(backend, campaign, user, ids, recent, replay.known)
        threads = [told[i].thread for i in ids]
        named += [thread is not None for thread in threads]
        causes.append(len({part.trait for i in ids if (part := told[i].thread or told[i].echo) is not None}))
        for row, (item_id, thread) in enumerate(zip(ids, threads, strict=True)):
            out = {"strongest": [strongest[row]], "latest": recent[-1:], "random": random.choice(recent, 1).tolist()}
            if thread is not None:
                believed.append(_believed(item_id, thread.item_ids[0], common))
                out["named"] = list(thread.item_ids)
                out["as many at random"] = random.choice(recent, len(thread.item_ids), replace=False).tolist()
            for way, items in out.items():
                falls[way].append(replay.ranks_without(frozenset(items))[item_id] - whole[item_id])
    return {
        "named": float(np.mean(named)),
        "believed": float(np.mean(believed)),
        "causes": float(np.mean(causes)),
        "worse": {way: float(np.mean(np.array(falls[way]) > 0)) for way in WAYS},
        "places": {way: float(np.mean(falls[way])) for way in WAYS},
        "wall": np.percentile(wall[1:], [50, 99]).tolist(),
        "cpu": np.percentile(cpu[1:], [50, 99]).tolist(),
    }


class Replay:
    """One user's whole catalogue in the model's order without some items of the history."""

    def __init__(self, backend: Backend, campaign: Campaign, user: str) -> None:
        assert backend.capabilities is not None
        self._asked, self._arn, self._user = backend.capabilities.what_if, campaign.arn, user
        self.known = backend.capabilities.what_if.known_events(campaign.arn, user)
        self._ranks: dict[frozenset[str], dict[str, int]] = {}

    def ranks_without(self, items: frozenset[str]) -> dict[str, int]:
        """Return every item's rank without the latest N_EVENTS events on these items."""
        if items not in self._ranks:
            recent = len(self.known) - N_EVENTS
            rest = [event for i, event in enumerate(self.known) if i < recent or event.item_id not in items]
            found = self._asked.list_for_history(
                self._arn, rest, WHOLE_CATALOGUE, user_id=self._user, also_had=sorted(items)
            )
            self._ranks[items] = {item_id: rank for rank, item_id in enumerate(found.item_ids, 1)}
        return self._ranks[items]


def _strongest(
    backend: Backend,
    campaign: Campaign,
    user: str,
    ids: Sequence[str],
    recent: Sequence[str],
    known: Sequence[HistoryEvent],
) -> list[str]:
    """Return the recent item that costs each item of the list most log-score."""
    assert backend.capabilities is not None
    latest = known[-N_EVENTS:]
    groups = [[event for event in latest if event.item_id == item_id] for item_id in recent]
    told = backend.capabilities.what_if.reasons(campaign.arn, user, ids, N_EVENTS, groups=groups)
    return [recent[column] for column in told.strengths.argmax(axis=1)]


def _believed(item_id: str, other: str, common: Traits) -> bool:
    """Return whether two items share a director or brand, a series or two categories."""
    shared = set(common.of(item_id)) & set(common.of(other))
    return any(trait.kind in ("by", "series") or len(trait.values) > 1 for trait in shared)


def main() -> None:
    """Prepare, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--home", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        backend = open_backend({}, arguments.home or Path(folder))
        try:
            heads = ["data", "people", "named", "believed", "causes", *WAYS, "places", "p50", "p99", "CPU"]
            print(f"| {' | '.join(heads)} |")
            print("| --- |" + " ---: |" * (len(heads) - 1))
            for words, prepared in data():
                campaign = prepare(backend, prepared)
                loaded = Library(backend.home).open(prepared.name)
                assert loaded is not None
                people = [user for user in loaded.people().ids() if len(loaded.history(user, 2)) == 2]
                n_users = min(arguments.users, len(people))
                users = np.random.default_rng(3).choice(people, n_users, replace=False).tolist()
                result = measure(backend, campaign, loaded, users)
                shares = " | ".join(f"{result['worse'][way]:.1%}" for way in WAYS)
                falls = ", ".join(f"{result['places'][way]:.1f}" for way in WAYS)
                p50, p99 = result["wall"]
                print(
                    f"| {words} | {n_users} | {result['named']:.0%} | {result['believed']:.0%} "
                    f"| {result['causes']:.1f} | {shares} | {falls} "
                    f"| {p50:.0f} ms | {p99:.0f} ms | {result['cpu'][0]:.0f} ms |",
                    flush=True,
                )
        finally:
            backend.close()


if __name__ == "__main__":
    main()
