"""The contract of all recipes for users. A new recipe subclasses UserRecipeContract and sets its quality bounds."""

import json
from typing import ClassVar

import numpy as np
import pytest

from services.engine.errors import JobStopped
from services.engine.jobs.evaluation.metrics import evaluate_model
from services.engine.jobs.evaluation.split import newest_tenth
from services.engine.recipes.base import Histories, SilentProgress, TrainingData, TrainOptions, UserModel
from services.engine.recipes.histories import keep_events, select_users, user_state
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_model, load_recipe
from services.engine.recipes.top_items import top_items
from tests.engine.recipes.synthetic import checkerboard, histories_of, markov, with_sessions

QUIET = SilentProgress()


class RecordingProgress(SilentProgress):
    def __init__(self) -> None:
        self.fractions: list[float] = []
        self.curve: list[tuple[float, float]] = []

    def update(self, fraction: float, note: str = "") -> None:
        self.fractions.append(fraction)

    def curve_point(self, epoch: float, value: float) -> None:
        self.curve.append((epoch, value))


class StoppedProgress(SilentProgress):
    def update(self, fraction: float, note: str = "") -> None:
        raise JobStopped("stopped")


def train(name: str, histories: Histories, seed: int = 0, **given: str) -> UserModel:
    values = complete(name, find(name).hyperparameters, given)
    model = load_recipe(name).train(TrainingData(histories), TrainOptions(values, seed=seed), QUIET)
    assert isinstance(model, UserModel)
    return model


