"""The interface of all recipes and trained models. Arrays in, scores out: no files, no SQL, no external IDs.

A *recipe* turns TrainingData into a *model*. A model is a set of named arrays and a JSON-able configuration, so that
models/artifacts.py can store any model as safetensors and runtime/ can serve it from memory-mapped weights in numpy.
user_index and item_index are row numbers of data/vocabulary.py.
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
Bools = NDArray[np.bool_]


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
class TextColumn:
    """The texts of the items in one column."""

    name: str
    cells: tuple[str | None, ...]
    """One for each item; None where there is none."""
    is_name: bool = False
    """Whether it is the items' title."""


@dataclass(frozen=True)
class Impressions:
    """The items that were shown with each event: one list per event, empty where it is unknown."""

    offsets: Longs
    """int64 (n_events + 1,): the list of event e is items[offsets[e]:offsets[e + 1]]."""
    items: Ints
    """int32: item_index of each item shown; the order within a list carries no information."""
    every: int = 1
    """Only every n-th list is in memory, and it represents n lists."""


@dataclass(frozen=True)
class Histories:
    """All interactions as one history per user (CSR), sorted by user, then by time, ties in file order."""

    offsets: Longs
    """int64 (n_users + 1,): the events of user u are rows offsets[u]:offsets[u + 1]."""
    items: Ints
    """int32 (n_events,): item_index of each event."""
    timestamps: Longs
    """int64 (n_events,): epoch seconds, non-decreasing within a user."""
    n_items: int
    """Size of the catalogue: the items of Interactions and Items together, so an item may have no event."""
    event_types: NDArray[np.int16] | None = None
    """int16 (n_events,): index into event_type_names; None when the schema has no EVENT_TYPE."""
    event_type_names: tuple[str, ...] = ()
    event_values: Floats | None = None
    """float32 (n_events,), NaN where empty; None when the schema has no EVENT_VALUE."""
    context: tuple[Column, ...] = ()
    """Further interaction columns, one row per event."""
    user_columns: tuple[Column, ...] = ()
    """Columns of the users, one row per user; part of the histories so that a selection of users selects their rows."""
    impressions: Impressions | None = None
    """Aligned with the events; None when there are none, or when the recipe does not use them."""

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
    """The data that a recipe learns from."""

    histories: Histories
    item_columns: tuple[Column, ...] = ()
    """Columns with n_items rows."""
    item_creation: Longs | None = None
    """int64 (n_items,): epoch seconds at which each item became available; inferred where missing."""
    item_texts: tuple[TextColumn, ...] = ()
    """Titles and descriptions, for recipes that read texts."""
    item_counts: Longs | None = None
    """int64 (n_items,): events of each item, test users included; None when histories contain all users."""
    newest: int | None = None
    """Epoch seconds of the newest event, test users included; None when histories contain all users."""

    @property
    def user_columns(self) -> tuple[Column, ...]:
        """Columns of n_users rows."""
        return self.histories.user_columns


@dataclass(frozen=True)
class HyperParameter:
    """One hyperparameter with its AWS name. The API sends strings; hyperparameters.parse() returns the typed value."""

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
    """True for hyperparameters that AWS does not have; screens mark them "this engine only"."""
    description: str = ""


@dataclass(frozen=True)
class EventWeight:
    """The weight of one event type."""

    event_type: str
    weight: float = 1.0
    """0 to 1."""
    threshold: float | None = None
    """The least EVENT_VALUE that counts, inclusive; None for any, also for none."""


@dataclass(frozen=True)
class TrainOptions:
    """How to train: complete, typed hyperparameters by AWS name, the seed and the device."""

    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    device: str = "cpu"
    """"cpu" or "cuda"."""
    threads: int = 1
    now: int | None = None
    """The current time in epoch seconds, for recipes that use the age of items; None: the time of the newest event."""
    event_weights: tuple[EventWeight, ...] = ()
    """A solution's eventsConfig, for recipes that weigh events; (): all weigh the same."""
    checkpoints: Checkpoints | None = None
    """Where a long training stores its state and finds that of an earlier run; None: no checkpoints."""


class Progress(Protocol):
    """How a recipe reports its progress; jobs/progress.py stores it, SilentProgress ignores it."""

    def update(self, fraction: float, note: str = "") -> None:
        """Report the fraction of the current stage, 0 to 1. Raises JobStopped when a stop was requested."""

    def curve_point(self, epoch: float, value: float) -> None:
        """Add a point to the learning curve: the hit rate at 25 on held-out events after this many epochs."""


class SilentProgress:
    """A Progress for tests and benchmarks that ignores all reports."""

    def update(self, fraction: float, note: str = "") -> None:
        return None

    def curve_point(self, epoch: float, value: float) -> None:
        return None


class Validation(Protocol):
    """Measures a partly trained model for the learning curve; it never chooses weights or settings."""

    def __call__(self, model: "UserModel") -> float:
        """Return the hit rate at 25 of the model on held-out events."""


