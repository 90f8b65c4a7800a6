"""Why an item is in a person's list: what it would lose without each of the recent events.

Leave-one-out: each event is taken out of the history once, the rest is replayed, and the item's loss of log-score and
of rank is what the event does for it (counterfactual explanations for recommenders: Tran, Ghazimatin and Saha Roy,
"Counterfactual Explanations for Neural Recommenders", SIGIR 2021). Nothing is approximated: the state before the
window is computed once, then all variants advance together, one matrix product a step.

The item of an event that is left out stays hidden where the model hides what a person had, so that ranks with and
without the event count the same candidates; without that rule the item itself would often come back as the first.

Counting recipes give their counts: sims how many people had both items, popularity how many had the item.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from services.engine.errors import InvalidInput
from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Floats, Histories, Ints, Longs, UserModel, UserState
from services.engine.recipes.counting.cooccurrence import user_item_matrix
from services.engine.recipes.counting.popularity import PopularityModel
from services.engine.recipes.counting.sims import SimsModel
from services.engine.recipes.histories import keep_events
from services.engine.recipes.hrnn.model import log_softmax
from services.engine.recipes.registry import find
from services.engine.runtime.answers import HistoryEvent, Reasons
from services.engine.runtime.history import as_events, known_history, past_of

N_EVENTS = 50
"""A person's latest events that are looked at unless told otherwise."""
BLOCK_SCORES = 4_000_000
"""Scores held at a time: 16 MB, whatever the size of the catalogue."""


def reasons(
    artifact: Artifact,
    user_id: str | None,
    item_ids: Sequence[str],
    n_events: int = N_EVENTS,
    *,
    events: Sequence[HistoryEvent] | None = None,
    also_had: Collection[str] = (),
    context: Mapping[str, str] | None = None,
) -> Reasons:
    """Return what each of a person's latest n_events events does for each item.

    A recipe that ranks lists ranks these items among each other, all others rank them in the whole catalogue. events
    and also_had as in list_for_history, for a history that is not the known one.
    """
    model, ids = artifact.model, tuple(item_ids)
    wanted = artifact.items.indices_of(ids)
    if isinstance(model, SimsModel):
        items, timestamps = known_history(artifact, user_id or "")
        first = max(0, len(items) - n_events)
        return _counted(artifact, model, ids, wanted, items[first:], timestamps[first:])
    if isinstance(model, PopularityModel):
        return _popular(model, ids, wanted)
    if not isinstance(model, UserModel):
        raise InvalidInput(f"Recipe {artifact.recipe} gives no reasons: it is none of the families known here.")
    past = past_of(artifact, model, user_id, events, also_had)
    first = max(0, len(past.items) - n_events)
    items, timestamps = past.items[first:], past.timestamps[first:]
    among_each_other = find(artifact.recipe).recipe_type == "PERSONALIZED_RANKING"
    seen = np.empty(0, np.int32) if among_each_other else past.had
    start = replace(model.advance(past.start, past.items[:first], past.timestamps[:first]), seen=seen)
    variants = leave_one_out_states(model, start, items, timestamps)
    states = [model.in_context(variant, context or {}) for variant in variants]
    own = np.zeros((len(states), len(wanted)), np.float32)
    ranks = np.zeros((len(states), len(wanted)), np.int32)
    for rows, scores in _scored(model, states):
        if among_each_other:
            scores = _only(scores, wanted)
        ranks[rows], own[rows] = _ranks(scores, wanted), _of(scores, wanted)
    shown = (ranks[0] > 0) & (ranks > 0)
    strengths = np.subtract(own[0], own, where=shown, out=np.zeros_like(own))[1:]
    return Reasons(
        kind="left out",
        item_ids=ids,
        events=as_events(artifact, items, timestamps),
        ranks=ranks[0],
        strengths=strengths.T,
        ranks_without=ranks[1:].T,
    )


