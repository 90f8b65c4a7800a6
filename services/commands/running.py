"""Whether run or serve answers on this machine now: what a container's health check asks."""

import http.client
import os
from collections.abc import Mapping
from contextlib import closing

from services.commands.findings import Finding

HEALTH = {"run": "/_stcore/health", "serve": "/health"}
"""Addresses that answer 200 when the server of a command is ready."""
BASE_PATH = "STREAMLIT_SERVER_BASE_URL_PATH"
"""Where the pages are below a path, a container has it in the environment, for the server and for this question."""
TIMEOUT_S = 3.0


def running(ports: Mapping[str, int]) -> Finding:
    """Return which command answers on its port; a problem when none does. A container has one of them."""
    answers = [f"{command} answers on port {number}" for command, number in ports.items() if _answers(command, number)]
    if answers:
        return Finding(True, f"{' and '.join(answers)}.")
    asked = " and ".join(f"{command} on port {number}" for command, number in ports.items())
    return Finding(False, f"No answer from {asked}. Start one of them, or name its port.")


def _path(command: str) -> str:
    base = os.environ.get(BASE_PATH, "").strip("/") if command == "run" else ""
    return f"/{base}{HEALTH[command]}" if base else HEALTH[command]


def _answers(command: str, port: int) -> bool:
    # urllib would ask a proxy that the environment names, even for this machine.
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)) as connection:
        try:
            connection.request("GET", _path(command))
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException, OverflowError):
            return False
