"""The figures, frames of pictures and insights of a data set for the Data screen, computed once."""

from dataclasses import dataclass

import pandas as pd

from services.checks import figures, periods
from services.checks.insights import insights
from services.checks.periods import Activity, FarTimes
from services.library.prepared import REAL_TIMES, PreparedData


@dataclass(frozen=True)
class Look:
    """The figures of one data set; frames as services/checks/figures.py describes them."""

    summary: figures.Summary
    activity: Activity
    far_times: FarTimes | None
    """None where no time lies far from all others."""
    concentration: pd.DataFrame
    history_lengths: pd.DataFrame
    time_gaps: pd.DataFrame
    session_gap_s: float | None
    categories: pd.DataFrame
    drift: pd.DataFrame
    insights: pd.DataFrame
    n_repeats: int = 0
    """Rows of interactions that repeat an earlier one exactly: they count once in a training."""
    has_times: bool = True
    """Whether a column said when; where not, nothing about time is drawn."""
    n_left_out: int = 0
    """Rows that were given and left out by fixes."""


def look(data: PreparedData) -> Look:
    """Compute all figures; about a second for a million events."""
    return Look(
        summary=figures.summary(data),
        activity=periods.activity(data),
        far_times=periods.far_times(data),
        concentration=figures.concentration(data),
        history_lengths=figures.history_lengths(data),
        time_gaps=figures.time_gaps(data),
        session_gap_s=figures.session_gap(data),
        categories=figures.category_shares(data),
        drift=figures.drift(data),
        insights=insights(data),
        n_repeats=int(data.repeats.sum()),
        has_times=data.time_kind == REAL_TIMES,
        n_left_out=data.n_left_out,
    )
