"""Many items and many lists at once get what each would get alone."""

import numpy as np
import pytest

from services.engine.runtime import batch_lines
from services.engine.runtime.batch_lines import rank_for_users, recommend_for_items
from services.engine.runtime.inference import recommend_for_item
from services.engine.runtime.ranking import rank_for_user

ITEMS = [*(f"i{number:02}" for number in range(12)), "nothing"]
LISTS = [
    (f"u{number:02}", [f"i{(number + step) % 12:02}" for step in range(1 + number % 7)] + ["new"])
    for number in range(30)
] + [("unknown", ITEMS)]


@pytest.mark.parametrize("block_scores", [12, 60, 1_000_000])
def test_each_item_gets_the_list_of_a_single_request(publish, monkeypatch, block_scores):
    monkeypatch.setattr(batch_lines, "BLOCK_SCORES", block_scores)
    _, artifact = publish("aws-sims")
    together = list(recommend_for_items(artifact, ITEMS, 5))
    assert len(together) == len(ITEMS)
    for item, found in zip(ITEMS, together, strict=True):
        assert found.item_indices.tolist() == recommend_for_item(artifact, item, 5).item_indices.tolist()
        assert found.scores is None


@pytest.mark.parametrize("block_scores", [12, 60, 1_000_000])
def test_each_list_is_ranked_as_by_a_single_request(publish, monkeypatch, block_scores):
    monkeypatch.setattr(batch_lines, "BLOCK_SCORES", block_scores)
    _, artifact = publish("aws-personalized-ranking", epochs="2")
    together = list(rank_for_users(artifact, LISTS))
    assert len(together) == len(LISTS)
    for (user, items), ranked in zip(LISTS, together, strict=True):
        alone = rank_for_user(artifact, user, items)
        assert [entry.item_id for entry in ranked] == [entry.item_id for entry in alone]
        assert [entry.score is None for entry in ranked] == [entry.score is None for entry in alone]
        scores = [[entry.score for entry in found if entry.score is not None] for found in (ranked, alone)]
        np.testing.assert_allclose(scores[0], scores[1], rtol=1e-4)


def test_nobody_asked_gives_nothing(publish):
    assert list(recommend_for_items(publish("aws-sims")[1], [], 5)) == []
    assert list(rank_for_users(publish("aws-personalized-ranking", "films-2", epochs="1")[1], [])) == []


def test_models_answer_their_own_questions_only(publish):
    with pytest.raises(TypeError, match="aws-popularity-count does not answer for items"):
        list(recommend_for_items(publish("aws-popularity-count")[1], ITEMS, 5))
    with pytest.raises(TypeError, match="aws-sims does not answer for users"):
        list(rank_for_users(publish("aws-sims", "films-2")[1], LISTS))
