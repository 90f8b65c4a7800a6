"""aws-semantic-similarity: items whose texts are about the same, whoever had them.

Documented (Amazon Personalize developer guide, "Semantic-Similarity recipe"): an Items schema with one field whose
itemName is true (a title) and at least one textual field (a description), lists for an item, no training of tastes. AWS
embeds the texts with a language model. Here nothing is downloaded: words and pairs of words, each weighing the more the
fewer texts have it, in the leading directions of that matrix (latent semantic analysis: Deerwester et al. 1990,
"Indexing by latent semantic analysis", JASIS 41(6); sublinear counts: Manning, Raghavan and Schuetze 2008,
"Introduction to Information Retrieval", section 6.4). It knows which words go together in these texts, and no synonyms
from elsewhere.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.errors import JobFailed
from services.engine.recipes.base import (
    Floats,
    Ints,
    Longs,
    Progress,
    Recipe,
    RelatedItemsModel,
    TextColumn,
    TrainingData,
    TrainOptions,
    Validation,
)
from services.engine.recipes.histories import count_unique_users
from services.engine.recipes.related.vectors import directions, tf_idf

RANK = 256
MAX_TERMS = 60_000
MIN_TEXTS, MAX_SHARE = 2, 0.6
"""Texts that must have a term, and the share of all texts from which on it says nothing."""
_WORD = re.compile(r"[^\W_]{2,}")


class SemanticModel(RelatedItemsModel):
    """The direction of each item's text, and the popularity of every item, which orders what has no text."""

    def __init__(self, vectors: Floats, unique_users: Longs) -> None:
        """vectors, float32 (n_items, d): of length 1; zeros for items without a text."""
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
        return {"vectors": self._vectors, "unique_users": self._unique_users}

    def to_config(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> "SemanticModel":
        return cls(arrays["vectors"], arrays["unique_users"])


class SemanticSimilarityRecipe(Recipe):
    """Reads the texts of the items."""

    name = "aws-semantic-similarity"
    model_class = SemanticModel
    trains_on_all_users = True
    uses_texts = True

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> SemanticModel:
        """Read the texts. Raises JobFailed without a title and a description."""
        names = [column for column in data.item_texts if column.is_name]
        descriptions = [column for column in data.item_texts if not column.is_name]
        if not names or not descriptions:
            raise JobFailed(
                'aws-semantic-similarity needs an Items schema with a title, a string field with "itemName": true, and '
                'a description, a string field with "textual": true. Replace the schema, import the items again.'
            )
        progress.update(0.0, "reading texts")
        texts = joined_texts([*names, *descriptions])
        matrix = term_matrix(texts)
        progress.update(0.5, "finding what words go together")
        vectors = directions(tf_idf(matrix), RANK) if matrix.shape[1] else np.zeros((len(texts), 1), np.float32)
        progress.update(1.0)
        return SemanticModel(vectors, count_unique_users(data.histories))


def joined_texts(columns: Sequence[TextColumn]) -> list[str]:
    """Return one text for each item."""
    return [
        ". ".join(cell or "" for cell in cells) for cells in zip(*(column.cells for column in columns), strict=True)
    ]


def term_matrix(texts: Sequence[str]) -> Any:
    """Return a scipy CSR matrix of texts by terms, float32: 1 + log of the count; words and pairs of adjacent words."""
    from scipy import sparse

    counted = [Counter(_terms(text)) for text in texts]
    n_texts = Counter(term for counts in counted for term in counts)
    least = MIN_TEXTS if len(texts) >= 50 else 1
    most = max(MAX_SHARE * len(texts), 2)
    usable = sorted((-n, term) for term, n in n_texts.items() if least <= n <= most)[:MAX_TERMS]
    place = {term: number for number, (_, term) in enumerate(usable)}
    rows, columns, values = [], [], []
    for row, counts in enumerate(counted):
        for term, count in counts.items():
            if term in place:
                rows.append(row)
                columns.append(place[term])
                values.append(1 + np.log(count))
    cells = (np.array(values, np.float32), (np.array(rows, np.int64), np.array(columns, np.int64)))
    return sparse.csr_matrix(cells, shape=(len(texts), len(place)))


def _terms(text: str) -> list[str]:
    words = _WORD.findall(text.lower())
    return words + [f"{one} {other}" for one, other in pairwise(words)]
