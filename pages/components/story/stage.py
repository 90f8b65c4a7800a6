"""Presenter mode in the browser: large type, the lit subject, a remote control's keys, and notes in a second window.

Streamlit draws; stage.js, an inline component, does what only a browser can, and stage.css what it looks like.
"""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from pages.components import presenting
from pages.components.keys import Key, Widget
from services.story.stage import StoryStep

FOLDER = Path(__file__).parent
NOTES_LINK = f'<a class="stage-notes-link" target="notes" href="?{Key.NOTES}=1">Notes</a>'
NOTES_PLACE = '<div class="stage-notes" aria-live="polite"></div>'


def draw(story: tuple[StoryStep, ...], number: int) -> None:
    """Dress the window while presenting and tell the second window the step; number is 0 outside the story."""
    if not presenting.presenting():
        return
    data = {"presenting": True, "notes": False, "step": number, "n_steps": len(story), "plays": False}
    if number:
        data |= _told(story, number)
    _mount(NOTES_LINK, data)


def notes() -> None:
    """Draw the notes of the step that another window of this browser shows."""
    _mount(NOTES_PLACE, {"notes": True})


def _told(story: tuple[StoryStep, ...], number: int) -> dict[str, Any]:
    step = story[number - 1]
    after = story[number] if number < len(story) else None
    return {
        "title": step.title,
        "say": step.say,
        "do": step.do,
        "number": step.number or step.missing,
        "plays": step.after_event > 0,  # the space bar plays there
        "next_title": "The end." if after is None else after.title,
        "next_number": "" if after is None else after.number or after.missing,
    }


def _mount(html: str, data: dict[str, Any]) -> None:
    name = f"explorer.{'notes' if data['notes'] else 'stage'}"
    component = st.components.v2.component(
        name, html=html, css=_read("stage.css"), js=_read("stage.js"), isolate_styles=False
    )
    component(key=Widget.STAGE, data=data, width="stretch" if data["notes"] else "content")


@cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
