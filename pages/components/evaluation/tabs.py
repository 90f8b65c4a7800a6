"""The tabs of Evaluation: segments, cut-offs, trade-off, metadata against plain, everything in plain words."""

import pandas as pd
import streamlit as st

from pages.components import address, panels
from pages.components.charts import evaluation as charts
from pages.components.evaluation.controls import Chosen
from pages.components.keys import Key, Widget
from services.language.metrics import MIN_USERS
from services.language.phrases import cut
from services.screens.evaluation import tables
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.sentences import label, method_words

SEGMENTS, CUT_OFFS, TRADE_OFF, METADATA, WORDS = "Segments", "Cut-offs", "Trade-off", "Metadata", "In plain words"


def draw(chosen: Chosen, result: EvaluationResult) -> None:
    """Draw the choice of tabs and the chosen one."""
    parts = [SEGMENTS, CUT_OFFS, TRADE_OFF, METADATA, WORDS] if result.by_person else [CUT_OFFS, WORDS]
    address.default_choice(Key.EVALUATION_PART, parts, parts[0])
    if st.session_state.get(Key.EVALUATION_PART) not in parts:
        st.session_state[Key.EVALUATION_PART] = parts[0]
    part = st.segmented_control(
        "Look at", parts, required=True, key=Key.EVALUATION_PART, bind="query-params", label_visibility="collapsed"
    )
    tabs = {SEGMENTS: _segments, CUT_OFFS: _cut_offs, TRADE_OFF: _trade_off, METADATA: _metadata, WORDS: _words}
    tabs[str(part or parts[0])](chosen, result)


def _names(chosen: Chosen, result: EvaluationResult) -> tuple[str, str]:
    nouns = chosen.opened.data.words.nouns
    return method_words(chosen.model, result.words, nouns), method_words(chosen.other, result.words, nouns)


def _segments(chosen: Chosen, result: EvaluationResult) -> None:
    names, name = result.segment_names, label(chosen.metric, chosen.k)
    address.default_choice(Key.EVALUATION_SEGMENT, names, names[0])
    if not result.has(chosen.model, chosen.metric, chosen.k):
        st.caption(f"{name} is measured over everybody together, so it has no segments.")
        return
    with st.columns([1, 3])[0]:
        by = address.bound_select("By", names, Key.EVALUATION_SEGMENT) or names[0]
    rows = result.by_segment(chosen.model, chosen.other, chosen.metric, chosen.k, by)
    one, other = _names(chosen, result)
    few = int((~rows["enough"].astype(bool)).sum())
    said = f"{name} of {one} and {other} in {len(rows)} segments by {by}."
    picked = panels.show(
        charts.segments(rows, name, one, other), said, key=Widget.EVALUATION_SEGMENTS, on_select="rerun"
    )
    chosen_segment = next((row["segment"] for row in picked.selection.get("segment_pick", [])), None)
    if st.session_state.get(Key.EVALUATION_SEEN) != (by, chosen_segment):
        # a selection stays in the picture when its people are no longer shown alone, so only a new one counts
        st.session_state[Key.EVALUATION_SEEN] = (by, chosen_segment)
        if chosen_segment in set(rows["segment"]):
            st.session_state[Key.EVALUATION_ONLY] = (by, chosen_segment)
    grey = f" Grey: fewer than {MIN_USERS} people, too few to tell." if few else ""
    st.caption(f"Filled: {one}; hollow: {other}. A click shows the people of a segment below.{grey}")


def _cut_offs(chosen: Chosen, result: EvaluationResult) -> None:
    nouns, name = chosen.opened.data.words.nouns, label(chosen.metric, chosen.k).rpartition("@")[0]
    rows = result.cut_offs(chosen.metric, tables.main_methods(result))
    if rows["k"].nunique() < 2:
        st.caption(f"{name} is measured at one cut-off only.")
        return
    places = {k: place for place, k in enumerate(sorted(set(rows["k"])))}
    rows = rows.assign(
        label=[method_words(method, result.words, nouns) for method in rows["method"]],
        role=[tables.role(method) for method in rows["method"]],
        place=[places[k] for k in rows["k"]],
    )
    panels.show(
        charts.cut_offs(rows, name), f"{name} of {rows['label'].nunique()} methods by cut-off.", key=Widget.EVALUATION_K
    )
    st.caption("Band: 95 % interval.")


