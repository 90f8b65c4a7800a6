"""Exploration: who is explored, how much, and what it costs; weight 0 is the network alone."""

import json
from dataclasses import replace

import numpy as np
import pytest

from services.engine.recipes.base import Impressions, SilentProgress, TrainingData, TrainOptions, UserState
from services.engine.recipes.exploration import DAY_S, Exploration
from services.engine.recipes.histories import keep_events, user_state
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_model, load_recipe
from services.engine.recipes.top_items import top_items
from services.engine.recipes.user_personalization.model import ExploringHrnnModel
from tests.engine.recipes.synthetic import categorical, histories_of

QUIET = SilentProgress()
NAME = "aws-user-personalization"
N_USERS, N_KNOWN, N_NEW, N_OLD = 100, 80, 20, 10
"""Items: known ones, new ones without an event, and old ones without an event."""
N_ITEMS = N_KNOWN + N_NEW + N_OLD
NEW = np.arange(N_KNOWN, N_KNOWN + N_NEW)


def world() -> TrainingData:
    """Even users take even items, odd users odd ones, also of the items without interactions."""
    rng = np.random.default_rng(0)
    walks = [rng.choice(np.arange(user % 2, N_KNOWN, 2), 15, replace=False).tolist() for user in range(N_USERS)]
    parity = categorical("PARITY", [["odd"] if item % 2 else ["even"] for item in range(N_ITEMS)])
    histories = histories_of(walks, N_ITEMS, step_s=3600)
    created = np.full(N_ITEMS, histories.timestamps.max() - 100 * DAY_S)
    created[NEW] = histories.timestamps.max() - 10 * DAY_S
    return TrainingData(histories, (parity,), created)


def train(data: TrainingData, seed: int = 0) -> ExploringHrnnModel:
    values = complete(NAME, find(NAME).hyperparameters, {"epochs": "10"})
    model = load_recipe(NAME).train(data, TrainOptions(values, seed=seed), QUIET)
    assert isinstance(model, ExploringHrnnModel)
    return model


@pytest.fixture(scope="module")
def data() -> TrainingData:
    return world()


@pytest.fixture(scope="module")
def model(data: TrainingData) -> ExploringHrnnModel:
    return train(data)


@pytest.fixture(scope="module")
def states(model: ExploringHrnnModel, data: TrainingData) -> list[UserState]:
    vectors = model.states(data.histories, QUIET)
    return [user_state(data.histories, vectors, user) for user in range(N_USERS)]


def lists(model: ExploringHrnnModel, states: list[UserState], weight: float, cut_off: float = 30.0, seed: int = 0):
    return top_items(model.explored_scores(states, Exploration(weight, cut_off, seed)), 10)


def test_without_weight_nothing_is_explored_and_every_answer_is_the_same(model, states) -> None:
    for seed in (0, 1):
        np.testing.assert_array_equal(
            model.explored_scores(states, Exploration(0.0, 30.0, seed)), model.item_scores(states)
        )
    assert np.isneginf(model.item_scores(states)[:, N_KNOWN:]).all()


def test_share_of_new_items_rises_with_the_weight(model, states) -> None:
    shares = [np.isin(lists(model, states, weight), NEW).mean() for weight in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)]
    assert shares[0] == 0 < shares[2]
    assert shares == sorted(shares)
    assert shares[-1] > shares[2] > shares[1]


def test_new_items_go_to_those_who_will_like_them(model, states) -> None:
    shown = lists(model, states, 0.3)
    own = shown % 2 == np.arange(N_USERS)[:, None] % 2
    assert own[np.isin(shown, NEW)].mean() >= 0.9


def test_items_older_than_the_cut_off_are_not_explored(model, states) -> None:
    assert model.explored_items(30.0).tolist() == NEW.tolist()
    scores = model.explored_scores(states, Exploration(1.0, 30.0, 0))
    assert np.isneginf(scores[:, N_KNOWN + N_NEW :]).all()
    np.testing.assert_array_equal(
        model.explored_scores(states, Exploration(1.0, 9.0, 0)), model.item_scores(states)
    )  # ten days are too old for nine
    assert len(model.explored_items(1000.0)) == N_ITEMS


def test_known_items_that_are_new_are_drawn_but_hardly_move(model, states) -> None:
    """With a cut-off that takes all in, items of many events keep their score but for a hair; others do not."""
    width = model.to_arrays()["belief_width"]
    assert width[:N_KNOWN].max() < 0.4
    assert width[N_KNOWN:].min() == width[N_KNOWN:].max() > width[:N_KNOWN].max()


def test_age_counts_from_the_newest_event_of_all_users(data: TrainingData) -> None:
    """Also when its user is a test user."""
    later = int(data.histories.timestamps.max()) + 25 * DAY_S
    model = train(replace(data, newest=later))
    assert len(model.explored_items(34.9)) == 0
    assert model.explored_items(35.0).tolist() == NEW.tolist()


