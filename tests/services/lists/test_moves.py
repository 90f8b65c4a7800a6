import pytest

from services.lists.moves import Move, agreement_word, mark, moves, rank_correlation, ranks


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [(7, 1, "▲ 6"), (2, 5, "▼ 3"), (4, 4, "="), (None, 3, "new"), (3, None, "out")],
)
def test_marks_are_text(before, after, said) -> None:
    assert mark(before, after) == said


def test_what_left_because_it_was_had_is_called_so() -> None:
    assert mark(3, None, had=True) == "watched"


def test_moves_follow_the_second_list_and_end_with_what_left() -> None:
    found = moves(["a", "b", "c"], ["c", "d", "a"], had=["b"])
    assert [(move.item_id, move.mark) for move in found] == [("c", "▲ 2"), ("d", "new"), ("a", "▼ 2"), ("b", "watched")]
    assert [move.rise for move in found] == [2, 0, -2, 0]


def test_nothing_moves_between_empty_lists() -> None:
    assert moves([], []) == []
    assert moves([], ["a"]) == [Move("a", None, 1, "new")]


def test_an_item_that_stands_twice_counts_once() -> None:
    assert ranks(["a", "a", "b"]) == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("after", "value", "word"),
    [("abcde", 1.0, "the same"), ("edcba", -1.0, "reversed"), ("abced", 0.9, "strong"), ("bdaec", 0.3, "some")],
)
def test_agreement_of_two_orders_as_a_word(after, value, word) -> None:
    correlation = rank_correlation("abcde", after)
    assert correlation == pytest.approx(value)
    assert agreement_word(correlation) == word


def test_agreement_looks_at_items_of_both_lists_and_says_when_they_are_too_few() -> None:
    assert rank_correlation(["a", "x", "b", "c"], ["a", "b", "y", "c"]) == pytest.approx(1.0)
    assert agreement_word(rank_correlation(["a", "b"], ["b", "a"])) == "too few"
    assert agreement_word(0.0) == "none"
