"""Names of columns, and what they stand for.

Data frames carry AWS's names (USER_ID, ITEM_ID, TIMESTAMP, ...); a person's other columns keep their own names in
UPPER_SNAKE_CASE, and ColumnRoles says which of them is the title, the year, the category and so on.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

USER_ID = "USER_ID"
ITEM_ID = "ITEM_ID"
TIMESTAMP = "TIMESTAMP"
EVENT_TYPE = "EVENT_TYPE"
EVENT_VALUE = "EVENT_VALUE"
CREATION_TIMESTAMP = "CREATION_TIMESTAMP"
SEPARATOR = "|"
"""Between the categories of one cell, as Amazon Personalize reads it."""

MAX_NAME_LENGTH = 150
MAKER_COLUMN = re.compile(
    r"director|author|artist|creator|writer|designer|brand|manufacturer|maker|vendor|publisher|label", re.IGNORECASE
)
"""A column that says who made an item."""


@dataclass(frozen=True)
class ColumnRoles:
    """Which columns play which role. All are canonical column names; None or () where absent."""

    title: str | None = None
    year: str | None = None
    image: str | None = None
    categories: tuple[str, ...] = ()
    """Categorical item columns; the first is meant when a screen says "genre" or "category"."""
    people: tuple[str, ...] = ()
    """Item columns with names of people, such as director and cast."""
    user_name: str | None = None
    user_attributes: tuple[str, ...] = ()
    """User columns for labels, the most telling first."""

    def to_json(self) -> dict[str, Any]:
        """Return the roles as JSON-able values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "ColumnRoles":
        """Rebuild the roles from to_json."""
        known: dict[str, Any] = {key: tuple(item) if isinstance(item, list) else item for key, item in value.items()}
        return cls(**known)


def canonical_name(name: str) -> str:
    """Return a column name that a schema accepts: "movieId" -> "MOVIE_ID", "2nd price" -> "_2ND_PRICE"."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.strip())
    plain = re.sub(r"[^A-Za-z0-9]+", "_", spaced).strip("_").upper()
    if not plain:
        return "COLUMN"
    return ("_" + plain if plain[0].isdigit() else plain)[:MAX_NAME_LENGTH]


def same_field(name: str) -> str:
    """Return what makes two field names the same for Amazon Personalize: underscores and case do not count."""
    return name.replace("_", "").lower()


def split_categories(cell: object) -> list[str]:
    """Return the categories of one cell; [] for an empty one."""
    if cell is None or pd.isna(cell):  # type: ignore[call-overload]
        return []
    return [name for name in (part.strip() for part in str(cell).split(SEPARATOR)) if name]


def camel_case(column: str) -> str:
    """Return the key of a column in the properties of PutEvents and PutItems: DEVICE_TYPE -> deviceType."""
    head, *tail = column.lower().split("_")
    return head + "".join(part.capitalize() for part in tail)
