"""Who may come in over HTTP: the server's own names, and web pages of origins that were allowed.

A browser sends Origin with every request that could change something. The server refuses requests with an Origin that
was not allowed, bodies of a type that forms can send, and requests to a host by another name than its own, which a web
page could have pointed at this machine (DNS rebinding). Source: the Fetch standard, "CORS protocol".
"""

import ipaddress
from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import Response

from services.engine.wire.dispatch import failure


def refusal(request: Request, hosts: Collection[str], origins: Collection[str]) -> Response | None:
    """Return the answer to a request that must not be served; None for one that may."""
    if "origin" in request.headers and request.headers["origin"] not in origins:
        message = (
            "Requests from web pages are refused. Use an AWS SDK or the aws command line, or start the server with "
            "--allow-origin and the page's origin."
        )
        return _denied(message)
    host = request.headers.get("host", "")
    if not _is_allowed(host, hosts):
        message = f"This server is not {host[:100]}. Use localhost, or add the name to PERSONALIZE_ALLOWED_HOSTS."
        return _denied(message)
    return None


def has_content_type(request: Request, content_type: str) -> bool:
    """Return whether a request has the protocol's content type.

    botocore before 1.19 sends none with REST-JSON. That is taken from signed requests, because a web page cannot send
    Authorization without asking first (CORS preflight).
    """
    given = request.headers.get("content-type", "").split(";")[0].strip()
    return given == content_type or (not given and request.headers.get("authorization", "").startswith("AWS4-"))


def cors_headers(request: Request) -> dict[str, str]:
    """Return the headers that let the page of an allowed origin read the answer; none for other programs."""
    if "origin" not in request.headers:
        return {}
    return {
        "Access-Control-Allow-Origin": request.headers["origin"],
        "Access-Control-Expose-Headers": "x-amzn-RequestId, x-amzn-ErrorType",
        "Vary": "Origin",
    }


def preflight_headers(request: Request) -> dict[str, str]:
    """Return the answer to a browser that asks whether the page may send a request with these headers."""
    return cors_headers(request) | {
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": request.headers.get("access-control-request-headers", ""),
        "Access-Control-Max-Age": "3600",
    }


def _denied(message: str) -> Response:
    answer = failure("personalize", "AccessDeniedException", message, 403)
    return Response(answer.body, answer.status, answer.headers)


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
