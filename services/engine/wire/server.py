"""The HTTP server: any client of Amazon Personalize can use it as an endpoint.

Control plane, runtime and events share the port and are distinguished as in AWS's wire format. There is no
authentication, so by default the server listens on the local machine only. Web pages cannot use it: a browser sends
Origin with every request that could change something, and the server refuses requests with Origin, bodies of a type
that forms can send, and requests to a host by another name than its own, which a web page could have pointed at this
machine (DNS rebinding). Signatures are not checked.
"""

import ipaddress
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Collection
from types import FrameType

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.engine.wire.dispatch import Answer, Dispatcher, failure

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 1_000_000
"""Far above everything that AWS accepts: schemas have at most 20,000 characters, events 10 KB."""
KEEP_ALIVE_S = 120
"""Longer than clients keep idle connections, so that they rarely use a closed one."""
DRAIN_S = 2
"""Seconds for open requests after SIGTERM."""
END_S = 4.0
"""Seconds after SIGTERM in which the process ends, whatever its threads wait for."""
JSON_1_1 = "application/x-amz-json-1.1"
JSON = "application/json"


class AddressInUse(Exception):
    """The server cannot listen on the address; the text says why."""


def application(dispatcher: Dispatcher, hosts: Collection[str] = ("*",)) -> Starlette:
    """Return the ASGI application of a dispatcher; hosts are the names by which it may be reached."""

    async def health(request: Request) -> Response:
        return _refusal(request, hosts) or JSONResponse({"status": "ok"})

    async def answer(request: Request) -> Response:
        refusal = _refusal(request, hosts)
        if refusal is not None:
            return refusal
        target = request.headers.get("x-amz-target")
        content_type = JSON if target is None else JSON_1_1
        if request.method == "POST" and request.headers.get("content-type", "").split(";")[0].strip() != content_type:
            return _response(
                failure("personalize", "SerializationException", f"The content type must be {content_type}.", 415)
            )
        try:
            body = await _body(request)
        except ClientDisconnect:
            logger.info("client left during its request path=%s", request.url.path)
            return Response(status_code=400)  # nobody receives it
        if body is None:
            message = f"The request body is larger than {MAX_BODY_BYTES:,} bytes."
            return _response(failure("personalize", "RequestEntityTooLargeException", message, 413))
        path = request.url.path
        return _response(await run_in_threadpool(dispatcher.answer, request.method, path, target, body))

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return Starlette(routes=[Route("/health", health), Route("/{path:path}", answer, methods=methods)])


def serve(
    dispatcher: Dispatcher,
    host: str,
    port: int,
    announce: Callable[[str], None],
    allowed_hosts: Collection[str] = (),
) -> None:
    """Listen until the process is terminated; call announce with the URL when connections are accepted.

    Port 0 selects a free port. allowed_hosts are names of this server besides localhost, host and IP addresses.
    Raises AddressInUse.
    """
    listener = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{listener.getsockname()[1]}"
    if not _is_loopback(host):
        logger.warning(
            "host=%s can be reached by other machines without authentication: they can read and delete "
            "everything in this home. Use --host 127.0.0.1 unless this network is yours.",
            host,
        )
    config = uvicorn.Config(
        application(dispatcher, {"localhost", host.lower(), *allowed_hosts}),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=DRAIN_S,
        lifespan="off",
    )
    _Server(config, lambda: announce(url)).run(sockets=[listener])


class _Server(uvicorn.Server):
    """A uvicorn server that calls a function when it listens."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening
        self._ending = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        threading.Thread(target=self._end_in_time, name="end-in-time", daemon=True).start()
        await super().startup(sockets)
        self._listening()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End in time, although a client sends nothing more or a thread waits for the database."""
        super().handle_exit(sig, frame)
        self._ending.set()

    def _end_in_time(self) -> None:
        self._ending.wait()
        time.sleep(END_S)
        os._exit(0)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio disables Nagle's algorithm only for sockets with an explicit protocol; with it an answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise AddressInUse(f"Cannot listen on {host} port {port}: {error}. Choose another --port or --host.") from error
    return listener


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refusal(request: Request, hosts: Collection[str]) -> Response | None:
    if "origin" in request.headers:
        message = "Requests from web pages are refused. Use an AWS SDK or the aws command line."
        return _response(failure("personalize", "AccessDeniedException", message, 403))
    host = request.headers.get("host", "")
    if not _is_allowed(host, hosts):
        message = f"This server is not {host[:100]}. Use localhost, or add the name to PERSONALIZE_ALLOWED_HOSTS."
        return _response(failure("personalize", "AccessDeniedException", message, 403))
    return None


def _is_allowed(host: str, hosts: Collection[str]) -> bool:
    """Return whether a Host header names this server; an IP address always does, since no web page can point it here.

    Programs without a Host header (HTTP/1.0) are no browsers.
    """
    if not host or "*" in hosts:
        return True
    name = host.rpartition(":")[0] if host[-1] != "]" and ":" in host else host
    name = name.strip("[]").lower().rstrip(".")
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name in hosts
    return True


async def _body(request: Request) -> bytes | None:
    """Return the request's body; None when it is too large."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > MAX_BODY_BYTES:
        return None
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers)
