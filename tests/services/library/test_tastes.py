"""Tastes are what is over-represented in a history, not what is frequent."""

import numpy as np
import pytest

from services.library.tastes import Tastes, top_of_everybody

CATEGORIES = {"d1": ["Drama"], "d2": ["Drama"], "n1": ["Noir", "Drama"], "n2": ["Noir"], "w1": ["Western"], "x": []}
EVENTS = {"d1": 50, "d2": 30, "n1": 10, "n2": 5, "w1": 5, "x": 7}


@pytest.fixture
def tastes() -> Tastes:
    return Tastes("GENRES", CATEGORIES, EVENTS)


def test_an_item_with_two_categories_counts_half_to_each(tastes: Tastes) -> None:
    shares = dict(tastes.everybody.itertuples(index=False))
    assert shares == pytest.approx({"Drama": 0.85, "Noir": 0.10, "Western": 0.05})
    assert tastes.everybody["category"].tolist() == ["Drama", "Noir", "Western"]


def test_the_formula(tastes: Tastes) -> None:
    frame = tastes.of(["n1", "n2", "n2", "d1", "d1"]).set_index("category")
    assert frame.loc["Noir", "times"] == pytest.approx((2.5 + 5 * 0.10) / ((5 + 5) * 0.10))
    assert frame.loc["Drama", "times"] == pytest.approx((2.5 + 5 * 0.85) / ((5 + 5) * 0.85))
    assert frame.index.tolist() == ["Noir", "Drama"]


def test_what_is_frequent_with_everybody_is_no_taste(tastes: Tastes) -> None:
    assert tastes.top(["d1", "d2", "d1", "n2", "n2", "d2"]) == ("Noir",)


def test_fewer_than_five_events_or_one_lucky_event_make_no_taste(tastes: Tastes) -> None:
    assert tastes.top(["n2", "n2", "n2", "n2"]) == ()
    assert tastes.top(["d1", "d2", "d1", "d2", "w1"]) == ()
    assert tastes.top([]) == ()


def test_in_taste(tastes: Tastes) -> None:
    assert tastes.in_taste(["n1", "d1", "x", "unknown"], ["Noir"]) == [True, False, False, False]


def test_without_categories_everything_is_empty() -> None:
    nothing = Tastes("", {}, {"a": 3})
    assert nothing.everybody.empty
    assert list(nothing.of(["a"])) == ["category", "share", "everybody", "times", "touched"]
    assert nothing.top(["a"] * 9) == ()


def test_everybody_at_once_agrees_with_one_by_one() -> None:
    rng = np.random.default_rng(0)
    names = [f"c{n}" for n in range(6)]
    categories = [list(rng.choice(6, size=rng.integers(0, 4), replace=False)) for _ in range(40)]
    lengths = rng.integers(0, 30, size=50)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    items = (rng.random(lengths.sum()) ** 2 * 40).astype(np.int32)
    code_offsets = np.concatenate([[0], np.cumsum([len(c) for c in categories])]).astype(np.int64)
    codes = np.array([code for c in categories for code in c], dtype=np.int32)
    best = top_of_everybody(offsets, items, codes, code_offsets, 6)
    counts = np.bincount(items, minlength=40)
    single = Tastes(
        "c",
        {str(i): [names[c] for c in cs] for i, cs in enumerate(categories)},
        {str(i): int(n) for i, n in enumerate(counts)},
    )
    for user in range(50):
        expected = single.top([str(i) for i in items[offsets[user] : offsets[user + 1]]], n=2)
        assert tuple(names[code] for code in best[user] if code >= 0) == expected
