"""What a result hands out: the report in one file, and every person's lists, truth and values for other programs."""

from functools import partial

import streamlit as st

from pages.components.evaluation import cache
from pages.components.evaluation.controls import Shown
from pages.components.keys import Widget
from services.screens.evaluation.others import files

FRAMES = {"lists": files.list_rows, "held-out": files.truth_rows, "people": files.people_rows}
"""What can be taken, by the file's name."""
LABELS = {"lists": "Lists, place by place", "held-out": "What was held out", "people": "Metrics of each person"}


def draw(shown: Shown, group: str) -> None:
    """Draw the buttons."""
    run = shown.run
    st.download_button(
        "Report in one file",
        key=Widget.EVALUATION_REPORT,
        icon=":material/description:",
        mime="text/html",
        file_name="evaluation.html",
        on_click="ignore",
        data=lambda: cache.evaluation_report(str(run.folder), run.ended, run.name, group).encode(),
    )
    if not shown.result.by_person:
        return
    with st.expander("For your own programs", icon=":material/data_object:"):
        st.caption("Ids are exactly those of the data; Parquet keeps the types.")
        for name, title in LABELS.items():
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(title, width=220)
                for kind in files.FORMATS:
                    st.download_button(
                        kind.upper() if kind == files.CSV else "Parquet",
                        data=partial(_content, shown, name, kind),
                        file_name=f"{name}.{kind}",
                        key=f"{Widget.EVALUATION_TAKE}_{name}_{kind}",
                        icon=":material/download:",
                        on_click="ignore",
                    )


def _content(shown: Shown, name: str, kind: str) -> bytes:
    return files.content(FRAMES[name](shown.result), kind)
