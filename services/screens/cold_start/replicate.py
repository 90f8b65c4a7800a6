"""One replicate of a cold start run: the lists for one draw of new items, stored as soon as they are measured."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from services.laboratory.context import RunContext, read_json
from services.laboratory.ranking_metrics import PLACES
from services.laboratory.records import known_fields
from services.laboratory.stages import Update
from services.library.store import LoadedData
from services.screens.cold_start.baselines import POPULARITY, RANDOM, RIDGE_OF_A_USER, Baselines
from services.screens.cold_start.groups import tastes_of
from services.screens.cold_start.measures import CLICK_RATE, list_rows, per_person
from services.screens.cold_start.parameters import MODEL
from services.screens.cold_start.split import HeldOut, Histories
from services.screens.cold_start.training_group import TrainingGroup

FRAMES = ("lists", "taken", "new_items", "tastes", "columns")
"""The tables of a replicate; a run's results hold them under the same names, of all replicates together."""
WORTH_COLUMNS = ("seed", "method", "columns", "user_id", "value")


@dataclass(frozen=True)
class ReplicateFacts:
    """The facts of one draw of new items, stored under "draws"."""

    n_events: int
    """Events that were learned from."""
    n_people: int
    """Users who were asked."""
    train_s: float
    ask_s: float
    seed: int = 0
    n_new: int = 0
    moment: int | None = None
    """Epoch seconds of a split in time."""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "ReplicateFacts":
        """Return the facts of to_json."""
        return cls(**known_fields(cls, stored))

    def to_json(self) -> dict[str, Any]:
        """Return JSON-able values."""
        return asdict(self)


@dataclass(frozen=True)
class Replicate:
    """The results of one draw of new items; every frame has a column seed."""

    lists: pd.DataFrame
    taken: pd.DataFrame
    """seed, user_id, item_id: the new items that the users really took."""
    new_items: pd.DataFrame
    """seed, item_id."""
    tastes: pd.DataFrame
    """seed, column, user_id, taste: "" for none."""
    columns: pd.DataFrame
    """WORTH_COLUMNS: the click rate of MODEL or RIDGE_OF_A_USER with one set of columns, by the set's name."""
    facts: ReplicateFacts

    @classmethod
    def read(cls, context: RunContext, seed: int) -> "Replicate | None":
        """Return what an earlier attempt has stored, None where it has not finished this replicate."""
        name = _name(seed)
        try:
            facts = ReplicateFacts.read(read_json(context.folder / f"{name}.json"))
        except FileNotFoundError:
            return None
        frames = {frame: pd.read_parquet(context.folder / f"{name}-{frame}.parquet") for frame in FRAMES}
        return cls(**frames, facts=facts)

    def write(self, context: RunContext) -> None:
        """Store the replicate; its facts come last and say that it is whole."""
        name = _name(self.facts.seed)
        for frame in FRAMES:
            context.write(f"{name}-{frame}", getattr(self, frame))
        context.write_json(name, self.facts.to_json())


def measure(
    data: LoadedData, held_out: HeldOut, group: TrainingGroup, sets: Mapping[str, Sequence[str]], update: Update
) -> Replicate:
    """Ask the trained group and the baselines for the lists of the asked users, and return the replicate.

    sets: the sets of columns whose worth is measured, by name.
    """
    began = time.monotonic()
    lists = {MODEL: group.ask(update)}
    ask_s = time.monotonic() - began
    baselines = Baselines.of(held_out)
    lists |= {method: baselines.lists(method, PLACES) for method in (RIDGE_OF_A_USER, POPULARITY, RANDOM)}
    rows = [list_rows(held_out.seed, method, shown, held_out.taken) for method, shown in lists.items()]
    return Replicate(
        lists=pd.concat(rows).reset_index(drop=True),
        taken=_taken(held_out.seed, held_out.taken),
        new_items=pd.DataFrame({"seed": held_out.seed, "item_id": list(held_out.new_items)}),
        tastes=tastes_of(data, held_out),
        columns=_worth(held_out, group, sets, update),
        facts=ReplicateFacts(
            seed=held_out.seed,
            n_events=len(held_out.interactions),
            n_people=len(held_out.asked),
            n_new=len(held_out.new_items),
            train_s=group.train_s,
            ask_s=ask_s,
            moment=held_out.moment,
        ),
    )


def _worth(held_out: HeldOut, group: TrainingGroup, sets: Mapping[str, Sequence[str]], update: Update) -> pd.DataFrame:
    """Return WORTH_COLUMNS of the ridge with each set of columns, and of the recipe where it was trained with it."""
    parts = []
    kept = set(group.columns)
    for name, columns in sets.items():
        if not set(columns) <= kept:
            continue
        lists = {RIDGE_OF_A_USER: Baselines.of(held_out, columns).lists(RIDGE_OF_A_USER, PLACES)}
        if group.trained(columns):
            lists[MODEL] = group.ask(update, columns)
        for method, shown in lists.items():
            people = per_person(list_rows(held_out.seed, method, shown, held_out.taken))
            part = people[["seed", "method", "user_id"]].assign(columns=name, value=people[CLICK_RATE])
            parts.append(part[list(WORTH_COLUMNS)])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(WORTH_COLUMNS))


def _taken(seed: int, taken: Histories) -> pd.DataFrame:
    rows = [(seed, user, item) for user, ids in taken.items() for item in ids]
    return pd.DataFrame(rows, columns=["seed", "user_id", "item_id"])


def _name(seed: int) -> str:
    return f"draw-{seed}"
