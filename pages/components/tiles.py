"""Pictures of items and users: the data's own where they may be shown, else covers and avatars that are drawn here."""

import os
from collections.abc import Sequence

import pandas as pd

from pages.components import address, process
from services import pictures as permissions
from services.covers.avatar import avatar as draw_avatar
from services.covers.cover import Facts, cover, data_address, thumbnail
from services.errors import PlainError

OWN = ("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/webp;base64,", "data:image/gif;base64,")
REMOTE_PICTURES = "PERSONALIZE_REMOTE_PICTURES"
"""Set to 1, it lets browsers load pictures from every address that the data names, without asking."""


def pictures(frame: pd.DataFrame, *, large: bool = False) -> list[str]:
    """Return a picture for each row of a frame with the columns title, year, categories, maker and image.

    The catalogue's own counts where the picture is in the data itself, and at a host that was agreed to for this data
    set group (services/pictures.py). Never a path, which Streamlit would open on the server. The others are drawn:
    large ones as covers with their title, those of a table's cells without letters, which nobody could read.
    """
    every = every_host_allowed()
    hosts = frozenset[str]() if every else permissions.allowed(process.backend().home, address.dataset_group() or "")

    def shown(image: object) -> bool:
        if not isinstance(image, str):
            return False
        host = permissions.host_of(image)
        return image.startswith(OWN) or (bool(host) and (every or host in hosts))

    columns = (frame[name] for name in ("image", "title", "year", "categories", "maker"))
    draw = cover if large else thumbnail
    return [
        str(image) if shown(image) else data_address(draw(_facts(title, year, categories, maker)))
        for image, title, year, categories, maker in zip(*columns, strict=True)
    ]


def avatar(user_id: str, tastes: Sequence[str] = ()) -> str:
    """Return the drawn picture of a user."""
    return data_address(draw_avatar(user_id, tuple(tastes)))


def _facts(title: object, year: object, categories: Sequence[str], maker: object) -> Facts:
    known = None if pd.isna(year) else int(str(year))  # type: ignore[call-overload]
    return Facts(str(title), known, tuple(categories), str(maker or ""))


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
