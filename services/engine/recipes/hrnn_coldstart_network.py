"""The network with metadata, trained so that features alone can stand for an item. Torch; for training only.

In every batch half of the items lose their own embedding and bias and must be told by their features (dropout of ids:
DropoutNet, Volkovs et al. 2017). Features add up; a perceptron over them cost a tenth of the precision on MovieLens.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from services.engine.recipes.base import Floats
from services.engine.recipes.hrnn_config import HrnnConfig
from services.engine.recipes.hrnn_features import FeatureRows
from services.engine.recipes.hrnn_metadata_network import HrnnMetadataNetwork, SideRows, bag

_ID_LEFT_OUT = 0.5


class HrnnColdStartNetwork(HrnnMetadataNetwork):
    """HrnnMetadataNetwork with id dropout and biases that features can explain."""

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

    def catalogue(self) -> tuple[Tensor, Tensor]:
        vectors, bias = self.told_by_features(self.item_ids, self.item_weights)
        kept = torch.empty_like(self.item_bias).bernoulli_(1 - _ID_LEFT_OUT, generator=self.generator)
        return vectors + kept[:, None] * self.items, bias + kept * self.item_bias

    def told_by_features(self, ids: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        """Return vectors (n, d) and biases (n,) of items from their features alone."""
        return bag(self.item_features, ids, weights), bag(self.feature_bias, ids, weights)[:, 0]

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
