"""The controls of the Batch screen: recipe, users or items, length of the lists, Run."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import address, changing, panels, process
from pages.components.batch import live, segments, untrained
from pages.components.batch.state import BatchState, labels
from pages.components.filters import control
from pages.components.filters.control import Asked
from pages.components.keys import Key, Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.errors import ServiceError
from services.language.phrases import in_seconds
from services.money.sentences import before_batch
from services.personalize import batch_jobs
from services.personalize.batch_versions import ITEMS, LISTS, BatchVersion
from services.screens.batch import input, sentences

PASTED, UPLOADED = "Pasted ids", "JSON lines"
SOME = {False: "A segment", True: "A category"}
ALL = {False: "Everybody", True: "Everything"}
"""Names of the inputs for users and, with True, for items."""
DEFAULT_LENGTH = 25
UPLOAD_LIMIT_MB = 1000


@dataclass(frozen=True)
class Input:
    """The input of the job that Run starts."""

    n_lines: int
    content: Callable[[], Iterable[bytes]]
    """Makes the file, in pieces; called when Run is pressed."""
    warning: str = ""


def draw(state: BatchState) -> None:
    """Draw the controls; without a trained version, a link to Training."""
    if not state.versions:
        untrained.draw(state)
        return
    named = labels(state.versions)
    address.default_choice(Key.BATCH_VERSION, list(named), next(iter(named)))
    of, who, which, length, run = panels.controls([5, 4, 7, 4, 4])
    with of:
        chosen = named.get(address.bound_select("Recipe", list(named), Key.BATCH_VERSION) or "", state.versions[0])
    source = _source(state, chosen.kind, who)
    item_list: list[str] = []
    n_results: int | None = None
    if chosen.kind == LISTS:
        item_list = _item_list(state, length)
    else:
        with length:
            n_results = address.whole_number("Items each", DEFAULT_LENGTH, key=Key.BATCH_LENGTH)
    fold, place = control.above(run)
    by_filter = control.draw(fold, Asked(state.group, state.opened, for_items=chosen.kind == ITEMS)).filter
    asked = _input(state, chosen.kind, source, which, item_list, {} if by_filter is None else by_filter.values)
    _run(state, chosen, asked, n_results, None if by_filter is None else by_filter.named.arn, place)
    if state.recommenders:
        st.caption(escaped(sentences.recommenders_words([one.recipe_words for one in state.recommenders])))


def _source(state: BatchState, kind: str, column: DeltaGenerator) -> str:
    items = kind == ITEMS
    options = [SOME[items], ALL[items], PASTED, UPLOADED] if state.opened is not None else [PASTED, UPLOADED]
    address.default_choice(Key.BATCH_INPUT, options, options[0])
    with column:
        return address.bound_select("Input", options, Key.BATCH_INPUT) or options[0]


def _item_list(state: BatchState, column: DeltaGenerator) -> list[str]:
    """Draw the choice of the list to be ranked for every user."""
    lists = state.ranked_lists(input.LIST_SIZE)
    address.default_choice(Key.BATCH_LIST, list(lists), next(iter(lists)))
    with column:
        return lists[address.bound_select("List to rank", list(lists), Key.BATCH_LIST) or next(iter(lists))]


def _input(
    state: BatchState,
    kind: str,
    source: str,
    column: DeltaGenerator,
    item_list: list[str],
    values: Mapping[str, str],
) -> Input:
    """Draw the choice of the lines; values are those of the filter's placeholders, which each line gets."""
    if source == PASTED:
        return _pasted(kind, column, item_list, values, example_ids=_example_ids(state, kind))
    if source == UPLOADED or state.opened is None:
        return _uploaded(kind)
    if source == ALL[kind == ITEMS]:
        opened = state.opened
        number = opened.catalog.n_items if kind == ITEMS else opened.people.n_users
        return Input(
            number,
            lambda: _content(kind, opened.catalog.ids if kind == ITEMS else opened.people.ids(), item_list, values),
        )
    ids = _some(state, state.opened, kind, column)
    return Input(len(ids), lambda: _content(kind, ids, item_list, values))


def _content(kind: str, ids: Iterable[str], item_list: list[str], values: Mapping[str, str]) -> Iterable[bytes]:
    return input.encoded(input.with_values(input.lines_for(kind, ids, item_list), values))


def _some(state: BatchState, opened: OpenData, kind: str, column: DeltaGenerator) -> list[str]:
    """Draw the choice of a segment, or a category, and of the maximum number."""
    if kind != ITEMS:
        return segments.choose(state.group, opened, column)
    which, most = column.columns([3, 2], vertical_alignment="bottom")
    by_category = state.ranked_lists(opened.catalog.n_items)
    options = list(by_category)
    address.default_choice(Key.BATCH_GROUP, options, options[0])
    with which:
        chosen = address.bound_select("Category", options, Key.BATCH_GROUP) or options[0]
    with most:
        limit = address.whole_number("At most", segments.DEFAULT_MAX, key=Key.BATCH_MOST)
    return by_category[chosen][:limit]


def _pasted(
    kind: str, column: DeltaGenerator, item_list: list[str], values: Mapping[str, str], *, example_ids: list[str]
) -> Input:
    placeholder = ", ".join(example_ids)
    text = column.text_area("Ids, or JSON lines", key=Key.BATCH_PASTED, height=68, placeholder=placeholder)
    lines = input.pasted_lines(text or "", kind, item_list)
    return Input(len(lines), lambda: input.encoded(input.with_values(lines, values)), input.warning(lines, kind))


def _uploaded(kind: str) -> Input:
    if not changing.allowed("Uploading"):
        return Input(0, list)
    upload = st.file_uploader(
        f"JSON lines, up to {UPLOAD_LIMIT_MB} MB",
        type=["json", "jsonl", "txt"],
        key=Key.BATCH_UPLOAD,
        max_upload_size=UPLOAD_LIMIT_MB,
    )
    if upload is None:
        return Input(0, list)
    content = upload.getvalue()
    warning = input.warning(input.first_lines(content), kind)
    return Input(input.count_lines(content), lambda: [content], warning)


def _run(
    state: BatchState,
    chosen: BatchVersion,
    asked: Input,
    n_results: int | None,
    filter_arn: str | None,
    column: DeltaGenerator,
) -> None:
    backend = process.backend()
    seconds = batch_jobs.expected_seconds(backend, chosen.arn, asked.n_lines)
    about = f" · about {in_seconds(seconds)}" if seconds is not None and asked.n_lines else ""
    pressed = changing.button(
        f"Run{about}",
        place=column,
        type="primary",
        icon=":material/play_arrow:",
        key=Widget.BATCH_RUN,
        disabled=not asked.n_lines,
        width="stretch",
        help=escaped(sentences.expected_words(seconds, asked.n_lines, chosen.kind, state.words, backend.kind == "aws")),
    )
    if asked.n_lines:
        changing.costs(before_batch(backend, asked.n_lines))
    if asked.warning:
        st.warning(escaped(asked.warning), icon=":material/warning:")
    if not pressed:
        return
    try:
        batch_jobs.start(backend, state.group, chosen, asked.content(), n_results, filter_arn)
    except ServiceError as error:
        with panels.failed(str(error), title="The batch job was not started", key=Widget.BATCH_REFUSED):
            return
    live.show(None)
    st.rerun()


def _example_ids(state: BatchState, kind: str) -> list[str]:
    if state.opened is None:
        return ["105", "106", "441"]
    return list(state.opened.catalog.ids)[:3] if kind == ITEMS else state.opened.people.ids(limit=3)
