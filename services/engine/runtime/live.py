"""Live events after the training of a version, for recipes that listen to events.

A user's state is cached with the number of its last event. A request reads the events after that number, usually none,
and advances the state by them. So the cost depends on the new events, not on the length of the history, and an event
written by another process changes the next answer of this one.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from services.engine.data.vocabulary import Vocabulary
from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Ints, Longs, UserModel, UserState
from services.engine.recipes.counting.trending import TrendingModel
from services.engine.recipes.registry import find
from services.engine.store.database import Database
from services.engine.store.datasets import datasets_of
from services.engine.store.live import LiveEvent, LiveRows
from services.engine.store.resources import Resource, Resources

MAX_CACHED_STATES = 20_000
"""Maximum number of states in the cache of one version: 26 MB for states of 1.3 KB."""


class LiveStates:
    """Implements models.artifacts.LiveHistory for one solution version; safe to use from several threads."""

    def __init__(
        self,
        rows: LiveRows,
        dataset_arn: str,
        model: UserModel,
        items: Vocabulary,
        after: int,
        event_type: str | None = None,
        event_value_threshold: float | None = None,
    ) -> None:
        """after: number of the last event of the training; event_type, event_value_threshold: those of the solution."""
        self._rows, self._dataset_arn, self._after = rows, dataset_arn, after
        self._model, self._items = model, items
        self._event_type = None if event_type is None else event_type.lower()
        self._threshold = event_value_threshold
        self._states: OrderedDict[str, tuple[int, UserState]] = OrderedDict()
        self._lock = threading.Lock()

    def advanced(self, user_id: str, trained: UserState) -> UserState:
        """Return the state after all of a user's events, given the state at the end of the training."""
        with self._lock:
            cached = self._states.get(user_id)
        state, new = trained, None
        if cached is not None:
            rows = self._rows.events_of(self._dataset_arn, user_id, cached[0] - 1)
            if rows and rows[0].number == cached[0]:
                state, new = cached[1], rows[1:]
        if new is None:  # nothing is cached, or events of the cached state were deleted
            new = self._rows.events_of(self._dataset_arn, user_id, self._after)
        if not new:
            return state
        state = self.after(state, new)
        with self._lock:
            self._states[user_id] = (new[-1].number, state)
            self._states.move_to_end(user_id)
            while len(self._states) > MAX_CACHED_STATES:
                self._states.popitem(last=False)
        return state

    def after(self, state: UserState, events: Sequence[LiveEvent]) -> UserState:
        """Return the state after these events, in their order, without storing them."""
        if not events:
            return state
        items, timestamps = self.known(events)
        return self._model.advance(state, items, timestamps)

    def events_of(self, user_id: str) -> tuple[Ints, Longs]:
        """Return item_index and timestamp of a user's events of known items, in order of arrival."""
        return self.known(self._rows.events_of(self._dataset_arn, user_id, self._after))

    @property
    def after_training(self) -> int:
        """Number of the last event of the training."""
        return self._after

    def events_after(self, number: int) -> list[tuple[str, LiveEvent]]:
        """Return (owner, event) of everybody's events with a greater number, in order of arrival."""
        return self._rows.events_after(self._dataset_arn, number)

    def known(self, events: Sequence[LiveEvent]) -> tuple[Ints, Longs]:
        """Return the events that pass the solution's event filters, of items that the version knows."""
        selected = [event for event in events if self._listens_to(event)]
        items = self._items.indices_of([event.item_id for event in selected])
        timestamps = np.array([event.sent_at for event in selected], np.int64)
        known = items >= 0
        return items[known], timestamps[known]

    def _listens_to(self, event: LiveEvent) -> bool:
        if self._event_type is not None and event.event_type.lower() != self._event_type:
            return False
        return self._threshold is None or (event.event_value is not None and event.event_value >= self._threshold)


class LiveTrend:
    """Implements models.artifacts.LiveHistory for trending items: every event counts for everybody; thread-safe."""

    def __init__(self, states: LiveStates, model: TrendingModel) -> None:
        self._states, self._model = states, model
        self._number = states.after_training
        self._counted: set[tuple[str, int, int]] = set()
        self._lock = threading.Lock()

    def advanced(self, user_id: str, trained: UserState) -> UserState:
        """Return the state as it is, after the model has taken in the events of everybody."""
        with self._lock:
            new = self._states.events_after(self._number)
            if new:
                self._number = new[-1][1].number
                self._observe(new)
        return trained

    def after(self, state: UserState, events: Sequence[LiveEvent]) -> UserState:
        """Return the state as it is."""
        return state

    def events_of(self, user_id: str) -> tuple[Ints, Longs]:
        """Return item_index and timestamp of a user's events of known items, in order of arrival."""
        return self._states.events_of(user_id)

    def _observe(self, new: Sequence[tuple[str, LiveEvent]]) -> None:
        items, timestamps = [], []
        for owner, event in new:
            for item, timestamp in zip(*(rows.tolist() for rows in self._states.known([event])), strict=True):
                key = (owner, item, timestamp // self._model.interval_s)
                if key not in self._counted:
                    self._counted.add(key)
                    items.append(item)
                    timestamps.append(timestamp)
        self._model.observe(np.array(items, np.int32), np.array(timestamps, np.int64))


def live_states(artifact: Artifact, version: Resource, database: Database) -> LiveStates | LiveTrend | None:
    """Return the live states of a version; None for recipes that do not listen to events."""
    model = artifact.model
    trends = isinstance(model, TrendingModel)
    if not isinstance(model, UserModel) or not (trends or find(artifact.recipe).recipe_class.listens_to_events):
        return None
    dataset = datasets_of(Resources(database), version.body.get("datasetGroupArn", "")).get("INTERACTIONS")
    if dataset is None:
        return None
    config = {} if version.body.get("performAutoML") else version.body.get("solutionConfig") or {}
    threshold = config.get("eventValueThreshold")
    states = LiveStates(
        LiveRows(database),
        dataset.arn,
        model,
        artifact.items,
        after=int(version.body.get("_events_up_to", 0)),
        event_type=version.body.get("eventType"),
        event_value_threshold=None if threshold in (None, "") else float(threshold),
    )
    return LiveTrend(states, model) if isinstance(model, TrendingModel) else states
