import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lists.overlap import overlap_at, overlap_word, rank_biased_overlap

RANKINGS = st.lists(st.sampled_from("abcdefghijkl"), unique=True, max_size=9)


def by_definition(one: str, other: str, p: float) -> float:
    """RBO_EXT of lists of equal length as the paper prints it (equation 30)."""
    k = len(one)
    overlaps = [len(set(one[:d]) & set(other[:d])) for d in range(1, k + 1)]
    series = sum(x / d * p**d for d, x in enumerate(overlaps, 1))
    return overlaps[-1] / k * p**k + (1 - p) / p * series


@pytest.mark.parametrize("other", ["abcde", "bacde", "edcba", "abxyz", "vwxyz"])
@pytest.mark.parametrize("p", [0.5, 0.9])
def test_equal_lengths_follow_the_papers_formula(other: str, p: float) -> None:
    assert rank_biased_overlap("abcde", other, p) == pytest.approx(by_definition("abcde", other, p))


def test_lists_of_different_length_extrapolate_the_agreement_of_the_shorter() -> None:
    # s = 1, l = 2: X_1 = 1, X_2 = 1; (1-p)/p * (p + p^2/2 + 1*(2-1)/(1*2) p^2) + (0/2 + 1/1) p^2 = 1
    assert rank_biased_overlap("a", "ab", 0.5) == pytest.approx(1.0)
    # X_1 = 0, X_2 = 1: (1-p)/p * p^2/2 + (1/2) p^2 with p = 0.5
    assert rank_biased_overlap("b", "ab", 0.5) == pytest.approx(0.125 + 0.125)


def test_the_first_places_weigh_more() -> None:
    swapped_first = rank_biased_overlap("abcdefghij", "bacdefghij")
    swapped_last = rank_biased_overlap("abcdefghij", "abcdefghji")
    assert swapped_first < swapped_last < 1


def test_nothing_in_common_is_nought_and_equal_lists_are_one() -> None:
    assert rank_biased_overlap("abc", "xyz") == 0
    assert rank_biased_overlap("", "xyz") == 0
    assert rank_biased_overlap("abc", "abc") == pytest.approx(1)


@given(RANKINGS, RANKINGS)
def test_it_is_symmetric_and_within_bounds(one: list[str], other: list[str]) -> None:
    value = rank_biased_overlap(one, other)
    assert value == pytest.approx(rank_biased_overlap(other, one))
    assert -1e-9 <= value <= 1 + 1e-9


def test_bad_input_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"p is 1\.0"):
        rank_biased_overlap("ab", "ab", 1.0)
    with pytest.raises(ValueError, match="twice"):
        rank_biased_overlap("aa", "ab")


def test_overlap_at() -> None:
    assert overlap_at(["a", "b", "c"], ["c", "x", "a"], 2) == 0
    assert overlap_at(["a", "b", "c"], ["c", "x", "a"], 3) == 2


@pytest.mark.parametrize(
    ("value", "word"), [(0.0, "none"), (0.1, "little"), (0.3, "some"), (0.7, "strong"), (1.0, "the same")]
)
def test_words(value: float, word: str) -> None:
    assert overlap_word(value) == word
