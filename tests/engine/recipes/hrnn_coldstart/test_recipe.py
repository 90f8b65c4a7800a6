"""Cold start: which items are cold, that only they are shown, and that metadata finds who will like them."""

import json
from dataclasses import replace

import numpy as np
import pytest

from services.engine.errors import JobFailed
from services.engine.recipes.base import Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.histories import select_users, user_state
from services.engine.recipes.hrnn_coldstart.ensemble import ColdStartEnsemble, PartOfProgress
from services.engine.recipes.hrnn_coldstart.recipe import DAY_S, cold_items
from services.engine.recipes.hrnn_coldstart.training import N_NETWORKS
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_model, load_recipe
from services.engine.recipes.top_items import top_items
from tests.engine.recipes.synthetic import categorical, histories_of

QUIET = SilentProgress()
NAME = "aws-hrnn-coldstart"
N_WARM, N_COLD = 80, 120


def world() -> TrainingData:
    """Even users take even items, odd users odd ones; items from N_WARM on are new, and even or odd too."""
    rng = np.random.default_rng(0)
    walks = [rng.choice(np.arange(user % 2, N_WARM, 2), 15, replace=False).tolist() for user in range(100)]
    parity = categorical("PARITY", [["odd"] if item % 2 else ["even"] for item in range(N_WARM + N_COLD)])
    histories = histories_of(walks, N_WARM + N_COLD, step_s=3600)
    created = np.full(N_WARM + N_COLD, histories.timestamps.min() - 10 * DAY_S)
    created[N_WARM:] = histories.timestamps.max()
    return TrainingData(histories, (parity,), created)


def options(seed: int = 0, now: int | None = None, **featurization: str) -> TrainOptions:
    values = complete(NAME, find(NAME).hyperparameters, None, featurization)
    return TrainOptions(values, seed=seed, now=now)


def train(data: TrainingData, seed: int = 0) -> ColdStartEnsemble:
    model = load_recipe(NAME).train(data, options(seed), QUIET)
    assert isinstance(model, ColdStartEnsemble)
    return model


@pytest.fixture(scope="module")
def data() -> TrainingData:
    return world()


@pytest.fixture(scope="module")
def model(data: TrainingData) -> ColdStartEnsemble:
    return train(data)


def state_of(model: ColdStartEnsemble, histories: Histories, user: int):
    return user_state(histories, model.states(histories, QUIET), user)


def test_new_items_reach_those_who_will_like_them(model: ColdStartEnsemble, data: TrainingData) -> None:
    vectors = model.states(data.histories, QUIET)
    states = [user_state(data.histories, vectors, user) for user in range(100)]
    own = top_items(model.item_scores(states), 10) % 2 == np.arange(100)[:, None] % 2
    assert own.mean() >= 0.9


def test_answer_is_a_mixture_of_the_network_and_the_ridge(model: ColdStartEnsemble, data: TrainingData) -> None:
    single = model.members[0].with_ridge_share(0.5)
    arrays = single.to_arrays()
    state = state_of(single, data.histories, 4)
    network = single.with_arrays({"cold_tastes": np.zeros_like(arrays["cold_tastes"])}).item_scores([state])[0, N_WARM:]
    rows = np.searchsorted(arrays["trained_items"], state.seen)
    ridge = arrays["cold_tastes"] @ arrays["item_tastes"][rows].sum(axis=0)
    scaled = np.exp((ridge - ridge.mean()) / ridge.std() * network.std())
    mixture = (np.exp(network) + scaled / scaled.sum()) / 2
    both = single.item_scores([state])[0, N_WARM:]
    np.testing.assert_allclose(np.exp(both), mixture, rtol=1e-4)


def test_networks_answer_together_by_their_mean(model: ColdStartEnsemble, data: TrainingData) -> None:
    assert len(model.members) == N_NETWORKS
    alone = model.with_ridge_share(0).members
    scores = [member.item_scores([state_of(member, data.histories, 4)])[0, N_WARM:] for member in alone]
    assert np.abs(scores[0] - scores[1]).max() > 1e-3  # ten times what the mean may be off; how far depends on the CPU
    together = model.with_ridge_share(0).item_scores([state_of(model, data.histories, 4)])[0, N_WARM:]
    mean = np.mean(scores, axis=0)
    np.testing.assert_allclose(together - together.mean(), mean - mean.mean(), atol=1e-4)


def test_items_have_the_vectors_of_the_first_network(model: ColdStartEnsemble) -> None:
    items, vectors = model.item_vectors()
    assert sorted(items.tolist()) == list(range(N_WARM + N_COLD))
    np.testing.assert_array_equal(vectors, model.members[0].item_vectors()[1])


def test_version_of_one_network_is_an_ensemble_of_one(model: ColdStartEnsemble, data: TrainingData) -> None:
    single = model.members[0]
    loaded = load_model(NAME, single.to_arrays(), json.loads(json.dumps(single.to_config())))
    state = state_of(single, data.histories, 3)
    np.testing.assert_array_equal(loaded.item_scores([state]), single.item_scores([state]))


