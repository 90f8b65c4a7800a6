"""Home without data: three ways to load some, and an example picture."""

import streamlit as st

from pages.components import changing, navigation, panels, process
from pages.components.charts import example
from pages.components.home import hero
from pages.components.keys import Key, Widget
from services.changes import may_change
from services.demo.costs import costs
from services.demo.runner import DemoRunner
from services.sources import movielens

CARD_HEIGHT = 232


def draw(runner: DemoRunner) -> None:
    """Draw the cards and the example picture."""
    hero.draw()
    if not may_change():
        panels.head("Home", "There is nothing to look at yet: this demo is read-only and has no data.")
        st.caption("Who runs it can prepare the film demo in its home folder: python -m services.demo.runner")
        return
    panels.head("Home", "Show what personalization does, with films and simulated viewers, in about a minute.")
    demo, lens, own = st.columns(3)
    with demo.container(border=True, height=CARD_HEIGHT):
        st.markdown("##### Film demo")
        st.caption(
            "Works offline and takes about a minute. The viewers are simulated; eight of them have a name and a story."
        )
        start_button(runner, "Load the film demo")
    with lens.container(border=True, height=CARD_HEIGHT):
        st.markdown("##### MovieLens")
        st.caption("Real ratings; needs the network or a file.")
        sizes = movielens.SIZES
        st.selectbox(
            "Size",
            list(sizes),
            format_func=lambda key: f"{key} · {sizes[key].title}",
            key=Key.SIZE,
            persist_state="session",
        )
        navigation.link("data", "Choose on Data", icon=":material/download:")
    with own.container(border=True, height=CARD_HEIGHT):
        st.markdown("##### My own files")
        st.caption("CSV, TSV or Parquet: who did what, and when. Columns are recognised; you can map them by hand.")
        navigation.link("data", "Open Data", icon=":material/upload_file:")
    st.caption("What you will see: one viewer's evenings change another viewer's list (an example, not a measurement).")
    panels.show(example.overlap_example(), example.ALT)
    st.caption("Already on AWS? Start with PERSONALIZE_BACKEND=aws and the same screens show your own account.")


def start_button(runner: DemoRunner, label: str) -> None:
    """Draw the button that prepares the demo; this browser then opens the first persona."""
    changing.costs(costs(process.backend()))
    if changing.button(label, type="primary", icon=":material/movie:", key=Widget.START_DEMO):
        st.session_state[Key.LANDED] = False
        runner.start()
        st.rerun()
