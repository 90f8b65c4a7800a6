"""aws-semantic-similarity: items whose texts are about the same, whoever had them.

Documented (Amazon Personalize developer guide, "Semantic-Similarity recipe"): an Items schema with one field whose
itemName is true (a title) and at least one textual field (a description), lists for an item, no training of tastes and
no need of interactions; new and changed items without a training, if performIncrementalUpdate is true. AWS embeds the
texts with a language model. Here nothing is downloaded: words and pairs of words in their leading directions
(texts.py). They tell which words go together in these texts, and no synonyms from elsewhere.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.errors import JobFailed
from services.engine.recipes.base import (
    Floats,
    Ints,
    Longs,
    Model,
    Progress,
    Recipe,
    RelatedItemsModel,
    TextColumn,
    TrainingData,
    TrainOptions,
    Updating,
    Validation,
)
from services.engine.recipes.histories import count_unique_users
from services.engine.recipes.related.texts import TextSpace, joined_texts, learn_texts


class SemanticModel(RelatedItemsModel):
    """The direction of each item's text, and the popularity of every item, which orders what has no text."""

    def __init__(self, vectors: Floats, unique_users: Longs, space: TextSpace | None = None) -> None:
        """vectors, float32 (n_items, d): of length 1, zeros for items without a text; space: what new texts need."""
        self.space = space
        self.n_items = len(vectors)
        self._vectors, self._unique_users = vectors, unique_users
        self._described = np.abs(vectors).sum(axis=1) > 0
        order = np.argsort(-unique_users, kind="stable")
        self._popular = np.empty(self.n_items, np.float32)
        self._popular[order] = -1.0 - np.arange(self.n_items, dtype=np.float32)

    def related_scores(self, item_index: int | None) -> Floats:
        """Return 1 + cosine, above 0, for items with a text, and minus the popularity rank for the others."""
        if item_index is None or not self._described[item_index]:
            scores = self._popular.copy()
        else:
            cosines = self._vectors @ self._vectors[item_index]
            scores = np.where(self._described, 1 + cosines, self._popular).astype(np.float32)
        if item_index is not None:
            scores[item_index] = -np.inf
        return scores

    def item_vectors(self) -> tuple[Ints, Floats]:
        known = np.flatnonzero(self._described).astype(np.int32)
        return known, self._vectors[known]

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        arrays: dict[str, NDArray[Any]] = {"vectors": self._vectors, "unique_users": self._unique_users}
        return arrays if self.space is None else arrays | self.space.to_arrays()

    def to_config(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> "SemanticModel":
        return cls(arrays["vectors"], arrays["unique_users"], TextSpace.from_arrays(arrays))

    def with_items(self, places: Ints, texts: list[str]) -> "SemanticModel":
        """Return the model for these texts, one an item; places, int32 (n_items before,): where each item is now.

        New items have no popularity until the next training. Raises JobFailed for a model without its terms.
        """
        if self.space is None:
            raise JobFailed("This version was trained before terms were kept. Train with the trainingMode FULL.")
        unique_users = np.zeros(len(texts), np.int64)
        unique_users[places] = self._unique_users
        return SemanticModel(self.space.vectors(texts), unique_users, self.space)


class SemanticSimilarityRecipe(Recipe, Updating):
    """Reads the texts of the items."""

    name = "aws-semantic-similarity"
    model_class = SemanticModel
    trains_on_all_users = True
    uses_texts = True
    needs_interactions = False
    by_itself = True

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> SemanticModel:
        """Read the texts. Raises JobFailed without a title and a description."""
        columns = _columns(data)
        progress.update(0.0, "reading texts and finding what words go together")
        space, vectors = learn_texts(joined_texts(columns))
        progress.update(1.0)
        return SemanticModel(vectors, count_unique_users(data.histories), space)

    def updated(self, model: Model, places: Ints, data: TrainingData) -> SemanticModel:
        """Return the model with the texts of data. Raises JobFailed without a title and a description."""
        assert isinstance(model, SemanticModel)
        return model.with_items(places, joined_texts(_columns(data)))


def _columns(data: TrainingData) -> list[TextColumn]:
    """Return the titles, then the descriptions. Raises JobFailed when one of the two is missing."""
    names = [column for column in data.item_texts if column.is_name]
    descriptions = [column for column in data.item_texts if not column.is_name]
    if not names or not descriptions:
        raise JobFailed(
            'aws-semantic-similarity needs an Items schema with a title, a string field with "itemName": true, and '
            'a description, a string field with "textual": true. Replace the schema, import the items again.'
        )
    return [*names, *descriptions]
