"""A user's own files: uploaders, recognised columns to correct, the unit of time as a date."""

import pandas as pd
import streamlit as st

from pages.components import process
from pages.components.data import kept, state
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.errors import SampleError
from services.personalize.datasets import MAX_NAME_LENGTH
from services.sources import column_guesses, own_files, table_files
from services.sources.column_guesses import ColumnGuess
from services.sources.own_files import OwnTable
from services.sources.table_files import RawTable
from services.sources.time_units import TimeUnit, time_sentence

KINDS = {
    "Interactions": "Who did what when (required)",
    "Items": "Items: titles, categories, ... (optional)",
    "Users": "People: names, attributes, ... (optional)",
}
TYPES = ["csv", "tsv", "txt", "dat", "inter", "item", "user", "jsonl", "json", "parquet", "xlsx", "gz", "zip"]


def draw() -> None:
    """Draw the uploaders, and once interactions are there the mapping and the button that checks them."""
    st.markdown("##### My own files")
    tables = _uploaded()
    if "Interactions" not in tables:
        st.caption(
            "Start with the interactions: one row for each time that somebody watched, bought or read something."
        )
        return
    mapped = {dataset_type: _mapping(dataset_type, table) for dataset_type, table in tables.items()}
    name = st.text_input(
        "Name of the data set group",
        value=_name(tables["Interactions"].filename),
        key=Key.OWN_NAME,
        max_chars=MAX_NAME_LENGTH,
        help="Letters, digits, - and _.",
    )
    st.button("Check these files", type="primary", key=Widget.CHECK_OWN, on_click=_check, args=(mapped, name))


def _uploaded() -> dict[str, RawTable]:
    """Draw the three uploaders; return the files read, also after a visit to another page."""
    read: dict[str, tuple[str, RawTable]] = st.session_state.setdefault(Key.OWN_FILES, {})
    for column, (dataset_type, label) in zip(st.columns(3), KINDS.items(), strict=True):
        upload = column.file_uploader(label, type=TYPES, key=f"{Key.OWN_FILES}_{dataset_type}")
        if upload is not None and read.get(dataset_type, ("",))[0] != upload.file_id:
            try:
                with column, st.spinner("Reading ..."):
                    read[dataset_type] = (upload.file_id, table_files.read_table(upload.getvalue(), upload.name))
            except SampleError as error:
                read.pop(dataset_type, None)
                column.error(escaped(str(error)))
        if dataset_type in read:
            table = read[dataset_type][1]
            column.caption(
                f":material/check: {escaped(table.filename)}: {table.n_rows:,} rows, {escaped(table.format)}"
            )
            if table.note:
                column.warning(escaped(table.note))
            if upload is None and column.button("Remove", key=f"{Widget.REMOVE}_{dataset_type}", type="tertiary"):
                del read[dataset_type]
                st.rerun()
    return {dataset_type: read[dataset_type][1] for dataset_type in KINDS if dataset_type in read}


def _mapping(dataset_type: str, table: RawTable) -> OwnTable:
    """Draw the recognised columns of one file, each with a select to change it; return the chosen mapping."""
    guesses = column_guesses.recognise(table, dataset_type)
    roles = column_guesses.roles_for(dataset_type)
    st.markdown(f"**{escaped(table.filename)}** becomes {dataset_type}")
    frame = pd.DataFrame(
        {
            "column": [guess.column for guess in guesses],
            "becomes": kept.proposed(dataset_type, table, guesses),
            "sure": [guess.confidence for guess in guesses],
            "why": [guess.why for guess in guesses],
            "samples": [", ".join(guess.samples) for guess in guesses],
        }
    )
    edited = st.data_editor(
        frame,
        key=kept.editor_key(dataset_type, table),
        hide_index=True,
        disabled=["column", "sure", "why", "samples"],
        column_config={
            "column": st.column_config.TextColumn("Your column"),
            "becomes": st.column_config.SelectboxColumn(
                "Becomes",
                options=list(roles),
                format_func=lambda role: roles.get(str(role), str(role)),
                required=True,
                width="medium",
            ),
            "sure": st.column_config.TextColumn("How sure"),
            "why": st.column_config.TextColumn("Why"),
            "samples": st.column_config.TextColumn("Sample values", width="large"),
        },
        alt=f"Columns of {table.filename} and what they become",
    )
    mapping = dict(zip(edited["column"], edited["becomes"], strict=True))
    kept.keep(dataset_type, table, mapping)
    kept.offer(dataset_type, table)
    return OwnTable(table, mapping, _unit(guesses, mapping, dataset_type))


def _unit(guesses: tuple[ColumnGuess, ...], mapping: dict[str, str], dataset_type: str) -> TimeUnit | None:
    """Draw the unit of time with an example date and let it be changed; None without a time column."""
    column = next((column for column, role in mapping.items() if role in ("TIMESTAMP", "CREATION_TIMESTAMP")), None)
    if column is None:
        return None
    guess = next(guess for guess in guesses if guess.column == column)
    units = list(TimeUnit)
    sentence, select = st.columns([3, 1], vertical_alignment="bottom")
    unit = select.selectbox(
        f"Unit of time of {escaped(column)}",
        units,
        index=units.index(guess.unit) if guess.unit is not None else 0,
        format_func=lambda unit: unit.words,
        key=f"{Key.OWN_FILES}_unit_{dataset_type}_{column}",
    )
    sample = guess.samples[0] if guess.samples else ""
    sentence.markdown(f":material/schedule: {escaped(column)}: {escaped(time_sentence(sample, unit))}. Right?")
    return unit


def _check(mapped: dict[str, OwnTable], name: str) -> None:
    """Prepare the files on the desk: reading, checking and measuring run in the background."""
    group = name.strip() or _name(mapped["Interactions"].raw.filename)
    kept.remember(mapped)
    key = process.desk().take(
        lambda: own_files.prepare(mapped["Interactions"], mapped.get("Items"), mapped.get("Users"), name=group),
        group,
        replaces=state.made(),
    )
    state.show(key)


def _name(filename: str) -> str:
    """Return a valid name made from a file's name."""
    stem = filename.rsplit(".", 1)[0]
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "-" for letter in stem)
    return plain.strip("-_")[:50] or "my-data"
