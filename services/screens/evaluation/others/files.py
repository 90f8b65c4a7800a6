"""What an evaluation hands out for other programs: the part to learn from, the people, the lists, the truth.

Ids stay exactly as they are, so these CSV files are for programs: a spreadsheet may take "=1+1" for a formula.
"""

import io
from collections.abc import Sequence

import pandas as pd

from services.screens.evaluation.results import EvaluationResult

CSV, PARQUET = "csv", "parquet"
FORMATS = (CSV, PARQUET)


def list_rows(result: EvaluationResult) -> pd.DataFrame:
    """Return user_id, model, rank, item_id, right: every place of every person's list."""
    frame = result.lists[["user_id", "method", "items", "hits"]]
    lengths = [len(items) for items in frame["items"]]
    hits = pd.Series([list(hits)[:n] for hits, n in zip(frame["hits"], lengths, strict=True)], index=frame.index)
    longer = frame.assign(hits=hits)
    rows = longer[[n > 0 for n in lengths]].explode(["items", "hits"], ignore_index=True)
    rows["rank"] = rows.groupby(["user_id", "method"], sort=False).cumcount() + 1
    rows = rows.rename(columns={"method": "model", "items": "item_id", "hits": "right"})
    return rows.astype({"right": bool, "item_id": str})[["user_id", "model", "rank", "item_id", "right"]]


def truth_rows(result: EvaluationResult) -> pd.DataFrame:
    """Return user_id, item_id of everything that was held out, oldest first."""
    pairs = [(user, item) for user, items in result.truth.items() for item in items]
    return pd.DataFrame(pairs, columns=["user_id", "item_id"])


def people_rows(result: EvaluationResult) -> pd.DataFrame:
    """Return every person's values: user_id, n_known, n_truth, the segments, model and every METRIC_at_K."""
    return result.users.merge(result.people.rename(columns={"method": "model"}), on="user_id")


def asked_rows(users: Sequence[str]) -> pd.DataFrame:
    """Return user_id of the people to make lists for."""
    return pd.DataFrame({"user_id": list(users)})


def content(frame: pd.DataFrame, kind: str) -> bytes:
    """Return a frame as the bytes of a CSV or Parquet file."""
    if kind == CSV:
        return frame.to_csv(index=False, lineterminator="\n").encode()
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()
