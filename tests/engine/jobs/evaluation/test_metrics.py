"""AWS's definitions with AWS's own examples (developer guide, "Metric definitions"), the split, the intervals."""

import numpy as np
import pytest

from services.engine.jobs.evaluation import metrics
from services.engine.jobs.evaluation.metrics import AWS_METRICS, MRR, Evaluation, measure
from services.engine.jobs.evaluation.split import newest_tenth, sequence_split
from services.engine.recipes.base import Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.registry import load_recipe

NDCG_5 = "normalized_discounted_cumulative_gain_at_5"


def histories_of(items_of_users: list[list[int]], n_items: int) -> Histories:
    lengths = [len(items) for items in items_of_users]
    items = np.array([item for items in items_of_users for item in items], np.int32)
    times = np.concatenate([np.arange(n) for n in lengths] or [[]]).astype(np.int64)
    return Histories(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), items, times, n_items)


def lists(n_users: int) -> np.ndarray:
    """Every user is shown items 1 to 25: the item's number is its rank."""
    return np.tile(np.arange(1, 26, dtype=np.int32), (n_users, 1))


def test_hits_at_ranks_two_and_five_of_two_relevant() -> None:
    values = measure(lists(1), histories_of([[2, 5]], 100))
    assert values[NDCG_5][0] == pytest.approx(0.6241, abs=5e-5)
    assert values[MRR][0] == 0.5
    assert values["precision_at_5"][0] == pytest.approx(0.4)


def test_ideal_counts_all_relevant_items_not_only_the_retrieved() -> None:
    assert measure(lists(1), histories_of([[2, 5, 99]], 100))[NDCG_5][0] == pytest.approx(0.4776, abs=5e-5)


def test_mean_reciprocal_rank_of_first_hits_at_four_two_six() -> None:
    values = measure(lists(3), histories_of([[4, 9], [2], [99, 6]], 100))
    assert values[MRR].mean() == pytest.approx(0.3056, abs=5e-5)


def test_precision_divides_by_k_even_with_fewer_relevant() -> None:
    values = measure(lists(1), histories_of([[1, 4, 9]], 100))
    assert values["precision_at_10"][0] == pytest.approx(0.30)
    assert values["precision_at_25"][0] == pytest.approx(0.12)


def test_perfect_list_reaches_one_with_more_relevant_than_shown() -> None:
    values = measure(lists(1), histories_of([list(range(1, 31))], 100))
    assert all(values[f"normalized_discounted_cumulative_gain_at_{k}"][0] == pytest.approx(1.0) for k in (5, 10, 25))


def test_item_that_is_relevant_twice_counts_once() -> None:
    assert measure(lists(1), histories_of([[1, 1]], 100))[NDCG_5][0] == pytest.approx(1.0)


def test_hits_beyond_rank_25_and_empty_places_count_nothing() -> None:
    shown = np.full((2, 25), -1, np.int32)
    values = measure(shown, histories_of([[26], []], 100))
    assert all(value.sum() == 0 for value in values.values())


def test_one_users_targets_do_not_count_for_another() -> None:
    values = measure(lists(2), histories_of([[1], [50]], 51))
    assert values["hit_rate_at_10"].tolist() == [1.0, 0.0]


def test_coverage_counts_distinct_items_of_the_whole_catalogue() -> None:
    shown = np.array([[0, 1, -1], [1, 2, -1]], np.int32)
    assert Evaluation({}, shown, n_items=10).coverage() == pytest.approx(0.3)


@pytest.mark.parametrize(("n_events", "n_newest"), [(1, 1), (2, 1), (10, 1), (11, 2), (20, 2), (21, 3), (100, 10)])
def test_newest_tenth_is_rounded_up(n_events: int, n_newest: int) -> None:
    newest = newest_tenth(histories_of([list(range(n_events))], 200))
    assert newest.sum() == n_newest
    assert newest[-n_newest:].all()


