"""How much a column of context tells of the moment of an event, to choose the five that are kept."""

import numpy as np
import pandas as pd

from services.sources.numbers import find_numbers


def told(rows: pd.DataFrame, column: str, user: str | None, item: str | None) -> float:
    """Return how much a column tells of the moment, from 0 to 1: its evenness, less where user or item fix it."""
    shares = rows[column].astype("str").value_counts(normalize=True).to_numpy(dtype=np.float64)
    if len(shares) < 2:
        return 0.0
    evenness = float(-(shares * np.log(shares)).sum() / np.log(len(shares)))
    few = 1.0 if len(shares) <= 50 else 0.6 if find_numbers(rows[column]) is not None else 0.2
    fixed = any(
        key is not None and bool((rows.groupby(key)[column].nunique() <= 1).mean() >= 0.9) for key in (user, item)
    )
    return evenness * few * float(rows[column].notna().mean()) * (0.3 if fixed else 1.0)
