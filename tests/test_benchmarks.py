"""What the benchmarks measure with: the synthetic interactions, the splits and the bar are what they claim to be."""

from dataclasses import replace

import numpy as np

from benchmarks.bar import MARGIN, SECONDS, Mark, Task, measured, rows
from benchmarks.recipes import leave_one_out, time_split
from benchmarks.synthetic import interactions
from tests.engine.recipes.synthetic import checkerboard


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


def test_the_bar_says_what_is_reached_by_the_mean_of_the_seeds() -> None:
    marks = (Mark("HR@10", 0.3, 0.4), Mark(SECONDS, 100, 50), Mark(MARGIN, 0, 0))
    found = [{"HR@10": 0.28, SECONDS: 40, MARGIN: -0.1}, {"HR@10": 0.34, SECONDS: 50, MARGIN: 0.0}]
    table = list(rows("films", Task(lambda seed: found[seed], marks), found))
    assert table == [
        "| films | HR@10 | 0.3 | 0.4 | 0.3100 | 0.2800 0.3400 | must |",
        f"| films | {SECONDS} | 100 | 50 | 45 | 40 50 | goal |",
        f"| films | {MARGIN} | 0 | 0 | -0.0500 | -0.1000 0.0000 | no |",
    ]


def test_a_seed_that_the_log_has_is_not_measured_again(tmp_path) -> None:
    asked: list[int] = []

    def measure(seed: int) -> dict[str, float]:
        asked.append(seed)
        return {"HR@10": seed / 10}

    task, log = Task(measure, ()), tmp_path / "log"
    assert [found["HR@10"] for found in measured("films", task, 2, log)] == [0.0, 0.1]
    assert [found["HR@10"] for found in measured("films", task, 3, log)] == [0.0, 0.1, 0.2]
    assert asked == [0, 1, 2]


def test_a_split_by_time_has_one_moment_for_all_and_asks_who_has_both_sides() -> None:
    board = checkerboard(n_users=20)
    late, early = slice(*board.offsets[:2]), slice(*board.offsets[1:3])
    times = board.timestamps.copy()
    times[late] += 10**6
    times[early] -= 10**6
    histories = replace(board, timestamps=times)
    test, validation = time_split(histories, False), time_split(histories, True)
    assert test.asked.tolist() == list(range(2, 20))  # neither the late user, who has no past, nor the early one
    for parts in (test, validation):
        assert parts.train.timestamps.max() < parts.targets.timestamps.min()
        assert set(parts.asked) <= set(range(2, 20))
        assert len(parts.asked) > 0
    assert validation.targets.timestamps.max() < test.targets.timestamps.min()


def test_leave_one_out_learns_from_neither_of_the_last_two_events() -> None:
    histories = checkerboard(n_users=5)
    parts = leave_one_out(histories, False)
    for user in range(5):
        items = histories.of(user)[0].tolist()
        split = [part.of(user)[0].tolist() for part in (parts.train, parts.inputs, parts.targets)]
        assert split == [items[:-2], items[:-1], items[-1:]]
