"""The small world that is tortured: a shop of two tastes in a home folder, with every recipe's solution in it.

Built once for a run and copied for each case.
"""

import io
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from services.backend import Backend, open_backend
from services.engine.jobs.lock import WorkerLock
from services.engine.settings import EngineSettings
from services.language.vocabulary import FILM_WORDS
from services.library.columns import ColumnRoles
from services.library.prepared import Persona, PreparedData
from services.library.schemas import propose_schema
from services.library.store import Library
from services.personalize.imports import Source, import_data
from services.personalize.waiting import wait_until_active
from services.sources.load import keep

NAME = "films"
N_USERS, N_ITEMS, N_EACH = 60, 240, 60
N_NEW = 130
"""Items without events, created last: aws-hrnn-coldstart needs 100."""
FIRST, LAST = 1_600_000_000, 1_617_280_000
LEAVE_S = 120
IDLE = {"PERSONALIZE_WORKER_IDLE_S": "2"}
"""A worker that leaves soon, so that its home can be copied and looked at."""
_LITTLE = {"epochs": "2"}
RECIPES: dict[str, dict[str, str]] = {
    "aws-popularity-count": {},
    "aws-sims": {},
    "aws-hrnn": _LITTLE,
    "aws-personalized-ranking": _LITTLE,
    "aws-user-personalization": _LITTLE,
    "aws-hrnn-metadata": _LITTLE,
    "aws-hrnn-coldstart": _LITTLE,
}
"""Every recipe, with hyperparameters that make its training short."""
ROLES = ColumnRoles(title="TITLE", categories=("GENRES",), user_name="NAME", user_attributes=("AGE",))


def films(seed: int = 0, name: str = NAME, n_each: int = N_EACH) -> PreparedData:
    """Return 60 users with n_each events each; even users take even items."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(N_USERS):
        of_kind = np.arange(user % 2, N_ITEMS, 2)
        weights = 1.0 / np.arange(1, len(of_kind) + 1)
        for item in rng.choice(of_kind, n_each, replace=False, p=weights / weights.sum()):
            rows.append((f"u{user}", f"i{item}", FIRST + int(rng.integers(0, LAST - FIRST)), "watch"))
    numbers = range(N_ITEMS + N_NEW)
    items = pd.DataFrame(
        {
            "ITEM_ID": [f"i{n}" for n in numbers],
            "TITLE": [f"Film {n}" for n in numbers],
            "GENRES": ["Noir|Crime" if n % 2 else "Horror" for n in numbers],
            "YEAR": [1950 + n // 4 for n in numbers],
            "CREATION_TIMESTAMP": [FIRST + n * 1000 if n < N_ITEMS else LAST for n in numbers],
        }
    )
    users = pd.DataFrame(
        {
            "USER_ID": [f"u{n}" for n in range(N_USERS)],
            "NAME": [f"Viewer {n}" for n in range(N_USERS)],
            "AGE": [20 + n % 40 for n in range(N_USERS)],
        }
    )
    frames = {
        "Interactions": pd.DataFrame(rows, columns=["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"]),
        "Items": items,
        "Users": users,
    }
    return PreparedData(
        name=name,
        interactions=frames["Interactions"],
        items=items,
        users=users,
        schemas={kind: propose_schema(kind, frame, ROLES) for kind, frame in frames.items()},
        roles=ROLES,
        words=FILM_WORDS,
        source="own",
        personas=(Persona("u0", "Viewer 0", "likes horror"),),
        event_type="watch",
    )


def csv_of(frame: pd.DataFrame) -> bytes:
    """Return a frame as a CSV file."""
    text = io.StringIO()
    frame.to_csv(text, index=False)
    return text.getvalue().encode()


def build(home: Path, trained: Iterable[str] = RECIPES) -> None:
    """Fill a home: data in the library and imported, an event tracker, a solution of every recipe, some trained."""
    backend = open_backend(IDLE, home)
    try:
        _, files = keep(films(), home)
        sources = [Source(file.dataset_type, file.csv, file.schema, file.n_rows) for file in files]
        group = import_data(backend, NAME, sources).arn
        shutil.rmtree(home / "uploads", ignore_errors=True)
        backend.personalize.create_event_tracker(name=f"{NAME}-events", datasetGroupArn=group)
        for recipe, hyperparameters in RECIPES.items():
            backend.personalize.create_solution(
                name=recipe,
                datasetGroupArn=group,
                recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
                performAutoTraining=False,
                **({"solutionConfig": {"algorithmHyperParameters": hyperparameters}} if hyperparameters else {}),
            )
        train(backend, trained)
        assert Library(home).open(NAME) is not None
    finally:
        backend.close()
    wait_until_left(home)


def small_world(folder: Path) -> Path:
    """Return a home with popularity trained, built beside this folder if nobody has built it there."""
    return _built(folder.parent / "small-world", ["aws-popularity-count"])


def full_world(folder: Path) -> Path:
    """Return a home with every recipe trained, built beside this folder if nobody has built it there."""
    return _built(folder.parent / "full-world", RECIPES)


def _built(home: Path, trained: Iterable[str]) -> Path:
    if not home.exists():
        build(home, trained)
    return home


def train(backend: Backend, recipes: Iterable[str]) -> None:
    """Train a version of each recipe's solution; the first five get campaigns of the recipes' names."""
    personalize = backend.personalize
    versions = {
        recipe: personalize.create_solution_version(solutionArn=solution_arn(recipe))["solutionVersionArn"]
        for recipe in recipes
    }
    for number, (recipe, version) in enumerate(versions.items()):
        wait_until_active(
            lambda version=version: personalize.describe_solution_version(solutionVersionArn=version),
            timeout_s=600,
        )
        if number < 5:
            personalize.create_campaign(name=recipe, solutionVersionArn=version)


def solution_arn(recipe: str) -> str:
    return arn("solution", recipe)


def arn(kind: str, name: str) -> str:
    """Return the ARN of a resource in the embedded engine's default account."""
    return f"arn:aws:personalize:us-east-1:000000000000:{kind}/{name}"


def copied(template: Path, home: Path) -> Path:
    """Copy a home that nobody has open."""
    shutil.copytree(template, home, ignore=shutil.ignore_patterns("worker.lock"))
    return home


def wait_until_left(home: Path) -> None:
    """Wait until no worker runs in this home and nobody has its database open. Raises TimeoutError."""
    settings = EngineSettings(home=home)
    deadline = time.monotonic() + LEAVE_S
    while (lock := WorkerLock.take(settings)) is None or settings.database_path.with_suffix(".sqlite-wal").exists():
        if lock is not None:
            lock.close()
        if time.monotonic() > deadline:
            raise TimeoutError(f"somebody still has {home} open after {LEAVE_S} s")
        time.sleep(0.1)
    lock.close()
