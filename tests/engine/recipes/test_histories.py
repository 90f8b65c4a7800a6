"""Choosing events and users of histories."""

import numpy as np
import pytest

from services.engine.recipes import histories as histories_module
from services.engine.recipes.base import Column, Histories
from services.engine.recipes.histories import (
    count_unique_users,
    keep_events,
    repeat_share,
    select_users,
    within_length_percentiles,
)
from tests.engine.recipes.synthetic import histories_of


def typed() -> Histories:
    """Two users and one without events, event types, values and a context column with several categories a cell."""
    plain = histories_of([[0, 1, 2], [], [3, 4]], 5)
    return Histories(
        plain.offsets,
        plain.items,
        plain.timestamps,
        plain.n_items,
        event_types=np.array([0, 1, 0, 1, 1], np.int16),
        event_type_names=("watch", "rate"),
        event_values=np.array([np.nan, 3.5, np.nan, 4.0, 2.0], np.float32),
        context=(
            Column("DEVICE", np.array([0, 1, 0, 1, 1, 0], np.int32), np.array([0, 1, 3, 4, 5, 6]), ("tv", "web")),
        ),
    )


def test_kept_events_keep_all_users_and_all_columns() -> None:
    kept = keep_events(typed(), np.array([False, True, False, True, True]))
    assert kept.items.tolist() == [1, 3, 4]
    assert kept.lengths().tolist() == [1, 0, 2]
    assert kept.event_values is not None
    assert kept.event_values.tolist() == [3.5, 4.0, 2.0]
    assert kept.context[0].values.tolist() == [1, 0, 1, 0]
    assert kept.context[0].offsets is not None
    assert kept.context[0].offsets.tolist() == [0, 2, 3, 4]


def test_selected_users_come_in_the_order_asked_for() -> None:
    chosen = select_users(typed(), np.array([2, 0]))
    assert chosen.items.tolist() == [3, 4, 0, 1, 2]
    assert chosen.lengths().tolist() == [2, 3]
    assert chosen.event_types is not None
    assert chosen.event_types.tolist() == [1, 1, 0, 1, 0]
    assert select_users(typed(), np.array([False, True, True])).items.tolist() == [3, 4]


def test_kept_events_need_not_be_neighbours() -> None:
    kept = keep_events(typed(), np.array([True, False, True, False, True]))
    assert kept.items.tolist() == [0, 2, 4]
    assert kept.lengths().tolist() == [2, 0, 1]


def test_percentiles_drop_the_longest_histories_and_users_without_events() -> None:
    histories = histories_of([list(range(n)) for n in [*range(101)]], 200)
    kept = within_length_percentiles(histories, 0.0, 0.99)
    assert np.flatnonzero(~kept).tolist() == [0, 100]
    assert within_length_percentiles(histories, 0.1, 1.0).sum() == 90


def test_percentiles_keep_everybody_where_all_are_equal() -> None:
    assert within_length_percentiles(histories_of([[0, 1]] * 5, 3), 0.0, 0.99).all()


@pytest.mark.parametrize("block", [1, 3, 1 << 20])
def test_a_user_counts_once_for_an_item_in_blocks_of_any_size(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories_module, "_BLOCK_EVENTS", block)
    found = count_unique_users(histories_of([[0, 1, 0, 0], [], [1, 2], [1], []], 4))
    assert found.tolist() == [1, 3, 1, 0]
    assert count_unique_users(histories_of([[]], 2)).tolist() == [0, 0]


def test_repeat_share_counts_events_on_items_a_user_already_had() -> None:
    assert repeat_share(histories_of([[0, 1, 0, 0], [1, 2]], 3)) == pytest.approx(2 / 6)
    assert repeat_share(histories_of([[]], 3)) == 0.0
