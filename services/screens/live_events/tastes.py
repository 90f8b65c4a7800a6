"""What the list is made of after each step: the share of each taste, and whether it follows the events or the past."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from services.library.tastes import Tastes
from services.sandbox.states import LENGTH, ReplayState

MAX_TASTES = 4
"""Tastes with a colour of their own; the rest is one."""
REST = "other"
STREAM_COLUMNS = ("step", "taste", "role", "share", "order")
ROLES = ("a", "b", "c", "d")


@dataclass(frozen=True)
class Listens:
    """Places of the list that follow the events just sent, and places that follow the past."""

    tonight: tuple[str, ...]
    """Categories of the events sent that are none of the past's tastes."""
    life: tuple[str, ...]
    """The past's tastes that the events sent do not touch."""
    n_tonight: int
    n_life: int

    @property
    def to_tonight(self) -> bool:
        """Whether more places follow the events than the past."""
        return self.n_tonight > self.n_life


def stream(states: Sequence[ReplayState], step: int, target: Sequence[str], tastes: Tastes) -> pd.DataFrame:
    """Return STREAM_COLUMNS: the share of each taste in the list after each step up to this one, adding up to 1.

    Shown are the categories that have the largest shares of the first list or of the target's, the first list's at the
    bottom, so that a category keeps its colour from step to step. order counts from the bottom. Empty where no item
    has a category.
    """
    by_step = [tastes.shares(state.answer.ids) for state in states[: step + 1]]
    if not any(by_step):
        return pd.DataFrame(columns=list(STREAM_COLUMNS))
    first, last = by_step[0], tastes.shares(target[:LENGTH])
    largest = sorted({*first, *last}, key=lambda name: (-max(first.get(name, 0.0), last.get(name, 0.0)), name))
    kept = sorted(largest[:MAX_TASTES], key=lambda name: (last.get(name, 0.0) - first.get(name, 0.0), name))
    rows = []
    for number, shares in enumerate(by_step):
        rows += [
            (number, name, role, shares.get(name, 0.0), order)
            for order, (name, role) in enumerate(zip(kept, ROLES, strict=False))
        ]
        rest = sum(share for name, share in shares.items() if name not in kept)
        rows.append((number, REST, "quiet", rest, len(kept)))
    return pd.DataFrame(rows, columns=list(STREAM_COLUMNS))


def listens(states: Sequence[ReplayState], step: int, past: Sequence[str], tastes: Tastes) -> Listens | None:
    """Return what the list follows after a step; None before an event, or where both have the same categories."""
    sent = [state.event.item_id for state in states[1 : step + 1] if state.event is not None]
    if not sent:
        return None
    life = tastes.top(past)
    touched = tastes.top(sent) or tuple(tastes.times(sent))
    tonight = tuple(name for name in touched if name not in life)
    life = tuple(name for name in life if name not in touched)
    if not tonight or not life:
        return None
    ids = list(states[step].answer.ids[:LENGTH])
    of_tonight, of_life = tastes.in_taste(ids, tonight), tastes.in_taste(ids, life)
    return Listens(tonight, life, sum(of_tonight), sum(of_life))
