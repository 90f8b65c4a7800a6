"""How fast a model ages: the same people and truth, asked of models whose training data ends earlier and earlier.

An older model knows neither newer users nor what people did since: as in a shop that trains every so many days, and
sends no live events meanwhile.
"""

import pandas as pd

from services.checks.rules import MIN_INTERACTIONS
from services.language.metrics import MIN_USERS
from services.language.phrases import counted, percent
from services.library.columns import CREATION_TIMESTAMP, TIMESTAMP
from services.library.store import LoadedData
from services.screens.evaluation.sentences import LOWER_IS_BETTER, label

DAY_S = 86_400
SHARES = (0.05, 0.1, 0.2, 0.4)
"""Ages that are measured, of the time from the first event to the split."""


def ages(data: LoadedData, share: float) -> tuple[int, ...]:
    """Return days to be measured: shares of the training part's span that leave enough to import."""
    times = data.interactions()[TIMESTAMP].sort_values(ignore_index=True)
    if times.empty:
        return ()
    moment = int(times.quantile(1 - share, interpolation="lower"))
    days = dict.fromkeys(round(part * (moment - int(times[0])) / DAY_S) for part in SHARES)
    return tuple(
        day for day in days if day >= 1 and int(times.searchsorted(moment - day * DAY_S, "right")) >= MIN_INTERACTIONS
    )


def cut(
    train: pd.DataFrame, items: pd.DataFrame | None, moment: int, days: int
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return the events and items that were there so many days before the split."""
    end = moment - days * DAY_S
    events = train[train[TIMESTAMP] <= end].reset_index(drop=True)
    if items is None or CREATION_TIMESTAMP not in items:
        return events, items
    created = pd.to_numeric(items[CREATION_TIMESTAMP], errors="coerce")
    return events, items[~(created > end)].reset_index(drop=True)


def sentence(rows: pd.DataFrame, n_people: int, metric: str, k: int) -> str:
    """Return after how many days a model is clearly worse, from EvaluationResult.ages."""
    older = rows[rows["days"] > 0]
    if n_people < MIN_USERS:
        return f"{n_people} people are too few to tell how a model ages."
    lower = metric in LOWER_IS_BETTER
    worse = older[older["difference_low"] > 0] if lower else older[older["difference_high"] < 0]
    show = percent if metric == "hit_rate" else "{:.3f}".format
    now = show(float(rows["value"].iloc[0]))
    last = counted(int(older["days"].max()), "day", "days")
    if worse.empty:
        oldest = show(float(older["value"].iloc[-1]))
        return f"A model that is {last} old is not clearly worse: {label(metric, k)} {oldest}, {now} when fresh."
    days, then = counted(int(worse["days"].iloc[0]), "day", "days"), show(float(worse["value"].iloc[0]))
    return f"After {days} a model is clearly worse: {label(metric, k)} {then} instead of {now}. Train before that."
