"""What an evaluation has found, read from its folder: tables, paired comparisons, segments, single users."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.laboratory.context import read_json
from services.laboratory.estimates import Estimate, estimate
from services.language.metrics import MIN_USERS
from services.personalize.recipe_names import HRNN, HRNN_METADATA
from services.screens.evaluation.facts import Facts
from services.screens.evaluation.measures import CUT_OFFS
from services.screens.evaluation.methods import POPULARITY, RANDOM, TAKEN, UNSEEN_POPULARITY, Method
from services.screens.evaluation.segments import segment_names
from services.screens.evaluation.split import AWS

SAME = 1e-9
"""A smaller difference of two users' values is none."""


@dataclass(frozen=True)
class Comparison:
    """One method against another, user by user."""

    model: Method
    other: Method
    metric: str
    k: int
    model_value: Estimate
    other_value: Estimate
    difference: Estimate
    wins: int
    ties: int
    losses: int

    @property
    def n(self) -> int:
        """The number of users."""
        return self.wins + self.ties + self.losses

    @property
    def enough(self) -> bool:
        """Whether there are enough users to name a winner."""
        return self.n >= MIN_USERS


class EvaluationResult:
    """A finished run. Nothing is changed; frames are read when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        """Read the folder. Raises FileNotFoundError where a run has not finished."""
        self._folder = folder
        self.facts = Facts.read(read_json(folder / "facts.json"))

    @property
    def by_person(self) -> bool:
        """Whether users were measured one by one; AWS's own split gives means alone."""
        return self.facts.protocol != AWS

    @cached_property
    def words(self) -> dict[Method, str]:
        """The names of what was trained, by method."""
        return self.facts.names

    @cached_property
    def methods(self) -> list[Method]:
        """Every method, recipes first."""
        methods = [Method.read(str(key)) for key in self.summary["method"].unique()]
        return [method for method in methods if method != TAKEN]

    @property
    def main_methods(self) -> list[Method]:
        """Every method without second trainings and single columns, recipes first."""
        return [method for method in self.methods if method.main] or self.methods

    @property
    def models(self) -> list[Method]:
        """What was trained."""
        return [method for method in self.methods if method in self.words]

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Return method, metric, k, value, low, high."""
        return pd.read_parquet(self._folder / "summary.parquet")

    @cached_property
    def people(self) -> pd.DataFrame:
        """Return user_id, method and every "METRIC_at_K"."""
        return pd.read_parquet(self._folder / "people.parquet")

    @cached_property
    def lists(self) -> pd.DataFrame:
        """Return user_id, method, items, hits."""
        return pd.read_parquet(self._folder / "lists.parquet")

    @cached_property
    def truth(self) -> dict[str, list[str]]:
        """What every user took afterwards."""
        frame = pd.read_parquet(self._folder / "truth.parquet")
        return {user: list(items) for user, items in zip(frame["user_id"], frame["items"], strict=True)}

    @cached_property
    def users(self) -> pd.DataFrame:
        """Return user_id, n_known, n_truth and the segments."""
        return pd.read_parquet(self._folder / "users.parquet")

    @property
    def segment_names(self) -> list[str]:
        """The ways of grouping users."""
        return segment_names(self.users) if self.by_person else []

    def metrics(self) -> list[tuple[str, int]]:
        """Return the metrics that were measured, each with its cut-off."""
        pairs = self.summary[self.summary["method"] != TAKEN.key][["metric", "k"]].drop_duplicates()
        return [(str(metric), int(k)) for metric, k in pairs.itertuples(index=False)]

    def estimate(self, method: Method, metric: str, k: int) -> Estimate | None:
        """Return a method's value, None where it was not measured; low and high are NaN without an interval."""
        table = self.summary
        rows = table[(table["method"] == method.key) & (table["metric"] == metric) & (table["k"] == k)]
        return None if rows.empty else Estimate(*(float(rows[name].iloc[0]) for name in ("value", "low", "high")))

    def values(self, method: Method, metric: str, k: int) -> NDArray[np.float64]:
        """Return every user's value, float64 (n_users,), in the order of users."""
        values: NDArray[np.float64] = self._by_method[method.key][f"{metric}_at_{k}"].to_numpy(np.float64)
        return values

    def has(self, method: Method, metric: str, k: int) -> bool:
        """Whether the metric is known user by user."""
        return self.by_person and method.key in self._by_method and f"{metric}_at_{k}" in self.people

    def baseline(self, metric: str, k: int) -> Method:
        """Return the stronger of the two popularities; the other one where only one was measured."""
        estimates = {method: self.estimate(method, metric, k) for method in (POPULARITY, UNSEEN_POPULARITY)}
        values = {method: estimate.value for method, estimate in estimates.items() if estimate is not None}
        return max(values, key=lambda method: values[method]) if values else RANDOM

    def compare(self, model: Method, other: Method, metric: str, k: int) -> Comparison | None:
        """Return the paired comparison, None where users were not measured one by one."""
        if not self.has(model, metric, k) or not self.has(other, metric, k):
            return None
        values, others = self.values(model, metric, k), self.values(other, metric, k)
        gain = values - others
        return Comparison(
            model=model,
            other=other,
            metric=metric,
            k=k,
            model_value=estimate(values),
            other_value=estimate(others),
            difference=estimate(gain),
            wins=int((gain > SAME).sum()),
            ties=int((np.abs(gain) <= SAME).sum()),
            losses=int((gain < -SAME).sum()),
        )

    def by_segment(self, model: Method, other: Method, metric: str, k: int, by: str) -> pd.DataFrame:
        """Return segment, n, model, other, difference, low, high, enough, largest difference first."""
        values, others = self.values(model, metric, k), self.values(other, metric, k)
        segments = self.users[by].astype(str)
        rows = []
        for segment, places in segments.groupby(segments).indices.items():
            if not segment:
                continue
            gain = estimate((values - others)[places])
            means = (float(values[places].mean()), float(others[places].mean()), gain.value, gain.low, gain.high)
            rows.append((str(segment), len(places), *means, len(places) >= MIN_USERS))
        columns = ["segment", "n", "model", "other", "difference", "low", "high", "enough"]
        return pd.DataFrame(rows, columns=columns).sort_values("difference", ascending=False, ignore_index=True)

    def cut_offs(self, metric: str, methods: Iterable[Method]) -> pd.DataFrame:
        """Return method, k, value, low, high at every cut-off."""
        keys = [method.key for method in methods]
        rows = self.summary[(self.summary["metric"] == metric) & self.summary["method"].isin(keys)]
        return rows[rows["k"].isin(CUT_OFFS)][["method", "k", "value", "low", "high"]].reset_index(drop=True)

    def differences(self, model: Method, other: Method, metric: str, k: int) -> pd.DataFrame:
        """Return user_id, n_known, n_truth, model, other, difference, the worst served first."""
        values, others = self.values(model, metric, k), self.values(other, metric, k)
        frame = self.users[["user_id", "n_known", "n_truth"]].assign(
            model=values, other=others, difference=values - others
        )
        return frame.sort_values(["difference", "n_truth"], ascending=[True, False], ignore_index=True)

    def list_of(self, method: Method, user_id: str) -> list[tuple[str, bool]]:
        """Return a user's list, each item with whether it was right."""
        row = self._rows_of_lists.get((user_id, method.key))
        if row is None:
            return []
        cells = self.lists.iloc[row]
        return [(str(item), bool(hit)) for item, hit in zip(cells["items"], cells["hits"], strict=False)]

    def deep_lists(self, method: Method) -> dict[str, list[str]]:
        """Return each user's list as far as it was asked for; of baselines and older results as far as it is shown."""
        path = self._folder / f"{method.lists_file}.parquet"
        frame = pd.read_parquet(path) if path.exists() else self.lists[self.lists["method"] == method.key]
        pairs = zip(frame["user_id"], frame["items"], strict=True)
        return {str(user): [str(item) for item in items] for user, items in pairs}

    def seeds(self, metric: str, k: int) -> pd.DataFrame:
        """Return seed, plain, metadata, difference, low, high of the trainings of both recipes, paired by seed."""
        rows = []
        for method in self.models:
            if method.name != HRNN_METADATA or method.column:
                continue
            pair = self.compare(method, Method(HRNN, method.training), metric, k)
            if pair is not None:
                gain = pair.difference
                values = (pair.other_value.value, pair.model_value.value)
                rows.append((method.training, *values, gain.value, gain.low, gain.high))
        frame = pd.DataFrame(rows, columns=["seed", "plain", "metadata", "difference", "low", "high"])
        return frame.sort_values("seed", ignore_index=True)

    def columns(self, metric: str, k: int) -> pd.DataFrame:
        """Return column, gain, low, high: the gain over the plain recipe with that column alone, and with all."""
        rows = []
        for method in self.models:
            if method.name != HRNN_METADATA or method.training > 1:
                continue
            pair = self.compare(method, Method(HRNN), metric, k)
            if pair is not None:
                name = method.column.replace("_", " ").lower() or "all columns"
                rows.append((name, pair.difference.value, pair.difference.low, pair.difference.high))
        frame = pd.DataFrame(rows, columns=["column", "gain", "low", "high"])
        return frame.sort_values("gain", ascending=False, ignore_index=True)

    @cached_property
    def _by_method(self) -> dict[str, pd.DataFrame]:
        return {str(name): part.reset_index(drop=True) for name, part in self.people.groupby("method", sort=False)}

    @cached_property
    def _rows_of_lists(self) -> dict[tuple[str, str], int]:
        pairs = zip(self.lists["user_id"], self.lists["method"], strict=True)
        return {(str(user), str(method)): row for row, (user, method) in enumerate(pairs)}
