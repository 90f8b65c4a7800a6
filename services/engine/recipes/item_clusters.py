"""A cluster index: the best of a million items without looking at all of them, for models that score by a product.

An item's score is output . vector + bias. Items of similar vectors stand together, cluster by cluster. A question
orders the clusters by how high their scores may be, the mean and two spreads, and scores the items of the best ones
exactly; the rest enters the softmax by an estimate (count * exp(mean + variance / 2)). Clusters: k-means of
[vector, bias, sqrt(M ** 2 - norm ** 2)], so that near is the same as a high product (Bachrach et al., "Speeding Up the
Xbox Recommender System Using a Euclidean Transformation for Inner-Product Spaces", RecSys 2014).

How many clusters are looked at is measured when the index is built, against the model's own lists for users of the
training; where half of them do not give equal lists, there is no index and all items are scored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Ints, Longs, Model, UserState
from services.engine.recipes.hrnn.model import HrnnModel
from services.engine.recipes.top_items import top_items

MIN_ITEMS = 100_000
"""With fewer items all of them are scored in 3 ms."""
MAX_LIST = 50
"""Longer lists are answered by scoring all items."""
EQUAL_PLACES = 0.9995
"""Share of the places of lists of MAX_LIST that must be equal to those of all items."""
_LOOKED_AT = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2)
"""Shares of the clusters that are tried, fewest first."""
MEASURED_USERS = 300
_SAMPLE_PER_CLUSTER, _ROUNDS, _BLOCK = 48, 8, 16_384
_SPREADS = np.float32(2)


@dataclass(frozen=True)
class ClusterIndex:
    """Items by cluster; d is the size of the model's output vectors."""

    items: Ints
    """int32 (n,): item_index, cluster by cluster, ascending within each."""
    offsets: Longs
    """int64 (n_clusters + 1,)."""
    vectors: Floats
    """float32 (n, d + 1): vector and bias of each item, in the order of items."""
    means: Floats
    """float32 (n_clusters, d + 1)."""
    spreads: Floats
    """float32 (n_clusters,): standard deviation of a cluster's vectors in one direction, on average."""
    places: Ints
    """int32 (n_items,): position of each item in items, -1 for items that are never listed."""
    n_looked_at: int

    def best(self, output: Floats, hidden: Ints, k: int) -> tuple[Ints, Floats]:
        """Return the k best items, int32, best first, and their log-softmax scores.

        output, float32 (d,), is the user's output vector; hidden, int32, are item_indices that must not be listed.
        """
        with_bias = np.append(output, np.float32(1))
        means = self.means @ with_bias
        spreads = self.spreads * np.sqrt(output @ output)
        order = np.argpartition(-(means + _SPREADS * spreads), self.n_looked_at - 1)
        chosen, others = np.sort(order[: self.n_looked_at]), order[self.n_looked_at :]
        starts, stops = self.offsets[chosen], self.offsets[chosen + 1]
        ends = np.cumsum(stops - starts)
        scores = np.empty(int(ends[-1]), np.float32)
        for start, stop, end in zip(starts.tolist(), stops.tolist(), ends.tolist(), strict=True):
            np.matmul(self.vectors[start:stop], with_bias, out=scores[end - (stop - start) : end])
        self._hide(scores, hidden, starts, stops, ends)
        counts = np.diff(self.offsets)[others]
        rest = float(counts @ np.exp((means[others] + spreads[others] ** 2 / 2).astype(np.float64)))
        total = float(np.exp(scores).sum(dtype=np.float64)) + rest
        found = top_items(scores[None], min(k, len(scores)))[0]
        found = found[found >= 0]
        cluster = np.searchsorted(ends, found, side="right")
        items = self.items[stops[cluster] - (ends[cluster] - found)]
        order = np.lexsort((items, -scores[found]))  # equal scores in the order of their items
        return items[order], scores[found[order]] - np.float32(np.log(max(total, 1e-300)))

    def _hide(self, scores: Floats, hidden: Ints, starts: Longs, stops: Longs, ends: Longs) -> None:
        places = self.places[hidden]
        places = places[places >= 0]
        cluster = np.searchsorted(stops, places, side="right")
        places, cluster = places[cluster < len(stops)], cluster[cluster < len(stops)]
        looked_at = places >= starts[cluster]
        places, cluster = places[looked_at], cluster[looked_at]
        scores[ends[cluster] - (stops[cluster] - places)] = -np.inf

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays to store."""
        return {
            "items": self.items,
            "offsets": self.offsets,
            "vectors": self.vectors,
            "means": self.means,
            "spreads": self.spreads,
            "places": self.places,
            "n_looked_at": np.array([self.n_looked_at], np.int64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "ClusterIndex":
        """Rebuild an index; arrays may be read-only memory maps."""
        names = ("items", "offsets", "vectors", "means", "spreads", "places")
        return cls(**{name: arrays[name] for name in names}, n_looked_at=int(arrays["n_looked_at"][0]))


class OutputProbe:
    """Reads a user's output vector off a model: its scores of unit vectors, with those of a zero vector as origin."""

    def __init__(self, model: HrnnModel) -> None:
        self.hides_seen = model.masks_seen
        """Whether the model never lists what a user has had."""
        arrays = model.to_arrays()
        size = arrays["items"].shape[1]
        units = {
            "items": np.concatenate([np.eye(size, dtype=np.float32), np.zeros((1, size), np.float32)]),
            "item_bias": np.zeros(size + 1, np.float32),
            "trained_items": np.arange(size + 1, dtype=np.int32),
            "popularity": np.ones(size + 1, np.float32),
        }
        config = {**model.to_config(), "n_items": size + 1, "masks_seen": False}
        self._model = type(model).from_arrays(arrays | units, config)

    def output(self, state: UserState) -> Floats | None:
        """Return the output vector, float32 (d,); None for users without history, who are not scored by a product."""
        if not state.vector[: self._model.hidden_size].any():
            return None
        scores = self._model.item_scores([state])[0]
        output: Floats = scores[:-1] - scores[-1]
        return output


