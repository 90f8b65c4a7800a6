"""Explanations of a user's list: the effect of each recent event, or of each group of them, on each item.

Each event, or each of the groups that are asked about, is removed from the history once and the rest is replayed. The
change of an item's log-score and rank is its effect (counterfactual explanations for recommenders: Tran, Ghazimatin and
Saha Roy, "Counterfactual Explanations for Neural Recommenders", SIGIR 2021). The result is exact: the state before the
first of these events is computed once, then all variants advance together, one matrix product per step.

The item of a removed event stays hidden if the model hides seen items, so that ranks with and without the event compare
the same candidates. Otherwise the item itself would often be recommended first.

Recipes that count return their counts: sims the users of both items, popularity the users of the item.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from services.engine.errors import InvalidInput
from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Floats, Histories, Ints, Longs, UserModel, UserState
from services.engine.recipes.counting.cooccurrence import user_item_matrix
from services.engine.recipes.counting.popularity import PopularityModel
from services.engine.recipes.counting.sims import SimsModel
from services.engine.recipes.histories import keep_events
from services.engine.recipes.hrnn.numerics import log_softmax
from services.engine.recipes.registry import find
from services.engine.runtime.answers import HistoryEvent, Reasons
from services.engine.runtime.history import as_events, history_of
from services.engine.runtime.known import known_history

Bools = NDArray[np.bool_]
N_EVENTS = 50
"""Default number of a user's latest events to consider."""
BLOCK_SCORES = 4_000_000
"""Scores in memory at a time: 16 MB, whatever the size of the catalogue."""


def reasons(
    artifact: Artifact,
    user_id: str | None,
    item_ids: Sequence[str],
    n_events: int = N_EVENTS,
    *,
    events: Sequence[HistoryEvent] | None = None,
    also_had: Collection[str] = (),
    context: Mapping[str, str] | None = None,
    groups: Sequence[Collection[HistoryEvent]] | None = None,
) -> Reasons:
    """Return the effect of each of a user's latest n_events events on each item.

    groups: the effect of leaving out all events of each group at once instead; events that are not among the latest
    n_events are ignored, and methods that count know no groups. A recipe that ranks lists ranks only these items, other
    recipes rank the whole catalogue. events and also_had as in list_for_history, for a hypothetical history.
    """
    model, ids = artifact.model, tuple(item_ids)
    targets = artifact.items.indices_of(ids)
    if isinstance(model, SimsModel):
        items, timestamps = known_history(artifact, user_id or "")
        first = max(0, len(items) - n_events)
        return _counted(artifact, model, ids, targets, items[first:], timestamps[first:])
    if isinstance(model, PopularityModel):
        return _popular(model, ids, targets)
    if not isinstance(model, UserModel):
        raise InvalidInput(f"Recipe {artifact.recipe} gives no reasons: it is none of the families known here.")
    history = history_of(artifact, model, user_id, events, also_had)
    first = max(0, len(history.items) - n_events)
    items, timestamps = history.items[first:], history.timestamps[first:]
    among_each_other = find(artifact.recipe).recipe_type == "PERSONALIZED_RANKING"
    seen = np.empty(0, np.int32) if among_each_other else history.seen
    start = replace(model.advance(history.start, history.items[:first], history.timestamps[:first]), seen=seen)
    known = as_events(artifact, items, timestamps)
    left_out = np.eye(len(items), dtype=bool) if groups is None else _members(groups, known)
    variants = leave_out_states(model, start, items, timestamps, left_out)
    states = [model.in_context(variant, context or {}) for variant in variants]
    own = np.zeros((len(states), len(targets)), np.float32)
    ranks = np.zeros((len(states), len(targets)), np.int32)
    for rows, scores in _scored(model, states):
        if among_each_other:
            scores = _only(scores, targets)
        ranks[rows], own[rows] = _ranks(scores, targets), _of(scores, targets)
    shown = (ranks[0] > 0) & (ranks > 0)
    strengths = np.subtract(own[0], own, where=shown, out=np.zeros_like(own))[1:]
    return Reasons(
        kind="left out",
        item_ids=ids,
        events=known,
        ranks=ranks[0],
        strengths=strengths.T,
        ranks_without=ranks[1:].T,
    )


def _members(groups: Sequence[Collection[HistoryEvent]], events: Sequence[HistoryEvent]) -> Bools:
    """Return bool (n_groups, m): which of the events each group leaves out."""
    sets = [frozenset(group) for group in groups]
    return np.array([[event in group for event in events] for group in sets], bool).reshape(len(sets), len(events))


