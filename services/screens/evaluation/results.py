"""What an evaluation has found, read from its folder: tables, paired comparisons, segments, single users."""

from collections.abc import Collection, Iterable, Mapping
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
from services.screens.evaluation.methods import POPULARITY, RANDOM, TAKEN, UNSEEN_POPULARITY, WITHOUT, Method
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
        return self._estimates.get((method.key, metric, k))

    @cached_property
    def _estimates(self) -> dict[tuple[str, str, int], Estimate]:
        columns = ("method", "metric", "k", "value", "low", "high")
        rows = self.summary.drop_duplicates(["method", "metric", "k"])[[*columns]].itertuples(index=False)
        return {
            (str(method), str(metric), int(k)): Estimate(float(value), float(low), float(high))
            for method, metric, k, value, low, high in rows
        }

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
        segments = self.users[by].astype(str)
        groups = segments.groupby(segments).indices.items()
        places = {str(name): np.asarray(where, np.intp) for name, where in groups if name}
        return self.by_places(model, other, metric, k, places)

    def by_members(
        self, model: Method, other: Method, metric: str, k: int, members: Mapping[str, Collection[str]]
    ) -> pd.DataFrame:
        """Return the same for segments given by their users, which may overlap; without those nobody asked is in."""
        users = self.users["user_id"]
        places = {name: np.flatnonzero(users.isin(list(own)).to_numpy()) for name, own in members.items()}
        return self.by_places(model, other, metric, k, {name: rows for name, rows in places.items() if len(rows)})

    def by_places(
        self, model: Method, other: Method, metric: str, k: int, places: Mapping[str, NDArray[np.intp]]
    ) -> pd.DataFrame:
        """Return the same for segments given by their rows of users."""
        values, others = self.values(model, metric, k), self.values(other, metric, k)
        rows = []
        for segment, of_segment in places.items():
            gain = estimate((values - others)[of_segment])
            means = (
                float(values[of_segment].mean()),
                float(others[of_segment].mean()),
                gain.value,
                gain.low,
                gain.high,
            )
            rows.append((segment, len(of_segment), *means, len(of_segment) >= MIN_USERS))
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
        """Return column, gain, low, high of aws-hrnn-metadata.

        Of items: over the plain recipe, with that column alone and with all. Of users: with all over without it.
        """
        rows = []
        for method in self.models:
            if method.name != HRNN_METADATA or method.training > 1:
                continue
            left_out = method.column.startswith(WITHOUT)
            whole = (Method(HRNN_METADATA), method) if left_out else (method, Method(HRNN))
            pair = self.compare(*whole, metric, k)
            if pair is not None:
                words = method.column.removeprefix(WITHOUT).replace("_", " ").lower()
                name = f"{words} of people" if left_out else words or "all columns"
                rows.append((name, pair.difference.value, pair.difference.low, pair.difference.high))
        frame = pd.DataFrame(rows, columns=["column", "gain", "low", "high"])
        return frame.sort_values("gain", ascending=False, ignore_index=True)

    def ages(self, metric: str, k: int) -> pd.DataFrame:
        """Return days, value, low, high, difference, difference_low, difference_high by the age of the training data.

        The difference is to the training on everything before the split, person by person. Empty where no recipe was
        trained on older data.
        """
        rows = []
        for method in sorted((m for m in self.models if m.age_days), key=lambda m: m.age_days):
            pair, value = self.compare(method, method.fresh, metric, k), self.estimate(method, metric, k)
            if pair is not None and value is not None:
                gain = pair.difference
                rows.append((method.age_days, value.value, value.low, value.high, gain.value, gain.low, gain.high))
        fresh = next((m.fresh for m in self.models if m.age_days), None)
        now = None if fresh is None else self.estimate(fresh, metric, k)
        if now is not None and rows:
            rows.insert(0, (0, now.value, now.low, now.high, 0.0, 0.0, 0.0))
        columns = ["days", "value", "low", "high", "difference", "difference_low", "difference_high"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def _by_method(self) -> dict[str, pd.DataFrame]:
        return {str(name): part.reset_index(drop=True) for name, part in self.people.groupby("method", sort=False)}

    @cached_property
    def _rows_of_lists(self) -> dict[tuple[str, str], int]:
        pairs = zip(self.lists["user_id"], self.lists["method"], strict=True)
        return {(str(user), str(method)): row for row, (user, method) in enumerate(pairs)}
