"""trainingMode UPDATE: new items in a trained model, without training it again. Numpy alone.

The weights stay. A new item gets what the model has for items without events (vector, bias, expected number of events),
predicted from the columns of the Items dataset by a ridge regression on all items that the model knows, and the belief
that the model has about items of which nothing is known. So new items are explored, as AWS says of its updates (Amazon
Personalize developer guide, "Automatic updates" and the API reference of CreateSolutionVersion).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Column, Ints, TrainingData
from services.engine.recipes.user_personalization.model import ExploringHrnnModel

MAX_FEATURES = 1000
"""Categories that a new item is described with: the most frequent ones."""
RIDGE = 10.0
"""Strength of the penalty, in items."""


def with_new_items(model: ExploringHrnnModel, places: Ints, data: TrainingData) -> ExploringHrnnModel:
    """Return the model with the items of data; places, int32 (n_items before,): where each item of before is now."""
    arrays, config = dict(model.to_arrays()), model.to_config()
    n_items = data.histories.n_items
    trained = places[arrays["trained_items"]]
    untrained = np.setdiff1d(places, trained)
    new = np.setdiff1d(np.arange(n_items), places)
    features = _features(data.item_columns, n_items)
    known = np.concatenate([trained, untrained])
    targets = np.concatenate([_trained_targets(arrays), _untrained_targets(arrays)])
    predicted = _ridge(features[known], targets, features[new]).astype(np.float32)
    ids = np.concatenate([untrained, new])
    order = np.argsort(ids, kind="stable")
    rows = np.concatenate([_untrained_targets(arrays), predicted])[order]
    arrays |= {
        "trained_items": trained.astype(np.int32),
        "untrained_vectors": np.ascontiguousarray(rows[:, :-2]),
        "untrained_bias": np.ascontiguousarray(rows[:, -2]),
        "untrained_log_counts": np.ascontiguousarray(rows[:, -1]),
        "creation": np.zeros(n_items, np.int64) if data.item_creation is None else data.item_creation,
    }
    for name in ("belief_shift", "belief_width"):
        before = arrays[name]
        unknown = before[np.setdiff1d(np.arange(len(before)), model.to_arrays()["trained_items"])]
        usual = np.median(unknown if len(unknown) else before) if len(before) else 0.0
        values = np.full(n_items, usual, np.float32)
        values[places] = before
        arrays[name] = values
    if "objective" in arrays:  # new items have no number yet
        objective = np.zeros(n_items, np.float32)
        objective[places] = arrays["objective"]
        arrays["objective"] = objective
    newest = max(int(config["newest"]), int(data.histories.timestamps.max(initial=0)))
    return type(model)(arrays, config | {"n_items": n_items, "newest": newest})


def _trained_targets(arrays: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
    """Return (n_trained, d + 2): vectors, biases and log numbers of events."""
    log_counts = np.log(arrays["popularity"] + 1.0)
    return np.column_stack([arrays["items"], arrays["item_bias"], log_counts]).astype(np.float32)


def _untrained_targets(arrays: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
    """Return (n_untrained, d + 2), in the order of the items."""
    parts = (arrays["untrained_vectors"], arrays["untrained_bias"], arrays["untrained_log_counts"])
    return np.column_stack(parts).astype(np.float32)


def _features(columns: Sequence[Column], n_items: int) -> NDArray[np.float64]:
    """Return (n_items, f): the frequent categories, and the numbers in standard units, 0 where a cell is empty."""
    parts: list[NDArray[np.float64]] = []
    left = MAX_FEATURES
    for column in columns:
        if column.offsets is None:
            values = column.values.astype(np.float64)
            spread = np.nanstd(values) if np.isfinite(values).any() else 0.0
            if spread > 0:
                parts.append(np.nan_to_num((values - np.nanmean(values)) / spread)[:, None])
            continue
        counts = np.bincount(column.values, minlength=len(column.categories))
        frequent = np.argsort(-counts, kind="stable")[:left]
        left -= len(frequent)
        place = np.full(len(column.categories), -1, np.int64)
        place[frequent] = np.arange(len(frequent))
        rows = np.repeat(np.arange(n_items), np.diff(column.offsets))
        kept = place[column.values] >= 0
        part = np.zeros((n_items, len(frequent)))
        part[rows[kept], place[column.values][kept]] = 1.0
        parts.append(part)
    return np.concatenate(parts, axis=1) if parts else np.zeros((n_items, 0))


def _ridge(known: NDArray[np.float64], targets: NDArray[np.float32], asked: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what the features of the asked items predict; the mean of the targets without features."""
    mean = targets.mean(axis=0, dtype=np.float64) if len(targets) else np.zeros(targets.shape[1])
    if not known.shape[1] or not len(known):
        return np.tile(mean, (len(asked), 1))
    centre = known.mean(axis=0)
    centred = known - centre
    gram = centred.T @ centred + RIDGE * np.eye(known.shape[1])
    weights = np.linalg.solve(gram, centred.T @ (targets - mean))
    predicted: NDArray[np.float64] = mean + (asked - centre) @ weights
    return predicted
