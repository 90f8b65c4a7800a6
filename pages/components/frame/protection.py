"""Refuses requests that a foreign web page makes this browser send, and frames; sets a content security policy.

In read-only mode it refuses uploads too.

A page of another site can point its own name at 127.0.0.1 (DNS rebinding) and would then share its origin with the
app; so the name in Host must be one of this server's.
"""

import ipaddress
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from services.changes import REFUSAL, may_change

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Message, Receive, Send], Awaitable[None]]

ALLOWED_HOSTS = "PERSONALIZE_ALLOWED_HOSTS"
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
ANY_ADDRESS = frozenset({"0.0.0.0", "::"})
READS = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:; "
    "worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data: blob:{more}; media-src 'self' data: blob:; connect-src 'self' ws: wss: data: blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""Streamlit has inline scripts and styles, and Vega compiles expressions. Only pictures may come from other hosts,
where that is allowed (pages/components/tiles.py)."""


class Protection:
    """An ASGI layer around everything that the server answers."""

    def __init__(self, app: AsgiApp) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        reason = refusal(scope)
        if reason and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif reason:
            await _refuse(send, reason)
        else:
            await self.app(scope, receive, _with_headers(send) if scope["type"] == "http" else send)


def refusal(scope: Message) -> str:
    """Return why a request is refused, "" for none."""
    host, origin = _header(scope, b"host"), _header(scope, b"origin")
    name = _name(host)
    if not allowed(name):
        return f"This server does not answer under this name. Open it as localhost, or add the name to {ALLOWED_HOSTS}."
    if origin and (scope["type"] == "websocket" or scope["method"] not in READS) and not _same(origin, host):
        return "This request comes from another site."
    if scope["type"] == "http" and scope["method"] not in READS and not may_change():
        return REFUSAL  # Streamlit's screens change something by requests of their own only to upload a file
    return ""


def allowed(name: str) -> bool:
    """Return whether this is a name of the server: local, its configured address, or one from the environment."""
    more = {part.strip().lower() for part in os.environ.get(ALLOWED_HOSTS, "").split(",") if part.strip()}
    address = str(st.get_option("server.address") or "").lower()
    if address in ANY_ADDRESS and _is_ip(name):
        return True  # a browser cannot be made to look up an address that is written in digits
    return name in LOCAL | more | {address}


def _name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _same(origin: str, host: str) -> bool:
    return origin.partition("://")[2].lower() == host.lower()


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _header(scope: Message, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")


def _headers() -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers of every answer; those of Streamlit with the same names are replaced."""
    from pages.components.tiles import allowed_sources  # a cache that is declared before Streamlit runs warns

    policy = POLICY.format(more=allowed_sources())
    return (
        (b"content-security-policy", policy.encode()),
        (b"x-frame-options", b"DENY"),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
    )


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = _headers()
            names = {name for name, _ in own}
            kept = [header for header in message.get("headers", []) if header[0].lower() not in names]
            message = {**message, "headers": [*kept, *own]}
        await send(message)

    return sending


async def _refuse(send: Send, reason: str) -> None:
    body = reason.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        *_headers(),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
