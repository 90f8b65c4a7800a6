"""The users nearest to some picks and the list that they led to, by what these users had."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.library.cooccurrence import Cooccurrence

N_NEAREST = 3


@dataclass(frozen=True)
class Near:
    """One of them."""

    number: int
    """The user's place among all users, in order of id."""
    n_picks: int
    """How many of the picks the user had, and..."""
    n_list: int
    """...how many items of the list."""


def nearest(counted: Cooccurrence, picks: Sequence[int], shown: Sequence[int], n: int = N_NEAREST) -> list[Near]:
    """Return the users who had most of the picks; of equal ones those whose history is closest to picks and list.

    picks and shown are item numbers. Closest is the largest cosine, so that nobody is near by the length of a history
    alone. A user without any of the picks is never near.
    """
    n_users = len(counted.user_offsets) - 1
    of_picks, of_list = _had(counted, picks, n_users), _had(counted, shown, n_users)
    lengths = np.diff(counted.user_offsets)
    cosine = (of_picks + of_list) / np.sqrt(np.maximum(lengths, 1))
    order = np.lexsort((np.arange(n_users), -cosine, -of_picks))[:n]
    return [Near(user, int(of_picks[user]), int(of_list[user])) for user in order.tolist() if of_picks[user]]


def _had(counted: Cooccurrence, items: Sequence[int], n_users: int) -> np.ndarray:
    """Return int64 (n_users,): how many of these items each user had."""
    rows = [counted.item_users[counted.item_offsets[i] : counted.item_offsets[i + 1]] for i in items]
    return np.bincount(np.concatenate(rows), minlength=n_users) if rows else np.zeros(n_users, np.int64)
