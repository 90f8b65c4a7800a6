"""The parts of the hierarchical recurrent network, each held against a plain, slow way to the same numbers."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from services.engine.recipes.base import Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.histories import user_state
from services.engine.recipes.hrnn import batches, training
from services.engine.recipes.hrnn.batches import epoch_batches, make_sequences, recency, seen_mask
from services.engine.recipes.hrnn.config import FIRST_SESSION_GAP, HYPERPARAMETERS, configure, gap_buckets
from services.engine.recipes.hrnn.gru import SessionGru
from services.engine.recipes.hrnn.loss import MASKED, FullSoftmaxLoss, SampledSoftmaxLoss, sampled_softmax_loss
from services.engine.recipes.hrnn.network import HrnnNetwork
from services.engine.recipes.hrnn.packing import pack
from services.engine.recipes.hrnn.sampling import NegativeSampler
from services.engine.recipes.hrnn.start import item_embeddings
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import load_recipe
from tests.engine.recipes.synthetic import DAY_S, checkerboard, histories_of

QUIET = SilentProgress()


def sequences_of(histories: Histories, masks_seen: bool = True):
    return make_sequences(histories, np.arange(histories.n_items, dtype=np.int32), False, masks_seen)


def one_batch(histories: Histories):
    (batch,) = epoch_batches(sequences_of(histories), 10**6, np.random.default_rng(0))
    return batch


def plain_gru(gates_in, w_h, b_n, keep, packing, keep_rows, bptt):
    """The same recurrence, one token after the other, differentiated by torch itself."""
    h = w_h.shape[0]
    rows = [torch.zeros(h, dtype=gates_in.dtype) for _ in range(packing.n_lanes)]
    row, lanes = 0, packing.n_lanes
    for step, size in enumerate(packing.sizes):
        for _ in range(size):
            before = rows[packing.previous[row]] * keep[keep_rows[row]]
            before = before.detach() if step % bptt == 0 else before
            side = before @ w_h
            reset = torch.sigmoid(gates_in[row, :h] + side[:h])
            update = torch.sigmoid(gates_in[row, h : 2 * h] + side[h : 2 * h])
            new = torch.tanh(gates_in[row, 2 * h :] + reset * (side[2 * h :] + b_n))
            rows.append((1 - update) * new + update * before)
            row += 1
    return torch.stack(rows[lanes:])


@pytest.mark.parametrize("bptt", [2, 3, 100])
def test_gru_and_its_gradients_equal_torchs_own(bptt: int) -> None:
    generator = torch.Generator().manual_seed(1)
    packing, h = pack(np.array([7, 4, 4, 1])), 5
    n = len(packing.rows)
    leaves = [
        torch.randn(*shape, generator=generator, dtype=torch.float64, requires_grad=True)
        for shape in ((n, 3 * h), (h, 3 * h), (h,), (2, h))
    ]
    gates_in, w_h, b_n, raw_keep = leaves
    keep = torch.cat([torch.ones(1, h, dtype=torch.float64), torch.sigmoid(raw_keep)])
    keep_rows = torch.tensor([0, 0, 0, 0] + [2 if row % 3 == 0 else 0 for row in range(4, n)])
    gated = [bool(rows.any()) for rows in keep_rows.split(packing.sizes)]
    weights = torch.randn(n, h, generator=generator, dtype=torch.float64)

    ours = SessionGru.apply(
        gates_in, w_h, b_n, keep[keep_rows], packing.sizes, torch.from_numpy(packing.previous), gated, bptt
    )
    gradients = torch.autograd.grad((ours * weights).sum(), leaves, retain_graph=True)
    plain = plain_gru(gates_in, w_h, b_n, keep, packing, keep_rows, bptt)
    expected = torch.autograd.grad((plain * weights).sum(), leaves)
    torch.testing.assert_close(ours, plain)
    for one, other in zip(gradients, expected, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("chunk", [7, 1000])
def test_full_softmax_loss_and_its_gradients_equal_torchs_own(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.engine.recipes.hrnn.loss._CHUNK_LOGITS", chunk)
    generator = torch.Generator().manual_seed(2)
    batch = one_batch(histories_of([[0, 1, 2, 3], [3, 2, 4]], 6))
    n, v, d = len(batch.targets), 6, 3
    leaves = [torch.randn(*shape, generator=generator, requires_grad=True) for shape in ((n, d), (v, d), (v,))]
    outputs, items, bias = leaves
    weights = torch.rand(n, generator=generator)
    mask, ends = seen_mask(batch, v)
    targets = torch.from_numpy(batch.targets)

    loss = FullSoftmaxLoss.apply(
        outputs, items, bias, targets, weights, torch.from_numpy(mask), ends.tolist(), 0.0, None, None
    )
    gradients = torch.autograd.grad(2 * loss, leaves)
    logits = (outputs @ items.t() + bias).reshape(-1).index_fill(0, torch.from_numpy(mask), MASKED).view(n, v)
    plain = (weights * functional.cross_entropy(logits, targets, reduction="none")).sum()
    expected = torch.autograd.grad(2 * plain, leaves)
    torch.testing.assert_close(loss, plain)
    for one, other in zip(gradients, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_a_share_of_the_targets_is_a_later_item_of_the_same_user() -> None:
    walks = [list(range(100 * user, 100 * user + 60)) for user in range(5)]
    sequences = sequences_of(histories_of(walks, 500))
    (plain,) = epoch_batches(sequences, 10**6, np.random.default_rng(0))
    (batch,) = epoch_batches(sequences, 10**6, np.random.default_rng(0), later_share=0.3)
    np.testing.assert_array_equal(batch.history, plain.history)
    np.testing.assert_array_equal(plain.targets, plain.history + 1)
    steps = batch.targets - plain.targets  # items are numbered in the order of their user's events
    assert steps.min() == 0
    assert (batch.targets // 100 == plain.targets // 100).all()
    assert 0.2 < (steps > 0).mean() < 0.4
    assert 2 < steps[steps > 0].mean() < 4.5
    np.testing.assert_array_equal(batch.target_events, plain.target_events + steps)


def test_label_smoothing_gives_the_gradients_of_smoothed_targets() -> None:
    generator = torch.Generator().manual_seed(3)
    leaves = [torch.randn(*shape, generator=generator, requires_grad=True) for shape in ((4, 3), (6, 3), (6,))]
    targets, weights = torch.tensor([0, 5, 2, 2]), torch.full((4,), 0.25)
    loss = FullSoftmaxLoss.apply(*leaves, targets, weights, None, [], 0.1, None, None)
    gradients = torch.autograd.grad(loss, leaves)
    plain = functional.cross_entropy(leaves[0] @ leaves[1].t() + leaves[2], targets, label_smoothing=0.1)
    for one, other in zip(gradients, torch.autograd.grad(plain, leaves), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_sampled_loss_over_all_other_items_is_the_full_loss() -> None:
    generator = torch.Generator().manual_seed(4)
    outputs, items, bias = (torch.randn(*shape, generator=generator) for shape in ((4, 3), (6, 3), (6,)))
    targets, weights, everything = torch.tensor([0, 5, 2, 2]), torch.full((4,), 0.25), torch.arange(6)
    hidden = targets[:, None] == everything
    loss = sampled_softmax_loss(outputs, items, bias, targets, weights, everything, torch.zeros(6), hidden)
    torch.testing.assert_close(loss, functional.cross_entropy(outputs @ items.t() + bias, targets))


def test_gradients_of_the_sampled_loss_equal_torchs_own() -> None:
    generator = torch.Generator().manual_seed(5)
    shapes = ((7, 3), (9, 3), (9,))
    leaves = [torch.randn(*shape, generator=generator, requires_grad=True) for shape in shapes]
    targets, weights = torch.tensor([0, 5, 2, 2, 8, 1, 0]), torch.rand(7, generator=generator)
    negatives, expected = torch.tensor([3, 3, 0, 7]), torch.randn(9, generator=generator)
    hidden = targets[:, None] == negatives
    arguments = (targets, weights, negatives, expected, hidden)
    gradients = torch.autograd.grad(SampledSoftmaxLoss.apply(*leaves, *arguments), leaves)
    logits = leaves[0] @ leaves[1].t() + leaves[2] - expected
    positive = logits.gather(1, targets[:, None])
    drawn = logits[:, negatives].masked_fill(hidden, MASKED)
    losses = torch.logsumexp(torch.cat([positive, drawn], 1), 1) - positive.squeeze(1)
    for one, other in zip(gradients, torch.autograd.grad((weights * losses).sum(), leaves), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


def test_drawn_negatives_are_distinct_and_as_likely_as_they_say() -> None:
    sampler = NegativeSampler(np.array([500, 100, 20, 5, 0, 0]), 4, np.random.default_rng(0))
    draws = [sampler.draw() for _ in range(4000)]
    assert all(len(np.unique(drawn)) == len(drawn) for drawn in draws)
    shares = np.bincount(np.concatenate(draws), minlength=6) / len(draws)
    np.testing.assert_allclose(np.exp(sampler.log_inclusion), shares, atol=0.03)


@pytest.mark.parametrize("n_draws", [30, 300])
def test_sampled_loss_learns_the_distribution_that_the_full_loss_would_learn(n_draws: int) -> None:
    """With few draws, and with so many that popular items are drawn several times."""
    rng = np.random.default_rng(0)
    true = torch.arange(1, 41, dtype=torch.float32).reciprocal()
    true /= true.sum()
    sampler = NegativeSampler((10_000 * true).long().numpy(), n_draws, rng)
    log_inclusion = torch.from_numpy(sampler.log_inclusion)
    bias = torch.zeros(40, requires_grad=True)
    optimizer = torch.optim.Adam([bias], lr=0.1)
    nothing, weights = torch.zeros(256, 1), torch.full((256,), 1 / 256)
    for step in range(500):
        optimizer.param_groups[0]["lr"] = 0.1 * (1 - step / 500)
        targets, drawn = torch.from_numpy(rng.choice(40, 256, p=true.numpy())), torch.from_numpy(sampler.draw())
        loss = sampled_softmax_loss(
            nothing, torch.zeros(40, 1), bias, targets, weights, drawn, log_inclusion, targets[:, None] == drawn
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    divergence = (true * (true.log() - torch.log_softmax(bias.detach(), 0))).sum()
    assert float(divergence) < 0.005  # corrected by the expected number of draws: above 0.01


def test_large_catalogue_is_learnt_from_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "FULL_SOFTMAX_ITEMS", 10)
    histories = checkerboard()
    values = complete("aws-hrnn", HYPERPARAMETERS)
    model = load_recipe("aws-hrnn").train(TrainingData(histories), TrainOptions(values), QUIET)
    vectors = model.states(histories, QUIET)
    scores = model.item_scores([user_state(histories, vectors, user) for user in range(histories.n_users)])
    own = scores.argmax(axis=1) % 2 == np.arange(histories.n_users) % 2
    assert own.mean() >= 0.95


def test_small_catalogues_use_all_items_large_ones_a_sample_and_others_both() -> None:
    assert training.full_from(training.SAMPLED_ITEMS) == 0.0
    assert 0 < training.full_from(training.FULL_SOFTMAX_ITEMS) < 1
    assert training.full_from(training.FULL_SOFTMAX_ITEMS + 1) > 1


def test_the_exact_loss_ends_what_the_sampled_one_began(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "SAMPLED_ITEMS", 4)
    histories = checkerboard(n_users=6)
    config = configure({}, n_events=histories.n_events, repeat_share=0.0)
    sequences = sequences_of(histories)
    start = np.zeros((histories.n_items, config.item_size), np.float32)
    network = HrnnNetwork(config, start, np.ones(histories.n_items), torch.Generator().manual_seed(0))
    loss_of = training.BatchLoss(network, sequences, config)
    batch = next(epoch_batches(sequences, 10**6, np.random.default_rng(0)))
    losses = {}
    for name, share_done in (("first", 0.0), ("last", 1.0), ("again", 1.0)):
        network.generator.manual_seed(1)
        losses[name] = float(loss_of(batch, share_done).detach())
    assert losses["first"] != losses["last"] == losses["again"]


def test_packing_puts_steps_one_after_the_other() -> None:
    packing = pack(np.array([3, 2, 2]))
    assert packing.sizes == [3, 3, 1]
    assert packing.rows.tolist() == [0, 3, 6, 1, 4, 2, 5]
    assert packing.previous.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert pack(np.array([], np.int64)).sizes == []


def test_sequences_pair_each_event_with_the_next_of_the_same_user() -> None:
    sequences = sequences_of(histories_of([[3, 1, 2], [], [5], [4, 0]], 6))
    assert sequences.lengths.tolist() == [2, 1]
    assert sequences.inputs.tolist() == [3, 1, 4]
    assert sequences.targets.tolist() == [1, 2, 0]


def test_repeated_targets_weigh_nothing_where_seen_items_are_masked() -> None:
    histories = histories_of([[3, 1, 3, 2, 2]], 6)
    assert sequences_of(histories).weights.tolist() == [1, 0, 1, 0]
    assert sequences_of(histories, masks_seen=False).weights.tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("block", [1, 4, 1 << 20])
def test_repeats_are_found_in_blocks_of_any_size(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_BLOCK_EVENTS", block)
    histories = histories_of([[0, 1, 0, 2], [1, 1], [2, 0, 2, 0, 1]], 3)
    sequences = make_sequences(histories, np.arange(3, dtype=np.int32), recency_weights=False, masks_seen=True)
    assert sequences.weights.tolist() == [1, 0, 1, 0, 1, 0, 0, 1]


def test_long_histories_become_several_sequences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.engine.recipes.hrnn.batches.MAX_SEQUENCE_LENGTH", 3)
    sequences = sequences_of(histories_of([[0, 1, 2, 3, 4, 5, 6], [7, 8]], 9))
    assert sequences.lengths.tolist() == [2, 2, 1]
    assert sequences.inputs.tolist() == [0, 1, 3, 4, 7]
    assert sequences.targets.tolist() == [1, 2, 4, 5, 8]


def test_untrained_items_drop_out_of_sequences() -> None:
    rows = np.array([0, -1, 1, 2], np.int32)
    sequences = make_sequences(histories_of([[0, 1, 2, 3]], 4), rows, False, True)
    assert sequences.inputs.tolist() == [0, 1]
    assert sequences.targets.tolist() == [1, 2]


def test_batches_hold_every_sequence_once() -> None:
    histories = checkerboard(n_users=30)
    batches = list(epoch_batches(sequences_of(histories), 50, np.random.default_rng(0)))
    assert len(batches) > 3
    assert sum(len(batch.lengths) for batch in batches) == 30
    assert sum(len(batch.targets) for batch in batches) == histories.n_events - 30


def test_seen_mask_holds_the_history_up_to_each_event() -> None:
    batch = one_batch(histories_of([[0, 1, 2, 3], [5, 4, 0]], 6))
    mask, ends = seen_mask(batch, 6)
    seen = [sorted(int(index) % 6 for index in part) for part in np.split(mask, ends[:-1])]
    assert seen == [[0], [0, 1], [0, 1, 2], [5], [4, 5]]
    assert [int(part[0]) // 6 for part in np.split(mask, ends[:-1])] == [0, 1, 2, 3, 4]


def test_embeddings_start_close_for_items_that_occur_together() -> None:
    start = item_embeddings(sequences_of(checkerboard()), 40, 16, np.random.default_rng(0))
    directions = start / np.linalg.norm(start, axis=1, keepdims=True)
    likeness = directions @ directions.T
    same = np.arange(40)[:, None] % 2 == np.arange(40) % 2
    assert likeness[same & ~np.eye(40, dtype=bool)].mean() > likeness[~same].mean() + 0.1
    assert start.std() == pytest.approx(0.05, rel=0.1)


def test_embeddings_of_data_without_pairs_start_from_noise() -> None:
    start = item_embeddings(sequences_of(histories_of([[0], [1]], 2)), 2, 16, np.random.default_rng(0))
    assert start.shape == (2, 16)
    assert start.std() == pytest.approx(0.05, rel=0.5)


def test_gap_buckets_tell_moments_from_sessions() -> None:
    buckets = gap_buckets(np.array([-5, 0, 1, 3600, DAY_S, 100 * DAY_S])).tolist()
    assert buckets == sorted(buckets)
    assert buckets[0] == buckets[1] == 1
    assert buckets[3] < FIRST_SESSION_GAP <= buckets[4]


def test_recent_events_weigh_up_to_twice_as_much() -> None:
    weights = recency(np.array([0, 50, 100]))
    assert weights[2] / weights[0] == pytest.approx(2.0)
    assert weights.mean() == pytest.approx(1.0)
    assert recency(np.array([7, 7])).tolist() == [1.0, 1.0]


def test_hidden_dimension_scales_the_model() -> None:
    default, large = (configure({"hidden_dimension": size}, n_events=1000, repeat_share=0.0) for size in (43, 86))
    assert (default.item_size, default.state_size) == (64, 128)
    assert (large.item_size, large.state_size) == (128, 256)


@pytest.mark.parametrize("n_events", [1, 1_000, 90_000, 1_000_000, 20_000_000])
def test_rule_for_all_sizes_gives_trainable_settings(n_events: int) -> None:
    config = configure(complete("aws-hrnn", HYPERPARAMETERS), n_events=n_events, repeat_share=0.5)
    assert 1 <= config.epochs <= 40
    assert 128 <= config.batch_tokens <= 4096
    assert 0.2 <= config.input_dropout <= 0.5
    assert not config.masks_seen


@pytest.mark.parametrize(
    ("n_events", "epochs"), [(5_000_000, 3), (6_000_000, 3), (8_000_000, 2), (20_000_000, 1), (50_000_000, 1)]
)
def test_large_data_is_passed_less_often(n_events: int, epochs: int) -> None:
    assert configure(complete("aws-hrnn", HYPERPARAMETERS), n_events=n_events, repeat_share=0.0).epochs == epochs


def test_serving_needs_no_torch() -> None:
    program = (
        "import sys; from services.engine.recipes import registry; registry.load_recipe('aws-hrnn'); "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


class OneDevice(TorchDispatchMode):
    """Refuses every operation, but for copies, between tensors of two devices; numbers may be anywhere."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor) and leaf.dim()]
        devices = {tensor.device.type for tensor in tensors}
        assert len(devices) <= 1 or "copy" in str(func), f"{func} takes tensors of {devices}"
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("largest", [10_000, 10])
@pytest.mark.parametrize("repeat_share", [0.0, 0.5])
def test_training_step_stays_on_the_device_of_the_network(
    largest: int, repeat_share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With shapes alone, on torch's "meta" device: nothing that a GPU would be asked lies on the CPU."""
    monkeypatch.setattr(training, "FULL_SOFTMAX_ITEMS", largest)
    histories = checkerboard(n_users=6)
    config = configure({}, n_events=histories.n_events, repeat_share=repeat_share)
    sequences = sequences_of(histories, config.masks_seen)
    start = np.zeros((histories.n_items, config.item_size), np.float32)
    network = HrnnNetwork(config, start, np.ones(histories.n_items), torch.Generator()).to("meta")
    batch = next(epoch_batches(sequences, 100, np.random.default_rng(0)))
    loss_of = training.BatchLoss(network, sequences, config)
    with OneDevice():
        loss_of(batch).backward()
    assert all(parameter.grad is not None and parameter.grad.is_meta for parameter in network.parameters())
