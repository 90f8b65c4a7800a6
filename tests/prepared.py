"""A workspace with the film demo imported and popularity deployed, made by the demo's own first steps."""

import time
from pathlib import Path

from services import training
from services.backend import open_backend
from services.dataset_views import find_group
from services.tour import GROUP, TourRunner

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


def train_and_deploy(home: Path, recipe: str, **hyperparameters: str) -> None:
    """Train a recipe on the demo that the home folder holds, and let a campaign of the usual name serve it."""
    backend = open_backend({"PERSONALIZE_WORKER_IDLE_S": "2"}, home)
    try:
        group = find_group(backend, GROUP)
        assert group is not None
        version = training.train_next(
            backend, group, recipe, event_type="watch", hyperparameters=hyperparameters or None
        )
        while (view := training.version(backend, version)) is not None and view.running:
            time.sleep(0.1)
        assert view is not None
        assert view.ready, view.failure_reason
        training.deploy(backend, version, training.default_name(GROUP, recipe))
    finally:
        backend.close()
