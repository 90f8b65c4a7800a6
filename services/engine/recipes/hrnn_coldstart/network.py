"""The network with metadata, trained to predict an item from its features alone. Torch; for training only.

In every batch half of the items lose their own embedding and bias and are predicted from their features (dropout of
IDs: DropoutNet, Volkovs et al. 2017), as a sum over the features. Adam would move the vector of a feature of two items
as fast as that of a feature of hundreds, so each feature's vector has a scale that grows with its number of items: an
update moves a rare feature less.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from services.engine.recipes.base import Floats, Longs
from services.engine.recipes.hrnn.config import HrnnConfig
from services.engine.recipes.hrnn.loss import MASKED
from services.engine.recipes.hrnn.network import HrnnNetwork
from services.engine.recipes.hrnn_metadata.features import FeatureRows
from services.engine.recipes.hrnn_metadata.network import HrnnMetadataNetwork, SideFeatures, bag

_ID_DROPOUT = 0.5
_PACE_ITEMS = 100.0
"""A feature of this many items learns at 0.7 of the full rate, a feature of two items at 0.14."""


class HrnnColdStartNetwork(HrnnMetadataNetwork):
    """HrnnMetadataNetwork with ID dropout and biases predicted from features."""

    feature_pace: Tensor
    excluded: Tensor

    def __init__(
        self,
        config: HrnnConfig,
        items: Floats,
        counts: NDArray[Any],
        generator: torch.Generator,
        side: SideFeatures,
        cold: FeatureRows,
        judged: Longs,
    ) -> None:
        """cold: features of the items to recommend, which training need not contain.

        judged: rows of trained items that are never predicted, because they judge the predictions (share.py).
        """
        super().__init__(config, items, counts, generator, side)
        self._cold = cold
        # The biases start at zero instead of the popularity, so that the features learn it where they can.
        self.item_bias = nn.Parameter(torch.zeros(len(items)))
        self.feature_bias = nn.Parameter(torch.zeros(side.n_item_features + 1, 1))
        self.register_buffer(
            "feature_pace", torch.from_numpy(_paces(side.items, side.n_item_features)), persistent=False
        )
        excluded = torch.zeros(len(items))
        excluded[torch.from_numpy(judged)] = MASKED
        self.register_buffer("excluded", excluded, persistent=False)
        with torch.no_grad():
            self.item_features.div_(self.feature_pace)

    def catalogue(self, rows: Tensor | None = None) -> tuple[Tensor, Tensor]:
        items, own_bias = HrnnNetwork.catalogue(self, rows)
        vectors, bias = self.from_features(*self._features(rows))
        kept = torch.empty_like(own_bias).bernoulli_(1 - _ID_DROPOUT, generator=self.generator)
        excluded = self.excluded if rows is None else self.excluded[rows]
        return vectors + kept[:, None] * items, bias + kept * own_bias + excluded

    def from_features(self, ids: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        """Return vectors (n, d) and biases (n,) of items from their features alone."""
        vectors = bag(self.item_features * self.feature_pace, ids, weights)
        return vectors, bag(self.feature_bias * self.feature_pace, ids, weights)[:, 0]

    def predicted(self) -> tuple[Floats, Floats]:
        """Return vectors (n_trained, d) and biases (n_trained,) of the trained items from their features alone."""
        with torch.no_grad():
            vectors, bias = self.from_features(self.item_ids, self.item_weights)
        return vectors.cpu().numpy(), bias.cpu().numpy()

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return the weights with complete embeddings of the trained items, and the cold items' vectors and biases."""
        with torch.no_grad():
            trained = self.from_features(self.item_ids, self.item_weights)
            cold = self.from_features(self._tensor(self._cold.ids).long(), self._tensor(self._cold.weights))
        tensors = {
            "items": trained[0] + self.items,
            "item_bias": trained[1] + self.item_bias,
            "cold_vectors": cold[0],
            "cold_bias": cold[1],
        }
        return super().arrays() | {name: tensor.detach().cpu().numpy().copy() for name, tensor in tensors.items()}


def _paces(rows: FeatureRows, n_features: int) -> Floats:
    """Return the scale of each feature's vector, float32 (n_features + 1, 1), from its number of rows."""
    used = rows.ids[rows.weights > 0]
    counts = np.maximum(np.bincount(used, minlength=n_features + 1), 1)
    paces: Floats = np.sqrt(counts / (counts + _PACE_ITEMS)).astype(np.float32)[:, None]
    return paces
