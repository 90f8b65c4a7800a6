"""Reasons against brute force: each event left out, the rest replayed from the first one, for every recipe."""

from dataclasses import replace

import numpy as np
import pytest

from services.engine.errors import InvalidInput
from services.engine.recipes.base import Histories, SilentProgress, TrainingData, TrainOptions, UserModel
from services.engine.recipes.histories import user_state
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_recipe
from services.engine.runtime.answers import HistoryEvent
from services.engine.runtime.history import known_events
from services.engine.runtime.inference import recommend_for_user
from services.engine.runtime.known import known_history
from services.engine.runtime.reasons import reasons
from services.engine.runtime.what_if import list_for_history
from tests.engine.recipes.synthetic import categorical, checkerboard, histories_of, with_sessions
from tests.engine.runtime.conftest import artifact_of

QUIET = SilentProgress()
USER = "u05"


@pytest.fixture(scope="module")
def plain():
    return trained("aws-hrnn", with_sessions(checkerboard()), epochs="8")


@pytest.fixture(scope="module")
def with_metadata():
    histories = with_sessions(checkerboard())
    groups = categorical("GROUP", [["odd" if user % 2 else "even"] for user in range(histories.n_users)])
    device = categorical("DEVICE", [["tv", "phone"][i % 2 : i % 2 + 1] for i in range(histories.n_events)])
    return trained("aws-hrnn-metadata", replace(histories, user_columns=(groups,), context=(device,)), epochs="4")


@pytest.fixture(scope="module")
def cold_start():
    histories = with_sessions(checkerboard())
    whole = Histories(histories.offsets, histories.items, histories.timestamps, histories.n_items + 120)
    # hardly any two items with the same categories: equal scores would leave the order to rounding
    groups = [[f"{divisor}:{item % divisor}" for divisor in (2, 11, 13)] for item in range(whole.n_items)]
    return trained("aws-hrnn-coldstart", whole, (categorical("GROUPS", groups),), epochs="4")


def trained(name, histories, item_columns=(), **given):
    recipe = load_recipe(name)
    options = TrainOptions(complete(name, find(name).hyperparameters, given), seed=0)
    return artifact_of(name, recipe.train(TrainingData(histories, item_columns), options, QUIET), histories)


def replayed(artifact, *left_out: int, context=None):
    """Return log-scores and ranks of all items after a replay from nothing; what the user had stays hidden."""
    items, times = known_history(artifact, USER)
    keep = ~np.isin(np.arange(len(items)), left_out)
    index = artifact.users.index_of(USER)
    start = artifact.model.without_events(user_state(artifact.histories, artifact.states, index))
    state = artifact.model.advance(start, items[keep], times[keep])
    state = artifact.model.in_context(replace(state, seen=np.unique(items).astype(np.int32)), context or {})
    scores = artifact.model.item_scores([state])[0]
    ranks = np.argsort(np.argsort(-scores, kind="stable")) + 1
    return scores, ranks


def shown(artifact, n=8):
    return artifact.items.ids(recommend_for_user(artifact, USER, n).item_indices)


@pytest.mark.parametrize("made", ["plain", "with_metadata", "cold_start"])
@pytest.mark.parametrize("n_events", [1, 7, 500])
def test_reasons_equal_replays_without_each_event(made, n_events, request):
    artifact = request.getfixturevalue(made)
    ids = shown(artifact)
    found = reasons(artifact, USER, ids, n_events)
    assert found.kind == "left out"
    items, _ = known_history(artifact, USER)
    first = max(0, len(items) - n_events)
    assert found.events == known_events(artifact, USER)[first:]
    wanted = artifact.items.indices_of(ids)
    scores, ranks = replayed(artifact)
    assert found.ranks.tolist() == ranks[wanted].tolist()
    for column, event in enumerate(range(first, len(items))):
        without, ranks = replayed(artifact, event)
        np.testing.assert_allclose(found.strengths[:, column], scores[wanted] - without[wanted], rtol=1e-3, atol=2e-4)
        assert found.ranks_without[:, column].tolist() == ranks[wanted].tolist()


