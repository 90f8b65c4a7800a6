"""Regions of a map, named by taste: in each, the category that is most over-represented among the items around.

The plane is a grid. In each cell the items around count, by a bell curve over their distance. A category's lift is its
share there over its share on the whole map, with a prior of a few items, so that two rare items make no region.
Neighbouring cells with the same category are one region. Without categories, regions have the names of popular items.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CELLS = 56
"""Cells a side."""
EDGE = 1.06
"""Half a side in the map's units; items are within 1."""
REACH = 2.2
"""Standard deviation of the bell curve, in cells."""
PRIOR_ITEMS = 8.0
MIN_SHARE = 0.3
"""Share that a category needs among the items around to name them."""
MIN_LIFT = 1.15
MIN_DENSITY = 0.12
"""Share of the median density at the items; fewer are empty sea."""
MAX_CATEGORIES = 60
MAX_LABELS = 16
MIN_ITEMS_SHARE = 0.006
"""Share of the items that a region needs to get its name written."""
WIDE, HIGH, GAP = 0.026, 0.11, 0.05
"""Room that a name needs: width a letter, height, and the gap to the next, in the map's units."""

Grid = NDArray[np.float64]


@dataclass(frozen=True)
class Region:
    """One region: its name, where that is written, and how many items lie in it."""

    name: str
    x: float
    y: float
    n_items: int


@dataclass(frozen=True, eq=False)
class Regions:
    """All regions, largest first, and which one each cell belongs to."""

    every: tuple[Region, ...]
    cells: NDArray[np.int32]
    """int32 (CELLS, CELLS), row by y: index into `every`, -1 for none."""

    def at(self, x: float, y: float) -> str:
        """Return the name of the region at a place, "" for none."""
        row, column = cell_of(np.array([y])), cell_of(np.array([x]))
        found = int(self.cells[row[0], column[0]])
        return self.every[found].name if found >= 0 else ""

    @property
    def labels(self) -> list[Region]:
        """The regions whose names are written: the largest ones that leave each other room."""
        placed: list[Region] = []
        for region in self.every:
            if len(placed) < MAX_LABELS and not any(_overlap(region, other) for other in placed):
                placed.append(region)
        return placed


def find(
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    categories: Sequence[Sequence[str]],
    titles: Sequence[str],
    people: NDArray[np.float32],
) -> Regions:
    """Return the regions of items at these places; people are how many had each item."""
    rows, columns = cell_of(y), cell_of(x)
    density = smooth(counted_cells(rows, columns))
    at_items = density[rows, columns]
    land = density >= MIN_DENSITY * float(np.median(at_items)) if len(x) else np.zeros((CELLS, CELLS), bool)
    names, of_cell = _dominant(rows, columns, categories, density, land)
    if not names:
        return _around_items(rows, columns, x, y, titles, people)
    found: list[tuple[Region, NDArray[np.bool_]]] = []
    here = np.zeros((CELLS, CELLS), np.int64)
    np.add.at(here, (rows, columns), 1)
    for number, name in enumerate(names):
        for part in _parts(of_cell == number):
            n_items = int(here[part].sum())
            if n_items >= max(3, MIN_ITEMS_SHARE * len(x)):
                place_y, place_x = _middle(part, density)
                found.append((Region(name, place_x, place_y, n_items), part))
    found.sort(key=lambda pair: (-pair[0].n_items, pair[0].name, pair[0].x))
    cells = np.full((CELLS, CELLS), -1, np.int32)
    for place, (_, part) in enumerate(found):
        cells[part] = place
    return Regions(tuple(region for region, _ in found), cells)


