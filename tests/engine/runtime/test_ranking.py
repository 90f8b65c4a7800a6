"""Ranking a list for a user: order, shares, items that the model does not know."""

from dataclasses import replace

import numpy as np
import pytest

from services.engine.runtime.inference import recommend_for_user
from services.engine.runtime.known import known_state
from services.engine.runtime.models import ModelCache
from services.engine.runtime.ranking import rank_for_user

RANKING = {"epochs": "2", "hidden_dimension": "32"}
KNOWN = [f"i{number:02}" for number in range(11)]


@pytest.fixture
def artifact(publish, settings, database):
    arn, _ = publish("aws-personalized-ranking", **RANKING)
    return ModelCache(settings, database).get(arn)


def test_scores_fall_and_sum_to_one_over_the_list(artifact):
    for given in (KNOWN, KNOWN[3:7], KNOWN[:1]):
        ranked = rank_for_user(artifact, "u04", given)
        scores = [item.score for item in ranked]
        assert sorted(item.item_id for item in ranked) == given
        assert scores == sorted(scores, reverse=True)
        assert sum(scores) == pytest.approx(1.0)


def test_items_that_the_user_has_are_ranked_like_the_others(artifact):
    has = artifact.items.ids(np.unique(artifact.histories.of(4)[0]))
    assert all(item.score is not None for item in rank_for_user(artifact, "u04", KNOWN))
    assert len(rank_for_user(artifact, "u04", has)) == 8


def test_order_is_that_of_the_recommendations(artifact):
    shown = artifact.items.ids(recommend_for_user(artifact, "u04", 500).item_indices)
    ranked = [item.item_id for item in rank_for_user(artifact, "u04", sorted(shown, reverse=True))]
    assert ranked == shown
    assert len(shown) == 3


def test_shares_follow_the_models_scores_and_not_the_rest_of_the_list(artifact):
    two, many = rank_for_user(artifact, "u04", KNOWN[:2]), rank_for_user(artifact, "u04", KNOWN)
    of_many = {item.item_id: item.score for item in many}
    assert two[0].score / two[1].score == pytest.approx(of_many[two[0].item_id] / of_many[two[1].item_id], rel=1e-4)


def test_unknown_and_untrained_items_follow_in_the_order_of_the_input_without_a_score(artifact):
    ranked = rank_for_user(artifact, "u04", ["zzz", "i11", "i02", "aaa", "i05"])  # i11 has no events
    assert {ranked[0].item_id, ranked[1].item_id} == {"i02", "i05"}
    assert [(item.item_id, item.score) for item in ranked[2:]] == [("zzz", None), ("i11", None), ("aaa", None)]
    assert ranked[0].score + ranked[1].score == pytest.approx(1.0)


def test_a_list_without_any_known_item_comes_back_as_it_was(artifact):
    ranked = rank_for_user(artifact, "u04", ["b", "a"])
    assert [(item.item_id, item.score) for item in ranked] == [("b", None), ("a", None)]


def test_an_item_given_twice_is_ranked_once(artifact):
    assert rank_for_user(artifact, "u04", ["i02", "x", "i05", "i02", "x"]) == rank_for_user(
        artifact, "u04", ["i02", "x", "i05"]
    )


def test_an_unknown_user_gets_the_order_of_popularity(artifact):
    popularity = artifact.model.to_arrays()["popularity"]  # of items 0 to 10
    ranked = rank_for_user(artifact, "unknown", KNOWN)
    ordered = [float(popularity[int(item.item_id[1:])]) for item in ranked]
    assert ordered == sorted(ordered, reverse=True)
    assert [item.score for item in ranked] == pytest.approx([value / sum(ordered) for value in ordered], rel=1e-4)


def test_items_that_score_alike_keep_their_order(artifact):
    class Equal(type(artifact.model)):
        def item_scores(self, states):
            return np.zeros((len(states), self.n_items), np.float32)

    equal = replace(artifact, model=Equal.from_arrays(artifact.model.to_arrays(), artifact.model.to_config()))
    assert [item.item_id for item in rank_for_user(equal, "u04", ["i05", "i01", "i09"])] == ["i05", "i01", "i09"]


def test_ranking_leaves_the_users_state_as_it_was(artifact):
    before = known_state(artifact, "u04")
    rank_for_user(artifact, "u04", KNOWN)
    np.testing.assert_array_equal(known_state(artifact, "u04").seen, before.seen)
    assert len(before.seen) == 8


def test_a_model_for_items_cannot_rank_for_a_user(publish):
    _, sims = publish("aws-sims")
    with pytest.raises(TypeError, match="aws-sims does not answer for users"):
        rank_for_user(sims, "u04", KNOWN)
