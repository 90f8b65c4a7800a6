import pandas as pd
import pytest

from services.library.store import Library
from services.library.tastes import Tastes
from services.screens.compare import sentences, taste_gaps
from tests.services.worlds import side


@pytest.fixture
def tastes() -> Tastes:
    categories = {"v": ["Noir"], "l": ["Noir"], "h": ["Horror"], "m": ["Music"]}
    return Tastes("GENRES", categories, {"v": 10, "l": 10, "h": 20, "m": 60})


def test_the_largest_gap_comes_first_with_history_and_list(tastes: Tastes) -> None:
    found = [side("A", "v", "l", known=("v",) * 20), side("B", "h", "h2", known=("h",) * 20)]
    rows = taste_gaps.gaps(found, tastes)
    assert list(rows.columns) == list(taste_gaps.GAP_COLUMNS)
    assert list(rows["letter"][:2]) == ["A", "B"]
    noir = rows[rows["category"] == "Noir"].set_index("letter")
    assert noir.loc["A", "history"] == pytest.approx((20 + 5 * 0.2) / (25 * 0.2))
    assert noir.loc["B", "history"] == pytest.approx(5 / 25)
    assert noir.loc["A", "list"] == pytest.approx((2 + 1) / (7 * 0.2))
    assert "Music" not in set(rows["category"])
    assert rows["gap"].is_monotonic_decreasing


def test_somebody_without_history_has_no_dot_there(tastes: Tastes) -> None:
    rows = taste_gaps.gaps([side("A", "v", known=()), side("B", "h", known=("h",))], tastes)
    assert rows[rows["letter"] == "A"]["history"].isna().all()
    assert rows[rows["letter"] == "A"]["list"].notna().all()


def test_nothing_is_an_empty_table_with_its_columns(tastes: Tastes) -> None:
    rows = taste_gaps.gaps([side("A"), side("B")], tastes)
    assert rows.empty
    assert list(rows.columns) == list(taste_gaps.GAP_COLUMNS)
    assert sentences.gap_sentence(rows) == "The catalogue has no such column."


def test_the_sentence_names_the_first_category_and_everybodys_values() -> None:
    rows = pd.DataFrame(
        [("Noir", "A", "Ann", 4.0, 2.0, 3.0), ("Noir", "B", "Bob", 0.5, 0.25, 3.0)],
        columns=list(taste_gaps.GAP_COLUMNS),
    )
    assert sentences.gap_sentence(rows) == (
        "Most different in Noir, as times everybody's share: Ann 4.0 in the history, 2.0 in the list; "
        "Bob 0.5 in the history, 0.2 in the list."
    )


def test_any_categorical_column_of_the_items_is_offered(tmp_path, small_world) -> None:
    data = Library(tmp_path).save(small_world)
    assert taste_gaps.columns_of(data)[:2] == ["GENRES", "DIRECTOR"]
