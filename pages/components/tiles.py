"""Pictures of items: the catalogue's own, else a drawn grey tile with the title's first letters and the decade."""

import base64
import os
from functools import lru_cache

import pandas as pd

from pages.components import address, process
from services import pictures as permissions
from services.errors import PlainError

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
"""Set to 1, it lets browsers load pictures from every address that the data names, without asking."""


@lru_cache(maxsize=4096)
def tile(words: str) -> str:
    """Return a drawn tile as a data address; words as Catalog.tile(), "Ve 50s"."""
    letters, _, decade = words.partition(" ")
    drawn = TILE.format(letters=_escaped(letters), decade=_escaped(decade))
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()


def pictures(frame: pd.DataFrame) -> list[str]:
    """Return a picture for each row of a frame with the columns image and tile.

    The catalogue's own counts where the picture is in the data itself, and at a host that was agreed to for this data
    set group (services/pictures.py). Never a path, which Streamlit would open on the server.
    """
    every = every_host_allowed()
    hosts = frozenset[str]() if every else permissions.allowed(process.backend().home, address.dataset_group() or "")

    def shown(image: object) -> bool:
        if not isinstance(image, str):
            return False
        host = permissions.host_of(image)
        return image.startswith(OWN) or (bool(host) and (every or host in hosts))

    return [
        str(image) if shown(image) else tile(words) for image, words in zip(frame["image"], frame["tile"], strict=True)
    ]


def every_host_allowed() -> bool:
    """Return whether who runs the explorer lets browsers load pictures from every host."""
    return os.environ.get(REMOTE_PICTURES) == "1"


def allowed_sources() -> str:
    """Return what the content security policy allows pictures from besides the data: hosts, schemes, or nothing."""
    if every_host_allowed():
        return " https: http:"
    try:
        hosts = permissions.allowed_anywhere(process.backend().home)
    except PlainError:  # a home that cannot be opened has a sentence on every screen
        return ""
    return "".join(f" https://{host} http://{host}" for host in sorted(hosts))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
