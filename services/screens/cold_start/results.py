"""What a finished cold start run has found: its folder, read once and asked by a screen, a script or a report."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from services.language.metrics import MIN_USERS
from services.screens.cold_start import groups as cold_start_groups
from services.screens.cold_start import measures
from services.screens.cold_start.baselines import RANDOM
from services.screens.cold_start.groups import Groups
from services.screens.cold_start.measures import CLICK_RATE, REACH
from services.screens.cold_start.run import MODEL, Parameters

WORTH_COLUMNS = ("columns", "method", "value", "gain", "low", "high", "n_people", "clear")


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval of a difference leaves out zero."""
        return self.low > 0 or self.high < 0


class ColdStartResult:
    """One finished run."""

    def __init__(self, folder: Path) -> None:
        """Read the folder. Raises FileNotFoundError where a run has not finished."""
        facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        self.facts: Mapping[str, Any] = facts
        self.parameters = Parameters.read(facts["parameters"])
        self._folder = folder

    @cached_property
    def lists(self) -> pd.DataFrame:
        """Every place of every list: cold_start_measures.LIST_COLUMNS."""
        return pd.read_parquet(self._folder / "lists.parquet")

    @cached_property
    def taken(self) -> pd.DataFrame:
        """seed, user_id, item_id: what people really took of the new items."""
        return pd.read_parquet(self._folder / "taken.parquet")

    @cached_property
    def new_items(self) -> pd.DataFrame:
        """seed, item_id."""
        return pd.read_parquet(self._folder / "new_items.parquet")

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """cold_start_measures.METRIC_COLUMNS by method."""
        return pd.read_parquet(self._folder / "metrics.parquet")

    @cached_property
    def tastes(self) -> pd.DataFrame:
        """seed, column, user_id, taste."""
        return pd.read_parquet(self._folder / "tastes.parquet")

    @cached_property
    def exploration(self) -> pd.DataFrame | None:
        """cold_start_exploration.EXPLORATION_COLUMNS, None where it was not measured."""
        path = self._folder / "exploration.parquet"
        return pd.read_parquet(path) if path.exists() else None

    @property
    def n_people(self) -> int:
        """How many people were asked."""
        return int(self.facts["n_people"])

    @property
    def n_seeds(self) -> int:
        """How many draws of new items there are."""
        return len(self.facts["draws"])

    @property
    def n_new(self) -> int:
        """New items of a draw, mean."""
        return round(len(self.new_items) / max(1, self.n_seeds))

    @property
    def n_events(self) -> int:
        """Events that were learned from, mean of the draws."""
        draws = self.facts["draws"]
        return round(sum(int(draw["n_events"]) for draw in draws) / len(draws))

    @property
    def train_seconds(self) -> float:
        """How long one training took, mean."""
        draws = self.facts["draws"]
        return float(sum(draw["train_s"] for draw in draws) / len(draws))

    @property
    def enough_people(self) -> bool:
        """Whether a winner may be named."""
        return self.n_people >= MIN_USERS

    @property
    def methods(self) -> list[str]:
        """The methods, the recipe first."""
        return list(dict.fromkeys(self.metrics["method"]))

    def metric(self, method: str, metric: str = CLICK_RATE) -> Estimate:
        """Return a figure of a method. Raises KeyError for an unknown one."""
        rows = self.metrics[(self.metrics["method"] == method) & (self.metrics["metric"] == metric)]
        if rows.empty:
            raise KeyError(f"no {metric} of {method}; there are {', '.join(self.methods)}")
        row = rows.iloc[0]
        return Estimate(float(row["value"]), float(row["low"]), float(row["high"]))

    def difference(self, other: str, metric: str = CLICK_RATE) -> Estimate:
        """Return what the recipe has over another method, paired by person and draw."""
        key = (other, metric)
        if key not in self._differences:
            self._differences[key] = Estimate(*measures.difference(self.lists, MODEL, other, metric))
        return self._differences[key]

    def reaching(self, method: str = MODEL) -> int:
        """Return how many new items of a draw anybody is shown."""
        return round(self.metric(method, REACH).value * self.n_new)

    @cached_property
    def group_columns(self) -> list[str]:
        """The categorical columns by which viewers can be grouped, the usual one first."""
        return list(dict.fromkeys(self.tastes["column"]))

    def groups(self, column: str, categories_of: Mapping[str, Sequence[str]]) -> Groups:
        """Return the groups of viewers by one column."""
        return cold_start_groups.groups(self.tastes[self.tastes["column"] == column], categories_of, self.new_items)

    def heat_map(self, found: Groups, categories_of: Mapping[str, Sequence[str]], method: str = MODEL) -> pd.DataFrame:
        """Return cold_start_groups.CELL_COLUMNS of one method's lists."""
        return cold_start_groups.heat_map(self.of(method), self.taken, found, categories_of, self.new_items)

    def of(self, method: str) -> pd.DataFrame:
        """Return the lists of one method."""
        return self.lists[self.lists["method"] == method]

    @cached_property
    def worth(self) -> pd.DataFrame:
        """Return WORTH_COLUMNS: what each set of columns gains over random new items, the largest gain first.

        clear tells whether the interval of the gain leaves out zero. Of the recipe where a set was trained, and of the
        closed form for every set.
        """
        columns = pd.read_parquet(self._folder / "columns.parquet")
        people = measures.per_person(self.of(RANDOM))[["seed", "user_id", CLICK_RATE]]
        rows = []
        for (method, words), part in columns.groupby(["method", "columns"], sort=False):
            both = part.merge(people, on=["seed", "user_id"])
            by_seed = [(p["value"] - p[CLICK_RATE]).to_numpy() for _, p in both.groupby("seed")]
            gain, low, high = measures.interval(by_seed)
            rows.append(
                (words, method, part["value"].mean(), gain, low, high, part["user_id"].nunique(), low > 0 or high < 0)
            )
        frame = pd.DataFrame(rows, columns=list(WORTH_COLUMNS))
        return frame.sort_values(["method", "gain"], ascending=[True, False]).reset_index(drop=True)

    @cached_property
    def _differences(self) -> dict[tuple[str, str], Estimate]:
        return {}
