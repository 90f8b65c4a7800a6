"""A workspace with the film demo imported and popularity deployed, made by the demo's own first steps."""

import time
from pathlib import Path

from services.backend import open_backend
from services.demo.runner import DemoRunner
from services.demo.steps import GROUP
from services.personalize import training, versions
from services.personalize.datasets import find_group, group_arn
from services.personalize.waiting import wait_until_active

QUICK_STEPS = 4
"""Make, check, import, popularity; HRNN takes too long for most tests."""


def prepare(home: Path) -> None:
    """Fill the home folder; takes about five seconds."""
    backend = open_backend({}, home)
    try:
        runner = DemoRunner(backend)
        for _ in range(QUICK_STEPS):
            assert runner.advance()
    finally:
        backend.close()


def train_quickly(home: Path, *recipes: str) -> None:
    """Train and deploy recipes on the demo for one epoch, as campaigns of the recipes' names."""
    backend = open_backend({}, home)
    try:
        arn = group_arn(backend, GROUP)
        assert arn is not None
        hyperparameters = {"epochs": "1", "max_user_history_length_percentile": "0.3"}
        for recipe in recipes:
            version = training.train(backend, arn, recipe, recipe, event_type="watch", hyperparameters=hyperparameters)
            wait_until_active(
                lambda version=version: backend.personalize.describe_solution_version(solutionVersionArn=version),
                timeout_s=300,
                interval_s=0.1,
            )
            training.deploy(backend, version, recipe)
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
        while (view := versions.version(backend, version)) is not None and view.running:
            time.sleep(0.1)
        assert view is not None
        assert view.ready, view.failure_reason
        training.deploy(backend, version, training.default_name(GROUP, recipe))
    finally:
        backend.close()
