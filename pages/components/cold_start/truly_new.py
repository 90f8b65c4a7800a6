"""Truly new items: put by a form or a file, learned by the next version, then the people whom they fit best."""

from typing import Any

import streamlit as st

from pages.components import changing, missing, panels, process
from pages.components.keys import Key, Widget
from pages.components.lab_run import Head
from pages.components.loaded import OpenData
from pages.components.markdown import escaped, quiet
from services.errors import DataError, PlainError, ServiceError
from services.laboratory.columns import item_columns
from services.language.phrases import counted, ordinal
from services.library.columns import ITEM_ID
from services.money.sentences import before_deploying, before_sending, before_training
from services.personalize import training
from services.personalize.datasets import find_group
from services.personalize.legacy.stand_ins import current
from services.screens.cold_start import new_items, part_sentences
from services.screens.cold_start.new_items import Fits, Row
from services.screens.cold_start.parameters import RECIPE
from services.sources.table_files import read_table

FROM_FORM, FROM_FILE = "One item", "A file"
MAX_LINES = 10


def draw(group: str, opened: OpenData, head: Head) -> None:
    """Draw the form, what was put, and whom it fits."""
    if not item_columns(opened.data):
        head.draw(f"These {opened.data.words.nouns} have no columns, so a new one could not be described.")
        return
    put = new_items.remembered(process.backend().home, group)
    missing.deploy_finished()
    missing.watch()
    head.draw(part_sentences.new_items_headline(opened.data, opened.people, put, _fits(group)), group)
    left, right = st.columns([5, 6], gap="medium")
    with left:
        rows = _give(opened, len(put))
        if rows:
            _put(group, opened, rows)
    with right:
        _known(group, opened, put)


def _fits(group: str) -> Fits:
    """Return whom the new items fit best, {} before the campaign was asked."""
    fits: Fits = st.session_state.get(Key.COLD_FITS, {}).get(group, {})
    return fits


def _give(opened: OpenData, n_put: int) -> list[Row]:
    """Draw the form or the upload and return the rows to put, [] until it is sent."""
    if not changing.allowed("Putting new items in"):
        return []
    how = st.segmented_control(
        "From",
        (FROM_FORM, FROM_FILE),
        default=FROM_FORM,
        required=True,
        key=Key.COLD_FROM,
        label_visibility="collapsed",
    )
    return _form(opened, n_put) if how == FROM_FORM else _file(opened)


def _form(opened: OpenData, n_put: int) -> list[Row]:
    with st.form(Key.COLD_FORM, border=True):
        row: Row = {ITEM_ID: st.text_input("id", f"new-{n_put + 1}", key=f"{Key.COLD_FORM}_id_{n_put}")}
        example = _example(opened)
        columns = st.columns(2, gap="small")
        for place, field in enumerate(new_items.fields(opened.data)):
            help_text = "Several with | between them." if "|" in example.get(field.name, "") else None
            row[field.name] = columns[place % 2].text_input(
                field.label if not field.required else f"{field.label} *",
                key=f"{Key.COLD_FORM}_{field.name}",
                help=escaped(help_text or "") or None,
                placeholder=example.get(field.name, ""),
            )
        changing.costs(before_sending(process.backend()))
        sent = st.form_submit_button("Put it in", type="primary", icon=":material/add:")
    return [row] if sent else []


def _file(opened: OpenData) -> list[Row]:
    upload = st.file_uploader("CSV or Parquet with ITEM_ID", type=["csv", "tsv", "txt", "parquet"], key=Key.COLD_FILE)
    changing.costs(before_sending(process.backend()))
    if upload is None or not st.button("Put them in", type="primary", icon=":material/add:", key=Widget.COLD_PUT_FILE):
        return []
    try:
        return new_items.read_rows(read_table(upload.getvalue(), upload.name), opened.data)
    except PlainError as error:
        st.error(escaped(str(error)), icon=":material/error:")
        return []