def cell_of(values: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return the cell of each coordinate."""
    return np.clip(((values + EDGE) / (2 * EDGE) * CELLS).astype(np.int64), 0, CELLS - 1)


def counted_cells(
    rows: NDArray[np.int64], columns: NDArray[np.int64], weights: Grid | None = None, n: int = CELLS
) -> Grid:
    """Return how many items lie in each cell, float64 (n, n)."""
    grid: Grid = np.bincount(rows * n + columns, weights, n * n).reshape(n, n).astype(float)
    return grid


def smooth(grid: Grid, reach: float = REACH) -> Grid:
    """Return a grid in which each cell counts what is around it, by a bell curve."""
    n = len(grid)
    distance = np.arange(n)[:, None] - np.arange(n)[None]
    bell = np.exp(-0.5 * (distance / reach) ** 2)
    result: Grid = bell @ grid @ bell.T
    return result


def _dominant(
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    categories: Sequence[Sequence[str]],
    density: Grid,
    land: NDArray[np.bool_],
) -> tuple[list[str], NDArray[np.int64]]:
    """Return the names, and the one that each cell has, -1 for none."""
    counts = Counter(name for entry in categories for name in entry)
    names = [name for name, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MAX_CATEGORIES]]
    best, of_cell = np.full((CELLS, CELLS), MIN_LIFT), np.full((CELLS, CELLS), -1, np.int64)
    for number, name in enumerate(names):
        has = np.array([name in entry for entry in categories])
        share = counts[name] / len(categories)
        around = smooth(counted_cells(rows[has], columns[has]))
        lift = (around + PRIOR_ITEMS * share) / (density + PRIOR_ITEMS) / share
        better = land & (lift > best) & (around >= MIN_SHARE * density)
        best[better], of_cell[better] = lift[better], number
    return names, of_cell


def _parts(cells: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Return the connected parts of a set of cells."""
    left, parts = cells.copy(), []
    while left.any():
        part = np.zeros_like(left)
        part[tuple(np.argwhere(left)[0])] = True
        while True:
            grown = part.copy()
            grown[1:] |= part[:-1]
            grown[:-1] |= part[1:]
            grown[:, 1:] |= part[:, :-1]
            grown[:, :-1] |= part[:, 1:]
            grown &= left
            if (grown == part).all():
                break
            part = grown
        parts.append(part)
        left &= ~part
    return parts


def _middle(part: NDArray[np.bool_], density: Grid) -> tuple[float, float]:
    """Return where a region's name stands (y, x): the cell of the region that is nearest to its middle."""
    cells = np.argwhere(part)
    middle = np.average(cells, axis=0, weights=density[part])
    nearest = cells[np.argmin(((cells - middle) ** 2).sum(axis=1))]
    y, x = (nearest + 0.5) / CELLS * 2 * EDGE - EDGE
    return float(y), float(x)


def _around_items(
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    titles: Sequence[str],
    people: NDArray[np.float32],
) -> Regions:
    """Return regions named after popular items, for a catalogue without categories: the cells nearest to each."""
    chosen: list[int] = []
    for row in np.argsort(-people, kind="stable")[:2000].tolist():
        if len(chosen) == MAX_LABELS:
            break
        if all((x[row] - x[other]) ** 2 + (y[row] - y[other]) ** 2 > 0.16 for other in chosen):
            chosen.append(row)
    if not chosen:
        return Regions((), np.full((CELLS, CELLS), -1, np.int32))
    grid_y, grid_x = np.mgrid[:CELLS, :CELLS]
    distance = [(grid_y - rows[row]) ** 2 + (grid_x - columns[row]) ** 2 for row in chosen]
    cells = np.argmin(np.stack(distance), axis=0).astype(np.int32)
    n_items = np.bincount(cells[rows, columns], minlength=len(chosen))
    every = [
        Region(f"around {titles[row]}", float(x[row]), float(y[row]), int(n_items[place]))
        for place, row in enumerate(chosen)
    ]
    return Regions(tuple(every), cells)


def _overlap(one: Region, other: Region) -> bool:
    wide = WIDE * (len(one.name) + len(other.name)) / 2 + GAP
    return abs(one.x - other.x) < wide and abs(one.y - other.y) < HIGH
