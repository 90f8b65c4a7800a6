"""What was meant by a word with one wrong letter: a letter too much, too few, another one, or two that changed places.

Words with digits are ids and codes, where another digit is another thing, and short words are near to too many; both
are searched as they are. The distance is the restricted one of Damerau and Levenshtein, as rapidfuzz computes it.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import process
from rapidfuzz.distance import OSA

MIN_LETTERS = 4


class Forgiving:
    """The words of many search texts, to look words up that none of them has."""

    def __init__(self, texts: pa.Array) -> None:
        """Take the folded texts that are searched, in their order."""
        self._texts = texts
        words = pc.unique(pc.list_flatten(pc.utf8_split_whitespace(texts))).to_pylist()
        self._words = [str(word).strip(".,:;!?()[]'\"") for word in words]

    def rows(self, typed: Sequence[str]) -> list[int]:
        """Return the rows of the texts with every one of these folded words, each forgiven one wrong letter."""
        if not typed:
            return []
        keep = np.ones(len(self._texts), dtype=bool)
        for word in typed:
            keep &= self._with_any_of([word, *self._near(word)])
        return [int(row) for row in np.flatnonzero(keep)]

    def _near(self, word: str) -> list[str]:
        """Return the words, and beginnings of words, with one letter's difference to this one."""
        if len(word) < MIN_LETTERS or any(letter.isdigit() for letter in word):
            return []
        length = len(word)
        near_length = {known for known in self._words if length - 1 <= len(known) <= length + 1}
        beginnings = {known[:length] for known in self._words if len(known) > length + 1}
        found = process.extract(word, sorted(near_length | beginnings), scorer=OSA.distance, score_cutoff=1, limit=None)
        return [str(match[0]) for match in found]

    def _with_any_of(self, words: Sequence[str]) -> np.ndarray:
        hits = np.zeros(len(self._texts), dtype=bool)
        for word in words:
            hits |= pc.match_substring(self._texts, word).to_numpy(zero_copy_only=False)
        return hits
