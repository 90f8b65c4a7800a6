"""A user's own files: uploaders, recognised columns to correct, the unit of time as a date."""

import functools
import zoneinfo
from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.components import process
from pages.components.data import cache, kept, state
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.errors import SampleError
from services.library.prepared import FILE_ORDER, ONE_TIME
from services.personalize.datasets import MAX_NAME_LENGTH
from services.sources import column_guesses, joins, own_files, table_files
from services.sources.column_guesses import ColumnGuess
from services.sources.own_files import OwnTable
from services.sources.table_files import RawTable
from services.sources.time_units import UTC, FoundUnit, TimeUnit, time_sentence

KINDS = {
    "Interactions": "Who did what when (required)",
    "Items": "Items: titles, categories, ... (optional)",
    "Users": "People: names, attributes, ... (optional)",
}
TYPES = ["csv", "tsv", "txt", "dat", "inter", "item", "user", "jsonl", "json", "parquet", "xlsx", "gz", "zip"]

MAX_EVENT_TYPES = 30
MAX_ROWS_SHOWN = 25
ORDERS = (TimeUnit.DAY_FIRST, TimeUnit.MONTH_FIRST)
DATA_LINE, NAMES_LINE = "It is data, the columns have no names", "It has the names of the columns"
NO_TIMES = {
    FILE_ORDER: "The order of the rows: the first row came first",
    ONE_TIME: "One time for all: nothing is known of the order",
}


def draw() -> None:
    """Draw the uploaders, and once interactions are there the mapping and the button that checks them."""
    st.markdown("##### My own files")
    tables = _uploaded()
    if "Interactions" not in tables:
        st.caption(
            "Start with the interactions: one row for each time that somebody watched, bought or read something."
        )
        return
    tables = {dataset_type: _with_names(dataset_type, table) for dataset_type, table in tables.items()}
    guesses = cache.guesses(tables)
    mapped = {
        dataset_type: _mapping(dataset_type, table, guesses[dataset_type]) for dataset_type, table in tables.items()
    }
    known = {dataset_type: own for dataset_type, own in mapped.items() if own is not None}
    asked = len(known) < len(mapped)
    name = st.text_input(
        "Name of the data set group",
        value=_name(tables["Interactions"].filename),
        key=Key.OWN_NAME,
        max_chars=MAX_NAME_LENGTH,
        help="Letters, digits, - and _.",
    )
    st.button(
        "Check these files",
        type="primary",
        disabled=asked,
        help="Answer the question above first." if asked else None,
        key=Widget.CHECK_OWN,
        on_click=_check,
        args=(known, name),
    )


def _uploaded() -> dict[str, RawTable]:
    """Draw the three uploaders; return the files read, also after a visit to another page."""
    read: dict[str, tuple[str, RawTable]] = st.session_state.setdefault(Key.OWN_FILES, {})
    for column, (dataset_type, label) in zip(st.columns(3), KINDS.items(), strict=True):
        uploads = column.file_uploader(
            label, type=TYPES, accept_multiple_files=True, key=f"{Key.OWN_FILES}_{dataset_type}"
        )
        file_ids = " ".join(upload.file_id for upload in uploads)
        if uploads and read.get(dataset_type, ("",))[0] != file_ids:
            try:
                with column, st.spinner("Reading ..."):
                    parts = [
                        part for upload in uploads for part in table_files.read_tables(upload.getvalue(), upload.name)
                    ]
                    read[dataset_type] = (file_ids, joins.together(parts))
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
            if not uploads and column.button("Remove", key=f"{Widget.REMOVE}_{dataset_type}", type="tertiary"):
                del read[dataset_type]
                st.rerun()
    return {dataset_type: read[dataset_type][1] for dataset_type in KINDS if dataset_type in read}


def _with_names(dataset_type: str, table: RawTable) -> RawTable:
    """Ask whether the first line is a row, where it looks like one."""
    if table.has_names:
        return table
    answer = st.radio(
        f"The first line of {escaped(table.filename)} looks like data: {escaped(table.first_line[:80])}",
        (DATA_LINE, NAMES_LINE),
        horizontal=True,
        key=f"{Key.OWN_FILES}_names_{dataset_type}_{table.filename}",
    )
    return table.with_names(answer == NAMES_LINE)


