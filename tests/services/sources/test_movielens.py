"""MovieLens in its three layouts, and its download over a local HTTP server: resumed, checked, cancelled."""

import hashlib
import io
import os
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from services.errors import SampleError
from services.sources import movielens
from services.sources.downloads import DownloadProgress
from services.sources.movielens_layouts import split_title

SMALL = {
    "ml-latest-small/ratings.csv": "userId,movieId,rating,timestamp\n2,20,3.5,978300761\n1,10,4.0,978300760\n",
    "ml-latest-small/movies.csv": (
        'movieId,title,genres\n10,"Matrix, The (1999)",Action|Sci-Fi\n20,Odd,(no genres listed)\n'
    ),
}


def archive(files: dict[str, str], padding: int = 0) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
        for name, text in files.items():
            target.writestr(name, text.encode("latin-1"))
        target.writestr("ml/README.txt", "x" * padding)
    return buffer.getvalue()


class Server:
    """Serves one archive; can break connections off and can publish a checksum."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.break_after: int | None = None
        self.md5: str | None = None
        self.requests: list[str | None] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, *args: object) -> None:
                return None

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        if handler.path.endswith(".md5"):
            body = (self.md5 or "").encode()
            handler.send_response(200 if self.md5 else 404)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
            return
        wanted = handler.headers.get("Range")
        self.requests.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        body = self.content[start:]
        handler.send_response(206 if wanted else 200)
        handler.send_header("Content-Length", str(len(body)))
        handler.send_header("ETag", '"v1"')
        handler.end_headers()
        if self.break_after is not None:
            body, self.break_after = body[: self.break_after], None
            handler.close_connection = True
        handler.wfile.write(body)


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(archive(SMALL, padding=900_000))
    thread = threading.Thread(target=running.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.http.shutdown()
    running.http.server_close()
    thread.join()


def test_a_download_is_reported_checked_and_kept(server: Server, tmp_path: Path) -> None:
    server.md5 = f"MD5 (ml-latest-small.zip) = {hashlib.md5(server.content).hexdigest()}"
    told: list[DownloadProgress] = []
    path = movielens.download("latest-small", tmp_path, told.append, server.url)
    assert path.read_bytes() == server.content
    assert told[-1].fraction == 1.0
    assert told[-1].note == "checking"
    movielens.download("latest-small", tmp_path, None, server.url)
    assert server.requests == [None]
    assert [file.name for file in tmp_path.iterdir()] == ["ml-latest-small.zip"]


def test_a_broken_connection_is_resumed_where_it_ended(server: Server, tmp_path: Path) -> None:
    server.break_after = 400_000
    path = movielens.download("latest-small", tmp_path, None, server.url)
    assert path.read_bytes() == server.content
    assert server.requests[0] is None
    assert server.requests[1] is not None
    assert server.requests[1].startswith("bytes=")


def test_a_cancelled_download_goes_on_later(server: Server, tmp_path: Path) -> None:
    class Cancelled(Exception):
        pass

    def cancel(progress: DownloadProgress) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        movielens.download("latest-small", tmp_path, cancel, server.url)
    kept = (tmp_path / "ml-latest-small.zip.part").stat().st_size
    assert 0 < kept < len(server.content)
    movielens.download("latest-small", tmp_path, None, server.url)
    assert server.requests[-1] == f"bytes={kept}-"


@pytest.mark.parametrize("note", ["", "{", "[1]", "\x00"])
def test_a_broken_note_of_a_part_does_not_stop_the_download(note: str, server: Server, tmp_path: Path) -> None:
    (tmp_path / "ml-latest-small.zip.part").write_bytes(server.content[:1000])
    (tmp_path / "ml-latest-small.zip.part.json").write_text(note)
    path = movielens.download("latest-small", tmp_path, None, server.url)
    assert path.read_bytes() == server.content
    assert [file.name for file in tmp_path.iterdir()] == ["ml-latest-small.zip"]


def test_a_wrong_checksum_is_refused_and_nothing_is_left(server: Server, tmp_path: Path) -> None:
    server.md5 = "0" * 32
    with pytest.raises(SampleError, match="MD5"):
        movielens.download("latest-small", tmp_path, None, server.url)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_zip_is_refused(server: Server, tmp_path: Path) -> None:
    server.content = b"<html>sorry</html>"
    with pytest.raises(SampleError, match="not a zip file"):
        movielens.download("latest-small", tmp_path, None, server.url)
    assert list(tmp_path.iterdir()) == []


def test_without_a_server_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match="give a folder or zip file"):
        movielens.download("1M", tmp_path, None, "http://127.0.0.1:9")


def test_an_unknown_size_is_named(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match='no size "2M"'):
        movielens.download("2M", tmp_path)


def test_the_later_layout_from_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "ml.zip"
    path.write_bytes(archive(SMALL))
    data = movielens.read(path)
    assert data.interactions["USER_ID"].tolist() == ["2", "1"]
    assert data.interactions["EVENT_VALUE"].tolist() == [3.5, 4.0]
    assert data.items is not None
    assert data.items["TITLE"].tolist() == ["The Matrix", "Odd"]
    assert data.items["YEAR"].isna().tolist() == [False, True]
    assert data.items["GENRES"].isna().tolist() == [False, True]
    assert data.users is None
    assert "research" in data.note
    assert movielens.CITATION in data.licence


def test_the_1m_layout_from_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "ml-1m"
    folder.mkdir()
    (folder / "ratings.dat").write_text("1::10::5::978300760\n1::20::3::978300761\n")
    (folder / "movies.dat").write_text(
        "10::Cité, La (1995)::Drama\n20::Se7en (1995)::Crime|Drama\n", encoding="latin-1"
    )
    (folder / "users.dat").write_text("1::F::25::12::48067\n")
    for path in (folder, tmp_path):
        data = movielens.read(path)
        assert data.items is not None
        assert data.users is not None
        assert data.items["TITLE"].tolist() == ["La Cité", "Se7en"]
        assert data.users.loc[0].tolist() == ["1", "25-34", "female", "programmer"]


def test_a_folder_without_ratings_and_one_without_films_say_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match="no MovieLens ratings"):
        movielens.read(tmp_path)
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating,timestamp\n")
    with pytest.raises(SampleError, match=r"not movies\.csv"):
        movielens.read(tmp_path)
    with pytest.raises(SampleError, match="does not exist"):
        movielens.read(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Toy Story (1995)", ("Toy Story", 1995)),
        ("City of Lost Children, The (Cité des enfants perdus, La) (1995)", ("The City of Lost Children", 1995)),
        ("Avventura, L' (1960)", ("L'Avventura", 1960)),
        ("Babylon 5", ("Babylon 5", None)),
        ("(500) Days of Summer (2009)", ("(500) Days of Summer", 2009)),
    ],
)
def test_titles(text: str, expected: tuple[str, int | None]) -> None:
    assert split_title(text) == expected


@pytest.mark.skipif("EXPLORER_DATA" not in os.environ, reason="EXPLORER_DATA is not set")
@pytest.mark.parametrize(("folder", "name"), [("movielens-100k", "movielens-100k"), ("movielens-1m", "movielens-1m")])
def test_the_real_files(folder: str, name: str) -> None:
    data = movielens.read(Path(os.environ["EXPLORER_DATA"]) / folder)
    size = next(size for size in movielens.SIZES.values() if size.name == name)
    assert data.name == name
    assert (len(data.interactions), len(data.items), len(data.users)) == (size.n_ratings, size.n_items, size.n_users)
