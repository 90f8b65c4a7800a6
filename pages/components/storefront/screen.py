"""The Storefront: rows of covers for one or two users, the first row first, and what the last click changed in them."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from pages.components import answers, drawers, loaded, panels, process, tiles
from pages.components.keys import Key, Widget
from pages.components.markdown import filled
from pages.components.storefront import about, cache, clicks, controls, covers
from pages.components.storefront.controls import LETTERS, Chosen
from pages.components.storefront.covers import Half
from pages.components.storefront.window import Window
from services.errors import ServiceError
from services.personalize import campaigns, recipe_names
from services.screens.storefront import changes, rows, sentences
from services.screens.storefront.rows import BECAUSE, FOR_ALL, MAKER, Row
from services.screens.storefront.shop import Shelf

N_LIT = 2
"""Rows that presenter mode fits into the window; the others are below them."""
PEOPLE = """<style>
.pe-windows {{ display: grid; grid-template-columns: repeat({n}, minmax(0, 1fr)); gap: 4px 28px; }}
.pe-windows div {{ display: flex; align-items: center; gap: 12px; min-width: 0; }}
.pe-windows img {{ width: 48px; height: 48px; flex: none; }}
.pe-windows b {{ font-size: 1.15rem; }}
.pe-windows span {{ opacity: 0.75; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }}
@media (max-width: 700px) {{ .pe-windows {{ grid-template-columns: 1fr; }} }}
</style><div class="pe-windows">{people}</div>"""


def show(chosen: Chosen) -> None:
    """Draw the rows one by one, each as soon as it is known."""
    if any(map(clicks.of, chosen.user_ids)) and not answers.agreed("A click on a cover is an event that stays at AWS."):
        return
    try:
        windows = _windows(chosen)
        for window in windows:
            window.ask(chosen.campaign)
    except ServiceError as error:
        with chosen.headline:
            panels.head("Storefront", "The campaign did not answer.", controls.source(chosen))
        with panels.failed(str(error), title="The campaign did not answer"):
            st.button("Ask again", key=Widget.STORE_AGAIN)
        return
    numbered = list(enumerate(row for row in chosen.rows for _ in range(row.n_rows)))
    with panels.subject():
        _people(windows)
        _rows(chosen, windows, numbered[:N_LIT])
    _rows(chosen, windows, numbered[N_LIT:])
    about.draw(chosen, windows)
    calls = [call for window in windows for call in window.calls]
    drawers.drawers(key=Widget.STORE_ROW, how=filled(sentences.HOW, file=rows.FILE), calls=calls)


def _rows(chosen: Chosen, windows: Sequence[Window], numbered: Sequence[tuple[int, Row]]) -> None:
    """Draw rows by their number, and the headline as soon as the first one is there."""
    for number, row in numbered:
        with panels.guard(row.title):
            _row(chosen, windows, row, number)
        if number == 0:
            with chosen.headline:
                panels.head("Storefront", _headline(chosen, windows), controls.source(chosen))


def _windows(chosen: Chosen) -> list[Window]:
    backend, opened = process.backend(), chosen.opened
    sims = next(iter(campaigns.for_an_item(backend, chosen.group)), None)
    popularity = next((entry for entry in chosen.all_campaigns if entry.recipe == recipe_names.POPULARITY_COUNT), None)
    trending = next((entry for entry in chosen.all_campaigns if entry.recipe == recipe_names.TRENDING_NOW), None)
    return [
        Window(
            letter,
            user_id,
            opened,
            chosen.group,
            cache.stock(opened, sims, popularity, trending, user_id, chosen.narrowing.without_promotion.members),
            chosen.narrowing,
        )
        for letter, user_id in zip(LETTERS, chosen.user_ids, strict=False)
    ]


def _headline(chosen: Chosen, windows: Sequence[Window]) -> str:
    """Return the sentence about the first row: what the last click did to it, else what it shares."""
    words, catalog = chosen.opened.data.words, chosen.opened.catalog
    last = next((window for window in windows if clicks.was_last(window.user_id)), None)
    if last is not None and last.shelves:
        changed = last.changes_of(last.shelves[0], traits=loaded.traits(chosen.opened))
        return sentences.clicked_headline(last.who, catalog.title(last.clicked[0]), changed)
    lists = [window.shelves[0].item_ids if window.shelves else () for window in windows]
    return sentences.headline(chosen.names, lists, words, popular=windows[0].stock.popular)


def _people(windows: Sequence[Window]) -> None:
    """Draw who looks into the window."""
    people = "".join(
        f'<div><img src="{escape(tiles.avatar(w.user_id, w.tastes))}" alt=""><b>{escape(w.who)}</b>'
        f"<span>{escape(' · '.join(w.tastes))}</span></div>"
        for w in windows
    )
    st.html(PEOPLE.format(n=len(windows), people=people))


def _row(chosen: Chosen, windows: Sequence[Window], row: Row, number: int) -> None:
    """Draw a row; one that nobody has anything for is left out."""
    shelves = [window.shelf(row, chosen.campaign_of(row)) for window in windows]
    if not any(shelves):
        return
    halves = [_half(chosen, window, row, shelf) for window, shelf in zip(windows, shelves, strict=True)]
    by_letter = {window.letter: window.user_id for window in windows}
    covers.draw(
        row.kind.replace(" ", "-"),
        _noted(halves, row),
        chosen.opened.catalog,
        key=f"{Widget.STORE_ROW}_{number}",
        act=lambda what, letter, item_id: _act(what, by_letter.get(letter), item_id, letter),
        link=row.kind not in FOR_ALL,
    )


def _half(chosen: Chosen, window: Window, row: Row, shelf: Shelf | None) -> Half:
    """Return a user's part of a row, with what the last click changed in it; without a shelf, why it is empty."""
    words = chosen.opened.data.words
    if shelf is None:
        why = sentences.nothing(row.kind, window.who, words)
        return Half(window.letter, window.who, rows.untold(row, window.who, words), (), empty=why)
    changed = window.changes_of(shelf, traits=loaded.traits(chosen.opened))
    clicked = chosen.opened.catalog.title(window.clicked[0]) if changed else ""
    note = changes.summary(changed, window.who, clicked)
    if shelf.promoted and chosen.narrowing.promotion is not None:
        said = sentences.promoted_note(len(shelf.promoted), len(shelf.item_ids), chosen.narrowing.promotion.name)
        note = f"{note} {said}".strip()
    return Half(window.letter, window.who, shelf.title, shelf.item_ids, note, changed, promoted=shelf.promoted)


def _noted(halves: Sequence[Half], row: Row) -> Sequence[Half]:
    """Return the halves with what they share, where they are about the same and nothing changed."""
    many = min(len(half.item_ids) for half in halves)
    if len(halves) < 2 or not many or row.kind in (BECAUSE, MAKER) or any(half.note for half in halves):
        return halves
    n_shared = len(set(halves[0].item_ids) & set(halves[1].item_ids))
    return [replace(half, note=sentences.shared_note(n_shared, many, row.kind)) for half in halves]


def _act(what: str, user_id: str | None, item_id: str, letter: str) -> None:
    if user_id is None:
        return
    if what == "click":
        clicks.add(user_id, item_id)
    elif what == "about":
        st.session_state[Key.STORE_ABOUT] = (letter, item_id)
