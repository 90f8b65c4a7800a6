"""A solution version's map: its items in two dimensions, as a file in the model folder, with which it is deleted.

map.safetensors    item_index int32 (n,), places float32 (n, 2) within -1 and 1
map.json           how much of the model the two dimensions keep (jobs/maps/embedding.py)
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from services.engine.models.artifacts import map_arrays, write_arrays
from services.engine.recipes.base import Floats, Ints

ARRAYS, FACTS = "map.safetensors", "map.json"


@dataclass(frozen=True)
class MapFacts:
    """What is known about a map besides the places of its items."""

    kept: float
    """Mean share of an item's nearest items in the model that are among its nearest on the map."""
    by_chance: float
    """The same for places drawn at random."""
    n_nearest: int
    """How many nearest items are compared."""
    n_measured: int
    """Number of items that `kept` is the mean over."""
    n_items: int
    """Items of the model that have a vector; the map may have fewer."""


@dataclass(frozen=True)
class PlacedItems:
    """The items of a map and where they are."""

    items: Ints
    places: Floats
    facts: MapFacts


def write_map(folder: Path, placed: PlacedItems) -> None:
    """Write a map into a model folder, or replace it there. Raises FileNotFoundError when the folder was deleted."""
    _replace(folder / FACTS, lambda path: path.write_text(json.dumps(asdict(placed.facts)), encoding="utf-8"))
    arrays = {"items": placed.items, "places": placed.places}
    _replace(folder / ARRAYS, lambda path: write_arrays(path, arrays))  # last: it says that the map is there


def read_map(folder: Path) -> PlacedItems | None:
    """Return the map of a model folder; None when it has none, or does not exist any more."""
    try:
        arrays = map_arrays(folder / ARRAYS)
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return PlacedItems(arrays["items"], arrays["places"], MapFacts(**facts))


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    unfinished = path.with_name(f".{path.name}.writing")
    write(unfinished)
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(path)
