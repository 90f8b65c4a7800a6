"""A workspace with the film demo imported and popularity deployed, made by the demo's own first steps."""

from pathlib import Path

from services.backend import open_backend
from services.tour import TourRunner

QUICK_STEPS = 4
"""Make, check, import, popularity; HRNN takes too long for most tests."""


def prepare(home: Path) -> None:
    """Fill the home folder; takes about five seconds."""
    backend = open_backend({}, home)
    try:
        runner = TourRunner(backend)
        for _ in range(QUICK_STEPS):
            assert runner.advance()
    finally:
        backend.close()
