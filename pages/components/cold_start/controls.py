"""The controls of Cold start: which run, a new one, by which column, what an impression costs, which part."""

import time
from dataclasses import dataclass

import streamlit as st

from pages.components import address, changing, lab_run, loaded, missing, panels, parameters
from pages.components.cold_start import cache, new_run
from pages.components.cold_start.new_run import LAB
from pages.components.keys import Key
from pages.components.lab_run import Head, Runs
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.laboratory.runs import RunView
from services.language.phrases import age
from services.language.vocabulary import Words
from services.screens.cold_start import sentences
from services.screens.cold_start.results import ColdStartResult

HELD_OUT, EXPLORING, TRULY_NEW = "Held out", "Exploration", "Truly new"
TITLE = "Cold start"


@dataclass(frozen=True)
class Shown:
    """The finished run that is shown, and what to show of it."""

    run: RunView
    result: ColdStartResult
    column: str
    """The item column by which viewers are grouped, "" where none groups them."""
    cost: float
    """Of an impression."""
    currency: str


@dataclass(frozen=True)
class Selection:
    """What the user has chosen."""

    group: str
    opened: OpenData
    runs: Runs
    shown: Shown | None
    """None where no run has finished."""
    head: Head


def choose(group: str) -> Selection | None:
    """Draw the controls and return the selection; draw an explanation and return None when the data is missing."""
    opened = loaded.open_data(group)
    if opened is None:
        missing.files(TITLE, group)
        return None
    runs = lab_run.runs_of(LAB, group)
    place = st.empty()
    if not runs.finished:
        new_box = st.columns([3, 15], vertical_alignment="bottom", gap="small")[0]
        if changing.allowed("New run", place=new_box):
            with new_box, new_run.popover():
                new_run.form(group, opened, runs)
        return Selection(group, opened, runs, None, Head(TITLE, place, group))
    shown = _shown(group, opened, runs)
    return Selection(group, opened, runs, shown, Head(TITLE, place, _source(shown, opened)))


def _shown(group: str, opened: OpenData, runs: Runs) -> Shown:
    run_box, new_box, by_box, cost_box, currency_box = panels.controls([6, 3, 4, 2.6, 2.4])
    with run_box:
        run = lab_run.choose(LAB, runs)
    result = cache.cold_start_result(str(run.folder), run.ended)
    if changing.allowed("New run", place=new_box):
        with new_box, new_run.popover():
            new_run.form(group, opened, runs, result)
            lab_run.manage(LAB, run)
    with by_box:
        column = _column(result.group_columns)
    with cost_box:
        allowed = parameters.RANGES[Key.COLD_COST]
        cost = st.number_input(
            "Cost / impression",
            allowed.least,
            float(allowed.most),
            sentences.IMPRESSION_COST,
            0.01,
            format="%.4g",
            key=Key.COLD_COST,
            bind="query-params",
            help="What showing one item to one person costs.",
        )
    with currency_box:
        currency = st.text_input("Currency", key=Key.COLD_CURRENCY, bind="query-params", max_chars=8, placeholder="EUR")
    return Shown(run, result, column, float(cost), currency or "")


def _column(columns: list[str]) -> str:
    """Draw which column groups the viewers and return it, "" where there is none."""
    if not columns:
        return ""
    address.default_choice(Key.COLD_BY, columns, columns[0])
    return address.bound_select("By", columns, Key.COLD_BY) or columns[0]


def _source(shown: Shown, opened: OpenData) -> str:
    run, result = shown.run, shown.result
    line = sentences.source(result, age(run.ended or run.created, time.time()), opened.data.note)
    changed = result.facts.data_version != opened.data.version
    return f"{line} · the data has changed since" if changed else line


def view(words: Words, *, with_map: bool) -> tuple[str, str]:
    """Draw which part is looked at, and what its map shows where there is one; return both."""
    kind = "shown"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        part = str(
            address.segments(
                "Look at",
                (HELD_OUT, EXPLORING, TRULY_NEW),
                default=HELD_OUT,
                key=Key.COLD_VIEW,
                label_visibility="collapsed",
                width="content",
            )
        )
        if part == HELD_OUT and with_map:
            labels = sentences.map_labels(words)
            kind = str(
                address.segments(
                    "Map of",
                    list(labels),
                    default="shown",
                    format_func=lambda k: escaped(labels[str(k)]),
                    key=Key.COLD_MAP,
                    label_visibility="collapsed",
                    width="content",
                )
            )
    return part, kind
