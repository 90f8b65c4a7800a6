"""The picture of the Map from what is chosen, and what a click or a lasso on it picks."""

from collections.abc import Iterable, Sequence

import pandas as pd
import streamlit as st

from pages.components import presenting
from pages.components.charts.item_map import (
    MAX_PLAIN,
    PRESENTED_HEIGHT,
    Group,
    Lit,
    config,
    height_for,
    item_map,
    plainly,
)
from pages.components.keys import Key, Widget
from pages.components.map import picking
from pages.components.map.controls import Chosen
from services.library.catalog import Catalog
from services.screens.map import sentences
from services.screens.map.atlas import OTHER, Atlas
from services.screens.map.ground import COLOURS, QUIET
from services.screens.map.viewers import N_EARLIER, N_PATH, STEPS, Viewer, curve

ROLES = {"A": "a", "B": "b"}
N_PARTS = 5
"""Steps of strength along a path."""
COLUMNS = ["x", "y", "title", "row"]


def draw(chosen: Chosen, atlas: Atlas, viewers: Sequence[Viewer], items: Sequence[Group]) -> None:
    """Draw the picture; a click chooses an item, a lasso marks several."""
    catalog, plain, width = chosen.opened.catalog, is_plain(atlas), measured_width()
    figure = item_map(
        plainly(items) if plain else items,
        pd.DataFrame([(r.x, r.y, r.name) for r in atlas.regions.labels], columns=["x", "y", "name"]),
        [_lit(atlas, catalog, viewer, chosen.supposed) for viewer in viewers],
        frame(atlas, catalog, dict.fromkeys(i for i in (chosen.item_id, chosen.supposed) if i)),
        frame(atlas, catalog, chosen.marked),
        atlas.ground,
        PRESENTED_HEIGHT if presenting.presenting() else height_for(width),
        plain=plain,
        shape=width,
    )
    st.plotly_chart(
        figure,
        key=Widget.MAP_PICTURE,
        on_select=lambda: _selected(atlas),
        selection_mode=("points", "lasso"),
        config=config(atlas.n_items),
        alt=sentences.alt_text(atlas, viewers, chosen.opened.data.words),
    )


def is_plain(atlas: Atlas) -> bool:
    """Return whether the map is drawn without WebGL."""
    return atlas.n_items <= MAX_PLAIN or is_cut(atlas)


def is_cut(atlas: Atlas) -> bool:
    """Return whether only the most popular items are drawn: this browser has said that it has no WebGL (cover.js)."""
    return atlas.n_items > MAX_PLAIN and bool(st.session_state.get(Key.MAP_PLAIN))


def measured_width() -> int | None:
    """Return the width in pixels that this browser has told (cover.js): that of a narrow picture, or a changed one."""
    width = st.session_state.get(Key.MAP_RESIZED)
    return None if width is None else int(width)


def groups(atlas: Atlas, catalog: Catalog) -> list[Group]:
    """Return the items by first category, as the picture draws them."""
    made = []
    for place, (name, rows) in enumerate(zip(atlas.categories, atlas.by_colour, strict=True)):
        order = list(rows)
        items = pd.DataFrame(
            {
                "x": atlas.x[order],
                "y": atlas.y[order],
                "size": atlas.sizes[order],
                "title": [catalog.label(atlas.item_ids[row]) for row in order],
                "row": order,
            }
        )
        made.append(Group(name, QUIET if name == OTHER else COLOURS[place % len(COLOURS)], items))
    return made


def frame(atlas: Atlas, catalog: Catalog, item_ids: Iterable[str]) -> pd.DataFrame:
    """Return x, y, title and row of those of these items that the map has."""
    rows = [(*atlas.place(item_id), catalog.label(item_id), atlas.rows[item_id]) for item_id in atlas.on_map(item_ids)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _lit(atlas: Atlas, catalog: Catalog, viewer: Viewer, supposed: str | None) -> Lit:
    stops = viewer.history[-N_PATH:]
    earlier = viewer.history[:-N_PATH][-N_EARLIER:]
    line = curve([atlas.place(item_id) for item_id in stops])
    came = set(viewer.came)
    return Lit(
        ROLES[viewer.letter],
        viewer.who,
        frame(atlas, catalog, earlier),
        [pd.DataFrame(part, columns=["x", "y"]) for part in _parts(line)],
        frame(atlas, catalog, stops),
        frame(atlas, catalog, [item_id for item_id in viewer.shown if item_id not in came]),
        frame(atlas, catalog, viewer.came),
        frame(atlas, catalog, viewer.went),
        frame(atlas, catalog, [supposed] if supposed else []),
    )


def _parts(line: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """Return a line in at most N_PARTS pieces that touch each other."""
    if len(line) < 2:
        return []
    size = max(STEPS, -(-len(line) // N_PARTS))
    return [line[start : start + size + 1] for start in range(0, len(line) - 1, size)]


def _selected(atlas: Atlas) -> None:
    """Choose the clicked item, or mark what the lasso holds; a click beside everything unmarks."""
    selection = st.session_state[Widget.MAP_PICTURE]["selection"]
    ids = picked_ids(atlas, selection["points"], whole=not is_cut(atlas))
    if selection["lasso"]:
        picking.mark(most_popular_first(atlas, ids))
    elif ids:
        picking.choose(ids[-1])
    else:
        picking.mark(())


def picked_ids(atlas: Atlas, points: Sequence[dict[str, object]], *, whole: bool = True) -> list[str]:
    """Return the items of selected points, each once; points of lists and paths are found by their place.

    So are all where the picture shows a part of the items, whose numbers are not those of the map.
    """
    found = []
    for point in points:
        curve_number, number = int(str(point["curve_number"])), int(str(point["point_index"]))
        if whole and curve_number < len(atlas.by_colour):
            found.append(atlas.item_ids[atlas.by_colour[curve_number][number]])
        else:
            found.append(atlas.nearest(float(str(point["x"])), float(str(point["y"]))))
    return list(dict.fromkeys(found))


def most_popular_first(atlas: Atlas, item_ids: Iterable[str]) -> list[str]:
    """Return items by their size on the map."""
    return sorted(item_ids, key=lambda item_id: -float(atlas.sizes[atlas.rows[item_id]]))
