"""What starting the explorer prints."""

import socket
from pathlib import Path

import pytest
import streamlit

from tests.e2e.conftest import serving
from tests.prepared import copied


def test_a_start_and_a_visit_print_the_address_and_nothing_else(films_home: Path, tmp_path: Path, browse) -> None:
    home = copied(films_home, tmp_path / "home")
    with serving(home) as address:
        browse(f"{address}/live-events").close()
        browse(address).close()
    printed = [line.strip() for line in (tmp_path / "server.log").read_text().splitlines() if line.strip()]
    assert printed[0] == "You can now view your Streamlit app in your browser."
    assert printed[1] == f"URL: {address}"
    assert printed[2:] in ([], ["Stopping..."])


def test_an_answer_that_nobody_reads_does_not_keep_the_server(films_home: Path, tmp_path: Path) -> None:
    """serving() itself waits for the end, and fails after 20 seconds; nothing listens at the address then."""
    with serving(copied(films_home, tmp_path / "home")) as address:
        host, port = address.removeprefix("http://").split(":")
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect((host, int(port)))
        reader.sendall(f"GET /static/js/{_largest()} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert reader.recv(12) == b"HTTP/1.1 200"  # and reads no more
    reader.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)))


def _largest() -> str:
    """Return the largest script of Streamlit's: more than the buffers of a connection hold."""
    scripts = (Path(streamlit.__file__).parent / "static/static/js").glob("*.js")
    return max(scripts, key=lambda path: path.stat().st_size).name
