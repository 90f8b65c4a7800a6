"""People with two kinds of taste, who take the actions of their kind."""

import numpy as np

from services.engine.recipes.actions import NOT_TAKEN, TAKEN, ActionData, ActionEvents, ActionTrainingData
from services.engine.recipes.base import Column, Histories
from tests.engine.recipes.synthetic import checkerboard

DAY_S = 86_400
START = 1_700_000_000


def two_kinds(n_users: int = 300, seed: int = 0) -> ActionTrainingData:
    """Return actions 0 and 1 for even and odd people, 2 that half of all take, 3 that nobody saw; each shown once."""
    rng = np.random.default_rng(seed)
    board = checkerboard(n_users=n_users)
    times = np.concatenate([START + np.sort(rng.integers(0, 20 * DAY_S, n)) for n in board.lengths().tolist()])
    histories = Histories(board.offsets, board.items, times.astype(np.int64), board.n_items)
    actions, kinds, moments = [], [], []
    for user in range(n_users):
        shown = rng.permutation(3)
        chance = np.where(shown == 2, 0.5, np.where(shown == user % 2, 0.8, 0.1))
        actions.append(shown)
        kinds.append(np.where(rng.random(3) < chance, TAKEN, NOT_TAKEN))
        moments.append(START + 20 * DAY_S + np.sort(rng.integers(0, 300, 3)) * 7_200)
    events = ActionEvents(
        np.concatenate(actions).astype(np.int32),
        np.concatenate(kinds).astype(np.int8),
        np.concatenate(moments).astype(np.int64),
    )
    offsets = np.arange(0, n_users * 3 + 1, 3, dtype=np.int64)
    kind = Column("KIND", np.array([0, 0, 1, 1], np.int32), np.arange(5, dtype=np.int64), ("club", "news"))
    data = ActionData(4, np.array([1, 2, 9, 5], np.int64), (kind,), offsets, events)
    return ActionTrainingData(histories, actions=data)
