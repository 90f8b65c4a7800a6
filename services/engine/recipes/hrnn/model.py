"""The trained hierarchical recurrent network, served with numpy alone; weights may be read-only memory maps.

The arithmetic is that of network.py without dropout; a test compares the two. Advancing a state by one event takes tens
of microseconds; scoring is one matrix-vector product over the trained items.

A state's vector is the recurrent state, the running means of the inputs (means.py), the recent items (repeats.py and
recipes/neighbours.py) and what subclasses add. Versions that were trained before there were running means or neighbours
have none, and answer as before.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Histories, Ints, Longs, Progress, UserModel, UserState
from services.engine.recipes.histories import keep_events
from services.engine.recipes.hrnn.config import FIRST_SESSION_GAP, gap_buckets
from services.engine.recipes.hrnn.numerics import log_softmax, normed, sigmoid
from services.engine.recipes.hrnn.packing import Packing, pack
from services.engine.recipes.hrnn.repeats import remembered
from services.engine.recipes.neighbours import N_RECENT, Neighbours, neighbour_logits

WEIGHTS = (
    "items",
    "item_bias",
    "gaps",
    "input_gain",
    "input_shift",
    "w_x",
    "b_x",
    "w_h",
    "b_n",
    "keep",
    "w_o",
    "b_o",
    "output_gain",
    "output_shift",
)
MEANS = ("mean_rates", "w_gate", "b_gate", "w_means")
"""Weights of the running means of the inputs (means.py), which versions trained by 0.1.0 do not have."""
_BLOCK_TOKENS = 40_000


class Inputs(NamedTuple):
    """What the network gets of n events."""

    rows: Ints
    """int32 (n,): item row."""
    gaps: NDArray[np.int64]
    """int64 (n,): gap bucket."""
    x: Floats
    """float32 (n, d)."""
    gates: Floats
    """float32 (n, 3h): x's part of the gates."""

    def at(self, event: int) -> "Inputs":
        """Return one event."""
        part = slice(event, event + 1)
        return Inputs(self.rows[part], self.gaps[part], self.x[part], self.gates[part])


