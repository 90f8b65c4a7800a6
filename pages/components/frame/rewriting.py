"""Changes whole answers of an ASGI app on their way to the browser."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Message, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Change = Callable[[Headers, bytes], Awaitable[tuple[Headers, bytes]]]


def rewriting(send: Send, wanted: Callable[[Message], bool], change: Change) -> Send:
    """Return a function to send with: answers whose start is wanted are sent as `change` returns them.

    The others pass part by part, as they come.
    """
    start: Message | None = None
    parts: list[bytes] = []

    async def sending(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start" and wanted(message):
            start = message
        elif start is None or message["type"] != "http.response.body":
            await send(message)
        else:
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                headers, body = await change(list(start["headers"]), b"".join(parts))
                await send({**start, "headers": headers})
                await send({"type": "http.response.body", "body": body})

    return sending
