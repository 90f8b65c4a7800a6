"""Amazon's own metric code by hand, intervals, and who is shown what."""

import numpy as np
import pandas as pd
import pytest

from services.laboratory.estimates import estimate_over_seeds
from services.laboratory.ranking_metrics import PLACES
from services.screens.cold_start import groups, measures, sentences
from services.screens.cold_start.measures import CLICK_RATE, REACH, list_rows, measure, summary

HITS = np.zeros((3, PLACES))
HITS[0, [0, 2]] = 1
HITS[1, 4] = 1


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("precision_at_25", [2 / 25, 1 / 25, 0]),
        ("precision_at_1", [1, 0, 0]),
        ("precision_at_5", [2 / 5, 1 / 5, 0]),
        ("mean_reciprocal_rank_at_25", [1, 1 / 5, 0]),
        # r1 + sum of ri / log2(i) from the second place on, over the same of the list sorted: log2(2) is 1
        ("normalized_discounted_cumulative_gain_at_5", [(1 + 1 / np.log2(3)) / 2, 1 / np.log2(5), 0]),
        # one of the two hits lies beyond two places, the sorted list has both
        ("normalized_discounted_cumulative_gain_at_2", [1 / 2, 0, 0]),
    ],
)
def test_metrics_are_those_of_amazons_notebooks(metric: str, expected: list[float]) -> None:
    assert measure(HITS, metric) == pytest.approx(expected)


def rows() -> pd.DataFrame:
    shown = {"u1": ["a", "b"], "u2": ["a", "c"]}
    one = list_rows(0, "model", shown, {"u1": ["b"], "u2": []})
    other = list_rows(0, "random", {"u1": ["c", "d"], "u2": ["d", "e"]}, {"u1": ["b"]})
    return pd.concat([one, other])


def test_a_summary_has_every_metric_and_the_reach_of_each_method() -> None:
    frame = summary(rows(), {0: 6}).set_index(["method", "metric"])
    assert frame.loc[("model", CLICK_RATE), "value"] == pytest.approx(1 / 25 / 2)
    assert frame.loc[("model", REACH), "value"] == pytest.approx(3 / 6)
    assert frame.loc[("random", "precision_at_1"), "value"] == 0
    assert set(frame["n_people"]) == {2}


def test_a_difference_is_paired_by_person() -> None:
    gain = measures.difference(rows(), "model", "random")
    assert gain.value == pytest.approx(1 / 50)
    assert gain.low <= gain.value <= gain.high


def test_intervals_hold_the_mean_and_widen_with_seeds_that_disagree() -> None:
    rng = np.random.default_rng(0)
    alike = [rng.random(500), rng.random(500)]
    apart = [alike[0], alike[1] + 1]
    for values in (alike, apart):
        mean = estimate_over_seeds(values)
        assert mean.low < mean.value < mean.high
    narrow, wide = (mean.high - mean.low for mean in map(estimate_over_seeds, (alike, apart)))
    assert wide > 5 * narrow
    assert np.isnan(estimate_over_seeds([]).value)


CATEGORIES = {"a": ["Sweet"], "b": ["Sweet", "Sour"], "c": ["Sour"], "d": ["Salt"]}
NEW = pd.DataFrame({"seed": 0, "item_id": ["a", "b", "c", "d"]})


def tastes(n_sweet: int, n_sour: int, n_none: int = 0) -> pd.DataFrame:
    names = ["Sweet"] * n_sweet + ["Sour"] * n_sour + [""] * n_none
    return pd.DataFrame({"seed": 0, "column": "KIND", "user_id": [f"u{i}" for i in range(len(names))], "taste": names})


def test_groups_are_people_by_taste_the_largest_first() -> None:
    found = groups.viewer_groups(tastes(20, 30, 2), CATEGORIES, NEW)
    assert found.categories == ("Sour", "Sweet")
    assert dict(found.n_viewers) == {"Sour": 30, "Sweet": 20}
    assert (found.n_without, found.n_new["Sour"]) == (2, 2)


