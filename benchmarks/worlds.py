"""Data other than MovieLens for benchmarks: the synthetic shop in EXPLORER_DATA/retail, and the bundled demo."""

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.movielens import categorical, read_with_metadata
from services.engine.recipes.base import Column, Histories, TrainingData
from services.library.columns import USER_ID
from services.library.prepared import PreparedData
from services.sources.film_demo.generator import generate

WORLDS = ("100k", "1m", "retail", "demo")


def read_world(name: str, folder: Path | None, facts: bool = False) -> TrainingData:
    """Return one data set with its metadata. folder: EXPLORER_DATA; the demo needs none."""
    if name == "demo":
        return _demo()
    if folder is None:
        raise SystemExit("Set EXPLORER_DATA to the folder that holds the data, or use --data demo.")
    return _retail(folder / "retail") if name == "retail" else read_with_metadata(folder, name, facts)


def fewer(data: PreparedData, n_viewers: int) -> PreparedData:
    """Return the data with its personas and so many other users."""
    users = data.interactions[USER_ID].drop_duplicates()
    kept = {*users.head(n_viewers), *(persona.user_id for persona in data.personas)}
    for kind, frame in (("Interactions", data.interactions), ("Users", data.users)):
        if frame is not None:
            data = data.with_frame(kind, frame[frame[USER_ID].isin(kept)].reset_index(drop=True))
    return data


def _demo() -> TrainingData:
    """Return the demo's evenings, as its own solutions see them: eventType "watch"."""
    world = generate()
    watched = world.interactions[world.interactions["EVENT_TYPE"] == "watch"]
    items, users = world.items.set_index("ITEM_ID"), world.users.set_index("USER_ID")
    item_columns = (
        *(_joined(name, items[name]) for name in ("GENRES", "DIRECTOR", "CAST")),
        Column("YEAR", items["YEAR"].to_numpy(np.float32)),
    )
    return _data(watched, items.index, users.index, item_columns, (_joined("AGE_GROUP", users["AGE_GROUP"]),))


def _retail(folder: Path) -> TrainingData:
    """Return all events of the shop, of all five types; two in three are on the item of the event before."""
    events = pd.read_csv(folder / "rds_interactions.csv", dtype={"USER_ID": str})
    items = pd.read_csv(folder / "rds_items.csv").set_index("ITEM_ID")
    users = pd.read_csv(folder / "rds_users.csv", dtype={"USER_ID": str}).set_index("USER_ID")
    item_columns = (
        *(_joined(name, items[name]) for name in ("CATEGORY_L1", "CATEGORY_L2", "GENDER")),
        Column("PRICE", items["PRICE"].to_numpy(np.float32)),
    )
    user_columns = (Column("AGE", users["AGE"].to_numpy(np.float32)), _joined("GENDER", users["GENDER"]))
    return _data(events, items.index, users.index, item_columns, user_columns)


def _data(
    events: pd.DataFrame,
    items: "pd.Index[str]",
    users: "pd.Index[str]",
    item_columns: tuple[Column, ...],
    user_columns: tuple[Column, ...],
) -> TrainingData:
    """Return histories by user and time, ties in the order of the rows; every event's item and user is in the index."""
    user, item = users.get_indexer(events["USER_ID"]), items.get_indexer(events["ITEM_ID"])
    times = events["TIMESTAMP"].to_numpy(np.int64)
    order = np.lexsort((np.arange(len(events)), times, user))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(user, minlength=len(users)))]).astype(np.int64)
    histories = Histories(offsets, item[order].astype(np.int32), times[order], len(items), user_columns=user_columns)
    return TrainingData(histories, item_columns)


def _joined(name: str, cells: "pd.Series[str]") -> Column:
    return categorical(name, cells.fillna("").map(lambda cell: [part for part in cell.split("|") if part]))
