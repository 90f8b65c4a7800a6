"""The document that a browser gets first: Streamlit's, with our name, icon, card and history.js in its head.

Streamlit 1.67 has no setting for it. Its installed file stays as it is: this ASGI layer changes the answer. A program
that draws a preview of a shared address runs no script, so it reads name and card here.
"""

import base64
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from pages.components.frame import brand
from pages.components.frame.redirects import STREAMLIT
from pages.components.frame.rewriting import AsgiApp, Headers, Message, Receive, Send, rewriting

CARD = Path(__file__).parents[3] / "docs" / "images" / "social_card.png"
CARD_PATH = "/social_card.png"
TITLE = "<title>Streamlit</title>"
ICON = 'href="./favicon.png"'
END_OF_HEAD = "</head>"
LEFT_OUT = {b"if-none-match", b"if-modified-since", b"accept-encoding"}
"""Headers with which a browser would keep a document that an earlier version has sent, or get it compressed."""
REPLACED = {b"content-length", b"etag", b"last-modified"}


class Document:
    """An ASGI layer that changes documents and serves the card; everything else passes."""

    def __init__(self, app: AsgiApp) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or STREAMLIT & set(scope["path"].split("/")):
            await self.app(scope, receive, send)
        elif scope["path"] == _base() + CARD_PATH and CARD.exists():
            await _send_card(send)
        else:
            asked = {**scope, "headers": [header for header in scope["headers"] if header[0] not in LEFT_OUT]}
            await self.app(asked, receive, rewriting(send, _is_document, lambda *answer: _changed(scope, *answer)))


def with_head(document: str, card: str) -> str:
    """Return a document with our head; as it is where it has none."""
    document = document.replace(TITLE, f"<title>{brand.NAME}</title>", 1)
    document = document.replace(ICON, f'href="{_icon()}"', 1)
    return document.replace(END_OF_HEAD, f"{_head(card)}{END_OF_HEAD}", 1)


async def _send_card(send: Send) -> None:
    body = CARD.read_bytes()
    headers = [(b"content-type", b"image/png"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _changed(scope: Message, headers: Headers, body: bytes) -> tuple[Headers, bytes]:
    changed = with_head(body.decode(), _origin(scope) + _base() + CARD_PATH).encode()
    kept = [header for header in headers if header[0].lower() not in REPLACED]
    return [*kept, (b"content-length", str(len(changed)).encode())], changed


def _is_document(start: Message) -> bool:
    kind: bytes = dict(start["headers"]).get(b"content-type", b"")
    return bool(start["status"] == 200) and kind.startswith(b"text/html")


def _base() -> str:
    root = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{root}" if root else ""


def _origin(scope: Message) -> str:
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    scheme = headers.get(b"x-forwarded-proto", scope.get("scheme", "http"))
    return f"{scheme}://{headers.get(b'host', '')}"


def _head(card: str) -> str:
    properties = {
        "og:type": "website",
        "og:title": brand.NAME,
        "og:description": brand.DESCRIPTION,
        "og:image": card,
        "og:image:width": "1200",
        "og:image:height": "630",
    }
    named = {"description": brand.DESCRIPTION, "twitter:card": "summary_large_image"}
    lines = [f'<meta name="{name}" content="{escape(value)}" />' for name, value in named.items()]
    lines += [f'<meta property="{name}" content="{escape(value)}" />' for name, value in properties.items()]
    return "\n".join([*lines, f"<script>{brand.text('history.js')}</script>", ""])


@cache
def _icon() -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(brand.text("mark.svg").encode()).decode()
