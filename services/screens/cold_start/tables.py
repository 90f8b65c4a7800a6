"""Frames for the pictures and the table of Cold start."""

import pandas as pd

from services.language.phrases import signed_percent
from services.library.catalog import Catalog
from services.screens.cold_start.baselines import POPULARITY, RANDOM, RIDGE_OF_A_USER
from services.screens.cold_start.measures import CLICK_RATE, REACH
from services.screens.cold_start.parameters import METHODS, MODEL
from services.screens.cold_start.results import ColdStartResult
from services.screens.cold_start.sentences import METHOD_WORDS

ROLES = {MODEL: "model", RIDGE_OF_A_USER: "a", POPULARITY: "popularity", RANDOM: "chance"}
"""The colour of each method."""


def methods(result: ColdStartResult, metric: str) -> pd.DataFrame:
    """Return label, role, value, low, high, said by method, best first."""
    rows = []
    for method in METHODS:
        mean = result.metric(method, metric)
        rows.append((METHOD_WORDS[method], ROLES[method], mean.value, mean.low, mean.high, f"{mean.value:.3f}"))
    frame = pd.DataFrame(rows, columns=["label", "role", "value", "low", "high", "said"])
    return frame.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)


def trade_off(result: ColdStartResult) -> pd.DataFrame:
    """Return label, role, reach, rate by method."""
    rows = [
        (METHOD_WORDS[m], ROLES[m], result.metric(m, REACH).value, result.metric(m, CLICK_RATE).value) for m in METHODS
    ]
    return pd.DataFrame(rows, columns=["label", "role", "reach", "rate"])


def worth(result: ColdStartResult) -> pd.DataFrame:
    """Return label, role, gain, low, high, said, clear by set of columns: of the recipe where it was trained with them.

    Otherwise of the closed form. Largest gain first; a gain whose interval holds zero says so in words.
    """
    frame = result.worth
    trained = set(frame.loc[frame["method"] == MODEL, "columns"])
    shown = frame[(frame["method"] == MODEL) | ~frame["columns"].isin(trained)]
    rows = [
        (
            row["columns"] if row["method"] == MODEL or not trained else f"{row['columns']} (profile)",
            ROLES[str(row["method"])],
            row["gain"],
            row["low"],
            row["high"],
            signed_percent(row["gain"], 1) if row["clear"] else "no clear gain",
            row["clear"],
        )
        for _, row in shown.sort_values("gain", ascending=False).iterrows()
    ]
    return pd.DataFrame(rows, columns=["label", "role", "gain", "low", "high", "said", "clear"])


def download(result: ColdStartResult, catalog: Catalog) -> pd.DataFrame:
    """Return draw, method, user_id, rank, item_id, title, clicked: every place of the best method's lists."""
    frame = result.of(result.best)
    titles = {item: catalog.label(item) for item in frame["item_id"].unique()}
    return pd.DataFrame(
        {
            "draw": frame["seed"],
            "method": METHOD_WORDS[result.best],
            "user_id": frame["user_id"],
            "rank": frame["rank"],
            "item_id": frame["item_id"],
            "title": frame["item_id"].map(titles),
            "clicked": frame["hit"],
        }
    )
