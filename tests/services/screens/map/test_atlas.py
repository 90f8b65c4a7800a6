"""The map as data: colours, sizes, regions by taste, the shading, the path, the table and the sentences."""

import base64
import zlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.language.vocabulary import FILM_WORDS
from services.library.catalog import Catalog
from services.screens.map import regions, sentences, tables
from services.screens.map.atlas import OTHER
from services.screens.map.ground import PIXELS
from services.screens.map.viewers import Viewer, curve
from tests.services.worlds import MAP_CORNERS, MAP_ITEMS, film_map


def test_regions_are_named_by_what_stands_out_not_by_what_is_everywhere() -> None:
    made = film_map()
    assert sorted(region.name for region in made.regions.every) == ["Horror", "Noir", "War"]
    for region in made.regions.labels:
        x, y = MAP_CORNERS[region.name]
        assert abs(region.x - x) < 0.25
        assert abs(region.y - y) < 0.25
    assert made.region("i0") == "Noir"
    assert made.regions.at(-0.9, 0.9) == ""


def test_without_categories_regions_are_named_after_popular_items() -> None:
    made = film_map(named=False)
    assert made.regions.every[0].name.startswith("around Film ")
    assert made.categories == (OTHER,)
    assert made.region("i0")


def test_names_leave_each_other_room() -> None:
    crowd = tuple(regions.Region(f"Region {n}", 0.01 * n, 0.01 * n, 100 - n) for n in range(40))
    labels = regions.Regions(crowd, np.full((1, 1), -1, np.int32)).labels
    assert labels[0] == crowd[0]
    assert 1 < len(labels) < 6
    for place, one in enumerate(labels):
        for other in labels[:place]:
            apart = regions.WIDE * len(one.name) + regions.GAP
            assert abs(one.x - other.x) >= apart or abs(one.y - other.y) >= regions.HIGH


def test_popular_items_are_larger_and_drawn_last() -> None:
    made = film_map()
    assert made.sizes[0] == made.sizes.max()
    assert made.categories == ("Horror", "Noir", "War")
    for rows in made.by_colour:
        assert np.diff(made.sizes[list(rows)]).min() >= 0
    assert sorted(row for rows in made.by_colour for row in rows) == list(range(MAP_ITEMS))
    assert made.nearest(*made.place("i7")) == "i7"


def test_the_shading_is_a_picture_in_the_colours_of_its_items() -> None:
    data = base64.b64decode(film_map().ground.removeprefix("data:image/png;base64,"))
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    begin = data.index(b"IDAT")
    size = int.from_bytes(data[begin - 4 : begin], "big")
    lines = np.frombuffer(zlib.decompress(data[begin + 4 : begin + 4 + size]), np.uint8).reshape(PIXELS, -1)
    pixels = lines[:, 1:].reshape(PIXELS, PIXELS, 4)
    corner, sea = pixels[PIXELS * 175 // 224, PIXELS * 48 // 224], pixels[2, 2]
    assert corner[3] > 40 > sea[3]
    assert corner[0] > corner[2]  # the second colour, orange, is Noir's


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), max_size=8))
def test_a_path_goes_through_its_stops_and_stays_near_them(points: list[tuple[float, float]]) -> None:
    line = curve(points)
    places = iter(line)
    assert all(any(place == pytest.approx(point, abs=1e-9) for place in places) for point in points)
    assert all(abs(x) <= 1.4 and abs(y) <= 1.4 for x, y in line)


def seen(letter: str, shown: tuple[str, ...], before: tuple[str, ...] | None = None) -> Viewer:
    return Viewer(letter, f"u{letter}", {"A": "Nora", "B": "Ben"}[letter], ("i9", "i12"), shown, before)


def test_sentences_say_where_the_lights_are() -> None:
    made = film_map()
    noir, horror = ("i0", "i3", "i6"), ("i1", "i4", "i0")
    one, other = seen("A", noir), seen("B", horror)
    assert sentences.headline(made, [one], "", FILM_WORDS) == ("Nora's 3 lights on the map of films: 3 in Noir.")
    assert sentences.headline(made, [one, other], "", FILM_WORDS) == (
        "3 of Nora's 3 lights are in Noir, 2 of Ben's in Horror; they share 1."
    )
    assert sentences.headline(made, [one, seen("B", noir)], "", FILM_WORDS) == (
        "Nora and Ben share 3 of 3 lights on one map."
    )
    moved = seen("A", ("i0", "i1", "i4"), noir)
    assert (moved.came, moved.went) == (("i1", "i4"), ("i3", "i6"))
    assert sentences.headline(made, [moved], "Alien", FILM_WORDS) == (
        "Suppose Nora watched Alien: 2 of 3 lights move, 2 of them to Horror."
    )
    assert sentences.headline(made, [seen("A", noir, noir)], "Alien", FILM_WORDS).endswith("the list stays as it is.")
    assert sentences.role_of("i4", [moved], FILM_WORDS) == ["Nora: place 3 of the list (new)"]
    assert sentences.role_of("i3", [moved], FILM_WORDS) == ["Nora: left the list"]
    assert sentences.role_of("i9", [moved], FILM_WORDS) == ["Nora watched it"]
    assert "46 %" in sentences.caption(made, FILM_WORDS)
    assert sentences.drawn_words(made, FILM_WORDS) == ""


def test_the_table_has_every_lit_item_with_its_part() -> None:
    made = film_map()
    frame = tables.table(made, [seen("A", ("i0", "i1"), ("i0", "i3")), seen("B", ("nowhere",))], ["i50"], _catalog())
    assert list(frame["item_id"]) == ["i0", "i1", "i3", "i50", "i12", "i9"]
    assert list(frame["A: Nora"]) == ["1", "new 2", "left", "", "had", "had"]
    assert list(frame["B: Ben"]) == ["", "", "", "", "had", "had"]
    assert list(frame["region"])[:2] == ["Noir", "Horror"]


def _catalog() -> Catalog:
    empty = {"item_id": [], "title": [], "year": [], "categories": [], "image": [], "n_people": [], "n_events": []}
    return Catalog(pd.DataFrame(empty))