def test_items_with_events_are_drawn_around_their_own_score(model, states) -> None:
    """The cut-off takes all items in. What is added to all alike, since new items take their share, is taken off."""
    known = model.item_scores(states)
    shown = np.isfinite(known)
    for weight in (0.1, 1.0):
        drawn = model.explored_scores(states, Exploration(weight, 1000.0))
        moved = [drawn[row, shown[row]] - known[row, shown[row]] for row in range(N_USERS)]
        spread = np.sqrt(np.mean([part.var(ddof=1) for part in moved]))
        assert spread == pytest.approx(weight * model.to_arrays()["belief_width"][:N_KNOWN].mean(), rel=0.15)


def test_scores_are_probabilities_over_all_that_may_be_shown(model, states) -> None:
    scores = model.explored_scores([model.initial_state(), *states[:3]], Exploration(0.7, 30.0, 4))
    np.testing.assert_allclose(np.exp(scores).sum(axis=1), 1.0, rtol=1e-4)
    assert np.isfinite(scores[:, NEW]).all()


def test_one_seed_gives_one_answer_wherever_a_batch_is_cut(model, states) -> None:
    exploration = Exploration(0.5, 30.0, 7)
    together = model.explored_scores(states[:4], exploration)
    parts = [model.explored_scores(states[:3], exploration), model.explored_scores(states[3:4], exploration, 3)]
    np.testing.assert_allclose(np.concatenate(parts), together, rtol=1e-5)
    assert not np.array_equal(together, model.explored_scores(states[:4], replace(exploration, seed=8)))


def test_quality_lost_on_what_people_take_is_small_at_the_default_weight(data: TrainingData) -> None:
    """The newest three of each history are to be found; both weights are asked for the same ten places."""
    held = np.zeros(data.histories.n_events, bool)
    for user in range(N_USERS):
        held[data.histories.offsets[user + 1] - 3 : data.histories.offsets[user + 1]] = True
    past, future = keep_events(data.histories, ~held), keep_events(data.histories, held)
    model = train(replace(data, histories=past))
    vectors = model.states(past, QUIET)
    states = [user_state(past, vectors, user) for user in range(N_USERS)]
    hits = [
        sum(np.isin(row, future.of(user)[0]).sum() for user, row in enumerate(lists(model, states, weight)))
        for weight in (0.0, 0.3)
    ]
    assert hits[1] >= 0.7 * hits[0]
    assert hits[0] > 0


def test_item_that_a_live_event_names_is_hidden(model, states) -> None:
    met = model.advance(states[0], np.array([NEW[4]], np.int32), np.array([states[0].last_timestamp + 60], np.int64))
    scores = model.explored_scores([met], Exploration(1.0))
    assert np.isneginf(scores[0, NEW[4]])
    assert np.isneginf(scores[0, states[0].seen]).all()


def test_newcomers_are_shown_popular_and_new_items(model) -> None:
    shown = [lists(model, [model.initial_state()], 1.0, seed=seed)[0] for seed in range(20)]
    share = np.isin(shown, NEW).mean()
    assert 0 < share < 1


def test_model_survives_saving_as_read_only_arrays(model, states) -> None:
    arrays = {name: array.copy() for name, array in model.to_arrays().items()}
    for array in arrays.values():
        array.flags.writeable = False
    loaded = load_model(NAME, arrays, json.loads(json.dumps(model.to_config())))
    assert isinstance(loaded, ExploringHrnnModel)
    exploration = Exploration(0.6, 30.0, 2)
    np.testing.assert_array_equal(
        loaded.explored_scores(states, exploration), model.explored_scores(states, exploration)
    )


def test_item_that_is_shown_and_passed_over_is_explored_less(model, states, data: TrainingData) -> None:
    passed_over, n_events = NEW[:10], data.histories.n_events
    offsets = np.arange(n_events + 1, dtype=np.int64) * len(passed_over)
    seen_lists = Impressions(offsets, np.tile(passed_over, n_events).astype(np.int32))
    with_lists = train(replace(data, histories=replace(data.histories, impressions=seen_lists)))

    def shares(of: ExploringHrnnModel) -> tuple[float, float]:
        shown = np.concatenate([lists(of, states, 0.6, seed=seed) for seed in range(3)])
        return np.isin(shown, passed_over).mean(), np.isin(shown, NEW[10:]).mean()

    (before, others_before), (after, others_after) = shares(model), shares(with_lists)
    assert after < 0.3 * before
    assert others_after >= others_before
    np.testing.assert_array_equal(
        with_lists.item_scores(states), model.item_scores(states)
    )  # weight 0 ignores impressions


def test_learning_curve_does_not_change_the_model(data: TrainingData, model: ExploringHrnnModel) -> None:
    values = complete(NAME, find(NAME).hyperparameters, {"epochs": "10"})
    watched = load_recipe(NAME).train(data, TrainOptions(values), QUIET, lambda half_trained: 0.0)
    assert all(np.array_equal(array, watched.to_arrays()[name]) for name, array in model.to_arrays().items())


def test_items_without_columns_are_explored_blindly(data: TrainingData) -> None:
    blind = train(replace(data, item_columns=()))
    state = blind.advance(blind.initial_state(), *data.histories.of(0))
    shown = [lists(blind, [state], 1.0, seed=seed)[0] for seed in range(30)]
    assert np.isin(shown, NEW).any()