def test_split_tests_a_tenth_of_those_with_two_events_and_trains_on_all_others() -> None:
    histories = histories_of([[1]] * 30 + [list(range(20))] * 50, 20)
    split = sequence_split(histories, seed=3)
    assert len(split.test_users) == 5
    assert (split.test_users >= 30).all()
    assert split.train_users.sum() == 75
    assert not split.train_users[split.test_users].any()
    assert split.inputs.lengths().tolist() == [18] * 5
    assert split.targets.of(0)[0].tolist() == [18, 19]


def test_split_is_the_same_for_the_same_seed_only() -> None:
    histories = histories_of([[1, 2, 3]] * 200, 5)
    first, again, other = (sequence_split(histories, seed).test_users.tolist() for seed in (0, 0, 1))
    assert first == again != other


def test_split_of_users_with_one_event_has_no_test_users() -> None:
    split = sequence_split(histories_of([[1], [2], []], 5))
    assert len(split.test_users) == 0
    assert split.train_users.all()
    evaluation = metrics.evaluate_random(split.inputs, split.targets)
    assert set(evaluation.aws_metrics().values()) == {0.0}


def test_sample_keeps_inputs_and_targets_together() -> None:
    histories = histories_of([[user, user + 1, user + 2] for user in range(100)], 200)
    sample = sequence_split(histories, test_share=0.5).sample(10)
    assert len(sample.test_users) == 10
    for position, user in enumerate(sample.test_users.tolist()):
        assert sample.inputs.of(position)[0].tolist() == [user, user + 1]
        assert sample.targets.of(position)[0].tolist() == [user + 2]


def test_metrics_come_under_awss_eight_names() -> None:
    inputs, targets = histories_of([[0, 1]] * 40, 50), histories_of([[2]] * 40, 50)
    evaluation = metrics.evaluate_random(inputs, targets, hide_seen=True)
    assert tuple(evaluation.aws_metrics()) == AWS_METRICS
    assert len(AWS_METRICS) == 8
    assert not np.isin(evaluation.shown, [0, 1]).any()


def test_random_lists_hit_as_often_as_chance_says() -> None:
    targets = histories_of([[7]] * 3000, 100)
    evaluation = metrics.evaluate_random(histories_of([[]] * 3000, 100), targets, seed=5)
    assert evaluation.metrics()["hit_rate_at_25"] == pytest.approx(0.25, abs=0.025)


def test_popularity_is_measured_through_the_same_door() -> None:
    histories = histories_of([[0, 1, 2], [0, 1, 3], [0, 4, 1]], 6)
    model = load_recipe("aws-popularity-count").train(TrainingData(histories), TrainOptions(), SilentProgress())
    inputs, targets = histories_of([[0], [5]], 6), histories_of([[1], [4]], 6)
    raw = metrics.evaluate_model(model, inputs, targets)
    assert raw.shown[0, :5].tolist() == [0, 1, 2, 3, 4]
    assert raw.per_user[MRR].tolist() == [0.5, 0.2]
    hidden = metrics.evaluate_model(model, inputs, targets, hide_seen=True)
    assert hidden.per_user[MRR].tolist() == [1.0, 0.2]


def test_interval_holds_the_mean_and_narrows_with_users() -> None:
    def width(n_users: int) -> float:
        targets = histories_of([[1] if user % 3 else [99] for user in range(n_users)], 100)
        estimate = metrics.estimates(Evaluation(measure(lists(n_users), targets), lists(n_users), 100))[MRR]
        assert estimate.low < estimate.value < estimate.high
        return estimate.high - estimate.low

    assert width(60) > 2 * width(600) > 4 * width(12_000)


def test_paired_difference_of_equal_methods_is_nothing_and_of_unequal_ones_is_certain() -> None:
    targets = histories_of([[1 + user % 25] for user in range(200)], 100)
    good = Evaluation(measure(lists(200), targets), lists(200), 100)
    bad = Evaluation(measure(lists(200)[:, ::-1].copy() + 50, targets), lists(200), 100)
    same, better = metrics.differences(good, good)[MRR], metrics.differences(good, bad)[MRR]
    assert (same.low, same.value, same.high) == (0.0, 0.0, 0.0)
    assert better.low > 0
