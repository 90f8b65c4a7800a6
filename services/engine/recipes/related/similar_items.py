"""aws-similar-items: items related to an item, from the users of both and from what the items are.

Documented (Amazon Personalize developer guide, "Similar-Items recipe"): co-interactions and item metadata, lists for
items that hardly anybody has had (fewer than five interactions) by their metadata, popular items for an unknown item,
no scores; popularity_discount_factor from 0 to 1, default 0, and two dimensions that only a search may set. AWS's
algorithm is not public. Ours, for two items that people had:

    similarity = (surprise + nearness) * (1 + 0.5 metadata + 0.3 company) / (users of the other) ** (discount / 2)

surprise is that of aws-sims at its best discount (recipes/counting/cooccurrence.py), nearness the same of pairs that
stand close in histories (nearness.py), metadata and company are cosines (vectors.py). The dimensions are the numbers of
directions of company and of metadata. An item with too few people gets the neighbours of the known items that are most
like it (Gantner et al. 2010, "Learning attribute-to-feature mappings for cold-start recommendations", section 3:
k-nearest neighbours), and those items themselves; such items stand behind all others in the lists of items with people.
The weights were chosen on validation users of MovieLens 100K, the demo and the shop (benchmarks/current_related.py).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import (
    Floats,
    HyperParameter,
    Ints,
    Longs,
    Progress,
    Recipe,
    TrainingData,
    TrainOptions,
    Validation,
)
from services.engine.recipes.counting.cooccurrence import Neighbours, nearest, user_item_matrix
from services.engine.recipes.counting.sims import N_NEIGHBOURS, SimsModel
from services.engine.recipes.related.likeness import best_of_each, cold_neighbours
from services.engine.recipes.related.nearness import surprise_of_nearness
from services.engine.recipes.related.vectors import company_vectors, metadata_vectors

METADATA_WEIGHT, COMPANY_WEIGHT = 0.5, 0.3
DISCOUNT = 0.5
"""aws-sims' discount at which it finds most."""
COLD_USERS = 5
"""AWS: an item with fewer interactions is cold."""
_BLOCK_PAIRS = 200_000


def _dimension(name: str, description: str) -> HyperParameter:
    return HyperParameter(name, "integer", 100, 30, 200, tunable=True, description=description)


HYPERPARAMETERS = (
    HyperParameter(
        "popularity_discount_factor",
        "float",
        0.0,
        0.0,
        1.0,
        tunable=True,
        description="0 lists more popular items, 1 emphasises popularity least.",
    ),
    _dimension("item_id_hidden_dim", "Directions in which items are compared by the people who had them."),
    _dimension("item_metadata_hidden_dim", "Directions in which items are compared by their metadata."),
)


class SimilarItemsModel(SimsModel):
    """The neighbours of each item, and a vector of each item by company and metadata."""

    def __init__(self, neighbours: Neighbours, unique_users: Longs, vectors: Floats) -> None:
        """vectors, float32 (n_items, d): zeros for items of which nothing is known."""
        super().__init__(neighbours, unique_users)
        self._vectors = vectors

    def item_vectors(self) -> tuple[Ints, Floats]:
        known = np.flatnonzero(np.abs(self._vectors).sum(axis=1) > 0).astype(np.int32)
        return known, self._vectors[known]

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return super().to_arrays() | {"vectors": self._vectors}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> "SimilarItemsModel":
        neighbours = Neighbours(arrays["offsets"], arrays["neighbours"], arrays["similarities"])
        return cls(neighbours, arrays["unique_users"], arrays["vectors"])


class SimilarItemsRecipe(Recipe):
    """Counts the people of each pair of items, and compares what the items are."""

    name = "aws-similar-items"
    model_class = SimilarItemsModel
    hyperparameters = HYPERPARAMETERS
    trains_on_all_users = True
    uses_metadata = True
    promotes = True

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> SimilarItemsModel:
        """Count on the histories; the caller has filtered events and users."""
        from scipy import sparse

        values = {parameter.name: parameter.default for parameter in HYPERPARAMETERS} | dict(options.hyperparameters)
        progress.update(0.0, "counting people of both items")
        matrix = user_item_matrix(data.histories)
        users = np.bincount(matrix.indices, minlength=data.histories.n_items).astype(np.int64)
        counted = nearest(
            matrix,
            users > 0,
            discount=DISCOUNT,
            min_users=1,
            n_neighbours=N_NEIGHBOURS,
            progress=_FirstHalf(progress),
        )
        shape = (len(users), len(users))
        pairs = sparse.csr_matrix((counted.similarities, counted.items, counted.offsets), shape=shape)
        progress.update(0.5, "comparing what stands close in histories")
        pairs = best_of_each(pairs + surprise_of_nearness(data.histories), N_NEIGHBOURS)
        progress.update(0.7, "comparing metadata")
        metadata = metadata_vectors(data.item_columns, len(users), values["item_metadata_hidden_dim"])
        company = company_vectors(_neighbours(pairs), values["item_id_hidden_dim"])
        progress.update(0.8, "items with few people")
        _liken(pairs, metadata, company)
        cold = cold_neighbours(pairs, metadata, users, COLD_USERS, N_NEIGHBOURS)
        popular = np.maximum(users, 1).astype(np.float32) ** (-values["popularity_discount_factor"] / 2)
        joined = best_of_each((pairs + cold) @ sparse.diags(popular), N_NEIGHBOURS)
        progress.update(1.0)
        vectors = np.concatenate([company, np.float32(METADATA_WEIGHT) * metadata], axis=1)
        return SimilarItemsModel(_neighbours(joined), users, vectors)


class _FirstHalf:
    """Passes half of the progress on."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def update(self, fraction: float, note: str = "") -> None:
        self._progress.update(fraction / 2, note)

    def curve_point(self, epoch: float, value: float) -> None:
        self._progress.curve_point(epoch, value)


def _liken(pairs: Any, metadata: Floats, company: Floats) -> None:
    """Raise the similarity, in place, of pairs that are alike in metadata and company."""
    for start in range(0, pairs.nnz, _BLOCK_PAIRS):
        block = slice(start, min(start + _BLOCK_PAIRS, pairs.nnz))
        rows = np.searchsorted(pairs.indptr, np.arange(block.start, block.stop), side="right") - 1
        columns = pairs.indices[block]
        of_metadata = np.einsum("ij,ij->i", metadata[rows], metadata[columns])
        of_company = np.einsum("ij,ij->i", company[rows], company[columns])
        factor = 1 + METADATA_WEIGHT * np.maximum(of_metadata, 0) + COMPANY_WEIGHT * np.maximum(of_company, 0)
        pairs.data[block] *= factor.astype(np.float32)


def _neighbours(pairs: Any) -> Neighbours:
    """Return the rows of a scipy CSR matrix, best first; equal similarities in order of item_index."""
    rows = np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))
    order = np.lexsort((pairs.indices, -pairs.data, rows))
    return Neighbours(
        pairs.indptr.astype(np.int64), pairs.indices[order].astype(np.int32), pairs.data[order].astype(np.float32)
    )
