"""AWS's documented split into training users and test users.

Source: Amazon Personalize developer guide, "Evaluating a solution version with metrics". 90 % of the users with at
least two events are training users. For each of the others, the test users, the oldest 90 % of events are the model's
input and the newest 10 % are relevant. AWS does not document the rounding; here the newest tenth is rounded up, as in
AWS's own hold-out notebook (rank / n > 0.9).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Histories, Longs
from services.engine.recipes.histories import keep_events, select_users


@dataclass(frozen=True)
class TestSplit:
    """Training users, and the inputs and targets of the test users."""

    __test__ = False  # not a test class, although pytest would take it for one

    train_users: NDArray[np.bool_]
    """bool (n_users,): all users except the test users, including users with fewer than two events."""
    test_users: Longs
    """int64 (n_test,): user_index of the test users, ascending."""
    inputs: Histories
    """The test users' oldest 90 %, n_test users in the order of test_users."""
    targets: Histories
    """The test users' newest 10 %, in the same order."""

    def sample(self, n_users: int, seed: int = 0) -> "TestSplit":
        """Return a split with a sample of at most this many test users."""
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
    """Return bool (n_events,): whether an event is among its user's newest 10 %, rounded up."""
    lengths = histories.lengths()
    cut = histories.offsets[1:] - (lengths + 9) // 10
    return np.arange(histories.n_events) >= np.repeat(cut, lengths)


def sequence_split(histories: Histories, seed: int = 0, test_share: float = 0.1) -> TestSplit:
    """Split the users as AWS documents: a test_share of the users with two or more events, at least one user."""
    eligible = np.flatnonzero(histories.lengths() >= 2)
    n_test = min(len(eligible), max(1, round(test_share * len(eligible))))
    test_users = np.sort(np.random.default_rng(seed).permutation(eligible)[:n_test])
    train_users = np.ones(histories.n_users, bool)
    train_users[test_users] = False
    tested = select_users(histories, test_users)
    newest = newest_tenth(tested)
    return TestSplit(train_users, test_users, keep_events(tested, ~newest), keep_events(tested, newest))
