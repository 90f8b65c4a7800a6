"""What a finished cold start run has found: its folder, read once and asked by a screen, a script or a report."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from services.laboratory.context import read_json
from services.laboratory.estimates import Estimate, estimate_over_seeds
from services.laboratory.records import known_fields
from services.language.metrics import MIN_USERS
from services.screens.cold_start import groups as cold_start_groups
from services.screens.cold_start import measures
from services.screens.cold_start.baselines import RANDOM
from services.screens.cold_start.groups import ViewerGroups
from services.screens.cold_start.measures import CLICK_RATE, REACH
from services.screens.cold_start.parameters import CHOICE, MODEL, Parameters
from services.screens.cold_start.replicate import ReplicateFacts

WORTH_COLUMNS = ("columns", "method", "value", "gain", "low", "high", "n_people", "clear")


@dataclass(frozen=True)
class Facts:
    """The facts of a finished run, facts.json: what was done, on which data, how long it took."""

    parameters: Parameters
    seconds: Mapping[str, float]
    """How long each step took, by its key."""
    data_version: str
    n_people: int
    draws: tuple[ReplicateFacts, ...]
    started: float = 0.0
    ended: float = 0.0
    sampled: bool = False
    """Whether the users asked are a random sample; runs of before asked the first ones by id."""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Facts":
        """Return the facts of to_json."""
        draws = tuple(map(ReplicateFacts.read, stored["draws"]))
        values = known_fields(cls, stored) | {"parameters": Parameters.read(stored["parameters"]), "draws": draws}
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """Return JSON-able values."""
        return asdict(self)


class ColdStartResult:
    """One finished run."""

    def __init__(self, folder: Path) -> None:
        """Read the folder. Raises FileNotFoundError where a run has not finished."""
        self.facts = Facts.read(read_json(folder / "facts.json"))
        self._folder = folder
        self._differences: dict[tuple[str, str, str], Estimate] = {}

    @property
    def parameters(self) -> Parameters:
        """What the run was asked to do."""
        return self.facts.parameters

    @cached_property
    def lists(self) -> pd.DataFrame:
        """Every place of every list: LIST_COLUMNS of measures.py."""
        return pd.read_parquet(self._folder / "lists.parquet")

    @cached_property
    def taken(self) -> pd.DataFrame:
        """seed, user_id, item_id: what users really took of the new items."""
        return pd.read_parquet(self._folder / "taken.parquet")

    @cached_property
    def new_items(self) -> pd.DataFrame:
        """seed, item_id."""
        return pd.read_parquet(self._folder / "new_items.parquet")

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """METRIC_COLUMNS of measures.py by method."""
        return pd.read_parquet(self._folder / "metrics.parquet")

    @cached_property
    def tastes(self) -> pd.DataFrame:
        """seed, column, user_id, taste."""
        return pd.read_parquet(self._folder / "tastes.parquet")

    @cached_property
    def exploration(self) -> pd.DataFrame | None:
        """The fields of exploration.WeightFigures by weight, None where it was not measured."""
        path = self._folder / "exploration.parquet"
        return pd.read_parquet(path) if path.exists() else None

    @property
    def n_people(self) -> int:
        """The number of users who were asked."""
        return self.facts.n_people

    @property
    def n_seeds(self) -> int:
        """The number of draws of new items."""
        return len(self.facts.draws)

    @property
    def n_new(self) -> int:
        """The number of new items of a draw, mean."""
        return round(len(self.new_items) / max(1, self.n_seeds))

    @property
    def n_events(self) -> int:
        """Events that were learned from, mean of the draws."""
        return round(sum(draw.n_events for draw in self.facts.draws) / self.n_seeds)

    @property
    def train_seconds(self) -> float:
        """How long one training took, mean."""
        return sum(draw.train_s for draw in self.facts.draws) / self.n_seeds

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

    @cached_property
    def best(self) -> str:
        """The method that is right most often, as both halves of the users choose it; the recipe where they differ.

        Each half chooses for the other one, so the figure of a method that both choose is measured on users who had
        no part in its choice.
        """
        return next(iter(self.choices)) if len(self.choices) == 1 else MODEL

    @cached_property
    def choices(self) -> set[str]:
        """The best method of each half of the users: one or two methods."""
        people = measures.per_person(self.lists[self.lists["method"].isin(CHOICE)])
        half = people["user_id"].rank(method="dense").astype(int) % 2
        means = people.groupby([half, "method"])[CLICK_RATE].mean().unstack()
        return {str(max(CHOICE, key=lambda method: values[method])) for _, values in means.iterrows()}

    def difference(self, other: str, metric: str = CLICK_RATE, *, of: str = "") -> Estimate:
        """Return the gain of a method, the best one by default, over another, paired by user and draw."""
        key = (of or self.best, other, metric)
        if key not in self._differences:
            self._differences[key] = measures.difference(self.lists, *key)
        return self._differences[key]

    def reaching(self, method: str = "") -> int:
        """Return the number of new items of a draw that any user is shown by a method, the best one by default."""
        return round(self.metric(method or self.best, REACH).value * self.n_new)

    @cached_property
    def group_columns(self) -> list[str]:
        """The categorical columns by which viewers can be grouped, the usual one first."""
        return list(dict.fromkeys(self.tastes["column"]))

    def groups(self, column: str, categories_of: Mapping[str, Sequence[str]]) -> ViewerGroups:
        """Return the groups of viewers by one column."""
        return cold_start_groups.viewer_groups(
            self.tastes[self.tastes["column"] == column], categories_of, self.new_items
        )

    def heat_map(
        self, viewers: ViewerGroups, categories_of: Mapping[str, Sequence[str]], method: str = ""
    ) -> pd.DataFrame:
        """Return CELL_COLUMNS of groups.py for the lists of one method, the best one by default."""
        return cold_start_groups.heat_map(
            self.of(method or self.best), self.taken, viewers, categories_of, self.new_items
        )

    def of(self, method: str) -> pd.DataFrame:
        """Return the lists of a method."""
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
        for (method, name), part in columns.groupby(["method", "columns"], sort=False):
            both = part.merge(people, on=["seed", "user_id"])
            gain = estimate_over_seeds([(p["value"] - p[CLICK_RATE]).to_numpy() for _, p in both.groupby("seed")])
            n_people = part["user_id"].nunique()
            rows.append((name, method, part["value"].mean(), gain.value, gain.low, gain.high, n_people, gain.clear))
        frame = pd.DataFrame(rows, columns=list(WORTH_COLUMNS))
        return frame.sort_values(["method", "gain"], ascending=[True, False]).reset_index(drop=True)
