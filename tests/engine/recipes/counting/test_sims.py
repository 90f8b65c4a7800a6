"""aws-sims: the counts against a count by hand, the order, the percentiles, and what an item without data gets."""

import json
from math import log

import numpy as np
import pytest

from services.engine.errors import InvalidInput, JobStopped
from services.engine.recipes.base import Histories, NeverListed, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.counting import cooccurrence
from services.engine.recipes.counting.sims import SimsModel, listable_items
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_model, load_recipe
from services.engine.recipes.top_items import top_items
from tests.engine.recipes.synthetic import checkerboard, histories_of

NAME = "aws-sims"
EVERY_ITEM = {"min_item_interaction_count_percentile": "0", "max_item_interaction_count_percentile": "1"}


def train(histories: Histories, featurization: dict[str, str] | None = None, **algorithm: str) -> SimsModel:
    values = complete(NAME, find(NAME).hyperparameters, algorithm, featurization or EVERY_ITEM)
    model = load_recipe(NAME).train(TrainingData(histories), TrainOptions(values), SilentProgress())
    assert isinstance(model, SimsModel)
    return model


def random_histories(seed: int = 0) -> Histories:
    rng = np.random.default_rng(seed)
    fame = 1.0 / np.arange(1, 31)
    return histories_of([rng.choice(30, 12, p=fame / fame.sum()).tolist() for _ in range(60)], 32)


def by_hand(histories: Histories, item: int, discount: float, least: int) -> dict[int, float]:
    """Return the similarity of every item that shares enough users with this one, and more than chance gives."""
    having = [{int(i) for i in histories.of(user)[0]} for user in range(histories.n_users)]
    similarities = {}
    for other in set(range(histories.n_items)) - {item}:
        both = sum(item in mine and other in mine for mine in having)
        with_item, with_other = (sum(one in mine for mine in having) for one in (item, other))
        expected = min(1, 2 * discount) * with_item * with_other / len(having)
        if both >= max(least, 1) and both > expected:
            surprise = both if discount == 0 else (2 * (both * log(both / expected) - both + expected)) ** 0.5
            similarities[other] = surprise / with_other ** max(0.0, discount - 0.5)
    return similarities


