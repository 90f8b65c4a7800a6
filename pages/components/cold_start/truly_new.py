"""Truly new items: put by a form or a file, learned by the next version, then the people whom they fit best."""

from typing import Any

import streamlit as st

from pages.components import missing, panels, process
from pages.components.cold_start import controls
from pages.components.cold_start.controls import Chosen
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped, quiet
from services.errors import DataError, SampleError, ServiceError, TrainingError
from services.language.phrases import counted, listed, ordinal
from services.library.columns import ITEM_ID
from services.personalize import training
from services.personalize.datasets import find_group
from services.screens.cold_start import new_items
from services.screens.cold_start.split import item_columns
from services.sources.table_files import read_table

FROM_FORM, FROM_FILE = "One item", "A file"


def draw(chosen: Chosen) -> None:
    """Draw the form, what was put, and whom it fits."""
    words = chosen.opened.data.words
    if not item_columns(chosen.opened.data):
        controls.head(chosen, f"Nothing is known of these {words.nouns}, so a new one could not be told.")
        return
    put = new_items.remembered(process.backend().home, chosen.group)
    missing.deploy_finished()
    missing.watch()
    controls.head(chosen, _sentence(chosen, put), chosen.group)
    left, right = st.columns([5, 6], gap="medium")
    with left:
        _give(chosen, len(put))
    with right:
        _known(chosen, put)


def _sentence(chosen: Chosen, put: dict[str, dict[str, Any]]) -> str:
    words = chosen.opened.data.words
    if not put:
        return f"A {words.noun} that nobody has had: tell what it is, and see whom it fits."
    fits = st.session_state.get(Key.COLD_FITS, {}).get(chosen.group, {})
    best = [
        f"{_name(chosen, put[item])} fits {chosen.opened.people.short(found[0].user_id)} best"
        for item, found in fits.items()
        if found and item in put
    ]
    if best:
        return f"{listed(best[:2])[:138]}."
    names = [_name(chosen, row) for row in put.values()]
    said = listed(names[:2]) if len(names) <= 2 else f"{names[0]} and {len(names) - 1} more"
    return f"{said[:70]} {'is' if len(names) == 1 else 'are'} in the data, visible from the next version on."


def _give(chosen: Chosen, n_put: int) -> None:
    how = st.segmented_control(
        "From",
        (FROM_FORM, FROM_FILE),
        default=FROM_FORM,
        required=True,
        key=Key.COLD_FROM,
        label_visibility="collapsed",
    )
    data = chosen.opened.data
    rows: list[dict[str, Any]] = []
    if how == FROM_FORM:
        with st.form(Key.COLD_FORM, border=True):
            row: dict[str, Any] = {ITEM_ID: st.text_input("id", f"new-{n_put + 1}", key=f"{Key.COLD_FORM}_id_{n_put}")}
            example = _example(chosen)
            columns = st.columns(2, gap="small")
            for place, field in enumerate(new_items.fields(data)):
                help_text = "Several with | between them." if "|" in example.get(field.name, "") else None
                row[field.name] = columns[place % 2].text_input(
                    field.label if not field.required else f"{field.label} *",
                    key=f"{Key.COLD_FORM}_{field.name}",
                    help=help_text,
                    placeholder=example.get(field.name, ""),
                )
            if st.form_submit_button("Put it in", type="primary", icon=":material/add:"):
                rows = [row]
    else:
        upload = st.file_uploader(
            "CSV or Parquet with ITEM_ID", type=["csv", "tsv", "txt", "parquet"], key=Key.COLD_FILE
        )
        if upload is not None and st.button(
            "Put them in", type="primary", icon=":material/add:", key=Widget.COLD_PUT_FILE
        ):
            try:
                rows = new_items.read_rows(read_table(upload.getvalue(), upload.name), data)
            except (SampleError, DataError) as error:
                st.error(str(error), icon=":material/error:")
    if rows:
        _put(chosen, rows)