class Model(ABC):
    """A trained model: named arrays and a JSON-able configuration, nothing else."""

    n_items: int

    @abstractmethod
    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return every array that the model needs to answer."""

    @abstractmethod
    def to_config(self) -> dict[str, Any]:
        """Return the rest of the model as JSON-able data."""

    def item_vectors(self) -> tuple[Ints, Floats] | None:
        """Return item_index (n,) and the vectors (n, d) of the items that the model learned, None where it has none.

        The angle between two vectors says how alike the model takes the items to be.
        """
        return None

    @classmethod
    @abstractmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> "Model":
        """Rebuild the model; arrays may be read-only memory maps."""


@dataclass(frozen=True)
class UserState:
    """What a model knows about one user. Immutable: advance() returns the next state."""

    vector: Floats
    """float32 (state_size,): size 0 for models without user state."""
    seen: Ints
    """int32: sorted item_index of every item that this user has interacted with."""
    last_timestamp: int = 0
    n_events: int = 0

    def after(self, vector: Floats, items: Ints, timestamps: Longs) -> "UserState":
        """Return the state after these events, oldest first, with this vector."""
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
        """Return the state after these events, oldest first. The cost depends on their number, not on the history's."""

    def without_events(self, state: UserState) -> UserState:
        """Return the state before the user's first event: it keeps the user's columns and has no events."""
        return self.initial_state()

    def advance_together(
        self, vectors: Floats, last_timestamps: Longs, n_events: Longs, item_index: int, timestamp: int
    ) -> Floats:
        """Return the vectors (m, state_size) of m states after the same event, equal to m calls of advance().

        last_timestamps and n_events, int64 (m,), are those of the states. Models override this with one matrix product.
        """
        item, time = np.array([item_index], np.int32), np.array([timestamp], np.int64)
        nothing = np.empty(0, np.int32)
        states = map(UserState, vectors, [nothing] * len(vectors), last_timestamps.tolist(), n_events.tolist())
        return np.stack([self.advance(state, item, time).vector for state in states])

    @abstractmethod
    def states(self, histories: Histories, progress: Progress) -> Floats:
        """Return every user's final vector, float32 (n_users, state_size); batched, for the end of a training."""

    def in_context(self, state: UserState, context: Mapping[str, str]) -> UserState:
        """Return the state for a request with this context, text by column name.

        Recipes without context columns return the state unchanged; unknown names and values are ignored.
        """
        return state

    @abstractmethod
    def item_scores(self, states: Sequence[UserState]) -> Floats:
        """Return float32 (len(states), n_items): log-scores, higher is better, -inf for items that must not be shown.

        For recipes with scores, exp(item_scores) sums to 1 over the catalogue (AWS: softmax over all items).
        """


@dataclass(frozen=True)
class NeverListed:
    """Items that a model never lists as neighbours, by the recipe's own settings, and how much of the data they are."""

    n_items: int
    of_items: int
    """Number of items with events."""
    n_events: int
    of_events: int


class RelatedItemsModel(Model):
    """Answers for an item: sims."""

    never_listed: NeverListed | None = None
    """None when it is unknown."""

    @abstractmethod
    def related_scores(self, item_index: int | None) -> Floats:
        """Return float32 (n_items,); -inf for the item itself; popular items when item_index is None."""


class Recipe(ABC):
    """How to train one recipe; recipes/registry.py has AWS's documented facts about it."""

    name: ClassVar[str]
    model_class: ClassVar[type[Model]]
    hyperparameters: ClassVar[tuple[HyperParameter, ...]] = ()
    has_scores: ClassVar[bool] = False
    """Whether answers contain scores (AWS returns none for popularity and sims)."""
    listens_to_events: ClassVar[bool] = False
    """Whether live events change the next answer (AWS: the sequence recipes at once, the others after retraining)."""
    trains_on_all_users: ClassVar[bool] = False
    """True for recipes that count: measured on the training users, then counted again on all users."""
    uses_metadata: ClassVar[bool] = False
    """Whether the recipe receives the columns of items, users and interactions."""
    uses_texts: ClassVar[bool] = False
    """Whether the recipe reads the titles and descriptions of the items."""
    needs_interactions: ClassVar[bool] = True
    """Whether a training needs an Interactions dataset (AWS: all recipes but aws-semantic-similarity)."""
    uses_impressions: ClassVar[bool] = False
    """Whether the recipe learns from the IMPRESSION column of the interactions."""
    needs_user: ClassVar[bool] = True
    """Whether a request of a recipe for users must name one (AWS: not for trending items)."""
    promotes: ClassVar[bool] = False
    """Whether answers may contain promoted items (AWS: not with the HRNN recipes, and not in rankings)."""
    fills_up: ClassVar[bool] = False
    """Whether popular items take the places that a filter leaves empty (AWS: with User-Personalization)."""
    explores: ClassVar[bool] = False
    """Whether campaigns may set an itemExplorationConfig; its models are recipes/exploration.py's ExploringModel."""
    explores_by_itself: ClassVar[bool] = False
    """Whether answers try new items without a setting (AWS: v2); its models are exploration.py's TryingModel."""
    weighs_events: ClassVar[bool] = False
    """Whether a solution may weigh its event types by an eventsConfig."""

    @abstractmethod
    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> Model:
        """Train a model."""


class Updating(ABC):
    """A recipe whose models take new items in without being trained again."""

    by_itself: ClassVar[bool] = False
    """True where AWS does so after performIncrementalUpdate, False where it does by the trainingMode UPDATE."""

    @abstractmethod
    def updated(self, model: Model, places: Ints, data: TrainingData) -> Model:
        """Return the model with the items of data; places, int32 (n_items before,): where each item is now."""
