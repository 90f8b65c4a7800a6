"""What columns mean, changed after the import: a title or one made of columns, year, categories, names, attributes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from services.errors import DataError
from services.library.columns import ITEM_ID, USER_ID, ColumnRoles, canonical_name, filled_titles, template_columns
from services.library.prepared import PreparedData


@dataclass(frozen=True)
class RoleChoices:
    """The columns that may play a role."""

    of_items: tuple[str, ...]
    of_users: tuple[str, ...]


def role_choices(data: PreparedData) -> RoleChoices:
    """Return the columns of items and users besides their ids."""
    return RoleChoices(_columns(data.items, ITEM_ID), _columns(data.users, USER_ID))


def with_roles(data: PreparedData, roles: ColumnRoles) -> PreparedData:
    """Return the data with these roles. Raises DataError naming a column that is not there."""
    choices = role_choices(data)
    of_items = [*roles.title_columns, roles.year, roles.image, *roles.categories, *roles.people]
    for named, known, what in (
        (of_items, (*choices.of_items, ITEM_ID), "items"),
        ([roles.user_name, *roles.user_attributes], choices.of_users, "people"),
    ):
        unknown = next((name for name in named if name is not None and name not in known), None)
        if unknown is not None:
            listed = ", ".join(known) or "none"
            raise DataError(f'The {what} of {data.name} have no column "{unknown}". They have: {listed}.')
    return replace(data, roles=roles)


def checked_template(template: str, columns: Sequence[str]) -> str | None:
    """Return a title template with the columns' own names, None for an empty one.

    Raises DataError for one without a column, or with a column that is not there.
    """
    text = template.strip()
    if not text:
        return None
    named = template_columns(text)
    if not named:
        raise DataError(f'"{text}" names no column. Write columns in braces, for example {{{_first(columns)}}}.')
    unknown = [name for name in named if name not in columns]
    if unknown:
        raise DataError(f'There is no column "{unknown[0]}" for a title. There are: {", ".join(columns)}.')
    return text


def example_title(template: str, items: pd.DataFrame) -> str:
    """Return the first title that a template makes; "" for none."""
    titles = filled_titles(template, items.head(50)).dropna()
    return "" if titles.empty else str(titles.iloc[0])


def proposed_template(columns: Sequence[str]) -> str:
    """Return a template of the first two columns, for a placeholder: "{AIRLINE} {FROM}"."""
    return " ".join(f"{{{name}}}" for name in columns[:2])


def _first(columns: Sequence[str]) -> str:
    return columns[0] if columns else canonical_name("name")


def _columns(frame: pd.DataFrame | None, key: str) -> tuple[str, ...]:
    return () if frame is None else tuple(str(name) for name in frame.columns if name != key)
