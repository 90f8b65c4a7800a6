"""The guided story, computed once for each version of its data, campaigns and runs."""

import streamlit as st

from pages.components import process
from pages.components.loaded import open_version
from services.laboratory.runs import LABORATORIES
from services.library.store import Library
from services.personalize import campaigns, recipe_names
from services.story.stage import StoryStep
from services.story.steps import story


def story_steps(group: str, count: int) -> tuple[StoryStep, ...]:
    """Return the guided story of a data set group, told once a version of its data and of its campaigns."""
    home = process.backend().home
    version = Library(home).version(group)
    if version is None:
        return ()
    serving = tuple(
        (found.arn, found.version_arn) for found in campaigns.for_recipes(process.backend(), group, TELLING)
    )
    measured = tuple(
        (run.id, str(run.ended)) for laboratory in LABORATORIES for run in process.lab_runs().all(laboratory)
    )
    return _story_steps(str(home), group, version, (*serving, *measured), count)


TELLING = (*recipe_names.FOR_A_USER, *recipe_names.FOR_AN_ITEM, *recipe_names.FOR_A_LIST)


@st.cache_data(max_entries=20, show_spinner=False)
def _story_steps(
    home: str, group: str, version: str, serving: tuple[tuple[str, str], ...], count: int
) -> tuple[StoryStep, ...]:
    opened = open_version(home, group, version)
    if opened is None:
        return ()
    return story(process.backend(), group, opened.data, opened.catalog, opened.people, opened.tastes, count)
