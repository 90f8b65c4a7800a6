"""What people did after a version was trained, for the recipes that listen to it.

A user's state is kept with the number of the last event that it has seen. A request reads the events after that number,
nearly always none, and advances the state by them: it costs what is new, not what the history is long, and an event
that another process wrote shows in the next answer of this one.
"""

import threading
from collections import OrderedDict

import numpy as np

from services.engine.data.vocabulary import Vocabulary
from services.engine.models.artifacts import Artifact
from services.engine.recipes.base import Ints, Longs, UserModel, UserState
from services.engine.recipes.registry import find
from services.engine.store.database import Database
from services.engine.store.datasets import datasets_of
from services.engine.store.live import LiveEvent, LiveRows
from services.engine.store.resources import Resource, Resources

MAX_CACHED_STATES = 20_000
"""Users whose advanced states a process keeps for one version: 20 MB at a state of 1 KB."""


class LiveStates:
    """Implements jobs.artifacts.LiveHistory for one solution version; safe to use from several threads."""

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
        """after: number of the last event that the version was trained on; the others as in the solution."""
        self._rows, self._dataset_arn, self._after = rows, dataset_arn, after
        self._model, self._items = model, items
        self._event_type, self._threshold = event_type, event_value_threshold
        self._states: OrderedDict[str, tuple[int, UserState]] = OrderedDict()
        self._lock = threading.Lock()

    def advanced(self, user_id: str, trained: UserState) -> UserState:
        """Return the state after all of a user's events, from the one that training ended with."""
        with self._lock:
            kept = self._states.get(user_id)
        state, new = trained, None
        if kept is not None:
            rows = self._rows.events_of(self._dataset_arn, user_id, kept[0] - 1)
            if rows and rows[0].number == kept[0]:
                state, new = kept[1], rows[1:]
        if new is None:  # nothing is kept, or what the kept state has seen was forgotten
            new = self._rows.events_of(self._dataset_arn, user_id, self._after)
        if not new:
            return state
        items, timestamps = self._known(new)
        state = self._model.advance(state, items, timestamps)
        with self._lock:
            self._states[user_id] = (new[-1].number, state)
            self._states.move_to_end(user_id)
            while len(self._states) > MAX_CACHED_STATES:
                self._states.popitem(last=False)
        return state

    def events_of(self, user_id: str) -> tuple[Ints, Longs]:
        """Return item_index and timestamp of a user's events of known items, in order of arrival."""
        return self._known(self._rows.events_of(self._dataset_arn, user_id, self._after))

    def _known(self, events: list[LiveEvent]) -> tuple[Ints, Longs]:
        """Return the events that the solution listens to, of items that the version knows."""
        wanted = [event for event in events if self._listens_to(event)]
        items = self._items.indices_of([event.item_id for event in wanted])
        timestamps = np.array([event.sent_at for event in wanted], np.int64)
        known = items >= 0
        return items[known], timestamps[known]

    def _listens_to(self, event: LiveEvent) -> bool:
        if self._event_type is not None and event.event_type != self._event_type:
            return False
        return self._threshold is None or (event.event_value is not None and event.event_value >= self._threshold)


def live_states(artifact: Artifact, version: Resource, database: Database) -> LiveStates | None:
    """Return what an artifact of this version needs to follow live events; None for recipes that do not listen."""
    model = artifact.model
    if not isinstance(model, UserModel) or not find(artifact.recipe).recipe_class.listens_to_events:
        return None
    dataset = datasets_of(Resources(database), version.body.get("datasetGroupArn", "")).get("INTERACTIONS")
    if dataset is None:
        return None
    config = {} if version.body.get("performAutoML") else version.body.get("solutionConfig") or {}
    threshold = config.get("eventValueThreshold")
    return LiveStates(
        LiveRows(database),
        dataset.arn,
        model,
        artifact.items,
        after=int(version.body.get("_events_up_to", 0)),
        event_type=version.body.get("eventType"),
        event_value_threshold=None if threshold in (None, "") else float(threshold),
    )