def _put(group: str, opened: OpenData, rows: list[Row]) -> None:
    data = opened.data
    try:
        ready = new_items.checked(rows, data, opened.catalog)
        new_items.put(process.backend(), group, ready, data.schemas["Items"])
    except DataError as error:
        st.error(escaped(str(error)), icon=":material/error:")
    except ServiceError as error:
        with panels.failed(str(error), title="The service did not accept it", key=Widget.COLD_PUT_REFUSED):
            st.caption("Nothing was stored. Items can also be imported as a file on Data.")
    else:
        new_items.remember(process.backend().home, group, ready)
        st.session_state.pop(Key.COLD_FITS, None)
        st.rerun()


def _costs() -> str:
    backend = process.backend()
    recipe = current(backend, RECIPE).recipe
    return f"{before_training(backend, recipe)} {before_deploying(backend, recipe)}".strip()


def _known(group: str, opened: OpenData, put: dict[str, Row]) -> None:
    """Draw the items that were put, the training that learns them, and whom they fit."""
    if not put:
        with panels.empty(
            f"No new {opened.data.words.noun} yet.",
            detail="PutItems stores it at once; lists know it from the next solution version on, as AWS documents.",
            key=Widget.COLD_NOTHING_PUT,
        ):
            pass
        return
    names = [part_sentences.item_name(row, opened.data) for row in put.values()]
    details = [part_sentences.item_details(row, opened.data) for row in put.values()]
    lines = [f"**{escaped(name)}** {quiet(escaped(rest))}" for name, rest in zip(names, details, strict=True)]
    st.markdown("  \n".join(lines[:MAX_LINES]))
    waiting = bool(st.session_state.get(Key.TRAINED_HERE))
    st.caption("Stored; visible from: next solution version.")
    changing.costs(_costs())
    changing.button(
        "Train a version that knows " + ("it" if len(put) == 1 else "them"),
        type="primary",
        key=Widget.COLD_TRAIN_NEW,
        icon=":material/model_training:",
        disabled=waiting,
        on_click=_train,
        args=(group, opened, len(put)),
    )
    campaign = new_items.serving(process.backend(), group)
    if campaign is None or waiting:
        return
    people = _asked(opened)
    if st.button(f"Ask {counted(len(people), 'person', 'people')} whom it fits", key=Widget.COLD_ASK_FITS):
        bar = st.progress(0.0, text="asking")
        try:
            fits = new_items.best_fits(process.backend(), campaign, people, list(put), report=bar.progress)
        except ServiceError as error:
            st.error(escaped(str(error)), icon=":material/error:")
            return
        bar.empty()
        st.session_state[Key.COLD_FITS] = {group: fits}
        st.rerun()
    _best(group, opened, put)


def _best(group: str, opened: OpenData, put: dict[str, Row]) -> None:
    for item, fits in _fits(group).items():
        name = part_sentences.item_name(put.get(item, {ITEM_ID: item}), opened.data)
        st.markdown(f"**{escaped(name)}** fits best")
        if not fits:
            st.caption("nobody yet: the campaign does not know it. Train a new version.")
        rows = [f"{ordinal(fit.rank)} for **{escaped(opened.people.label(fit.user_id))}**" for fit in fits]
        st.markdown("  \n".join(rows))


def _train(group: str, opened: OpenData, n_new: int) -> None:
    with panels.toast_errors():
        view = find_group(process.backend(), group)
        if view is not None:
            arn = new_items.start_training(process.backend(), view, opened.data, opened.catalog, n_new)
            missing.deploy_when_ready(arn, training.default_name(group, new_items.RECIPE))
            st.session_state.pop(Key.COLD_FITS, None)


def _asked(opened: OpenData) -> list[str]:
    """Return the users among whom the best fits are searched: the named ones first."""
    people = opened.people
    named = [persona.user_id for persona in people.personas if people.n_events(persona.user_id)]
    return [*named, *people.sample(new_items.MAX_ASKED - len(named), 0, besides=named)]


def _example(opened: OpenData) -> dict[str, Any]:
    """Return the cells of the most popular item, as examples for the fields of the form."""
    items, popular = opened.data.items(), opened.catalog.most_popular(1)
    if items is None or not popular:
        return {}
    rows = items[items[ITEM_ID] == popular[0]]
    return {} if rows.empty else {str(k): str(v) for k, v in rows.iloc[0].items() if v == v}
