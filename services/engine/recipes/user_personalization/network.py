"""The network of aws-user-personalization: aws-hrnn-metadata's, able to predict an item from its features alone.

In every batch a small share of the items lose their own embedding and bias and are predicted from their features
(dropout of IDs: DropoutNet, Volkovs et al. 2017), so that an item without interactions can be scored when it is
explored. The share is small because most items of a list are known: with the 50 % of aws-hrnn-coldstart their order
becomes worse. Torch; for training only.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from services.engine.recipes.base import Floats
from services.engine.recipes.hrnn.config import HrnnConfig
from services.engine.recipes.hrnn.network import HrnnNetwork
from services.engine.recipes.hrnn_metadata.features import FeatureRows
from services.engine.recipes.hrnn_metadata.network import HrnnMetadataNetwork, SideFeatures, bag, feature_regression

ID_DROPOUT = 0.1


class ExploringNetwork(HrnnMetadataNetwork):
    """HrnnMetadataNetwork with ID dropout and biases predicted from features."""

    def __init__(
        self,
        config: HrnnConfig,
        items: Floats,
        counts: NDArray[Any],
        generator: torch.Generator,
        side: SideFeatures,
        untrained: FeatureRows,
    ) -> None:
        """untrained: features of the items that have no event, in the order in which arrays() gives them."""
        super().__init__(config, items, counts, generator, side)
        self._untrained = untrained
        popularity = self.item_bias.detach().numpy()[:, None]
        bias = feature_regression(popularity, counts, side.items, side.n_item_features)
        of_items = (bias[side.items.ids] * side.items.weights[:, :, None]).sum(axis=1)
        self.feature_bias = nn.Parameter(torch.from_numpy(bias))
        self.item_bias = nn.Parameter(torch.from_numpy((popularity - of_items)[:, 0]))
        self._drops_ids = side.n_item_features > 0

    def catalogue(self, rows: Tensor | None = None) -> tuple[Tensor, Tensor]:
        items, own_bias = HrnnNetwork.catalogue(self, rows)
        vectors, bias = self._from_features(*self._features(rows))
        if not self._drops_ids:
            return vectors + items, bias + own_bias
        kept = torch.empty_like(own_bias).bernoulli_(1 - ID_DROPOUT, generator=self.generator)
        return vectors + kept[:, None] * items, bias + kept * own_bias

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return the weights with complete embeddings of the trained items, and the untrained items' predicted ones."""
        drops, self._drops_ids = self._drops_ids, False
        arrays = super().arrays()
        self._drops_ids = drops
        vectors, bias = self._arrays_from_features(self._tensor(self._untrained.ids).long(), self._untrained.weights)
        return arrays | {"untrained_vectors": vectors, "untrained_bias": bias}

    def from_features(self) -> tuple[Floats, Floats]:
        """Return vectors (n_trained, d) and biases (n_trained,) of the trained items from their features alone."""
        return self._arrays_from_features(self.item_ids, self._side.items.weights)

    def _from_features(self, ids: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        return bag(self.item_features, ids, weights), bag(self.feature_bias, ids, weights)[:, 0]

    def _arrays_from_features(self, ids: Tensor, weights: Floats) -> tuple[Floats, Floats]:
        with torch.no_grad():
            vectors, bias = self._from_features(ids, self._tensor(weights))
        return vectors.cpu().numpy().copy(), bias.cpu().numpy().copy()
