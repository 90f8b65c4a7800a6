"""The network with metadata, trained so that features alone can stand for an item. Torch; for training only.

In every batch half of the items lose their own embedding and bias and must be told by their features (dropout of ids:
DropoutNet, Volkovs et al. 2017). Features add up. Adam moves the vector of an actor of two films as fast as that of a
genre of hundreds, so a feature's vector is kept in a unit that shrinks with its items: a step moves a rare one less.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from services.engine.recipes.base import Floats
from services.engine.recipes.hrnn.config import HrnnConfig
from services.engine.recipes.hrnn_metadata.features import FeatureRows
from services.engine.recipes.hrnn_metadata.network import HrnnMetadataNetwork, SideRows, bag

_ID_LEFT_OUT = 0.5
_PACE_ITEMS = 100.0
"""A feature of so many items moves at 0.7 of the full pace, one of two items at 0.14."""


class HrnnColdStartNetwork(HrnnMetadataNetwork):
    """HrnnMetadataNetwork with id dropout and biases that features can explain."""

    feature_pace: Tensor

    def __init__(
        self,
        config: HrnnConfig,
        items: Floats,
        counts: NDArray[Any],
        generator: torch.Generator,
        side: SideRows,
        cold: FeatureRows,
    ) -> None:
        """cold: features of the items to recommend, which need not be among the trained ones."""
        super().__init__(config, items, counts, generator, side)
        self._cold = cold
        # No popularity to begin with: what the features can say about it they should say.
        self.item_bias = nn.Parameter(torch.zeros(len(items)))
        self.feature_bias = nn.Parameter(torch.zeros(side.n_item_features + 1, 1))
        self.register_buffer(
            "feature_pace", torch.from_numpy(_paces(side.items, side.n_item_features)), persistent=False
        )
        with torch.no_grad():
            self.item_features.div_(self.feature_pace)

    def catalogue(self) -> tuple[Tensor, Tensor]:
        vectors, bias = self.told_by_features(self.item_ids, self.item_weights)
        kept = torch.empty_like(self.item_bias).bernoulli_(1 - _ID_LEFT_OUT, generator=self.generator)
        return vectors + kept[:, None] * self.items, bias + kept * self.item_bias

    def told_by_features(self, ids: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        """Return vectors (n, d) and biases (n,) of items from their features alone."""
        vectors = bag(self.item_features * self.feature_pace, ids, weights)
        return vectors, bag(self.feature_bias * self.feature_pace, ids, weights)[:, 0]

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return the weights with whole embeddings of the trained items, and the cold items' vectors and biases."""
        with torch.no_grad():
            known = self.told_by_features(self.item_ids, self.item_weights)
            cold = self.told_by_features(self._tensor(self._cold.ids).long(), self._tensor(self._cold.weights))
        named = {
            "items": known[0] + self.items,
            "item_bias": known[1] + self.item_bias,
            "cold_vectors": cold[0],
            "cold_bias": cold[1],
        }
        return super().arrays() | {name: tensor.detach().cpu().numpy().copy() for name, tensor in named.items()}


def _paces(rows: FeatureRows, n_features: int) -> Floats:
    """Return the unit of each feature's vector, float32 (n_features + 1, 1), from how many rows have the feature."""
    used = rows.ids[rows.weights > 0]
    counts = np.maximum(np.bincount(used, minlength=n_features + 1), 1)
    paces: Floats = np.sqrt(counts / (counts + _PACE_ITEMS)).astype(np.float32)[:, None]
    return paces