def leave_one_out_states(model: UserModel, start: UserState, items: Ints, timestamps: Longs) -> list[UserState]:
    """Return m + 1 states: after all m events, then after all but the first, all but the second...

    All of them keep start.seen. Variants that have parted from the whole history take their steps together; variant i
    parts at event i, by not taking it.
    """
    m = len(items)
    vectors = np.empty((m + 1, model.state_size), np.float32)
    last, counts = np.empty(m + 1, np.int64), np.empty(m + 1, np.int64)
    vectors[0], last[0], counts[0] = start.vector, start.last_timestamp, start.n_events
    for i, (item, timestamp) in enumerate(zip(items.tolist(), timestamps.tolist(), strict=True)):
        parted = slice(0, i + 1)
        vectors[i + 1], last[i + 1], counts[i + 1] = vectors[0], last[0], counts[0]
        vectors[parted] = model.advance_together(vectors[parted], last[parted], counts[parted], item, timestamp)
        last[parted] = np.maximum(last[parted], timestamp)
        counts[parted] += 1
    return list(map(UserState, vectors, [start.seen] * (m + 1), last.tolist(), counts.tolist()))


def _scored(model: UserModel, states: Sequence[UserState]) -> Iterator[tuple[slice, Floats]]:
    """Yield log-scores (b, n_items), block by block."""
    block = max(1, BLOCK_SCORES // max(model.n_items, 1))
    for start in range(0, len(states), block):
        rows = slice(start, min(start + block, len(states)))
        yield rows, model.item_scores(states[rows])


def _only(scores: Floats, wanted: Ints) -> Floats:
    """Return log-scores in which the wanted items share everything."""
    inside = np.full_like(scores, -np.inf)
    known = wanted[wanted >= 0]
    inside[:, known] = scores[:, known]
    return log_softmax(inside)


def _of(scores: Floats, wanted: Ints) -> Floats:
    """Return the wanted items' scores, float32 (b, n)."""
    found: Floats = np.where(wanted >= 0, scores[:, np.maximum(wanted, 0)], np.float32(-np.inf))
    return found


def _ranks(scores: Floats, wanted: Ints) -> Ints:
    """Return int32 (b, n): the places of the wanted items, ties in order of item_index; 0 for what is not shown."""
    ranks = np.zeros((len(scores), len(wanted)), np.int32)
    for column, item in enumerate(wanted.tolist()):
        if item < 0:
            continue
        own = scores[:, item : item + 1]
        places = 1 + (scores > own).sum(axis=1) + (scores[:, :item] == own).sum(axis=1)
        ranks[:, column] = np.where(np.isfinite(own[:, 0]), places, 0)
    return ranks


def _popular(model: PopularityModel, item_ids: tuple[str, ...], wanted: Ints) -> Reasons:
    return Reasons(
        kind="popularity",
        item_ids=item_ids,
        events=(),
        ranks=_ranks(model.item_scores([model.initial_state()]), wanted)[0],
        strengths=np.zeros((len(wanted), 0), np.float32),
        ranks_without=np.zeros((len(wanted), 0), np.int32),
        n_people=np.where(wanted >= 0, model.unique_users[np.maximum(wanted, 0)], 0),
    )


def _counted(
    artifact: Artifact, model: SimsModel, item_ids: tuple[str, ...], wanted: Ints, items: Ints, timestamps: Longs
) -> Reasons:
    strengths = np.zeros((len(wanted), len(items)), np.float32)
    for column, event in enumerate(items.tolist()):
        neighbours, similarities = model.neighbours_of(event)
        similarity = dict(zip(neighbours.tolist(), similarities.tolist(), strict=True))
        strengths[:, column] = [similarity.get(item, 0.0) for item in wanted.tolist()]
    ranks = np.arange(1, len(wanted) + 1, dtype=np.int32)
    n_people, n_both = _user_counts(artifact.histories, wanted, items)
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


def _user_counts(histories: Histories, wanted: Ints, others: Ints) -> tuple[Longs, Longs]:
    """Return how many people had each wanted item, (n,), and how many had it and each of the others, (n, m)."""
    asked = np.zeros(histories.n_items, bool)
    asked[wanted[wanted >= 0]] = asked[others] = True
    matrix = user_item_matrix(keep_events(histories, asked[histories.items])).tocsc()  # (n_users, n_items)
    first = matrix[:, np.maximum(wanted, 0)]
    people = np.asarray(first.sum(axis=0)).ravel().astype(np.int64)
    both = (first.T @ matrix[:, others]).toarray().astype(np.int64)
    people[wanted < 0] = both[wanted < 0] = 0
    return people, both
