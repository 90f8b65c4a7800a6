"""The columns of a dataset group that a filter can test, with their values, read from the loaded data."""

import json
from dataclasses import dataclass
from typing import Any

import pandas as pd

from services.library.columns import EVENT_TYPE, split_categories
from services.library.store import LoadedData

INTERACTIONS, ITEMS, USERS = "Interactions", "Items", "Users"
MAX_VALUES = 300
"""Values of a column that a screen offers, the most frequent ones; others can be typed."""
ANY = "*"
"""The event type that stands for all."""


@dataclass(frozen=True)
class Column:
    """A column that a filter can test."""

    dataset: str
    """INTERACTIONS, ITEMS or USERS."""
    name: str
    is_number: bool = False
    values: tuple[str, ...] = ()
    """The most frequent texts or categories."""
    low: float | None = None
    high: float | None = None
    """The range of a column of numbers, None where it is empty."""

    @property
    def field(self) -> str:
        """How expressions write it."""
        return f"{'CurrentUser' if self.dataset == USERS else self.dataset}.{self.name}"


def columns_of(data: LoadedData) -> tuple[Column, ...]:
    """Return the columns that filters of a group can test: of items, of users, and the event type."""
    columns = [Column(INTERACTIONS, EVENT_TYPE, values=(ANY, *data.values(EVENT_TYPE)))]
    for dataset, frame in ((ITEMS, data.items()), (USERS, data.users())):
        if frame is not None and dataset in data.schemas:
            fields = json.loads(data.schemas[dataset])["fields"]
            columns += [_column(dataset, field, frame) for field in fields if _can_be_tested(field)]
    return tuple(columns)


def of_dataset(columns: tuple[Column, ...], dataset: str) -> list[Column]:
    """Return the columns of one dataset."""
    return [column for column in columns if column.dataset == dataset]


def _types(field: dict[str, Any]) -> set[str]:
    kind = field["type"]
    return {str(one) for one in (kind if isinstance(kind, list) else [kind])}


def _can_be_tested(field: dict[str, Any]) -> bool:
    """Whether AWS's filters take the column: neither of true and false nor textual."""
    return not field.get("textual") and "boolean" not in _types(field)


def _column(dataset: str, field: dict[str, Any], frame: pd.DataFrame) -> Column:
    name = str(field["name"])
    cells = frame[name].dropna() if name in frame else pd.Series(dtype=object)
    if _types(field) & {"int", "long", "float", "double"}:
        numbers = pd.to_numeric(cells, errors="coerce").dropna()
        bounds = (float(numbers.min()), float(numbers.max())) if len(numbers) else (None, None)
        return Column(dataset, name, is_number=True, low=bounds[0], high=bounds[1])
    texts = cells.astype("str")
    if field.get("categorical"):
        texts = texts.map(split_categories).explode().dropna()
    return Column(dataset, name, values=tuple(map(str, texts[texts != ""].value_counts().index[:MAX_VALUES])))
