"""Data, third tab: figures, six small pictures with their findings as titles, AWS's insights."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from pages.components import changing, drawers, panels, process
from pages.components.charts import look as charts
from pages.components.charts.theme import MAIN_HEIGHT, SMALL_HEIGHT
from pages.components.data import state
from pages.components.data.state import Subject
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.checks.insights import PASS, STOP, WATCH
from services.checks.look import Look
from services.language.phrases import fine_percent
from services.language.vocabulary import Words
from services.money.sentences import before_export
from services.screens.data import sentences

HOW = """
**Repeat rate**: share of events whose person had that item before. **Activity**: by day, week or month, as the time
between the first and the last event asks. The usual is the median of the whole periods with events; an open dot is a
period that the data's edge cuts. Times far from all others, at most 1 % of the events at either end, are not drawn.
**Concentration**: items are sorted by their number of events; the curve adds up the events. **Time between events**:
pauses between one event of a person and the next; a session ends where the pauses fall into two heaps. **Categories**:
an item with several counts a part to each. **Drift**: an item is new in the month of its first event; the first month,
in which all are new, is left out. The insights use the thresholds of Amazon Personalize's own data analysis.
"""

OF_TIME = ("activity", "pauses", "drift")
"""Pictures that mean nothing where no column says when."""
TITLE_HEIGHT = 66
"""Pixels: three lines, so that the pictures of a row are at one height."""


@dataclass(frozen=True)
class Picture:
    """One of the six pictures: finding, text for screen readers, chart and table."""

    key: str
    name: str
    finding: str
    alt: str
    chart: Callable[[int], Any]
    table: pd.DataFrame


def draw(subject: Subject) -> None:
    """Draw the tab."""
    figures = subject.figures()
    if figures is None:
        _nothing(subject)
        return
    words = subject.words
    _kpis(figures, words)
    if rows := sentences.rows_words(figures):
        st.caption(escaped(rows))
    if not figures.has_times:
        st.caption(sentences.WITHOUT_TIMES)
    shown = pictures(figures, words)
    chosen = next((picture for picture in shown if picture.key == st.query_params.get(Key.PICTURE)), None)
    if chosen is None:
        _grid(shown)
    else:
        _large(chosen)
    _insights(figures.insights)
    drawers.drawers(key=Widget.DATA_LOOK, how=HOW, download=figures.insights, file_name="insights.csv")


def pictures(figures: Look, words: Words) -> list[Picture]:
    """Return the six pictures, the most telling first: what people like, how alike they are, what is known of them.

    Those without data, or about times that there are not, are left out.
    """
    concentration = sentences.concentration_finding(figures, words)
    every = [
        Picture(
            "categories",
            "Categories",
            finding := sentences.categories_finding(figures, words),
            finding + ".",
            lambda height: charts.categories(figures.categories, height),
            figures.categories,
        ),
        Picture(
            "concentration",
            "Concentration",
            concentration,
            sentences.concentration_alt(figures, words),
            lambda height: charts.concentration(figures.concentration, figures.summary.half_of_events_share, height),
            figures.concentration,
        ),
        Picture(
            "history",
            "Events per person",
            finding := sentences.history_finding(figures),
            finding + ".",
            lambda height: charts.history_lengths(figures.history_lengths, height),
            figures.history_lengths,
        ),
        Picture(
            "drift",
            "Drift",
            finding := sentences.drift_finding(figures, words),
            finding + ".",
            lambda height: charts.drift(figures.drift.iloc[1:], height),
            figures.drift.iloc[1:],
        ),
        Picture(
            "pauses",
            "Time between events",
            finding := sentences.gaps_finding(figures),
            finding + ".",
            lambda height: charts.time_gaps(figures.time_gaps, figures.session_gap_s, height),
            figures.time_gaps,
        ),
        Picture(
            "activity",
            "Activity",
            finding := sentences.activity_finding(figures),
            finding + ".",
            lambda height: charts.activity(figures.activity.frame, figures.activity.unit, height),
            figures.activity.frame,
        ),
    ]
    return [picture for picture in every if len(picture.table) and (figures.has_times or picture.key not in OF_TIME)]


def _kpis(figures: Look, words: Words) -> None:
    summary = figures.summary
    panels.kpi_row(
        [
            panels.Kpi("Events", f"{summary.n_events:,}"),
            panels.Kpi("People", f"{summary.n_users:,}"),
            panels.Kpi(words.nouns.capitalize(), f"{summary.n_items:,}"),
            panels.Kpi(
                "Median events per person", f"{summary.median_events:,.4g}", help="Half of the people have more."
            ),
            panels.Kpi(
                "Repeat rate",
                fine_percent(summary.repeat_rate),
                help="The share of events whose person had the item before.",
            ),
        ]
    )


def _grid(shown: list[Picture]) -> None:
    for first in range(0, len(shown), 3):
        for column, picture in zip(st.columns(3), shown[first : first + 3], strict=False):
            with column.container(border=True):
                title = st.container(horizontal=True, wrap=False, vertical_alignment="top", gap="xsmall")
                title.container(height=TITLE_HEIGHT, border=False, width="stretch").markdown(
                    f"**{escaped(picture.finding)}**"
                )
                panels.icon_button(
                    "Enlarge",
                    ":material/open_in_full:",
                    place=title,
                    type="tertiary",
                    key=f"{Widget.ENLARGE}_{picture.key}",
                    help=f"{escaped(picture.name)}: enlarge, with its table",
                    on_click=_enlarge,
                    args=(picture.key,),
                )
                panels.show(picture.chart(SMALL_HEIGHT), picture.alt, key=f"{Widget.SMALL}_{picture.key}")


def _large(picture: Picture) -> None:
    with st.container(border=True):
        st.markdown(f"**{escaped(picture.finding)}**")
        panels.show(picture.chart(MAIN_HEIGHT), picture.alt, key=f"{Widget.LARGE}_{picture.key}")
        panels.table(picture.table, alt=picture.alt, key=f"{Widget.TABLE}_{picture.key}", height=240)
        st.button("All pictures", icon=":material/grid_view:", key=Widget.ALL_PICTURES, on_click=_enlarge, args=(None,))


def _enlarge(picture_key: str | None) -> None:
    if picture_key is None:
        st.query_params.pop(Key.PICTURE, None)
    else:
        st.query_params[Key.PICTURE] = picture_key


def _insights(insights: pd.DataFrame) -> None:
    """Draw AWS's thresholds as rows: check, state, value, reason."""
    st.markdown("##### Checks by the rules of Amazon Personalize")
    order = {STOP: 0, WATCH: 1, PASS: 2}
    shown = insights.sort_values("state", key=lambda states: states.map(order), kind="stable")
    counts = insights["state"].value_counts()
    panels.table(
        shown.rename(columns={"sentence": "why it matters"}),
        alt=f"{counts.get(PASS, 0)} checks pass, {counts.get(WATCH, 0)} to watch, {counts.get(STOP, 0)} stop",
        key=Widget.INSIGHTS,
        height="content",
        column_config={
            "check": st.column_config.TextColumn(width="medium"),
            "why it matters": st.column_config.TextColumn(width="large"),
        },
    )


def _nothing(subject: Subject) -> None:
    """Draw why there are no pictures, and what to do."""
    draft = subject.draft
    if draft is not None and draft.busy:
        st.caption(escaped(sentences.busy_headline(draft)))
        for column in st.columns(3):
            with column:
                panels.loading(2, SMALL_HEIGHT)
    elif draft is not None and draft.n_stop:
        with panels.empty("The pictures appear when the problems are solved.", key=Widget.LOOK_BLOCKED):
            st.caption("See the Check tab.")
    elif subject.group is not None:
        costs = before_export(process.backend())
        with panels.empty(
            "This data was imported by another program, so its rows are not known here.",
            detail=f"They can be exported and read here, for titles and histories on the screens. {costs}".strip(),
            key=Widget.LOOK_ELSEWHERE,
        ):
            changing.button(
                "Read them here",
                type="primary",
                icon=":material/download:",
                key=Widget.READ_BACK,
                on_click=_read_back,
                args=(subject.group.name,),
            )
    else:
        with panels.empty("No data yet. The film demo takes ten seconds.", key=Widget.LOOK_EMPTY):
            st.caption("See the Source tab.")


def _read_back(name: str) -> None:
    state.show(process.desk().read_back(name))