def test_parts_of_a_progress_follow_each_other() -> None:
    seen: list[float] = []

    class Whole(SilentProgress):
        def update(self, fraction: float, note: str = "") -> None:
            seen.append(fraction)

    for number in range(2):
        for fraction in (0.0, 0.5, 1.0):
            PartOfProgress(Whole(), number, 2).update(fraction)
    assert seen == [0, 0.25, 0.5, 0.5, 0.75, 1]


def test_live_event_counts_in_both_halves_at_once(model: ColdStartEnsemble, data: TrainingData) -> None:
    items, times = data.histories.of(5)
    state = model.advance(model.initial_state(), items, times)
    known = model.item_scores([state_of(model, data.histories, 5)])
    np.testing.assert_allclose(model.item_scores([state]), known, atol=1e-3)


def test_only_cold_items_are_shown_and_their_scores_sum_to_one(model: ColdStartEnsemble, data: TrainingData) -> None:
    scores = model.item_scores([model.initial_state(), state_of(model, data.histories, 0)])
    assert np.isneginf(scores[:, :N_WARM]).all()
    assert np.isfinite(scores[:, N_WARM:]).all()
    np.testing.assert_allclose(np.exp(scores).sum(axis=1), 1.0, rtol=1e-4)


def test_mean_of_outputs_is_kept_event_by_event(model: ColdStartEnsemble, data: TrainingData) -> None:
    items, times = data.histories.of(5)
    known, state = state_of(model, data.histories, 5), model.initial_state()
    for i in range(len(items)):
        state = model.advance(state, items[i : i + 1], times[i : i + 1])
    np.testing.assert_allclose(state.vector, known.vector, rtol=1e-4, atol=1e-4)
    assert state.vector[-1] == len(items)


def test_states_of_many_equal_states_of_one(model: ColdStartEnsemble, data: TrainingData) -> None:
    together = model.states(data.histories, QUIET)
    alone = model.states(select_users(data.histories, np.array([7])), QUIET)
    np.testing.assert_allclose(alone[0], together[7], rtol=1e-4, atol=1e-4)


def test_same_seed_gives_the_same_model(model: ColdStartEnsemble, data: TrainingData) -> None:
    again = train(data).to_arrays()
    assert all(np.array_equal(array, again[name]) for name, array in model.to_arrays().items())


def test_model_survives_saving(model: ColdStartEnsemble, data: TrainingData) -> None:
    loaded = load_model(NAME, model.to_arrays(), json.loads(json.dumps(model.to_config())))
    state = state_of(model, data.histories, 3)
    np.testing.assert_array_equal(loaded.item_scores([state]), model.item_scores([state]))


def test_cold_item_that_the_user_met_by_a_live_event_is_hidden(model: ColdStartEnsemble, data: TrainingData) -> None:
    state = state_of(model, data.histories, 0)
    later = model.advance(state, np.array([N_WARM + 3], np.int32), np.array([state.last_timestamp + 60], np.int64))
    assert np.isneginf(model.item_scores([later])[0, N_WARM + 3])


def test_both_of_awss_rules_must_hold(data: TrainingData) -> None:
    counts = np.bincount(data.histories.items, minlength=N_WARM + N_COLD)
    counts[N_WARM], counts[N_WARM + 1] = 15, 14
    created = data.item_creation.copy()
    newest = data.histories.timestamps.max()
    created[N_WARM + 2], created[N_WARM + 3] = newest - 5 * DAY_S, newest - 5 * DAY_S + 1
    cold = cold_items(replace(data, item_counts=counts, item_creation=created), options())
    assert cold.tolist() == [N_WARM + 1, *range(N_WARM + 3, N_WARM + N_COLD)]


def test_age_counts_from_now_if_asked(data: TrainingData) -> None:
    newest = int(data.histories.timestamps.max())
    relative = {"cold_start_relative_from": "currentTime"}
    assert len(cold_items(data, options(now=newest + 4 * DAY_S, **relative))) == N_COLD
    with pytest.raises(JobFailed, match="counted from currentTime"):
        cold_items(data, options(now=newest + 6 * DAY_S, **relative))


def test_too_few_cold_items_are_refused_in_words(data: TrainingData) -> None:
    created = np.zeros(N_WARM + N_COLD, np.int64)
    created[-99:] = data.histories.timestamps.max()
    with pytest.raises(JobFailed, match="99 items are cold, and there must be 100 to 80,000"):
        cold_items(replace(data, item_creation=created), options())


def test_items_without_columns_are_refused_in_words(data: TrainingData) -> None:
    with pytest.raises(JobFailed, match="no column of items"):
        cold_items(replace(data, item_columns=()), options())


def test_what_is_known_of_cold_items_only_teaches_nothing(data: TrainingData) -> None:
    """A category that no trained item has cannot have been learned; it leaves the scores alone."""
    (parity,) = data.item_columns
    cells = [["odd"] if item % 2 else ["even"] for item in range(N_WARM)] + [["new"]] * N_COLD
    scores = train(replace(data, item_columns=(categorical("PARITY", cells),))).item_scores([])
    assert scores.shape == (0, N_WARM + N_COLD)
    assert parity.categories == ("even", "odd")
