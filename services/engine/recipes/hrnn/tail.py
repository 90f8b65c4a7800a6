"""Early stopping: holds out the last event of some users and restores the weights that predict it best.

Off by default (hyperparameter early_stopping): the learning rate falls to zero by the last epoch, so the last weights
are almost always the best, and the model does not learn from the events held out. It is useful with many epochs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, from_numpy

from services.engine.recipes.base import Histories, Ints, SilentProgress, UserModel
from services.engine.recipes.histories import keep_events, select_users, user_state
from services.engine.recipes.hrnn.batches import Sequences
from services.engine.recipes.hrnn.network import HrnnNetwork

MAX_USERS = 1000
PATIENCE = 3
"""Epochs without an improvement after which training stops."""
_SCORES = 4_000_000  # at once: 16 MB


@dataclass(frozen=True)
class Tail:
    """Users with their events before the one held out, and that event's item."""

    past: Histories
    targets: Ints
    """int32 (past.n_users,): item_index."""

    def reciprocal_rank(self, model: UserModel) -> float:
        """Return the mean of 1 / rank of the targets among all items that the model may show."""
        vectors, total = model.states(self.past, SilentProgress()), 0.0
        batch = max(1, _SCORES // max(model.n_items, 1))
        for start in range(0, self.past.n_users, batch):
            users = range(start, min(start + batch, self.past.n_users))
            scores = model.item_scores([user_state(self.past, vectors, user) for user in users])
            own = scores[np.arange(len(users)), self.targets[users.start : users.stop]]
            total += float((1 / (1 + (scores > own[:, None]).sum(axis=1)))[np.isfinite(own)].sum())
        return total / max(self.past.n_users, 1)


def hold_out_last_events(
    histories: Histories, sequences: Sequences, trained_items: Ints, rng: np.random.Generator
) -> tuple[Sequences, Tail]:
    """Return the sequences without the last targets of at most a tenth of the users, and these targets as the tail."""
    ends = np.cumsum(sequences.lengths)
    is_last = np.append(sequences.users[1:] != sequences.users[:-1], True)[: len(ends)]
    eligible = np.flatnonzero(is_last & (sequences.lengths >= 2) & (sequences.weights[ends - 1] > 0))
    n_users = min(MAX_USERS, len(eligible) // 10)
    chosen = np.sort(rng.permutation(eligible)[:n_users])
    kept = np.ones(len(sequences.inputs), bool)
    kept[ends[chosen] - 1] = False
    shorter = sequences.lengths.copy()
    shorter[chosen] -= 1
    arrays = ("inputs", "targets", "gaps", "weights", "target_events")
    left = replace(sequences, lengths=shorter, **{name: getattr(sequences, name)[kept] for name in arrays})
    before = np.ones(histories.n_events, bool)
    for token, user in zip(ends[chosen] - 1, sequences.users[chosen], strict=True):
        before[sequences.target_events[token] : histories.offsets[user + 1]] = False
    past = select_users(keep_events(histories, before), sequences.users[chosen].astype(np.int64))
    return left, Tail(past, trained_items[sequences.targets[ends[chosen] - 1]])


class EarlyStopping:
    """Remembers the best weights so far; called once per epoch."""

    def __init__(self, network: HrnnNetwork, tail: Tail, model_of: Callable[[HrnnNetwork], UserModel]) -> None:
        self._network, self._tail, self._model_of = network, tail, model_of
        self._best, self._weights, self._waited = -1.0, dict[str, Tensor](), 0

    def should_stop(self) -> bool:
        """Measure the network and return whether to stop."""
        value = self._tail.reciprocal_rank(self._model_of(self._network))
        self._waited += 1
        if value > self._best:
            self._best, self._waited = value, 0
            self._weights = {name: tensor.clone() for name, tensor in self._network.state_dict().items()}
        return self._waited >= PATIENCE

    def restore(self) -> float:
        """Restore the best weights and return their value."""
        if self._weights:
            self._network.load_state_dict(self._weights)
        return self._best

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the state for a checkpoint."""
        weights = {f"weights.{name}": tensor.cpu().numpy().copy() for name, tensor in self._weights.items()}
        return weights | {"seen": np.array([self._best, self._waited], np.float64)}

    def take(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Restore the state that to_arrays() returned."""
        self._best, self._waited = float(arrays["seen"][0]), int(arrays["seen"][1])
        self._weights = {k.removeprefix("weights."): from_numpy(v.copy()) for k, v in arrays.items() if k != "seen"}
