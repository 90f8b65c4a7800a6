"""What Recommendations computes once: reasons, and the share of a taste."""

import streamlit as st

from pages.components import process
from pages.components.loaded import OpenData, open_version, people_with_both
from services.backend import HistoryEvent
from services.lists import reasons
from services.lists.reasons import Reason
from services.personalize.campaigns import Campaign
from services.screens.recommendations import view, what_if


def share_in_taste(group: str, version: str, taste: tuple[str, ...]) -> float:
    """Return the share of everybody's items that have one of these categories."""
    return _share_in_taste(str(process.backend().home), group, version, taste)


@st.cache_data(max_entries=500, show_spinner=False)
def _share_in_taste(home: str, group: str, version: str, taste: tuple[str, ...]) -> float:
    opened = open_version(home, group, version)
    return 0.0 if opened is None else view.share_in_taste(opened.catalog, opened.tastes, taste)


def reasons_of(opened: OpenData, campaign: Campaign, user_id: str, item_ids: tuple[str, ...]) -> dict[str, Reason]:
    """Return the reason of every item of a list; kept until the person has another event. Raises ServiceError."""
    known = what_if.known_events(process.backend(), campaign, user_id)
    home = str(process.backend().home)
    return _reasons_of(home, opened.data.name, opened.data.version, campaign, user_id, item_ids, len(known), known[-1:])


@st.cache_data(max_entries=500, show_spinner=False)
def _reasons_of(
    home: str,
    group: str,
    version: str,
    campaign: Campaign,
    user_id: str,
    item_ids: tuple[str, ...],
    n_known: int,
    last_known: tuple[HistoryEvent, ...],
) -> dict[str, Reason]:
    opened = open_version(home, group, version)
    if opened is None:
        return {}
    return reasons.reasons_for(
        process.backend(), campaign, user_id, item_ids, opened.data, opened.catalog, lambda: people_with_both(opened)
    )