def _trade_off(chosen: Chosen, result: EvaluationResult) -> None:
    name = label(chosen.metric, chosen.k)
    against = st.segmented_control(
        "Against",
        ("coverage", "novelty"),
        default="coverage",
        required=True,
        key=Key.EVALUATION_TRADE,
        bind="query-params",
        label_visibility="collapsed",
    )
    x = str(against or "coverage")
    rows = tables.trade_off(result, chosen.metric, chosen.k, x, chosen.opened.data.words.nouns)
    panels.show(
        charts.trade_off(rows, f"{x}@{chosen.k}", name),
        f"{name} against {x} of {len(rows)} methods.",
        key=Widget.EVALUATION_TRADE,
    )
    st.caption("Up and to the right is better; squares are popularity.")


def _metadata(chosen: Chosen, result: EvaluationResult) -> None:
    name, seeds = label(chosen.metric, chosen.k), result.seeds(chosen.metric, chosen.k)
    if not result.has(chosen.model, chosen.metric, chosen.k) or seeds.empty:
        st.caption(
            "This result has no pair of HRNN and HRNN with metadata. Start a new run with both recipes; with each "
            "metadata column alone it also shows what each is worth."
        )
        return
    left, right = st.columns(2, gap="medium")
    mean = float(seeds["difference"].mean())
    sure = seeds["low"].iloc[0] > 0 or seeds["high"].iloc[0] < 0
    with left:
        rows = pd.concat(
            [
                pd.DataFrame({"seed": f"{seed}", "place": place, "value": values, "mean": False}, index=[0])
                for side, place in (("plain", 0), ("metadata", 1))
                for seed, values in zip(seeds["seed"], seeds[side], strict=True)
            ]
            + [
                pd.DataFrame(
                    {"seed": "mean", "place": place, "value": float(seeds[side].mean()), "mean": True}, index=[0]
                )
                for side, place in (("plain", 0), ("metadata", 1))
            ],
            ignore_index=True,
        )
        panels.show(
            charts.slopes(rows, name), f"{name} changes by {mean:+.3f} with metadata.", key=Widget.EVALUATION_SLOPES
        )
        if len(seeds) > 1:
            agree = int((seeds["difference"] > 0).sum())
            st.caption(
                f"Metadata changes {name} by {mean:+.4f} on average; better in {agree} of {len(seeds)} trainings."
            )
        else:
            clear = "clear over people" if sure else "no clear difference over people"
            st.caption(f"Metadata changes {name} by {mean:+.4f}: {clear}; one training of each says nothing of luck.")
    with right:
        worth = result.columns(chosen.metric, chosen.k)
        panels.show(charts.gains(worth, name), f"Gain in {name} by metadata column.", key=Widget.EVALUATION_GAINS)
        nothing = [str(row.column) for row in worth.itertuples() if row.low <= 0 <= row.high]
        if nothing:
            st.caption(f"No clear gain: {', '.join(nothing)}.")


def _words(chosen: Chosen, result: EvaluationResult) -> None:
    frame = tables.plain_words(result, chosen.model, chosen.other, chosen.k, chosen.opened.data.words)
    one, other = _names(chosen, result)
    panels.table(
        frame,
        alt=f"{len(frame)} metrics of {one} and {other} in plain words.",
        key=Widget.EVALUATION_WORDS,
        height="content",
        column_config={
            "metric": st.column_config.TextColumn("Metric", width=100),
            "value": st.column_config.NumberColumn(cut(one, 10), format="%.3f", width=60, help=one),
            "baseline": st.column_config.NumberColumn(cut(other, 12), format="%.3f", width=76, help=other),
            "sentence": st.column_config.TextColumn("In plain words", width="large"),
        },
    )


def everything(result: EvaluationResult, nouns: str) -> pd.DataFrame:
    """Return every figure, for the download."""
    return tables.everything(result, nouns)