@pytest.mark.parametrize("discount", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("least", [0, 3])
@pytest.mark.parametrize("block", [100, 8_000_000])
def test_similarities_are_those_counted_by_hand(monkeypatch, discount, least, block) -> None:
    monkeypatch.setattr(cooccurrence, "BLOCK_PAIRS", block)
    histories = random_histories()
    model = train(histories, popularity_discount_factor=str(discount), min_cointeraction_count=str(least))
    for item in range(histories.n_items):
        items, similarities = model.neighbours_of(item)
        expected = by_hand(histories, item, discount, least)
        assert dict(zip(items.tolist(), similarities.tolist(), strict=True)) == pytest.approx(expected)
        order = list(zip((-similarities).tolist(), items.tolist(), strict=True))
        assert order == sorted(order)


def test_only_the_nearest_are_kept_and_ties_go_to_the_lower_item() -> None:
    histories = histories_of([list(range(9))] * 4 + [[0, 8]] * 2, 9)
    matrix = cooccurrence.user_item_matrix(histories)
    found = cooccurrence.nearest(
        matrix, np.ones(9, bool), discount=0.0, min_users=1, n_neighbours=3, progress=SilentProgress()
    )
    assert found.items[found.offsets[0] : found.offsets[1]].tolist() == [8, 1, 2]
    assert found.items[found.offsets[8] : found.offsets[9]].tolist() == [0, 1, 2]
    assert found.similarities[:3].tolist() == [6.0, 4.0, 4.0]


def test_repeats_of_one_user_are_no_evidence() -> None:
    model = train(histories_of([[0, 1, 0, 1, 0, 1], [0, 2]], 3), min_cointeraction_count="2")
    assert len(model.neighbours_of(0)[0]) == 0


def test_discount_moves_the_list_from_popular_to_rare_items() -> None:
    # 0 has 4 of its 6 users in common with the popular 1, and all 3 users of the rare 2.
    histories = histories_of([[0, 1]] * 3 + [[0, 1, 2]] + [[0, 2]] * 2 + [[1]] * 20, 3)
    first = {factor: train(histories, popularity_discount_factor=factor).neighbours_of(0)[0][0] for factor in "01"}
    assert first == {"0": 1, "1": 2}


def test_what_everybody_has_is_nobodys_neighbour_by_default() -> None:
    # 4 of the 5 users of 0 have the famous 1, as everybody has, and 3 have 2, which nearly nobody else has.
    histories = histories_of([[0, 1, 2]] * 3 + [[0, 1]] + [[0]] + [[1]] * 40 + [[3]] * 5, 4)
    assert train(histories).neighbours_of(0)[0].tolist() == [2]
    assert train(histories, popularity_discount_factor="0").neighbours_of(0)[0].tolist() == [1, 2]


def test_discount_1_is_the_order_of_the_lift() -> None:
    histories = random_histories()
    model = train(histories, popularity_discount_factor="1", min_cointeraction_count="1")
    having = cooccurrence.user_item_matrix(histories).toarray() > 0
    for item in range(histories.n_items):
        items = model.neighbours_of(item)[0]
        lift = (having[having[:, item]][:, items].sum(axis=0)) / np.maximum(having[:, items].sum(axis=0), 1)
        assert (np.diff(lift) <= 1e-6).all()


def test_a_model_tells_how_much_its_percentiles_hide() -> None:
    histories = histories_of([[0, 1, 2, 3, 4, 5]] * 5 + [[0]] * 20, 7)
    hidden = train(histories, {"max_item_interaction_count_percentile": "0.9"}).never_listed
    assert hidden == NeverListed(n_items=1, of_items=6, n_events=25, of_events=50)
    assert train(histories).never_listed == NeverListed(0, 6, 0, 50)


def test_checkerboard_neighbours_are_of_the_items_own_colour() -> None:
    histories = checkerboard()
    model = train(histories)
    for item in range(histories.n_items):
        assert (model.neighbours_of(item)[0] % 2 == item % 2).all()
        assert len(model.neighbours_of(item)[0]) == 19


def test_neighbours_come_first_then_popular_items_and_never_the_item_itself() -> None:
    histories = histories_of([[0, 1]] * 3 + [[2, 3]] + [[2, 4]] + [[2]] * 5, 6)
    model = train(histories)
    assert top_items(model.related_scores(0)[None], 6)[0].tolist() == [1, 2, 3, 4, -1, -1]
    assert top_items(model.related_scores(2)[None], 6)[0].tolist() == [0, 1, 3, 4, -1, -1]


@pytest.mark.parametrize("item", [None, 5])
def test_an_item_without_data_gets_popular_ones(item: int | None) -> None:
    model = train(histories_of([[0, 1]] * 3 + [[2, 3]] + [[2, 4]] + [[2]] * 5, 6))
    assert top_items(model.related_scores(item)[None], 3)[0].tolist() == [2, 0, 1]


def test_items_outside_the_percentiles_are_no_neighbours_but_are_answered_for() -> None:
    histories = histories_of([[0, 1, 2, 3, 4, 5]] * 5 + [[0]] * 20 + [[6]] * 5, 7)
    model = train(histories, {"max_item_interaction_count_percentile": "0.9"})
    assert listable_items(histories, 0.01, 0.9).tolist() == [False] + [True] * 6
    assert model.neighbours_of(1)[0].tolist() == [2, 3, 4, 5]
    assert model.neighbours_of(0)[0].tolist() == [1, 2, 3, 4, 5]


def test_percentiles_count_interactions_of_items_that_have_any() -> None:
    histories = histories_of([[item] * count for item, count in enumerate([1, 2, 3, 4, 5])], 50)
    assert np.flatnonzero(listable_items(histories, 0.25, 0.75)).tolist() == [1, 2, 3]
    assert np.flatnonzero(listable_items(histories, 0.0, 1.0)).tolist() == [0, 1, 2, 3, 4]
    assert not listable_items(histories_of([[]], 3), 0.0, 1.0).any()


def test_empty_item_percentile_range_is_refused() -> None:
    featurization = {"min_item_interaction_count_percentile": "0.95"}
    with pytest.raises(InvalidInput, match="no item is between them"):
        complete(NAME, find(NAME).hyperparameters, None, featurization)


def test_defaults_are_awss() -> None:
    values = complete(NAME, find(NAME).hyperparameters)
    assert values == {
        "popularity_discount_factor": 0.5,
        "min_cointeraction_count": 3,
        "min_user_history_length_percentile": 0.005,
        "max_user_history_length_percentile": 0.995,
        "min_item_interaction_count_percentile": 0.01,
        "max_item_interaction_count_percentile": 0.9,
    }


def test_two_runs_and_a_saved_model_agree() -> None:
    model = train(random_histories())
    arrays = {name: array.copy() for name, array in model.to_arrays().items()}
    for array in arrays.values():
        array.flags.writeable = False
    assert all(np.array_equal(array, arrays[name]) for name, array in train(random_histories()).to_arrays().items())
    loaded = load_model(NAME, arrays, json.loads(json.dumps(model.to_config())))
    assert isinstance(loaded, SimsModel)
    for item in (None, 0, 31):
        np.testing.assert_array_equal(loaded.related_scores(item), model.related_scores(item))


def test_scores_are_a_fresh_array_of_the_whole_catalogue() -> None:
    model = train(random_histories())
    first = model.related_scores(3)
    assert (first.shape, first.dtype) == ((32,), np.float32)
    first[:] = 7
    assert not (model.related_scores(3) == 7).any()


@pytest.mark.parametrize("items_of_users", [[[0]], [[0], [1]], [[], [0, 1], []], [[]]])
def test_tiny_data_trains(items_of_users: list[list[int]]) -> None:
    model = train(histories_of(items_of_users, 3), {"max_item_interaction_count_percentile": "0.9"})
    assert not np.isnan(model.related_scores(0)).any()
    assert np.isneginf(model.related_scores(0)[0])


def test_progress_grows_to_one_and_a_stop_is_passed_on(monkeypatch) -> None:
    monkeypatch.setattr(cooccurrence, "BLOCK_PAIRS", 500)
    fractions: list[float] = []

    class Watching(SilentProgress):
        def update(self, fraction: float, note: str = "") -> None:
            fractions.append(fraction)

    class Stopping(SilentProgress):
        def update(self, fraction: float, note: str = "") -> None:
            if fraction > 0:
                raise JobStopped("stopped")

    recipe, data = load_recipe(NAME), TrainingData(random_histories())
    recipe.train(data, TrainOptions(), Watching())
    assert fractions == sorted(fractions)
    assert len(fractions) > 5
    assert fractions[-1] == 1.0
    with pytest.raises(JobStopped):
        recipe.train(data, TrainOptions(), Stopping())
