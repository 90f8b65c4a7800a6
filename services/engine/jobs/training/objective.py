"""optimizationObjective: lists that weigh a number of the items, such as their margin, besides relevance.

Source: Amazon Personalize developer guide, "Optimizing a solution for an additional objective"; how AWS weighs is not
published. Here an item's log-score gains the sensitivity times its number in standard units, at most three of them:
with MEDIUM, one standard deviation makes an item e^0.5 = 1.6 times as probable. The reported average_rewards_at_k is
the share of the rewards of the held-out items that lists of 25 find; rewards are the numbers above the smallest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from services.engine.data.snapshots import SnapshotInfo
from services.engine.data.vocabulary import Vocabulary
from services.engine.errors import JobFailed
from services.engine.jobs.evaluation.metrics import evaluate_model
from services.engine.jobs.evaluation.split import TestSplit
from services.engine.recipes.base import Floats, Histories, Model
from services.engine.recipes.hrnn.model import HrnnModel

STRENGTH = {"OFF": 0.0, "LOW": 0.25, "MEDIUM": 0.5, "HIGH": 1.0}
"""Added to an item's log-score for each standard deviation."""
MAX_DEVIATIONS = 3.0


@dataclass(frozen=True)
class Objective:
    """A solution's objective with the number of each item."""

    strength: float
    numbers: NDArray[np.float64]
    """float64 (n_items,), NaN where an item has none."""

    def applied(self, model: Model) -> Model:
        """Return the model whose scores follow the objective."""
        assert isinstance(model, HrnnModel)
        return model.with_arrays({"objective": self.bonus()}) if self.strength else model

    def bonus(self) -> Floats:
        """Return what each item's log-score gains, float32 (n_items,)."""
        known = np.isfinite(self.numbers)
        spread = self.numbers[known].std() if known.any() else 0.0
        if spread == 0:
            return np.zeros(len(self.numbers), np.float32)
        units = np.clip((self.numbers - self.numbers[known].mean()) / spread, -MAX_DEVIATIONS, MAX_DEVIATIONS)
        bonus: Floats = (self.strength * np.nan_to_num(units)).astype(np.float32)
        return bonus

    def metrics(self, model: Model, split: TestSplit) -> dict[str, float]:
        """Return average_rewards_at_k of a model for the test users."""
        assert isinstance(model, HrnnModel)
        shown = evaluate_model(model, split.inputs, split.targets).shown
        lowest = np.nanmin(self.numbers) if np.isfinite(self.numbers).any() else 0.0
        rewards = np.nan_to_num(self.numbers - lowest)
        return {"average_rewards_at_k": round(_found_share(shown, split.targets, rewards), 4)}


def objective_of(config: Mapping[str, Any], items: SnapshotInfo | None, ids: Vocabulary) -> Objective | None:
    """Return the objective of a solutionConfig for the items of a training; None without one.

    Raises JobFailed when the Items dataset does not have the column any more.
    """
    given = config.get("optimizationObjective")
    if given is None:
        return None
    column = given["itemAttribute"]
    if items is None or column not in items.columns:
        raise JobFailed(
            f"optimizationObjective names {column}, which the imported items do not have. Import them first."
        )
    table = pq.read_table(items.rows, columns=["ITEM_ID", column], partitioning=None)
    places = pc.index_in(ids.to_arrow(), value_set=table["ITEM_ID"].combine_chunks().cast(pa.large_string()))
    numbers = pc.cast(table[column].combine_chunks(), pa.float64()).take(places)
    values = np.asarray(pc.fill_null(numbers, float("nan")).to_numpy(zero_copy_only=False), np.float64)
    return Objective(STRENGTH[given.get("objectiveSensitivity", "OFF")], values)


def _found_share(shown: NDArray[np.int32], targets: Histories, rewards: NDArray[np.float64]) -> float:
    """Return the mean over users of the share of their targets' rewards that their lists find."""
    shares = []
    for user in range(targets.n_users):
        wanted = np.unique(targets.of(user)[0])
        total = rewards[wanted].sum()
        if total > 0:
            shares.append(rewards[np.intersect1d(wanted, shown[user])].sum() / total)
    return float(np.mean(shares)) if shares else 0.0
