"""The metrics of AWS: measured per test user, with bootstrap intervals, and for baselines.

Formulae: Amazon Personalize developer guide, "Evaluating a solution version with metrics". NDCG divides by the ideal
order of *all* relevant items, not only of those retrieved.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.engine.jobs.evaluation.split import TestSplit
from services.engine.models.evaluation_file import MetricEstimate
from services.engine.recipes.base import Floats, Histories, Ints, Longs, Progress, SilentProgress, UserModel
from services.engine.recipes.histories import user_state
from services.engine.recipes.top_items import top_items

LIST_LENGTH = 25
MRR = "mean_reciprocal_rank_at_25"
AWS_METRICS = (
    "coverage",
    MRR,
    *(f"normalized_discounted_cumulative_gain_at_{k}" for k in (5, 10, 25)),
    *(f"precision_at_{k}" for k in (5, 10, 25)),
)
OWN_METRICS = ("hit_rate_at_10", "hit_rate_at_25")
"""Metrics that AWS does not have: the share of users with at least one relevant item among the first k."""
N_DRAWS, BOOTSTRAP_SEED = 1000, 0
"""Bootstrap samples of an interval, and where their randomness comes from."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """The metrics of every test user, from which means and intervals are computed."""

    per_user: dict[str, Doubles]
    """Every metric except coverage, float64 (n_users,)."""
    shown: Ints
    """int32 (n_users, 25): the items of each list, best first, then -1."""
    n_items: int
    """Size of the catalogue: the items of Interactions and Items together."""

    @property
    def n_users(self) -> int:
        return len(self.shown)

    def coverage(self) -> float:
        """Return the share of the catalogue in the list of at least one test user."""
        distinct = np.unique(self.shown)
        return float((distinct >= 0).sum() / self.n_items) if self.n_items else 0.0

    def metrics(self) -> dict[str, float]:
        """Return all metrics, AWS's eight first with AWS's keys; 0 when there are no test users."""
        means = {name: float(values.mean()) if len(values) else 0.0 for name, values in self.per_user.items()}
        return {"coverage": self.coverage()} | {name: means[name] for name in (*AWS_METRICS[1:], *OWN_METRICS)}

    def aws_metrics(self) -> dict[str, float]:
        """Return AWS's eight metrics, rounded to four decimals like GetSolutionMetrics."""
        values = self.metrics()
        return {name: round(values[name], 4) for name in AWS_METRICS}


