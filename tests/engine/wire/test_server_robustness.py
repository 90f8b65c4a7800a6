"""The server and rude clients: half-sent requests, clients that leave, and names that are not its own."""

import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

JSON_1_1 = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonPersonalize.ListSchemas"}
HALF = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: "
HALF_BODY = HALF + b"AmazonPersonalize.ListSchemas\r\nContent-Length: 1000\r\n\r\n{"


class Server:
    """A `serve` process of its own."""

    def __init__(self, home: Path, *more: str, **environment: str) -> None:
        command = [sys.executable, "-m", "services.engine", "serve", "--port", "0", "--home", str(home), *more]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | environment
        )
        self.line = self.process.stdout.readline()
        self.port = int(self.line.split()[2].rpartition(":")[2])

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def status(self, host: str | None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest("POST", "/", skip_host=True)
            for name, value in (JSON_1_1 | {"Content-Length": "2"} | ({} if host is None else {"Host": host})).items():
                connection.putheader(name, value)
            connection.endheaders(b"{}")
            return connection.getresponse().status
        finally:
            connection.close()

    def end(self, number: int = signal.SIGTERM) -> str:
        """Terminate the server and return what it has written to stderr."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=8)[1]

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.mark.parametrize("sent", [b"", b"POST / HT", HALF, HALF_BODY], ids=["nothing", "line", "headers", "body"])
def test_sigterm_ends_the_server_although_a_request_is_half_sent(tmp_path, sent):
    with Server(tmp_path / "home") as server, server.connect() as client:
        client.sendall(sent)
        assert server.status("localhost") == 200  # what was sent before has arrived
        errors = server.end()
        assert server.process.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in errors


def test_sigterm_ends_the_server_although_an_answer_waits_for_the_database(tmp_path):
    with Server(tmp_path / "home") as server, server.connect() as client:
        writer = sqlite3.connect(tmp_path / "home" / "engine.sqlite", isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        body = b'{"name": "films"}'
        head = HALF + b"AmazonPersonalize.CreateDatasetGroup\r\nContent-Length: %d\r\n\r\n" % len(body)
        client.sendall(head + body)
        assert server.status("localhost") == 200
        server.end()
        writer.close()


def test_a_client_that_leaves_is_one_line(tmp_path):
    with Server(tmp_path / "home") as server:
        for _ in range(3):
            with server.connect() as client:
                client.sendall(HALF_BODY)
        assert server.status("localhost") == 200
        errors = server.end()
    lines = [line for line in errors.splitlines() if line]
    assert "Traceback" not in errors
    assert len(lines) <= 3
    assert all("client left during its request" in line for line in lines)


def test_only_its_own_names_reach_the_server(tmp_path):
    with Server(tmp_path / "home", PERSONALIZE_ALLOWED_HOSTS="engine, Demo.example") as server:
        port = server.port
        for host in (
            "localhost",
            f"localhost:{port}",
            "127.0.0.1",
            f"[::1]:{port}",
            "192.0.2.7:1",
            "LOCALHOST",
            "engine",
            f"demo.example:{port}",
            "localhost.",
        ):
            assert server.status(host) == 200, host
        for host in (f"evil.example:{port}", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", ":80"):
            assert server.status(host) == 403, host
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/health", headers={"Host": "evil.example"})
        assert connection.getresponse().status == 403
        connection.close()


def test_every_name_can_be_allowed(tmp_path):
    with Server(tmp_path / "home", PERSONALIZE_ALLOWED_HOSTS="*") as server:
        assert server.status("evil.example") == 200


@pytest.mark.parametrize("locale", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}])
def test_a_home_with_any_name_is_served_in_any_locale(tmp_path, locale):
    home = tmp_path / "Filme für Zoë 映画"
    with Server(home, **locale) as server:
        assert server.status("localhost") == 200
        assert server.line.isascii()
        assert "Traceback" not in server.end()
    assert (home / "engine.sqlite").exists()
