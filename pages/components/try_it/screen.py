"""Try it yourself: the picks and the grid on one side, the list that they make on the other."""

from contextlib import nullcontext

import streamlit as st

from pages.components import drawers, navigation, panels, presenting, process, tiles
from pages.components.keys import Key, Widget
from pages.components.loaded import item_search
from pages.components.markdown import escaped
from pages.components.try_it import cache, picked, share
from pages.components.try_it.controls import Chosen
from pages.components.wall import wall
from pages.components.wall.wall import Picture
from services.errors import ServiceError
from services.lists import supposed
from services.lists.reasons import Reason
from services.screens.try_it import sentences
from services.screens.try_it.answer import Answer
from services.screens.try_it.picks import N_PICKS

N_FOUND = 24
ROWS = 4
"""Of the grid, whatever the width."""
SIZE_PX, SMALL_PX = 104, 92
NO_CAMPAIGN = "No campaign answers for people yet."


def show(chosen: Chosen) -> None:
    """Draw the screen."""
    _open_asked()
    try:
        everybody = cache.answer(chosen.opened, chosen.campaign, chosen.similar, ())
        answer = cache.answer(chosen.opened, chosen.campaign, chosen.similar, chosen.picks)
        reasons = _reasons(chosen, answer)
    except ServiceError as error:
        with chosen.headline.container():
            panels.head("Try it yourself", "The campaign did not answer.", chosen.group)
        with panels.failed(str(error), title="The campaign did not answer"):
            st.button("Ask again", key=Widget.TRY_AGAIN)
        return
    words = chosen.opened.data.words
    with chosen.headline.container():
        headline = sentences.headline(chosen.picks, answer, everybody.item_ids, words)
        panels.head("Try it yourself", headline, f"{chosen.group} · {sentences.kept(words)}")
    with panels.subject():
        if chosen.picks:
            _both(chosen, answer, reasons)
        else:
            _first(chosen)
    drawers.drawers(key=Widget.TRY_IT, how=sentences.HOW, calls=list(answer.calls))


def _first(chosen: Chosen) -> None:
    """Draw the grid before the first pick, and the address for phones beside it; large where a room looks on."""
    if presenting.presenting():
        invitation, grid = st.columns([4, 8], gap="medium")
    else:
        grid, invitation = st.columns([10, 3], gap="medium")
    with grid:
        _grid(chosen)
    with invitation:
        share.draw(chosen)


def _both(chosen: Chosen, answer: Answer, reasons: dict[str, Reason]) -> None:
    """Draw picks and grid beside the list; a phone shows the list first once nothing is left to pick."""
    full = len(chosen.picks) >= N_PICKS
    left, right = st.columns([5, 8], gap="medium")
    with left:
        _picks(chosen)
        if not full or chosen.search:
            _grid(chosen)
        if full and not presenting.presenting():
            _nearest(chosen, answer)
        if full or presenting.presenting():
            share.draw(chosen)
    with right, panels.lead() if full else nullcontext():
        _list(chosen, answer, reasons)


def _reasons(chosen: Chosen, answer: Answer) -> dict[str, Reason]:
    """Return the model's reasons; none where no model answered."""
    if answer.way != "model" or chosen.campaign is None:
        return {}
    return cache.reasons_of(chosen.opened, chosen.campaign, chosen.picks, answer)


def _picks(chosen: Chosen) -> None:
    catalog = chosen.opened.catalog
    st.markdown("**Your picks**")
    covers = tiles.pictures(catalog.frame(chosen.picks), large=True)
    pictures = [
        Picture(item_id, catalog.label(item_id), cover, "", str(number), f"pick {number}, picked", pressed=True)
        for number, (item_id, cover) in enumerate(zip(chosen.picks, covers, strict=True), 1)
    ]
    wall.draw(
        pictures,
        key=Widget.TRY_PICKED,
        label="Your picks",
        size_px=SMALL_PX,
        act=lambda item_id: picked.toggle(chosen.picks, item_id),
    )


