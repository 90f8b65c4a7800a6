"""The models of user segments: everybody's probability for an item, or for the items with some attributes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.engine.errors import InvalidInput
from services.engine.recipes.affinity.calibration import Calibration
from services.engine.recipes.affinity.known import Known
from services.engine.recipes.affinity.segments import Attribute, Question, SegmentModel
from services.engine.recipes.base import Bools, Column, Floats, Ints


class AffinityModel(SegmentModel):
    """What is known of everybody, its calibration, and the columns of the items."""

    def __init__(self, known: Known, calibration: Calibration, columns: Sequence[Column]) -> None:
        """columns: those of the items; () for a model that answers for items only."""
        self.n_users, self.n_items = known.n_users, known.n_items
        self.known, self.calibration, self._columns = known, calibration, tuple(columns)

    def user_scores(self, question: Question) -> Floats:
        return self.calibration.probabilities(self.known.features(self._items_of(question)))

    def _items_of(self, question: Question) -> Ints:
        """Return the items with events that a question is about. Raises InvalidInput where there are none."""
        has_events = self.known.counts() > 0
        if isinstance(question, int):
            if not has_events[question]:
                raise InvalidInput("Nobody had this item in the training, so nothing tells whom it is for.")
            return np.array([question], np.int32)
        chosen = has_events
        for attribute in question:
            chosen = chosen & self._with_attribute(attribute)
        if not chosen.any():
            asked = " AND ".join(f'{attribute.column} = "{attribute.value}"' for attribute in question)
            raise InvalidInput(f"No item with {asked} had an interaction in the training.")
        return np.flatnonzero(chosen).astype(np.int32)

    def _with_attribute(self, attribute: Attribute) -> Bools:
        """Return which items have an attribute, bool (n_items,). Raises InvalidInput for an unknown column."""
        column = next((c for c in self._columns if c.name.lower() == attribute.column.lower()), None)
        if column is None:
            names = ", ".join(column.name for column in self._columns) or "none"
            raise InvalidInput(f"itemAttributes names {attribute.column}; the version was trained on {names}.")
        if column.offsets is None:
            try:
                number = float(attribute.value)
            except ValueError:
                raise InvalidInput(f'{column.name} has numbers, and "{attribute.value}" is none.') from None
            return np.asarray(np.isfinite(column.values) & np.isclose(column.values, number, rtol=1e-6))
        having = np.zeros(self.n_items, np.bool_)
        if attribute.value in column.categories:
            code = column.categories.index(attribute.value)
            having[np.repeat(np.arange(self.n_items), np.diff(column.offsets))[column.values == code]] = True
        return having

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        arrays = self.known.to_arrays() | {"coefficients": self.calibration.coefficients}
        for number, column in enumerate(self._columns):
            # NaN is refused in a model: it is a training's mistake everywhere else. Here it is an empty cell.
            arrays[f"column_{number}"] = column.values if column.offsets is not None else _infinite(column.values)
            if column.offsets is not None:
                arrays[f"column_{number}_offsets"] = column.offsets
        return arrays

    def to_config(self) -> dict[str, Any]:
        columns = [{"name": column.name, "categories": list(column.categories)} for column in self._columns]
        return {"period_s": self.calibration.period_s, "columns": columns}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> "AffinityModel":
        columns = [
            Column(c["name"], arrays[f"column_{n}"], arrays.get(f"column_{n}_offsets"), tuple(c["categories"]))
            for n, c in enumerate(config["columns"])
        ]
        return cls(Known.from_arrays(arrays), Calibration(arrays["coefficients"], int(config["period_s"])), columns)


def _infinite(cells: Floats) -> Floats:
    """Return numbers with infinity in place of empty cells."""
    return np.where(np.isnan(cells), np.float32(np.inf), cells)
