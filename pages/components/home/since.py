"""What is new since this browser's last visit, whose moment the browser itself keeps (visit.js)."""

import time
from functools import cache
from pathlib import Path

import streamlit as st

from pages.components import navigation, process
from pages.components.keys import Widget
from pages.components.markdown import escaped
from services.laboratory.runs import LABORATORIES
from services.screens.home import news, sentences
from services.screens.home.overview import Overview

QUIET_S = 3600.0
"""That nothing is new is said only where the last visit is longer ago."""
SCRIPT = Path(__file__).parent / "visit.js"


def draw(group: str, view: Overview) -> None:
    """Draw it under the headline; nothing on a first visit, and nothing of nothing new soon after one."""

    @st.fragment
    def body() -> None:
        now = time.time()
        kept = st.session_state.get(Widget.VISIT) or {}
        told = str(kept.get("before") or "")
        component = st.components.v2.component("explorer.visit", html="<span></span>", js=_script())
        data = {"group": group, "now": now, "told": told}
        component(key=Widget.VISIT, data=data, width="stretch", height=1, on_before_change=_heard)
        then = news.moment(told, now)
        if then is None:
            return
        runs = [
            run
            for laboratory in LABORATORIES
            for run in process.lab_runs().all(laboratory)
            if run.parameters.get("group") == group
        ]
        found = news.news(view.resources, runs, then)
        if not found and now - then < QUIET_S:
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(escaped(sentences.since(found, then, now)), width="content")
            for screen in dict.fromkeys(entry.screen for entry in found):
                navigation.link(screen)

    body()


def _heard() -> None:
    """The fragment runs again with what the browser told; there is nothing else to do."""


@cache
def _script() -> str:
    return SCRIPT.read_text(encoding="utf-8")