def test_a_cell_is_a_share_over_its_share_among_new_items() -> None:
    found = groups.viewer_groups(tastes(20, 30), CATEGORIES, NEW)
    shown = list_rows(0, "model", {user: ["a", "b"] for user in found.members["Sweet"]}, {"u0": ["a"]})
    taken = pd.DataFrame({"seed": [0], "user_id": ["u0"], "item_id": ["a"]})
    cells = groups.heat_map(shown, taken, found, CATEGORIES, NEW).set_index(["group", "category"])
    # among new items Sweet has 1.5 of 4; of what is shown 1.5 of 2
    assert cells.loc[("Sweet", "Sweet"), "shown"] == pytest.approx(2.0)
    assert cells.loc[("Sweet", "Sour"), "shown"] == pytest.approx((0.5 / 2) / (1.5 / 4))
    assert cells.loc[("Sweet", "Sweet"), "taken"] == pytest.approx(1 / (1.5 / 4))
    assert cells.loc[("Sweet", "Sweet"), "difference"] == pytest.approx(2.0 * 1.5 / 4)
    own = groups.diagonal(cells.reset_index())
    assert own["Sweet"] == pytest.approx(2.0)


def test_a_small_group_has_no_figures() -> None:
    found = groups.viewer_groups(tastes(30, 19), CATEGORIES, NEW)
    shown = list_rows(0, "model", {user: ["c"] for user in found.members["Sour"]}, {})
    taken = pd.DataFrame({"seed": [], "user_id": [], "item_id": []}).astype({"seed": int})
    cells = groups.heat_map(shown, taken, found, CATEGORIES, NEW)
    assert cells[cells["group"] == "Sour"]["shown"].isna().all()
    assert found.enough == ("Sweet",)


def test_the_best_served_group_comes_first_with_what_it_is_shown() -> None:
    found = groups.viewer_groups(tastes(20, 20), CATEGORIES, NEW)
    lists = {user: ["a", "d"] for user in (*found.members["Sweet"], *found.members["Sour"])}
    shown = list_rows(0, "model", lists, {user: ["a"] for user in found.members["Sweet"]})
    frame = groups.served(shown, found)
    assert list(frame["group"]) == ["Sweet", "Sour"]
    assert list(frame["click_rate"]) == [0.5, 0.0]
    example = groups.examples(shown, found, "Sweet").iloc[0]
    assert (example["item_id"], example["n_shown"], example["n_clicks"]) == ("a", 20, 20)
    only = groups.examples(shown, found, "Sweet", category="Salt", categories_of=CATEGORIES)
    assert list(only["item_id"]) == ["d"]


def test_people_without_a_clear_taste_are_a_group_of_their_own() -> None:
    """They were in none, so that the worst served was a group of taste although they got less than by chance."""
    some = tastes(20, 20)
    nobody = pd.DataFrame({"seed": 0, "column": some["column"].iloc[0], "taste": ""}, index=range(30))
    found = groups.viewer_groups(
        pd.concat([some, nobody.assign(user_id=[f"n{n}" for n in range(30)])]), CATEGORIES, NEW
    )
    users = (*found.members["Sweet"], *found.members["Sour"])
    lists = {user: ["a", "d"] for user in (*users, *(f"n{n}" for n in range(30)))}
    shown = list_rows(0, "model", lists, {user: ["a"] for user in users})
    frame = groups.served(shown, found)
    assert tuple(frame.iloc[-1]) == (groups.NO_TASTE, 30, 0.0, 0)
    said = sentences.no_taste_words(frame, found.n_without, 0.041)
    assert said == "30 people have no clear taste: of what they were shown 0 % was right; of random ones, 4.1 %."
    assert sentences.no_taste_words(frame.head(1), 1, 0.041) == "1 person has no clear taste."
