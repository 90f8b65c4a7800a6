"""Events by period: the unit follows the span, cut periods are compared with nothing, far times are found."""

import numpy as np
import pandas as pd
import pytest

from services.checks import figures, insights, periods
from services.language.vocabulary import Words
from services.library.columns import ColumnRoles
from services.library.prepared import PreparedData
from services.library.schemas import propose_schema

DAY = 86_400
MONDAY = 1_704_067_200
"""1 January 2024."""


def events(times: np.ndarray) -> PreparedData:
    n = np.arange(len(times))
    frame = pd.DataFrame(
        {"USER_ID": n % 20, "ITEM_ID": n % 30, "TIMESTAMP": np.asarray(times, dtype=np.int64)},
    ).astype({"USER_ID": "str", "ITEM_ID": "str"})
    schemas = {"Interactions": propose_schema("Interactions", frame, ColumnRoles())}
    return PreparedData("x", frame, None, None, schemas, ColumnRoles(), Words(), "own")


def a_day_each(n_days: int, per_day: int = 10, first: int = MONDAY) -> np.ndarray:
    return first + np.repeat(np.arange(n_days) * DAY, per_day) + np.tile(np.arange(per_day) * (DAY // per_day), n_days)


@pytest.mark.parametrize(("n_days", "unit"), [(7, "day"), (45, "day"), (60, "week"), (1_000, "week"), (1_500, "month")])
def test_the_unit_follows_the_span(n_days: int, unit: str) -> None:
    assert periods.activity(events(a_day_each(n_days))).unit == unit


def test_weeks_begin_on_monday_without_holes() -> None:
    times = np.concatenate([a_day_each(30), a_day_each(30, first=MONDAY + 60 * DAY)])
    weeks = periods.activity(events(times)).frame
    assert (weeks["start"].dt.day_of_week == 0).all()
    assert weeks["events"].sum() == 600
    assert (weeks["start"].diff().dropna() == pd.Timedelta(days=7)).all()
    assert (weeks["events"] == 0).any()


def test_the_usual_is_the_median_of_whole_periods_that_have_events() -> None:
    """A single event of 1970 made the median week of airline data empty, and its busiest week 414 times the usual."""
    weekly = np.concatenate([a_day_each(7, 10, MONDAY + 7 * week * DAY) for week in range(0, 40, 2)])
    busy = np.concatenate([weekly, a_day_each(7, 20, MONDAY + 14 * DAY), [0]])
    found = periods.activity(events(busy))
    assert found.unit == "week"
    assert found.usual == 70.0
    assert found.busiest is not None
    assert (found.busiest["start"], found.busiest["events"]) == (pd.Timestamp("2024-01-15"), 210)


def test_a_period_that_the_edge_cuts_is_not_compared() -> None:
    """Ten weeks, the last of which ends on its Tuesday: seven clicks a day there are no fall."""
    found = periods.activity(events(a_day_each(65)))
    assert found.frame["whole"].tolist() == [True] * 9 + [False]
    assert found.usual == 70.0
    assert periods.activity(events(a_day_each(1))).busiest is None


@pytest.mark.parametrize("wrong", [0, 978_307_200, 4_000_000_000])
def test_a_time_far_from_all_others_is_found(wrong: int) -> None:
    data = events(np.append(a_day_each(200), wrong))
    far = periods.far_times(data)
    assert far is not None
    assert (far.n_events, far.example) == (1, wrong)
    assert figures.summary(data).first == MONDAY
    assert figures.summary(data).last < MONDAY + 200 * DAY
    assert figures.summary(data).n_events == 2_001
    assert len(figures.drift(data)) == 7
    row = insights.insights(data).set_index("check").loc["Times far from all others"]
    assert (row["state"], row["value"]) == ("watch", "1")
    assert row["sentence"].startswith("1 event is of ")


def test_long_pauses_and_many_early_events_are_not_far() -> None:
    assert periods.far_times(events(a_day_each(200))) is None
    seasons = np.concatenate([a_day_each(20), a_day_each(20, first=MONDAY + 365 * DAY)])
    assert periods.far_times(events(seasons)) is None
    assert periods.far_times(events(np.full(1_000, MONDAY))) is None


def test_nothing_has_periods_without_rows() -> None:
    found = periods.activity(events(np.array([], dtype=np.int64)))
    assert list(found.frame) == list(periods.PERIOD_COLUMNS)
    assert periods.far_times(events(np.array([], dtype=np.int64))) is None
