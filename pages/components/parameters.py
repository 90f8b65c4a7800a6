"""What a number in the address may be, and the one function that reads it.

An address is typed by anybody: a number may be endless, huge, no number, or of too many digits for Python to read.
What cannot be used is left out, the screen begins as it does without it, and a caption says so
(pages/components/address.py).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from pages.components.keys import Key

MAX_SHOWN = 40
MAX_DIGITS = 40


@dataclass(frozen=True)
class Range:
    """The numbers that a parameter may have."""

    least: float
    most: float
    whole: bool = True

    @property
    def words(self) -> str:
        """In words: "a whole number from 1 to 500"."""
        return f"a {'whole ' if self.whole else ''}number from {self.least:,g} to {self.most:,.10g}"


RANGES: Mapping[str, Range] = {
    Key.STORY: Range(1, 100),
    Key.LIVE_STEP: Range(0, 1_000),
    Key.BATCH_LENGTH: Range(1, 500),
    Key.BATCH_MOST: Range(1, 10**7),
    Key.COLD_WEIGHT: Range(0, 1, whole=False),
    Key.COLD_COST: Range(0.0001, 1_000, whole=False),
    Key.DISCOUNT: Range(0, 1, whole=False),
    Key.PROMOTE_SHARE: Range(1, 100),
}
"""By parameter; the screens take the limits of their controls from here."""


def number(text: object, allowed: Range) -> float | None:
    """Return the number that a text says, None where it says none that is allowed."""
    said = str(text).strip()
    if len(said) > MAX_DIGITS:
        return None
    try:
        value = float(said)
    except ValueError:
        return None
    if not math.isfinite(value) or not allowed.least <= value <= allowed.most:
        return None
    return None if allowed.whole and not value.is_integer() else value


def whole(text: object, allowed: Range) -> int | None:
    """Return the whole number that a text says, None where it says none that is allowed."""
    value = number(text, allowed)
    return None if value is None else int(value)


def shown(text: str) -> str:
    """Return a value of the address as a sentence shows it."""
    printable = "".join(letter if letter.isprintable() else "?" for letter in text)
    return printable if len(printable) <= MAX_SHOWN else f"{printable[:MAX_SHOWN]}…"
