"""Foreign names, foreign origins and frames are refused; everything else passes with a content security policy."""

import asyncio
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from pages.components.frame import protection
from pages.components.frame.protection import ALLOWED_HOSTS, Message, Protection

SETTINGS = Path(__file__).parents[2] / "docs" / "settings.md"


async def _hello(_: object) -> PlainTextResponse:
    return PlainTextResponse("hello")


APP = Starlette(routes=[Route("/", _hello, methods=["GET", "PUT"])], middleware=[Middleware(Protection)])


def _answer(host: str, origin: str = "", method: str = "GET", kind: str = "http") -> Message:
    headers = [(b"host", host.encode()), *([(b"origin", origin.encode())] if origin else [])]
    scope: Message = {"type": kind, "method": method, "path": "/", "headers": headers, "query_string": b""}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(APP(scope, receive, send))
    return sent[0]


@pytest.mark.parametrize("host", ["localhost:8501", "LOCALHOST", "127.0.0.1:1", "[::1]:8501"])
def test_its_own_names_are_answered_and_never_in_a_frame(host: str) -> None:
    answer = _answer(host)
    headers = dict(answer["headers"])
    assert answer["status"] == 200
    assert headers[b"x-frame-options"] == b"DENY"
    policy = headers[b"content-security-policy"].decode()
    assert "frame-ancestors 'none'" in policy
    assert "img-src 'self' data: blob:;" in policy


@pytest.mark.parametrize("host", ["evil.example:8501", "", "localhost.evil.example", "[::1", "127.0.0.1.evil.example"])
def test_a_name_that_was_pointed_at_this_machine_is_refused(host: str) -> None:
    assert _answer(host)["status"] == 403
    assert _answer(host, f"http://{host}", kind="websocket") == {"type": "websocket.close", "code": 1008}


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:9999", "http://127.0.0.1:1", "null"])
def test_a_foreign_origin_can_neither_connect_nor_change_anything(origin: str) -> None:
    assert _answer("localhost:8501", origin, "PUT")["status"] == 403
    assert _answer("localhost:8501", origin, kind="websocket")["type"] == "websocket.close"
    assert _answer("localhost:8501", "http://localhost:8501", "PUT")["status"] == 200


def test_more_names_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOWED_HOSTS, "demo.example.org, Other.example.org")
    assert _answer("demo.example.org")["status"] == 200
    assert _answer("other.example.org:80")["status"] == 200
    assert _answer("evil.example")["status"] == 403


def test_a_server_for_all_addresses_answers_to_digits_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protection.st, "get_option", lambda _: "0.0.0.0")
    assert protection.allowed("192.168.1.5")
    assert not protection.allowed("evil.example")


def test_the_setting_is_documented() -> None:
    assert f"`{ALLOWED_HOSTS}`" in SETTINGS.read_text(encoding="utf-8")
