"""A solution version's evaluation as a small JSON file in its model folder.

The numbers come from jobs/evaluation/versions.py. AWS's API has no intervals and baselines, so they are stored with
the model, and capabilities/ returns them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from services.engine.recipes.base import NeverListed

FILE_NAME = "evaluation.json"


@dataclass(frozen=True)
class MetricEstimate:
    """A mean over test users with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class MethodMetrics:
    """The metrics of one method, on the same test users as the other methods."""

    name: str
    """"model", "popularity" or "random"."""
    metrics: Mapping[str, MetricEstimate]
    """AWS's eight keys, and "hit_rate_at_10" and "hit_rate_at_25"."""


@dataclass(frozen=True)
class VersionEvaluation:
    """The metrics of a solution version, and its difference to baselines that need no model."""

    n_users: int
    """Test users."""
    split: str
    """A description of the split."""
    methods: tuple[MethodMetrics, ...]
    """The model, the most popular items, random items."""
    model_minus_popularity: Mapping[str, MetricEstimate]
    """Difference of the means, interval by bootstrap over the same users (paired)."""
    never_listed: NeverListed | None = None
    """For recipes that answer for items: what the item percentiles keep out of all lists; None otherwise."""

    def method(self, name: str) -> MethodMetrics:
        """Return one of the methods by name. Raises KeyError."""
        for method in self.methods:
            if method.name == name:
                return method
        raise KeyError(name)


def write_evaluation(folder: Path, evaluation: VersionEvaluation) -> None:
    """Write the evaluation into an unfinished model folder."""
    (folder / FILE_NAME).write_text(json.dumps(asdict(evaluation)), encoding="utf-8")


def read_evaluation(folder: Path) -> VersionEvaluation | None:
    """Read the evaluation of a model folder; None when the folder does not exist any more."""
    try:
        stored: dict[str, Any] = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    never_listed = stored.get("never_listed")  # versions of before have none
    return VersionEvaluation(
        n_users=stored["n_users"],
        split=stored["split"],
        methods=tuple(MethodMetrics(m["name"], _estimates(m["metrics"])) for m in stored["methods"]),
        model_minus_popularity=_estimates(stored["model_minus_popularity"]),
        never_listed=None if never_listed is None else NeverListed(**never_listed),
    )


def _estimates(stored: Mapping[str, Mapping[str, float]]) -> dict[str, MetricEstimate]:
    return {key: MetricEstimate(**value) for key, value in stored.items()}
