"""Evaluation down to single people: how the difference spreads, who is served worst, and one person's list."""

import pandas as pd
import streamlit as st

from pages.components import panels
from pages.components.charts import evaluation as charts
from pages.components.evaluation.controls import Chosen
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.language.phrases import counted, cut
from services.screens.evaluation import tables
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.sentences import label, method_words

ROWS = 200
"""People in the table at most: labels of more take longer than anybody reads."""


def draw(chosen: Chosen, result: EvaluationResult) -> None:
    """Draw the histogram, the table of people and the person who is chosen."""
    if not result.has(chosen.model, chosen.metric, chosen.k) or not result.has(chosen.other, chosen.metric, chosen.k):
        return
    people, words = chosen.opened.people, chosen.opened.data.words
    one, other = (method_words(key, result.words, words.nouns) for key in (chosen.model, chosen.other))
    name = label(chosen.metric, chosen.k)
    st.markdown("#### People", help=f"{name} of {one} minus that of {other}, person by person.")
    frame = result.differences(chosen.model, chosen.other, chosen.metric, chosen.k)
    frame, note = _of_segment(result, frame)
    left, right = st.columns([5, 7], gap="medium")
    with left:
        bins = tables.histogram(frame)
        picked = panels.show(
            charts.histogram(bins, name),
            f"How the difference in {name} spreads over {len(frame):,} people.",
            key=Widget.EVALUATION_HISTOGRAM,
            on_select="rerun",
        )
        chosen_bin = next((row["bin"] for row in picked.selection.get("bin_pick", [])), None)
        if chosen_bin is not None and chosen_bin in set(bins["bin"]):
            bounds = bins.set_index("bin").loc[chosen_bin]
            frame = frame[(frame["difference"] >= bounds["low"]) & (frame["difference"] <= bounds["high"])]
            note += f" Difference {bounds['low']:+.3f} to {bounds['high']:+.3f}."
        first = (
            f"the {ROWS} worst served of {len(frame):,}"
            if len(frame) > ROWS
            else counted(len(frame), "person", "people")
        )
        st.caption(f"{note} The table: {first}. A click on a bar shows its people.".strip())
    shown = frame.head(ROWS).reset_index(drop=True)
    with right:
        table = shown.assign(person=[people.label(user) for user in shown["user_id"]])
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
                "model": st.column_config.NumberColumn(one, format="%.3f", width=58),
                "other": st.column_config.NumberColumn(cut(other, 12), format="%.3f", width=80, help=other),
                "difference": st.column_config.NumberColumn("Difference", format="%+.3f", width=76),
            },
        )
    if len(shown):
        rows = event.selection.rows
        place = rows[0] if rows and rows[0] < len(shown) else 0
        _person(chosen, result, str(shown["user_id"].iloc[place]), one, "chosen" if rows else "the worst served")


def _of_segment(result: EvaluationResult, frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Keep the people of the segment that was clicked, with the way back."""
    by, segment = st.session_state.get(Key.EVALUATION_ONLY, ("", ""))
    if by not in result.segment_names:
        return frame, ""
    users = set(result.users.loc[result.users[by].astype(str) == segment, "user_id"])
    kept = frame[frame["user_id"].isin(users)]
    if kept.empty:
        return frame, ""
    st.button(
        f"{by}: {segment}",
        icon=":material/close:",
        key=Widget.EVALUATION_EVERYBODY,
        help="Show everybody again",
        on_click=lambda: st.session_state.pop(Key.EVALUATION_ONLY, None),
    )
    return kept, f"Only {by} {segment}."


def _person(chosen: Chosen, result: EvaluationResult, user_id: str, one: str, why: str) -> None:
    """Draw one person's past, list with hits marked, and what was really taken."""
    catalog, words, truth = chosen.opened.catalog, chosen.opened.data.words, result.truth[user_id]
    listed = result.list_of(chosen.model, user_id)
    known = _known(chosen, user_id, set(truth))
    st.markdown(f"**{escaped(chosen.opened.people.label(user_id))}** :gray[{why}]")
    past, found, taken = st.columns(3, gap="medium")
    with past:
        st.caption(f"Latest of {len(known):,} before the split".upper())
        st.markdown(_lines([catalog.label(item) for item in known[:10]]))
    with found:
        right = sum(hit for _, hit in listed)
        st.caption(f"{one}: {right} right of {len(listed)}".upper())
        st.markdown(
            "  \n".join(
                f"{place}. "
                + (
                    f":green[:material/check: **{escaped(catalog.label(item))}**]"
                    if hit
                    else escaped(catalog.label(item))
                )
                for place, (item, hit) in enumerate(listed[: chosen.k], start=1)
            )
        )
    with taken:
        shown = {item for item, hit in listed if hit}
        st.caption(f"Really {words.past} afterwards: {len(truth)}".upper())
        st.markdown(
            "  \n".join(
                (":green[:material/check:] " if item in shown else "") + escaped(catalog.label(item))
                for item in truth[:25]
            )
        )


def _known(chosen: Chosen, user_id: str, after: set[str]) -> list[str]:
    """Return the different items of a person's past, newest first."""
    items = dict.fromkeys(chosen.opened.data.counted_history(user_id))
    return [item for item in items if item not in after]


def _lines(labels: list[str]) -> str:
    return "  \n".join(map(escaped, labels))
