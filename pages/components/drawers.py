"""The three closed drawers at the foot of every screen, always in this order: how, request, download."""

import json
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.components import presenting
from pages.components.markdown import escaped
from services.library.spreadsheets import csv_bytes
from services.personalize.calls import ApiCall


def drawers(
    *,
    key: str,
    how: str = "",
    calls: Sequence[ApiCall] = (),
    download: pd.DataFrame | None = None,
    file_name: str = "table.csv",
) -> None:
    """Draw the drawers that have something in them; none while presenting."""
    if presenting.presenting():
        return
    if how:
        with st.expander("How this is computed", icon=":material/function:"):
            st.markdown(how)
    if calls:
        _requests(calls, key)
    if download is not None and len(download):
        with st.expander("Download", icon=":material/download:"):
            st.download_button(
                f"{escaped(file_name)} · {len(download):,} rows",
                data=lambda: csv_bytes(download),
                file_name=file_name,
                mime="text/csv",
                on_click="ignore",
                key=f"{key}_download",
                icon=":material/download:",
            )
            st.caption("Cells that a spreadsheet would run as formulas begin with an apostrophe.")


@st.fragment
def _requests(calls: Sequence[ApiCall], key: str) -> None:
    """Draw the requests once the drawer is open: their code is half of what a browser would draw for the page."""
    drawer = st.expander("Request", icon=":material/api:", key=f"{key}_request", on_change="rerun")
    if drawer.open:
        with drawer:
            for call in calls:
                _request(call)


def _request(call: ApiCall) -> None:
    took = f" · {call.milliseconds:.1f} ms" if call.milliseconds else ""
    st.markdown(f"**{escaped(call.service)}** · {escaped(call.operation)}{took}")
    asked, answered = st.columns(2)
    asked.caption("Request")
    asked.code(_json(call.request), language="json", height=240, wrap_lines=True)
    answered.caption("Response")
    answered.code(_json(call.response), language="json", height=240)
    st.caption(
        "Copy as boto3. On AWS, only the marked line and the account in ARNs differ. `make serve` answers the address."
    )
    st.code(call.as_boto3(), language="python", wrap_lines=True)


def _json(value: object) -> str:
    return json.dumps(value, indent=2, default=str, ensure_ascii=False)