def _put(chosen: Chosen, rows: list[dict[str, Any]]) -> None:
    data = chosen.opened.data
    try:
        ready = new_items.checked(rows, data, chosen.opened.catalog)
        new_items.put(process.backend(), chosen.group, ready, data.schemas["Items"])
    except DataError as error:
        st.error(str(error), icon=":material/error:")
    except ServiceError as error:
        with panels.failed(str(error), title="The service did not take it", key=Widget.COLD_PUT_REFUSED):
            st.caption("Nothing was stored. Items can also be imported as a file on Data.")
    else:
        new_items.remember(process.backend().home, chosen.group, ready)
        st.session_state.pop(Key.COLD_FITS, None)
        st.rerun()


def _known(chosen: Chosen, put: dict[str, dict[str, Any]]) -> None:
    words = chosen.opened.data.words
    if not put:
        with panels.empty(
            f"No new {words.noun} yet.",
            detail="PutItems stores it at once; lists know it from the next solution version on, as AWS documents.",
            key=Widget.COLD_NOTHING_PUT,
        ):
            pass
        return
    lines = [f"**{escaped(_name(chosen, row))}** {quiet(escaped(_told(chosen, row)))}" for row in put.values()]
    st.markdown("  \n".join(lines[:10]))
    campaign = new_items.serving(process.backend(), chosen.group)
    waiting = bool(st.session_state.get(Key.TRAINED_HERE))
    st.caption("Stored; visible from: next solution version.")
    st.button(
        "Train a version that knows " + ("it" if len(put) == 1 else "them"),
        type="primary",
        key=Widget.COLD_TRAIN_NEW,
        icon=":material/model_training:",
        disabled=waiting,
        on_click=_train,
        args=(chosen, len(put)),
    )
    if campaign is None or waiting:
        return
    people = _asked(chosen)
    if st.button(f"Ask {counted(len(people), 'person', 'people')} whom it fits", key=Widget.COLD_ASK_FITS):
        bar = st.progress(0.0, text="asking")
        try:
            fits = new_items.best_fits(process.backend(), campaign, people, list(put), report=bar.progress)
        except ServiceError as error:
            st.error(str(error), icon=":material/error:")
            return
        bar.empty()
        st.session_state[Key.COLD_FITS] = {chosen.group: fits}
        st.rerun()
    fits = st.session_state.get(Key.COLD_FITS, {}).get(chosen.group, {})
    for item, found in fits.items():
        st.markdown(f"**{escaped(_name(chosen, put.get(item, {ITEM_ID: item})))}** fits best")
        if not found:
            st.caption("nobody: the campaign does not know it yet. Train a version that does.")
        rows = [f"{ordinal(fit.rank)} for **{escaped(chosen.opened.people.label(fit.user_id))}**" for fit in found]
        st.markdown("  \n".join(rows))


def _train(chosen: Chosen, n_new: int) -> None:
    try:
        view = find_group(process.backend(), chosen.group)
        if view is not None:
            opened = chosen.opened
            arn = new_items.start_training(process.backend(), view, opened.data, opened.catalog, n_new)
            missing.deploy_when_ready(arn, training.default_name(chosen.group, new_items.RECIPE))
            st.session_state.pop(Key.COLD_FITS, None)
    except TrainingError as error:
        st.toast(str(error), icon=":material/error:", duration="long")


def _asked(chosen: Chosen) -> list[str]:
    people = chosen.opened.people
    named = [persona.user_id for persona in people.personas if people.n_events(persona.user_id)]
    return [*named, *people.sample(new_items.ASKED - len(named), 0, besides=named)]


def _example(chosen: Chosen) -> dict[str, str]:
    """Return the cells of an item that many people know, to show how one is told."""
    items, popular = chosen.opened.data.items(), chosen.opened.catalog.most_popular(1)
    if items is None or not popular:
        return {}
    found = items[items[ITEM_ID] == popular[0]]
    return {} if found.empty else {str(k): str(v) for k, v in found.iloc[0].items() if v == v}


def _name(chosen: Chosen, row: dict[str, Any]) -> str:
    title = chosen.opened.data.roles.title
    return str(row.get(title or "", "") or row[ITEM_ID])


def _told(chosen: Chosen, row: dict[str, Any]) -> str:
    said = (ITEM_ID, chosen.opened.data.roles.title)
    return " · ".join(str(value) for name, value in row.items() if name not in said)
