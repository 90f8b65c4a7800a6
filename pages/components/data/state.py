"""The data that the Data screen shows: a draft or an imported data set group; figures cached by version."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from pages.components import address, panels, process
from pages.components.keys import Key, Widget
from services import errors
from services.changes import may_change
from services.checks import look, report
from services.checks.look import Look
from services.language.vocabulary import Words
from services.library.prepared import PreparedData
from services.library.store import Library, LoadedData
from services.personalize import datasets
from services.personalize.datasets import GroupView
from services.screens.data import shelf
from services.screens.data.drafts import Draft, DraftState

SOURCE, CHECK, LOOK, IMPORT, ALL = TABS = ("Source", "Check", "Look", "Import", "All data")
IMPORTED = "imported"
"""The value in the address when no draft is shown."""


@dataclass(frozen=True)
class Subject:
    """The data that is shown."""

    draft: Draft | None
    group: GroupView | None
    loaded: LoadedData | None

    @property
    def words(self) -> Words:
        """Words for the catalogue."""
        if self.draft is not None and self.draft.data is not None:
            return self.draft.data.words
        return self.loaded.words if self.loaded is not None else Words()

    @property
    def source_line(self) -> str:
        """The grey line under the headline."""
        if self.draft is not None and not self.draft.imported:
            note = self.draft.data.note if self.draft.data is not None else ""
            parts = [self.draft.title, "not imported yet", note]
        elif self.group is not None:
            parts = [self.group.name, self.loaded.note if self.loaded is not None else "titles are not known here"]
        else:
            parts = []
        return " · ".join(part for part in parts if part)

    def figures(self) -> Look | None:
        """Return the figures, None where there are none yet."""
        if self.draft is not None and not self.draft.imported:
            return self.draft.look
        return None if self.loaded is None else _loaded_look(self.loaded.name, self.loaded.version)

    def problems(self) -> pd.DataFrame | None:
        """Return the problems, None where nothing was checked."""
        if self.draft is not None and not self.draft.imported:
            return self.draft.problems
        return None if self.loaded is None else _loaded_problems(self.loaded.name, self.loaded.version)

    def data(self) -> PreparedData | None:
        """Return the tables."""
        if self.draft is not None and not self.draft.imported:
            return self.draft.data
        return None if self.loaded is None else self.loaded.prepared()


def open_drafts() -> list[Draft]:
    """Return the drafts to choose from, the latest first; an imported one only while it is shown.

    None in read-only mode, where all visitors would share them.
    """
    if not may_change():
        return []
    shown_key = st.session_state.get(Key.DRAFT)
    return [
        draft
        for draft in process.desk().drafts()
        if draft.state != DraftState.CANCELLED and (not draft.imported or draft.key == shown_key)
    ]


def subject() -> Subject:
    """Draw the choice between drafts and imported data, where there is one, and return the chosen data.

    A draft is shown without the data set group of the sidebar, so that neither's errors and buttons stand by the other.
    """
    drafts = {draft.key: draft for draft in open_drafts()}
    name = address.dataset_group()
    chosen = _chosen(drafts, name)
    options = _options(drafts, name)
    st.session_state[Key.DRAFT] = chosen
    if len(options) > 1:
        st.session_state[Key.DRAFT_PICK] = chosen
        labels = {key: shelf.draft_label(draft) for key, draft in drafts.items()}
        with panels.one_row(Widget.LOOKING_AT):
            st.selectbox(
                "Looking at",
                options,
                format_func=lambda key: labels.get(key, f"{name} · imported"),
                key=Key.DRAFT_PICK,
                on_change=_picked,
                label_visibility="collapsed",
                width=360,
            )
            draft = drafts.get(chosen)
            if draft is not None and not draft.busy and not draft.imported:
                st.button(
                    "Discard this draft",
                    icon=":material/delete:",
                    type="tertiary",
                    key=Widget.DISCARD,
                    on_click=discard,
                    args=(draft.key,),
                )
        st.query_params[Key.DRAFT] = chosen
    else:
        st.query_params.pop(Key.DRAFT, None)
    draft = drafts.get(chosen)
    if draft is not None and not draft.imported:
        return Subject(draft, None, None)
    if draft is not None:
        name = draft.target
    group = datasets.find_group(process.backend(), name) if name else None
    data = Library(process.backend().home).open(name) if name else None
    return Subject(draft, group, data)


def _picked() -> None:
    st.session_state[Key.DRAFT] = st.session_state[Key.DRAFT_PICK]


def _options(drafts: dict[str, Draft], name: str | None) -> list[str]:
    just_imported = any(draft.imported and draft.target == name for draft in drafts.values())
    return [*drafts, IMPORTED] if name and not just_imported else list(drafts)


def _chosen(drafts: dict[str, Draft], name: str | None) -> str:
    """Return the key of the draft to show, or IMPORTED: what was chosen, unless the sidebar's choice is newer."""
    options = _options(drafts, name)
    before, st.session_state[Key.DATA_SEEN] = st.session_state.get(Key.DATA_SEEN), name
    given = str(st.session_state.get(Key.DRAFT) or st.query_params.get(Key.DRAFT) or "")
    if given in options:
        follows = before is not None and name != before and IMPORTED in options
        return IMPORTED if follows else given
    if given and given != IMPORTED:
        address.check_choice(Key.DRAFT, options)
    busy = next((draft.key for draft in drafts.values() if draft.busy), None)
    return busy or (IMPORTED if IMPORTED in options else next(iter(options), IMPORTED))


