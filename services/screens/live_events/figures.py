"""What the states of a replay show: items shared with another list, the ceiling, moves, the nearest user."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from services.library.catalog import Catalog
from services.lists.moves import WATCHED, mark, ranks
from services.lists.overlap import overlap_at
from services.lists.sample import ListSample
from services.sandbox.replay import Replay
from services.sandbox.states import LENGTH, ReplayState

OVERTAKEN = "overtaken"
MAX_COLUMNS = 10
"""Of the table of steps."""
FOR_TWENTY = (0, 1, 2, 3, 5, 8, 12, 16, 20)
FOR_DETAIL = 3
"""Up to this step every one has its column."""
LIST_COLUMNS = ("item_id", "mark", "rise", "label", "theirs")


@dataclass(frozen=True)
class Ceiling:
    """How many items of the other list can be reached at all."""

    value: int
    reason: str
    """Why it is not the whole list, "" where it is."""


def shared(states: Sequence[ReplayState], target: Sequence[str]) -> list[int]:
    """Return how many items of the target's list are in the list after each step."""
    return [overlap_at(state.answer.ids, target, LENGTH) for state in states]


def changed(states: Sequence[ReplayState], step: int) -> int:
    """Return how many places of the list hold another item than before this step; 0 at the start."""
    if step == 0:
        return 0
    before, now = states[step - 1].answer.ids, states[step].answer.ids
    return sum(a != b for a, b in zip(before, now, strict=False)) + abs(len(before) - len(now))


def ceiling(target: Sequence[str], had: Sequence[str], first_list: Sequence[str]) -> Ceiling:
    """Return how many of the target's list can appear.

    Items of the history are not shown again where the recipe hides them: when the first list holds none of them.
    """
    past = set(had)
    whole = list(target[:LENGTH])
    hidden = sum(item_id in past for item_id in whole)
    if not hidden or past.intersection(first_list):
        return Ceiling(len(whole), "")
    return Ceiling(len(whole) - hidden, f"{hidden} seen before")


def kept_from_start(states: Sequence[ReplayState], step: int, target: Sequence[str]) -> int:
    """Return how many places still hold items of the first list that are not in the target's."""
    first = set(states[0].answer.ids) - set(target[:LENGTH])
    return sum(item_id in first for item_id in states[step].answer.ids)


def nearest(ids: Sequence[str], sample: ListSample, without: Sequence[str] = ()) -> tuple[str, int] | None:
    """Return the sampled user whose list holds most of this one, and how many items; None without any."""
    inside, skip = set(ids[:LENGTH]), set(without)
    counts = [
        (len(inside.intersection(entry[:LENGTH])), user_id)
        for user_id, entry in zip(sample.user_ids, sample.lists, strict=True)
        if user_id not in skip
    ]
    if not counts:
        return None
    most, user_id = max(counts, key=lambda pair: pair[0])
    return user_id, most


def flat(states: Sequence[ReplayState], recipe: str, target: Sequence[str]) -> list[int] | None:
    """Return what a recipe that does not listen shares after each step, None where it was not asked."""
    lists = [state.controls.get(recipe) for state in states]
    if not lists or any(entry is None for entry in lists):
        return None
    return [overlap_at(entry or (), target, LENGTH) for entry in lists]


def list_frame(
    states: Sequence[ReplayState], step: int, target: Sequence[str], catalog: Catalog, length: int
) -> pd.DataFrame:
    """Return the list after a step with LIST_COLUMNS: the move since the step before.

    rise is the number of places gained, NaN for an item that is new in the list.
    """
    now = states[step].answer
    before = ranks(states[step - 1].answer.ids) if step else {}
    theirs = set(target[:LENGTH])
    ids = list(now.ids[:length])
    rows = [
        (
            item_id,
            mark(before.get(item_id), rank) if step else "",
            before.get(item_id, math.nan) - rank if step else 0.0,
            catalog.label(item_id),
            item_id in theirs,
        )
        for rank, item_id in enumerate(ids, 1)
    ]
    frame = pd.DataFrame(rows, columns=list(LIST_COLUMNS))
    return frame.astype({"item_id": "str", "mark": "str", "rise": float, "label": "str", "theirs": bool})


def left_out(states: Sequence[ReplayState], step: int) -> list[tuple[str, str, int | None]]:
    """Return what the list lost with this step: item, "watched" or "overtaken", and the rank now, None when unknown."""
    if step == 0:
        return []
    now = states[step].answer
    deep = ranks(now.deep)
    sent = sent_items(states, step)
    gone = [item_id for item_id in states[step - 1].answer.ids if item_id not in now.ids]
    return [(i, WATCHED if i in sent and i not in deep else OVERTAKEN, deep.get(i)) for i in gone]


def sent_items(states: Sequence[ReplayState], step: int) -> set[str]:
    """Return the items that were sent up to this step."""
    return {state.event.item_id for state in states[: step + 1] if state.event is not None}


def table_steps(n: int, step: int) -> tuple[int, ...]:
    """Return at most ten of n steps to show, with the chosen one: all of them, or more densely at the start."""
    if n < MAX_COLUMNS:
        return tuple(range(n + 1))
    # the same spread as for twenty: 0, 1, 2, 3, then wider apart
    spread = sorted({round(n * at / FOR_TWENTY[-1]) if at > FOR_DETAIL else at for at in FOR_TWENTY})
    if step in spread:
        return tuple(spread)
    # the chosen step takes the place of the next one, which is not drawn yet, so that nothing moves sideways
    later = next(at for at, number in enumerate(spread) if number > step)
    return (*spread[:later], step, *spread[later + 1 :])


def matrix(
    replay: Replay, catalog: Catalog, target: Sequence[str], numbers: Sequence[int] | None = None
) -> pd.DataFrame:
    """Return item_id, title, year, "in their list", then a column a step with the rank among the places asked for.

    Items that stood in the list at any step, by their best rank. Empty cells lie below the places asked for. numbers
    says which steps, all when None.
    """
    states = [state for state in replay.steps if numbers is None or state.number in numbers]
    best: dict[str, int] = {}
    for state in states:
        for rank, item_id in enumerate(state.answer.ids, 1):
            best[item_id] = min(rank, best.get(item_id, rank))
    ids = sorted(best, key=lambda item_id: (best[item_id], item_id))
    frame = catalog.frame(ids)[["item_id", "title", "year"]].copy()
    theirs = set(target[:LENGTH])
    frame["in their list"] = [item_id in theirs for item_id in ids]
    for state in states:
        places = ranks(state.answer.deep)
        frame[f"step {state.number}"] = pd.array([places.get(item_id) for item_id in ids], dtype="Int64")
    return frame if frame["year"].notna().any() else frame.drop(columns="year")
