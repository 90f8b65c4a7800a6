"""Data, first tab: three sources as cards, and the progress of the chosen one."""

import streamlit as st

from pages.components import changing, panels, process
from pages.components.data import own
from pages.components.data.state import Subject, show
from pages.components.keys import Key, Widget
from services.changes import may_change
from services.money.sentences import before_export
from services.progress import StepState
from services.screens.data import sentences
from services.screens.data.drafts import Draft, DraftState
from services.sources import movielens


def draw(subject: Subject) -> None:
    """Draw the work in progress, the cards, and the form for a user's own files."""
    if not may_change():
        with panels.empty(
            "No data can be loaded in this demo.",
            detail="On a machine of your own: the film demo, MovieLens, or your own files. Look shows what is here.",
            key=Widget.SOURCE_OFF,
        ):
            pass
        return
    draft = subject.draft
    if draft is not None and not draft.imported:
        _progress(draft)
    demo, lens, files = st.columns(3)
    with demo.container(border=True, height="stretch"):
        _demo()
    with lens.container(border=True, height="stretch"):
        _movielens()
    with files.container(border=True, height="stretch"):
        _own()
    own.draw()


def _demo() -> None:
    st.markdown("##### Film demo")
    st.caption(
        "About 1,500 real films and 1,000 simulated viewers, eight of them with a name and a story. "
        "Works offline, about ten seconds."
    )
    st.button("Load the film demo", type="primary", icon=":material/movie:", key=Widget.LOAD_DEMO, on_click=_load_demo)


def _movielens() -> None:
    st.markdown("##### MovieLens")
    sizes = movielens.SIZES
    size = st.selectbox(
        "Size",
        list(sizes),
        format_func=lambda key: f"{key} · {sizes[key].n_ratings:,} ratings",
        key=Key.SIZE,
        persist_state="session",
    )
    st.button(
        "Download and read",
        icon=":material/download:",
        key=Widget.LOAD_MOVIELENS,
        on_click=_load_movielens,
        args=(size,),
    )
    with st.popover("Licence, or a folder or zip on this machine", type="tertiary"):
        st.markdown(movielens.LICENCE)
        st.text_input("Folder or zip on this machine", placeholder="/path/to/ml-1m.zip", key=Key.MOVIELENS_PATH)
        st.button("Read from there", key=Widget.LOAD_PATH, on_click=_load_path)
    st.caption("Real ratings; needs the network, or a file.")


def _own() -> None:
    st.markdown("##### My own files")
    st.caption(sentences.OWN_FILES)
    st.markdown("Choose them below :material/arrow_downward:")


def _progress(draft: Draft) -> None:
    """Draw the steps of a draft that is being loaded, or the reason of its failure."""
    if draft.stopped:
        with panels.failed(draft.reason, title=draft.title):
            st.caption("The data set is as it was before.")
            if draft.source == "service":
                changing.costs(before_export(process.backend()))
            with st.container(horizontal=True):
                if draft.source != "own":
                    st.button("Try again", type="primary", key=Widget.LOAD_AGAIN, on_click=_load_again, args=(draft,))
                st.button("Dismiss", key=Widget.DISMISS, on_click=process.desk().forget, args=(draft.key,))
    elif draft.busy:
        steps(draft, key=Widget.SOURCE_STEPS)


def steps(draft: Draft, *, key: str) -> None:
    """Draw a draft's steps, live while it is busy, and Stop: AWS cannot stop an import."""
    desk = process.desk()

    def body() -> bool:
        now = desk.draft(draft.key) or draft
        panels.step_list(now.steps)
        fractions = (step.fraction for step in now.steps if step.state == StepState.RUNNING)
        fraction = next((fraction for fraction in fractions if fraction is not None), None)
        if fraction is not None:
            st.progress(min(1.0, fraction))
        return now.busy

    with st.container(border=True):
        panels.auto_refresh(draft.busy, body, key=key, seconds=1.0)
        if draft.busy and (draft.state == DraftState.LOADING or process.backend().capabilities is not None):
            st.button("Stop", icon=":material/stop_circle:", key=f"{key}_stop", on_click=desk.cancel, args=(draft.key,))


def _load_demo() -> None:
    show(process.desk().load_demo())


def _load_movielens(size: str) -> None:
    show(process.desk().load_movielens(size))


def _load_path() -> None:
    path = st.session_state.get(Key.MOVIELENS_PATH, "").strip()
    if path:
        show(process.desk().load_path(path))


def _load_again(draft: Draft) -> None:
    desk = process.desk()
    again = {
        "demo": lambda: desk.load_demo(),
        "movielens": lambda: desk.load_movielens(draft.argument),
        "path": lambda: desk.load_path(draft.argument),
        "copy": lambda: desk.copy(draft.argument),
        "service": lambda: desk.read_back(draft.argument),
    }
    show(again[draft.source]())
