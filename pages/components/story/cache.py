"""The guided story, computed once for each version of its data, campaigns and runs."""

import streamlit as st

from pages.components import process
from pages.components.loaded import BY_VERSION, OpenData, open_data
from services.laboratory.runs import LABORATORIES
from services.personalize import campaigns, recipe_names
from services.story.stage import StoryStep
from services.story.steps import story


def story_steps(group: str, count: int) -> tuple[StoryStep, ...]:
    """Return the guided story of a data set group, told once a version of its data and of its campaigns."""
    opened = open_data(group)
    if opened is None:
        return ()
    serving = tuple(
        (campaign.arn, campaign.version_arn) for campaign in campaigns.for_recipes(process.backend(), group, RECIPES)
    )
    measured = tuple(
        (run.id, str(run.ended)) for laboratory in LABORATORIES for run in process.lab_runs().all(laboratory)
    )
    return _story_steps(opened, (*serving, *measured), count)


RECIPES = (*recipe_names.FOR_A_USER, *recipe_names.FOR_AN_ITEM, *recipe_names.FOR_A_LIST)


@st.cache_data(max_entries=20, show_spinner=False, hash_funcs=BY_VERSION)
def _story_steps(opened: OpenData, serving: tuple[tuple[str, str], ...], count: int) -> tuple[StoryStep, ...]:
    return story(process.backend(), opened.data.name, opened.data, opened.catalog, opened.people, opened.tastes, count)
