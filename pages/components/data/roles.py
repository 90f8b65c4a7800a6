"""What the columns of imported data mean: title or a title made of columns, year, categories, people, attributes."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from pages.components import changing, process
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.errors import DataError
from services.library.columns import ColumnRoles
from services.library.store import LoadedData
from services.screens.data import roles as service
from services.screens.data.roles import RoleChoices

NONE = "none"


def draw(loaded: LoadedData) -> None:
    """Draw the roles of the columns, to be changed; the screens use the new ones at once, without an import."""
    data = loaded.prepared()
    choices = service.role_choices(data)
    if not choices.of_items and not choices.of_users:
        return
    with st.expander("What the columns mean", icon=":material/view_column:"):
        try:
            changed = _form(loaded, choices)
            if changed.title_template is not None and data.items is not None:
                title = service.example_title(changed.title_template, data.items)
                st.caption(escaped(f"The first title: {title}" if title else "The columns of this title are empty."))
        except DataError as error:
            st.error(escaped(str(error)))
            return
        if changed != loaded.roles and changing.button("Use these columns", type="primary", key=Widget.USE_ROLES):
            process.desk().change_roles(loaded.name, changed)
            st.rerun()


def _form(loaded: LoadedData, choices: RoleChoices) -> ColumnRoles:
    """Draw a choice for each role and return the roles. Raises DataError for a title that cannot be made."""
    roles, suffix = loaded.roles, loaded.version
    changed = roles
    if choices.of_items:
        left, middle, right = st.columns(3)
        with left:
            title = _one("Title", choices.of_items, roles.title, f"title_{suffix}")
        with middle:
            year = _one("Year", choices.of_items, roles.year, f"year_{suffix}")
        with right:
            image = _one("Picture", choices.of_items, roles.image, f"image_{suffix}")
        template = st.text_input(
            "Or a title made of columns",
            value=roles.title_template or "",
            placeholder=service.proposed_template(choices.of_items),
            key=f"{Key.ROLES}_template_{suffix}",
            help=escaped(f"Columns in braces: {', '.join(f'{{{name}}}' for name in choices.of_items[:12])}"),
        )
        categories = _several("Categories, the usual one first", choices.of_items, roles.categories, f"kinds_{suffix}")
        people = _several("Makers: director, artist, brand", choices.of_items, roles.people, f"people_{suffix}")
        made = service.checked_template(template, choices.of_items)
        changed = replace(
            changed, title=title, title_template=made, year=year, image=image, categories=categories, people=people
        )
    if choices.of_users:
        left, right = st.columns(2)
        with left:
            name = _one("Name of a person", choices.of_users, roles.user_name, f"name_{suffix}")
        with right:
            attributes = _several("Shown of a person", choices.of_users, roles.user_attributes, f"shown_{suffix}")
        changed = replace(changed, user_name=name, user_attributes=attributes)
    return changed


def _one(label: str, columns: Sequence[str], chosen: str | None, suffix: str) -> str | None:
    options = [NONE, *columns]
    picked = st.selectbox(
        label, options, index=options.index(chosen) if chosen in options else 0, key=f"{Key.ROLES}_{suffix}"
    )
    return None if picked == NONE else str(picked)


def _several(label: str, columns: Sequence[str], chosen: Sequence[str], suffix: str) -> tuple[str, ...]:
    kept = [name for name in chosen if name in columns]
    return tuple(st.multiselect(label, list(columns), default=kept, key=f"{Key.ROLES}_{suffix}"))
