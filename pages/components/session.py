"""Every session key, and what a session shares with others: the backend and the demo's runner.

Keys of widgets that are bound to the address are its parameters, so they are short words.
"""

from collections.abc import Mapping, Sequence

import streamlit as st

from services.backend import Backend, open_backend
from services.demo.runner import TourRunner
from services.laboratory.runs import LabRuns
from services.personalize import datasets
from services.screens.data.desk import DataDesk


class Key:
    """The names of everything kept per session. No other file makes one up."""

    # frame: the address says which data set group is looked at
    GROUP = "data"
    GROUP_NEXT = "data_next"
    # guided story: the step, from 1, and presenter mode
    STORY = "story"
    PRESENT = "present"
    COUNT_NEXT = "n_next"
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
    # recommendations, supposed: lists in the address, each for one person
    WITHOUT = "without"
    MADE = "made"
    MADE_PICK = "made_pick"
    CONTEXT = "context"
    CONTEXT_PICK = "context_pick"
    LIST_TABLE = "list_table"
    HISTORY_TABLE = "history_table"
    # compare: people C and D, one person's campaigns, what is shown
    THIRD = "third"
    FOURTH = "fourth"
    ACROSS = "across"
    SIDE_BY_SIDE = "campaigns"
    ADD_PERSON = "add_person"
    COMPARED_AS = "as"
    TASTE_BY = "taste"
    ONLY = "only"
    TASTE_MAP = "taste_map"
    # choosing a person: the id is in the address, what was typed last is not
    PERSON_TYPED = "person_typed"
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
    # live events: people A, B and the control are "user", "second" and "third"
    LIVE_MODE = "mode"
    LIVE_EVENTS = "events"
    LIVE_STEP = "step"
    LIVE_STEP_PICK = "step_pick"
    LIVE_SENT = "sent"
    LIVE_TOP = "top"
    LIVE_TYPE = "live_type"
    LIVE_VALUE = "live_value"
    LIVE_ITEM = "send"
    LIVE_PICKED = "live_picked"
    LIVE_PLAYING = "live_playing"
    LIVE_DUE = "live_due"
    LIVE_WRITTEN = "live_written"
    LIVE_AGREED = "live_agreed"
    LIVE_REPLAYS = "live_replays"
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
    # cold start
    COLD_RUN = "run"
    COLD_NEXT = "cold_next"
    COLD_BY = "grouped"
    COLD_COST = "cost"
    COLD_CURRENCY = "currency"
    COLD_VIEW = "cold"
    COLD_MAP = "map"
    COLD_METRIC = "cold_metric"
    COLD_WEIGHT = "weight"
    COLD_SHARE = "cold_share"
    COLD_SEEDS = "cold_seeds"
    COLD_SPLIT = "cold_split"
    COLD_COLUMNS = "cold_columns"
    COLD_ALONE = "cold_alone"
    COLD_EXPLORE = "cold_explore"
    COLD_FROM = "cold_from"
    COLD_FORM = "cold_form"
    COLD_FILE = "cold_file"
    COLD_FITS = "cold_fits"
    COLD_NAME = "cold_name"
    # evaluation
    EVALUATION = "result"
    EVALUATION_NEXT = "evaluation_next"
    EVALUATION_METRIC = "measure"
    EVALUATION_K = "at"
    EVALUATION_AGAINST = "against"
    EVALUATION_PART = "look"
    EVALUATION_SEGMENT = "segment"
    EVALUATION_ONLY = "evaluation_only"
    EVALUATION_SEEN = "evaluation_seen"
    EVALUATION_TRADE = "trade"
    EVALUATION_SPLIT = "evaluation_split"
    EVALUATION_RECIPES = "evaluation_recipes"
    EVALUATION_SEEDS = "evaluation_seeds"
    EVALUATION_COLUMNS = "evaluation_columns"
    EVALUATION_NAME = "evaluation_name"
    # batch
    BATCH_VERSION = "recipe_of"
    BATCH_INPUT = "input"
    BATCH_GROUP = "who"
    BATCH_MOST = "first"
    BATCH_SHELF = "shelf"
    BATCH_PASTED = "batch_pasted"
    BATCH_UPLOAD = "batch_upload"
    BATCH_LENGTH = "each"
    BATCH_JOB = "job"
    BATCH_PART = "part"
    BATCH_FIND = "find"
    BATCH_PAGE = "batch_page"
    BATCH_LINE = "line"
    BATCH_SHOWN = "batch_shown"


KEPT = (
    *(Key.GROUP, Key.GROUP_NEXT, Key.LANDED, Key.PRESENT),
    *(Key.SIZE, Key.DATA_TAB, Key.DRAFT, Key.DRAFT_SEEN, Key.MOVIELENS_PATH, Key.OWN_FILES, Key.OWN_NAME),
    *(Key.IMPORT_NAME, Key.IMPORT_MODE, Key.WORDS, Key.HYPERPARAMETER, Key.TRAINED_HERE),
)
"""What Reset leaves alone: which data is looked at, and work on data and trainings that is not finished. Everything
else that a session holds is a pick, and a screen that is added later need not say so. Also kept are keys that begin
with one of these and an underscore."""


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


@st.cache_resource(show_spinner=False)
def lab_runs() -> LabRuns:
    """Return the runs of the laboratories, which outlive the page."""
    return LabRuns(backend().home)


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
    names = datasets.group_names(backend())
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


def forget_picks() -> None:
    """Forget whom and what this browser picked, made up and supposed, and the step of the story."""
    for key in list(st.session_state):
        if not any(str(key) == kept or str(key).startswith(f"{kept}_") for kept in KEPT):
            del st.session_state[key]
    st.session_state[Key.COUNT_NEXT] = True


def follow_story() -> None:
    """Take the story's step and presenter mode from the address, or put them back where a menu click lost them."""
    for key in (Key.STORY, Key.PRESENT):
        given, kept = st.query_params.get(key), st.session_state.get(key)
        if given:
            st.session_state[key] = given
        elif kept:
            st.query_params[key] = str(kept)


def story_step() -> int:
    """Return the step of the story that is told, from 1; 0 when none is."""
    value = str(st.session_state.get(Key.STORY) or "")
    return int(value) if value.isdecimal() else 0


def end_story() -> None:
    """Stop telling the story; what is on the screen stays."""
    st.session_state.pop(Key.STORY, None)
    st.query_params.pop(Key.STORY, None)


def presenting() -> bool:
    """Return whether this browser presents: no menu, short lists, no drawers, the story at the bottom."""
    return st.session_state.get(Key.PRESENT) == "1"


def present(wanted: bool) -> None:
    """Begin or end presenting; lists get their usual length again."""
    st.session_state[Key.COUNT_NEXT] = True
    if wanted:
        st.session_state[Key.PRESENT] = "1"
    else:
        st.session_state.pop(Key.PRESENT, None)
        st.query_params.pop(Key.PRESENT, None)


def usual_count(counts: Sequence[int]) -> int:
    """Return the length that lists begin with: the longest, and the shortest while presenting."""
    return min(counts) if presenting() else max(counts)


def default_count(counts: Sequence[int]) -> int | None:
    """Return the default of a screen's Count control; call it right before drawing that.

    Where the usual length has just changed it is put into the control, which a default alone does not move.
    """
    if not st.session_state.pop(Key.COUNT_NEXT, False):
        return usual_count(counts)
    st.session_state[Key.COUNT] = usual_count(counts)
    return None
