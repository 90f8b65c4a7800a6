"""Next best actions: the data that they are learned from, and the interface of models that recommend them.

Amazon Personalize developer guide, "PERSONALIZED_ACTIONS recipes": an action (to enrol, to open an account) has a score
for a person, the propensity to take it, from 0 to 1; actions with too little data have 0.0 and are explored. What a
person may be shown at all (expiry, REPEAT_FREQUENCY, filters) is decided by the caller.
"""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Bools, Column, Floats, Ints, Longs, Model, TrainingData

VIEWED, TAKEN, NOT_TAKEN = 0, 1, 2
"""Codes of the three event types of action interactions."""
Kinds = NDArray[np.int8]


def event_code(event_type: str) -> int | None:
    """Return the code of an event type in any of AWS's spellings ("Not Taken", "NOT_TAKEN", "Not taken"), or None."""
    bare = event_type.replace("_", "").replace(" ", "").lower()
    return {"viewed": VIEWED, "taken": TAKEN, "nottaken": NOT_TAKEN}.get(bare)


@dataclass(frozen=True)
class ActionEvents:
    """Action interactions of one person, or of many one after the other, oldest first within a person."""

    actions: Ints
    """int32 (n,): action_index, a row of the actions' vocabulary."""
    kinds: Kinds
    """int8 (n,): VIEWED, TAKEN or NOT_TAKEN."""
    timestamps: Longs
    """int64 (n,): epoch seconds."""

    def __len__(self) -> int:
        return len(self.actions)


NO_ACTION_EVENTS = ActionEvents(np.empty(0, np.int32), np.empty(0, np.int8), np.empty(0, np.int64))


@dataclass(frozen=True)
class ActionData:
    """The Actions and Action_Interactions datasets of a training."""

    n_actions: int
    values: Longs
    """int64 (n_actions,): VALUE, 1 to 10; 1 where it is empty."""
    columns: tuple[Column, ...]
    """Columns of the actions, with n_actions rows."""
    offsets: Longs
    """int64 (n_users + 1,): the events of user u are rows offsets[u]:offsets[u + 1] of events."""
    events: ActionEvents

    def of(self, user_index: int) -> ActionEvents:
        """Return one person's action interactions."""
        rows = slice(self.offsets[user_index], self.offsets[user_index + 1])
        return ActionEvents(self.events.actions[rows], self.events.kinds[rows], self.events.timestamps[rows])


@dataclass(frozen=True)
class ActionTrainingData(TrainingData):
    """Training data with actions, of the same users; without any the model only explores."""

    actions: ActionData | None = None


@dataclass(frozen=True)
class Person:
    """What is known of a person when an action is recommended, live events included; everything may be empty."""

    items: Ints
    """int32: item_index of their item interactions, oldest first."""
    timestamps: Longs
    """int64: epoch seconds of these."""
    actions: ActionEvents = NO_ACTION_EVENTS


class ActionModel(Model):
    """Answers for a person with the propensity of every action."""

    n_actions: int

    @abstractmethod
    def propensities(self, person: Person, now: int) -> Floats:
        """Return float32 (n_actions,): the probability that the person takes each action; 0 for too little data.

        now: epoch seconds of the request.
        """

    @abstractmethod
    def ranked(self, person: Person, now: int, n: int, allowed: Bools | None = None, seed: int = 0) -> Ints:
        """Return at most n of the actions that are allowed, bool (n_actions,), best first, with some to explore.

        Actions of equal propensity are in the order of their VALUE. seed: that of the answer, for the exploration.
        """