def _mapping(dataset_type: str, table: RawTable, guesses: tuple[ColumnGuess, ...]) -> OwnTable | None:
    """Draw the recognised columns of one file, each with a select to change it; return the chosen mapping.

    None while a question is open. What was chosen by hand belongs to the column's name and survives a visit elsewhere.
    """
    roles = column_guesses.roles_for(dataset_type)
    by_hand: dict[str, str] = st.session_state.setdefault(f"{Key.OWN_FILES}_roles_{dataset_type}", {})
    st.markdown(f"**{escaped(table.filename)}** becomes {dataset_type}")
    saved = kept.saved_roles(dataset_type, table)
    proposed = {guess.column: by_hand.get(guess.column, saved.get(guess.column, guess.role)) for guess in guesses}
    zone = _known_zone() or str(st.session_state.get(f"{Key.OWN_FILES}_zone_{dataset_type}", UTC))
    readings = {
        guess.column: cache.reading(table, guess.column, proposed[guess.column], guess.unit, zone)
        for guess in guesses
        if proposed[guess.column] != "IGNORE"
    }
    frame = pd.DataFrame(
        {
            "column": [guess.column for guess in guesses],
            "becomes": list(proposed.values()),
            "samples": [", ".join(guess.samples) for guess in guesses],
            "after": [", ".join(readings[g.column].after) if g.column in readings else "" for g in guesses],
            "read": [readings[guess.column].words if guess.column in readings else "" for guess in guesses],
            "why": [_why(guess, by_hand.get(guess.column), saved.get(guess.column)) for guess in guesses],
        }
    )
    edited = st.data_editor(
        frame,
        # the edits of the widget go by row number: another file, or another order of columns, is another widget
        key=f"{Key.OWN_FILES}_map_{dataset_type}_{hash((table.filename, tuple(proposed.items()), zone))}",
        hide_index=True,
        height="content" if len(frame) <= MAX_ROWS_SHOWN else 900,
        disabled=["column", "samples", "after", "read", "why"],
        column_config={
            "column": st.column_config.TextColumn("Your column"),
            "becomes": st.column_config.SelectboxColumn(
                "Becomes",
                options=list(roles),
                format_func=lambda role: roles.get(str(role), str(role)),
                required=True,
                width=190,
            ),
            "samples": st.column_config.TextColumn("In your file", width=150),
            "after": st.column_config.TextColumn("Read as", width=150),
            "read": st.column_config.TextColumn("Share read", width=130),
            "why": st.column_config.TextColumn("Why", width="medium"),
        },
        alt=f"Columns of {table.filename} and what they become",
    )
    mapping = dict(zip(edited["column"], edited["becomes"], strict=True))
    changed = {column: role for column, role in mapping.items() if role != proposed[column]}
    if changed:
        by_hand.update(changed)
        st.rerun()
    kept.offer(dataset_type, table)
    own = _own_table(dataset_type, table, mapping)
    return None if own is None else replace(own, event_types=_event_types(table, mapping))


def _why(guess: ColumnGuess, by_hand: str | None, saved: str | None) -> str:
    if by_hand is not None:
        return "chosen by hand"
    if saved is not None and saved != guess.role:
        return "as in the file before"
    return f"{guess.confidence}: {guess.why}".removeprefix(": ")


def _event_types(table: RawTable, mapping: dict[str, str]) -> tuple[str, ...] | None:
    """Let kinds of events be left out, such as orders that were cancelled; None takes all."""
    column = next((column for column, role in mapping.items() if role == "EVENT_TYPE"), None)
    counts = cache.counted(table, column) if column is not None else pd.Series()
    if not 2 <= len(counts) <= MAX_EVENT_TYPES:
        return None
    chosen = st.multiselect(
        f"Events to import, by {escaped(str(column))}",
        list(counts.index),
        default=list(counts.index),
        format_func=lambda kind: f"{escaped(str(kind))}: {counts[kind]:,} rows",
        key=f"{Key.OWN_FILES}_types_{column}",
    )
    return None if len(chosen) == len(counts) else tuple(chosen)


