"""Numbers that look random and are always the same for the same text, unlike hash() and without the state of random."""

from zlib import crc32

from services.covers.text import printable

_STEP, _PLUS, _MASK = 0x5DEECE66D, 0xB, (1 << 48) - 1


class Dice:
    """A sequence of numbers that a text decides."""

    def __init__(self, text: str) -> None:
        data = printable(text).encode("utf-8")
        self._state = ((crc32(data) << 16) ^ crc32(data[::-1]) ^ _STEP) & _MASK
        self(2)

    def __call__(self, n: int) -> int:
        """Return the next number, at least 0 and below n."""
        self._state = (self._state * _STEP + _PLUS) & _MASK
        return (self._state >> 20) % n

    def between(self, low: int, high: int) -> int:
        """Return the next number from low to high, both included."""
        return low + self(high - low + 1)
