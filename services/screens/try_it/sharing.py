"""Addresses to share, and their QR codes (segno): dark on a white card, which cameras read in both themes."""

from collections.abc import Sequence
from io import BytesIO
from urllib.parse import urlencode, urlsplit

import segno

LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
QUIET_ZONE = 4
"""Modules of white around the code, as ISO/IEC 18004 asks for."""


def address(page_url: str, parameter: str, picks: Sequence[str], more: Sequence[tuple[str, str]] = ()) -> str:
    """Return the address of this page with these picks; page_url is the one that the browser shows."""
    base = page_url.split("?")[0].split("#")[0]
    query = urlencode([*((name, value) for name, value in more if value), *((parameter, pick) for pick in picks)])
    return f"{base}?{query}" if query else base


def only_here(page_url: str) -> bool:
    """Return whether an address works on the machine alone that it was opened on."""
    return (urlsplit(page_url).hostname or "") in LOCAL


def qr_svg(text: str) -> str:
    """Return the QR code of a text as an SVG that scales to its container."""
    drawing = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(drawing, kind="svg", border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True, xmldecl=False)
    return drawing.getvalue().decode()
