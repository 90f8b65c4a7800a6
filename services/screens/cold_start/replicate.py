"""One draw of new items, from the data to the lists: the part of a cold start run that is done once a seed.

The training part becomes a data set group of its own, so that the group it comes from is not touched; the group goes
when the draw is measured.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from services.backend import Backend
from services.laboratory import groups
from services.language.vocabulary import Words
from services.library.columns import ITEM_ID, ColumnRoles, split_categories
from services.library.prepared import PreparedData
from services.library.store import LoadedData
from services.library.tastes import Tastes
from services.personalize.recipe_names import HRNN_COLDSTART
from services.progress import Step
from services.screens.cold_start import baselines
from services.screens.cold_start.baselines import POPULARITY, RANDOM, RIDGE_OF_A_USER
from services.screens.cold_start.measures import CLICK_RATE, PLACES, list_rows, per_person
from services.screens.cold_start.split import HeldOut, Histories, hold_out, item_columns

if TYPE_CHECKING:
    from services.screens.cold_start.run import Parameters

KINDS = ("lists", "taken", "new_items", "tastes", "columns")
RECIPE = HRNN_COLDSTART
MODEL = "model"
MOST_CATEGORIES = 200
"""A column with more of them makes no groups of viewers."""
Update = Callable[[float | None, str], None]


class Desk(Protocol):
    """Where a run leaves its results and hears whether it goes on (services/laboratory/runs.py)."""

    @property
    def folder(self) -> Path: ...
    def report(self, steps: tuple[Step, ...]) -> None: ...
    def check_cancelled(self) -> None: ...
    def write(self, name: str, frame: pd.DataFrame) -> None: ...
    def write_json(self, name: str, value: Any) -> None: ...


@dataclass(frozen=True)
class Draw:
    """What one draw leaves; every frame has a column seed."""

    lists: pd.DataFrame
    taken: pd.DataFrame
    """seed, user_id, item_id: the new items that people really took."""
    new_items: pd.DataFrame
    """seed, item_id."""
    tastes: pd.DataFrame
    """seed, column, user_id, taste: "" for none."""
    columns: pd.DataFrame
    """seed, method ("model" or "ridge"), columns (words), user_id, value: the click rate with these columns alone."""
    facts: Mapping[str, Any] = field(default_factory=dict)


def kept(desk: Desk, seed: int) -> Draw | None:
    """Return what an earlier attempt has finished of a draw, or None."""
    facts = desk.folder / f"draw-{seed}.json"
    if not facts.exists():
        return None
    frames = {kind: pd.read_parquet(desk.folder / f"draw-{seed}-{kind}.parquet") for kind in KINDS}
    return Draw(**frames, facts=json.loads(facts.read_text(encoding="utf-8")))


def hold_out_of(data: LoadedData, wanted: "Parameters", seed: int) -> HeldOut:
    """Return the split that a run's parameters and this seed stand for."""
    return hold_out(
        data,
        share=wanted.share,
        seed=seed,
        split=wanted.split,
        n_people=wanted.n_people,
        columns=wanted.columns,
    )