def _grid(chosen: Chosen) -> None:
    """Draw what can be picked: what a search found, else well-known items over the tastes."""
    catalog, words = chosen.opened.catalog, chosen.opened.data.words
    if chosen.search:
        search = item_search(chosen.opened)
        ids, said = search.find(chosen.search, N_FOUND), ""
        if not ids:
            ids = search.nearest(chosen.search, N_FOUND)
            said = sentences.nearest(chosen.search, len(ids), words) if ids else ""
        st.markdown(f"**{escaped(said or sentences.searched(chosen.search, len(ids), words))}**")
    else:
        ids = [item_id for item_id in cache.grid(chosen.opened) if item_id not in chosen.picks]
        st.markdown(f"**{escaped(sentences.next_pick(chosen.picks, words))}**")
    if not ids:
        return
    covers = tiles.pictures(catalog.frame(ids), large=True)
    pictures = [
        Picture(item_id, catalog.label(item_id), cover, pressed=item_id in chosen.picks)
        for item_id, cover in zip(ids, covers, strict=True)
    ]
    wall.draw(
        pictures,
        key=Widget.TRY_GRID,
        label=f"{words.nouns} to pick",
        size_px=SMALL_PX if chosen.picks else SIZE_PX,
        rows=ROWS,
        act=lambda item_id: picked.toggle(chosen.picks, item_id),
    )


def _list(chosen: Chosen, answer: Answer, reasons: dict[str, Reason]) -> None:
    catalog, words = chosen.opened.catalog, chosen.opened.data.words
    title = sentences.list_title(chosen.picks)
    st.markdown(f"**{escaped(title)}**")
    ids = answer.item_ids[: presenting.shown_rows(len(answer.item_ids))]
    covers = tiles.pictures(catalog.frame(ids), large=True)
    pictures = []
    for item_id, cover in zip(ids, covers, strict=True):
        owed = sentences.picks_of(item_id, answer, reasons.get(item_id), chosen.picks)
        numbers = "+".join(str(chosen.picks.index(pick) + 1) for pick in owed)
        why = sentences.why(item_id, answer, reasons.get(item_id), catalog, words)
        said = f"from pick {numbers}" if numbers else ""
        pictures.append(Picture(item_id, catalog.label(item_id), cover, why, numbers, said))
    wall.draw(
        pictures,
        key=Widget.TRY_LIST,
        label=title,
        size_px=SIZE_PX,
        numbered=True,
        act=None if len(chosen.picks) >= N_PICKS else lambda item_id: picked.toggle(chosen.picks, item_id),
    )
    for note in (_how_asked(chosen, answer), sentences.ignored(answer, catalog)):
        if note:
            st.caption(escaped(note))
    if chosen.campaign is None:
        navigation.link("training", "Train a recipe on Training")


def _how_asked(chosen: Chosen, answer: Answer) -> str:
    why_not = NO_CAMPAIGN if chosen.campaign is None else supposed.why_not(process.backend(), chosen.campaign)
    return sentences.how_asked(answer, why_not, chosen.opened.data.words)


def _nearest(chosen: Chosen, answer: Answer) -> None:
    opened = chosen.opened
    found = cache.nearest(opened, chosen.picks, answer.item_ids)
    if not found:
        return
    st.markdown("**Nearest to you**")
    pictures = []
    for entry in found:
        user_id = opened.people.user_id(entry.number)
        tastes = opened.tastes.top(opened.data.counted_history(user_id))
        said = sentences.near(entry, len(chosen.picks), len(answer.item_ids), opened.data.words)
        pictures.append(Picture(user_id, opened.people.short(user_id), tiles.avatar(user_id, tastes), said))
    wall.draw(pictures, key=Widget.TRY_NEAR, label="Nearest to you", kind="faces", size_px=SMALL_PX, act=_ask_to_open)


def _ask_to_open(user_id: str) -> None:
    st.session_state[Key.TRY_OPEN] = user_id


def _open_asked() -> None:
    """Open the storefront of the user whose face was clicked, which a callback cannot do itself."""
    user_id = st.session_state.pop(Key.TRY_OPEN, None)
    if user_id is not None:
        navigation.open_screen("storefront", **{Key.USER: user_id})
