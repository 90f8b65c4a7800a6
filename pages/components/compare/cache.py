"""What Compare computes once: what is usual for a campaign."""

from dataclasses import dataclass

import streamlit as st

from pages.components import process
from pages.components.loaded import OpenData, open_version
from services.errors import DataError, ServiceError
from services.lists import sample as list_sample
from services.lists.sample import Chance, ListSample, Pair
from services.personalize.campaigns import Campaign


@dataclass(frozen=True)
class Usual:
    """What is usual for a campaign: a sample of its lists, the chance in it, and its pairs worth a look."""

    sample: ListSample
    chance: Chance
    pairs: tuple[Pair, ...]


def usual(opened: OpenData, campaign: Campaign, count: int) -> Usual | None:
    """Return what is usual, asked once a version of model and data; None when the campaign cannot answer."""
    try:
        return _usual(str(process.backend().home), opened.data.name, opened.data.version, campaign, count)
    except ServiceError:
        return None  # asked again with the next run; the screen says of its own lists what is wrong


@st.cache_resource(max_entries=24, show_spinner=False)
def _usual(home: str, group: str, version: str, campaign: Campaign, count: int) -> Usual:
    sample = _list_sample(home, group, version, campaign)
    return Usual(sample, sample.chance(count), tuple(sample.pairs(count)))


@st.cache_resource(max_entries=12, show_spinner=False)
def _list_sample(home: str, group: str, version: str, campaign: Campaign) -> ListSample:
    opened = open_version(home, group, version)
    if opened is None:
        raise DataError(f"The data of {group} is gone; it was deleted in another window. Load it again on Data.")
    return list_sample.take(process.backend(), campaign, opened.data, opened.people, opened.tastes)
