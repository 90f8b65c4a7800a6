"""Pictures of items: the catalogue's own, else a drawn grey tile with the title's first letters and the decade."""

import base64
import os
from functools import lru_cache

import pandas as pd

TILE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="56" viewBox="0 0 40 56">'
    '<rect width="40" height="56" rx="4" fill="#5F6B7A"/>'
    '<text x="20" y="27" font-family="sans-serif" font-size="17" font-weight="600" fill="#FFFFFF" '
    'text-anchor="middle">{letters}</text>'
    '<text x="20" y="46" font-family="sans-serif" font-size="12" fill="#FFFFFF" text-anchor="middle">{decade}</text>'
    "</svg>"
)
"""One grey for all: white on it has 5.4:1, and it stands out from both backgrounds."""

OWN = ("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/webp;base64,", "data:image/gif;base64,")
REMOTE_PICTURES = "PERSONALIZE_REMOTE_PICTURES"
"""Set to 1, it lets browsers load pictures from the addresses that the data names."""


@lru_cache(maxsize=4096)
def tile(words: str) -> str:
    """Return a drawn tile as a data address; words as Catalog.tile(), "Ve 50s"."""
    letters, _, decade = words.partition(" ")
    drawn = TILE.format(letters=_escaped(letters), decade=_escaped(decade))
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()


def pictures(frame: pd.DataFrame) -> list[str]:
    """Return a picture for each row of a frame with the columns image and tile.

    The catalogue's own counts where the picture is in the data itself, and web addresses where the person who runs the
    explorer allows them: a browser that loads one tells that host what is looked at. Never a path, which Streamlit
    would open on the server.
    """
    shown = (*OWN, "https://", "http://") if remote_allowed() else OWN
    return [
        image if isinstance(image, str) and image.startswith(shown) else tile(words)
        for image, words in zip(frame["image"], frame["tile"], strict=True)
    ]


def remote_allowed() -> bool:
    """Return whether browsers may load pictures from other hosts."""
    return os.environ.get(REMOTE_PICTURES) == "1"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