def probe_of(model: Model) -> OutputProbe | None:
    """Return the probe of a model that scores by a product alone; None for other models."""
    if not isinstance(model, HrnnModel) or model.n_recent or type(model).item_scores is not HrnnModel.item_scores:
        return None
    return OutputProbe(model)


def build_index(
    model: Model,
    states: Sequence[UserState],
    min_items: int = MIN_ITEMS,
    report: Callable[[float], None] = lambda fraction: None,
) -> ClusterIndex | None:
    """Return the index of a model with many items, as fast as equal lists for these users' states allow.

    None for fewer items, for models that do not score by a product alone, and where no choice gives equal lists.
    """
    probe = probe_of(model)
    if probe is None or not isinstance(model, HrnnModel) or len(model.to_arrays()["trained_items"]) < min_items:
        return None
    arrays = model.to_arrays()
    vectors = np.concatenate([arrays["items"], np.asarray(arrays["item_bias"])[:, None]], axis=1).astype(np.float32)
    cluster = _clusters(vectors, report)
    index = _arranged(vectors, np.asarray(arrays["trained_items"]), cluster, model.n_items)
    questions = [(probe.output(state), state) for state in states[:MEASURED_USERS]]
    asked = [(output, state) for output, state in questions if output is not None]
    if not asked:
        return None
    own = [top_items(model.item_scores([state]), MAX_LIST)[0] for _, state in asked]
    for share in _LOOKED_AT:
        tried = replace(index, n_looked_at=max(1, round(share * len(index.means))))
        hidden = [state.seen if model.masks_seen else state.seen[:0] for _, state in asked]
        lists = [tried.best(output, gone, MAX_LIST)[0] for (output, _), gone in zip(asked, hidden, strict=True)]
        equal = [float((_padded(mine) == theirs).mean()) for mine, theirs in zip(lists, own, strict=True)]
        if np.mean(equal) >= EQUAL_PLACES:
            return tried
    return None


def _padded(items: Ints) -> Ints:
    return np.concatenate([items, np.full(MAX_LIST - len(items), -1, np.int32)])


def _clusters(vectors: Floats, report: Callable[[float], None]) -> Longs:
    """Return the cluster of each row of vectors, (n, d + 1), numbered from 0 without gaps; the same in every run."""
    norms = np.vecdot(vectors, vectors)
    last = np.sqrt(np.maximum(norms.max() - norms, 0))  # so that all rows are equally long
    points = np.concatenate([vectors, last[:, None]], axis=1)
    n_clusters = round(len(points) ** 0.5)
    rng = np.random.default_rng(0)
    sample = points[rng.permutation(len(points))[: n_clusters * _SAMPLE_PER_CLUSTER]]
    centres = sample[:n_clusters].copy()
    for _ in range(_ROUNDS):
        nearest = _nearest(sample, centres, lambda fraction: None)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, sample)
        filled = np.bincount(nearest, minlength=n_clusters) > 0
        centres[filled] = sums[filled] / np.linalg.norm(sums[filled], axis=1, keepdims=True)
    return np.unique(_nearest(points, centres, report), return_inverse=True)[1].astype(np.int64)


def _nearest(points: Floats, centres: Floats, report: Callable[[float], None]) -> Longs:
    nearest = np.empty(len(points), np.int64)
    for start in range(0, len(points), _BLOCK):
        nearest[start : start + _BLOCK] = (points[start : start + _BLOCK] @ centres.T).argmax(axis=1)
        report(start / len(points))
    return nearest


def _arranged(vectors: Floats, item_indices: Ints, cluster: Longs, n_items: int) -> ClusterIndex:
    order = np.argsort(cluster, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(cluster))]).astype(np.int64)
    placed = vectors[order]
    means = np.add.reduceat(placed, offsets[:-1], axis=0) / np.diff(offsets)[:, None]
    around = placed[:, :-1] - np.repeat(means[:, :-1], np.diff(offsets), axis=0)
    squares = np.add.reduceat(np.vecdot(around, around), offsets[:-1]) / np.diff(offsets)
    items = item_indices[order].astype(np.int32)
    places = np.full(n_items, -1, np.int32)
    places[items] = np.arange(len(items), dtype=np.int32)
    spreads = np.sqrt(squares / max(1, vectors.shape[1] - 1)).astype(np.float32)
    return ClusterIndex(items, offsets, placed, means.astype(np.float32), spreads, places, len(means))
