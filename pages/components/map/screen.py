"""The Map under its controls: the drawing of the map, then the picture or its table, and what was picked."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from pages.components import drawers, panels, process
from pages.components.charts.item_map import MAX_PLAIN
from pages.components.keys import Widget
from pages.components.map import cache, picture, side, undrawn
from pages.components.map.controls import LETTERS, Chosen
from pages.components.markdown import as_markdown, escaped, filled
from services.errors import ServiceError
from services.language.phrases import fine_percent, percent
from services.screens.map import sentences, tables, viewers
from services.screens.map.atlas import Atlas
from services.screens.map.viewers import N_PATH, Viewer

HOW = """
**Places**: the vectors of the items in the model, compared by their angle, in two dimensions by t-SNE (openTSNE; van
der Maaten and Hinton 2008), beginning with the principal components. One seed, so the same model has the same map. What
is near is alike for the model; far distances, and left and right, say little. **Size**: how many people had it.
**Colour**: the first category. **Regions**: in each cell of a grid, the category whose share among the items around is
highest over its share on the whole map, with a prior of a few items; neighbouring cells with the same one are a region.
**Path**: the latest {n_path} {nouns} of the history in order, recent ones stronger; dots are earlier ones. **Lights**:
the list. **Suppose**: the model's list after one more event, a day after the last one; nothing is sent or stored.
**Kept**: {kept}
"""


def show(chosen: Chosen) -> None:
    """Draw the map; where there is none yet, how to get it."""
    atlas = cache.atlas(chosen.opened, chosen.campaign)
    if atlas is None:
        undrawn.show(chosen)
        return
    words, backend = chosen.opened.data.words, process.backend()
    try:
        seen = [
            viewers.viewer(backend, chosen.campaign, chosen.opened.data, atlas, letter, user_id, who, chosen.supposed)
            for letter, user_id, who in zip(LETTERS, chosen.user_ids, chosen.names, strict=False)
        ]
    except ServiceError as error:
        with chosen.headline:
            panels.head("Map", "The campaign did not answer.", chosen.source_line(chosen.campaign))
        with panels.failed(str(error), title="The campaign did not answer"):
            st.button("Ask again", key=Widget.MAP_AGAIN)
        return
    supposed = chosen.opened.catalog.title(chosen.supposed) if chosen.supposed else ""
    with chosen.headline:
        panels.head("Map", sentences.headline(atlas, seen, supposed, words), chosen.source_line(chosen.campaign))
    frame = tables.table(atlas, seen, chosen.marked, chosen.opened.catalog)
    main, beside = st.columns([3, 1], gap="medium")
    with main, panels.subject():
        _people(chosen, seen)
        if chosen.as_table:
            panels.table(frame, alt=sentences.alt_text(atlas, seen, words), key=Widget.MAP_TABLE, height=600)
        else:
            picture.draw(chosen, atlas, seen, cache.groups(chosen.opened, chosen.campaign, atlas))
        st.caption(as_markdown(sentences.caption(atlas, words)))
        if cut := sentences.drawn_words(atlas, words):
            st.caption(escaped(cut))
        if picture.is_cut(atlas) and not chosen.as_table:
            st.caption(escaped(sentences.cut_words(MAX_PLAIN, words)))
    with beside, panels.guard("What was picked"):
        side.draw(chosen, atlas, seen)
        _figures(atlas, seen, words.nouns, sentences.kept_words(atlas, words))
    drawers.drawers(
        key=Widget.MAP,
        how=filled(HOW, n_path=N_PATH, nouns=words.nouns, kept=sentences.kept_words(atlas, words)),
        calls=[viewer.call for viewer in seen if viewer.call is not None],
        download=frame,
        file_name="map.csv",
    )


def _people(chosen: Chosen, seen: Sequence[Viewer]) -> None:
    """Draw whose colour is which, where there are two; and the supposed event with what ends it."""
    dots = "".join(f'<span class="pe-dot pe-dot-{one.letter.lower()}">{escape(one.who)}</span>' for one in seen)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(dots, width="content")
        side.stop_supposing(chosen)


def _figures(atlas: Atlas, seen: Sequence[Viewer], nouns: str, kept: str) -> None:
    facts = atlas.facts
    more = f"{100 * (facts.kept - facts.by_chance):+.0f} points"
    with st.container():  # as high as it needs
        panels.metric(
            panels.Kpi(
                "Neighbours kept", percent(facts.kept), more, f"by chance {fine_percent(facts.by_chance)}", help=kept
            )
        )
    lit = {item_id for viewer in seen for item_id in viewer.shown}
    missing = len(lit) - len(atlas.on_map(lit))
    if missing:
        st.caption(escaped(f"{missing} of the listed {nouns} are not on the map."))
