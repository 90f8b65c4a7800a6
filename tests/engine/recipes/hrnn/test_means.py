"""The running means of the inputs, the same in training and in serving, and models that were trained without them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from services.engine.recipes.base import SilentProgress
from services.engine.recipes.histories import user_state
from services.engine.recipes.hrnn.batches import Batch, epoch_batches, make_sequences
from services.engine.recipes.hrnn.config import HORIZONS, configure, mean_rates
from services.engine.recipes.hrnn.means import RunningMeans
from services.engine.recipes.hrnn.model import MEANS, HrnnModel
from services.engine.recipes.hrnn.network import HrnnNetwork, dropped
from services.engine.recipes.hrnn.packing import pack
from tests.engine.recipes.synthetic import histories_of, with_sessions

HISTORIES = with_sessions(histories_of([[0, 1, 2, 3, 4], [5, 2, 4], [1, 3]], 6))
ANSWERS = {"trained_items": np.arange(6, dtype=np.int32), "popularity": np.ones(6)}
CONFIG = {"n_items": 6, "masks_seen": False}


def network() -> HrnnNetwork:
    """Return a network without dropout whose means count."""
    config = configure({"dropout": 0.0}, n_events=10, repeat_share=0.0)
    config = replace(config, state_dropout=0.0, means_dropout=0.0)
    items = np.random.default_rng(5).normal(size=(6, config.item_size)).astype(np.float32)
    made = HrnnNetwork(config, items, np.ones(6), torch.Generator().manual_seed(5))
    with torch.no_grad():
        for weight in (made.w_gate, made.b_gate, made.w_means):
            weight.normal_(std=0.5, generator=made.generator)
    return made


def batch() -> Batch:
    sequences = make_sequences(HISTORIES, np.arange(6, dtype=np.int32), False, True)
    (only,) = epoch_batches(sequences, 10**6, np.random.default_rng(0))
    return only


def scores_of(trained: HrnnNetwork) -> np.ndarray:
    with torch.no_grad():
        logits = trained(batch(), trained.items) @ trained.items.t() + trained.item_bias
    scores: np.ndarray = torch.log_softmax(logits, 1).numpy()
    return scores


def assert_scores(model: HrnnModel, expected: np.ndarray) -> None:
    """Compare the answer after every event of every user, in the order of the batch."""
    token = 0
    for user in range(HISTORIES.n_users):
        items, times = HISTORIES.of(user)
        state = model.initial_state()
        for event in range(len(items) - 1):
            state = model.advance(state, items[event : event + 1], times[event : event + 1])
            np.testing.assert_allclose(model.item_scores([state])[0], expected[token], rtol=1e-4, atol=1e-5)
            token += 1
    assert token == len(expected)


def test_means_and_their_gradients_equal_torchs_own() -> None:
    generator = torch.Generator().manual_seed(1)
    packing = pack(np.array([7, 4, 4, 1]))
    inputs = torch.randn(len(packing.rows), 3, generator=generator, dtype=torch.float64, requires_grad=True)
    rates = torch.tensor([0.5, 0.1], dtype=torch.float64)
    weights = torch.randn(len(packing.rows), 6, generator=generator, dtype=torch.float64)
    ours = RunningMeans.apply(inputs, rates, packing.sizes)
    rows = [torch.zeros(2, 3, dtype=torch.float64) for _ in range(packing.n_lanes)]
    for row, previous in enumerate(packing.previous.tolist()):
        rows.append((1 - rates)[:, None] * rows[previous] + rates[:, None] * inputs[row])
    plain = torch.stack(rows[packing.n_lanes :]).flatten(1)
    torch.testing.assert_close(ours, plain)
    gradients = [torch.autograd.grad((means * weights).sum(), inputs)[0] for means in (ours, plain)]
    torch.testing.assert_close(*gradients)


def test_numpy_model_computes_what_the_network_computes() -> None:
    trained = network()
    model = HrnnModel(trained.arrays() | ANSWERS, CONFIG)
    assert model.state_size == trained.config.state_size + len(HORIZONS) * trained.config.item_size
    assert_scores(model, scores_of(trained))


def test_means_change_the_answer() -> None:
    trained = network()
    before = scores_of(trained)
    with torch.no_grad():
        trained.w_means.zero_()
    assert np.abs(scores_of(trained) - before).max() > 0.1


def test_model_trained_before_there_were_means_answers_as_it_did() -> None:
    trained = network()
    with torch.no_grad():
        trained.w_means.zero_()
    arrays = {name: array for name, array in trained.arrays().items() if name not in MEANS}
    model = HrnnModel(arrays | ANSWERS, CONFIG)
    assert model.state_size == trained.config.state_size
    assert_scores(model, scores_of(trained))
    vectors = model.states(HISTORIES, SilentProgress())
    together = model.item_scores([user_state(HISTORIES, vectors, user) for user in range(3)])
    assert np.isfinite(together).all()
    assert not set(MEANS) & set(model.to_arrays())


def test_mean_follows_its_horizon() -> None:
    """A constant input fills a mean to 1 - 1 / e within its horizon, here the second of 20 events."""
    model = HrnnModel(network().arrays() | ANSWERS, CONFIG)
    h, d = model.hidden_size, 64
    state = model.initial_state()
    items, times = np.zeros(20, np.int32), np.arange(20)
    state = model.advance(state, items[:1], times[:1])
    first = state.vector[h : h + 3 * d].reshape(3, d)
    one = first / mean_rates()[:, None]  # the input itself
    np.testing.assert_allclose(one[0], one[1], rtol=1e-3, atol=1e-4)
    state = model.advance(state, items[1:], times[1:] * 0)
    later = state.vector[h : h + 3 * d].reshape(3, d)
    share = (later @ one[0]) / (one[0] @ one[0])
    assert share[0] > 0.95
    assert share[1] == pytest.approx(1 - 1 / np.e, abs=0.05)
    assert share[2] < 0.25


@pytest.mark.parametrize("share", [0.25, 0.6])
def test_dropout_leaves_the_mean_and_drops_its_share(share: float) -> None:
    kept = dropped(torch.ones(400, 250), share, torch.Generator().manual_seed(0))
    assert float((kept == 0).float().mean()) == pytest.approx(share, abs=0.01)
    assert float(kept.mean()) == pytest.approx(1.0, abs=0.01)
    again = dropped(torch.ones(400, 250), share, torch.Generator().manual_seed(0))
    torch.testing.assert_close(kept, again)


def test_no_dropout_changes_nothing() -> None:
    x = torch.ones(3, 2)
    assert dropped(x, 0.0, torch.Generator()) is x
