"""The trained network with metadata, served with numpy alone.

A state's vector is that of aws-hrnn, followed by the numbers and weights of the user's features and by those of the
request's context. A state therefore contains everything that an answer needs: live events advance it as they do without
metadata, and the features adjust the list of a user without history. The items' features are already part of the item
vectors.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Histories, Ints, UserState
from services.engine.recipes.hrnn.model import HrnnModel
from services.engine.recipes.hrnn.numerics import normed
from services.engine.recipes.hrnn_metadata.features import FeatureRows, FeatureSpace

TABLES = ("item_inputs", "user_inputs", "user_queries", "context_queries", "user_newcomers", "context_newcomers")
"""Each float32 (n_features + 1, d), the last row zero. Those of newcomers are for users without history."""


class HrnnMetadataModel(HrnnModel):
    """HrnnModel with tables of feature vectors; config["users"] and config["context"] say which feature a row is."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> None:
        super().__init__(arrays, config)
        self.users = FeatureSpace.from_config(config["users"])
        self.context = FeatureSpace.from_config(config["context"])
        self._tables: dict[str, Floats] = {name: arrays[name] for name in TABLES}
        known = self.history_size
        self._user_part = slice(known, known + 2 * self.users.width)
        self._context_part = slice(self._user_part.stop, self._user_part.stop + 2 * self.context.width)
        self._first = np.concatenate(
            [
                np.zeros(known, np.float32),
                _packed(self.users.encode((), 1))[0],
                _packed(self.context.encode((), 1))[0],
            ]
        )

    @property
    def state_size(self) -> int:
        return self._context_part.stop

    def initial_state(self) -> UserState:
        return UserState(self._first, np.empty(0, np.int32))

    def without_events(self, state: UserState) -> UserState:
        vector = self.initial_state().vector.copy()
        vector[self._user_part] = state.vector[self._user_part]
        return UserState(vector, np.empty(0, np.int32))

    def in_context(self, state: UserState, context: Mapping[str, str]) -> UserState:
        if not context or self.context.width == 0:
            return state
        vector = state.vector.copy()
        vector[self._context_part] = _packed(self.context.encode_text(context))[0]
        return replace(state, vector=vector)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return super().to_arrays() | self._tables

    def to_config(self) -> dict[str, Any]:
        spaces = {"users": self.users.to_config(), "context": self.context.to_config()}
        return super().to_config() | spaces

    def _embedded(self, rows: Ints, offsets: Floats | None) -> Floats:
        embedded: Floats = super()._embedded(rows, offsets) + self._tables["item_inputs"][rows]
        return embedded

    def _first_vectors(self, histories: Histories) -> Floats:
        vectors = np.tile(self._first, (histories.n_users, 1))
        vectors[:, self._user_part] = _packed(self.users.encode(histories.user_columns, histories.n_users))
        return vectors

    def _offsets(self, vectors: Floats) -> Floats | None:
        return self._summed("user_inputs", vectors[:, self._user_part]) if self.users.width else None

    def _outputs(self, vectors: Floats) -> Floats:
        w = self._w
        hidden = self._unnormed(vectors)
        hidden += self._summed("user_queries", vectors[:, self._user_part])
        hidden += self._summed("context_queries", vectors[:, self._context_part])
        return normed(hidden, w["output_gain"], w["output_shift"])

    def _newcomer_logits(self, vectors: Floats) -> Floats:
        logits: Floats = self._log_popularity + self._newcomer_offsets(vectors) @ self._w["items"].T
        return logits

    def _newcomer_offsets(self, vectors: Floats) -> Floats:
        """Return the offsets that distinguish users without history, (m, d)."""
        offsets = self._summed("user_newcomers", vectors[:, self._user_part])
        return offsets + self._summed("context_newcomers", vectors[:, self._context_part])

    def _summed(self, table: str, packed: Floats) -> Floats:
        """Return the weighted sums (m, d) of feature vectors; packed, (m, 2 * width), has their numbers and weights."""
        width = packed.shape[1] // 2
        if width == 0:  # data without such columns: nothing to sum
            return np.zeros((len(packed), self._tables[table].shape[1]), np.float32)
        # numbers below 2**24 are exact in float32
        ids, weights = packed[:, :width].astype(np.int32), packed[:, width:]
        result: Floats = np.einsum("mk,mkd->md", weights, self._tables[table][ids])
        return result


def _packed(rows: FeatureRows) -> Floats:
    """Return the rows in the layout of a state's vector, float32 (n, 2 * width)."""
    return np.concatenate([rows.ids.astype(np.float32), rows.weights], axis=1)
