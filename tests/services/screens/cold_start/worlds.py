"""A shop of two tastes for the laboratories: even people take even items, and a column says which is which."""

from pathlib import Path

import numpy as np
import pandas as pd

from services.backend import Backend
from services.language.vocabulary import FILM_WORDS
from services.library.columns import ColumnRoles
from services.library.prepared import PreparedData
from services.library.schemas import propose_schema
from services.library.store import Library, LoadedData

N_ITEMS, N_PEOPLE, N_EACH = 240, 60, 40
NAME = "sweet-and-sour"
ROLES = ColumnRoles(title="TITLE", categories=("KIND",))
FIRST = 1_600_000_000


def sweet_and_sour(name: str = NAME) -> PreparedData:
    """Return 60 people, 240 items of the kinds Sweet and Sour, 2,400 events over a hundred days; NOISE says nothing."""
    rng = np.random.default_rng(4)
    rows = []
    for user in range(N_PEOPLE):
        of_kind = np.arange(user % 2, N_ITEMS, 2)
        for item in rng.choice(of_kind, N_EACH, replace=False):
            rows.append((f"u{user:02d}", f"i{item:03d}", FIRST + int(rng.integers(0, 100 * 86_400)), "watch"))
    events = pd.DataFrame(rows, columns=["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"])
    items = pd.DataFrame(
        {
            "ITEM_ID": [f"i{i:03d}" for i in range(N_ITEMS)],
            "TITLE": [f"Thing {i} of a long name" for i in range(N_ITEMS)],
            "KIND": ["Sour" if i % 2 else "Sweet" for i in range(N_ITEMS)],
            "NOISE": rng.choice(list("abc"), N_ITEMS),
        }
    )
    frames = {"Interactions": events, "Items": items}
    return PreparedData(
        name=name,
        interactions=events,
        items=items,
        users=None,
        schemas={kind: propose_schema(kind, frame, ROLES) for kind, frame in frames.items()},
        roles=ROLES,
        words=FILM_WORDS,
        source="own",
        event_type="watch",
    )


def data(home: Path, data: PreparedData | None = None) -> LoadedData:
    """Keep the data under a home folder and return it."""
    return Library(home).save(data or sweet_and_sour())


def exists(backend: Backend, prefix: str) -> bool:
    """Tell whether the service has a data set group whose name begins so."""
    listed = backend.personalize.list_dataset_groups()["datasetGroups"]
    return any(group["name"].startswith(prefix) for group in listed)
