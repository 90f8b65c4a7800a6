"""AWS's eight metrics of a solution version on AWS's documented split, with what is needed for intervals.

Split and formulae: Amazon Personalize developer guide, "Evaluating a solution version with metrics". Of the users with
at least two events 90 % are trained on; of each of the others the oldest 90 % of events is given to the model and the
newest 10 % is relevant. AWS leaves the rounding open; here the newest tenth is rounded up, as in AWS's own hold-out
notebook (rank / n > 0.9), and NDCG divides by the ideal order of *all* relevant items, not only of those retrieved.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.engine.models.evaluation_file import MetricEstimate
from services.engine.recipes.base import Floats, Histories, Ints, Longs, Progress, SilentProgress, UserModel
from services.engine.recipes.histories import keep_events, select_users, user_state
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
"""What AWS does not have: the share of users with at least one relevant item among the first k."""
N_DRAWS, BOOTSTRAP_SEED = 1000, 0
"""Bootstrap samples of an interval, and where their randomness comes from."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """What a model showed to every test user, measured user by user so that intervals can be computed."""

    per_user: dict[str, Doubles]
    """Every metric but coverage, float64 (n_users,)."""
    shown: Ints
    """int32 (n_users, 25): the items shown, best first, -1 where there were fewer."""
    n_items: int
    """Size of the catalogue: Interactions and Items together."""

    @property
    def n_users(self) -> int:
        return len(self.shown)

    def coverage(self) -> float:
        """Return the share of the catalogue that is shown to at least one test user."""
        distinct = np.unique(self.shown)
        return float((distinct >= 0).sum() / self.n_items) if self.n_items else 0.0

    def metrics(self) -> dict[str, float]:
        """Return all metrics, AWS's eight first and under AWS's keys; 0 when there are no test users."""
        means = {name: float(values.mean()) if len(values) else 0.0 for name, values in self.per_user.items()}
        return {"coverage": self.coverage()} | {name: means[name] for name in (*AWS_METRICS[1:], *OWN_METRICS)}

    def aws_metrics(self) -> dict[str, float]:
        """Return AWS's eight metrics, rounded to four decimals as GetSolutionMetrics prints them."""
        values = self.metrics()
        return {name: round(values[name], 4) for name in AWS_METRICS}


@dataclass(frozen=True)
class TestSplit:
    """Who is trained on, and what is asked of the others."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    train_users: NDArray[np.bool_]
    """bool (n_users,): everybody but the test users, those with fewer than two events included."""
    test_users: Longs
    """int64 (n_test,): user_index of the test users, ascending."""
    inputs: Histories
    """The test users' oldest 90 %, n_test users in the order of test_users."""
    targets: Histories
    """The test users' newest 10 %, in the same order."""

    def sample(self, n_users: int, seed: int = 0) -> "TestSplit":
        """Return a split with at most this many of the test users."""
        if len(self.test_users) <= n_users:
            return self
        chosen = np.sort(np.random.default_rng(seed).choice(len(self.test_users), n_users, replace=False))
        return TestSplit(
            self.train_users,
            self.test_users[chosen],
            select_users(self.inputs, chosen),
            select_users(self.targets, chosen),
        )


def newest_tenth(histories: Histories) -> NDArray[np.bool_]:
    """Return bool (n_events,): whether an event belongs to its user's newest 10 %, rounded up to whole events."""
    lengths = histories.lengths()
    cut = histories.offsets[1:] - (lengths + 9) // 10
    return np.arange(histories.n_events) >= np.repeat(cut, lengths)


def sequence_split(histories: Histories, seed: int = 0, test_share: float = 0.1) -> TestSplit:
    """Split the users as AWS documents: test_share of those with two events or more, at least one, are test users."""
    eligible = np.flatnonzero(histories.lengths() >= 2)
    n_test = min(len(eligible), max(1, round(test_share * len(eligible))))
    test_users = np.sort(np.random.default_rng(seed).permutation(eligible)[:n_test])
    train_users = np.ones(histories.n_users, bool)
    train_users[test_users] = False
    tested = select_users(histories, test_users)
    newest = newest_tenth(tested)
    return TestSplit(train_users, test_users, keep_events(tested, ~newest), keep_events(tested, newest))


def measure(shown: Ints, targets: Histories) -> dict[str, Doubles]:
    """Return every metric but coverage for each user, float64 (n_users,), from the lists shown, int32 (n_users, 25).

    An item that is twice among a user's targets is one relevant item. Users without targets get zeros.
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


def evaluate(
    scores_of: Callable[[Longs], Floats], targets: Histories, *, batch: int = 256, progress: Progress | None = None
) -> Evaluation:
    """Measure a method: scores_of gets user positions, int64 (b,), gives float32 (b, n_items), -inf = never shown."""
    watched = progress or SilentProgress()
    shown = np.full((targets.n_users, LIST_LENGTH), -1, np.int32)
    for start in range(0, targets.n_users, batch):
        watched.update(start / targets.n_users, f"{start:,} of {targets.n_users:,} test users")
        users = np.arange(start, min(start + batch, targets.n_users))
        shown[users] = top_items(scores_of(users), LIST_LENGTH)
    watched.update(1.0)
    return Evaluation(measure(shown, targets), shown, targets.n_items)


def evaluate_model(
    model: UserModel,
    inputs: Histories,
    targets: Histories,
    *,
    hide_seen: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure a user model that has read the inputs; hide_seen takes what a user already has out of the list."""
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
    """Measure lists drawn at random from the catalogue, the same for one seed."""
    rng = np.random.default_rng(seed)

    def scores_of(users: Longs) -> Floats:
        scores = rng.random((len(users), targets.n_items), dtype=np.float32)
        if hide_seen:
            for row, user in zip(scores, users, strict=True):
                row[inputs.of(int(user))[0]] = -np.inf
        return scores

    return evaluate(scores_of, targets, batch=_batch_size(targets.n_items))


class HitRateValidation:
    """The learning curve's measure: hit rate at 25 on test users (recipes.base.Validation)."""

    def __init__(self, split: TestSplit) -> None:
        self._split = split

    def __call__(self, model: UserModel) -> float:
        """Return the share of test users who find at least one of their newest events' items among 25."""
        return evaluate_model(model, self._split.inputs, self._split.targets).metrics()["hit_rate_at_25"]


def estimates(evaluation: Evaluation) -> dict[str, MetricEstimate]:
    """Return every metric with its interval. Coverage counts over all lists, is no mean: its bounds equal it."""
    coverage = evaluation.coverage()
    return {"coverage": MetricEstimate(coverage, coverage, coverage)} | _bootstrap(evaluation.per_user)


def differences(first: Evaluation, second: Evaluation) -> dict[str, MetricEstimate]:
    """Return first minus second, metric by metric, both drawn with the same users (paired bootstrap)."""
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
        # The mean of so many users is normal to within a hair; drawing a thousand times would take seconds.
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
    """Return how many users' scores fit in about 64 MB."""
    return int(np.clip(16_000_000 // max(n_items, 1), 1, 512))
