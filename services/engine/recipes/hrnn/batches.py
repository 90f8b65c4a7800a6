"""Training sequences and batches of the hierarchical recurrent network. Numpy only.

A sequence is one user's history over the trained items: inputs are all events but the last, targets all but the first.
Batches contain complete sequences of similar length, so little padding is needed, in a new order every epoch.

A part of the targets is replaced by a later item of the same user, drawn anew in every batch: what comes next and what
comes soon are nearly the same question, and whoever learns both learns less by heart.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Histories, Ints, Longs
from services.engine.recipes.hrnn.config import MAX_SEQUENCE_LENGTH, gap_buckets
from services.engine.recipes.hrnn.packing import Packing, pack, steps_of

_BLOCK_EVENTS = 1 << 20
_LATER = 0.3
"""A later target is the next but k with a probability that falls by this share from k to k + 1: 3 on average."""


@dataclass(frozen=True)
class Sequences:
    """All tokens (input events with a target) of the training data, ordered by sequence, then by time."""

    lengths: Longs
    """int64 (n_sequences,): tokens of each sequence, at least 1."""
    inputs: Ints
    """int32 (n_tokens,): row of the event's item among the trained items."""
    targets: Ints
    """int32 (n_tokens,): row of the next event's item."""
    gaps: Ints
    """int32 (n_tokens,): gap bucket of the input event, 0 for a user's first."""
    weights: Floats
    """float32 (n_tokens,): weight of the token in the loss."""
    users: Ints
    """int32 (n_sequences,): user_index of the sequence."""
    target_events: Longs
    """int64 (n_tokens,): row of the next event in the histories, for its context."""

    @property
    def starts(self) -> Longs:
        return np.cumsum(self.lengths) - self.lengths


@dataclass(frozen=True)
class Batch:
    """Some sequences, longest first. Tokens are ordered by sequence ("lane"), then by time, unless noted."""

    lengths: Longs
    packing: Packing
    inputs: NDArray[np.int64]
    """int64 (n,), in packed order, like gaps."""
    gaps: NDArray[np.int64]
    targets: NDArray[np.int64]
    weights: Floats
    history: NDArray[np.int64]
    """int64 (n,): the inputs in token order, for the mask of seen items."""
    users: Ints
    """int32 (n_lanes,)."""
    target_events: Longs
    """int64 (n,), in token order."""


