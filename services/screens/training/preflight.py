"""What can be known of a training before it is started: people and rows that count, cold items, hidden items.

Rules: AWS's minimum of training data (Amazon Personalize endpoints and quotas), its split for metrics, the two rules of
aws-hrnn-coldstart and the percentiles of aws-sims, over the loaded data, each row that repeats an earlier one left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.laboratory.columns import item_columns
from services.language.phrases import counted, percent
from services.language.vocabulary import Words
from services.library.columns import CREATION_TIMESTAMP, EVENT_TYPE, ITEM_ID, TIMESTAMP, USER_ID
from services.library.cooccurrence import Hidden, hidden, within
from services.library.store import LoadedData
from services.personalize.recipe_names import HRNN_COLDSTART, SIMS
from services.personalize.recipes import MIN_EVENTS

MIN_ACTIVE_USERS, MIN_ACTIVE_SHARE = 25, 0.01
MIN_COLD_ITEMS, MAX_COLD_ITEMS = 100, 80_000
TEST_SHARE = 0.1
DAY_S = 86_400
NO_LIMITS = {
    "min_item_interaction_count_percentile": "0.0",
    "max_item_interaction_count_percentile": "1.0",
}
"""Settings of aws-sims with which every item may be listed."""
FROM_NOW = "currentTime"

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Basis:
    """The counts of one data set and event type, for every recipe."""

    n_rows: int
    """Events of the type, repeats included."""
    n_repeats: int
    per_user: Counts
    """Events of each user that has any."""
    user_of: NDArray[np.int32]
    """int32 (n_events,): place in per_user of each event's user."""
    item_of: NDArray[np.int32]
    """int32 (n_events,): place in created of each event's item."""
    created: Counts
    """Epoch seconds of every item, with events or without; the newest event's where it is unknown."""
    first: int
    last: int


@dataclass(frozen=True)
class Preflight:
    """What is known before a Start."""

    problems: tuple[str, ...]
    """Why the training would fail, in sentences."""
    notes: tuple[str, ...]
    hidden: Hidden | None = None
    """What percentiles would keep out of every list; None for other recipes than aws-sims."""


def basis(data: LoadedData, event_type: str | None) -> Basis:
    """Count once for all recipes; a second for a million events."""
    prepared = data.prepared()
    events = prepared.interactions
    if event_type is not None and EVENT_TYPE in events:
        counts = (events[EVENT_TYPE] == event_type).to_numpy(dtype=bool)
    else:
        counts = np.ones(len(events), dtype=bool)
    n_rows, kept = int(counts.sum()), counts & ~prepared.repeats
    n_repeats = n_rows - int(kept.sum())
    events = events[kept]
    user, _ = pd.factorize(events[USER_ID])
    last = int(events[TIMESTAMP].max()) if len(events) else 0
    item, item_ids = pd.factorize(events[ITEM_ID])
    created = pd.Series(last, index=pd.Index(item_ids, dtype="object"), dtype="int64")
    items = prepared.items
    if items is not None:
        records = items.drop_duplicates(ITEM_ID, keep="last").set_index(ITEM_ID)
        silent = records.index[~records.index.isin(created.index)]
        created = pd.concat([created, pd.Series(last, index=silent, dtype="int64")])
        if CREATION_TIMESTAMP in records:
            known = records[CREATION_TIMESTAMP].reindex(created.index)
            created = created.where(known.isna(), known.fillna(0).astype("int64"))
    return Basis(
        n_rows=n_rows,
        n_repeats=n_repeats,
        per_user=np.bincount(user).astype(np.int64),
        user_of=user.astype(np.int32),
        item_of=item.astype(np.int32),
        created=np.asarray(created, dtype=np.int64),
        first=int(events[TIMESTAMP].min()) if len(events) else 0,
        last=last,
    )


def preflight(
    data: LoadedData, counts: Basis, recipe: str, settings: Mapping[str, str], event_type: str | None, now: float
) -> Preflight:
    """Return what is known of training a recipe with these settings; those left out have AWS's defaults."""
    problems, notes = _too_little(counts, event_type), [_rows(counts, event_type), _asked(counts)]
    if counts.first == counts.last and len(counts.user_of):
        notes.append("All events have one time, so nothing can be learned from their order.")
    elif not data.has_times:
        notes.append("No column says when: metrics hold out what stands last in the file, not what came later.")
    if recipe == HRNN_COLDSTART:
        problem, note = _cold(data, counts, settings, now)
        problems += [problem] if problem else []
        notes += [note] if note else []
    kept_out = None
    if recipe == SIMS:
        kept_out = _hidden(counts, settings)
        notes.append(hidden_words(kept_out, len(np.unique(counts.item_of)), data.words))
    return Preflight(tuple(problems), tuple(note for note in notes if note), kept_out)