def leave_out_states(
    model: UserModel, start: UserState, items: Ints, timestamps: Longs, left_out: Bools
) -> list[UserState]:
    """Return g + 1 states: after all m events, then after all but those of each group, left_out bool (g, m).

    All of them have start.seen. A variant differs from the complete history from the first event on that it skips;
    all variants that already differ advance together.
    """
    size = 1 + len(left_out)
    skips = np.vstack([np.zeros((1, len(items)), bool), left_out])
    vectors = np.empty((size, model.state_size), np.float32)
    last, counts = np.empty(size, np.int64), np.empty(size, np.int64)
    vectors[:], last[:], counts[:] = start.vector, start.last_timestamp, start.n_events
    parted = np.zeros(size, bool)
    parted[0] = True
    for i, (item, timestamp) in enumerate(zip(items.tolist(), timestamps.tolist(), strict=True)):
        parting = skips[:, i] & ~parted
        vectors[parting], last[parting], counts[parting] = vectors[0], last[0], counts[0]
        parted |= parting
        rows = np.flatnonzero(parted & ~skips[:, i])
        vectors[rows] = model.advance_together(vectors[rows], last[rows], counts[rows], item, timestamp)
        last[rows] = np.maximum(last[rows], timestamp)
        counts[rows] += 1
    vectors[~parted], last[~parted], counts[~parted] = vectors[0], last[0], counts[0]
    return list(map(UserState, vectors, [start.seen] * size, last.tolist(), counts.tolist()))


def _scored(model: UserModel, states: Sequence[UserState]) -> Iterator[tuple[slice, Floats]]:
    """Yield log-scores (b, n_items), block by block."""
    block = max(1, BLOCK_SCORES // max(model.n_items, 1))
    for start in range(0, len(states), block):
        rows = slice(start, min(start + block, len(states)))
        yield rows, model.item_scores(states[rows])


def _only(scores: Floats, targets: Ints) -> Floats:
    """Return log-scores whose softmax covers these items only."""
    inside = np.full_like(scores, -np.inf)
    known = targets[targets >= 0]
    inside[:, known] = scores[:, known]
    return log_softmax(inside)


def _of(scores: Floats, targets: Ints) -> Floats:
    """Return the scores of these items, float32 (b, n)."""
    of_items: Floats = np.where(targets >= 0, scores[:, np.maximum(targets, 0)], np.float32(-np.inf))
    return of_items


def _ranks(scores: Floats, targets: Ints) -> Ints:
    """Return int32 (b, n): the ranks of these items, ties in order of item_index; 0 for items that are not shown."""
    ranks = np.zeros((len(scores), len(targets)), np.int32)
    for column, item in enumerate(targets.tolist()):
        if item < 0:
            continue
        own = scores[:, item : item + 1]
        places = 1 + (scores > own).sum(axis=1) + (scores[:, :item] == own).sum(axis=1)
        ranks[:, column] = np.where(np.isfinite(own[:, 0]), places, 0)
    return ranks


def _popular(model: PopularityModel, item_ids: tuple[str, ...], targets: Ints) -> Reasons:
    return Reasons(
        kind="popularity",
        item_ids=item_ids,
        events=(),
        ranks=_ranks(model.item_scores([model.initial_state()]), targets)[0],
        strengths=np.zeros((len(targets), 0), np.float32),
        ranks_without=np.zeros((len(targets), 0), np.int32),
        n_people=np.where(targets >= 0, model.unique_users[np.maximum(targets, 0)], 0),
    )


def _counted(
    artifact: Artifact, model: SimsModel, item_ids: tuple[str, ...], targets: Ints, items: Ints, timestamps: Longs
) -> Reasons:
    strengths = np.zeros((len(targets), len(items)), np.float32)
    for column, event in enumerate(items.tolist()):
        neighbours, similarities = model.neighbours_of(event)
        similarity = dict(zip(neighbours.tolist(), similarities.tolist(), strict=True))
        strengths[:, column] = [similarity.get(item, 0.0) for item in targets.tolist()]
    ranks = np.arange(1, len(targets) + 1, dtype=np.int32)
    n_people, n_both = _user_counts(artifact.histories, targets, items)
    return Reasons(
        kind="counts",
        item_ids=item_ids,
        events=as_events(artifact, items, timestamps),
        ranks=ranks,
        strengths=strengths,
        ranks_without=np.tile(ranks[:, None], (1, len(items))),
        n_people=n_people,
        n_both=n_both,
    )


def _user_counts(histories: Histories, targets: Ints, others: Ints) -> tuple[Longs, Longs]:
    """Return the number of users of each item, (n,), and of the item together with each other item, (n, m)."""
    relevant = np.zeros(histories.n_items, bool)
    relevant[targets[targets >= 0]] = relevant[others] = True
    matrix = user_item_matrix(keep_events(histories, relevant[histories.items])).tocsc()  # (n_users, n_items)
    first = matrix[:, np.maximum(targets, 0)]
    users = np.asarray(first.sum(axis=0)).ravel().astype(np.int64)
    both = (first.T @ matrix[:, others]).toarray().astype(np.int64)
    users[targets < 0] = both[targets < 0] = 0
    return users, both