def _own_table(dataset_type: str, table: RawTable, mapping: dict[str, str]) -> OwnTable | None:
    """Ask how times are read, or what stands for them; return the file with its mapping, None while it is not said."""
    column = next((column for column, role in mapping.items() if role in ("TIMESTAMP", "CREATION_TIMESTAMP")), None)
    if column is None:
        if dataset_type != "Interactions":
            return OwnTable(table, mapping)
        return _without_times(table, mapping)
    found = cache.unit_of(table, column)
    if found is not None and not found.certain:
        return _ambiguous(dataset_type, table, mapping, column)
    unit, zone = _unit(dataset_type, table, column, found)
    return OwnTable(table, mapping, unit, zone)


def _ambiguous(dataset_type: str, table: RawTable, mapping: dict[str, str], column: str) -> OwnTable | None:
    """Ask which number of 03/04/2024 is the day, as no row of the file says it."""
    dates = table.frame[column].dropna().astype("str").unique()
    read_apart = (date for date in dates if len({time_sentence(date, unit).split(": ")[-1][:6] for unit in ORDERS}) > 1)
    sample = next(read_apart, str(dates[0]))
    answer = st.radio(
        f"{escaped(column)}: no row says which number is the day. What is {escaped(sample)}?",
        ORDERS,
        index=None,
        format_func=lambda unit: (
            f"{time_sentence(sample, unit).split(': ')[-1]} ({unit.words.removeprefix('a date, ')})"
        ),
        horizontal=True,
        key=f"{Key.OWN_FILES}_order_{dataset_type}_{column}",
    )
    zone = _zone(dataset_type, column)
    return None if answer is None else OwnTable(table, mapping, answer, zone)


def _unit(dataset_type: str, table: RawTable, column: str, found: FoundUnit | None) -> tuple[TimeUnit | None, str]:
    """Draw the unit of time with an example date and let it be changed; the zone where dates name none."""
    units = list(TimeUnit)
    sentence, select, place = st.columns([3, 1.4, 1.4], vertical_alignment="bottom")
    unit = select.selectbox(
        f"{escaped(column)} is written as",
        units,
        index=units.index(found.unit) if found is not None else None,
        placeholder="Choose how",
        format_func=lambda unit: unit.words,
        key=f"{Key.OWN_FILES}_unit_{dataset_type}_{column}",
    )
    sample = next(iter(table.frame[column].dropna().astype("str")), "")
    if unit is None:
        sentence.markdown(f":material/schedule: {escaped(column)}: {escaped(sample)} is no form of time known here.")
        return None, UTC
    zone = UTC
    if unit.is_date and not (found is not None and found.names_zone):
        with place:
            zone = _zone(dataset_type, column)
    sentence.markdown(f":material/schedule: {escaped(column)}: {escaped(time_sentence(sample, unit, zone))}.")
    return unit, zone


def _zone(dataset_type: str, column: str) -> str:
    """Ask for the time zone of dates that name none: once for all files, where the interactions are asked."""
    if dataset_type != "Interactions" and (known := _known_zone()):
        return known
    return str(
        st.selectbox(
            f"Time zone of {escaped(column)}",
            _zones(),
            help="No cell names a zone. UTC is right for most exports of programs.",
            key=f"{Key.OWN_FILES}_zone_{dataset_type}",
        )
    )


@functools.cache
def _zones() -> tuple[str, ...]:
    """Return all time zones, UTC first; Python looks into six hundred files for them."""
    return (UTC, *sorted(zoneinfo.available_timezones() - {UTC}))


def _known_zone() -> str:
    """Return the zone that was chosen for the interactions, "" where they name theirs."""
    return str(st.session_state.get(f"{Key.OWN_FILES}_zone_Interactions", ""))


def _without_times(table: RawTable, mapping: dict[str, str]) -> OwnTable:
    """Ask what stands for the times that no column has."""
    counts = next((column for column, role in mapping.items() if role == "EVENT_VALUE"), None)
    how = st.radio(
        f"No column of {escaped(table.filename)} says when. What stands for it?",
        (FILE_ORDER, ONE_TIME),
        format_func=lambda kind: NO_TIMES[kind],
        key=f"{Key.OWN_FILES}_no_times",
    )
    repeats = counts is not None and st.checkbox(
        f"{escaped(counts)} counts events: 3 becomes three events, at most {own_files.MAX_REPEATS}",
        key=f"{Key.OWN_FILES}_repeats",
    )
    st.caption("Figures about days, weeks and what is new will mean nothing, and the screens say so.")
    return OwnTable(table, mapping, time_kind=str(how), repeats=bool(repeats))


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
