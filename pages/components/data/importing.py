"""Data, fourth tab: name, replace or add, steps with counts, then train; export and delete imported data."""

import time
from dataclasses import replace
from functools import partial

import streamlit as st

from pages.components import address, changing, navigation, panels, process
from pages.components.data import pictures, roles, source
from pages.components.data.state import Subject
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.language.phrases import age, counted
from services.language.vocabulary import Words
from services.library.csv_files import csv_bytes
from services.library.prepared import PreparedData
from services.money.sentences import before_export, before_import
from services.personalize import deletion
from services.personalize.datasets import MAX_NAME_LENGTH, GroupView, find_group, group_names
from services.personalize.exports import last_exports, start_export
from services.personalize.imports import FULL, INCREMENTAL
from services.personalize.states import Status
from services.progress import StepState
from services.screens.data import sentences
from services.screens.data.drafts import Draft
from services.screens.data.new_columns import new_columns, schemas_of

MODES = {FULL: "Replace what is there", INCREMENTAL: "Add to what is there"}


def draw(subject: Subject) -> None:
    """Draw the tab."""
    draft = subject.draft
    if draft is not None and draft.imported:
        _succeeded(draft)
    elif draft is not None:
        _import(draft)
    elif subject.group is None:
        with panels.empty("Nothing to import yet. The film demo takes ten seconds.", key=Widget.IMPORT_EMPTY):
            st.caption("Choose a source first.")
    if subject.group is not None:
        _imported(subject.group)
    if subject.loaded is not None and (draft is None or draft.imported):
        roles.draw(subject.loaded)
        changed = _words(subject.loaded.words, suffix=subject.loaded.version)
        if changed != subject.loaded.words and changing.button("Use these words", key=Widget.USE_WORDS):
            process.desk().change_words(subject.loaded.name, changed)
            st.rerun()
        pictures.ask(subject.loaded)


def _import(draft: Draft) -> None:
    """Draw the form, the progress of the import, or the reason of its failure."""
    if draft.stopped and draft.target:
        with panels.failed(draft.reason, title="The import stopped", key=Widget.IMPORT_FAILED):
            panels.step_list(
                [replace(step, note="") if step.state == StepState.FAILED else step for step in draft.steps]
            )
            if process.backend().kind == "aws":
                navigation.link("settings", "Look on Settings, step by step, at what the account lacks")
    elif draft.target and draft.reason:
        st.caption(escaped(draft.reason))
    if draft.busy:
        source.steps(draft, key=Widget.IMPORT_STEPS)
        return
    if draft.data is None:
        with panels.empty("This is not loaded.", detail="Load it again on the Source tab.", key=Widget.IMPORT_UNLOADED):
            pass
        return
    if draft.n_stop:
        with panels.empty(
            f"{counted(draft.n_stop, 'problem stops', 'problems stop')} the import.",
            detail="The Check tab has the fixes.",
            key=Widget.IMPORT_BLOCKED,
        ):
            pass
        return
    if st.session_state.get(Key.DRAFT_NAMED) != (draft.key, draft.title):
        st.session_state[Key.DRAFT_NAMED] = (draft.key, draft.title)
        st.session_state.pop(Key.IMPORT_NAME, None)  # it was typed for another draft
    name = st.text_input(
        "Name of the data set group",
        value=draft.target or draft.data.name,
        key=Key.IMPORT_NAME,
        max_chars=MAX_NAME_LENGTH,
        help="Letters, digits, - and _.",
    )
    mode = _mode(name, draft.data) if name in group_names(process.backend()) else FULL
    rows = ", ".join(f"{len(frame):,} {kind.lower()}" for kind, frame in draft.data.frames.items())
    st.caption(
        f"{rows}; into {'Amazon S3 and Amazon Personalize' if process.backend().kind == 'aws' else 'this machine'}."
    )
    words = _words(draft.data.words, suffix=draft.key)
    changing.costs(before_import(process.backend(), csv_bytes(draft.data.frames)))
    if changing.button("Import", type="primary", icon=":material/upload:", key=Widget.START_IMPORT):
        process.desk().start_import(draft.key, name, mode, words)
        st.rerun()


def _mode(name: str, data: PreparedData) -> str:
    """Ask whether to replace or to add to the data of a group that exists; say which columns change."""
    mode = st.segmented_control(
        f"{escaped(name)} exists",
        list(MODES),
        default=FULL,
        required=True,
        format_func=lambda mode: MODES[mode],
        key=Key.IMPORT_MODE,
    )
    staying = [kind for kind in schemas_of(process.backend(), name) if kind not in data.frames]
    if staying:
        st.caption(escaped(sentences.what_stays(staying)))
    changes = new_columns(process.backend(), name, data)
    if changes:
        lines = [f"- {escaped(sentences.changed_columns(change))}" for change in changes]
        note = sentences.what_changes(adding=mode == INCREMENTAL)
        st.info("\n".join([*lines, "", escaped(note)]), icon=":material/view_column:")
    return str(mode)


