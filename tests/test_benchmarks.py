"""What the benchmarks measure with: the synthetic interactions are what they claim to be."""

import numpy as np

from benchmarks.synthetic import interactions


def test_synthetic_users_take_no_item_twice_and_their_time_moves_on() -> None:
    users, items, times = (np.concatenate(parts) for parts in zip(*interactions(12_000, 300, 5000), strict=True))
    assert len(np.unique(users * 5000 + items)) == len(users)
    same_user = np.diff(users) == 0
    assert (np.diff(users) >= 0).all()
    assert (np.diff(times)[same_user] >= 0).all()
    assert len(np.unique(users)) == 300
    assert 10_000 < len(users) <= 12_500


def test_synthetic_items_are_unequally_popular_and_follow_each_other() -> None:
    users, items, _ = (np.concatenate(parts) for parts in zip(*interactions(12_000, 300, 5000), strict=True))
    popularity = np.sort(np.bincount(items, minlength=5000))[::-1]
    assert popularity[:500].sum() > 0.4 * len(items)
    pairs = items[:-1] * 5000 + items[1:]
    pairs = pairs[np.diff(users) == 0]
    assert np.bincount(pairs).max() > 20  # without an order, the commonest pair would occur a few times


def test_synthetic_interactions_are_the_same_for_one_seed() -> None:
    first, again = ([column.tolist() for column in next(interactions(2000, 50, 500, seed=3))] for _ in range(2))
    assert first == again
