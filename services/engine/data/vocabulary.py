"""External IDs and their row numbers, as two arrays that can be memory-mapped.

IDs are sorted by their UTF-8 bytes (which is also code point order) and concatenated in one blob; ID i is
blob[offsets[i]:offsets[i + 1]]. A look-up is a binary search that reads a few pages, so a process that serves models
needs no dictionary of a million strings.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


class Vocabulary:
    """Sorted unique IDs; the row number of an ID is its position."""

    def __init__(self, blob: NDArray[np.uint8], offsets: NDArray[np.int64]) -> None:
        """Wrap arrays of this layout; from_ids and from_sorted create them."""
        self._blob_array, self._offsets_array = blob, offsets
        self._blob = blob.data
        self._offsets = offsets.data
        self._range = range(len(offsets) - 1)

    def __len__(self) -> int:
        return len(self._range)

    def __contains__(self, external_id: object) -> bool:
        return isinstance(external_id, str) and self.index_of(external_id) is not None

    @classmethod
    def from_ids(cls, ids: Iterable[str]) -> "Vocabulary":
        """Return a vocabulary of any IDs, which may repeat."""
        return cls.from_sorted(pa.array(sorted(set(ids), key=lambda i: i.encode()), type=pa.large_string()))

    @classmethod
    def from_sorted(cls, ids: Any) -> "Vocabulary":
        """Return a vocabulary of a pyarrow string array that is unique and sorted by bytes, without nulls."""
        array = ids.cast(pa.large_string())
        _, offsets, blob = array.buffers()
        if len(array) == 0:
            return cls(np.empty(0, np.uint8), np.zeros(1, np.int64))
        bounds = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
        content = np.empty(0, np.uint8) if blob is None else np.frombuffer(blob, np.uint8)[bounds[0] : bounds[-1]]
        return cls(content.copy(), bounds - bounds[0])

    def index_of(self, external_id: str) -> int | None:
        """Return the row number of an ID, or None when it is unknown."""
        key = external_id.encode("utf-8", "surrogatepass")
        place = bisect_left(self._range, key, key=self._bytes)
        return place if place < len(self._range) and self._bytes(place) == key else None

    def id_of(self, index: int) -> str:
        """Return the ID of a row number. Raises IndexError when there is no such row."""
        return str(self._bytes(self._range[index]), "utf-8")

    def ids(self, indices: Iterable[int]) -> list[str]:
        """Return the IDs of row numbers, in their order."""
        return [self.id_of(int(index)) for index in indices]

    def indices_of(self, ids: Sequence[str]) -> NDArray[np.int32]:
        """Return the row numbers of IDs, int32 (len(ids),); -1 where an ID is unknown."""
        indices = (self.index_of(external_id) for external_id in ids)
        return np.fromiter((-1 if index is None else index for index in indices), np.int32, count=len(ids))

    def to_arrow(self) -> Any:
        """Return all IDs as a pyarrow large_string array that shares this memory."""
        buffers = [None, pa.py_buffer(self._offsets_array), pa.py_buffer(self._blob_array)]
        return pa.Array.from_buffers(pa.large_string(), len(self), buffers)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return {"blob": uint8 (n_bytes,), "offsets": int64 (n + 1,)}."""
        return {"blob": self._blob_array, "offsets": self._offsets_array}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Vocabulary":
        """Wrap the arrays of to_arrays, which may be read-only memory maps."""
        return cls(np.asarray(arrays["blob"]), np.asarray(arrays["offsets"]))

    def _bytes(self, index: int) -> bytes:
        return bytes(self._blob[self._offsets[index] : self._offsets[index + 1]])
