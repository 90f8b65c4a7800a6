"""The hierarchical recurrent network with features of items, users and context. Torch; for training only.

An item's vector is its own embedding plus a learned vector for each of its features, so that items which share a
feature are similar and a rare item is placed by its features. Dropout applies to an item's input vector; its features
are added once more after the dropout. A user's features are added to the input of every event, and to the state before
it is compared with items. The context of the predicted event is known at request time, so it is added there too; half
of the time training leaves it out, which keeps answers without context good.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import cg
from torch import Tensor, nn
from torch.nn import functional

from services.engine.recipes.base import Floats
from services.engine.recipes.hrnn.batches import Batch
from services.engine.recipes.hrnn.config import FULL_SOFTMAX_ITEMS, HrnnConfig
from services.engine.recipes.hrnn.network import HrnnNetwork
from services.engine.recipes.hrnn_metadata.features import FeatureRows

_CONTEXT_DROPOUT = 0.5
_TRUST_EVENTS = 8.0
"""An item with this many events starts halfway between its own embedding and the prediction from its features."""
_RIDGE = 4.0


@dataclass(frozen=True)
class SideFeatures:
    """The features of items, users and events, and the number of different features of each."""

    items: FeatureRows
    """One row per trained item."""
    n_item_features: int
    users: FeatureRows
    n_user_features: int
    events: FeatureRows
    """Context, one row per event of the histories."""
    n_context_features: int


class HrnnMetadataNetwork(HrnnNetwork):
    """HrnnNetwork with tables of feature vectors; the last row of each means no feature and stays zero."""

    item_ids: Tensor
    item_weights: Tensor

    def __init__(
        self, config: HrnnConfig, items: Floats, counts: NDArray[Any], generator: torch.Generator, side: SideFeatures
    ) -> None:
        """items and counts as in HrnnNetwork; the embeddings start shrunk towards their features' prediction."""
        features = feature_regression(items, counts, side.items, side.n_item_features)
        placed = features[side.items.ids] * side.items.weights[:, :, None]
        expected = placed.sum(axis=1)  # (n_trained, d)
        trust = (counts / (counts + _TRUST_EVENTS))[:, None]
        super().__init__(config, ((items - expected) * trust).astype(np.float32), counts, generator)
        d = config.item_size
        self._side = side
        self.register_buffer("item_ids", torch.from_numpy(side.items.ids).long(), persistent=False)
        self.register_buffer("item_weights", torch.from_numpy(side.items.weights), persistent=False)
        self.item_features = nn.Parameter(torch.from_numpy(features))
        self.feature_inputs = nn.Parameter(torch.zeros(side.n_item_features + 1, d))
        self.user_inputs = nn.Parameter(torch.zeros(side.n_user_features + 1, d))
        self.user_queries = nn.Parameter(torch.zeros(side.n_user_features + 1, d))
        self.context_queries = nn.Parameter(torch.zeros(side.n_context_features + 1, d))

    def catalogue(self, rows: Tensor | None = None) -> tuple[Tensor, Tensor]:
        items, bias = super().catalogue(rows)
        if self._side.n_item_features == 0:
            return items, bias
        return items + bag(self.item_features, *self._features(rows)), bias

    def offsets(self, batch: Batch) -> Tensor | None:
        if self._side.n_user_features == 0:
            return None
        of_lanes = self._of(self.user_inputs, self._side.users.take(batch.users))  # (n_lanes, d)
        lanes = np.empty(len(batch.inputs), np.int64)
        lanes[batch.packing.rows] = np.repeat(np.arange(len(batch.lengths)), batch.lengths)
        return of_lanes[self._tensor(lanes)]

    def undropped(self, batch: Batch) -> Tensor | None:
        if self._side.n_item_features == 0:
            return None
        inputs = self._tensor(batch.inputs)
        if len(self.item_ids) > FULL_SOFTMAX_ITEMS:
            return bag(self.feature_inputs, *self._features(inputs))
        table = bag(self.feature_inputs, self.item_ids, self.item_weights)  # (n_trained, d)
        return table[inputs]

    def queries(self, batch: Batch) -> Tensor | None:
        total: Tensor | None = None
        if self._side.n_user_features:
            of_lanes = self._of(self.user_queries, self._side.users.take(batch.users))
            total = of_lanes[self._tensor(np.repeat(np.arange(len(batch.lengths)), batch.lengths))]
        if self._side.n_context_features:
            context = self._of(self.context_queries, self._side.events.take(batch.target_events))  # (n, d)
            kept = torch.empty_like(context[:, :1]).bernoulli_(1 - _CONTEXT_DROPOUT, generator=self.generator)
            total = context * kept if total is None else total + context * kept
        return total

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        tables = {name: getattr(self, name) for name in ("user_inputs", "user_queries", "context_queries")}
        with torch.no_grad():
            inputs = bag(self.feature_inputs, self.item_ids, self.item_weights).cpu().numpy().copy()
        return (
            super().arrays()
            | {"item_inputs": inputs}
            | {name: table.detach().cpu().numpy().copy() for name, table in tables.items()}
        )

    def _features(self, rows: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return the features of these items, of all for None: their ids and weights, (n, width)."""
        if rows is None:
            return self.item_ids, self.item_weights
        return self.item_ids[rows], self.item_weights[rows]

    def _of(self, table: Tensor, rows: FeatureRows) -> Tensor:
        return bag(table, self._tensor(rows.ids).long(), self._tensor(rows.weights))

    def _tensor(self, array: NDArray[Any]) -> Tensor:
        return torch.from_numpy(array).to(self.items.device)


def bag(table: Tensor, ids: Tensor, weights: Tensor) -> Tensor:
    """Return the weighted sum (n, d) of each row's feature vectors; table (n_features + 1, d), ids int64 (n, width)."""
    if ids.shape[1] == 0:
        return table.new_zeros(len(ids), table.shape[1])
    return functional.embedding_bag(ids, table, per_sample_weights=weights, mode="sum", padding_idx=len(table) - 1)


def feature_regression(items: Floats, counts: NDArray[Any], rows: FeatureRows, n_features: int) -> Floats:
    """Return float32 (n_features + 1, d): ridge regression of the items' initial embeddings on their features.

    Items with more events have more weight, up to a limit; the last row is zero.
    """
    vectors = np.zeros((n_features + 1, items.shape[1]), np.float32)
    if n_features == 0:
        return vectors
    n, width = rows.ids.shape
    design = sparse.csr_matrix(
        (rows.weights.ravel(), (np.repeat(np.arange(n), width), rows.ids.ravel())), shape=(n, n_features + 1)
    )[:, :n_features]
    certainty = sparse.diags((counts / (counts + _TRUST_EVENTS)).astype(np.float32))
    normal = (design.T @ certainty @ design + _RIDGE * sparse.identity(n_features)).astype(np.float32)
    sides = design.T @ (certainty @ items)
    for column in range(items.shape[1]):
        vectors[:n_features, column] = cg(normal, sides[:, column], rtol=1e-3, maxiter=50)[0]
    return vectors
