"""Several cold-start networks that answer together: the mean of their scores, then the ridge's share.

Networks of different seeds differ by a quarter in MRR on small data, and their mean is better than the typical one.
Each left out other items when it was trained, so together they judge the ridge's share on more items (share.py). A
state's vector is that of all networks, one after the other. Versions that were trained before there was an ensemble are
ensembles of one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Histories, Ints, Longs, Progress, UserModel, UserState
from services.engine.recipes.hrnn_coldstart.model import HrnnColdStartModel


@dataclass(frozen=True)
class PartOfProgress:
    """The progress of one of several equal parts, as a part of the whole one's."""

    whole: Progress
    number: int
    of: int

    def update(self, fraction: float, note: str = "") -> None:
        self.whole.update((self.number + fraction) / self.of, note)

    def curve_point(self, epoch: float, value: float) -> None:
        self.whole.curve_point(epoch, value)


class ColdStartEnsemble(UserModel):
    """At least one network; all have the same items, cold items and ridge."""

    def __init__(self, members: Sequence[HrnnColdStartModel]) -> None:
        self.members = tuple(members)
        self.n_items = self.members[0].n_items
        self.masks_seen = self.members[0].masks_seen
        ends = np.cumsum([member.state_size for member in self.members]).tolist()
        self._parts = [slice(start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)]

    @property
    def state_size(self) -> int:
        return sum(member.state_size for member in self.members)

    @property
    def ridge_share(self) -> float:
        """The ridge's share in the answers, 0 to 1."""
        return self.members[0].ridge_share

    def with_ridge_share(self, share: float) -> Self:
        """Return the same networks with another share of the ridge, 0 to 1."""
        return type(self)([member.with_ridge_share(share) for member in self.members])

    def initial_state(self) -> UserState:
        return UserState(self._joined([member.initial_state() for member in self.members]), np.empty(0, np.int32))

    def without_events(self, state: UserState) -> UserState:
        return UserState(self._joined(self._each("without_events", state)), np.empty(0, np.int32))

    def advance(self, state: UserState, items: Ints, timestamps: Longs) -> UserState:
        states = self._each("advance", state, items, timestamps)
        return replace(states[0], vector=self._joined(states))

    def advance_together(
        self, vectors: Floats, last_timestamps: Longs, n_events: Longs, item_index: int, timestamp: int
    ) -> Floats:
        later = [
            member.advance_together(vectors[:, part], last_timestamps, n_events, item_index, timestamp)
            for member, part in zip(self.members, self._parts, strict=True)
        ]
        return np.concatenate(later, axis=1)

    def states(self, histories: Histories, progress: Progress) -> Floats:
        n = len(self.members)
        parts = [member.states(histories, PartOfProgress(progress, i, n)) for i, member in enumerate(self.members)]
        return np.concatenate(parts, axis=1)

    def in_context(self, state: UserState, context: Mapping[str, str]) -> UserState:
        return replace(state, vector=self._joined(self._each("in_context", state, context)))

    def item_scores(self, states: Sequence[UserState]) -> Floats:
        """Return log-probabilities over the cold items that may be shown; -inf for all others."""
        vectors = np.stack([state.vector for state in states]) if states else np.zeros((0, self.state_size), np.float32)
        logits = [member.cold_logits(vectors[:, part]) for member, part in zip(self.members, self._parts, strict=True)]
        mean: Floats = np.mean(logits, axis=0, dtype=np.float32)
        return self.members[0].answered(mean, states)

    def item_vectors(self) -> tuple[Ints, Floats]:
        """Return the vectors of the first network: those of two networks cannot be compared."""
        return self.members[0].item_vectors()

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return {
            f"{number}.{name}": array
            for number, member in enumerate(self.members)
            for name, array in member.to_arrays().items()
        }

    def to_config(self) -> dict[str, Any]:
        return {"n_items": self.n_items, "members": [member.to_config() for member in self.members]}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> Self:
        if "members" not in config:
            return cls([HrnnColdStartModel(arrays, config)])
        members = []
        for number, of_member in enumerate(config["members"]):
            first = f"{number}."
            own = {name.removeprefix(first): array for name, array in arrays.items() if name.startswith(first)}
            members.append(HrnnColdStartModel(own, of_member))
        return cls(members)

    def _each(self, method: str, state: UserState, *arguments: Any) -> list[UserState]:
        """Return what each network makes of its part of a state."""
        return [
            getattr(member, method)(replace(state, vector=state.vector[part]), *arguments)
            for member, part in zip(self.members, self._parts, strict=True)
        ]

    def _joined(self, states: Sequence[UserState]) -> Floats:
        vector: Floats = np.concatenate([state.vector for state in states])
        return vector
