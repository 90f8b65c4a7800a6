"""What the explorer made at AWS, found by its tag, and the button that removes just that."""

import pandas as pd
import streamlit as st

from pages.components import changing, panels, process
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.errors import PlainError
from services.screens.settings import sentences, teardown
from services.screens.settings.teardown import OwnGroup


def draw() -> None:
    """Draw the button that looks, then the plan and its confirmation."""
    if not changing.allowed("Tear down"):
        return
    with st.expander("Remove what the explorer made", icon=":material/delete_sweep:"):
        st.caption("Found by the tag created-by: personalize-explorer. What others made stays.")
        groups: list[OwnGroup] | None = st.session_state.get(Key.SETTINGS_OWN)
        if st.button("Look", key=Widget.SETTINGS_LOOK):
            try:
                groups = teardown.own_groups(process.backend())
            except PlainError as error:
                st.error(escaped(str(error)), icon=":material/error:")
            st.session_state[Key.SETTINGS_OWN] = groups
        if groups is not None:
            _confirm(groups)


def _confirm(groups: list[OwnGroup]) -> None:
    st.markdown(escaped(sentences.to_be_removed(groups)))
    rows = [
        {"Data set group": group.name, "What": planned.kind, "Name": planned.name}
        for group in groups
        if not group.others
        for planned in group.plan
    ]
    if not rows:
        return
    panels.table(pd.DataFrame(rows), alt="What would be removed", key=Widget.SETTINGS_REMOVED)
    if changing.confirmed(
        teardown.CONFIRMATION, "Remove", typed_key=Widget.SETTINGS_REMOVE_TYPED, key=Widget.SETTINGS_REMOVE
    ):
        with panels.toast_errors():
            n = teardown.tear_down(process.backend(), groups)
            st.toast(f"{n} resources removed.", icon=":material/check_circle:")
        st.session_state.pop(Key.SETTINGS_OWN, None)
        st.rerun()
