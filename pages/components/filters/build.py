"""Building a filter by clicking: columns, comparisons, values; the result is shown as its expression."""

from collections.abc import Sequence

import streamlit as st

from pages.components import process
from pages.components.filters import cache, choose
from pages.components.filters.state import FILTER
from pages.components.keys import Key, Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.filters import named
from services.filters.columns import INTERACTIONS, ITEMS, USERS, Column, of_dataset
from services.filters.expressions import AND, FOR_NUMBERS, FOR_TEXT, OR, Clause, built

ONLY, LEAVE_OUT = "Only these", "Leave these out"
JOINTS = {"all of": AND, "any of": OR}
MAX_CLAUSES = 4


def draw(group: str, opened: OpenData) -> None:
    """Draw the rows, the expression and the button that creates the filter and uses it."""
    columns = cache.columns(opened)
    words = opened.data.words
    what, joint = st.columns(2)
    action = what.segmented_control(
        words.nouns.capitalize(), (ONLY, LEAVE_OUT), default=ONLY, required=True, key=Widget.FILTER_ACTION
    )
    joined = joint.segmented_control(
        "With", list(JOINTS), default=next(iter(JOINTS)), required=True, key=Widget.FILTER_JOINT
    )
    clauses = _clauses(of_dataset(columns, ITEMS))
    events = next(iter(of_dataset(columns, INTERACTIONS))).values
    not_had = st.multiselect(
        "And nothing that the person already has events of",
        events,
        key=Widget.FILTER_NOT_HAD,
        format_func=lambda event: "any type" if event == "*" else event,
        placeholder="Type of event",
    )
    only_if = _user_clause(of_dataset(columns, USERS))
    expression = built(
        clauses, leave_out=action == LEAVE_OUT, joint=JOINTS[str(joined)], not_had=not_had, only_if=only_if
    )
    if not expression:
        st.caption("Choose a column and a value, or a type of event.")
        return
    st.code(expression, language=None, wrap_lines=True)
    create(group, expression, columns, Widget.FILTER_BUILT)


def create(group: str, expression: str, columns: Sequence[Column], key: str) -> None:
    """Draw the name of a new filter and the button that creates it and uses it."""
    name_box, button_box = st.columns([3, 2], vertical_alignment="bottom")
    name = name_box.text_input("Name", key=f"{key}_name", placeholder=named.proposed_name(group, "filter"))
    button_box.button(
        "Create and use",
        type="primary",
        icon=":material/filter_alt:",
        key=f"{key}_create",
        width="stretch",
        on_click=_create,
        args=(group, name, expression, columns),
    )


def _create(group: str, name: str, expression: str, columns: Sequence[Column]) -> None:
    typed = name.strip()
    usual = typed or named.free_name(process.backend(), named.proposed_name(group, "filter"))
    if choose.use(FILTER, group, usual, expression, columns):
        st.session_state[Key.FILTER_PART] = "Choose"


def _clauses(columns: Sequence[Column]) -> list[Clause]:
    """Draw a row for each condition, and one more while there is room; return the whole ones."""
    clauses: list[Clause] = []
    for row in range(MAX_CLAUSES):
        clause = _clause(columns, f"{row}", "Column" if row == 0 else "And column")
        if clause is None:
            break
        clauses.append(clause)
    return clauses


def _user_clause(columns: Sequence[Column]) -> Clause | None:
    if not columns:
        return None
    return _clause(columns, "user", "Applied only if the person's")


def _clause(columns: Sequence[Column], row: str, label: str) -> Clause | None:
    """Draw one condition; return it when it has a value."""
    which, how, what = st.columns([3, 2, 4], vertical_alignment="bottom")
    by_name = {column.name: column for column in columns}
    name = which.selectbox(label, list(by_name), index=None, key=f"{Widget.FILTER_COLUMN}_{row}", placeholder="None")
    column = by_name.get(str(name))
    if column is None:
        return None
    operators = FOR_NUMBERS if column.is_number else FOR_TEXT
    operator = how.selectbox(
        "Comparison", operators, key=f"{Widget.FILTER_OPERATOR}_{row}_{column.name}", label_visibility="collapsed"
    )
    key = f"{Widget.FILTER_OPERAND}_{row}_{column.name}"
    if column.is_number:
        number = what.number_input(
            escaped(_range(column)), value=None, key=key, placeholder=_range(column), label_visibility="collapsed"
        )
        return None if number is None else Clause(column, str(operator), (f"{number:.15g}",))
    texts = what.multiselect(
        "Values", column.values, key=key, accept_new_options=True, placeholder="Values", label_visibility="collapsed"
    )
    return Clause(column, str(operator), tuple(map(str, texts))) if texts else None


def _range(column: Column) -> str:
    if column.low is None or column.high is None:
        return "A number"
    return f"{column.low:.10g} to {column.high:.10g}"
