"""Addresses that no page has: where they lead, what passes, and what Home says of an unknown one."""

import asyncio

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.frame import redirects
from pages.components.keys import Key
from pages.components.navigation import SCREENS

SENTENCE = "is no page"


def location(path: str, query: str = "", accept: str = "text/html,*/*", method: str = "GET") -> str | None:
    """Return where a request is sent, None where it reaches the app."""
    sent, passed = [], []

    async def app(*_) -> None:
        passed.append(True)

    async def send(message) -> None:
        sent.append(message)

    headers = [(b"accept", accept.encode())]
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": headers}
    asyncio.run(redirects.Redirects(app)(scope, None, send))
    assert bool(passed) != bool(sent)
    if passed:
        return None
    assert sent[0]["status"] == 307
    return dict(sent[0]["headers"])[b"location"].decode()


@pytest.mark.parametrize("path", ["/", *(f"/{screen.url}" for screen in SCREENS[1:])])
def test_a_page_is_served_at_its_own_address(path: str) -> None:
    assert location(path, "data=films") is None


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/home", "./"),
        ("/Home/", "../"),
        ("/index.html", "./"),
        ("/Recommendations", "./recommendations"),
        ("/live_events", "./live-events"),
        ("/Live events", "./live-events"),
        ("/cold-start/", "../cold-start"),
        ("//COLD_START", "../cold-start"),
    ],
)
def test_other_spellings_lead_to_their_page(path: str, to: str) -> None:
    assert location(path) == to
    assert location(path, method="HEAD") == to


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/nothing", "./?missing=/nothing"),
        ("/nothing/", "../?missing=/nothing/"),
        ("/a/recommendations", "../?missing=/a/recommendations"),
        ('/ü "&x=1\n', "./?missing=/%C3%BC%20%22%26x%3D1%0A"),
        ("//example.com", "../?missing=//example.com"),
        ("/https://example.com", "../../?missing=/https%3A//example.com"),
    ],
)
def test_unknown_addresses_lead_home_and_never_away(path: str, to: str) -> None:
    assert location(path) == to


def test_parameters_survive() -> None:
    assert location("/Ranking", "data=films&ids=1%2C2&n=5") == "./ranking?data=films&ids=1%2C2&n=5"
    assert location("/home", "present=1") == "./?present=1"
    assert location("/nothing", "data=films") == "./?data=films&missing=/nothing"


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/live-events/_stcore/health", "text/html"),
        ("/media/list.csv", "text/html"),
        ("/static/js/index.js", "*/*"),
        ("/favicon.png", "image/avif,*/*"),
    ],
)
def test_what_is_no_page_passes(path: str, accept: str) -> None:
    assert location(path, accept=accept) is None


def test_uploads_and_sockets_pass() -> None:
    assert location("/nothing", method="POST") is None
    passed = []

    async def app(*_) -> None:
        passed.append(True)

    asyncio.run(redirects.Redirects(app)({"type": "websocket", "path": "/nothing"}, None, None))
    assert passed


def test_below_a_base_path_addresses_stay_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redirects.st, "get_option", {"server.baseUrlPath": "films"}.get)
    assert location("/films") is None
    assert location("/films/ranking") is None
    assert location("/films/Ranking/") == "../ranking"
    assert location("/films/nothing") == "./?missing=/nothing"
    assert location("/elsewhere") is None


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


def test_home_says_which_address_is_no_page(empty_app: AppTest) -> None:
    empty_app.query_params[Key.MISSING] = "/no_*thing*"
    empty_app.run()
    assert not empty_app.exception
    assert r'There is no page "/no\_\*thing\*" here; this is Home.' in captions(empty_app)
    empty_app.switch_page("pages/data_page.py").run()
    assert SENTENCE not in captions(empty_app)


def test_home_cuts_a_long_address_and_is_silent_without_one(empty_app: AppTest) -> None:
    assert SENTENCE not in captions(empty_app.run())
    empty_app.query_params[Key.MISSING] = "x" * 500
    assert f"{'x' * 80}…" in captions(empty_app.run())