def make_sequences(histories: Histories, item_rows: Ints, recency_weights: bool, masks_seen: bool) -> Sequences:
    """Divide histories into sequences. item_rows, int32 (n_items,), numbers the trained items; -1 drops an event.

    With masks_seen, a target that the user already has gets weight 0, because the model never predicts it.
    """
    users = np.repeat(np.arange(histories.n_users, dtype=np.int32), histories.lengths())
    rows = item_rows[histories.items]
    known = rows >= 0
    times = histories.timestamps
    if not known.all():
        users, rows, times = users[known], rows[known], times[known]
    same_user = np.concatenate([[False], users[1:] == users[:-1]]) if len(users) else np.zeros(0, bool)
    gaps = np.where(same_user, gap_buckets(np.diff(times, prepend=times[:1])), 0).astype(np.int32)

    of_users = np.bincount(users, minlength=histories.n_users)
    pieces = 1 + of_users.max(initial=0) // MAX_SEQUENCE_LENGTH  # sequence numbers reserved for each user
    sequence = users.astype(np.int64) * pieces + steps_of(of_users) // MAX_SEQUENCE_LENGTH
    has_target = np.concatenate([sequence[1:] == sequence[:-1], [False]]) if len(users) else np.zeros(0, bool)
    is_target = np.concatenate([[False], has_target[:-1]]) if len(users) else np.zeros(0, bool)
    of_sequences, lengths = np.unique(sequence[has_target], return_counts=True)
    weights = recency(times) if recency_weights else np.ones(len(times), np.float32)
    weights = weights[is_target]
    if masks_seen:
        weights = np.where(_first_times(sequence, rows)[is_target], weights, np.float32(0))
    return Sequences(
        lengths=lengths.astype(np.int64),
        inputs=rows[has_target],
        targets=rows[is_target],
        gaps=gaps[has_target],
        weights=weights,
        users=(of_sequences // pieces).astype(np.int32),
        target_events=np.flatnonzero(known)[is_target],
    )


def _first_times(sequence: Longs, rows: Ints) -> NDArray[np.bool_]:
    """Return whether each event is its sequence's first with that item; in blocks, to bound the memory of sorting."""
    first = np.zeros(len(rows), bool)
    start = 0
    while start < len(rows):
        end = len(rows)
        if start + _BLOCK_EVENTS < end:  # complete sequences, at least one
            next_block = max(sequence[start] + 1, sequence[start + _BLOCK_EVENTS])
            end = int(sequence.searchsorted(next_block))
        pairs = (sequence[start:end] - sequence[start]) * np.int64(rows[start:end].max() + 1) + rows[start:end]
        first[start + np.unique(pairs, return_index=True)[1]] = True
        start = end
    return first


def recency(timestamps: Longs) -> Floats:
    """Return the weight of each event, with mean 1: exponential in time, the newest has twice the weight of the oldest.

    On MovieLens, whose tastes do not change while old users leave, a factor of four costs 3 % of MRR.
    """
    if len(timestamps) == 0:
        return np.zeros(0, np.float32)
    newest, span = timestamps.max(), max(int(np.ptp(timestamps)), 1)
    weights = 0.5 ** ((newest - timestamps) / span)
    scaled: Floats = (weights / weights.mean()).astype(np.float32)
    return scaled


def epoch_batches(
    sequences: Sequences, batch_tokens: int, rng: np.random.Generator, later_share: float = 0.0
) -> Iterator[Batch]:
    """Yield every sequence once, in batches of about batch_tokens tokens (at least one sequence).

    later_share: share of the tokens whose target is a later one.
    """
    jitter = sequences.lengths * (1 + 0.4 * rng.random(len(sequences.lengths)))
    order = np.argsort(jitter, kind="stable")
    tokens = np.cumsum(sequences.lengths[order])
    borders = np.unique(np.searchsorted(tokens, np.arange(batch_tokens, tokens[-1], batch_tokens)))
    groups = [group for group in np.split(order, borders) if len(group)]
    starts = sequences.starts
    for index in rng.permutation(len(groups)):
        yield _batch(sequences, starts, groups[index], later_share, rng)


def _batch(sequences: Sequences, starts: Longs, group: Longs, later_share: float, rng: np.random.Generator) -> Batch:
    group = group[np.argsort(-sequences.lengths[group], kind="stable")]
    lengths = sequences.lengths[group]
    tokens = np.repeat(starts[group], lengths) + steps_of(lengths)
    targets = tokens if later_share == 0 else _some_later(tokens, lengths, later_share, rng)
    packing = pack(lengths)
    inputs, gaps = np.empty(len(tokens), np.int64), np.empty(len(tokens), np.int64)
    inputs[packing.rows] = sequences.inputs[tokens]
    gaps[packing.rows] = sequences.gaps[tokens]
    return Batch(
        lengths=lengths,
        packing=packing,
        inputs=inputs,
        gaps=gaps,
        targets=sequences.targets[targets].astype(np.int64),
        weights=sequences.weights[targets],
        history=sequences.inputs[tokens].astype(np.int64),
        users=sequences.users[group],
        target_events=sequences.target_events[targets],
    )


def _some_later(tokens: Longs, lengths: Longs, share: float, rng: np.random.Generator) -> Longs:
    """Return the tokens whose targets are taken: some are later in the same sequence, if it is long enough."""
    later = np.where(rng.random(len(tokens)) < share, rng.geometric(_LATER, len(tokens)), 0)
    places = np.arange(len(tokens)) + later
    ends = np.repeat(np.cumsum(lengths), lengths)
    taken: Longs = tokens[np.where(places < ends, places, np.arange(len(tokens)))]
    return taken


def seen_mask(batch: Batch, n_items: int) -> tuple[Longs, Longs]:
    """Return each token's seen items as flat indices into (n_tokens, n_items), and the end of each token's indices.

    Token t of a sequence has seen the sequence's inputs 0 to t, so it has t + 1 indices. All sequences share one
    triangle of indices; a shorter sequence uses its first rows.
    """
    longest = int(batch.lengths[0])
    columns = np.tril_indices(longest)[1]
    steps = steps_of(batch.lengths)
    ends = np.cumsum(steps + 1)
    triangles = [columns[: n * (n + 1) // 2] for n in batch.lengths.tolist()]
    first_tokens = np.repeat(np.cumsum(batch.lengths) - batch.lengths, [len(triangle) for triangle in triangles])
    items = batch.history[np.concatenate(triangles) + first_tokens]
    return np.repeat(np.arange(len(steps)) * n_items, steps + 1) + items, ends
