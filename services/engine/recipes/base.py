"""What every recipe and every trained model must offer. Arrays in, scores out: no files, no SQL, no ids.

A *recipe* turns TrainingData into a *model*. A model is a set of named arrays and a JSON-able configuration, so that
models/artifacts.py can keep any model as safetensors and runtime/ can serve it from memory-mapped weights in numpy.
External ids never come here: user_index and item_index are row numbers of data/vocabulary.py.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.checkpoints import Checkpoints

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Column:
    """One metadata or context column, aligned with the rows it describes.

    A categorical column is ragged, since a cell may hold several categories joined with "|":
    row r has the codes values[offsets[r]:offsets[r + 1]], each an index into categories. A numeric column has
    offsets None and one float per row, NaN where the cell is empty.
    """

    name: str
    values: NDArray[Any]
    """int32 codes (n_codes,) when categorical, float32 (n_rows,) when numeric."""
    offsets: Longs | None = None
    """int64 (n_rows + 1,) when categorical."""
    categories: tuple[str, ...] = ()

    @property
    def is_categorical(self) -> bool:
        return self.offsets is not None


@dataclass(frozen=True)
class Impressions:
    """What was on show when events happened: a list of items for each event, empty where nothing is known of it."""

    offsets: Longs
    """int64 (n_events + 1,): event e came from the list items[offsets[e]:offsets[e + 1]]."""
    items: Ints
    """int32: item_index of each item on show; the order within a list means nothing."""
    every: int = 1
    """One list in so many was kept, so that memory is bounded; each stands for so many."""


@dataclass(frozen=True)
class Histories:
    """All interactions as one history per user (CSR), sorted by user, then time, ties in file order."""

    offsets: Longs
    """int64 (n_users + 1,): user u owns rows offsets[u]:offsets[u + 1]."""
    items: Ints
    """int32 (n_events,): item_index of each event."""
    timestamps: Longs
    """int64 (n_events,): epoch seconds, non-decreasing within a user."""
    n_items: int
    """Size of the catalogue: Interactions and Items together, so some items may have no event."""
    event_types: NDArray[np.int16] | None = None
    """int16 (n_events,): index into event_type_names; None when the schema has no EVENT_TYPE."""
    event_type_names: tuple[str, ...] = ()
    event_values: Floats | None = None
    """float32 (n_events,), NaN where empty; None when the schema has no EVENT_VALUE."""
    context: tuple[Column, ...] = ()
    """Further interaction columns, one row per event."""
    user_columns: tuple[Column, ...] = ()
    """What is known of the users, one row per user; here, so that whoever chooses users chooses their rows."""
    impressions: Impressions | None = None
    """Aligned with the events; None when there are none, or the recipe makes no use of them."""

    @property
    def n_users(self) -> int:
        return len(self.offsets) - 1

    @property
    def n_events(self) -> int:
        return len(self.items)

    def lengths(self) -> Longs:
        """Return the number of events of each user, int64 (n_users,)."""
        return np.diff(self.offsets)

    def of(self, user_index: int) -> tuple[Ints, Longs]:
        """Return one user's items and timestamps, oldest first."""
        rows = slice(self.offsets[user_index], self.offsets[user_index + 1])
        return self.items[rows], self.timestamps[rows]


@dataclass(frozen=True)
class TrainingData:
    """What a recipe may learn from."""

    histories: Histories
    item_columns: tuple[Column, ...] = ()
    """Columns of n_items rows."""
    item_creation: Longs | None = None
    """int64 (n_items,): epoch seconds at which each item became available, inferred where absent."""
    item_counts: Longs | None = None
    """int64 (n_items,): events of each item before users were set aside; None when histories hold all of them."""
    newest: int | None = None
    """Epoch seconds of the newest event before users were set aside; None when histories hold all of them."""

    @property
    def user_columns(self) -> tuple[Column, ...]:
        """Columns of n_users rows."""
        return self.histories.user_columns


@dataclass(frozen=True)
class HyperParameter:
    """One hyperparameter by its AWS name. Values travel as strings; parse() gives the typed value."""

    name: str
    kind: str
    """"integer", "float", "boolean" or "categorical"."""
    default: Any
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    tunable: bool = False
    featurization: bool = False
    """True for featureTransformationParameters, False for algorithmHyperParameters."""
    engine_only: bool = False
    """True for what AWS does not have; screens mark it "this engine only"."""
    description: str = ""


@dataclass(frozen=True)
class TrainOptions:
    """How to train: hyperparameters by AWS name, already typed and complete, and where randomness comes from."""

    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    device: str = "cpu"
    """"cpu" or "cuda"."""
    threads: int = 1
    now: int | None = None
    """The present in epoch seconds, for recipes that look at the age of items; None: the newest event."""
    checkpoints: Checkpoints | None = None
    """Where a long training keeps its state, and finds that of an earlier run; None: it begins and ends in one go."""


class Progress(Protocol):
    """How a recipe tells what it is doing; jobs/progress.py writes it down, SilentProgress drops it."""

    def update(self, fraction: float, note: str = "") -> None:
        """Say how far the present stage is, 0 to 1. Raises JobStopped when a person asked to stop."""

    def curve_point(self, epoch: float, value: float) -> None:
        """Add a point to the learning curve: held-out hit rate at 25 after this many epochs."""


