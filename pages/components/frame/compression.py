"""Compresses Streamlit's scripts and styles, so that a first visit takes a third of the bytes.

Streamlit 1.67 serves them as they are, because it would compress them anew for every visitor. Their names change with
their content: each is compressed once here and stays in memory.
"""

import asyncio
import gzip

from pages.components.frame.rewriting import AsgiApp, Headers, Message, Receive, Send, rewriting

FOLDER = "/static/"
COMPRESSED = (".js", ".css")
LEVEL = 6
REPLACED = {b"content-length", b"etag"}


class Compression:
    """An ASGI layer that compresses these files for browsers that accept it; everything else passes."""

    def __init__(self, app: AsgiApp) -> None:
        self.app = app
        self._packed: dict[str, bytes] = {}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _asks_for_one(scope):
            path = str(scope["path"])
            send = rewriting(send, _is_plain, lambda headers, body: self._changed(path, headers, body))
        await self.app(scope, receive, send)

    async def _changed(self, path: str, headers: Headers, body: bytes) -> tuple[Headers, bytes]:
        packed = self._packed.get(path)
        if packed is None:
            packed = self._packed[path] = await asyncio.to_thread(gzip.compress, body, LEVEL)
        kept = [header for header in headers if header[0].lower() not in REPLACED]
        more = [(b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")]
        return [*kept, *more, (b"content-length", str(len(packed)).encode())], packed


def _asks_for_one(scope: Message) -> bool:
    path, headers = str(scope["path"]), dict(scope["headers"])
    accepted = b"gzip" in headers.get(b"accept-encoding", b"")
    return scope["method"] == "GET" and accepted and FOLDER in path and path.endswith(COMPRESSED)


def _is_plain(start: Message) -> bool:
    return bool(start["status"] == 200) and b"content-encoding" not in dict(start["headers"])
