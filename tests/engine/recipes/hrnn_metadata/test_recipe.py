"""What metadata and context add, on data in which the right answer is known, and that plain HRNN sees none of it."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from services.engine.recipes.base import Column, Histories, Ints, SilentProgress, TrainingData, TrainOptions, UserState
from services.engine.recipes.histories import user_state
from services.engine.recipes.hrnn.config import configure
from services.engine.recipes.hrnn_metadata.features import learn_space
from services.engine.recipes.hrnn_metadata.model import HrnnMetadataModel
from services.engine.recipes.hrnn_metadata.network import HrnnMetadataNetwork, SideFeatures, feature_regression
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_model, load_recipe
from services.engine.recipes.top_items import top_items
from tests.engine.recipes.synthetic import categorical, histories_of

QUIET = SilentProgress()
N_ITEMS = 60


def train(name: str, data: TrainingData, seed: int = 0, **given: str) -> HrnnMetadataModel:
    model = load_recipe(name).train(data, TrainOptions(complete(name, find(name).hyperparameters, given), seed), QUIET)
    assert isinstance(model, HrnnMetadataModel) or name == "aws-hrnn"
    return model


def world() -> TrainingData:
    """Women take even items, men odd ones; at home all users take low numbers, on the way high ones.

    The last two users are known by their gender alone.
    """
    rng = np.random.default_rng(0)
    walks, places = [], []
    for user in range(120):
        away = rng.random(14) < 0.5
        mine = rng.permutation(np.arange(user % 2, N_ITEMS, 2))
        low, high = list(mine[mine < N_ITEMS // 2]), list(mine[mine >= N_ITEMS // 2])
        walks.append([int((high if out and high else low or high).pop()) for out in away])
        places += [["away"] if item >= N_ITEMS // 2 else ["home"] for item in walks[-1]]
    histories = histories_of([*walks, [], []], N_ITEMS)
    genders = categorical("GENDER", [["woman"] if user % 2 == 0 else ["man"] for user in range(122)])
    parity = categorical("PARITY", [["even", "all"] if item % 2 == 0 else ["odd", "all"] for item in range(N_ITEMS)])
    histories = replace(histories, context=(categorical("PLACE", places),), user_columns=(genders,))
    return TrainingData(histories, (parity, Column("SIZE", np.arange(N_ITEMS, dtype=np.float32))))


@pytest.fixture(scope="module")
def data() -> TrainingData:
    return world()


@pytest.fixture(scope="module")
def model(data: TrainingData) -> HrnnMetadataModel:
    return train("aws-hrnn-metadata", data)


def states(model: HrnnMetadataModel, histories: Histories) -> list[UserState]:
    vectors = model.states(histories, QUIET)
    return [user_state(histories, vectors, user) for user in range(histories.n_users)]


def shown(model: HrnnMetadataModel, of: list[UserState], context: dict[str, str] | None = None) -> Ints:
    """Return the five best items of each state."""
    return top_items(model.item_scores([model.in_context(state, context or {}) for state in of]), 5)


def test_context_decides_what_is_shown(model: HrnnMetadataModel, data: TrainingData) -> None:
    user_states = states(model, data.histories)[:120]
    assert (shown(model, user_states, {"PLACE": "home"}) < N_ITEMS // 2).mean() > 0.8
    assert (shown(model, user_states, {"PLACE": "away"}) >= N_ITEMS // 2).mean() > 0.8


def test_unknown_context_changes_nothing(model: HrnnMetadataModel, data: TrainingData) -> None:
    state = states(model, data.histories)[3]
    asked = model.in_context(state, {"PLACE": "on the moon", "COLOUR": "red"})
    np.testing.assert_array_equal(model.item_scores([asked]), model.item_scores([state]))


def test_context_of_one_request_does_not_stay(model: HrnnMetadataModel, data: TrainingData) -> None:
    state = states(model, data.histories)[3]
    before = state.vector.copy()
    model.in_context(state, {"PLACE": "away"})
    np.testing.assert_array_equal(state.vector, before)


def test_newcomer_is_coloured_by_what_is_known_and_by_context(model: HrnnMetadataModel, data: TrainingData) -> None:
    woman, man = states(model, data.histories)[-2:]
    assert (shown(model, [woman]) % 2 == 0).mean() >= 0.8
    assert (shown(model, [man]) % 2 == 1).mean() >= 0.8
    assert (shown(model, [model.initial_state()], {"PLACE": "away"}) >= N_ITEMS // 2).mean() >= 0.8


def test_users_features_stay_with_the_state_when_events_come(model: HrnnMetadataModel, data: TrainingData) -> None:
    histories = data.histories
    known = states(model, histories)[5]
    items, times = histories.of(5)
    before = replace(states(model, histories)[-1], vector=model._first_vectors(histories)[5])
    state = model.advance(before, items, times)
    np.testing.assert_allclose(state.vector, known.vector, rtol=1e-4, atol=1e-5)


def test_model_with_metadata_survives_saving(model: HrnnMetadataModel, data: TrainingData) -> None:
    loaded = load_model("aws-hrnn-metadata", model.to_arrays(), json.loads(json.dumps(model.to_config())))
    of = [model.in_context(state, {"PLACE": "away"}) for state in states(model, data.histories)[:4]]
    np.testing.assert_array_equal(loaded.item_scores(of), model.item_scores(of))


def test_same_seed_gives_the_same_model_with_metadata(data: TrainingData) -> None:
    one, again = (train("aws-hrnn-metadata", data, epochs="3").to_arrays() for _ in range(2))
    assert all(np.array_equal(array, again[name]) for name, array in one.items())


def test_features_help_where_items_are_rare() -> None:
    """400 items with about one interaction each: only the colour of an item predicts who likes it."""
    rng = np.random.default_rng(1)
    walks = [rng.choice(np.arange(user % 2, 400, 2), 4, replace=False).tolist() for user in range(100)]
    histories = histories_of(walks, 400)
    colours = categorical("COLOUR", [["red"] if item % 2 else ["blue"] for item in range(400)])
    right = {}
    for name in ("aws-hrnn", "aws-hrnn-metadata"):
        model = train(name, TrainingData(histories, (colours,)))
        best = top_items(model.item_scores(states(model, histories)), 10)
        right[name] = float((best % 2 == np.arange(100)[:, None] % 2).mean())
    assert right["aws-hrnn-metadata"] >= 0.8
    assert right["aws-hrnn-metadata"] > right["aws-hrnn"] + 0.1


def test_plain_hrnn_learns_nothing_from_a_target_planted_in_metadata(data: TrainingData) -> None:
    histories = replace(data.histories, context=(), user_columns=())
    last = [[str(items[-1])] if len(items) else [] for items in (histories.of(u)[0] for u in range(histories.n_users))]
    planted = replace(
        histories,
        user_columns=(categorical("NEXT", last),),
        context=(categorical("NEXT_ITEM", [[str(i)] for i in np.roll(histories.items, -1)]),),
    )
    clean = train("aws-hrnn", TrainingData(histories), epochs="2").to_arrays()
    seen = train("aws-hrnn", TrainingData(planted, data.item_columns), epochs="2").to_arrays()
    assert all(np.array_equal(array, seen[name]) for name, array in clean.items())


def test_numpy_model_computes_what_the_network_with_metadata_computes(data: TrainingData) -> None:
    from services.engine.recipes.hrnn.batches import epoch_batches, make_sequences
    from services.engine.recipes.hrnn_metadata.training import MetadataVariant

    histories = replace(data.histories, context=())
    trained = np.arange(N_ITEMS, dtype=np.int32)
    config = configure({"dropout": 0.0}, n_events=10, repeat_share=1.0)
    config = replace(config, state_dropout=0.0, means_dropout=0.0)
    variant = MetadataVariant(histories, data.item_columns, trained)
    items = np.random.default_rng(5).normal(size=(N_ITEMS, config.item_size)).astype(np.float32)
    network = variant.network(config, items, np.ones(N_ITEMS), torch.Generator().manual_seed(5))
    with torch.no_grad():
        for table in (network.user_inputs, network.user_queries):
            table[:-1] = torch.randn(table[:-1].shape, generator=torch.Generator().manual_seed(6))
        for weight in (network.w_gate, network.b_gate, network.w_means):
            weight.normal_(std=0.3, generator=network.generator)
    sequences = make_sequences(histories, trained, False, False)
    (batch,) = epoch_batches(sequences, 10**6, np.random.default_rng(0))
    vectors, bias = network.catalogue()
    logits = torch.log_softmax(network(batch, vectors) @ vectors.t() + bias, 1).detach().numpy()
    model = variant.model(network, trained, np.ones(N_ITEMS), N_ITEMS)
    first = model._first_vectors(histories)
    token = 0
    for user in batch.users.tolist():
        events, times = histories.of(user)
        state = replace(model.initial_state(), vector=first[user])
        state = model.advance(state, events[:-1], times[:-1])
        token += len(events) - 1
        np.testing.assert_allclose(model.item_scores([state])[0], logits[token - 1], rtol=1e-3, atol=1e-4)


def test_first_embeddings_are_explained_by_features() -> None:
    rng = np.random.default_rng(2)
    groups = categorical("GROUP", [[str(item % 4)] for item in range(200)])
    space = learn_space([groups], np.ones(200, bool))
    means = rng.normal(size=(4, 8)).astype(np.float32)
    items = means[np.arange(200) % 4] + 0.01 * rng.normal(size=(200, 8)).astype(np.float32)
    found = feature_regression(items, np.full(200, 1000.0), space.encode([groups], 200), 4)
    np.testing.assert_allclose(found[:4], means * (50 / 54), atol=0.05)
    assert not found[4].any()


def test_rare_items_start_where_their_features_are() -> None:
    groups = categorical("GROUP", [[str(item % 2)] for item in range(40)])
    space = learn_space([groups], np.ones(40, bool))
    rows = space.encode([groups], 40)
    nothing = learn_space([], np.ones(1, bool)).encode([], 40)
    items = np.tile(np.eye(2, 64, dtype=np.float32), (20, 1))
    counts = np.full(40, 1000.0)
    items[0], counts[0] = 5.0, 0.01
    config = configure({}, n_events=10, repeat_share=0.0)
    side = SideFeatures(rows, 2, nothing, 0, nothing, 0)
    network = HrnnMetadataNetwork(config, items, counts, torch.Generator().manual_seed(0), side)
    start = network.catalogue()[0].detach().numpy()
    np.testing.assert_allclose(start[0], start[2], atol=0.3)
