"""What else can place items that nobody has met, from their columns alone: peers of aws-hrnn-coldstart, closed forms.

Each takes the training data and which items are cold, bool (n_items,), and returns scores of users, -inf for the items
that are not cold. Ridges were chosen on the validation split of benchmarks.cold_start.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from services.engine.recipes.base import Floats, Longs, TrainingData
from services.engine.recipes.histories import count_unique_users
from services.engine.recipes.hrnn_coldstart.two_step_ridge import DAMPING, item_tastes, predicted_directions
from services.engine.recipes.hrnn_metadata.features import FeatureRows, learn_space
from services.screens.cold_start import baselines

ScoresOf = Callable[[Longs], Floats]
Cold = NDArray[np.bool_]


def random(data: TrainingData, is_cold: Cold, seed: int) -> ScoresOf:
    """Return scores drawn from a hat."""
    rng = np.random.default_rng(seed)
    hidden = np.where(is_cold, np.float32(0), np.float32(-np.inf))
    return lambda users: rng.random((len(users), len(is_cold)), dtype=np.float32) + hidden


def predicted_popularity(data: TrainingData, is_cold: Cold, seed: int) -> ScoresOf:
    """Return log-popularity by ridge regression on features, the same for all users."""
    design, _, _ = _features(data, is_cold)
    met = _met(data)
    scores = np.full(len(is_cold), -np.inf, np.float32)
    scores[is_cold] = baselines.predicted_popularity(
        design[met], count_unique_users(data.histories)[met], design[is_cold]
    )
    return lambda users: np.tile(scores, (len(users), 1))


def profile(data: TrainingData, is_cold: Cold, seed: int) -> ScoresOf:
    """Return the dot product of an item's features with the mean features of the user's items."""
    design, _, _ = _features(data, is_cold)
    return _by_items(data, is_cold, design, design[is_cold])


def user_ridge(data: TrainingData, is_cold: Cold, seed: int) -> ScoresOf:
    """Return one ridge regression a user, of what they have met on features: all of them share one inverse."""
    design, _, _ = _features(data, is_cold)
    return _by_items(data, is_cold, design, baselines.ridge_item_weights(design[_met(data)], design[is_cold]))


def two_step(data: TrainingData, is_cold: Cold, seed: int) -> ScoresOf:
    """Return the closed form that is half of aws-hrnn-coldstart, alone."""
    _, rows, n_features = _features(data, is_cold)
    trained = np.unique(data.histories.items).astype(np.int32)
    directions, tastes = item_tastes(data.histories, trained, damping=DAMPING)
    of_items = np.zeros((len(is_cold), tastes.shape[1]), np.float32)
    of_items[trained] = tastes
    promised = predicted_directions(directions, rows.take(trained), rows.take(np.flatnonzero(is_cold)), n_features)
    return _by_items(data, is_cold, of_items, promised)


PEERS: dict[str, Callable[[TrainingData, Cold, int], ScoresOf]] = {
    "random": random,
    "popularity predicted from features": predicted_popularity,
    "profile dot product": profile,
    "ridge a user on features": user_ridge,
    "two-step ridge": two_step,
}


def _features(data: TrainingData, is_cold: Cold) -> tuple[Floats, FeatureRows, int]:
    """Return features of all items, dense (n_items, n_features) and as rows, learned from items that have events."""
    space = learn_space(data.item_columns, _met(data))
    rows = space.encode(data.item_columns, len(is_cold))
    design = np.zeros((len(is_cold), space.n_features + 1), np.float32)
    np.add.at(design, (np.arange(len(is_cold))[:, None], rows.ids), rows.weights)
    return design[:, :-1], rows, space.n_features


def _met(data: TrainingData) -> NDArray[np.bool_]:
    """Return which items have events, bool (n_items,): never a cold one."""
    return np.bincount(data.histories.items, minlength=data.histories.n_items) > 0


def _by_items(data: TrainingData, is_cold: Cold, of_items: Floats, of_cold: Floats) -> ScoresOf:
    """Return scores: the sum of a user's items' vectors times the cold items' vectors."""
    histories = data.histories
    users = np.repeat(np.arange(histories.n_users), histories.lengths())
    shape = (histories.n_users, histories.n_items)
    met = sparse.csr_matrix((np.ones(len(users), np.float32), (users, histories.items)), shape=shape)
    met.data[:] = 1

    def scores_of(asked: Longs) -> Floats:
        scores = np.full((len(asked), len(is_cold)), -np.inf, np.float32)
        scores[:, is_cold] = (met[asked] @ of_items) @ of_cold.T
        return scores

    return scores_of
