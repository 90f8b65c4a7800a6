"""The controls of Ranking: one user or two, the source and length of the list, the campaign."""

from dataclasses import dataclass

import streamlit as st

from pages.components import address, changing, loaded, missing, panels, pickers, process
from pages.components.filters import control
from pages.components.filters.control import Asked
from pages.components.keys import Key
from pages.components.loaded import OpenData, Selection
from pages.components.markdown import escaped
from pages.components.ranking import cache
from services.errors import SampleError
from services.filters.request import NOTHING, Narrowing
from services.lists import item_lists
from services.lists.item_lists import ItemList
from services.personalize import campaigns, recipe_names
from services.personalize.campaigns import Campaign
from services.screens.ranking import uploads

CATEGORY, SEARCH, IDS = "Category", "Search result", "Ids"
SOURCES = (CATEGORY, SEARCH, IDS)
SIZES = (10, 20, 25, 50)
USUAL_SIZE = 20
RECIPE = recipe_names.FOR_A_LIST[0]
FOR = "It puts a given list into the order that one person would like best."


@dataclass(frozen=True, kw_only=True)
class Chosen(Selection):
    """What the controls select."""

    campaign: Campaign
    user_ids: tuple[str, ...]
    """One user or two, never the same twice."""
    items: ItemList
    narrowing: Narrowing = NOTHING
    """The filter of the requests."""


def choose(group: str) -> Chosen | None:
    """Draw the controls and return the selection; draw an explanation and return None when nothing can be asked yet."""
    opened = loaded.open_data(group)
    if opened is None:
        missing.files("Ranking", group)
        return None
    available = campaigns.for_a_list(process.backend(), group)
    if not available:
        words = opened.data.words
        panels.head(
            "Ranking", f"The same {words.nouns}, in whose order? Personalized ranking is not deployed yet.", group
        )
        missing.recipe(group, opened.data, RECIPE, FOR)
        return None
    headline = st.container()
    one, other, source, which, last = panels.controls([9, 8, 5, 6, 3])
    fold, more = control.above(last)
    with one:
        first = pickers.person(opened.people)
    with other:
        second = pickers.other_person(opened.people, Key.SECOND, "And beside", _second(opened, first))
    with more.popover("More", width="stretch"):
        campaign = pickers.campaign(available, Key.RANKER)
        size = address.segments("Length of the list", SIZES, default=USUAL_SIZE, key=Key.LIST_SIZE)
    if first is None:
        with headline:
            missing.people("Ranking", group)
        return None
    users = (first,) if second in (None, first) else (first, str(second))
    with source:
        categories = cache.list_categories(opened)
        options = SOURCES if categories else SOURCES[1:]
        address.default_choice(Key.LIST_FROM, options, options[0])
        kind = address.bound_select("List", options, Key.LIST_FROM)
    with which:
        items = _items(opened, kind or options[0], int(size or USUAL_SIZE), users, categories)
    narrowing = control.draw(fold, Asked(group, opened, user_id=first))
    return Chosen(
        group=group,
        opened=opened,
        headline=headline,
        campaign=campaign,
        user_ids=users,
        items=items,
        narrowing=narrowing,
    )


def show_category(category: str) -> None:
    """Make the list a category's, from the next run on."""
    st.session_state[Key.LIST_FROM] = CATEGORY
    st.session_state[Key.CATEGORY] = category


def _second(opened: OpenData, first: str | None) -> str | None:
    """Return the second user while none is chosen."""
    others = [str(user_id) for user_id in opened.people.search("", limit=3)["user_id"]]
    return next((user_id for user_id in others if user_id != first), None)


def _items(opened: OpenData, kind: str, size: int, users: tuple[str, ...], categories: list[str]) -> ItemList:
    words = opened.data.words
    if kind == CATEGORY:
        histories = [opened.data.counted_history(user_id) for user_id in users]
        usual = item_lists.telling_category(
            opened.tastes, categories, histories[0], histories[1] if len(users) > 1 else None
        )
        address.default_choice(Key.CATEGORY, categories, usual)
        category = address.bound_select(opened.tastes.column.capitalize().replace("_", " "), categories, Key.CATEGORY)
        return item_lists.category_list(opened.catalog, category or categories[0], size, words)
    if kind == SEARCH:
        text = st.text_input("Title, person or id", key=Key.SEARCH, bind="query-params", placeholder="star trek")
        return item_lists.search_list(loaded.item_search(opened), text or "", size, words)
    with st.popover("Ids", icon=":material/list:", width="stretch"):
        if changing.allowed("Uploading a file of ids"):
            st.file_uploader(
                "A file with a column of item ids, or one id a line",
                key=Key.UPLOADED,
                on_change=_uploaded,
                max_upload_size=5,
            )
        if note := st.session_state.get(Key.UPLOAD_NOTE):
            st.caption(escaped(note))
        text = st.text_area(
            f"Ids, one a line or between commas, {item_lists.LIMIT} at most",
            key=Key.PASTED,
            bind="query-params",
            height=200,
        )
    return item_lists.pasted_list(text or "", words)


def _uploaded() -> None:
    """Put the ids of the file into the field, where they can be seen, changed and sent in an address."""
    file = st.session_state.get(Key.UPLOADED)
    if file is None:
        return
    try:
        ids = uploads.uploaded_ids(file.getvalue(), file.name)
    except SampleError as error:
        st.session_state[Key.UPLOAD_NOTE] = str(error)
        return
    st.session_state[Key.PASTED] = "\n".join(ids)
    st.session_state[Key.UPLOAD_NOTE] = f"{len(ids):,} ids from {file.name}"
