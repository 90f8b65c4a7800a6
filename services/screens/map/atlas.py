"""The items of a map with their names, their popularity as a size, and their first category as a colour."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from services.backend import ItemMap, MapFacts
from services.library.catalog import Catalog
from services.screens.map.ground import picture
from services.screens.map.regions import Regions, find

N_COLOURS = 10
"""First categories with a colour of their own; the others share the quiet one."""
OTHER = "other"
SMALLEST, LARGEST = 3.0, 15.0
"""Pixels of the least and of the most popular item of a small map."""
CROWD = 5_000
"""From here on items are drawn smaller, so that they do not cover each other."""

Numbers = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Atlas:
    """One version's map, ready to be drawn. Rows are in the order of the map's items."""

    item_ids: tuple[str, ...]
    x: Numbers
    y: Numbers
    sizes: Numbers
    """Pixels."""
    colours: NDArray[np.int16]
    """Index into `categories`."""
    categories: tuple[str, ...]
    """First categories, most frequent first; OTHER last where some items have none of these."""
    facts: MapFacts
    regions: Regions
    ground: str
    """The shading under the items: a PNG as a data address."""
    rows: dict[str, int] = field(repr=False)

    @property
    def n_items(self) -> int:
        """Items on the map."""
        return len(self.item_ids)

    def on_map(self, item_ids: Iterable[str]) -> list[str]:
        """Return those of these items that the map has, in their order."""
        return [item_id for item_id in item_ids if item_id in self.rows]

    def place(self, item_id: str) -> tuple[float, float]:
        """Return where an item is. Raises KeyError for one that is not on the map."""
        row = self.rows[item_id]
        return float(self.x[row]), float(self.y[row])

    def region(self, item_id: str) -> str:
        """Return the region that an item lies in, "" for none."""
        return self.regions.at(*self.place(item_id))

    def nearest(self, x: float, y: float) -> str:
        """Return the item that is nearest to a place."""
        return self.item_ids[int(np.argmin((self.x - x) ** 2 + (self.y - y) ** 2))]

    @cached_property
    def by_colour(self) -> tuple[tuple[int, ...], ...]:
        """The rows of each category, in the order in which they are drawn: popular ones last, on top."""
        order = np.argsort(self.sizes, kind="stable")
        return tuple(tuple(order[self.colours[order] == place].tolist()) for place in range(len(self.categories)))


def atlas(drawn: ItemMap, catalog: Catalog) -> Atlas:
    """Return a map with what the catalogue knows about its items."""
    ids = drawn.item_ids
    of = [catalog.categories(item_id) for item_id in ids]
    colours, categories = _colours([entry[0] if entry else "" for entry in of])
    people = np.array([catalog.n_people(item_id) for item_id in ids], np.float32)
    regions = find(drawn.x, drawn.y, of, [catalog.title(item_id) for item_id in ids], people)
    n_named = len(categories) - (OTHER in categories)
    return Atlas(
        item_ids=ids,
        x=drawn.x,
        y=drawn.y,
        sizes=_sizes(people),
        colours=colours,
        categories=categories,
        facts=drawn.facts,
        regions=regions,
        ground=picture(drawn.x, drawn.y, colours, n_named),
        rows={item_id: row for row, item_id in enumerate(ids)},
    )


def _colours(first: Sequence[str]) -> tuple[NDArray[np.int16], tuple[str, ...]]:
    counts = Counter(name for name in first if name)
    named = [name for name, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:N_COLOURS]]
    places = {name: place for place, name in enumerate(named)}
    colours = np.array([places.get(name, len(named)) for name in first], np.int16)
    others = (OTHER,) if (colours == len(named)).any() else ()
    return colours, (*named, *others)


def _sizes(people: Numbers) -> Numbers:
    """Return pixels whose area grows with the number of people."""
    share = np.sqrt(people / max(float(people.max(initial=0.0)), 1.0))
    crowd = min(1.0, (CROWD / max(len(people), 1)) ** 0.35)
    sizes: Numbers = ((SMALLEST + (LARGEST - SMALLEST) * share) * crowd).astype(np.float32)
    return sizes