def _words(words: Words, *, suffix: str) -> Words:
    """Draw the words that sentences use for this catalogue; return them as changed."""
    with st.expander(escaped(f"Words: “people who {words.past} these {words.nouns}”, “{words.because}”")):
        fields = {"noun": "One", "nouns": "Several", "verb": "People ...", "past": "They ... it", "because": "Reason"}
        columns = st.columns(len(fields))
        changed = {
            field: column.text_input(label, value=getattr(words, field), key=f"{Key.WORDS}_{field}_{suffix}").strip()
            for column, (field, label) in zip(columns, fields.items(), strict=True)
        }
    return replace(words, **{field: word for field, word in changed.items() if word})


def _succeeded(draft: Draft) -> None:
    with st.container(border=True):
        panels.step_list(draft.steps)
    if st.button("Train now", type="primary", icon=":material/model_training:", key=Widget.TRAIN_NOW):
        address.choose_group(draft.target)
        navigation.open_screen("training")


def _imported(group: GroupView) -> None:
    """Draw the group's data sets with their running imports, and the export and delete buttons."""
    st.markdown(f"##### In {escaped(group.name)}")

    def body() -> bool:
        now = time.time()
        running = False
        current = find_group(process.backend(), group.name)
        for view in current.datasets if current is not None else ():
            newest = view.imports[0] if view.imports else None
            if newest is None:
                st.markdown(f"{view.dataset_type}: created, nothing imported")
            elif newest.running:
                running = True
                bar, stop = st.columns([9, 1], vertical_alignment="center")
                bar.progress(
                    newest.fraction or 0.0,
                    text=escaped(f"{view.dataset_type}: {newest.stage or 'waiting'} {newest.note}"),
                )
                with stop:
                    panels.stop_button(process.backend(), newest.arn, stopping=newest.status == Status.CREATE_STOPPING)
            elif newest.status == Status.CREATE_STOPPED:
                st.markdown(f":gray[:material/stop_circle:] {view.dataset_type}: stopped; it is as it was before")
            elif newest.status == Status.ACTIVE:
                st.markdown(f":green[:material/check_circle:] {view.dataset_type}: imported {age(newest.updated, now)}")
            else:
                st.markdown(f":red[:material/error:] {view.dataset_type}: {escaped(newest.failure_reason or '')}")
        return running

    active = any(view.imports and view.imports[0].running for view in group.datasets)
    panels.auto_refresh(active, body, key=Widget.GROUP_IMPORTS)
    with st.container(horizontal=True, vertical_alignment="center"):
        navigation.link("training", "Train")
        if group.imported and changing.button(
            "Export back to CSV", icon=":material/download:", key=Widget.EXPORT, type="tertiary"
        ):
            _export(group)
        if group.imported:
            changing.costs(before_export(process.backend()))
        if changing.button("Delete this data", icon=":material/delete:", key=Widget.DELETE_GROUP, type="tertiary"):
            delete(group.name)
    _exports(group)


def _export(group: GroupView) -> None:
    """Start the export of every data set; an error is shown in a toast."""
    for view in group.datasets:
        if view.imported:
            with panels.toast_errors():
                start_export(process.backend(), group.name, view.dataset_type)


def _exports(group: GroupView) -> None:
    """Draw the newest export of each data set with its files, live while one runs."""

    def body() -> bool:
        running = False
        for exported in last_exports(process.backend(), group):
            running = running or exported.running
            if exported.running:
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.markdown(f":material/pending: {exported.dataset_type}: being exported, in its turn")
                    panels.stop_button(
                        process.backend(), exported.arn, stopping=exported.status == Status.CREATE_STOPPING
                    )
            elif exported.failure_reason:
                st.markdown(f":red[:material/error:] {exported.dataset_type}: {escaped(exported.failure_reason)}")
            for url in exported.urls:
                st.download_button(
                    f"{exported.dataset_type} as CSV, exported {age(exported.created, time.time())}",
                    data=partial(_read, url),
                    file_name=f"{group.name}-{url.rsplit('/', 1)[-1]}",
                    mime="text/csv",
                    icon=":material/download:",
                    on_click="ignore",
                    key=f"{Widget.EXPORT}_{url}",
                    help=f"Also in {escaped(exported.location)}",
                )
        return running

    active = any(exported.running for exported in last_exports(process.backend(), group))
    panels.auto_refresh(active, body, key=Widget.GROUP_EXPORTS)


def _read(url: str) -> bytes:
    with process.backend().objects.open_read(url) as file:
        return file.read()


@st.dialog("Delete this data")
def delete(name: str) -> None:
    """Show the resources to delete, and delete them after the name was typed."""
    with panels.guard("Delete"):
        plan = deletion.deletion_plan(process.backend(), name)
        st.markdown("This deletes, in this order:")
        st.markdown("\n".join(f"1. {planned.kind} **{escaped(planned.name)}**" for planned in plan))
        keys = {"typed_key": Widget.DELETE_GROUP_TYPED, "key": Widget.DELETE_GROUP_SURE}
        if changing.confirmed(name, "Delete", **keys):
            with st.spinner("Deleting ..."):
                deletion.delete_group(process.backend(), name)
                process.desk().forget_data(name)
            st.session_state.pop(Key.GROUP, None)
            st.rerun()
