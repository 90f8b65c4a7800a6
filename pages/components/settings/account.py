"""What an account lacks: one button looks step by step, shows the JSON to paste, and makes it after a typed word."""

import streamlit as st

from pages.components import changing, panels, process
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.screens.settings import checks, repair, sentences
from services.screens.settings.checks import Check

MARKS = {
    True: ":green[:material/check_circle:]",
    False: ":red[:material/cancel:]",
    None: ":orange[:material/help:]",
}


def draw() -> None:
    """Draw the button, and the steps once they were looked at."""
    with st.container(border=True, gap="small"):
        st.markdown("**Is the account ready?**")
        found: list[Check] | None = st.session_state.get(Key.SETTINGS_CHECKS)
        if found is None:
            st.caption("Looks at credentials, region, bucket, policies, role and quotas. Nothing is changed.")
        if st.button("Look step by step", icon=":material/fact_check:", key=Widget.SETTINGS_CHECK):
            found = checks.run_checks(process.backend())
            st.session_state[Key.SETTINGS_CHECKS] = found
        if found is not None:
            st.markdown(escaped(sentences.checked(found)))
            for check in found:
                _step(check)
            _make(checks.missing(found))


def _step(check: Check) -> None:
    st.markdown(f"{MARKS[check.fine]} **{escaped(check.title)}** {escaped(check.sentence)}")
    if check.paste and not check.fine:
        with st.expander(f"JSON for {check.title}", icon=":material/content_copy:"):
            st.code(check.paste, language="json")


def _make(missing: list[Check]) -> None:
    """Draw the confirmation that makes what is missing."""
    if not missing or not changing.allowed("Making it"):
        return
    names = ", ".join(check.title.lower() for check in missing)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        keys = {"typed_key": Widget.SETTINGS_MAKE_TYPED, "key": Widget.SETTINGS_MAKE}
        pressed = changing.confirmed(repair.CONFIRMATION, "Make", to=f"to make: {names}", **keys)
    if pressed:
        with panels.toast_errors():
            made = repair.make(process.backend(), missing)
            st.toast(escaped(f"Made: {', '.join(made)}."), icon=":material/check_circle:")
        st.session_state[Key.SETTINGS_CHECKS] = checks.run_checks(process.backend())
        st.rerun()
