"""Data, second tab: problems in AWS's words, fixes to tick, rows to correct by hand, the schema to edit."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from pages.components import drawers, panels, process
from pages.components.data.state import Subject
from pages.components.keys import Widget
from pages.components.markdown import escaped
from services.checks import report
from services.checks.edits import with_rows
from services.checks.finding import STOP, WARN
from services.checks.fixes import apply_fixes, preview, undo
from services.errors import DataError
from services.language.phrases import capital, counted, percent
from services.library.prepared import PreparedData
from services.personalize.schemas import check_schema
from services.screens.data.drafts import Draft

SEVERITY = {STOP: "stops the import", WARN: "worth a look"}
N_ROWS = 200

HOW = """
The rules are those of Amazon Personalize for CSV imports and training: required columns and their types, ids of at
most 256 characters, times in epoch seconds, at least 1,000 interactions and 25 people with two of them. Line numbers
count the header as line 1. A fix changes the copy that will be imported, never your file, and can be undone. Those that
drop more than 2 % of the rows are never chosen by themselves.
"""


def draw(subject: Subject) -> None:
    """Draw the tab."""
    problems = subject.problems()
    draft = subject.draft if subject.draft is not None and not subject.draft.imported else None
    if problems is None:
        _nothing(subject)
        return
    if len(problems):
        _table(problems)
        if draft is not None and draft.data is not None:
            _fixes(draft, draft.data, problems)
            _rows(draft, draft.data, problems)
        else:
            st.caption("This data is already imported. To change it, load it again and replace it.")
    else:
        with panels.empty(
            "Nothing to solve.", detail="Every row follows the rules of Amazon Personalize.", key=Widget.CHECK_OK
        ):
            pass
        if draft is not None and draft.data is not None:
            _undo(draft, draft.data)
    data = subject.data()
    if data is not None:
        _schemas(draft, data)
    drawers.drawers(key=Widget.DATA_CHECK, how=HOW, download=problems, file_name="problems.csv")


def _table(problems: pd.DataFrame) -> None:
    shown = pd.DataFrame(
        {
            "severity": problems["severity"].map(SEVERITY),
            "rule": problems["rule"],
            "file": problems["file"],
            "line": problems["line"],
            "column": problems["column"],
            "value": problems["value"].astype("string"),
            "rows": problems["rows"],
            "what to do": problems["fix_words"].where(problems["fix"] != "", problems["message"]),
        }
    )
    panels.table(
        shown,
        alt=f"{counted(len(problems), 'problem', 'problems')} of the data, the first: {problems['message'].iloc[0]}",
        key=Widget.PROBLEMS,
        column_config={
            "rule": st.column_config.TextColumn(width="medium"),
            "rows": st.column_config.NumberColumn("rows affected", format="localized"),
            "what to do": st.column_config.TextColumn(width="large"),
        },
    )


def _fixes(draft: Draft, data: PreparedData, problems: pd.DataFrame) -> None:
    """Draw a tick for the fix of each problem, what it changes, and the buttons that apply and undo."""
    fixable = problems[problems["fix"] != ""].drop_duplicates("tick")
    ticked = [str(row.tick) for row in fixable.itertuples() if _fix(data, row)]
    for message in problems.loc[problems["fix"] == "", "message"]:
        st.caption(f":material/info: {escaped(message)}")
    with st.container(horizontal=True):
        if len(fixable):
            st.button(
                f"Apply {counted(len(ticked), 'fix', 'fixes')} and check again",
                type="primary",
                disabled=not ticked,
                key=Widget.APPLY_FIXES,
                on_click=process.desk().check_again,
                args=(draft.key, lambda data: apply_fixes(data, ticked)),
            )
        _undo(draft, data)


def _fix(data: PreparedData, row: Any) -> bool:
    """Draw one fix with the share of rows that it drops, what it solves, and its rows; return whether it is chosen."""
    n_rows = len(data.frames[row.file])
    share = "" if row.ticked else f" ({percent(row.rows / max(1, n_rows))} of {row.file.lower()}: choose it yourself)"
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.checkbox(
            escaped(f"{capital(row.fix_words)}{share}"),
            value=bool(row.ticked),
            key=f"{Widget.FIX}_{row.tick}",
            width="content",
        )
        _before_and_after(data, row)
    st.caption(escaped(row.message))
    return bool(chosen)


def _before_and_after(data: PreparedData, row: Any) -> None:
    """Draw the rows that one fix drops or changes."""
    with st.popover("Before and after", type="tertiary", key=f"{Widget.FIX_PREVIEW}_{row.tick}"):
        shown = preview(data, row.tick)
        if shown is not None:
            st.markdown(
                f"{row.file}: {shown.rows_before:,} rows before, **{shown.rows_after:,}** after this fix alone."
            )
            st.caption("Before" if len(shown.after) else "These rows are dropped")
            st.dataframe(shown.before, hide_index=True, alt=f"Rows before: {row.fix_words}")
            if len(shown.after):
                st.caption("After")
                st.dataframe(shown.after, hide_index=True, alt=f"Rows after: {row.fix_words}")


def _undo(draft: Draft, data: PreparedData) -> None:
    """Draw the button that takes the last fixes back."""
    if data.before is None:
        return
    st.button(
        f"Undo: back to {len(data.before.interactions):,} interactions",
        icon=":material/undo:",
        key=Widget.UNDO_FIXES,
        on_click=process.desk().check_again,
        args=(draft.key, undo),
    )


def _rows(draft: Draft, data: PreparedData, problems: pd.DataFrame) -> None:
    """Draw the first rows of a problem as an editable table; changed rows are put back into the draft."""
    rules = list(dict.fromkeys(problems["rule"]))
    with st.expander("The rows themselves, to correct by hand", icon=":material/edit:"):
        rule = st.selectbox("Problem", rules, key=Widget.PROBLEM_RULE)
        rows = report.problem_rows(data, rule, N_ROWS)
        if rows.empty:
            st.caption("This is about the data as a whole, not about single rows.")
            return
        edited = st.data_editor(
            rows,
            hide_index=True,
            disabled=["line"],
            key=f"{Widget.ROWS}_{rule}_{draft.changed}",
            alt=f"Rows with: {rule}",
        )
        changed = ~(edited.astype("string").fillna("") == rows.astype("string").fillna("")).all(axis=1)
        file = str(problems.loc[problems["rule"] == rule, "file"].iloc[0])
        st.button(
            f"Save {counted(int(changed.sum()), 'changed row', 'changed rows')} and check again",
            disabled=not changed.any(),
            key=Widget.APPLY_ROWS,
            on_click=process.desk().check_again,
            args=(draft.key, lambda data: with_rows(data, file, edited[changed])),
        )


def _schemas(draft: Draft | None, data: PreparedData) -> None:
    """Draw the proposed schema of each data set; a draft's may be edited."""
    with st.expander("Schema", icon=":material/schema:"):
        for dataset_type, schema in data.schemas.items():
            text = st.text_area(
                f"{dataset_type}, Avro JSON",
                value=schema,
                height=260,
                disabled=draft is None,
                key=f"{Widget.SCHEMA}_{dataset_type}_{hash(schema)}",
            )
            if draft is not None and text != schema:
                try:
                    check_schema(text, data.frames[dataset_type].columns)
                except DataError as error:
                    st.error(escaped(str(error)))
                else:
                    st.button(
                        "Use this schema",
                        key=f"{Widget.USE_SCHEMA}_{dataset_type}",
                        on_click=process.desk().check_again,
                        args=(
                            draft.key,
                            lambda data, t=dataset_type, s=text: replace(data, schemas={**data.schemas, t: s}),
                        ),
                    )


def _nothing(subject: Subject) -> None:
    if subject.draft is not None and subject.draft.busy:
        panels.loading(6)
    elif subject.group is not None:
        with panels.empty(
            "This data was imported by another program and passed its checks then.", key=Widget.CHECK_ELSEWHERE
        ):
            pass
    else:
        with panels.empty("No data yet. The film demo takes ten seconds.", key=Widget.CHECK_EMPTY):
            st.caption("See the Source tab.")
