"""Tonight against life: how much of a list one event changes, what that gains, and how much tonight should count.

    EXPLORER_DATA=DIR python -m benchmarks.tonight [--data 100k|1m|retail|demo] [--users 500] [--split test|validation]

aws-hrnn learns from all but each person's newest tenth, which is then played event by event. After each event of a
session that is not the person's first, the next items, at most five, are to be found among 25: in the list from before
the event and in the list after it. "Changed": places of the 25 that are new. A session begins after a pause of six
hours. The second table is recipes/tonight.py: hits by how much the newest session counts.
"""

import argparse
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.recipes import hold_out
from benchmarks.variety import RECIPE, train
from benchmarks.worlds import WORLDS, read_world
from services.engine.recipes.base import Histories, Ints, SilentProgress, UserModel, UserState
from services.engine.recipes.histories import select_users, user_state
from services.engine.recipes.tonight import blended, session_start
from services.engine.recipes.top_items import top_items

PLACES, TARGETS = 25, 5
WEIGHTS = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)
GROUPS = {"first": 1, "second": 2, "third to fifth": 5, "later": 10**9}
"""Places in a session, by the last one of each group."""


@dataclass
class Counts:
    """What was found after the events of one group: a number for each event."""

    changed: list[float] = field(default_factory=list)
    before: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)
    by_weight: list[list[float]] = field(default_factory=list)


def play(model: UserModel, past: Histories, coming: Histories, state: UserState, counts: dict[str, Counts]) -> None:
    """Play the coming events of one person and add to the counts; state: that after the past events."""
    items, times = (np.concatenate(parts) for parts in zip(past.of(0), coming.of(0), strict=True))
    life, life_start = state, -1
    for end in range(past.n_events + 1, len(items)):
        before, state = state, model.advance(state, items[end - 1 : end], times[end - 1 : end])
        start = session_start(times[:end])
        if start == 0:
            continue
        if start != life_start:
            life = model.advance(model.without_events(state), items[:start], times[:start])
            life_start = start
        # what the person has is hidden in all lists, so that they differ by taste alone
        asked = [state, replace(before, seen=state.seen), replace(life, seen=state.seen)]
        scores, wanted = model.item_scores(asked), items[end : end + TARGETS]
        new, old = top_items(scores[:2], PLACES)
        found = counts[next(name for name, last in GROUPS.items() if end - start <= last)]
        found.changed.append(1 - len(np.intersect1d(new, old)) / PLACES)
        found.before.append(hits(old, wanted))
        found.after.append(hits(new, wanted))
        lists = (top_items(blended(scores[:1], scores[2:], weight), PLACES)[0] for weight in WEIGHTS)
        found.by_weight.append([hits(listed, wanted) for listed in lists])


def hits(listed: Ints, wanted: Ints) -> float:
    """Return the share of the wanted items in a list."""
    return float(np.isin(wanted, listed).mean())


def main() -> None:
    """Print two tables."""
    parser = argparse.ArgumentParser(description="How much one event changes a list, and what that gains.")
    parser.add_argument("--data", choices=WORLDS, default="100k")
    parser.add_argument("--users", type=int, default=500, help="how many people are played")
    parser.add_argument("--split", choices=("test", "validation"), default="test")
    arguments = parser.parse_args()
    folder = os.environ.get("EXPLORER_DATA")
    world = arguments.data if folder else "demo"
    parts = hold_out(read_world(world, Path(folder) if folder else None).histories, arguments.split == "validation")
    model, counts = train(parts.train), {name: Counts() for name in GROUPS}
    vectors = model.states(parts.train, SilentProgress())
    able = np.flatnonzero((parts.targets.lengths() > 1) & (parts.train.lengths() > 0))
    for user in np.random.default_rng(0).permutation(able)[: arguments.users].tolist():
        past, coming = (select_users(part, np.array([user])) for part in (parts.train, parts.targets))
        play(model, past, coming, user_state(parts.train, vectors, user), counts)
    print(f"{RECIPE}, {world}, {arguments.split} part: share of a person's next {TARGETS} items among {PLACES}\n")
    print_tables({name: found for name, found in counts.items() if found.changed})


def print_tables(counts: dict[str, Counts]) -> None:
    """Print what one event changes and gains, and hits by how much tonight counts."""
    print("| event of its session | events | changed | found before | found after | gained |\n|" + " --- |" * 6)
    for name, found in counts.items():
        changed, before, after = (np.mean(part) for part in (found.changed, found.before, found.after))
        gained = after - before
        print(f"| {name} | {len(found.changed)} | {changed:.0%} | {before:.4f} | {after:.4f} | {gained:+.4f} |")
    heads = " | ".join(f"tonight {weight:g}" for weight in WEIGHTS)
    print(f"\n| event of its session | {heads} |\n|" + " --- |" * (1 + len(WEIGHTS)))
    everything = [row for found in counts.values() for row in found.by_weight]
    for name, values in [*((name, found.by_weight) for name, found in counts.items()), ("all", everything)]:
        print(f"| {name} | {' | '.join(f'{value:.4f}' for value in np.mean(values, axis=0))} |")


if __name__ == "__main__":
    main()
