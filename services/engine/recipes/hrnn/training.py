"""The training loop of the hierarchical recurrent network. Torch; imported by the worker only.

AdamW with a one-cycle learning rate (warm-up over a fifth, then a cosine to zero), gradients clipped to norm 1. All
randomness comes from one seed: two runs with the same seed and device give the same model, with one thread or two
(recipes/halves.py); more threads round otherwise.
"""

import logging
import math
import time
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from services.engine.recipes.adamw import AdamW
from services.engine.recipes.base import Floats, Histories, Ints, Longs, Progress, TrainOptions, Validation
from services.engine.recipes.checkpoints import Checkpoints
from services.engine.recipes.halves import computing_threads
from services.engine.recipes.hrnn.batches import Batch, Sequences, epoch_batches, make_sequences, recency, seen_mask
from services.engine.recipes.hrnn.checkpoint import Position, TrainingState, fingerprint_of
from services.engine.recipes.hrnn.config import FULL_SOFTMAX_ITEMS, SAMPLED_ITEMS, SAMPLED_SHARE, HrnnConfig
from services.engine.recipes.hrnn.loss import FullSoftmaxLoss, sampled_softmax_loss
from services.engine.recipes.hrnn.model import HrnnModel
from services.engine.recipes.hrnn.network import HrnnNetwork, decay_groups
from services.engine.recipes.hrnn.packing import steps_of
from services.engine.recipes.hrnn.repeats import recent_rows, repeat_logits
from services.engine.recipes.hrnn.sampling import NegativeSampler, Part
from services.engine.recipes.hrnn.start import item_embeddings
from services.engine.recipes.hrnn.tail import EarlyStopping, hold_out_last_events
from services.engine.recipes.neighbours import MAX_ITEMS, learn_neighbours

logger = logging.getLogger(__name__)

_WARM_UP = 0.2
_FIRST_RATE = 0.1  # share of the peak learning rate that the first step uses
_UPDATE_EVERY_S = 0.2
_CURVE_POINTS = 10  # minimum number of points of the learning curve; one per epoch with more epochs


class Variant:
    """What a recipe of the family changes: which network is trained, and which model is served from it."""

    model_class: ClassVar[type[HrnnModel]] = HrnnModel
    asks_neighbours: ClassVar[bool] = True
    """Whether neighbours (recipes/neighbours.py) may have a say in the answers."""

    def network(
        self, config: HrnnConfig, items: Floats, counts: NDArray[Any], generator: torch.Generator
    ) -> HrnnNetwork:
        """Return the network to train; items and counts as in HrnnNetwork."""
        return HrnnNetwork(config, items, counts, generator)

    def sequences(self, sequences: Sequences) -> Sequences:
        """Return the sequences to learn from."""
        return sequences

    def arrays(self, network: HrnnNetwork, counts: NDArray[Any]) -> dict[str, NDArray[Any]]:
        """Return the arrays of the model to serve; counts as in HrnnNetwork."""
        return dict(network.arrays())

    def config(self) -> dict[str, Any]:
        """Return what the model's configuration has besides n_items and masks_seen."""
        return {}

    def model(self, network: HrnnNetwork, trained_items: Ints, counts: NDArray[Any], n_items: int) -> HrnnModel:
        """Return the model to serve, at any time during training."""
        arrays = self.arrays(network, counts) | {"trained_items": trained_items, "popularity": counts}
        return self.model_class(arrays, {"n_items": n_items, "masks_seen": network.config.masks_seen} | self.config())


