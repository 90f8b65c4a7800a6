"""What an evaluation has found, read from its folder: tables, paired comparisons, segments, single people."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.language.metrics import MIN_USERS
from services.personalize.recipe_names import HRNN
from services.screens.evaluation.measures import CUT_OFFS, Estimate, estimate
from services.screens.evaluation.methods import POPULARITY, RANDOM, UNSEEN
from services.screens.evaluation.plan import METADATA
from services.screens.evaluation.segments import segment_names
from services.screens.evaluation.split import AWS
from services.screens.evaluation.summary import TAKEN

PLAIN = HRNN


@dataclass(frozen=True)
class Comparison:
    """One method against another, person by person."""

    model: str
    other: str
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
        """How many people."""
        return self.wins + self.ties + self.losses

    @property
    def enough(self) -> bool:
        """Whether there are enough people to call a winner."""
        return self.n >= MIN_USERS


class EvaluationResult:
    """A finished run. Nothing is changed; frames are read when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.facts: Mapping[str, Any] = json.loads((folder / "facts.json").read_text(encoding="utf-8"))

    @property
    def by_person(self) -> bool:
        """Whether people were measured one by one; AWS's own split gives means alone."""
        return bool(self.facts["protocol"] != AWS)

    @property
    def words(self) -> dict[str, str]:
        """The names of what was trained, by method."""
        return {one["key"]: one["words"] for one in self.facts["contestants"]}

    @property
    def methods(self) -> list[str]:
        """Every method, recipes first."""
        return [str(name) for name in self.summary["method"].unique() if name != TAKEN]

    @property
    def models(self) -> list[str]:
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
        """What everybody took afterwards."""
        frame = pd.read_parquet(self._folder / "truth.parquet")
        return {user: list(items) for user, items in zip(frame["user_id"], frame["items"], strict=True)}

    @cached_property
    def users(self) -> pd.DataFrame:
        """Return user_id, n_known, n_truth and the segments."""
        return pd.read_parquet(self._folder / "users.parquet")

    @property
    def segment_names(self) -> list[str]:
        """The ways of grouping people."""
        return segment_names(self.users) if self.by_person else []

    def metrics(self) -> list[tuple[str, int]]:
        """Return the metrics and cut-offs that there are."""
        pairs = self.summary[self.summary["method"] != TAKEN][["metric", "k"]].drop_duplicates()
        return [(str(metric), int(k)) for metric, k in pairs.itertuples(index=False)]

    def estimate(self, method: str, metric: str, k: int) -> Estimate | None:
        """Return a method's value, None where it was not measured; low and high are NaN without an interval."""
        rows = self.summary.query("method == @method and metric == @metric and k == @k")
        return None if rows.empty else Estimate(*(float(rows[name].iloc[0]) for name in ("value", "low", "high")))

    def values(self, method: str, metric: str, k: int) -> NDArray[np.float64]:
        """Return everybody's value, float64 (n_people,), in the order of users."""
        found: NDArray[np.float64] = self._by_method[method][f"{metric}_at_{k}"].to_numpy(np.float64)
        return found

    def has(self, method: str, metric: str, k: int) -> bool:
        """Whether the metric is known person by person."""
        return self.by_person and method in self._by_method and f"{metric}_at_{k}" in self.people

    def baseline(self, metric: str, k: int) -> str:
        """Return the stronger of the two popularities; the only one where there is but one."""
        found = {m: self.estimate(m, metric, k) for m in (POPULARITY, POPULARITY + UNSEEN)}
        known = {method: value.value for method, value in found.items() if value is not None}
        return max(known, key=lambda method: known[method]) if known else RANDOM

    def compare(self, model: str, other: str, metric: str, k: int) -> Comparison | None:
        """Return the paired comparison, None where people were not measured one by one."""
        if not self.has(model, metric, k) or not self.has(other, metric, k):
            return None
        one, two = self.values(model, metric, k), self.values(other, metric, k)
        gap = one - two
        return Comparison(
            model,
            other,
            metric,
            k,
            estimate(one),
            estimate(two),
            estimate(gap),
            int((gap > 1e-9).sum()),
            int((np.abs(gap) <= 1e-9).sum()),
            int((gap < -1e-9).sum()),
        )

    def by_segment(self, model: str, other: str, metric: str, k: int, by: str) -> pd.DataFrame:
        """Return segment, n, model, other, difference, low, high, enough, largest difference first."""
        one, two, gap_of = self.values(model, metric, k), self.values(other, metric, k), self.users[by].astype(str)
        rows = []
        for segment, places in gap_of.groupby(gap_of).indices.items():
            if not segment:
                continue
            gap = estimate((one - two)[places])
            known = (float(one[places].mean()), float(two[places].mean()), gap.value, gap.low, gap.high)
            rows.append((str(segment), len(places), *known, len(places) >= MIN_USERS))
        columns = ["segment", "n", "model", "other", "difference", "low", "high", "enough"]
        return pd.DataFrame(rows, columns=columns).sort_values("difference", ascending=False, ignore_index=True)

    def cut_offs(self, metric: str, methods: list[str]) -> pd.DataFrame:
        """Return method, k, value, low, high at every cut-off."""
        rows = self.summary[(self.summary["metric"] == metric) & self.summary["method"].isin(methods)]
        return rows[rows["k"].isin(CUT_OFFS)][["method", "k", "value", "low", "high"]].reset_index(drop=True)

    def differences(self, model: str, other: str, metric: str, k: int) -> pd.DataFrame:
        """Return user_id, n_known, n_truth, model, other, difference, the worst served first."""
        one, two = self.values(model, metric, k), self.values(other, metric, k)
        frame = self.users[["user_id", "n_known", "n_truth"]].assign(model=one, other=two, difference=one - two)
        return frame.sort_values(["difference", "n_truth"], ascending=[True, False], ignore_index=True)

    def list_of(self, method: str, user_id: str) -> list[tuple[str, bool]]:
        """Return a person's list, each item with whether it was right."""
        rows = self._lists_by_person.get((user_id, method))
        if rows is None:
            return []
        row = self.lists.iloc[rows]
        return [(str(item), bool(hit)) for item, hit in zip(row["items"], row["hits"], strict=False)]

    def seeds(self, metric: str, k: int) -> pd.DataFrame:
        """Return seed, plain, metadata, difference, low, high of the trainings of both recipes, paired by seed."""
        rows = []
        for number in range(1, 100):
            suffix = "" if number == 1 else f"#{number}"
            found = self.compare(METADATA + suffix, PLAIN + suffix, metric, k)
            if found is None:
                break
            gap = found.difference
            rows.append((number, found.other_value.value, found.model_value.value, gap.value, gap.low, gap.high))
        return pd.DataFrame(rows, columns=["seed", "plain", "metadata", "difference", "low", "high"])

    def columns(self, metric: str, k: int) -> pd.DataFrame:
        """Return column, gain, low, high: what the recipe with that column alone is above the plain one."""
        rows = []
        for method in self.models:
            kept = method.startswith(f"{METADATA}:") or method == METADATA
            found = self.compare(method, PLAIN, metric, k) if kept else None
            if found is not None:
                name = method.partition(":")[2].replace("_", " ").lower() or "all columns"
                rows.append((name, found.difference.value, found.difference.low, found.difference.high))
        frame = pd.DataFrame(rows, columns=["column", "gain", "low", "high"])
        return frame.sort_values("gain", ascending=False, ignore_index=True)

    @cached_property
    def _by_method(self) -> dict[str, pd.DataFrame]:
        return {str(name): part.reset_index(drop=True) for name, part in self.people.groupby("method", sort=False)}

    @cached_property
    def _lists_by_person(self) -> dict[tuple[str, str], int]:
        pairs = zip(self.lists["user_id"], self.lists["method"], strict=True)
        return {(str(user), str(method)): row for row, (user, method) in enumerate(pairs)}
