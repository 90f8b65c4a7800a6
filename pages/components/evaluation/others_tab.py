"""The tab of Evaluation for lists of other recommenders: better than ours, what is odd, upload, what to learn from."""

from functools import partial

import pandas as pd
import streamlit as st

from pages.components import changing, panels, process
from pages.components.evaluation import beside, cache
from pages.components.evaluation.controls import Shown
from pages.components.keys import Key, Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.language.phrases import day
from services.other_lists import kept
from services.other_lists.checking import Note
from services.other_lists.kept import OtherLists
from services.screens.evaluation.others import answer, files, sentences
from services.screens.evaluation.others.answer import Answer, Upload
from services.screens.evaluation.others.beside import BesideOthers
from services.screens.evaluation.sentences import label

MAX_UPLOAD_MB = 500
TYPES = ["csv", "tsv", "txt", "parquet", "json", "jsonl", "out", "gz"]


def draw(shown: Shown, opened: OpenData) -> None:
    """Draw the answer for each recommender, then how to bring another one."""
    with panels.guard("The other recommenders"):
        if shown.lists:
            _answers(shown, opened)
        else:
            st.markdown(escaped(sentences.NONE))
        _bring(opened)
        _learn(shown, opened)


def _answers(shown: Shown, opened: OpenData) -> None:
    result, run = shown.result, shown.run
    names = [one.name for one in shown.lists]
    if Key.EVALUATION_LISTS not in st.session_state:
        st.session_state[Key.EVALUATION_LISTS] = [one.name for one in beside.chosen(run, opened, shown.lists)]
    st.session_state[Key.EVALUATION_LISTS] = [n for n in st.session_state[Key.EVALUATION_LISTS] if n in names]
    st.pills("Compared", names, selection_mode="multi", key=Key.EVALUATION_LISTS)
    if not isinstance(result, BesideOthers):
        basis = cache.basis(str(run.folder), run.ended, opened)  # says why nothing can be compared
        BesideOthers(run.folder, basis, beside.chosen(run, opened, shown.lists))
        st.caption("Choose lists to compare them.")
        found: list[Answer] = []
    else:
        found = answer.answers(result, shown.lists, shown.metric, shown.k)
        for one in found:
            found_leak = leak(shown, opened, one.other)
            if found_leak:
                st.markdown(f":orange[:material/warning:] **{escaped(sentences.doubtful(found_leak))}**")
            st.markdown(escaped(one.sentence) if found_leak else f"**{escaped(one.sentence)}**")
        if note := sentences.left_out(result.n_left_out, len(result.asked)):
            st.caption(escaped(note))
    if found:
        _table(found, label(shown.metric, shown.k))
    for other in shown.lists:
        _one(shown, opened, other)


def _table(found: list[Answer], metric: str) -> None:
    rows = [
        (
            one.other.name,
            one.pair.model_value.value,
            one.pair.other_value.value,
            one.pair.difference.value,
            one.pair.difference.low,
            one.pair.difference.high,
            one.pair.n,
        )
        for one in found
    ]
    number = st.column_config.NumberColumn
    panels.table(
        pd.DataFrame(rows, columns=["lists", "value", "ours", "difference", "low", "high", "people"]),
        alt=f"{metric} of {len(rows)} recommenders beside the best of ours.",
        key=Widget.EVALUATION_ANSWERS,
        height="content",
        column_config={
            "lists": st.column_config.TextColumn("Lists of", width=180),
            "value": number(metric, format="%.3f", width=80),
            "ours": number("Ours", format="%.3f", width=70, help="The best of what was trained in this result."),
            "difference": number("Difference", format="%+.3f", width=80),
            "low": number("95 % from", format="%+.3f", width=80),
            "high": number("to", format="%+.3f", width=70),
            "people": number("People", width=70),
        },
    )


