"""The output of a batch job: figures, the most frequent items, the lists by name, exact lines, refused lines."""

import streamlit as st

from pages.components import address, panels, process
from pages.components.batch import beside_others, drawers, line, live
from pages.components.batch.state import BatchState, labels
from pages.components.charts.batch import frequent_items
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.language.phrases import in_seconds
from services.personalize.batch_versions import LISTS
from services.screens.batch import filtered, input, results, sentences, views
from services.screens.batch.results import Lists

TABLE, LINES, REFUSED, BESIDE = PARTS = ("Lists", "Lines", "Refused", "Beside others")
PAGE_ROWS = 100
SHOWN_LINES = 25
WHO_WIDTH, TITLE_WIDTH = 218, 126


def draw(state: BatchState) -> None:
    """Draw the shown job; without one, an example of input."""
    lists = state.lists()
    if lists is None or state.shown is None:
        if not state.running:
            _empty(state)
        return
    panels.kpi_row(_figures(state, lists))
    _filtered(state, lists)
    _picture(state, lists)
    part, text = _head(state)
    if part == TABLE:
        _table(state, lists, text)
    elif part == LINES:
        _lines(state, lists, text)
    elif part == BESIDE:
        beside_others.draw(state, lists)
    else:
        _refused(lists)
    line.open_from_address(state, lists)
    drawers.draw(state, lists)


def _filtered(state: BatchState, lists: Lists) -> None:
    """Draw what the job's filter took away and put in."""
    with panels.guard("What the filter did"):
        found = state.taken()
        if found is not None:
            sentence = filtered.sentence(found, lists, state.names.catalog, state.words)
            st.caption(f":material/filter_alt: {escaped(sentence)}")


def _empty(state: BatchState) -> None:
    if not state.versions:
        return
    chosen = labels(state.versions).get(str(st.session_state.get(Key.BATCH_VERSION)), state.versions[0])
    with panels.empty(
        "What the input looks like",
        detail="One JSON object a line. Run makes it for you; bring your own as JSON lines, or paste these:",
        key=Widget.BATCH_EXAMPLE,
    ):
        users = state.opened.people.ids(limit=3) if state.opened is not None else []
        st.code(input.example(chosen.kind, users, state.names.catalog.most_popular(3)), language="json")


def _figures(state: BatchState, lists: Lists) -> list[panels.Kpi]:
    seconds = state.shown.seconds if state.shown is not None else None
    people = lists.n_keys
    return [
        panels.Kpi(sentences.people_word(state.kind, state.words), f"{people:,}"),
        panels.Kpi("Lists written", f"{lists.n_lists:,}"),
        panels.Kpi("Lines refused", f"{lists.n_refused:,}"),
        _different(state, lists),
        panels.Kpi("Duration", "–" if seconds is None else in_seconds(seconds)),
    ]


def _different(state: BatchState, lists: Lists) -> panels.Kpi:
    nouns, n_items = state.words.nouns, state.names.catalog.n_items
    if state.kind == LISTS:
        return panels.Kpi(f"{nouns.capitalize()} that stand first", f"{lists.n_first:,}")
    known = f"{lists.n_different:,} of {n_items:,} {nouns} in the catalogue." if n_items else None
    return panels.Kpi(f"Different {nouns}", f"{lists.n_different:,}", help=known)


