"""Addresses without a page: other spellings lead to their page, unknown ones to Home with a caption.

Streamlit would cover Home with "Page not found" for all of them, even for the default page's own address.
"""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

import streamlit as st

from pages.components.keys import Key
from pages.components.markdown import escaped
from pages.components.navigation import SCREENS

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_SHOWN = 80
STREAMLIT = {"_stcore", "auth", "component", "media", "oauth2callback", "static"}
"""Addresses that Streamlit serves besides pages."""
ADDRESSES = {screen.url: screen.url for screen in SCREENS} | {SCREENS[0].url: "", "index.html": ""}
"""What follows the root in a page's address; the default page is at the root."""


class Redirects:
    """An ASGI layer that redirects a browser which opens such an address; everything else passes."""

    def __init__(self, app: AsgiApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        location = _location(scope) if scope["type"] == "http" and _opens_a_page(scope) else None
        if location is None:
            await self.app(scope, receive, send)
            return
        headers = [
            (b"location", location.encode("latin-1")),
            (b"cache-control", b"no-cache"),
            (b"content-length", b"0"),
        ]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def destination(path: str) -> str | None:
    """Return where a path below the root leads, relative to itself; None for the root and for a page's own address."""
    asked = path.strip("/")
    if not asked or ADDRESSES.get(path.removeprefix("/")):
        return None
    up = "../" * (path.count("/") - 1) or "./"
    address = ADDRESSES.get(re.sub(r"[\s_-]+", "-", asked.lower()))
    return f"{up}?{Key.MISSING}={quote(path, safe='/')}" if address is None else up + address


def explain() -> None:
    """Draw a caption on Home when the opened address has no page."""
    missing = st.query_params.get(Key.MISSING)
    if missing:
        shown = missing if len(missing) <= MAX_SHOWN else f"{missing[:MAX_SHOWN]}…"
        st.caption(f'There is no page "{escaped(shown)}" here; this is {SCREENS[0].title}.')


def _opens_a_page(scope: Scope) -> bool:
    """Return whether this is a browser's visit; scripts, pictures and probes do not ask for HTML."""
    accepted = b",".join(value for name, value in scope["headers"] if name == b"accept")
    return scope["method"] in ("GET", "HEAD") and b"text/html" in accepted


def _location(scope: Scope) -> str | None:
    root = str(st.get_option("server.baseUrlPath") or "").strip("/")
    base, path = f"/{root}" if root else "", str(scope["path"])
    if not path.startswith(base) or STREAMLIT & set(path.split("/")):
        return None
    to, query = destination(path.removeprefix(base)), scope["query_string"].decode("latin-1")
    if to is None or not query:
        return to
    to, _, missing = to.partition("?")
    return f"{to}?{query}&{missing}" if missing else f"{to}?{query}"
