"""A workspace with the film demo imported and popularity deployed, made by the demo's own first steps.

A prepared home is built once in a run, by whichever process needs it first, and every process reads a copy of its own.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from services.backend import open_backend
from services.demo.runner import DemoRunner
from services.demo.steps import GROUP
from services.engine.context import build_context
from services.engine.jobs.lock import WorkerLock
from services.engine.jobs.maps.map_job import request_map
from services.engine.models.artifacts import read_artifact
from services.engine.models.item_map import MapFacts, PlacedItems, write_map
from services.engine.settings import EngineSettings
from services.personalize import training, versions
from services.personalize.datasets import find_group, group_arn
from services.personalize.waiting import wait_until_active

QUICK_STEPS = 4
"""Make, check, import, popularity; HRNN takes too long for most tests."""
SHORT_LIVED = {"PERSONALIZE_WORKER_IDLE_S": "1", "PERSONALIZE_WORKER_NICENESS": "0"}
"""Settings with which a home can be copied soon after its last job: a worker that leaves still writes."""
LEAVE_S = 60


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Path:
    """Return the folder of this name that all processes of the run share; the first one to come builds it."""
    base = factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"built-{name}"
    with shared.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = shared.with_suffix(".done")
        if not done.exists():
            shutil.rmtree(shared, ignore_errors=True)  # left half-built by a process that failed
            build(shared)
            _wait_until_nobody_has_it_open(shared)
            done.touch()
    return shared


def _wait_until_nobody_has_it_open(home: Path) -> None:
    """A worker gives its lock back just before it closes the database; with the last connection goes SQLite's log."""
    settings = EngineSettings(home=home)
    deadline = time.monotonic() + LEAVE_S
    while (lock := WorkerLock.take(settings)) is None or settings.database_path.with_suffix(".sqlite-wal").exists():
        if lock is not None:
            lock.close()
        assert time.monotonic() < deadline, f"somebody still has {home} open"
        time.sleep(0.05)
    lock.close()


def copied(home: Path, to: Path) -> Path:
    """Copy a home folder without its worker's lock, and return the copy."""
    shutil.copytree(home, to, ignore=shutil.ignore_patterns("worker.lock"), copy_function=_copy)
    return to


def _copy(source: str, to: str) -> None:
    """Copy a file; SQLite's log may vanish meanwhile, with the last connection of a test that only read."""
    try:
        shutil.copy2(source, to)
    except FileNotFoundError:
        if not source.endswith(("-wal", "-shm")):
            raise


def prepare(home: Path) -> None:
    """Fill the home folder; takes about five seconds."""
    backend = open_backend(SHORT_LIVED, home)
    try:
        runner = DemoRunner(backend)
        for _ in range(QUICK_STEPS):
            assert runner.advance()
    finally:
        backend.close()


def train_quickly(home: Path, *recipes: str) -> None:
    """Train and deploy recipes on the demo for one epoch, as campaigns of the recipes' names."""
    backend = open_backend(SHORT_LIVED, home)
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
    backend = open_backend(SHORT_LIVED, home)
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


def draw_flat_map(home: Path) -> None:
    """Give the home's HRNN a map: its two principal components, which take no time."""
    context = build_context(EngineSettings(home=home))
    version = next(v for v in context.resources.list("solution-version") if v["recipeArn"].endswith("/aws-hrnn"))
    folder = context.settings.models_path / version["_model_path"]
    known = read_artifact(folder).model.item_vectors()
    assert known is not None
    items, vectors = known
    centred = vectors - vectors.mean(axis=0)
    flat = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T
    places = (flat / np.abs(flat).max()).astype(np.float32)
    write_map(folder, PlacedItems(items, places, MapFacts(0.31, 0.007, 10, len(items), len(items))))
    arn, _ = request_map(context.database, context.resources, context.queue, version)
    job = context.queue.find(arn)
    assert job is not None
    with context.database.atomic():
        context.queue.finish(job.number, "done")
        context.resources.update(arn, status="ACTIVE")
    context.database.close()