def _picture(state: BatchState, lists: Lists) -> None:
    frequent = state.frequent(lists)
    if frequent.empty:
        return
    title = sentences.picture_title(frequent, lists.n_lists, state.kind, state.words)
    with st.container(border=True, gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{escaped(title)}**", width="content")
            st.caption(escaped(sentences.popularity_words(frequent)), width="content")
        panels.show(frequent_items(frequent), alt=sentences.picture_alt(lists, frequent), key=Widget.BATCH_FREQUENT)


def _head(state: BatchState) -> tuple[str, str]:
    """Draw the choice of part, the search and the choice of job; return the part and the searched text."""
    ended = [job.name for job in state.jobs if not job.running]
    parts, find, which = st.columns([5, 3, 5], vertical_alignment="bottom")
    address.default_choice(Key.BATCH_PART, PARTS, TABLE)
    with parts:
        part = address.segments("Part", PARTS, key=Key.BATCH_PART, label_visibility="collapsed")
    noun = sentences.noun_of(state.kind, state.words).lower()
    text = find.text_input(
        f"Find a {escaped(noun)}",
        key=Key.BATCH_FIND,
        placeholder="name, attribute or id",
        bind="query-params",
        disabled=part in (REFUSED, BESIDE),
    )
    if state.shown is not None and state.shown.name in ended:
        key = f"{Key.BATCH_JOB}_of_{state.shown.name}"
        which.selectbox("Batch job", ended, ended.index(state.shown.name), key=key, on_change=_pick, args=(key,))
    return str(part or TABLE), text or ""


def _pick(key: str) -> None:
    live.show(st.session_state[key])


def _rows(state: BatchState, lists: Lists, text: str) -> list[int]:
    """Return the rows that match the search; draw a caption when there are none."""
    rows = views.find_rows(lists, state.kind, state.names, text)
    if not rows:
        st.caption(escaped(f'No list for "{text}".') if text.strip() else "No list was written.")
    return rows


def _page(rows: list[int], page_rows: int) -> list[int]:
    """Return the rows of the chosen page."""
    page = int(st.session_state.get(_page_key(rows, page_rows), 1))
    return rows[(page - 1) * page_rows : page * page_rows]


def _pages(rows: list[int], page_rows: int) -> None:
    """Draw the page numbers under a table with more than one page."""
    n_pages = -(-len(rows) // page_rows)
    if n_pages > 1:
        st.pagination(n_pages, key=_page_key(rows, page_rows))


def _page_key(rows: list[int], page_rows: int) -> str:
    return f"{Key.BATCH_PAGE}_{page_rows}_{len(rows)}"


def _table(state: BatchState, lists: Lists, text: str) -> None:
    matches = _rows(state, lists, text)
    if not matches:
        return
    rows = _page(matches, PAGE_ROWS)
    noun = sentences.noun_of(state.kind, state.words)
    key = f"{Widget.BATCH_TABLE}_{st.session_state.get(Key.BATCH_SHOWN, 0)}"

    def chosen() -> None:
        picked = st.session_state[key]["selection"]["rows"]
        if picked:
            st.query_params[Key.BATCH_LINE] = lists.keys[rows[picked[0]]]

    panels.table(
        views.page_frame(lists, state.kind, state.names, rows, noun),
        alt=sentences.table_alt(lists, len(rows), noun),
        key=key,
        on_select=chosen,
        selection_mode="single-row",
        column_config={
            noun: st.column_config.TextColumn(noun, width=WHO_WIDTH),
            **{
                str(place): st.column_config.TextColumn(str(place), width=TITLE_WIDTH)
                for place in range(1, views.FIRST + 1)
            },
        },
    )
    st.caption("Choose a row for the whole list beside the history.")
    _pages(matches, PAGE_ROWS)


def _lines(state: BatchState, lists: Lists, text: str) -> None:
    rows = _rows(state, lists, text)
    if not rows:
        return
    lines = results.read_lines(process.backend(), lists, _page(rows, SHOWN_LINES))
    picked = panels.table(
        lines,
        alt=f"{len(lines)} lines of the output, exactly as they stand in the file.",
        key=Widget.BATCH_LINES,
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "line": st.column_config.NumberColumn("Line", width=60),
            "input": st.column_config.TextColumn("Input", width="medium"),
            "output": st.column_config.TextColumn("Output", width="large"),
        },
    )
    _pages(rows, SHOWN_LINES)
    place = picked.selection.rows[0] if picked.selection.rows else 0
    shown = lines.iloc[min(place, len(lines) - 1)]
    st.caption(f"Line {shown['line']}: input, then output. Choose a row for another one.")
    st.code(shown["input"], language="json")
    st.code(shown["output"], language="json", wrap_lines=True)


def _refused(lists: Lists) -> None:
    if not lists.n_refused:
        st.caption("No line was refused.")
        return
    shown = lists.refused if lists.refused["file"].nunique() > 1 else lists.refused.drop(columns="file")
    panels.table(
        shown,
        alt=f"{lists.n_refused:,} refused lines; first reason: {lists.refused['reason'].iloc[0]}",
        key=Widget.BATCH_REFUSED_LINES,
        column_config={
            "line": st.column_config.NumberColumn("Line", width=60),
            "input": st.column_config.TextColumn("Input", width="medium"),
            "reason": st.column_config.TextColumn("Reason", width="large"),
        },
    )
    if len(shown) < lists.n_refused:
        st.caption(f"The first {len(shown):,} of {lists.n_refused:,}; the download has all.")
