"""How much of a cold-start answer comes from the ridge: chosen on items that the training did not predict."""

import json

import numpy as np
import pytest

from services.engine.recipes.base import SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.histories import keep_events, user_state
from services.engine.recipes.hrnn.batches import make_sequences
from services.engine.recipes.hrnn_coldstart import share
from services.engine.recipes.hrnn_coldstart.ensemble import ColdStartEnsemble
from services.engine.recipes.hrnn_coldstart.model import EQUAL_SHARE, HrnnColdStartModel
from services.engine.recipes.hrnn_coldstart.training import ColdStartVariant
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_model, load_recipe
from tests.engine.recipes.synthetic import categorical, histories_of

QUIET = SilentProgress()
NAME = "aws-hrnn-coldstart"
N_WARM, N_COLD, N_GROUPS = 240, 100, 4
TRAINED, COLD = np.arange(N_WARM, dtype=np.int32), np.arange(N_WARM, N_WARM + N_COLD, dtype=np.int32)


@pytest.fixture(scope="module")
def data() -> TrainingData:
    """Return users of four groups, each with items of its own group only; the last items are new."""
    rng = np.random.default_rng(0)
    walks = [rng.choice(np.arange(user % N_GROUPS, N_WARM, N_GROUPS), 12, False).tolist() for user in range(120)]
    groups = categorical("GROUP", [[f"group {item % N_GROUPS}"] for item in range(N_WARM + N_COLD)])
    histories = histories_of(walks, N_WARM + N_COLD)
    created = np.where(np.arange(N_WARM + N_COLD) < N_WARM, 0, histories.timestamps.max())
    return TrainingData(histories, (groups,), created)


@pytest.fixture(scope="module")
def model(data: TrainingData) -> ColdStartEnsemble:
    values = complete(NAME, find(NAME).hyperparameters, {"epochs": "2"})
    trained = load_recipe(NAME).train(data, TrainOptions(values), QUIET)
    assert isinstance(trained, ColdStartEnsemble)
    return trained


def test_a_fifth_of_the_items_judges_for_each_network_if_there_are_enough() -> None:
    first, second = share.judged_rows(N_WARM, 3, 2, seed=0)
    assert len(first) == len(second) == N_WARM // 5
    assert len(np.union1d(first, second)) == 2 * (N_WARM // 5)
    np.testing.assert_array_equal(first, share.judged_rows(N_WARM, 3, 2, seed=0)[0])
    for none in (share.judged_rows(90, 3, 2, seed=0), share.judged_rows(N_WARM, 0, 2, seed=0)):
        assert [len(rows) for rows in none] == [0, 0]


def test_items_that_judge_are_inputs_and_no_targets(data: TrainingData) -> None:
    variant = ColdStartVariant(data, TRAINED, COLD)
    variant.judged = share.judged_rows(N_WARM, 1, 1, seed=0)[0]
    rows = np.arange(N_WARM + N_COLD, dtype=np.int32)
    sequences = make_sequences(data.histories, rows, False, True)
    changed = variant.sequences(sequences)
    judges = np.isin(sequences.targets, variant.judged)
    assert judges.any()
    np.testing.assert_array_equal(changed.weights == 0, judges)
    np.testing.assert_array_equal(changed.inputs, sequences.inputs)


def test_a_network_that_knows_nothing_leaves_the_answer_to_the_ridge(
    data: TrainingData, model: ColdStartEnsemble
) -> None:
    variant = ColdStartVariant(data, TRAINED, COLD)
    judged = share.judged_rows(N_WARM, 1, 1, seed=0)[0]
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(N_WARM, 64)).astype(np.float32), rng.normal(size=N_WARM).astype(np.float32)
    features = variant.side.items, variant.side.n_item_features
    values = share.share_values(model.members[0], data.histories, TRAINED, judged, noise, features)
    assert share.best_share([values]) > 0.6
    nobody = np.empty(0, np.int64)
    assert share.share_values(model.members[0], data.histories, TRAINED, nobody, noise, features) is None