def train_hrnn(
    histories: Histories,
    trained_items: Ints,
    config: HrnnConfig,
    options: TrainOptions,
    progress: Progress,
    validation: Validation | None,
    variant: Variant | None = None,
) -> HrnnModel:
    """Train and return the model. trained_items, int32 ascending: the items that have at least one event.

    validation, if given, is called at least ten times and after every epoch, for the learning curve only.
    """
    variant = variant or Variant()
    item_rows = np.full(histories.n_items, -1, np.int32)
    item_rows[trained_items] = np.arange(len(trained_items), dtype=np.int32)
    sequences = variant.sequences(make_sequences(histories, item_rows, config.recency_mask, config.masks_seen))
    tail = None
    if config.early_stopping:
        rng = np.random.default_rng([config.seed, 3])
        sequences, tail = hold_out_last_events(histories, sequences, trained_items, rng)
    weights = recency(histories.timestamps) if config.recency_mask else np.ones(histories.n_events, np.float32)
    counts = np.bincount(item_rows[histories.items], weights=weights, minlength=len(trained_items))

    def model_of(network: HrnnNetwork) -> HrnnModel:
        return variant.model(network, trained_items, counts, histories.n_items)

    device = torch.device(options.device)
    generator = torch.Generator().manual_seed(config.seed)
    with computing_threads(options.threads):
        progress.update(0.0, "counting co-occurrences")
        items = item_embeddings(sequences, len(trained_items), config.item_size, np.random.default_rng(config.seed))
        network = variant.network(config, items, counts, generator).to(device)
        if device.type != "cpu":
            network.generator = torch.Generator(device).manual_seed(config.seed)
        if not config.masks_seen:
            with torch.no_grad():
                network.repeat_bias.copy_(torch.from_numpy(repeat_logits(sequences, len(trained_items))))
        if len(sequences.inputs):
            stopping = EarlyStopping(network, tail, model_of) if tail is not None and len(tail.targets) else None
            _fit(network, sequences, config, progress, validation, model_of, stopping, options.checkpoints)
        model = model_of(network)
        if variant.asks_neighbours and len(trained_items) <= MAX_ITEMS:
            progress.update(1.0, "counting neighbours")
            neighbours = learn_neighbours(histories, item_rows, len(trained_items), not config.masks_seen)
            model = model.with_neighbours(neighbours, config.neighbour_weight)
    return model


def _fit(
    network: HrnnNetwork,
    sequences: Sequences,
    config: HrnnConfig,
    progress: Progress,
    validation: Validation | None,
    model_of: Callable[[HrnnNetwork], HrnnModel],
    stopping: EarlyStopping | None,
    checkpoints: Checkpoints | None,
) -> None:
    loss_of = BatchLoss(network, sequences, config)
    optimizer = AdamW(decay_groups(network), betas=(0.9, 0.98))
    rng = np.random.default_rng(config.seed)
    n_tokens, last_update = len(sequences.inputs), 0.0
    points_an_epoch = math.ceil(_CURVE_POINTS / config.epochs)
    state, position = None, Position()
    if checkpoints is not None:
        state = TrainingState(network, optimizer, (rng, loss_of.rng), stopping, fingerprint_of(network, sequences))
        position = _resumed(state, checkpoints, config.epochs)
    done, points = position.tokens, position.points
    for epoch in range(position.epoch, config.epochs):
        losses, started = [], time.perf_counter()
        for batch in epoch_batches(sequences, config.batch_tokens, rng, config.later_share):
            share_done = done / (n_tokens * config.epochs)
            loss = loss_of(batch, share_done)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step(config.learning_rate * one_cycle(share_done))
            losses.append(loss.detach())
            done += len(batch.targets)
            if validation is not None and done * points_an_epoch >= (points + 1) * n_tokens:
                points = done * points_an_epoch // n_tokens
                progress.curve_point(points / points_an_epoch, validation(model_of(network)))
            if time.perf_counter() - last_update > _UPDATE_EVERY_S:
                progress.update(done / (n_tokens * config.epochs), f"epoch {epoch + 1} of {config.epochs}")
                last_update = time.perf_counter()
        seconds, loss_mean = time.perf_counter() - started, float(torch.stack(losses).mean())
        logger.info("hrnn epoch=%d loss=%.4f steps=%d seconds=%.1f", epoch + 1, loss_mean, len(losses), seconds)
        if stopping is not None and stopping.should_stop():
            break
        if state is not None and checkpoints is not None and checkpoints.due and epoch + 1 < config.epochs:
            checkpoints.save(state.to_arrays(Position(epoch + 1, done, points)))
    if stopping is not None:
        logger.info("hrnn early_stopping epoch=%d best=%.4f", epoch + 1, stopping.restore())
    progress.update(1.0)


def _resumed(state: TrainingState, checkpoints: Checkpoints, epochs: int) -> Position:
    """Return the position to resume from: after the last epoch that an earlier run saved, else the beginning."""
    saved = checkpoints.load()
    position = None if saved is None else state.restore(saved)
    if position is None:
        return Position()
    checkpoints.resumed(position.epoch / epochs, f"resuming after epoch {position.epoch} of {epochs}")
    return position


