"""aws-similar-items: people and metadata, items that nobody has had, popularity, and answers through boto3."""

import json

import numpy as np
import pytest

from services.engine.errors import InvalidInput
from services.engine.recipes.base import Column, Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_model, load_recipe
from services.engine.recipes.related.similar_items import SimilarItemsModel
from services.engine.testing import test_engine, tiny_world
from tests.engine.recipes.synthetic import checkerboard, histories_of

NAME = "aws-similar-items"


def train(histories: Histories, *columns: Column, **algorithm: str) -> SimilarItemsModel:
    values = complete(NAME, find(NAME).hyperparameters, algorithm)
    model = load_recipe(NAME).train(TrainingData(histories, columns), TrainOptions(values), SilentProgress())
    assert isinstance(model, SimilarItemsModel)
    return model


def colours(n_items: int) -> Column:
    """Return a column that says whether an item's number is even."""
    values = np.arange(n_items, dtype=np.int32) % 2
    return Column("COLOUR", values, np.arange(n_items + 1, dtype=np.int64), ("black", "white"))


def test_neighbours_are_items_of_the_same_people() -> None:
    model = train(checkerboard())
    for item in range(40):
        assert (model.neighbours_of(item)[0][:10] % 2 == item % 2).all()


def test_an_item_that_nobody_has_had_gets_neighbours_by_metadata_and_is_last_in_their_lists() -> None:
    board = checkerboard()
    histories = Histories(board.offsets, board.items, board.timestamps, 42)
    model = train(histories, colours(42))
    items, _ = model.neighbours_of(41)
    assert len(items)
    assert (items[:10] % 2 == 1).all()
    lists = [model.neighbours_of(item)[0].tolist() for item in range(1, 40, 2)]
    assert all(listed[-1] == 41 or 41 not in listed for listed in lists)
    assert any(41 in listed for listed in lists)


def test_without_metadata_an_unknown_item_gets_popular_ones() -> None:
    model = train(histories_of([[0, 1, 2], [1, 2], [1, 0]], 5))
    assert len(model.neighbours_of(4)[0]) == 0
    scores = model.related_scores(4)
    assert scores.argmax() == 1
    assert np.isneginf(scores[3])


def test_items_that_stand_close_are_nearer_than_items_of_the_same_people() -> None:
    people = [[0, 1, *range(2, 30), 30] for _ in range(12)] + [[40, 41, 42] for _ in range(12)]
    model = train(histories_of(people, 43))
    items = model.neighbours_of(0)[0].tolist()
    assert items.index(1) < items.index(30)


def test_discount_turns_popular_items_down() -> None:
    rng = np.random.default_rng(0)
    fame = 1.0 / np.arange(1, 41)
    histories = histories_of([rng.choice(40, 12, False, fame / fame.sum()).tolist() for _ in range(80)], 40)
    counts = np.bincount(histories.items, minlength=40)

    def popularity(discount: str) -> float:
        model = train(histories, popularity_discount_factor=discount)
        return float(np.mean([counts[model.neighbours_of(item)[0][:5]].mean() for item in range(40)]))

    assert popularity("1") < popularity("0")


def test_model_survives_saving_as_read_only_arrays() -> None:
    model = train(checkerboard(), colours(40))
    arrays = {name: array.copy() for name, array in model.to_arrays().items()}
    for array in arrays.values():
        array.flags.writeable = False
    loaded = load_model(NAME, arrays, json.loads(json.dumps(model.to_config())))
    np.testing.assert_array_equal(loaded.related_scores(3), model.related_scores(3))
    assert len(model.item_vectors()[0]) == 40


@pytest.mark.parametrize("items_of_users", [[[0]], [[0], [1]], [[], [0, 1], []]])
def test_tiny_data_trains(items_of_users: list[list[int]]) -> None:
    assert not np.isnan(train(histories_of(items_of_users, 3), colours(3)).related_scores(0)).any()


def test_dimensions_are_refused_out_of_their_range() -> None:
    with pytest.raises(InvalidInput, match="from 30 to 200"):
        complete(NAME, find(NAME).hyperparameters, {"item_id_hidden_dim": "20"})


def test_a_campaign_answers_for_items_without_scores(tmp_path) -> None:
    with test_engine(tmp_path) as engine:
        world = tiny_world(engine, NAME)
        runtime = engine.client("personalize-runtime")
        answer = runtime.get_recommendations(campaignArn=world.campaign, itemId="i3", numResults=12)["itemList"]
        assert len(answer) == 12
        assert "i3" not in {item["itemId"] for item in answer}
        assert not any("score" in item for item in answer)
        metrics = engine.client("personalize").get_solution_metrics(solutionVersionArn=world.solution_version)
        assert metrics["metrics"]["coverage"] > 0
