from dataclasses import replace

import numpy as np
import pytest

from services.engine.recipes import registry
from services.engine.recipes.base import Recipe, RelatedItemsModel
from services.engine.runtime.inference import recommend_for_item, recommend_for_user
from services.engine.runtime.known import known_state
from services.engine.runtime.models import ModelCache


class NeighboursModel(RelatedItemsModel):
    """Items with near numbers are related; without an item, low numbers are popular."""

    def __init__(self, n_items):
        self.n_items = n_items

    def to_arrays(self):
        return {}

    def to_config(self):
        return {"n_items": self.n_items}

    @classmethod
    def from_arrays(cls, arrays, config):
        return cls(config["n_items"])

    def related_scores(self, item_index):
        numbers = np.arange(self.n_items, dtype=np.float32)
        if item_index is None:
            return -numbers
        scores = -np.abs(numbers - item_index)
        scores[item_index] = -np.inf
        return scores


class NeighboursRecipe(Recipe):
    name = "test-neighbours"
    model_class = NeighboursModel

    def train(self, data, options, progress, validation=None):
        return NeighboursModel(data.histories.n_items)


@pytest.fixture
def neighbours(publish, monkeypatch):
    info = registry.RecipeInfo(NeighboursRecipe, "RELATED_ITEMS", "none", "for this test")
    monkeypatch.setattr(registry, "RECIPES", (*registry.RECIPES, info))
    _, artifact = publish("aws-popularity-count")
    return replace(artifact, recipe="test-neighbours", model=NeighboursModel(12))


def test_popularity_is_the_same_for_all_and_has_no_scores(publish, settings, database):
    arn, _ = publish("aws-popularity-count")
    artifact = ModelCache(settings, database).get(arn)
    known, unknown = recommend_for_user(artifact, "u00", 5), recommend_for_user(artifact, "unknown", 5)
    assert known.scores is None
    assert known.item_indices.tolist() == unknown.item_indices.tolist()
    users_of = np.bincount(artifact.histories.items, minlength=12)
    assert known.item_indices.tolist() == sorted(range(12), key=lambda item: (-users_of[item], item))[:5]


def test_items_without_events_are_never_shown(publish, settings, database):
    arn, _ = publish("aws-popularity-count")
    assert len(recommend_for_user(ModelCache(settings, database).get(arn), "u00", 500).item_indices) == 11


def test_a_saved_hrnn_answers_as_the_trained_one(publish, settings, database):
    arn, trained = publish("aws-hrnn", epochs="2")
    saved = ModelCache(settings, database).get(arn)
    for user in ("u00", "u17", "unknown"):
        expected, found = recommend_for_user(trained, user, 4), recommend_for_user(saved, user, 4)
        assert found.item_indices.tolist() == expected.item_indices.tolist()
        np.testing.assert_allclose(found.scores, expected.scores, rtol=1e-5)


def test_scores_fall_and_sum_to_one_over_all_that_may_be_shown(publish, settings, database):
    arn, _ = publish("aws-hrnn", epochs="2")
    ranked = recommend_for_user(ModelCache(settings, database).get(arn), "u03", 500)
    assert np.all(np.diff(ranked.scores) <= 0)
    assert ranked.scores.sum() == pytest.approx(1.0, abs=1e-4)


def test_a_known_user_is_what_training_left(publish, settings, database):
    arn, _ = publish("aws-hrnn", epochs="2")
    artifact = ModelCache(settings, database).get(arn)
    state = known_state(artifact, "u05")
    assert state.n_events == 8
    assert state.last_timestamp == 7 * 86_400
    assert state.seen.tolist() == sorted(artifact.histories.of(5)[0].tolist())
    assert known_state(artifact, "unknown").n_events == 0


def test_related_items_leave_out_the_item_itself(neighbours):
    assert recommend_for_item(neighbours, "i04", 4).item_indices.tolist() == [3, 5, 2, 6]


def test_an_unknown_item_gets_popular_ones(neighbours):
    assert recommend_for_item(neighbours, "nothing", 3).item_indices.tolist() == [0, 1, 2]