def measure(shown: Ints, targets: Histories) -> dict[str, Doubles]:
    """Return every metric except coverage for each user, float64 (n_users,), from the lists, int32 (n_users, 25).

    An item that occurs twice in a user's targets is one relevant item. Users without targets get zeros.
    """
    n_users, length = shown.shape
    users = np.repeat(np.arange(n_users), targets.lengths())
    relevant = np.unique(users * np.int64(targets.n_items) + targets.items)
    n_relevant = np.bincount(relevant // max(targets.n_items, 1), minlength=n_users)
    keys = np.arange(n_users)[:, None] * np.int64(targets.n_items) + shown
    hits = np.isin(keys, relevant) & (shown >= 0)

    ranks = np.arange(1, length + 1)
    gains = 1.0 / np.log2(ranks + 1)
    ideal = np.concatenate([[0.0], np.cumsum(gains)])
    values = {MRR: (hits / ranks).max(axis=1, initial=0.0)}
    for k in (5, 10, 25):
        best = ideal[np.minimum(n_relevant, min(k, length))]
        gained = hits[:, :k] @ gains[:k]
        values[f"normalized_discounted_cumulative_gain_at_{k}"] = np.divide(
            gained, best, out=np.zeros(n_users), where=best > 0
        )
        values[f"precision_at_{k}"] = hits[:, :k].sum(axis=1) / k
    for k in (10, 25):
        values[f"hit_rate_at_{k}"] = hits[:, :k].any(axis=1).astype(np.float64)
    return values


def weighted_ndcg(shown: Ints, targets: Histories, weights: Floats) -> dict[str, float]:
    """Return AWS's NDCG with event weights at 5, 10 and 25: an item's gain is the weight of its event, over their mean.

    weights, float32 (n_events,): those of the targets' events; of several events with an item the greatest counts.
    AWS names the key with _at_k; here k is the number, as in its other keys.
    """
    discounts = 1.0 / np.log2(np.arange(2, shown.shape[1] + 2))
    totals = dict.fromkeys((5, 10, 25), 0.0)
    n_users = 0
    for user in range(targets.n_users):
        rows = slice(targets.offsets[user], targets.offsets[user + 1])
        items, place = np.unique(targets.items[rows], return_inverse=True)
        rewards = np.zeros(len(items))
        np.maximum.at(rewards, place, weights[rows])
        if not rewards.any():
            continue
        n_users += 1
        found = dict(zip(items.tolist(), rewards.tolist(), strict=True))
        gains = np.array([found.get(item, 0.0) for item in shown[user].tolist()])
        best = np.sort(rewards)[::-1]
        for k in totals:
            n_best = min(k, len(best), len(discounts))
            totals[k] += float(gains[:k] @ discounts[:k][: len(gains[:k])]) / float(best[:n_best] @ discounts[:n_best])
    name = "normalized_discounted_cumulative_gain_with_event_weights_at_{}"
    return {name.format(k): round(total / max(n_users, 1), 4) for k, total in totals.items()}


def evaluate(
    scores_of: Callable[[Longs], Floats], targets: Histories, *, batch: int = 256, progress: Progress | None = None
) -> Evaluation:
    """Measure a method. scores_of takes user positions, int64 (b,), and returns float32 (b, n_items), -inf to hide."""
    progress = progress or SilentProgress()
    shown = np.full((targets.n_users, LIST_LENGTH), -1, np.int32)
    for start in range(0, targets.n_users, batch):
        progress.update(start / targets.n_users, f"{start:,} of {targets.n_users:,} test users")
        users = np.arange(start, min(start + batch, targets.n_users))
        shown[users] = top_items(scores_of(users), LIST_LENGTH)
    progress.update(1.0)
    return Evaluation(measure(shown, targets), shown, targets.n_items)


def evaluate_model(
    model: UserModel,
    inputs: Histories,
    targets: Histories,
    *,
    hide_seen: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure a user model on the inputs; hide_seen removes items that a user already has from the list."""
    vectors = model.states(inputs, SilentProgress())

    def scores_of(users: Longs) -> Floats:
        states = [user_state(inputs, vectors, int(user)) for user in users]
        scores = model.item_scores(states)
        if hide_seen:
            for row, state in zip(scores, states, strict=True):
                row[state.seen] = -np.inf
        return scores

    return evaluate(scores_of, targets, batch=_batch_size(model.n_items), progress=progress)


def evaluate_random(inputs: Histories, targets: Histories, *, seed: int = 0, hide_seen: bool = False) -> Evaluation:
    """Measure random lists from the catalogue; the seed determines them."""
    rng = np.random.default_rng(seed)

    def scores_of(users: Longs) -> Floats:
        scores = rng.random((len(users), targets.n_items), dtype=np.float32)
        if hide_seen:
            for row, user in zip(scores, users, strict=True):
                row[inputs.of(int(user))[0]] = -np.inf
        return scores

    return evaluate(scores_of, targets, batch=_batch_size(targets.n_items))


class HitRateValidation:
    """The hit rate at 25 on test users, for the learning curve (a recipes.base.Validation)."""

    def __init__(self, split: TestSplit) -> None:
        self._split = split

    def __call__(self, model: UserModel) -> float:
        """Return the share of test users with at least one relevant item among 25."""
        return evaluate_model(model, self._split.inputs, self._split.targets).metrics()["hit_rate_at_25"]


def estimates(evaluation: Evaluation) -> dict[str, MetricEstimate]:
    """Return every metric with its interval. Coverage is not a mean over users, so its bounds equal it."""
    coverage = evaluation.coverage()
    return {"coverage": MetricEstimate(coverage, coverage, coverage)} | _bootstrap(evaluation.per_user)


def differences(first: Evaluation, second: Evaluation) -> dict[str, MetricEstimate]:
    """Return first minus second, metric by metric, with intervals by paired bootstrap."""
    difference = first.coverage() - second.coverage()
    paired = {name: first.per_user[name] - second.per_user[name] for name in first.per_user}
    return {"coverage": MetricEstimate(difference, difference, difference)} | _bootstrap(paired)


def _bootstrap(per_user: dict[str, Doubles]) -> dict[str, MetricEstimate]:
    names: Sequence[str] = list(per_user)
    values = np.stack([per_user[name] for name in names], axis=1)
    n_users = len(values)
    means = values.mean(axis=0) if n_users else np.zeros(len(names))
    if n_users == 0:
        bounds = np.zeros((2, len(names)))
    elif n_users > 10_000:
        # The mean of this many users is almost exactly normal; the bootstrap would take seconds.
        margin = 1.96 * values.std(axis=0) / np.sqrt(n_users)
        bounds = np.stack([means - margin, means + margin])
    else:
        rng = np.random.default_rng(BOOTSTRAP_SEED)
        draws = np.empty((N_DRAWS, len(names)))
        for start in range(0, N_DRAWS, 100):
            times_drawn = rng.multinomial(n_users, np.full(n_users, 1.0 / n_users), size=100)
            draws[start : start + 100] = times_drawn @ values / n_users
        bounds = np.quantile(draws, [0.025, 0.975], axis=0)
    return {
        name: MetricEstimate(float(means[i]), float(bounds[0, i]), float(bounds[1, i])) for i, name in enumerate(names)
    }


def _batch_size(n_items: int) -> int:
    """Return the number of users whose scores fit in about 64 MB."""
    return int(np.clip(16_000_000 // max(n_items, 1), 1, 512))
