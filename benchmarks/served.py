"""A server in a process of its own and genuine boto3 clients of it: for benchmarks over HTTP."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import boto3
from botocore.config import Config

CREDENTIALS = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}


def start_server(
    home: Path, port: int = 0, environment: Mapping[str, str] | None = None, stderr: IO[bytes] | None = None
) -> tuple["subprocess.Popen[str]", str]:
    """Start `serve` on a home folder and return its process and URL once it listens; port 0 takes a free one.

    environment: variables to add; stderr: where its log goes, this process's stderr by default.
    """
    command = [sys.executable, "-m", "services.engine", "serve", "--port", str(port), "--home", str(home)]
    added = os.environ | dict(environment or {})
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True, env=added)
    assert process.stdout is not None
    found = re.search(r"http://[\d.:]+", process.stdout.readline())
    if found is None:
        process.wait()
        raise RuntimeError(f"The server did not start on {home}, port {port}; what it wrote to stderr says why.")
    return process, found[0]


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Give the URL of a server that ends with the block."""
    process, url = start_server(home)
    with process:
        try:
            yield url
        finally:
            process.terminate()


def client(service: str, url: str, **config: Any) -> Any:
    """Return a boto3 client of "personalize", "personalize-runtime" or "personalize-events" for this server."""
    return boto3.client(service, endpoint_url=url, config=Config(**config), **CREDENTIALS)
