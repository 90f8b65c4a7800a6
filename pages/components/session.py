"""Every session key, and what a session shares with others: the backend and the demo's runner.

Keys of widgets that are bound to the address are its parameters, so they are short words.
"""

from collections.abc import Mapping, Sequence

import streamlit as st

from services import dataset_views
from services.backend import Backend, open_backend
from services.data_desk import DataDesk
from services.tour import TourRunner


class Key:
    """The names of everything kept per session. No other file makes one up."""

    # frame: the address says which data set group is looked at
    GROUP = "data"
    GROUP_NEXT = "data_next"
    # home
    SIZE = "movielens_size"
    LANDED = "landed"
    # recommendations
    USER = "user"
    USER_PICK = "user_pick"
    DICE = "dice"
    PERSONAL = "personal_instead"
    CAMPAIGN = "campaign"
    COUNT = "n"
    OTHERS = "others"
    LAST_LIST = "last_list"
    VIEW = "view"
    # choosing an item (pickers.item): its id is in the address, what was typed last is not
    ITEM_TYPED = "item_typed"
    # similar
    ITEM = "item"
    OTHER_ITEM = "other"
    SIMS = "sims"
    NEIGHBOURS = "k"
    DISCOUNT = "discount"
    DISCOUNT_PICK = "discount_pick"
    DISCOUNT_DEPLOYED = "discount_deployed"
    BY = "by"
    WALK = "walk"
    WALK_MAP = "walk_map"
    TABLE_OF = "table_of"
    # ranking
    SECOND = "second"
    RANKER = "ranker"
    SHELF = "shelf"
    CATEGORY = "category"
    SEARCH = "search"
    PASTED = "ids"
    UPLOADED = "uploaded"
    UPLOAD_SAID = "upload_said"
    SHELF_SIZE = "size"
    # training a recipe from the screen that needs it: versions to be deployed once they are ready
    TRAINED_HERE = "trained_here"
    # data
    DATA_TAB = "tab"
    DRAFT = "draft"
    DRAFT_SEEN = "draft_seen"
    PICTURE = "picture"
    MOVIELENS_PATH = "movielens_path"
    OWN_FILES = "own_files"
    OWN_NAME = "own_name"
    IMPORT_NAME = "import_name"
    IMPORT_MODE = "import_mode"
    WORDS = "words"
    # training
    RECIPE = "recipe"
    METRIC = "metric"
    HYPERPARAMETER = "hyperparameter"
    VERSION = "version"
    VERSION_SHOWN = "version_shown"


@st.cache_resource(show_spinner=False, on_release=lambda backend: backend.close())
def backend() -> Backend:
    """Return the one backend of this process. Raises BackendError with the variable to set."""
    return open_backend()


@st.cache_resource(show_spinner=False)
def tour() -> TourRunner:
    """Return the one runner of the film demo; a demo that was interrupted by a restart goes on."""
    runner = TourRunner(backend())
    runner.resume()
    return runner


@st.cache_resource(show_spinner=False)
def desk() -> DataDesk:
    """Return the one desk of this process on which data is loaded, checked and imported."""
    return DataDesk(backend())


def dataset_group() -> str | None:
    """Return the name of the data set group chosen in the sidebar, None when there is none."""
    value = st.session_state.get(Key.GROUP)
    return str(value) if value else None


def choose_group(name: str) -> None:
    """Show this data set group from the next run on; call it from anywhere, before a rerun or a page switch."""
    st.session_state[Key.GROUP_NEXT] = name


def carry(query: Mapping[str, str]) -> None:
    """Take what another screen should show, by parameter; it is in the address once that screen has been drawn.

    It goes through the session because Streamlit 1.67 refuses an address with a parameter that is bound to a widget.
    """
    for key, value in query.items():
        if key == Key.GROUP:
            choose_group(value)
        else:
            st.session_state[key] = value


def group_select() -> None:
    """Draw the data set group's select; the newest group is chosen first."""
    names = dataset_views.group_names(backend())
    if not names:
        st.caption("No data yet.")
        return
    wanted = st.session_state.pop(Key.GROUP_NEXT, None)
    if wanted in names:
        st.session_state[Key.GROUP] = wanted
    default_choice(Key.GROUP, names, names[0])
    bound_select("Data set group", names, Key.GROUP)


def bound_select(label: str, options: Sequence[str], key: str) -> str | None:
    """Draw a select whose choice is in the address and cannot be emptied; call default_choice first.

    The label is drawn by hand, since Streamlit writes "(required)" behind it.
    """
    with st.container(gap="xxsmall"):
        st.markdown(f":small[{label}]")
        return st.selectbox(
            label, options, index=None, required=True, key=key, bind="query-params", label_visibility="collapsed"
        )


def default_choice(key: str, options: Sequence[str], fallback: str | None) -> None:
    """Choose the fallback for a bound widget that has nothing valid chosen, in the session and in the address.

    Streamlit drops a value from the address when it equals the widget's own default, so bound widgets here have no
    default (index=None) and get their first value in this way: an address copied at once is complete.
    """
    chosen = st.session_state.get(key) or st.query_params.get(key)
    if chosen not in options:
        if fallback is None:
            return
        chosen = fallback
    elif key in st.query_params:
        return
    st.session_state[key] = chosen
    if key not in st.query_params:
        set_address(key, str(chosen))


def set_address(key: str, value: str) -> None:
    """Write a parameter into the address before its widget is drawn for the first time."""
    try:
        st.query_params[key] = value
    except st.errors.StreamlitAPIException:
        # the widget has been drawn before: it writes its own value into the address
        return