class BatchLoss:
    """The loss of a batch: full softmax for small catalogues, sampled softmax for large ones.

    Between the two, the full softmax ends a training that the sampled one began: the first batches move the weights far
    and need no exact gradient, and the last ones decide on the order of a list. Of a large catalogue a batch computes
    only the items that it has or draws, some thousands of perhaps a million.
    """

    def __init__(self, network: HrnnNetwork, sequences: Sequences, config: HrnnConfig) -> None:
        self._network, self._config = network, config
        self._n_items = len(network.items)
        self._device = network.items.device
        self._full_from = full_from(self._n_items)
        counts = np.bincount(sequences.targets, minlength=self._n_items)
        self.rng = np.random.default_rng([config.seed, 1])
        self._sampler = NegativeSampler(counts, config.n_sampled, self.rng)
        self._log_inclusion = torch.from_numpy(self._sampler.log_inclusion).to(self._device)
        self._first_seen = np.empty(self._n_items, np.int64)

    def __call__(self, batch: Batch, share_done: float = 1.0) -> Tensor:
        """Return the mean loss of a batch, after this share of the training."""
        recent_of = None if self._config.masks_seen else recent_rows(batch)
        drawn = None if share_done >= self._full_from else self._sampler.draw()
        part = None
        if drawn is not None and self._n_items > FULL_SOFTMAX_ITEMS:
            part = Part.of(batch.inputs, batch.targets, drawn, *(() if recent_of is None else (recent_of,)))
        items, bias = self._network.catalogue(None if part is None else self._tensor(part.rows))
        outputs = self._network(batch, items, None if part is None else part.places(batch.inputs))
        total = float(batch.weights.sum())
        weights = self._tensor(batch.weights / total if total else batch.weights)
        targets = self._placed(batch.targets, part)
        recent = None if recent_of is None else self._placed(recent_of, part)
        recent_bias = None if recent_of is None else self._network.repeat_bias
        if drawn is None:
            mask, ends = seen_mask(batch, self._n_items) if self._config.masks_seen else (None, None)
            loss: Tensor = FullSoftmaxLoss.apply(  # type: ignore[no-untyped-call]
                outputs,
                items,
                bias,
                targets,
                weights,
                None if mask is None else self._tensor(mask),
                [] if ends is None else ends.tolist(),
                self._config.label_smoothing,
                recent,
                recent_bias,
            )
            return loss
        hidden = self._tensor(self._hidden(batch, drawn, recent_of))
        drawn_items = self._placed(drawn, part)
        log_inclusion = self._log_inclusion if part is None else self._log_inclusion[self._tensor(part.rows)]
        return sampled_softmax_loss(
            outputs, items, bias, targets, weights, drawn_items, log_inclusion, hidden, recent, recent_bias
        )

    def _hidden(self, batch: Batch, drawn: Longs, recent: Longs | None) -> NDArray[np.bool_]:
        """Return bool (n_tokens, k): drawn items that are the token's target or that its user already has.

        recent, int64 (n_tokens, r): with repeats, only these of the user's items are hidden, because the loss adds
        them.
        """
        hidden: NDArray[np.bool_] = batch.targets[:, None] == drawn
        if recent is not None:
            for column in recent.T:
                hidden |= column[:, None] == drawn
            return hidden
        steps = steps_of(batch.lengths)
        never = np.iinfo(np.int64).max
        self._first_seen[:] = never
        start = 0
        for length in batch.lengths.tolist():
            history = batch.history[start : start + length]
            self._first_seen[history[::-1]] = np.arange(length - 1, -1, -1)  # the earliest occurrence wins
            hidden[start : start + length] |= self._first_seen[drawn] <= steps[start : start + length, None]
            self._first_seen[history] = never
            start += length
        return hidden

    def _placed(self, rows: Longs, part: Part | None) -> Tensor:
        return self._tensor(rows if part is None else part.places(rows))

    def _tensor(self, array: NDArray[Any]) -> Tensor:
        return torch.from_numpy(array).to(self._device)


def full_from(n_items: int) -> float:
    """Return the share of the training after which the loss uses all items: 0 for always, infinity for never."""
    if n_items > FULL_SOFTMAX_ITEMS:
        return math.inf
    return SAMPLED_SHARE if n_items > SAMPLED_ITEMS else 0.0


def one_cycle(share_done: float) -> float:
    """Return the learning rate as a share of its peak, after this fraction of the training."""
    if share_done < _WARM_UP:
        return _FIRST_RATE + (1 - _FIRST_RATE) * share_done / _WARM_UP
    return 0.5 * (1 + math.cos(math.pi * min((share_done - _WARM_UP) / (1 - _WARM_UP), 1.0)))
