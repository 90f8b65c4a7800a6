"""Evaluation down to single users: how the difference spreads, who is served how well, and one user's list."""

import pandas as pd
import streamlit as st

from pages.components import address, panels
from pages.components.charts import evaluation as charts
from pages.components.evaluation.controls import Shown
from pages.components.keys import Key, Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.language.phrases import cut
from services.library.people import People
from services.library.store import LoadedData
from services.screens.evaluation import sentences, tables
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.sentences import method_words

MAX_ROWS = 200
"""Users in the table; labels of more take longer than anyone reads."""
MAX_LINES = 25
MAX_PAST = 10


def draw(shown: Shown, opened: OpenData) -> None:
    """Draw the histogram, the table of users and the user who is chosen."""
    result, (metric, _) = shown.result, tables.people_metric(shown.metric, shown.k)
    if not all(result.has(method, metric, shown.k) for method in (shown.model, shown.other)):
        return
    words, name = opened.data.words, sentences.people_name(shown.metric, shown.k, opened.data.words)
    model, other = (method_words(method, result.words, words.nouns) for method in (shown.model, shown.other))
    which = _head(f"{name} of {model} minus those of {other}, person by person.")
    frame = tables.people(result, shown.model, shown.other, shown.metric, shown.k)
    frame, note = _of_segment(result, frame)
    left, right = st.columns([5, 7], gap="medium")
    with left:
        frame = _histogram(frame, name, note, which)
    rows = tables.served(frame, which).head(MAX_ROWS)
    with right:
        picked = _table(rows, opened.people, model, other, which, whole=shown.metric == "hit_rate")
    if len(rows):
        user_id = str(rows["user_id"].iloc[picked or 0])
        why = which.lower() if picked is None else "chosen"
        _user(shown, opened, user_id, model, why)


def _head(about: str) -> str:
    """Draw the heading and the switch beside it; return which people come first."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown("#### People", help=escaped(about), width="content")
        which = address.segments(
            "First",
            tables.SERVED,
            default=tables.TYPICAL,
            key=Key.EVALUATION_SERVED,
            label_visibility="collapsed",
        )
    return str(which or tables.TYPICAL)


def _histogram(frame: pd.DataFrame, name: str, note: str, which: str) -> pd.DataFrame:
    """Draw the histogram and return the users of the bar that was clicked, all users otherwise."""
    bins = tables.histogram(frame)
    picked = panels.show(
        charts.histogram(bins, name),
        f"How the difference in {name} spreads over {len(frame):,} people.",
        key=Widget.EVALUATION_HISTOGRAM,
        on_select="rerun",
    )
    picked_bin = next((row["bin"] for row in picked.selection.get("bin_pick", [])), None)
    if picked_bin is not None and picked_bin in set(bins["bin"]):
        bounds = bins.set_index("bin").loc[picked_bin]
        frame = frame[(frame["difference"] >= bounds["low"]) & (frame["difference"] <= bounds["high"])]
        frame = frame.reset_index(drop=True)
        note += f" Difference {bounds['low']:+.3f} to {bounds['high']:+.3f}."
    rows = sentences.rows_words(len(frame), MAX_ROWS, which)
    st.caption(escaped(f"{note} The table: {rows}. Click a bar to see its people."))
    return frame


def _table(rows: pd.DataFrame, people: People, model: str, other: str, which: str, *, whole: bool) -> int | None:
    """Draw the users and return the index of the row that was clicked; whole: whether the values are counts."""
    table = rows.assign(person=[people.label(user) for user in rows["user_id"]])
    value, difference = ("%.0f", "%+.0f") if whole else ("%.3f", "%+.3f")
    event = panels.table(
        table[["person", "n_truth", "model", "other", "difference"]],
        alt=f"{len(table)} people, {which.lower()} first.",
        key=Widget.EVALUATION_PEOPLE,
        height=252,
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "person": st.column_config.TextColumn("Person", width=190),
            "n_truth": st.column_config.NumberColumn("Held out", width=58),
            "model": st.column_config.NumberColumn(model, format=value, width=58),
            "other": st.column_config.NumberColumn(cut(other, 12), format=value, width=80, help=escaped(other)),
            "difference": st.column_config.NumberColumn("Difference", format=difference, width=76),
        },
    )
    picked = event.selection.rows
    return int(picked[0]) if picked and picked[0] < len(rows) else None


def _of_segment(result: EvaluationResult, frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Keep the users of the segment that was clicked, and draw the button that shows all again."""
    by, segment = st.session_state.get(Key.EVALUATION_ONLY, ("", ""))
    if by not in result.segment_names:
        return frame, ""
    users = set(result.users.loc[result.users[by].astype(str) == segment, "user_id"])
    of_segment = frame[frame["user_id"].isin(users)]
    if of_segment.empty:
        return frame, ""
    st.button(
        escaped(f"{by}: {segment}"),
        icon=":material/close:",
        key=Widget.EVALUATION_EVERYBODY,
        help="Show everybody again",
        on_click=lambda: st.session_state.pop(Key.EVALUATION_ONLY, None),
    )
    return of_segment, f"Only {by} {segment}."


def _user(shown: Shown, opened: OpenData, user_id: str, model: str, why: str) -> None:
    """Draw one user's past, list with hits marked, and what was really taken."""
    catalog, result = opened.catalog, shown.result
    truth, items = result.truth[user_id], result.list_of(shown.model, user_id)
    known = _known(opened.data, user_id, set(truth))
    st.markdown(f"**{escaped(opened.people.label(user_id))}** :gray[{escaped(why)}]")
    past, listed, taken = st.columns(3, gap="medium")
    with past:
        st.caption(f"Latest of {len(known):,} before the split".upper())
        _lines([escaped(catalog.label(item)) for item in known[:MAX_PAST]])
    with listed:
        st.caption(escaped(f"{model}: {sum(hit for _, hit in items)} right of {len(items)}".upper()))
        labels = [(escaped(catalog.label(item)), hit) for item, hit in items[: shown.k]]
        marked = [f":green[:material/check: **{title}**]" if hit else title for title, hit in labels]
        _lines([f"{place}. {line}" for place, line in enumerate(marked, start=1)])
    with taken:
        hits = {item for item, hit in items if hit}
        st.caption(escaped(f"Actually {opened.data.words.past} afterwards: {len(truth)}".upper()))
        marks = {True: ":green[:material/check:] ", False: ""}
        _lines([marks[item in hits] + escaped(catalog.label(item)) for item in truth[:MAX_LINES]])


def _known(data: LoadedData, user_id: str, after: set[str]) -> list[str]:
    """Return the different items of a user's past, newest first."""
    return [item for item in dict.fromkeys(data.counted_history(user_id)) if item not in after]


def _lines(lines: list[str]) -> None:
    st.markdown("  \n".join(lines))
