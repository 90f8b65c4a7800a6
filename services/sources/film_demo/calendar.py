"""The demo's calendar: twelve months that end on a fixed day, so that every run tells the same story."""

import numpy as np
from numpy.typing import NDArray

FIRST_DAY = np.datetime64("2024-11-01")
LAST_DAY = np.datetime64("2025-10-31")
N_MONTHS = 12
N_DAYS = int((LAST_DAY - FIRST_DAY).astype(int)) + 1
DAY_S = 86_400


def month_starts() -> NDArray[np.datetime64]:
    """Return the first day of each month and, last, the day after the calendar: datetime64[D] (13,)."""
    first = FIRST_DAY.astype("datetime64[M]")
    return np.arange(first, first + N_MONTHS + 1).astype("datetime64[D]")


def epoch_of(day: np.datetime64) -> int:
    """Return the epoch second at which a day begins, in UTC."""
    return int(day.astype("datetime64[s]").astype(np.int64))