class Bench:
    """The data set group of one draw, with its campaigns."""

    def __init__(self, backend: Backend, desk: Desk, held_out: HeldOut, seed: int) -> None:
        self._backend, self._desk, self._held_out, self._seed = backend, desk, held_out, seed
        self._name = groups.group_name(desk.folder.name, seed)
        self._campaigns: dict[tuple[str, ...], str] = {}
        self._facts: dict[str, Any] = {}
        self._config: dict[str, Any] = {}

    def bring_in(self, update: Update) -> None:
        """Import the training part."""
        groups.prepare_group(
            self._backend, self._name, prepared(self._held_out, self._name), _of_steps(update, self._desk)
        )
        self._facts["n_events"] = len(self._held_out.interactions)

    def train(self, update: Update, column_sets: Sequence[Sequence[str]], hyperparameters: Mapping[str, str]) -> None:
        """Train the recipe with all columns that are kept, then once with each set, and deploy every version."""
        began = time.monotonic()
        self._config = settings(hyperparameters)
        self._campaigns[()] = self._deployed("all", (), update)
        self._facts["train_s"] = time.monotonic() - began
        for number, names in enumerate(column_sets, start=1):
            self._campaigns[tuple(names)] = self._deployed(str(number), names, update)

    def measure(self, data: LoadedData, update: Update, sets: Mapping[str, Sequence[str]]) -> Draw:
        """Ask the campaigns, let the closed forms answer too, keep and return the draw."""
        held_out, began = self._held_out, time.monotonic()
        lists = {MODEL: self._ask(self._campaigns[()], update)}
        self._facts |= {"ask_s": time.monotonic() - began, "n_people": len(held_out.asked)}
        every = baselines.peers(held_out)
        lists |= {method: every.lists(method, PLACES) for method in (RIDGE_OF_A_USER, POPULARITY, RANDOM)}
        rows = pd.concat([list_rows(self._seed, m, found, held_out.wanted) for m, found in lists.items()])
        draw = Draw(
            lists=rows.reset_index(drop=True),
            taken=_pairs(self._seed, held_out.wanted),
            new_items=pd.DataFrame({"seed": self._seed, "item_id": list(held_out.new_items)}),
            tastes=tastes_of(data, held_out),
            columns=self._worth(sets, update),
            facts=self._facts | {"seed": self._seed, "n_new": len(held_out.new_items), "moment": held_out.moment},
        )
        for kind in KINDS:
            self._desk.write(f"draw-{self._seed}-{kind}", getattr(draw, kind))
        self._desk.write_json(f"draw-{self._seed}", dict(draw.facts))
        return draw

    def clear(self) -> None:
        """Take the data set group away again."""
        groups.remove_group(self._backend, self._name)

    def _deployed(self, suffix: str, names: Sequence[str], update: Update) -> str:
        chosen = json.loads(self._held_out.schemas["Items"])["fields"]
        others = [f["name"] for f in chosen if names and f["name"] in self._telling() and f["name"] not in names]
        config = dict(self._config)
        if others:
            config["trainingDataConfig"] = {"excludedDatasetColumns": {"ITEMS": others}}
        words = f"with {' and '.join(names).lower()} alone" if names else ""
        return groups.train_and_deploy(
            self._backend,
            self._name,
            RECIPE,
            name=f"{self._name}-{suffix}",
            solution_config=config,
            report=lambda fraction, note: update(fraction, " · ".join(part for part in (words, note) if part)),
            check_cancelled=self._desk.check_cancelled,
        )

    def _telling(self) -> set[str]:
        return {f["name"] for f in json.loads(self._held_out.schemas["Items"])["fields"]} - {ITEM_ID}

    def _ask(self, campaign: str, update: Update) -> Histories:
        return groups.ask_all(
            self._backend,
            campaign,
            self._held_out.asked,
            PLACES,
            report=update,
            check_cancelled=self._desk.check_cancelled,
        )

    def _worth(self, sets: Mapping[str, Sequence[str]], update: Update) -> pd.DataFrame:
        """Return the click rate of everybody with each set of columns: of the ridge, and of the recipe if trained."""
        found, held_out = [], self._held_out
        kept_columns = self._telling()
        for words, names in sets.items():
            if not set(names) <= kept_columns:
                continue
            lists = {RIDGE_OF_A_USER: baselines.peers(held_out, names).lists(RIDGE_OF_A_USER, PLACES)}
            if tuple(names) in self._campaigns:
                lists[MODEL] = self._ask(self._campaigns[tuple(names)], update)
            for method, of_people in lists.items():
                people = per_person(list_rows(self._seed, method, of_people, held_out.wanted))
                part = people[["seed", "method", "user_id"]].assign(columns=words, value=people[CLICK_RATE])
                found.append(part[["seed", "method", "columns", "user_id", "value"]])
        empty = pd.DataFrame(columns=["seed", "method", "columns", "user_id", "value"])
        return pd.concat(found, ignore_index=True) if found else empty


def settings(hyperparameters: Mapping[str, str]) -> dict[str, Any]:
    """Return the solutionConfig of these hyperparameters; empty without any."""
    return {"algorithmHyperParameters": dict(hyperparameters)} if hyperparameters else {}


def prepared(held_out: HeldOut, name: str) -> PreparedData:
    """Return the training part as data that can be imported."""
    return PreparedData(
        name=name,
        interactions=held_out.interactions,
        items=held_out.items,
        users=held_out.users,
        schemas=held_out.schemas,
        roles=ColumnRoles(),
        words=Words(),
        source="laboratory",
    )


def tastes_of(data: LoadedData, held_out: HeldOut) -> pd.DataFrame:
    """Return seed, column, user_id, taste for every column that makes groups: strongest taste of what people had."""
    counts = {str(item): int(n) for item, n in held_out.interactions[ITEM_ID].value_counts().items()}
    rows = []
    for column, categories in group_columns(data).items():
        tastes = Tastes(column, categories, counts)
        for user in held_out.asked:
            strongest = tastes.top(held_out.known[user], 1)
            rows.append((held_out.seed, column, user, strongest[0] if strongest else ""))
    return pd.DataFrame(rows, columns=["seed", "column", "user_id", "taste"])


def group_columns(data: LoadedData) -> dict[str, dict[str, list[str]]]:
    """Return every item's categories by each column that makes groups of viewers; the usual one first."""
    items = data.items()
    if items is None or "Items" not in data.schemas:
        return {}
    fields = json.loads(data.schemas["Items"])["fields"]
    categorical = [f["name"] for f in fields if f.get("categorical") and f["name"] in item_columns(data)]
    order = [name for name in data.roles.categories if name in categorical]
    found = {}
    for column in [*order, *(name for name in categorical if name not in order)]:
        cells = [split_categories(cell) for cell in items[column]]
        if 1 < len({name for cell in cells for name in cell}) <= MOST_CATEGORIES:
            found[column] = dict(zip(items[ITEM_ID], cells, strict=True))
    return found


def _pairs(seed: int, wanted: Histories) -> pd.DataFrame:
    rows = [(seed, user, item) for user, ids in wanted.items() for item in ids]
    return pd.DataFrame(rows, columns=["seed", "user_id", "item_id"])


def _of_steps(update: Update, desk: Desk) -> Callable[[tuple[Step, ...]], None]:
    """Return what turns the steps of an import into one bar."""

    def report(steps: tuple[Step, ...]) -> None:
        desk.check_cancelled()
        running = next((step for step in steps if step.state == "running"), None)
        update(sum(step.state == "done" for step in steps) / len(steps), running.label.lower() if running else "")

    return report
