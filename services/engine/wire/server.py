"""The HTTP server: any client of Amazon Personalize can use it as an endpoint.

Control plane, runtime and events share the port and are distinguished as in AWS's wire format. There is no
authentication, so by default the server listens on the local machine only, and wire/doorway.py refuses what a web page
could send. Signatures are not checked; an ARN carries the region of its request's signature.
"""

import ipaddress
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.engine.wire.dispatch import Answer, Dispatcher, failure
from services.engine.wire.doorway import cors_headers, has_content_type, preflight_headers, refusal

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


def application(dispatcher: Dispatcher, hosts: Collection[str] = ("*",), origins: Collection[str] = ()) -> Starlette:
    """Return the ASGI application of a dispatcher.

    hosts are the names by which it may be reached, origins those of the web pages that may call it.
    """

    async def health(request: Request) -> Response:
        return refusal(request, hosts, origins) or JSONResponse({"status": "ok"})

    async def answer(request: Request) -> Response:
        refused = refusal(request, hosts, origins)
        if refused is not None:
            return refused
        if request.method == "OPTIONS" and "origin" in request.headers:
            return Response(status_code=204, headers=preflight_headers(request))
        response = await answered(request)
        response.headers.update(cors_headers(request))
        return response

    async def answered(request: Request) -> Response:
        target = request.headers.get("x-amz-target")
        content_type = JSON if target is None else JSON_1_1
        if request.method == "POST" and not has_content_type(request, content_type):
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
        authorization = request.headers.get("authorization")
        return _response(await run_in_threadpool(dispatcher.answer, request.method, path, target, body, authorization))

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return Starlette(routes=[Route("/health", health), Route("/{path:path}", answer, methods=methods)])


def serve(
    dispatcher: Dispatcher,
    host: str,
    port: int,
    announce: Callable[[str], None],
    allowed_hosts: Collection[str] = (),
    allowed_origins: Collection[str] = (),
) -> None:
    """Listen until the process is terminated; call announce with the URL when connections are accepted.

    Port 0 selects a free port. allowed_hosts are names of this server besides localhost, host and IP addresses.
    allowed_origins are those of web pages that may call it. Raises AddressInUse.
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
    if allowed_origins:
        logger.warning(
            "Pages of %s may call this server from any browser that reaches it, without authentication: they can read "
            "and delete everything in this home.",
            ", ".join(allowed_origins),
        )
    config = uvicorn.Config(
        application(dispatcher, {"localhost", host.lower(), *allowed_hosts}, allowed_origins),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=DRAIN_S,
        lifespan="off",
    )
    _Server(config, lambda: announce(url)).run(sockets=[listener])


@contextmanager
def serving_in_thread(dispatcher: Dispatcher) -> Iterator[str]:
    """Listen on a free port of this machine from a thread; give the URL. For tests."""
    listener = _listen("127.0.0.1", 0)
    config = uvicorn.Config(application(dispatcher), log_level="warning", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), name="serving", daemon=True)
    thread.start()  # the socket takes connections already
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


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
