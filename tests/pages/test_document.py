"""What a browser gets before any script runs: our head in Streamlit's document, and compressed scripts."""

import asyncio
import gzip
import struct
from pathlib import Path

import pytest
from streamlit import file_util

from pages.components.frame.compression import Compression
from pages.components.frame.document import CARD, Document

INDEX = (Path(file_util.get_static_dir()) / "index.html").read_bytes()
PLAIN = b"export default 1;\n" * 500


def answer(layer, path: str, body: bytes, kind: str, status: int = 200, **headers: str):
    """Send a request through a layer over an app that answers like Streamlit; return (status, headers, body, asked)."""
    asked, sent = [], []

    async def app(scope, _, send) -> None:
        asked.append(dict(scope["headers"]))
        own = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode()), (b"etag", b'"1"')]
        await send({"type": "http.response.start", "status": status, "headers": own})
        await send({"type": "http.response.body", "body": body[:100], "more_body": True})
        await send({"type": "http.response.body", "body": body[100:], "more_body": False})

    async def send(message) -> None:
        sent.append(message)

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "scheme": "http", "path": path, "headers": given}
    asyncio.run(layer(app)(scope, None, send))
    got = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), got, asked


def test_streamlits_document_has_our_name_icon_card_and_script() -> None:
    _, headers, body, _ = answer(Document, "/data", INDEX, "text/html; charset=utf-8", host="films.example")
    document = body.decode()
    assert document.count("<title>") == 1
    assert "<title>Personalize Explorer</title>" in document
    assert 'rel="shortcut icon" href="data:image/svg+xml;base64,' in document
    assert 'property="og:image" content="http://films.example/social_card.png"' in document
    assert "history.pushState =" in document.partition("</head>")[0]
    assert int(headers[b"content-length"]) == len(body)


def test_the_card_is_asked_for_as_the_proxy_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamlit.get_option", lambda _: "/films/")
    _, _, body, _ = answer(Document, "/films/", INDEX, "text/html", host="a.example", x_forwarded_proto="https")
    assert 'content="https://a.example/films/social_card.png"' in body.decode()


def test_a_host_is_no_way_into_the_document() -> None:
    _, _, body, _ = answer(Document, "/", INDEX, "text/html", host='x"><script>alert(1)</script>')
    assert b"<script>alert" not in body


def test_a_document_is_asked_for_whole_and_as_it_is_now() -> None:
    _, headers, _, asked = answer(Document, "/", INDEX, "text/html", if_none_match='"1"', accept_encoding="gzip")
    assert asked == [{}]
    assert b"etag" not in headers


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [("/static/js/a.js", "text/javascript", 200), ("/", "text/html", 404), ("/media/a.html", "text/html", 200)],
)
def test_what_is_no_document_of_streamlit_passes(path: str, kind: str, status: int) -> None:
    got = answer(Document, path, INDEX, kind, status, if_none_match='"1"')
    assert (got[0], got[2]) == (status, INDEX)
    assert got[1][b"etag"] == b'"1"'


def test_the_card_is_a_picture_of_the_announced_size() -> None:
    status, headers, body, asked = answer(Document, "/social_card.png", b"", "text/html")
    assert (status, headers[b"content-type"], asked) == (200, b"image/png", [])
    assert struct.unpack(">II", body[16:24]) == (1200, 630)
    assert body == CARD.read_bytes()


def test_scripts_are_compressed_for_who_accepts_it() -> None:
    _, headers, body, _ = answer(Compression, "/static/js/a.js", PLAIN, "text/javascript", accept_encoding="gzip, br")
    assert gzip.decompress(body) == PLAIN
    assert headers[b"content-encoding"] == b"gzip"
    assert int(headers[b"content-length"]) == len(body)


@pytest.mark.parametrize(
    ("path", "accepted", "status"),
    [("/static/js/a.js", "br", 200), ("/static/media/a.woff2", "gzip", 200), ("/static/js/a.js", "gzip", 404)],
)
def test_other_answers_pass_as_they_are(path: str, accepted: str, status: int) -> None:
    _, headers, body, _ = answer(Compression, path, PLAIN, "text/javascript", status, accept_encoding=accepted)
    assert body == PLAIN
    assert b"content-encoding" not in headers
