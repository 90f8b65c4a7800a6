"""The tabs of Evaluation: segments, cut-offs, trade-off, metadata against plain, everything in plain words."""

import streamlit as st

from pages.components import address, loaded, panels, process
from pages.components.charts import evaluation as charts
from pages.components.charts import trade_off
from pages.components.evaluation import filter_tab, others_tab, two_results
from pages.components.evaluation.controls import Shown
from pages.components.keys import Key, Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.language.metrics import MIN_USERS
from services.language.phrases import cut
from services.language.vocabulary import Words
from services.screens.evaluation import sentences, tables
from services.screens.evaluation.measures import COVERAGE
from services.screens.evaluation.methods import Method
from services.screens.evaluation.protocols import ageing
from services.screens.evaluation.sentences import LABELS, label, method_words
from services.segments import saved

SEGMENTS, CUT_OFFS, TRADE_OFF, METADATA, PLAIN_WORDS = "Segments", "Cut-offs", "Trade-off", "Metadata", "In plain words"
FILTER, OTHERS, TWO = "Filter", "Other recommenders", "Another result"
AGEING = "Ageing"
SAVED = "saved segments"


def draw(shown: Shown, opened: OpenData) -> None:
    """Draw the choice of tabs and the chosen one."""
    tabs = {
        CUT_OFFS: _cut_offs,
        TRADE_OFF: _trade_off,
        METADATA: _metadata,
        AGEING: _ageing,
        PLAIN_WORDS: _words,
    }
    words = opened.data.words
    parts = [SEGMENTS, *tabs, FILTER, TWO, OTHERS] if shown.result.by_person else [CUT_OFFS, PLAIN_WORDS]
    address.default_choice(Key.EVALUATION_PART, parts, parts[0])
    if st.session_state.get(Key.EVALUATION_PART) not in parts:
        st.session_state[Key.EVALUATION_PART] = parts[0]
    part = address.segments("Look at", parts, key=Key.EVALUATION_PART, label_visibility="collapsed")
    if part == SEGMENTS:
        _segments(shown, opened)
    elif part == FILTER:
        filter_tab.draw(shown, opened.data.name)
    elif part == TWO:
        two_results.draw(shown, opened)
    elif part == OTHERS:
        others_tab.draw(shown, opened)
    else:
        tabs[str(part or parts[0])](shown, words)


def _names(shown: Shown, words: Words) -> tuple[str, str]:
    """Return the names of the model and of the other method."""
    names = shown.result.words
    return method_words(shown.model, names, words.nouns), method_words(shown.other, names, words.nouns)


def _segments(shown: Shown, opened: OpenData) -> None:
    words = opened.data.words
    result, name = shown.result, label(shown.metric, shown.k)
    kept = saved.saved(process.backend().home, opened.data.name)
    names = [*result.segment_names, *([SAVED] if kept else [])]
    address.default_choice(Key.EVALUATION_SEGMENT, names, names[0])
    if not result.has(shown.model, shown.metric, shown.k):
        st.caption(f"{name} is measured for all people together, so it has no segments.")
        return
    with st.columns([1, 3])[0]:
        by = address.bound_select("By", names, Key.EVALUATION_SEGMENT) or names[0]
    asked = (shown.model, shown.other, shown.metric, shown.k)
    if by == SAVED:
        members = loaded.members(opened)
        rows = result.by_members(*asked, {one.name: members.of(one) for one in kept})
    else:
        rows = result.by_segment(*asked, by)
    if rows.empty:
        st.caption("None of the people asked is in one of these segments.")
        return
    model, other = _names(shown, words)
    picked = panels.show(
        charts.segments(rows, name, model, other),
        f"{name} of {model} and {other} in {len(rows)} segments by {by}.",
        key=Widget.EVALUATION_SEGMENTS,
        on_select="rerun",
    )
    segment = next((row["segment"] for row in picked.selection.get("segment_pick", [])), None)
    if st.session_state.get(Key.EVALUATION_SEEN) != (by, segment):
        # a selection stays in the picture when its users are no longer shown alone, so only a new one counts
        st.session_state[Key.EVALUATION_SEEN] = (by, segment)
        if segment in set(rows["segment"]):
            st.session_state[Key.EVALUATION_ONLY] = (by, segment)
    grey = "" if rows["enough"].all() else f" Grey: fewer than {MIN_USERS} people, too few to tell."
    st.caption(escaped(f"Filled: {model}; hollow: {other}. A click shows the people of a segment below.{grey}"))


