"""Texts as directions: what is kept of the texts of a training, so that a new text finds its place among them.

Words and pairs of words weigh the more the fewer texts have them, and the leading directions of that matrix are kept
(latent semantic analysis: Deerwester et al. 1990, "Indexing by latent semantic analysis", JASIS 41(6); sublinear
counts: Manning, Raghavan and Schuetze 2008, "Introduction to Information Retrieval", section 6.4). A new text is folded
in: its weights in the directions that are there (Deerwester et al., section "Updating"). Words that the training did
not know say nothing until the next one.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, TextColumn
from services.engine.recipes.related.vectors import leading, rarity, unit_rows, weighted

RANK = 256
MAX_TERMS = 60_000
MIN_TEXTS, MAX_SHARE = 2, 0.6
"""Texts that must have a term, and the share of all texts from which on it says nothing."""
_WORD = re.compile(r"[^\W_]{2,}")


@dataclass(frozen=True)
class TextSpace:
    """The terms of a training, their weights, and the directions that they make."""

    terms: NDArray[np.uint8]
    """UTF-8, one term a line, in the order of the rows below; kept as bytes, as answering needs no terms."""
    weights: Floats
    """float32 (n_terms,): inverse document frequencies."""
    basis: NDArray[np.float16]
    """float16 (n_terms, d), half as large as float32 would be."""

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Return the directions of texts, (n_texts, d), of length 1; zeros for texts without a known term."""
        listed = self.terms.tobytes().decode().split("\n") if len(self.terms) else []
        matrix = _matrix([Counter(_terms(text)) for text in texts], {term: n for n, term in enumerate(listed)})
        return unit_rows(weighted(matrix, self.weights) @ self.basis.astype(np.float32))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return {"terms": self.terms, "term_weights": self.weights, "term_basis": self.basis}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "TextSpace | None":
        """Return the space of a model; None for one of before, which kept none."""
        if "terms" not in arrays:
            return None
        return cls(arrays["terms"], arrays["term_weights"], arrays["term_basis"])


def learn_texts(texts: Sequence[str]) -> tuple[TextSpace, Floats]:
    """Return the space of these texts, and their directions in it, (n_texts, d), of length 1."""
    terms, weights, matrix = weighted_terms(texts)
    vectors, basis = leading(matrix, RANK)
    listed = np.frombuffer("\n".join(terms).encode(), np.uint8)
    return TextSpace(listed, weights, basis.astype(np.float16)), unit_rows(vectors)


def weighted_terms(texts: Sequence[str]) -> tuple[list[str], Floats, Any]:
    """Return the terms of texts, their weights, and a scipy CSR matrix of texts by terms with rows of length 1."""
    counted = [Counter(_terms(text)) for text in texts]
    terms = _usable(counted)
    matrix = _matrix(counted, {term: number for number, term in enumerate(terms)})
    weights = rarity(matrix)
    return terms, weights, weighted(matrix, weights)


def joined_texts(columns: Sequence[TextColumn]) -> list[str]:
    """Return one text for each item."""
    return [
        ". ".join(cell or "" for cell in cells) for cells in zip(*(column.cells for column in columns), strict=True)
    ]


def _usable(counted: Sequence[Counter[str]]) -> list[str]:
    """Return the terms that enough and not too many texts have, the most frequent first."""
    n_texts = Counter(term for counts in counted for term in counts)
    least = MIN_TEXTS if len(counted) >= 50 else 1
    most = max(MAX_SHARE * len(counted), 2)
    return [term for _, term in sorted((-n, term) for term, n in n_texts.items() if least <= n <= most)[:MAX_TERMS]]


def _matrix(counted: Sequence[Counter[str]], place: Mapping[str, int]) -> Any:
    """Return a scipy CSR matrix of texts by terms, float32: 1 + log of the count."""
    from scipy import sparse

    rows, columns, values = [], [], []
    for row, counts in enumerate(counted):
        for term, count in counts.items():
            if term in place:
                rows.append(row)
                columns.append(place[term])
                values.append(1 + np.log(count))
    cells = (np.array(values, np.float32), (np.array(rows, np.int64), np.array(columns, np.int64)))
    return sparse.csr_matrix(cells, shape=(len(counted), len(place)))


def _terms(text: str) -> list[str]:
    """Return the words of a text, and the pairs of adjacent ones."""
    words = _WORD.findall(text.lower())
    return words + [f"{one} {other}" for one, other in pairwise(words)]
