"""Text in SVG: what XML can hold of it, escaped, in ASCII."""

import unicodedata
from functools import lru_cache

MAX_CHARACTERS = 400
"""More of a text than any cover can show."""
_JOINERS = "\u200c\u200d"
_SPECIAL = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&quot;"})


def printable(text: str) -> str:
    """Return text without control characters, halves of pairs and marks that turn the direction of others."""
    text = text[:MAX_CHARACTERS]
    if text.isascii() and text.isprintable():
        return text
    return "".join(letter if _drawn(letter) else " " if letter.isspace() else "" for letter in text)


@lru_cache(maxsize=4096)
def _drawn(letter: str) -> bool:
    return letter in _JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")


def escaped(text: str) -> str:
    """Return printable text as XML in ASCII: other scripts become references, so no encoding has to be named."""
    return text.translate(_SPECIAL).encode("ascii", "xmlcharrefreplace").decode("ascii")
