"""The map as a table: the items of the lists, of a lasso and of the histories, with their regions and places."""

from collections.abc import Sequence

import pandas as pd

from services.library.catalog import Catalog
from services.screens.map.atlas import Atlas
from services.screens.map.viewers import Viewer

COLUMNS = ("item_id", "title", "region", "categories", "people", "x", "y")


def table(atlas: Atlas, viewers: Sequence[Viewer], marked: Sequence[str], catalog: Catalog) -> pd.DataFrame:
    """Return one row for each item of the lists, the marked ones and the histories, and each user's part in it.

    Columns: item_id, title, region, categories, people, x, y, then one for each user: "1" to "25" for the list's
    places, "new 3" and "left" after a supposed event, "had" for the history, "" for none.
    """
    ids: dict[str, None] = {}
    for viewer in viewers:
        ids |= dict.fromkeys(viewer.shown)
        ids |= dict.fromkeys(viewer.went)
    ids |= dict.fromkeys(marked)
    for viewer in viewers:
        ids |= dict.fromkeys(reversed(viewer.history))
    rows = []
    for item_id in atlas.on_map(ids):
        x, y = atlas.place(item_id)
        facts = (
            item_id,
            catalog.label(item_id),
            atlas.region(item_id),
            ", ".join(catalog.categories(item_id)),
            catalog.n_people(item_id),
            round(x, 3),
            round(y, 3),
        )
        rows.append((*facts, *(_part(item_id, viewer) for viewer in viewers)))
    return pd.DataFrame(rows, columns=[*COLUMNS, *(f"{viewer.letter}: {viewer.who}" for viewer in viewers)])


def _part(item_id: str, viewer: Viewer) -> str:
    if item_id in viewer.shown:
        place = viewer.shown.index(item_id) + 1
        return f"new {place}" if item_id in viewer.came else f"{place}"
    if item_id in viewer.went:
        return "left"
    return "had" if item_id in viewer.history else ""
