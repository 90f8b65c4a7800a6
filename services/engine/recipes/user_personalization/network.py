"""The network of aws-user-personalization: that of aws-hrnn-metadata, with items that features alone can stand for.

In every batch a small part of the items lose their own embedding and bias and must be told by their features (dropout
of ids: DropoutNet, Volkovs et al. 2017), so that an item without interactions has a place when it is explored. The part
is small, since most of a list is made of items that are known: with the half of aws-hrnn-coldstart they would be served
worse. Torch; for training only.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from services.engine.recipes.base import Floats
from services.engine.recipes.hrnn.config import HrnnConfig
from services.engine.recipes.hrnn_metadata.features import FeatureRows
from services.engine.recipes.hrnn_metadata.network import HrnnMetadataNetwork, SideRows, bag, explained

ID_LEFT_OUT = 0.1


class ExploringNetwork(HrnnMetadataNetwork):
    """HrnnMetadataNetwork with id dropout and biases that features can explain."""

    def __init__(
        self,
        config: HrnnConfig,
        items: Floats,
        counts: NDArray[Any],
        generator: torch.Generator,
        side: SideRows,
        untrained: FeatureRows,
    ) -> None:
        """untrained: features of the items that have no event, in the order in which arrays() gives them."""
        super().__init__(config, items, counts, generator, side)
        self._untrained = untrained
        popularity = self.item_bias.detach().numpy()[:, None]
        told = explained(popularity, counts, side.items, side.n_item_features)
        of_items = (told[side.items.ids] * side.items.weights[:, :, None]).sum(axis=1)
        self.feature_bias = nn.Parameter(torch.from_numpy(told))
        self.item_bias = nn.Parameter(torch.from_numpy((popularity - of_items)[:, 0]))
        self._drops_ids = side.n_item_features > 0

    def catalogue(self) -> tuple[Tensor, Tensor]:
        vectors, bias = self._told(self.item_ids, self.item_weights)
        if not self._drops_ids:
            return vectors + self.items, bias + self.item_bias
        kept = torch.empty_like(self.item_bias).bernoulli_(1 - ID_LEFT_OUT, generator=self.generator)
        return vectors + kept[:, None] * self.items, bias + kept * self.item_bias

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return the weights with whole embeddings of the trained items, and the untrained items as features tell."""
        drops, self._drops_ids = self._drops_ids, False
        arrays = super().arrays()
        self._drops_ids = drops
        vectors, bias = self._told_arrays(self._tensor(self._untrained.ids).long(), self._untrained.weights)
        return arrays | {"untrained_vectors": vectors, "untrained_bias": bias}

    def told_by_features(self) -> tuple[Floats, Floats]:
        """Return vectors (n_trained, d) and biases (n_trained,) of the trained items from their features alone."""
        return self._told_arrays(self.item_ids, self._side.items.weights)

    def _told(self, ids: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        return bag(self.item_features, ids, weights), bag(self.feature_bias, ids, weights)[:, 0]

    def _told_arrays(self, ids: Tensor, weights: Floats) -> tuple[Floats, Floats]:
        with torch.no_grad():
            vectors, bias = self._told(ids, self._tensor(weights))
        return vectors.cpu().numpy().copy(), bias.cpu().numpy().copy()
