"""What lists show beside hits: how different they are from each other, and right ones that no bestseller list has."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from services.screens.evaluation.measures import count_items, measure, shared_with_others


def test_what_lists_share_with_the_others_is_the_mean_over_all_pairs() -> None:
    rng = np.random.default_rng(3)
    lists = [[f"i{n}" for n in rng.permutation(12)[: rng.integers(1, 9)]] for _ in range(15)]
    found = shared_with_others(lists, 5)
    sets = [set(own[:5]) for own in lists]
    pairs = [len(a & b) / np.sqrt(len(a) * len(b)) for a, b in combinations(sets, 2)]
    assert found.mean() == pytest.approx(np.mean(pairs))
    assert shared_with_others([["a", "b"], ["a", "b"], []], 5) == pytest.approx([0.5, 0.5, 0])


def test_one_list_for_everybody_is_not_personal_and_different_ones_are() -> None:
    train = pd.DataFrame({"USER_ID": list("uvw"), "ITEM_ID": list("aab")})
    items = count_items(train, {})
    same = measure([["a", "b"]] * 3, [["a"]] * 3, items)
    apart = measure([["a"], ["b"], ["c"]], [["a"]] * 3, items)
    assert same["personalisation_at_5"] == pytest.approx([0, 0, 0])
    assert apart["personalisation_at_5"] == pytest.approx([1, 1, 1])


def test_a_right_bestseller_is_no_serendipity() -> None:
    train = pd.DataFrame({"USER_ID": list("uvwuvw"), "ITEM_ID": list("aaabbc")})
    items = count_items(train, {})
    found = measure([["a", "c"]], [["a", "c"]], items)
    assert found["serendipity_at_1"] == [0]
    assert found["precision_at_1"] == [1]
    assert found["serendipity_at_25"] == [0]  # all three are among 25 bestsellers
    assert measure([["c"]], [["c"]], items)["serendipity_at_1"] == [1]
