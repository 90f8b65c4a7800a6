"""Of a large catalogue a batch computes the items that it needs alone, with the loss and gradients of all of them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from services.engine.recipes.base import Column, Histories
from services.engine.recipes.hrnn import training
from services.engine.recipes.hrnn.batches import epoch_batches, make_sequences
from services.engine.recipes.hrnn.config import configure
from services.engine.recipes.hrnn.sampling import Part
from services.engine.recipes.hrnn_metadata import network as with_columns
from services.engine.recipes.hrnn_metadata.training import MetadataVariant

N_ITEMS, N_USERS, N_EVENTS = 300, 6, 8


def one_batch(repeats: bool):
    """Return a network with columns, its sequences and settings, and a batch that has a few of its items."""
    rng = np.random.default_rng(0)
    items = rng.integers(0, N_ITEMS, N_USERS * N_EVENTS).astype(np.int32)
    times = np.tile(np.arange(N_EVENTS, dtype=np.int64) * 60, N_USERS)
    histories = Histories(np.arange(N_USERS + 1, dtype=np.int64) * N_EVENTS, items, times, N_ITEMS)
    groups = Column(
        "GROUP", (np.arange(N_ITEMS) % 4).astype(np.int32), np.arange(N_ITEMS + 1, dtype=np.int64), tuple("abcd")
    )
    config = configure({"dropout": 0.0}, n_events=10, repeat_share=1.0 if repeats else 0.0)
    config = replace(config, state_dropout=0.0, means_dropout=0.0, n_sampled=20)
    everything = np.arange(N_ITEMS, dtype=np.int32)
    variant = MetadataVariant(histories, [groups], everything)
    vectors = rng.normal(size=(N_ITEMS, config.item_size)).astype(np.float32)
    network = variant.network(config, vectors, np.ones(N_ITEMS), torch.Generator().manual_seed(1))
    with torch.no_grad():
        network.feature_inputs[:-1] = torch.randn(4, config.item_size, generator=network.generator)
    sequences = make_sequences(histories, everything, False, config.masks_seen)
    (batch,) = epoch_batches(sequences, 10**6, np.random.default_rng(0))
    return network, sequences, config, batch


def loss_and_gradients(limit: int, repeats: bool, patch: pytest.MonkeyPatch):
    """Return both for a sampled batch, as if a catalogue were large from this many items on."""
    patch.setattr(training, "SAMPLED_ITEMS", 0)
    for module in (training, with_columns):
        patch.setattr(module, "FULL_SOFTMAX_ITEMS", limit)
    network, sequences, config, batch = one_batch(repeats)
    computed = []
    whole = network.catalogue
    patch.setattr(network, "catalogue", lambda rows=None: computed.append(rows) or whole(rows))
    loss = training.BatchLoss(network, sequences, config)(batch, 0.0)
    loss.backward()
    return loss.detach(), {name: weight.grad for name, weight in network.named_parameters()}, computed[0]


@pytest.mark.parametrize("repeats", [False, True])
def test_a_part_of_the_catalogue_gives_the_loss_and_gradients_of_all(
    repeats: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    loss, gradients, rows = loss_and_gradients(10**6, repeats, monkeypatch)
    assert rows is None
    of_part, same, rows = loss_and_gradients(100, repeats, monkeypatch)
    assert rows is not None
    assert len(rows) < N_ITEMS / 3, "the batch has and draws few items"
    torch.testing.assert_close(of_part, loss)
    for name, gradient in gradients.items():
        torch.testing.assert_close(same[name], gradient, rtol=1e-4, atol=1e-6, msg=name)


def test_places_are_those_of_the_rows_and_none_stays_none() -> None:
    part = Part.of(np.array([7, 3, 7]), np.array([[5, -1], [3, 5]]))
    assert part.rows.tolist() == [3, 5, 7]
    assert part.places(np.array([[7, -1], [3, 5]])).tolist() == [[2, -1], [0, 1]]
