"""Many users at once get what each would get alone."""

import numpy as np
import pytest

from services.engine.recipes.exploration import Exploration
from services.engine.runtime import batch
from services.engine.runtime.batch import recommend_for_users
from services.engine.runtime.inference import recommend_for_user
from services.engine.runtime.known import known_state

USERS = [*(f"u{number:02}" for number in range(30)), "unknown"]


@pytest.mark.parametrize("block_scores", [12, 60, 1_000_000])
def test_each_user_gets_the_list_of_a_single_request(publish, monkeypatch, block_scores):
    monkeypatch.setattr(batch, "BLOCK_SCORES", block_scores)
    _, artifact = publish("aws-hrnn", epochs="2")
    together = list(recommend_for_users(artifact, USERS, 3))
    assert len(together) == len(USERS)
    for user, found in zip(USERS, together, strict=True):
        alone = recommend_for_user(artifact, user, 3)
        assert found.item_indices.tolist() == alone.item_indices.tolist()
        np.testing.assert_allclose(found.scores, alone.scores, rtol=1e-4)


def test_recipes_without_scores_give_none_and_short_lists_stay_short(publish):
    _, artifact = publish("aws-popularity-count")
    found = list(recommend_for_users(artifact, USERS[:2], 500))
    assert [len(ranked.item_indices) for ranked in found] == [11, 11]
    assert found[0].scores is None


def test_nobody_asked_gives_nothing(publish):
    _, artifact = publish("aws-popularity-count")
    assert list(recommend_for_users(artifact, [], 5)) == []


def test_a_model_for_items_does_not_answer_for_users(publish):
    _, artifact = publish("aws-sims")
    with pytest.raises(TypeError, match="aws-sims does not answer for users"):
        list(recommend_for_users(artifact, USERS, 5))


@pytest.mark.parametrize("block_scores", [12, 1_000_000])
def test_each_user_of_a_batch_is_explored_by_a_draw_of_its_own(publish, monkeypatch, block_scores):
    monkeypatch.setattr(batch, "BLOCK_SCORES", block_scores)
    _, artifact = publish("aws-user-personalization", epochs="2")
    exploration = Exploration(1.0, 30.0, seed=5)
    explored = list(recommend_for_users(artifact, USERS, 4, exploration))
    for place in (0, 7):
        alone = artifact.model.explored_scores([known_state(artifact, USERS[place])], exploration, place)[0]
        assert explored[place].item_indices.tolist() == np.argsort(-alone, kind="stable")[:4].tolist()
    shown = [11 in ranked.item_indices for ranked in explored]  # the item without events
    assert any(shown)
    greedy = list(recommend_for_users(artifact, USERS, 4))
    assert not any(11 in ranked.item_indices for ranked in greedy)
    twice = recommend_for_users(artifact, ["u01", "u01", "u01"], 4, exploration)
    assert len({tuple(ranked.scores.tolist()) for ranked in twice}) == 3


def test_a_recipe_that_does_not_explore_says_so(publish):
    _, artifact = publish("aws-hrnn", epochs="1")
    with pytest.raises(TypeError, match="HrnnModel does not explore"):
        list(recommend_for_users(artifact, USERS, 5, Exploration()))