class SilentProgress:
    """Progress that nobody watches: tests and benchmarks."""

    def update(self, fraction: float, note: str = "") -> None:
        return None

    def curve_point(self, epoch: float, value: float) -> None:
        return None


class Validation(Protocol):
    """Measures a half-trained model for the learning curve; never used to choose weights or settings."""

    def __call__(self, model: "UserModel") -> float:
        """Return the hit rate at 25 of the model on held-out events."""


class Model(ABC):
    """A trained model: named arrays plus a JSON-able configuration, nothing else."""

    n_items: int

    @abstractmethod
    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return every array the model needs to answer."""

    @abstractmethod
    def to_config(self) -> dict[str, Any]:
        """Return the rest, JSON-able."""

    @classmethod
    @abstractmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> "Model":
        """Rebuild the model; arrays may be read-only memory maps and are never written to."""


@dataclass(frozen=True)
class UserState:
    """What a model knows of one user; advance() makes the next one. Never changed in place."""

    vector: Floats
    """float32 (state_size,): size 0 for models without user state."""
    seen: Ints
    """int32: sorted item_index of everything this user has interacted with."""
    last_timestamp: int = 0
    n_events: int = 0

    def after(self, vector: Floats, items: Ints, timestamps: Longs) -> "UserState":
        """Return the state with this vector once these events, oldest first, have been added to what is known."""
        if len(items) == 0:
            return self
        if len(items) > 1:
            seen = np.union1d(self.seen, items).astype(np.int32)
        else:  # a live event: an insertion is cheaper than a sort
            place = int(self.seen.searchsorted(items[0]))
            seen = self.seen
            if place == len(seen) or seen[place] != items[0]:
                seen = np.concatenate([seen[:place], items, seen[place:]]).astype(np.int32, copy=False)
        last = max(self.last_timestamp, int(timestamps[-1]))
        return UserState(vector, seen, last, self.n_events + len(items))


class UserModel(Model):
    """Answers for a user: the recurrent family and popularity."""

    @property
    @abstractmethod
    def state_size(self) -> int:
        """Length of UserState.vector."""

    @abstractmethod
    def initial_state(self) -> UserState:
        """Return the state of a user without events."""

    @abstractmethod
    def advance(self, state: UserState, items: Ints, timestamps: Longs) -> UserState:
        """Return the state after these events, oldest first. The cost is in their number, not in the history's."""

    def without_events(self, state: UserState) -> UserState:
        """Return the state that this user began with: what is known of a person stays, what they did is gone."""
        return self.initial_state()

    def advance_together(
        self, vectors: Floats, last_timestamps: Longs, n_events: Longs, item_index: int, timestamp: int
    ) -> Floats:
        """Return the vectors (m, state_size) of m states after one and the same event, as advance() would.

        last_timestamps and n_events, int64 (m,), are those of the states. Models that can do it in one go do.
        """
        item, time = np.array([item_index], np.int32), np.array([timestamp], np.int64)
        nothing = np.empty(0, np.int32)
        states = map(UserState, vectors, [nothing] * len(vectors), last_timestamps.tolist(), n_events.tolist())
        return np.stack([self.advance(state, item, time).vector for state in states])

    @abstractmethod
    def states(self, histories: Histories, progress: Progress) -> Floats:
        """Return the final vector of every user, float32 (n_users, state_size); batched, for the end of training."""

    def in_context(self, state: UserState, context: Mapping[str, str]) -> UserState:
        """Return the state to answer a request from that gives context, text by column name.

        Recipes that use no context return the state as it is; names and values that are unknown never matter.
        """
        return state

    @abstractmethod
    def item_scores(self, states: Sequence[UserState]) -> Floats:
        """Return float32 (len(states), n_items): log-scores, higher is better, -inf for what must not be shown.

        For recipes with scores exp(item_scores) sums to 1 over the catalogue (AWS: softmax over all items).
        """


class RelatedItemsModel(Model):
    """Answers for an item: sims."""

    @abstractmethod
    def related_scores(self, item_index: int | None) -> Floats:
        """Return float32 (n_items,); -inf for the item itself; popular items when item_index is None."""


class Recipe(ABC):
    """How to train one recipe; what AWS documents about it stands in recipes/registry.py."""

    name: ClassVar[str]
    model_class: ClassVar[type[Model]]
    hyperparameters: ClassVar[tuple[HyperParameter, ...]] = ()
    has_scores: ClassVar[bool] = False
    """Whether answers carry a score (AWS gives none for popularity and sims)."""
    listens_to_events: ClassVar[bool] = False
    """Whether live events change the next answer (AWS: the sequence recipes at once, the others after retraining)."""
    trains_on_everyone: ClassVar[bool] = False
    """True for counting recipes: measured on the training users, then counted again on all of them."""
    uses_metadata: ClassVar[bool] = False
    """Whether columns of items, users and interactions are handed to it; the others must not see them."""
    uses_impressions: ClassVar[bool] = False
    """Whether it learns from the IMPRESSION column of the interactions."""
    explores: ClassVar[bool] = False
    """Whether campaigns may set an itemExplorationConfig; its models are recipes/exploration.py's ExploringModel."""

    @abstractmethod
    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> Model:
        """Train a model."""