def test_the_share_goes_half_way_to_the_best_of_all_networks_together() -> None:
    ramp = np.linspace(0, 1, len(share.SHARES), dtype=np.float32)
    assert share.best_share([ramp, ramp]) == 0.75
    assert share.best_share([ramp, -2 * ramp]) == 0.25
    assert share.best_share([None, 1 - np.abs(ramp - 0.25)]) == 0.375
    assert share.best_share([None, None]) == EQUAL_SHARE


def test_share_decides_between_the_halves_and_survives_saving(data: TrainingData, model: ColdStartEnsemble) -> None:
    assert 0.25 <= model.ridge_share <= 0.75
    state = user_state(data.histories, model.states(data.histories, QUIET), 3)
    answers = [model.with_ridge_share(value).item_scores([state])[0, N_WARM:] for value in (0.0, EQUAL_SHARE, 1.0)]
    without = [member.with_arrays({"cold_tastes": np.zeros((N_COLD, 128), np.float32)}) for member in model.members]
    network = ColdStartEnsemble(without)
    np.testing.assert_allclose(answers[0], network.item_scores([state])[0, N_WARM:], atol=1e-4)
    chances = [np.exp(answer) for answer in answers]
    np.testing.assert_allclose(chances[1], (chances[0] + chances[2]) / 2, atol=1e-6)
    config = json.loads(json.dumps(model.with_ridge_share(1.0).to_config()))
    loaded = load_model(NAME, model.to_arrays(), config)
    assert isinstance(loaded, ColdStartEnsemble)
    np.testing.assert_array_equal(loaded.item_scores([state])[0, N_WARM:], answers[2])


def test_version_without_a_share_weighs_both_equally(model: ColdStartEnsemble) -> None:
    single = model.members[0]
    config = {name: value for name, value in single.to_config().items() if name != "ridge_share"}
    assert HrnnColdStartModel(single.to_arrays(), config).ridge_share == EQUAL_SHARE


def test_ndcg_counts_places_and_the_best_that_is_possible() -> None:
    scores = np.array([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0]], np.float32)
    assert share._ndcg(scores, np.array([[True, True, False], [False, False, True]])) == pytest.approx([1.0, 1.0])
    assert share._ndcg(scores, np.array([[False, True, False]] * 2)) == pytest.approx([1 / np.log2(3)] * 2)


def test_ndcg_counts_the_first_ten_places_only() -> None:
    scores = -np.arange(12, dtype=np.float32)[None]
    late, early = np.zeros((1, 12), bool), np.zeros((1, 12), bool)
    late[0, 10], early[0, 9] = True, True
    assert share._ndcg(scores, late) == pytest.approx([0.0])
    assert share._ndcg(scores, early) == pytest.approx([1 / np.log2(11)])


def test_the_ridge_judges_as_if_it_had_never_met_the_judging_items(data: TrainingData) -> None:
    """So users who want an item are asked with the same history as for an item that they do not want."""
    variant = ColdStartVariant(data, TRAINED, COLD)
    judged = share.judged_rows(N_WARM, 1, 1, seed=0)[0]
    kept = keep_events(data.histories, ~np.isin(data.histories.items, judged))
    features = variant.side.items, variant.side.n_item_features
    scores = share._ridge_scores(kept, kept, TRAINED, judged, features)
    alike = judged % N_GROUPS
    users = np.arange(kept.n_users) % N_GROUPS
    own = [scores[users == group][:, alike == group] for group in range(N_GROUPS)]
    assert all(np.ptp(of_group, axis=1).max() < 1e-5 for of_group in own)


def test_new_items_still_reach_their_group(data: TrainingData, model: ColdStartEnsemble) -> None:
    vectors = model.states(data.histories, QUIET)
    scores = model.item_scores([user_state(data.histories, vectors, user) for user in range(40)])
    best = scores.argmax(axis=1) % N_GROUPS
    assert (best == np.arange(40) % N_GROUPS).mean() >= 0.9
