"""Evaluation down to single users: how the difference spreads, who is served worst, and one user's list."""

import pandas as pd
import streamlit as st

from pages.components import panels
from pages.components.charts import evaluation as charts
from pages.components.evaluation.controls import Shown
from pages.components.keys import Key, Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.language.phrases import counted, cut
from services.library.people import People
from services.library.store import LoadedData
from services.screens.evaluation import tables
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.sentences import label, method_words

MAX_ROWS = 200
"""Users in the table; labels of more take longer than anyone reads."""
MAX_LINES = 25
MAX_PAST = 10


def draw(shown: Shown, opened: OpenData) -> None:
    """Draw the histogram, the table of users and the user who is chosen."""
    result = shown.result
    if not all(result.has(method, shown.metric, shown.k) for method in (shown.model, shown.other)):
        return
    nouns, name = opened.data.words.nouns, label(shown.metric, shown.k)
    model, other = (method_words(method, result.words, nouns) for method in (shown.model, shown.other))
    st.markdown("#### People", help=escaped(f"{name} of {model} minus that of {other}, person by person."))
    frame = result.differences(shown.model, shown.other, shown.metric, shown.k)
    frame, note = _of_segment(result, frame)
    left, right = st.columns([5, 7], gap="medium")
    with left:
        frame = _histogram(frame, name, note)
    rows = frame.head(MAX_ROWS).reset_index(drop=True)
    with right:
        picked = _table(rows, opened.people, model, other)
    if len(rows):
        user_id = str(rows["user_id"].iloc[picked or 0])
        why = "the worst served" if picked is None else "chosen"
        _user(shown, opened, user_id, model, why)


def _histogram(frame: pd.DataFrame, name: str, note: str) -> pd.DataFrame:
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
        note += f" Difference {bounds['low']:+.3f} to {bounds['high']:+.3f}."
    rows = counted(len(frame), "person", "people")
    if len(frame) > MAX_ROWS:
        rows = f"the {MAX_ROWS} worst served of {len(frame):,}"
    st.caption(escaped(f"{note} The table: {rows}. A click on a bar shows its people."))
    return frame


def _table(rows: pd.DataFrame, people: People, model: str, other: str) -> int | None:
    """Draw the users and return the index of the row that was clicked."""
    table = rows.assign(person=[people.label(user) for user in rows["user_id"]])
    event = panels.table(
        table[["person", "n_truth", "model", "other", "difference"]],
        alt=f"{len(table)} people, the worst served first.",
        key=Widget.EVALUATION_PEOPLE,
        height=252,
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "person": st.column_config.TextColumn("Person", width=190),
            "n_truth": st.column_config.NumberColumn("Held out", width=58),
            "model": st.column_config.NumberColumn(model, format="%.3f", width=58),
            "other": st.column_config.NumberColumn(cut(other, 12), format="%.3f", width=80, help=escaped(other)),
            "difference": st.column_config.NumberColumn("Difference", format="%+.3f", width=76),
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
        st.caption(escaped(f"Really {opened.data.words.past} afterwards: {len(truth)}".upper()))
        marks = {True: ":green[:material/check:] ", False: ""}
        _lines([marks[item in hits] + escaped(catalog.label(item)) for item in truth[:MAX_LINES]])


def _known(data: LoadedData, user_id: str, after: set[str]) -> list[str]:
    """Return the different items of a user's past, newest first."""
    return [item for item in dict.fromkeys(data.counted_history(user_id)) if item not in after]


def _lines(lines: list[str]) -> None:
    st.markdown("  \n".join(lines))