def discard(draft_key: str) -> None:
    """Delete a draft, and show something else from the next run on."""
    process.desk().forget(draft_key)
    if st.session_state.get(Key.DRAFT) == draft_key:
        st.session_state.pop(Key.DRAFT)
    st.query_params.pop(Key.DRAFT, None)


def show(draft_key: str) -> None:
    """Show this draft from the next run on; set the address too, as the choice may not be drawn yet."""
    st.session_state[Key.DRAFT] = draft_key
    st.session_state[Key.DRAFTS_MADE] = [*made(), draft_key]
    address.set_address(Key.DRAFT, draft_key)


def made() -> list[str]:
    """Return the keys of the drafts that this session has made."""
    return list(st.session_state.get(Key.DRAFTS_MADE, []))


def follow(subject: Subject) -> None:
    """Open the fitting tab when the state of the shown draft has changed: loaded, checked, imported, failed."""
    seen = (subject.draft.key, subject.draft.state) if subject.draft is not None else None
    before = st.session_state.get(Key.DRAFT_SEEN, seen)
    st.session_state[Key.DRAFT_SEEN] = seen
    if seen != before:
        st.session_state[Key.DATA_TAB] = default_tab(subject)
        if subject.draft is not None and subject.draft.imported:
            address.choose_group(subject.draft.target)
            st.session_state[Key.DATA_SEEN] = subject.draft.target
            st.rerun()


def default_tab(subject: Subject) -> str:
    """Return the tab to open first: the one with something to do, else with something to see."""
    draft = subject.draft
    if draft is not None:
        failed_import = draft.state == DraftState.FAILED and draft.data is not None and draft.target
        if draft.state in (DraftState.IMPORTING, DraftState.IMPORTED) or failed_import:
            return IMPORT
        if draft.data is None or draft.busy:
            return SOURCE
        return CHECK if draft.n_stop else LOOK
    if subject.group is None:
        return SOURCE
    return LOOK if subject.loaded is not None else IMPORT


@st.cache_data(show_spinner=False, max_entries=8)
def _loaded_look(name: str, version: str) -> Look:
    data = Library(process.backend().home).open(name)
    if data is None:
        raise errors.DataError(f"The data of {name} was deleted meanwhile. Load it again.")
    return look.look(data.prepared())


@st.cache_data(show_spinner=False, max_entries=8)
def _loaded_problems(name: str, version: str) -> pd.DataFrame:
    data = Library(process.backend().home).open(name)
    if data is None:
        raise errors.DataError(f"The data of {name} was deleted meanwhile. Load it again.")
    return report.check(data.prepared())