@pytest.mark.parametrize("made", ["plain", "with_metadata", "cold_start"])
def test_groups_equal_replays_without_all_their_events(made, request):
    artifact = request.getfixturevalue(made)
    ids, known = shown(artifact), known_events(artifact, USER)
    n = len(known)
    groups = [(n - 1, n - 4), (n - 6, n - 5, n - 2), (), tuple(range(n - 6, n)), (n - 3,)]
    found = reasons(artifact, USER, ids, 6, groups=[{known[i] for i in group} for group in groups])
    assert found.events == known[-6:]
    wanted = artifact.items.indices_of(ids)
    scores, _ = replayed(artifact)
    for column, group in enumerate(groups):
        without, ranks = replayed(artifact, *group)
        np.testing.assert_allclose(found.strengths[:, column], scores[wanted] - without[wanted], rtol=1e-3, atol=2e-4)
        assert found.ranks_without[:, column].tolist() == ranks[wanted].tolist()


def test_groups_of_older_or_unknown_events_leave_nothing_out(plain):
    ids, known = shown(plain), known_events(plain, USER)
    found = reasons(plain, USER, ids, 3, groups=[{known[0]}, {HistoryEvent("zzz", 1)}])
    assert (found.strengths == 0).all()
    assert (found.ranks_without == found.ranks[:, None]).all()
    assert reasons(plain, USER, ids, 3, groups=[]).strengths.shape == (8, 0)


def test_context_of_the_request_counts(with_metadata):
    ids = shown(with_metadata)
    found = reasons(with_metadata, USER, ids, 3, context={"DEVICE": "tv"})
    wanted = with_metadata.items.indices_of(ids)
    scores, _ = replayed(with_metadata, context={"DEVICE": "tv"})
    without, _ = replayed(with_metadata, len(known_events(with_metadata, USER)) - 1, context={"DEVICE": "tv"})
    np.testing.assert_allclose(found.strengths[:, -1], scores[wanted] - without[wanted], rtol=1e-3, atol=2e-4)


def test_scores_in_blocks_are_the_same(plain, monkeypatch):
    ids = shown(plain)
    whole = reasons(plain, USER, ids)
    monkeypatch.setattr("services.engine.runtime.reasons.BLOCK_SCORES", 3 * plain.model.n_items)
    blocks = reasons(plain, USER, ids)
    np.testing.assert_allclose(blocks.strengths, whole.strengths, rtol=1e-4, atol=1e-5)
    assert blocks.ranks_without.tolist() == whole.ranks_without.tolist()


def test_an_item_with_another_copy_in_the_history_and_one_that_repeats():
    """Where much repeats, nothing is hidden and an item of the history may be explained by its own events."""
    histories = histories_of([[0, 1, 0, 1, 0, 1], [1, 2, 1, 2, 1, 2], [2, 0, 2, 0]] * 4, 3)
    artifact = trained("aws-hrnn", histories, epochs="2")
    found = reasons(artifact, "u00", ["i00", "i01", "i02"])
    assert (found.ranks_without > 0).all()
    assert len(found.events) == 6


def test_unknown_people_and_items_have_no_reasons(plain):
    unknown = reasons(plain, "unknown", shown(plain))
    assert unknown.events == ()
    assert unknown.strengths.shape == (8, 0)
    assert (unknown.ranks > 0).all()
    unknown = reasons(plain, USER, ["zzz", shown(plain)[0]], 5)
    assert unknown.ranks.tolist() == [0, 1]
    assert unknown.strengths[0].tolist() == [0.0] * 5
    assert unknown.ranks_without[0].tolist() == [0] * 5


def test_no_event_at_all_is_looked_at_if_none_is_asked_for(plain):
    assert reasons(plain, USER, shown(plain), 0).strengths.shape == (8, 0)


def test_a_recipe_that_ranks_ranks_within_the_list():
    artifact = trained("aws-personalized-ranking", with_sessions(checkerboard()), epochs="2", hidden_dimension="32")
    had = artifact.items.ids(known_history(artifact, USER)[0][:3])
    ids = [*had, *[i for i in artifact.items.ids(range(40)) if i not in had][:4]]
    found = reasons(artifact, USER, ids, 6)
    assert sorted(found.ranks.tolist()) == [1, 2, 3, 4, 5, 6, 7]
    for column in range(6):
        assert sorted(found.ranks_without[:, column].tolist()) == [1, 2, 3, 4, 5, 6, 7]


