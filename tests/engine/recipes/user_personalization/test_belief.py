"""The belief about an item after events and impressions."""

from dataclasses import replace

import numpy as np
import pytest

from services.engine.recipes.base import Histories, Impressions
from services.engine.recipes.histories import keep_events, select_users
from services.engine.recipes.user_personalization import belief as belief_module
from services.engine.recipes.user_personalization.belief import item_beliefs, shares_of_lists
from tests.engine.recipes.synthetic import histories_of

EQUAL = np.zeros(4, np.float32)


def shown(histories: Histories, lists: list[list[int]], every: int = 1) -> Histories:
    """Return the histories with what was on show at each event."""
    offsets = np.concatenate([[0], np.cumsum([len(items) for items in lists])]).astype(np.int64)
    items = np.array([item for items in lists for item in items], np.int32)
    return replace(histories, impressions=Impressions(offsets, items, every))


def test_what_has_no_event_is_as_uncertain_as_the_prior_and_events_narrow() -> None:
    belief = item_beliefs(histories_of([[0, 1], [1, 0, 1], [1, 2]], 4), EQUAL, 4.0)
    assert belief.shift.tolist() == [0, 0, 0, 0]
    np.testing.assert_allclose(belief.width, (0.25 + np.array([2, 4, 1, 0])) ** -0.5, rtol=1e-6)
    assert belief.shift.dtype == belief.width.dtype == np.float32


def test_item_that_is_passed_over_sinks_and_is_explored_less() -> None:
    histories = histories_of([[0, 1]] * 40, 4)
    ignored = item_beliefs(shown(histories, [[0, 1, 3], [0, 1, 3]] * 40), EQUAL, 1.0)
    never_shown = item_beliefs(shown(histories, [[0, 1], [0, 1]] * 40), EQUAL, 1.0)
    assert ignored.shift[3] < -1
    assert ignored.width[3] < 0.7 * never_shown.width[3]
    assert (never_shown.shift[3], never_shown.width[3]) == (0, 1)


def test_item_that_is_chosen_more_than_its_neighbours_rises() -> None:
    histories = histories_of([[0, 1]] * 3 + [[2, 2]] * 4, 4)
    lists = [[0, 2], [1, 2]] * 3 + [[0, 1, 2, 3]] * 8
    belief = item_beliefs(shown(histories, lists), np.log(np.array([30, 30, 1, 1], np.float32)), 1.0)
    assert belief.shift[2] > 0.5
    assert belief.shift[3] < 0


def test_shares_of_a_list_follow_appeal_and_count_each_item_once() -> None:
    histories = shown(histories_of([[0], [3]], 4), [[0, 1, 1], []])
    chosen, expected = shares_of_lists(histories, histories.impressions, np.log([3, 1, 9, 9]))
    assert chosen.tolist() == [1, 0, 0, 0]
    np.testing.assert_allclose(expected, [0.75, 0.25, 0, 0])


def test_item_that_was_chosen_counts_as_on_show() -> None:
    histories = shown(histories_of([[2]], 4), [[0]])
    chosen, expected = shares_of_lists(histories, histories.impressions, EQUAL)
    assert chosen.tolist() == [0, 0, 1, 0]
    assert expected.tolist() == [0.5, 0, 0.5, 0]


def test_lists_are_counted_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    histories = histories_of(rng.integers(0, 4, (20, 3)).tolist(), 4)
    histories = shown(histories, [rng.integers(0, 4, rng.integers(0, 5)).tolist() for _ in range(60)])
    at_once = shares_of_lists(histories, histories.impressions, EQUAL)
    monkeypatch.setattr(belief_module, "_BLOCK_EVENTS", 7)
    np.testing.assert_allclose(shares_of_lists(histories, histories.impressions, EQUAL), at_once)


def test_a_list_that_stands_for_others_counts_as_often() -> None:
    histories = histories_of([[0, 1]] * 8, 4)
    all_lists, half = [[0, 1, 3]] * 16, [[0, 1, 3], []] * 8
    full = shares_of_lists(shown(histories, all_lists), shown(histories, all_lists).impressions, EQUAL)
    thinned = shown(histories, half, every=2)
    assert shares_of_lists(thinned, thinned.impressions, EQUAL)[1][3] == pytest.approx(full[1][3])


@pytest.mark.parametrize("variance", [0.1, 9.0])
def test_most_likely_shift_balances_events_and_prior(variance: float) -> None:
    observed = np.array([0.0, 0.0, 5.0, 5.0, 3000.0, 2.0])
    expected = np.array([0.0, 5000.0, 0.0, 5.0, 1.0, 1e-9])
    x = belief_module._most_likely(observed, expected, variance)
    np.testing.assert_allclose(observed - expected * np.exp(x) - x / variance, 0, atol=1e-6)


def test_lists_go_where_their_events_go() -> None:
    histories = shown(histories_of([[0, 1], [2], [3, 0]], 4), [[0], [], [2, 3], [3], [1, 2]])
    kept = keep_events(histories, np.array([False, True, True, False, True])).impressions
    assert (kept.offsets.tolist(), kept.items.tolist()) == ([0, 0, 2, 4], [2, 3, 1, 2])
    chosen = select_users(histories, np.array([2, 0])).impressions
    assert (chosen.offsets.tolist(), chosen.items.tolist()) == ([0, 1, 3, 4, 4], [3, 1, 2, 0])
