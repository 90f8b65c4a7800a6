"""What the recurrent network learns of repeats, each part held against a plain, slow way to the same numbers."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from services.engine.jobs.evaluation.metrics import evaluate_model
from services.engine.jobs.evaluation.split import newest_tenth
from services.engine.recipes.base import Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.histories import keep_events, user_state
from services.engine.recipes.hrnn import training
from services.engine.recipes.hrnn.batches import Batch, epoch_batches, make_sequences
from services.engine.recipes.hrnn.config import HYPERPARAMETERS, HrnnConfig, configure
from services.engine.recipes.hrnn.loss import FullSoftmaxLoss, sampled_softmax_loss
from services.engine.recipes.hrnn.model import HrnnModel
from services.engine.recipes.hrnn.network import HrnnNetwork
from services.engine.recipes.hrnn.repeats import N_RECENT, recent_rows, remembered, repeat_logits
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import load_recipe
from tests.engine.recipes.synthetic import histories_of, repeats, with_sessions

QUIET = SilentProgress()
LEFT = [[0, 1, 0, 2, 2, 1], [5, 2, 5, 4], [1, 3, 1]]


def batch_of(histories: Histories) -> Batch:
    rows = np.arange(histories.n_items, dtype=np.int32)
    (batch,) = epoch_batches(make_sequences(histories, rows, False, False), 10**6, np.random.default_rng(0))
    return batch


def slow_recent(items: list[int]) -> list[int]:
    recent: list[int] = []
    for item in items:
        recent = [item] + [other for other in recent if other != item]
    return (recent + [-1] * N_RECENT)[:N_RECENT]


def without_dropout(n_items: int = 6) -> tuple[HrnnNetwork, HrnnConfig]:
    config = configure({"dropout": 0.0}, n_events=10, repeat_share=0.5)
    config = replace(config, state_dropout=0.0, means_dropout=0.0)
    items = np.random.default_rng(5).normal(size=(n_items, config.item_size)).astype(np.float32)
    network = HrnnNetwork(config, items, np.ones(n_items), torch.Generator().manual_seed(5))
    with torch.no_grad():
        for weight in (network.repeat_bias, network.w_gate, network.b_gate, network.w_means):
            weight.normal_(generator=network.generator)
    return network, config


def test_the_newest_item_comes_first_and_nothing_stands_twice() -> None:
    recent = np.zeros((1, 4), np.float32)
    for item, expected in ((7, [8, 0, 0, 0]), (3, [4, 8, 0, 0]), (7, [8, 4, 0, 0]), (1, [2, 8, 4, 0])):
        recent = remembered(recent, np.array([item], np.int32))
        assert recent[0].tolist() == expected
    for item in (5, 6):
        recent = remembered(recent, np.array([item], np.int32))
    assert recent[0].tolist() == [7, 6, 2, 8]
    assert recent.dtype == np.float32


def test_every_token_knows_the_items_before_it() -> None:
    batch = batch_of(histories_of(LEFT, 6))
    expected = [slow_recent(items[:n]) for items in LEFT for n in range(1, len(items))]
    assert recent_rows(batch).tolist() == expected


def test_full_loss_with_repeats_and_its_gradients_equal_torchs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.engine.recipes.hrnn.loss._CHUNK_LOGITS", 20)
    generator = torch.Generator().manual_seed(2)
    batch = batch_of(histories_of(LEFT, 6))
    n, v, d = len(batch.targets), 6, 3
    shapes = ((n, d), (v, d), (v,), (N_RECENT,))
    leaves = [torch.randn(*shape, generator=generator, requires_grad=True) for shape in shapes]
    outputs, items, bias, added = leaves
    weights, targets = torch.rand(n, generator=generator), torch.from_numpy(batch.targets)
    recent = torch.from_numpy(recent_rows(batch))

    loss = FullSoftmaxLoss.apply(outputs, items, bias, targets, weights, None, [], 0.0, recent, added)
    gradients = torch.autograd.grad(2 * loss, leaves)
    logits = outputs @ items.t() + bias
    for row in range(n):
        for place in range(N_RECENT):
            if recent[row, place] >= 0:
                change = functional.one_hot(recent[row, place], v) * added[place]
                logits = logits + functional.one_hot(torch.tensor(row), n)[:, None] * change
    plain = (weights * functional.cross_entropy(logits, targets, reduction="none")).sum()
    torch.testing.assert_close(loss, plain)
    for one, other in zip(gradients, torch.autograd.grad(2 * plain, leaves), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_sampled_loss_over_all_items_is_the_full_loss_with_repeats() -> None:
    generator = torch.Generator().manual_seed(4)
    batch = batch_of(histories_of(LEFT, 6))
    n, v = len(batch.targets), 6
    outputs, items, bias = (torch.randn(*shape, generator=generator) for shape in ((n, 3), (v, 3), (v,)))
    recent, targets = torch.from_numpy(recent_rows(batch)), torch.from_numpy(batch.targets)
    added, weights = torch.randn(N_RECENT, generator=generator), torch.full((n,), 1 / n)
    everything = torch.arange(v)
    hidden = (targets[:, None] == everything) | (recent[:, :, None] == everything).any(1)
    full = FullSoftmaxLoss.apply(outputs, items, bias, targets, weights, None, [], 0.0, recent, added)
    sampled = sampled_softmax_loss(
        outputs, items, bias, targets, weights, everything, torch.zeros(v), hidden, recent, added
    )
    torch.testing.assert_close(sampled, full)


def test_numpy_model_computes_what_the_network_computes_with_repeats() -> None:
    histories = with_sessions(histories_of(LEFT, 6))
    network, _ = without_dropout()
    batch = batch_of(histories)
    with torch.no_grad():
        outputs = network(batch, network.items)
        logits = outputs @ network.items.t() + network.item_bias
        recent, added = torch.from_numpy(recent_rows(batch)), network.repeat_bias
        logits.scatter_add_(1, recent.clamp_min(0), added * (recent >= 0))
    expected = torch.log_softmax(logits, 1).numpy()
    items = {"trained_items": np.arange(6, dtype=np.int32), "popularity": np.ones(6)}
    model = HrnnModel(network.arrays() | items, {"n_items": 6, "masks_seen": False})
    token = 0
    for user, seen in enumerate(LEFT):
        items, times = histories.of(user)
        for n in range(1, len(seen)):
            state = model.advance(model.initial_state(), items[:n], times[:n])
            np.testing.assert_allclose(model.item_scores([state])[0], expected[token], rtol=1e-4, atol=1e-5)
            token += 1


def test_start_is_measured_place_by_place() -> None:
    histories = repeats()
    rows = np.arange(histories.n_items, dtype=np.int32)
    start = repeat_logits(make_sequences(histories, rows, False, False), histories.n_items)
    assert start.shape == (N_RECENT,)
    assert start.argmax() == 2
    assert start[2] > np.log(10)
    assert np.delete(start, 2).max() < 0.5


@pytest.mark.parametrize("largest", [10_000, 10])
def test_repeats_are_learnt_by_their_place_for_items_of_any_kind(largest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "FULL_SOFTMAX_ITEMS", largest)
    histories = repeats()
    newest = newest_tenth(histories)
    past, future = keep_events(histories, ~newest), keep_events(histories, newest)
    options = TrainOptions(complete("aws-hrnn", HYPERPARAMETERS, {"epochs": "10"}))
    model = load_recipe("aws-hrnn").train(TrainingData(past), options, QUIET)
    measured = evaluate_model(model, past, future).metrics()
    assert measured["mean_reciprocal_rank_at_25"] > 0.6
    together = model.states(past, QUIET)
    items, times = past.of(3)
    alone = model.advance(model.initial_state(), items, times)
    np.testing.assert_allclose(alone.vector, together[3], rtol=1e-4, atol=1e-5)
    known = user_state(past, together, 3)
    np.testing.assert_allclose(model.item_scores([alone]), model.item_scores([known]), rtol=1e-3, atol=1e-4)
