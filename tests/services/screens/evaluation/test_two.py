"""Two results beside each other: people of both, paired, and what was held out in each."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.screens.evaluation.methods import WITHOUT, Method
from services.screens.evaluation.others import two
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.sentences import protocol_words
from services.screens.evaluation.split import LAST_TENTH
from tests.services.screens.evaluation.worlds import HRNN, measured


def test_people_of_both_results_are_paired(tmp_path: Path) -> None:
    one = EvaluationResult(measured(tmp_path, "Half", 0.5))
    some = list(one.truth)[10:]
    other = EvaluationResult(measured(tmp_path, "Most", 1.0, only=some))
    (found,) = two.against(one, HRNN, other, [HRNN], "hit_rate", 25)
    n_here = sum(user in some for user in list(one.truth)[: -(-len(one.truth) // 2)])
    assert found.n == len(some)
    assert (found.here, found.there) == (pytest.approx(n_here / len(some)), 1.0)
    assert (found.better, found.worse) == (0, len(some) - n_here)
    assert found.difference.value == pytest.approx(n_here / len(some) - 1)
    said = two.sentence(found, "HRNN", "Most", "HRNN", "hit_rate", 25)
    assert said.startswith("HRNN here is worse than HRNN of Most: hit rate@25 ")
    assert two.same_truth(one, other) == (len(some), len(some))
    assert two.truth_words(*two.same_truth(one, other)).startswith("The same items were held out for all")


def test_a_comparison_of_two_tasks_says_so(tmp_path: Path) -> None:
    one = EvaluationResult(measured(tmp_path, "By date", 0.5))
    other = EvaluationResult(measured(tmp_path, "By person", 0.5, protocol=LAST_TENTH))
    n_same, n = two.same_truth(one, other)
    assert n_same < n
    assert "the tasks differ" in two.truth_words(n_same, n)
    assert two.truth_words(0, 0).startswith("Nobody was asked in both")


def test_a_column_of_the_people_is_worth_what_lists_lose_without_it(tmp_path: Path) -> None:
    """All columns are right for 80 % of the people, without AGE for 50 %, without SHOE for as many as with it."""
    whole = Method("aws-hrnn-metadata")
    without = {
        Method(whole.name, column=f"{WITHOUT}{column}"): share for column, share in (("AGE", 0.5), ("SHOE", 0.8))
    }
    folder = measured(tmp_path / "home", "Columns", 0.4, methods={whole: 0.8, **without})
    worth = EvaluationResult(folder).columns("hit_rate", 25).set_index("column")
    assert list(worth.index) == ["all columns", "age of people", "shoe of people"]
    assert worth["gain"].tolist() == pytest.approx([0.4, 0.3, 0.0], abs=0.02)
    assert worth.loc["age of people", "low"] > 0.1
    assert worth.loc["shoe of people", ["low", "high"]].tolist() == [0, 0]


def test_without_times_no_date_names_what_is_held_out(tmp_path: Path) -> None:
    facts = EvaluationResult(measured(tmp_path, "Half", 0.5)).facts
    dated = replace(facts, moment=1_600_000_000)
    assert protocol_words(dated) == "everything after 13 Sep 2020"
    assert protocol_words(replace(dated, has_times=False)) == "the last 20 % of the rows, as there are no times"