def hidden_words(kept_out: Hidden, n_items: int, words: Words) -> str:
    """Return what percentiles keep out of every list, "" for nothing."""
    if not kept_out.n_items:
        return ""
    return (
        f"Never listed: {kept_out.n_items:,} of {counted(n_items, words.noun, words.nouns)}, with "
        f"{percent(kept_out.share)} of the events, by the recipe's item percentiles."
    )


def _too_little(counts: Basis, event_type: str | None) -> list[str]:
    n_events, n_active = len(counts.user_of), int((counts.per_user >= 2).sum())
    of_type = "" if event_type is None else f" of the type {event_type}"
    if n_events < MIN_EVENTS:
        left = f" once {counted(counts.n_repeats, 'repeat is', 'repeats are')} left out" if counts.n_repeats else ""
        return [f"There are {n_events:,} events{of_type}{left}; a training needs {MIN_EVENTS:,}."]
    if n_active < MIN_ACTIVE_USERS:
        have = "person has" if n_active == 1 else "people have"
        return [f"{n_active} {have} two events{of_type} or more; a training needs {MIN_ACTIVE_USERS}."]
    if n_active < MIN_ACTIVE_SHARE * len(counts.per_user):
        return [
            f"{n_active:,} of {len(counts.per_user):,} people have two events{of_type} or more; a training needs "
            f"{percent(MIN_ACTIVE_SHARE)}."
        ]
    return []


def _rows(counts: Basis, event_type: str | None) -> str:
    of_type = "" if event_type is None else f" of the type {event_type}"
    trained = f"{counted(len(counts.user_of), 'event', 'events')}{of_type} to train on"
    if not counts.n_repeats:
        return f"{trained}."
    if counts.n_repeats == 1:
        return f"{trained}: of {counts.n_rows:,}, 1 row repeats another exactly and counts once."
    return f"{trained}: of {counts.n_rows:,}, {counts.n_repeats:,} rows repeat another exactly and count once."


def _asked(counts: Basis) -> str:
    """Return on how many users the metrics will be measured: a tenth of those with two events."""
    eligible = int((counts.per_user >= 2).sum())
    n_test = min(eligible, max(1, round(TEST_SHARE * eligible)))
    return f"Metrics are measured on {counted(n_test, 'person', 'people')}, a tenth of those with two events or more."


def _cold(data: LoadedData, counts: Basis, settings: Mapping[str, str], now: float) -> tuple[str, str]:
    """Return why the recipe for new items would refuse the data, and how many items are new; "" for neither."""
    if not item_columns(data):
        return "The items have no categorical or numeric column, so nothing new can be recognised.", ""
    max_interactions = int(settings.get("cold_start_max_interactions", 15))
    days = float(settings.get("cold_start_max_duration", 5.0))
    since_now = settings.get("cold_start_relative_from") == FROM_NOW
    few = np.bincount(counts.item_of, minlength=len(counts.created)) < max_interactions
    young = (now if since_now else counts.last) - counts.created < days * DAY_S
    n_cold, n_few, n_young = int((few & young).sum()), int(few.sum()), int(young.sum())
    both = (
        f"{counted(n_cold, 'item is', 'items are')} new. Both rules must hold: {n_few:,} of {len(few):,} have fewer "
        f"than {max_interactions} events, {n_young:,} {'is' if n_young == 1 else 'are'} younger than {days:g} days"
    )
    if MIN_COLD_ITEMS <= n_cold <= MAX_COLD_ITEMS:
        return "", f"{both}."
    return f"{both}; the recipe needs {MIN_COLD_ITEMS} to {MAX_COLD_ITEMS:,} new ones.", ""


def _hidden(counts: Basis, settings: Mapping[str, str]) -> Hidden:
    def bounds(what: str, low: float, high: float) -> tuple[float, float]:
        return (
            float(settings.get(f"min_{what}_percentile", low)),
            float(settings.get(f"max_{what}_percentile", high)),
        )

    keep = within(counts.per_user, bounds("user_history_length", 0.005, 0.995))[counts.user_of]
    per_item = np.bincount(counts.item_of[keep], minlength=len(counts.created)).astype(np.int64)
    return hidden(per_item, within(per_item, bounds("item_interaction_count", 0.01, 0.9)))
