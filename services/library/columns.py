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
    title_template: str | None = None
    """A title made of item columns, "{AIRLINE} {FROM}-{TO}", in place of one column."""
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

    @property
    def title_columns(self) -> tuple[str, ...]:
        """The columns that titles are made of."""
        if self.title_template is not None:
            return template_columns(self.title_template)
        return () if self.title is None else (self.title,)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "ColumnRoles":
        """Rebuild the roles from to_json."""
        known: dict[str, Any] = {key: tuple(item) if isinstance(item, list) else item for key, item in value.items()}
        return cls(**known)


_PLACE = re.compile(r"\{([^{}]*)\}")


def template_columns(template: str) -> tuple[str, ...]:
    """Return the canonical names of the columns that a title template names, each once."""
    return tuple(dict.fromkeys(canonical_name(name) for name in _PLACE.findall(template)))


def filled_titles(template: str, items: pd.DataFrame) -> pd.Series:
    """Return the titles of these items, str; None where all columns that the template names are empty."""
    cells = {
        name: items[name].map(_cell_text, na_action="ignore").astype("object").where(items[name].notna(), "")
        for name in template_columns(template)
        if name in items
    }
    titles = []
    for row in range(len(items)):
        values = {name: str(column.iloc[row]) for name, column in cells.items()}
        text = _PLACE.sub(lambda match, values=values: values.get(canonical_name(match[1]), ""), template)  # type: ignore[misc]
        titles.append(" ".join(text.split()) if any(values.values()) else None)
    return pd.Series(titles, index=items.index, dtype="object")


def _cell_text(value: Any) -> str:
    """Return a cell as a title shows it: several categories with commas, whole numbers without ".0"."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace(SEPARATOR, ", ")


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