class HrnnModel(UserModel):
    """The weights of network.HrnnNetwork.arrays(), and the items that they belong to.

    Further arrays: trained_items, int32 ascending; popularity, (n_trained,), which orders the list of a user without
    history; objective, float32 (n_items,), added to the log-scores of a solution with an optimizationObjective.
    Subclasses add arrays and configuration of their own.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> None:
        """arrays and config: what to_arrays() and to_config() return."""
        self.n_items = int(config["n_items"])
        self.masks_seen = bool(config["masks_seen"])
        self._w: dict[str, Floats] = {name: arrays[name] for name in WEIGHTS}
        if "repeat_bias" in arrays:  # only for data with repeats: see repeats.py
            self._w["repeat_bias"] = arrays["repeat_bias"]
        self._w |= {name: arrays[name] for name in MEANS if name in arrays}
        self._neighbours: Neighbours | None = None
        if "neighbour_rows" in arrays:
            self._neighbours = Neighbours(arrays["neighbour_rows"], arrays["neighbour_weights"])
        self._neighbour_weight = np.float32(config.get("neighbour_weight", 0.0))
        self._n_means = len(self._w.get("b_gate", ()))
        self._mean_rates: Floats = np.asarray(self._w.get("mean_rates", ()), np.float32)[:, None]
        if self._n_means:  # one product for both
            self._from_state = np.concatenate([self._w["w_o"], self._w["w_gate"]], axis=1)
            self._from_state_bias = np.concatenate([self._w["b_o"], self._w["b_gate"]])
        means_end = self.hidden_size + self._n_means
        self._means_part = slice(self.hidden_size, means_end)
        self._recent_part = slice(means_end, means_end + self.n_recent)
        # one row per gap bucket: the whole state is kept, except where a session begins
        within = np.ones((FIRST_SESSION_GAP, self.hidden_size), np.float32)
        self._keep: Floats = np.concatenate([within, arrays["keep"]])
        self._trained: Ints = arrays["trained_items"]
        self._popularity: Floats = np.asarray(arrays["popularity"], np.float32)
        self._rows = np.full(self.n_items, -1, np.int32)
        self._rows[self._trained] = np.arange(len(self._trained), dtype=np.int32)
        self._objective: Floats | None = arrays.get("objective")
        total = max(float(self._popularity.sum()), 1e-30)
        self._log_popularity: Floats = np.log(np.maximum(self._popularity, np.float32(1e-30)) / np.float32(total))

    @property
    def hidden_size(self) -> int:
        """Length of the recurrent state, which is the first part of every state's vector."""
        return len(self._w["b_n"])

    @property
    def state_size(self) -> int:
        return self.history_size

    @property
    def history_size(self) -> int:
        """Length of the part of a state's vector that the history determines: everything up to the recent items."""
        return self._recent_part.stop

    @property
    def n_recent(self) -> int:
        """Length of the list of recent items in a state's vector; 0 without repeats and neighbours."""
        if "repeat_bias" in self._w:
            return len(self._w["repeat_bias"])
        return 0 if self._neighbours is None else N_RECENT

    def initial_state(self) -> UserState:
        return UserState(np.zeros(self.state_size, np.float32), np.empty(0, np.int32))

    def advance(self, state: UserState, items: Ints, timestamps: Longs) -> UserState:
        """Return the state after these events. Items unknown to training change the time but not the vector."""
        if len(items) == 0:
            return state
        rows = self._rows[items]
        earlier: Any = state.last_timestamp
        if len(items) > 1:  # skipped for single live events, where each microsecond counts
            earlier = np.maximum.accumulate(np.concatenate([[earlier], timestamps[:-1]]))
        gaps = gap_buckets(timestamps - earlier)
        if state.n_events == 0:
            gaps[0] = 0
        known = rows >= 0
        if not known.all():
            rows, gaps = rows[known], gaps[known]
        vector = state.vector[None]  # (1, state_size)
        inputs = self._inputs(rows, gaps, self._offsets(vector))
        for event in range(len(rows)):
            vector = self._advanced(vector, inputs.at(event))
        return state.after(vector[0], items, timestamps)

    def advance_together(
        self, vectors: Floats, last_timestamps: Longs, n_events: Longs, item_index: int, timestamp: int
    ) -> Floats:
        row = self._rows[item_index]
        if row < 0:
            return vectors
        gaps = np.where(n_events > 0, gap_buckets(timestamp - last_timestamps), 0)
        rows = np.full(len(vectors), row, np.int32)
        return self._advanced(vectors, self._inputs(rows, gaps, self._offsets(vectors)))

    def states(self, histories: Histories, progress: Progress) -> Floats:
        gaps = np.zeros(histories.n_events, np.int64)
        if histories.n_events:
            gaps[1:] = gap_buckets(np.diff(histories.timestamps))
            gaps[histories.offsets[:-1][histories.lengths() > 0]] = 0
        known = self._rows[histories.items] >= 0
        if not known.all():
            histories, gaps = keep_events(histories, known), gaps[known]
        lengths = histories.lengths()
        vectors = self._first_vectors(histories)
        order = np.argsort(-lengths, kind="stable")[: int((lengths > 0).sum())]
        start = 0
        while start < len(order):
            # as many users as fit, the longest histories first; at least one
            n_users = max(1, int(np.searchsorted(np.cumsum(lengths[order[start:]]), _BLOCK_TOKENS)))
            users = order[start : start + n_users]
            vectors[users] = self._final_vectors(histories, gaps, users, vectors[users])
            start += len(users)
            progress.update(start / len(order), f"{start:,} of {len(order):,} users")
        return vectors

    def item_scores(self, states: Sequence[UserState]) -> Floats:
        """Return log-probabilities over the trained items that may be shown; users without history get popularity."""
        logits = self._logits(states, self._vectors(states))
        if self._objective is not None:
            logits = logits + self._objective[self._trained]
        logits = log_softmax(logits)
        if len(self._trained) == self.n_items:
            return logits
        scores = np.full((len(states), self.n_items), -np.inf, np.float32)
        scores[:, self._trained] = logits
        return scores

    def item_vectors(self) -> tuple[Ints, Floats]:
        return self._trained, self._w["items"]

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        arrays: dict[str, NDArray[Any]] = {**self._w, "trained_items": self._trained, "popularity": self._popularity}
        if self._objective is not None:
            arrays["objective"] = self._objective
        if self._neighbours is not None:
            arrays |= {"neighbour_rows": self._neighbours.rows, "neighbour_weights": self._neighbours.weights}
        return arrays

    def to_config(self) -> dict[str, Any]:
        config = {"n_items": self.n_items, "masks_seen": self.masks_seen}
        return config if self._neighbours is None else config | {"neighbour_weight": float(self._neighbour_weight)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> Self:
        return cls(arrays, config)

    def with_arrays(self, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Return the same model with these arrays replaced."""
        return type(self)(self.to_arrays() | dict(arrays), self.to_config())

    def with_neighbours(self, neighbours: Neighbours, weight: float) -> Self:
        """Return the same model with these neighbours, which count this much."""
        arrays = {"neighbour_rows": neighbours.rows, "neighbour_weights": neighbours.weights}
        return type(self)(self.to_arrays() | arrays, self.to_config() | {"neighbour_weight": weight})

    def _vectors(self, states: Sequence[UserState]) -> Floats:
        """Return the states' vectors, (n, state_size)."""
        return np.stack([state.vector for state in states]) if states else np.zeros((0, self.state_size), np.float32)

    def _logits(self, states: Sequence[UserState], vectors: Floats) -> Floats:
        """Return the states' scores of the trained items, (n, n_trained), -inf for items that must not be shown."""
        logits: Floats = self._outputs(vectors) @ self._w["items"].T
        logits += self._w["item_bias"]
        newcomers = self._newcomers(vectors)
        if newcomers.any():
            logits[newcomers] = self._newcomer_logits(vectors[newcomers])
        self._add_recent(logits, vectors)
        if self.masks_seen:
            for row, state in zip(logits, states, strict=True):
                seen = self._rows[state.seen]
                row[seen[seen >= 0]] = -np.inf
        return logits

    def _newcomers(self, vectors: Floats) -> NDArray[np.bool_]:
        """Return whether each user's history is empty, bool (n,)."""
        known = np.asarray(vectors[:, : self.hidden_size].any(axis=1), np.bool_)
        return ~known

    def _first_vectors(self, histories: Histories) -> Floats:
        """Return the vectors of all users before their first event, (n_users, state_size)."""
        return np.zeros((histories.n_users, self.state_size), np.float32)

    def _offsets(self, vectors: Floats) -> Floats | None:
        """Return the offsets added to the events of users with these vectors, (m, d), or None."""
        return None

    def _outputs(self, vectors: Floats) -> Floats:
        """Return the output vectors (m, d), which are compared with the items."""
        return normed(self._unnormed(vectors), self._w["output_gain"], self._w["output_shift"])

    def _unnormed(self, vectors: Floats) -> Floats:
        """Return the output vectors before LayerNorm, (m, d)."""
        states = vectors[:, : self.hidden_size]
        if self._n_means == 0:
            plain: Floats = states @ self._w["w_o"] + self._w["b_o"]
            return plain
        sides = states @ self._from_state  # (m, d + k * d)
        sides += self._from_state_bias
        d = len(self._w["b_o"])
        gated = sigmoid(sides[:, d:])
        gated *= vectors[:, self._means_part]
        outputs: Floats = gated @ self._w["w_means"]
        outputs += sides[:, :d]
        return outputs

    def _add_recent(self, logits: Floats, vectors: Floats) -> None:
        """Add what each user's recent items say to logits, (m, n_trained): their repeat bias and their neighbours."""
        if not self.n_recent:
            return
        recent = vectors[:, self._recent_part].astype(np.int64)
        if "repeat_bias" in self._w:
            users, places = np.nonzero(recent)
            logits[users, recent[users, places] - 1] += self._w["repeat_bias"][places]
        if self._neighbours is not None and self._neighbour_weight:
            logits += self._neighbour_weight * neighbour_logits(self._neighbours, recent)

    def _newcomer_logits(self, vectors: Floats) -> Floats:
        """Return log-scores for users without history, (m, n_trained) or (n_trained,)."""
        return self._log_popularity

    def _advanced(self, vectors: Floats, inputs: Inputs) -> Floats:
        """Return the vectors (m, state_size) after one event each, as a new array."""
        h = self.hidden_size
        result = vectors.copy()
        result[:, :h] = self._step(vectors[:, :h], inputs.gates, inputs.gaps)
        if self._n_means:
            means = vectors[:, self._means_part].reshape(len(vectors), len(self._mean_rates), -1)  # (m, k, d)
            moved = inputs.x[:, None] - means
            moved *= self._mean_rates
            moved += means
            result[:, self._means_part] = moved.reshape(len(vectors), -1)
        if self.n_recent:
            result[:, self._recent_part] = remembered(vectors[:, self._recent_part], inputs.rows)
        return result

    def _inputs(self, rows: Ints, gaps: NDArray[np.int64], offsets: Floats | None = None) -> Inputs:
        """Return the inputs of events, from item rows and gap buckets, (n,) each."""
        w = self._w
        x: Floats = self._embedded(rows, offsets)
        x += w["gaps"][gaps]
        gates: Floats = x @ w["w_x"]
        gates += w["b_x"]
        return Inputs(rows, gaps, x, gates)

    def _embedded(self, rows: Ints, offsets: Floats | None) -> Floats:
        """Return the network's input for items, (n, d), without the gap embedding."""
        items = self._w["items"][rows] if offsets is None else self._w["items"][rows] + offsets
        return normed(items, self._w["input_gain"], self._w["input_shift"])

    def _step(self, states: Floats, gates_in: Floats, gaps: NDArray[np.int64]) -> Floats:
        """Return the states (m, h) after one event each."""
        h = self.hidden_size
        states = states * self._keep[gaps]
        side = states @ self._w["w_h"]  # (m, 3h)
        gates = sigmoid(gates_in[:, : 2 * h] + side[:, : 2 * h])
        new = side[:, 2 * h :] + self._w["b_n"]
        new *= gates[:, :h]
        new += gates_in[:, 2 * h :]
        np.tanh(new, out=new)
        result: Floats = states - new
        result *= gates[:, h:]
        result += new
        return result

    def _final_vectors(self, histories: Histories, gaps: NDArray[np.int64], users: Longs, vectors: Floats) -> Floats:
        """Return the vectors (n, state_size) of these users, the longest history first, after all of their events."""
        packing: Packing = pack(histories.lengths()[users])
        rows = np.concatenate([np.arange(histories.offsets[u], histories.offsets[u + 1]) for u in users])
        tokens = np.empty_like(rows)
        tokens[packing.rows] = rows
        offsets = self._offsets(vectors)
        start = 0
        for size in packing.sizes:
            step = tokens[start : start + size]
            added = None if offsets is None else offsets[:size]
            item_rows = self._rows[histories.items[step]]
            vectors[:size] = self._advanced(vectors[:size], self._inputs(item_rows, gaps[step], added))
            start += size
        return vectors
