"""The drawers of the Batch screen: how it is computed, the requests, the downloads."""

import streamlit as st

from pages.components import drawers, process
from pages.components.batch.state import BatchState
from pages.components.keys import Widget
from pages.components.markdown import escaped, filled
from services.library.spreadsheets import csv_bytes
from services.personalize.batch_versions import LISTS
from services.screens.batch import results, views
from services.screens.batch.results import Lists

HOW = """
**The lists** are the output of CreateBatchInferenceJob, line by line; each equals the answer that GetRecommendations or
GetPersonalizedRanking gives for the same line. **Refused** lines stand in the output with their reason, in their place.
**Different items** are counted over all lists; **of the catalogue** is their share of the items in the loaded data.
**Most frequent items**: in how many of the lists an item stands{places}. The hollow square marks bestsellers: everybody
would be shown the {popular}, counted over the people of the loaded data.
"""


def draw(state: BatchState, lists: Lists) -> None:
    """Draw the drawers: how, request, and three downloads in place of the usual one."""
    ranked = state.kind == LISTS
    drawers.drawers(
        key=Widget.BATCH,
        how=filled(
            HOW,
            places=f" among the first {views.FIRST} places" if ranked else "",
            popular="same order" if ranked else "same most popular items",
        ),
        calls=[] if state.shown is None else results.calls_of(process.backend(), state.shown),
    )
    _downloads(state, lists)


def _downloads(state: BatchState, lists: Lists) -> None:
    job = state.shown
    if job is None:
        return
    backend = process.backend()
    file = lists.urls[0].rsplit("/", 1)[-1] if len(lists.urls) == 1 else f"{job.name}.out"
    with st.expander("Download", icon=":material/download:"), st.container(horizontal=True):
        st.download_button(
            f"{escaped(file)} · exactly as written",
            data=lambda: results.file_bytes(backend, lists.urls),
            file_name=file,
            mime="application/jsonl",
            on_click="ignore",
            key=Widget.BATCH_DOWNLOAD_OUT,
            icon=":material/download:",
        )
        st.download_button(
            f"Names as CSV · {lists.n_lists:,} rows",
            data=lambda: csv_bytes(views.names_csv_frame(lists, state.kind, state.names)),
            file_name=f"{job.name}.csv",
            mime="text/csv",
            on_click="ignore",
            key=Widget.BATCH_DOWNLOAD_CSV,
            icon=":material/download:",
            disabled=not lists.n_lists,
        )
        st.download_button(
            f"Errors · {lists.n_refused:,} lines",
            data=lambda: results.error_bytes(backend, job),
            file_name=f"{job.name}.errors",
            mime="application/jsonl",
            on_click="ignore",
            key=Widget.BATCH_DOWNLOAD_ERRORS,
            icon=":material/download:",
            disabled=not lists.n_refused,
        )
