"""Which columns of the items a recipe learns from.

The schema decides, as it does in Amazon Personalize: categorical strings and numbers are trained on, other strings and
booleans are not. What a column means to the user (ColumnRoles) says nothing about that.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from services.library.columns import CREATION_TIMESTAMP, ITEM_ID
from services.library.store import LoadedData

NUMERIC = frozenset({"int", "long", "float", "double"})
WHOLE = frozenset({"int", "long"})


@dataclass(frozen=True)
class ItemField:
    """A field of the items' schema."""

    name: str
    kinds: frozenset[str]
    """Avro types: {"null", "string"}."""
    categorical: bool

    @property
    def trains(self) -> bool:
        """Whether a recipe learns from it."""
        return self.name not in (ITEM_ID, CREATION_TIMESTAMP) and (self.categorical or self.numeric)

    @property
    def numeric(self) -> bool:
        """Whether its cells are numbers."""
        return bool(NUMERIC & self.kinds)

    @property
    def whole(self) -> bool:
        """Whether its cells are whole numbers."""
        return bool(WHOLE & self.kinds)

    @property
    def required(self) -> bool:
        """Whether every item needs it."""
        return "null" not in self.kinds


def item_fields(schema: str) -> list[ItemField]:
    """Return the fields of an items schema in its order."""
    return [
        ItemField(
            field["name"],
            frozenset(field["type"] if isinstance(field["type"], list) else [field["type"]]),
            bool(field.get("categorical")),
        )
        for field in json.loads(schema)["fields"]
    ]


def item_columns(data: LoadedData) -> list[str]:
    """Return the item columns that a recipe learns from, in the schema's order; none without items."""
    schema = data.schemas.get("Items")
    return [] if schema is None else [field.name for field in item_fields(schema) if field.trains]


def user_columns(data: LoadedData) -> list[str]:
    """Return the columns of the users that a recipe learns from, in the schema's order; none without users."""
    schema = data.schemas.get("Users")
    return [] if schema is None else [field.name for field in item_fields(schema) if field.trains]


def categories_first(data: LoadedData, columns: Iterable[str]) -> list[str]:
    """Return columns in the order in which screens name them: categories, people, year, then the others."""
    roles = data.roles
    usual = [*roles.categories, *roles.people, *([roles.year] if roles.year else [])]
    return sorted(columns, key=lambda name: usual.index(name) if name in usual else len(usual))