def _cut_offs(shown: Shown, words: Words) -> None:
    result, name = shown.result, label(shown.metric, shown.k).rpartition("@")[0]
    rows = result.cut_offs(shown.metric, result.main_methods)
    if rows["k"].nunique() < 2:
        st.caption(f"{name} is measured at one cut-off only.")
        return
    places = {k: place for place, k in enumerate(sorted(set(rows["k"])))}
    methods = [Method.read(key) for key in rows["method"]]
    rows = rows.assign(
        label=[method_words(method, result.words, words.nouns) for method in methods],
        role=[tables.role(method) for method in methods],
        place=[places[k] for k in rows["k"]],
    )
    panels.show(
        charts.cut_offs(rows, name), f"{name} of {rows['label'].nunique()} methods by cut-off.", key=Widget.EVALUATION_K
    )
    st.caption("Band: 95 % interval.")


def _trade_off(shown: Shown, words: Words) -> None:
    """Draw any metric against any: the chosen one upwards, another to the right."""
    name = label(shown.metric, shown.k)
    measured = {metric for metric, k in shown.result.metrics() if k == shown.k}
    others = {LABELS[metric]: metric for metric in LABELS if metric in measured and metric != shown.metric}
    if not others:
        st.caption(f"Nothing else is measured at {shown.k}.")
        return
    usual = next((LABELS[metric] for metric in (COVERAGE, "novelty") if LABELS[metric] in others), next(iter(others)))
    address.default_choice(Key.EVALUATION_TRADE, list(others), usual)
    if st.session_state.get(Key.EVALUATION_TRADE) not in others:
        st.session_state[Key.EVALUATION_TRADE] = usual
    with st.columns([1, 3])[0]:
        x = others[address.bound_select("Against", list(others), Key.EVALUATION_TRADE) or usual]
    rows = tables.trade_off(shown.result, shown.metric, shown.k, x, words.nouns)
    panels.plot(
        trade_off.trade_off(rows, label(x, shown.k), name),
        sentences.trade_off_alt(rows, name, label(x, shown.k)),
        key=Widget.EVALUATION_TRADE,
        config=trade_off.CONFIG,
    )
    st.caption(sentences.better_side(shown.metric, x))


def _metadata(shown: Shown, words: Words) -> None:
    result, name = shown.result, label(shown.metric, shown.k)
    seeds, gains = result.seeds(shown.metric, shown.k), result.columns(shown.metric, shown.k)
    if not result.has(shown.model, shown.metric, shown.k) or (seeds.empty and gains.empty):
        st.caption(sentences.NO_METADATA_PAIR)
        return
    left, right = st.columns(2, gap="medium")
    if len(seeds):
        with left:
            mean = float(seeds["difference"].mean())
            change = f"{name} changes by {sentences.change_words(mean, shown.metric)} with metadata."
            panels.show(charts.slopes(tables.slopes(seeds), name), change, key=Widget.EVALUATION_SLOPES)
            st.caption(escaped(sentences.metadata_words(seeds, shown.metric, shown.k)))
    with right if len(seeds) else left:
        panels.show(charts.gains(gains, name), f"Gain in {name} by metadata column.", key=Widget.EVALUATION_GAINS)
        nothing = [str(column) for column in gains.loc[(gains["low"] <= 0) & (gains["high"] >= 0), "column"]]
        if nothing:
            st.caption(escaped(f"No clear gain: {', '.join(nothing)}."))
        if gains["column"].str.endswith(" of people").any():
            st.caption("A column of people: with all columns, compared with all but this one.")


def _ageing(shown: Shown, words: Words) -> None:
    name = label(shown.metric, shown.k)
    rows = shown.result.ages(shown.metric, shown.k)
    if rows.empty:
        st.caption("This result has no models on older data. A new run by date can measure how fast a model ages.")
        return
    st.markdown(f"**{escaped(ageing.sentence(rows, len(shown.result.users), shown.metric, shown.k))}**")
    panels.show(
        charts.ages(rows, name), f"{name} by the age of the model, of {len(rows)} ages.", key=Widget.EVALUATION_AGEING
    )
    st.caption("Band: 95 % interval. The same people and held-out events for all; no live events in between.")


def _words(shown: Shown, words: Words) -> None:
    frame = tables.plain_words(shown.result, shown.model, shown.other, shown.k, words)
    model, other = _names(shown, words)
    panels.table(
        frame,
        alt=f"{len(frame)} metrics of {model} and {other} in plain words.",
        key=Widget.EVALUATION_WORDS,
        height="content",
        column_config={
            "metric": st.column_config.TextColumn("Metric", width=100),
            "value": st.column_config.NumberColumn(cut(model, 10), format="%.3f", width=60, help=escaped(model)),
            "baseline": st.column_config.NumberColumn(cut(other, 12), format="%.3f", width=76, help=escaped(other)),
            "sentence": st.column_config.TextColumn("In plain words", width="large"),
        },
    )