def test_sims_counts_who_had_both():
    histories = histories_of([[0, 1], [0, 1], [0, 1, 2], [0, 2], [3, 1]], 5)
    artifact = trained("aws-sims", histories, min_cointeraction_count="1", popularity_discount_factor="0")
    found = reasons(artifact, "u04", ["i00", "i02", "zzz"])
    assert found.kind == "counts"
    assert [event.item_id for event in found.events] == ["i03", "i01"]
    assert found.n_people.tolist() == [4, 2, 0]
    assert found.n_both.tolist() == [[0, 3], [0, 1], [0, 0]]
    assert found.strengths[0, 1] > found.strengths[1, 1] > 0 == found.strengths[0, 0]


def test_popularity_says_how_many_had_it():
    artifact = trained("aws-popularity-count", histories_of([[0, 1], [0, 1], [0, 2]], 4))
    found = reasons(artifact, "u00", ["i00", "i01", "i03", "zzz"])
    assert found.kind == "popularity"
    assert found.n_people.tolist() == [3, 2, 0, 0]
    assert found.ranks.tolist() == [1, 2, 0, 0]
    assert found.events == ()


@pytest.mark.parametrize("made", ["plain", "with_metadata", "cold_start"])
def test_the_whole_history_gives_the_list_itself(made, request):
    artifact = request.getfixturevalue(made)
    expected = recommend_for_user(artifact, USER, 8)
    found = list_for_history(artifact, known_events(artifact, USER), 8, user_id=USER)
    assert list(found.item_ids) == artifact.items.ids(expected.item_indices)
    np.testing.assert_allclose(found.scores, expected.scores, rtol=1e-3)


def test_a_list_without_an_event_has_the_ranks_that_reasons_say(plain):
    ids = shown(plain)
    found = reasons(plain, USER, ids)
    events = list(known_events(plain, USER))
    removed = events.pop(-2)
    without = list_for_history(plain, events, 40, user_id=USER, also_had=[removed.item_id])
    assert removed.item_id not in without.item_ids
    assert [without.item_ids.index(i) + 1 for i in ids] == found.ranks_without[:, -2].tolist()
    assert removed.item_id in list_for_history(plain, events, 40, user_id=USER).item_ids


def test_a_history_without_an_event_has_reasons_of_its_own(plain):
    events = list(known_events(plain, USER))
    removed = events.pop()
    ids = list_for_history(plain, events, 8, user_id=USER, also_had=[removed.item_id]).item_ids
    found = reasons(plain, USER, ids, events=events, also_had=[removed.item_id])
    assert found.ranks.tolist() == list(range(1, 9))
    assert found.events == tuple(events)
    two = [events[-1], removed]
    both_gone = list_for_history(plain, events[:-1], 40, user_id=USER, also_had=[event.item_id for event in two])
    assert [both_gone.item_ids.index(i) + 1 for i in ids] == found.ranks_without[:, -1].tolist()


def test_a_made_up_history_is_taken_in_order_of_time_and_names_what_is_unknown(plain):
    day = 86_400
    picks = [HistoryEvent("i04", 3 * day), HistoryEvent("nothing", 2 * day), HistoryEvent("i02", day)]
    found = list_for_history(plain, picks, 5)
    assert found.ignored == ("nothing",)
    assert found == replace(list_for_history(plain, [picks[2], picks[0]], 5), ignored=("nothing",))
    even = [int(item_id[1:]) % 2 == 0 for item_id in found.item_ids]
    assert sum(even) >= 4


def test_a_history_without_events_gets_what_newcomers_get(plain):
    newcomer = plain.items.ids(recommend_for_user(plain, "unknown", 5).item_indices)
    assert list(list_for_history(plain, [], 5).item_ids) == newcomer


def test_what_is_known_of_a_person_stays_when_events_go(with_metadata):
    assert isinstance(with_metadata.model, UserModel)
    lent = list_for_history(with_metadata, [], 5, user_id=USER)
    stranger = list_for_history(with_metadata, [], 5)
    assert lent.scores != stranger.scores


def test_a_model_for_items_has_no_list_for_a_history():
    artifact = trained("aws-sims", histories_of([[0, 1], [0, 1], [0, 1, 2]], 3))
    with pytest.raises(InvalidInput, match="aws-sims answers for an item"):
        list_for_history(artifact, [], 5)
