"""The charts of Data and Training are valid Vega-Lite, also where there is little to draw."""

import altair as alt
import pandas as pd
import pytest

from pages.components.charts import batch, look, training, trials


def marks(chart: object) -> set[str]:
    spec = chart.to_dict()  # type: ignore[attr-defined]
    alt.Chart.from_dict(spec)  # checks it against Vega-Lite's schema
    found: set[str] = set()

    def walk(part: dict) -> None:
        if "mark" in part:
            found.add(part["mark"]["type"])
        for layer in part.get("layer", []):
            walk(layer)

    walk(spec)
    return found


WEEKS = pd.DataFrame(
    {
        "start": pd.date_range("2024-01-01", periods=3, freq="7D"),
        "events": [5, 8, 2],
        "whole": [True, True, False],
    }
)
CURVE = pd.DataFrame({"item_share": [0.0, 0.1, 1.0], "event_share": [0.0, 0.5, 1.0]})
GAPS = pd.DataFrame({"bin": ["1 s", "1 h", "1 d"], "low_s": [0, 60, 7200], "gaps": [9, 4, 1]})
SHARES = pd.DataFrame({"category": ["Drama", "Noir"], "item_share": [0.3, 0.1], "event_share": [0.2, 0.2]})
MONTHS = pd.DataFrame(
    {"month": pd.date_range("2024-01-01", periods=3, freq="MS"), "share": [0.3, 0.1, 0.1], "events": [3, 4, 5]}
)
DOTS = pd.DataFrame(
    {
        "label": ["HRNN", "Popularity"],
        "role": ["model", "popularity"],
        "value": [0.3, 0.1],
        "low": [0.2, 0.05],
        "high": [0.4, 0.15],
        "popularity": [0.1, 0.1],
    }
)


@pytest.mark.parametrize("height", [220, 420])
def test_pictures_of_data_have_the_height_asked_for(height: int) -> None:
    charts = [
        look.activity(WEEKS, "week", height),
        look.concentration(CURVE, 0.1, height),
        look.history_lengths(pd.DataFrame({"bin": ["1", "2-4"], "people": [3, 4]}), height),
        look.time_gaps(GAPS, 7200.0, height),
        look.categories(SHARES, height),
        look.drift(MONTHS, height),
    ]
    assert [chart.to_dict()["height"] for chart in charts] == [height] * 6
    assert all(marks(chart) for chart in charts)


def test_a_day_stays_that_day_in_every_zone() -> None:
    weeks = look.activity(WEEKS, "week").to_dict()["datasets"]["periods"]
    assert [row["start"] for row in weeks] == ["2024-01-01T00:00:00", "2024-01-08T00:00:00", "2024-01-15T00:00:00"]


@pytest.mark.parametrize(
    ("last", "format_"),
    [("2024-02-10", "%d %b"), ("2024-12-01", "%b %Y"), ("2025-02-01", "%b %Y"), ("2031-01-01", "%Y")],
)
def test_an_axis_of_time_tells_the_year_where_there_are_several(last: str, format_: str) -> None:
    assert look.time_axis(pd.Series(pd.to_datetime(["2024-01-01", last])))["format"] == format_


def test_a_period_that_the_edge_cuts_is_an_open_dot_beside_the_line() -> None:
    layers = look.activity(WEEKS, "week").to_dict()["layer"]
    assert [part.get("transform", [{}])[0].get("filter") for part in layers[:3]] == [
        "datum.whole",
        "datum.whole",
        "!datum.whole",
    ]


def test_concentration_marks_the_half() -> None:
    assert {"line", "point", "text"} <= marks(look.concentration(CURVE, 0.1))
    assert "text" not in marks(look.concentration(CURVE, None))


@pytest.mark.parametrize(("share", "said"), [(0.08, "half: 8 % of items"), (0.51, "half: 51 %")])
def test_the_words_beside_the_half_end_within_their_card(share: float, said: str) -> None:
    assert look.concentration(CURVE, share).to_dict()["datasets"]["half"][0]["words"] == said


def test_session_gap_is_a_line_where_there_is_one() -> None:
    assert "rule" in marks(look.time_gaps(GAPS, 7200.0))
    assert "rule" not in marks(look.time_gaps(GAPS, None))


def test_dot_plot_draws_intervals_dots_squares_and_chance() -> None:
    assert {"rule", "point", "text"} <= marks(training.dot_plot(DOTS, 0.02, "MRR@25"))
    assert training.dot_plot(DOTS, None, "MRR@25").to_dict()["height"] == training.dot_plot_height(2)


def test_dot_plot_without_intervals_or_popularity() -> None:
    bare = DOTS.assign(low=float("nan"), high=float("nan"), popularity=float("nan"))
    assert "point" in marks(training.dot_plot(bare, None, "MRR@25"))


def test_short_stages_are_wide_enough_for_their_names() -> None:
    stages = pd.DataFrame({"stage": ["read", "train"], "share": [0.01, 0.99], "fraction": [1.0, 0.5]})
    spec = training.stage_bar(stages).to_dict()
    rows = next(rows for rows in spec["datasets"].values() if "stage" in rows[0])
    assert rows[0]["end"] >= 0.1
    assert rows[0]["done_until"] == rows[0]["end"]
    assert rows[1]["start"] < rows[1]["done_until"] < rows[1]["end"]


def test_trials_are_dots_and_failed_ones_leave_a_gap() -> None:
    rows = pd.DataFrame(
        {
            "trial": [1, 2, 3],
            "role": ["quiet", "model", "quiet"],
            "value": [0.2, 0.3, None],
            "state": ["done", "done", "failed"],
            "settings": ["bptt 1", "bptt 2", "bptt 3"],
        }
    )
    assert marks(trials.trial_plot(rows, "NDCG@25")) == {"point", "text"}
    assert marks(trials.trial_plot(rows.tail(1), "NDCG@25", n_planned=8)) == {"point", "text"}


def test_frequent_items_stand_beside_popularity_where_it_is_known():
    rows = pd.DataFrame({"label": ["Vertigo", "Psycho"], "share": [0.09, 0.05], "popular_share": [1.0, 0.0]})
    assert marks(batch.frequent_items(rows)) >= {"bar", "text"}
    unknown = rows.assign(popular_share=float("nan"))
    assert len(batch.frequent_items(unknown).to_dict()["layer"][0]["layer"]) == 2
    assert len(batch.frequent_items(rows).to_dict()["layer"][0]["layer"]) == 3