class UserRecipeContract:
    name: ClassVar[str]
    hides_seen: ClassVar[bool]
    """Whether the recipe never shows an item twice when the data has no repeats."""
    learns: ClassVar[bool]
    """Whether the seed and the epochs matter."""
    checkerboard_floor: ClassVar[float]
    """Share of the five best unseen items that are of the user's own colour; guessing gives a fifth to a third."""
    markov_floor: ClassVar[float]
    """Mean reciprocal rank of the next item of a walk; guessing gives about 0.2."""

    @pytest.fixture(scope="class")
    @classmethod
    def histories(cls) -> Histories:
        return with_sessions(checkerboard())

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, histories: Histories) -> UserModel:
        return train(cls.name, histories)

    @classmethod
    def soon(cls) -> dict[str, str]:
        """Settings for tests that need a training and not a good one."""
        return {"epochs": "3"} if cls.learns else {}

    @pytest.fixture(scope="class")
    @classmethod
    def arrays(cls, histories: Histories) -> dict[str, np.ndarray]:
        """The arrays of a model that was trained for three epochs."""
        return dict(train(cls.name, histories, **cls.soon()).to_arrays())

    def test_same_seed_gives_the_same_model(self, histories: Histories, arrays: dict[str, np.ndarray]) -> None:
        again = train(self.name, histories, **self.soon()).to_arrays()
        assert all(np.array_equal(array, again[name]) for name, array in arrays.items())

    def test_another_seed_gives_another_model_only_if_it_learns(
        self, histories: Histories, arrays: dict[str, np.ndarray]
    ) -> None:
        other = train(self.name, histories, seed=1, **self.soon()).to_arrays()
        same = all(np.array_equal(array, other[name]) for name, array in arrays.items())
        assert same != self.learns

    def test_model_survives_saving_as_read_only_arrays(self, histories: Histories, model: UserModel) -> None:
        arrays = {name: array.copy() for name, array in model.to_arrays().items()}
        for array in arrays.values():
            array.flags.writeable = False
        loaded = load_model(self.name, arrays, json.loads(json.dumps(model.to_config())))
        assert isinstance(loaded, UserModel)
        states = [user_state(histories, loaded.states(histories, QUIET), user) for user in range(3)]
        expected = [user_state(histories, model.states(histories, QUIET), user) for user in range(3)]
        np.testing.assert_array_equal(loaded.item_scores(states), model.item_scores(expected))

    def test_states_of_many_equal_states_of_one(self, histories: Histories, model: UserModel) -> None:
        together = model.states(histories, QUIET)
        alone = model.states(select_users(histories, np.array([7])), QUIET)
        assert together.shape == (histories.n_users, model.state_size)
        np.testing.assert_allclose(alone[0], together[7], rtol=1e-4, atol=1e-5)

    def test_advancing_event_by_event_gives_the_same_state(self, histories: Histories, model: UserModel) -> None:
        items, times = histories.of(5)
        state = model.initial_state()
        for i in range(len(items)):
            state = model.advance(state, items[i : i + 1], times[i : i + 1])
        at_once = model.advance(model.initial_state(), items, times)
        known = user_state(histories, model.states(histories, QUIET), 5)
        for other in (at_once, known):
            np.testing.assert_allclose(state.vector, other.vector, rtol=1e-4, atol=1e-5)
            np.testing.assert_array_equal(state.seen, other.seen)
            assert (state.last_timestamp, state.n_events) == (other.last_timestamp, other.n_events)

    def test_advancing_leaves_the_old_state_as_it_was(self, histories: Histories, model: UserModel) -> None:
        items, times = histories.of(5)
        before = model.advance(model.initial_state(), items[:3], times[:3])
        vector = before.vector.copy()
        model.advance(before, items[3:], times[3:])
        np.testing.assert_array_equal(before.vector, vector)
        assert before.n_events == 3

    def test_states_that_advance_together_equal_states_that_advance_alone(
        self, histories: Histories, model: UserModel
    ) -> None:
        items, times = histories.of(5)
        events = [slice(0, n) for n in (0, 1, 4, 9)]
        states = [model.advance(model.initial_state(), items[part], times[part]) for part in events]
        together = model.advance_together(
            np.stack([state.vector for state in states]),
            np.array([state.last_timestamp for state in states]),
            np.array([state.n_events for state in states]),
            int(items[9]),
            int(times[9]),
        )
        for row, state in zip(together, states, strict=True):
            alone = model.advance(state, items[9:10], times[9:10])
            np.testing.assert_allclose(row, alone.vector, rtol=1e-4, atol=1e-5)

    def test_a_replayed_history_ends_where_it_ended(self, histories: Histories, model: UserModel) -> None:
        known = user_state(histories, model.states(histories, QUIET), 5)
        start = model.without_events(known)
        assert (start.n_events, start.last_timestamp, len(start.seen)) == (0, 0, 0)
        np.testing.assert_allclose(model.advance(start, *histories.of(5)).vector, known.vector, rtol=1e-4, atol=1e-5)

    def test_scores_of_many_equal_scores_of_one(self, histories: Histories, model: UserModel) -> None:
        vectors = model.states(histories, QUIET)
        states = [user_state(histories, vectors, user) for user in range(6)]
        together = model.item_scores(states)
        assert together.shape == (6, histories.n_items)
        assert together.dtype == np.float32
        np.testing.assert_allclose(model.item_scores(states[4:5])[0], together[4], rtol=1e-4, atol=1e-5)

    def test_scores_are_probabilities_if_the_recipe_gives_scores(self, histories: Histories, model: UserModel) -> None:
        if not find(self.name).recipe_class.has_scores:
            return
        vectors = model.states(histories, QUIET)
        scores = model.item_scores([model.initial_state(), user_state(histories, vectors, 0)])
        np.testing.assert_allclose(np.exp(scores).sum(axis=1), 1.0, rtol=1e-4)

    def test_unknown_user_gets_popular_items(self) -> None:
        histories = histories_of([[0, 1, 2, 3], [1, 2, 4], [1, 2, 5], [1, 6]], 8)
        model = train(self.name, histories)
        assert set(top_items(model.item_scores([model.initial_state()]), 2)[0].tolist()) == {1, 2}

    def test_items_without_events_are_never_shown(self) -> None:
        histories = histories_of([[0, 1, 2, 3], [1, 2, 4], [3, 2, 1]], 9)
        model = train(self.name, histories)
        state = user_state(histories, model.states(histories, QUIET), 1)
        scores = model.item_scores([state, model.initial_state()])
        assert np.isneginf(scores[:, 5:]).all()
        assert np.isfinite(scores[1, :5]).all()

    def test_event_on_an_untrained_item_is_noted_but_harmless(self) -> None:
        histories = histories_of([[0, 1, 2, 3], [1, 2, 4], [3, 2, 1]], 9)
        model = train(self.name, histories)
        items, times = np.array([1, 8, 2], np.int32), np.array([10, 20, 30], np.int64)
        state = model.advance(model.initial_state(), items, times)
        states = model.states(Histories(np.array([0, 3]), items, times, 9), QUIET)
        np.testing.assert_allclose(state.vector, states[0], rtol=1e-4, atol=1e-5)
        assert state.seen.tolist() == [1, 2, 8]
        assert not np.isnan(model.item_scores([state])).any()

    def test_seen_items_are_hidden_where_nothing_repeats(self, histories: Histories, model: UserModel) -> None:
        vectors = model.states(histories, QUIET)
        states = [user_state(histories, vectors, user) for user in range(histories.n_users)]
        lists = top_items(model.item_scores(states), 10)
        shows_seen = any(np.isin(shown, state.seen).any() for shown, state in zip(lists, states, strict=True))
        assert shows_seen != self.hides_seen

    def test_seen_items_are_shown_where_much_repeats(self) -> None:
        model = train(self.name, histories_of([[0, 1, 0, 1, 0, 1], [1, 2, 1, 2, 1, 2], [2, 0, 2, 0]], 3))
        state = model.advance(model.initial_state(), np.array([0, 1], np.int32), np.array([5, 9], np.int64))
        assert np.isfinite(model.item_scores([state])).all()

    def test_user_who_has_seen_everything_gets_nothing_rather_than_nan(self) -> None:
        histories = histories_of([[0, 1, 2], [2, 1, 0], [1, 0, 2]], 3)
        model = train(self.name, histories)
        scores = model.item_scores([user_state(histories, model.states(histories, QUIET), 0)])
        assert not np.isnan(scores).any()

    @pytest.mark.parametrize("items_of_users", [[[0]], [[0], [1]], [[], [0, 1], []]])
    def test_tiny_data_trains(self, items_of_users: list[list[int]]) -> None:
        histories = histories_of(items_of_users, 3)
        model = train(self.name, histories)
        assert model.states(histories, QUIET).shape == (histories.n_users, model.state_size)
        assert not np.isnan(model.item_scores([model.initial_state()])).any()

    def test_stop_is_passed_on(self, histories: Histories) -> None:
        options = TrainOptions(complete(self.name, find(self.name).hyperparameters))
        with pytest.raises(JobStopped):
            load_recipe(self.name).train(TrainingData(histories), options, StoppedProgress())

    def test_progress_grows_to_one(self, histories: Histories) -> None:
        progress = RecordingProgress()
        options = TrainOptions(complete(self.name, find(self.name).hyperparameters, self.soon()))
        load_recipe(self.name).train(TrainingData(histories), options, progress)
        assert progress.fractions == sorted(progress.fractions)
        assert progress.fractions[-1] == 1.0

    def test_curve_has_ten_points_and_one_for_each_epoch(self, histories: Histories) -> None:
        progress = RecordingProgress()
        options = TrainOptions(complete(self.name, find(self.name).hyperparameters, self.soon()))
        load_recipe(self.name).train(TrainingData(histories), options, progress, lambda model: float(model.n_items))
        epochs = [epoch for epoch, _ in progress.curve]
        assert epochs == sorted(set(epochs))
        assert {value for _, value in progress.curve} == ({40.0} if self.learns else set())
        assert not self.learns or (len(epochs) >= 10 and {1, 2, 3} <= set(epochs))

    def test_checkerboard_is_understood(self, histories: Histories, model: UserModel) -> None:
        vectors = model.states(histories, QUIET)
        states = [user_state(histories, vectors, user) for user in range(histories.n_users)]
        scores = model.item_scores(states)
        for row, state in zip(scores, states, strict=True):
            row[state.seen] = -np.inf
        own = top_items(scores, 5) % 2 == np.arange(histories.n_users)[:, None] % 2
        assert own.mean() >= self.checkerboard_floor

    @pytest.fixture(scope="class")
    @classmethod
    def walkers(cls) -> tuple[UserModel, Histories, Histories]:
        """A model of walks around a circle, what it was trained on, and how the walks went on."""
        histories = markov()
        newest = newest_tenth(histories)
        past, future = keep_events(histories, ~newest), keep_events(histories, newest)
        return train(cls.name, past), past, future

    def test_markov_chain_is_understood(self, walkers: tuple[UserModel, Histories, Histories]) -> None:
        model, past, future = walkers
        measured = evaluate_model(model, past, future, hide_seen=True).metrics()
        assert measured["mean_reciprocal_rank_at_25"] >= self.markov_floor

    def test_what_others_do_later_is_not_foreseen(self, walkers: tuple[UserModel, Histories, Histories]) -> None:
        """The advantage comes from the user's own past: with the users' futures exchanged it is gone."""
        if not self.learns:
            return
        model, past, future = walkers
        exchanged = select_users(future, np.roll(np.arange(future.n_users), 7))
        own, of_others = (evaluate_model(model, past, targets).metrics() for targets in (future, exchanged))
        assert of_others["mean_reciprocal_rank_at_25"] < 0.5 * own["mean_reciprocal_rank_at_25"]


class TestPopularityCount(UserRecipeContract):
    name = "aws-popularity-count"
    hides_seen = False
    learns = False
    checkerboard_floor = 0.0
    markov_floor = 0.05


class TestHrnnMetadata(UserRecipeContract):
    name = "aws-hrnn-metadata"
    hides_seen = True
    learns = True
    checkerboard_floor = 0.95
    markov_floor = 0.6


class TestHrnn(UserRecipeContract):
    name = "aws-hrnn"
    hides_seen = True
    learns = True
    checkerboard_floor = 0.95
    markov_floor = 0.6


class TestPersonalizedRanking(UserRecipeContract):
    name = "aws-personalized-ranking"
    hides_seen = True
    learns = True
    checkerboard_floor = 0.95
    markov_floor = 0.6


class TestUserPersonalizationV2(UserRecipeContract):
    name = "aws-user-personalization-v2"
    hides_seen = True
    learns = True
    checkerboard_floor = 0.95
    markov_floor = 0.6


class TestUserPersonalization(UserRecipeContract):
    name = "aws-user-personalization"
    hides_seen = True
    learns = True
    checkerboard_floor = 0.95
    markov_floor = 0.6