def _one(shown: Shown, opened: OpenData, other: OtherLists) -> None:
    """Draw what was found in one recommender's lists, and the button that removes them."""
    notes = [*cache.notes(opened, other.id), *_odd(shown, opened, other)]
    n_odd = sum(not note.fine for note in notes)
    about = f"{n_odd} to look at" if n_odd else "nothing odd"
    with st.expander(escaped(f"{other.name} · {about}"), expanded=bool(n_odd)):
        facts = other.facts
        st.caption(escaped(f"{facts.file_name} · {facts.n_users:,} lists {facts.order} · kept on {day(facts.loaded)}"))
        for note in notes:
            st.markdown(_line(note))
        changing.button(
            "Remove",
            icon=":material/delete:",
            key=f"{Widget.EVALUATION_FORGET}_{other.id}",
            on_click=_remove,
            args=(opened.data.name, other.id),
        )


def _odd(shown: Shown, opened: OpenData, other: OtherLists) -> list[Note]:
    """Return what was found against the result; nothing for lists that are not compared."""
    if not isinstance(shown.result, BesideOthers) or other.id not in shown.result.ids:
        return []
    return cache.odd(str(shown.run.folder), shown.run.ended, opened, shown.result.ids, other.id)


def leak(shown: Shown, opened: OpenData, other: OtherLists) -> str:
    """Return why lists look as if their model knew what came after; "" where they do not."""
    return next((note.sentence for note in _odd(shown, opened, other) if note.leak), "")


def _line(note: Note) -> str:
    icon = ":green[:material/check:]" if note.fine else ":orange[:material/warning:]"
    return f"{icon} {escaped(note.sentence)}"


def _bring(opened: OpenData) -> None:
    """Draw the upload."""
    st.markdown("**Bring lists**")
    if not changing.allowed("Uploading"):
        return
    st.caption(escaped(sentences.BRING))
    file, name, button = st.columns([6, 3, 2], vertical_alignment="bottom")
    upload = file.file_uploader("File", type=TYPES, key=Key.EVALUATION_FILE, max_upload_size=MAX_UPLOAD_MB)
    given = name.text_input("Name", key=Key.EVALUATION_FILE_NAME, placeholder="as in the file")
    pressed = changing.button(
        "Compare", place=button, type="primary", key=Widget.EVALUATION_KEEP, disabled=upload is None, width="stretch"
    )
    if not pressed or upload is None:
        return
    home, group, people = process.backend().home, opened.data.name, opened.people
    added = answer.add(
        home, group, Upload(upload.getvalue(), upload.name, given or ""), set(people.ids()), set(opened.catalog.ids)
    )
    st.session_state.pop(Key.EVALUATION_LISTS, None)
    for one in added:
        st.toast(escaped(sentences.kept_words(one.facts.n_users, one.name, opened.data.words)))
    st.rerun()


def _learn(shown: Shown, opened: OpenData) -> None:
    """Draw the downloads: the part to learn from, and the people to make lists for."""
    st.markdown("**What your recommender may learn from**")
    st.caption(escaped(sentences.LEARN))
    result, run = shown.result, shown.run
    if result.facts.data_version != opened.data.version or not result.by_person:
        cache.basis(str(run.folder), run.ended, opened)  # says why
    with st.container(horizontal=True):
        for kind in files.FORMATS:
            st.download_button(
                f"Events as {kind.upper()}",
                data=partial(_train, shown, opened, kind),
                file_name=f"learn-from.{kind}",
                key=f"{Widget.EVALUATION_TAKE}_train_{kind}",
                icon=":material/download:",
                on_click="ignore",
            )
        whole = cache.evaluation_result(str(run.folder), run.ended)
        st.download_button(
            f"{len(whole.users):,} people to ask",
            data=lambda: files.content(files.asked_rows(list(whole.users["user_id"])), files.CSV),
            file_name="people.csv",
            key=f"{Widget.EVALUATION_TAKE}_people",
            icon=":material/download:",
            on_click="ignore",
        )


def _train(shown: Shown, opened: OpenData, kind: str) -> bytes:
    return files.content(cache.basis(str(shown.run.folder), shown.run.ended, opened).train, kind)


def _remove(group: str, lists_id: str) -> None:
    with panels.toast_errors(OSError):
        kept.remove(process.backend().home, group, lists_id)
    st.session_state.pop(Key.EVALUATION_LISTS, None)
