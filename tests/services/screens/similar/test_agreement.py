import os
from pathlib import Path

import numpy as np
import pytest

from services.library.store import Library
from services.screens.similar.agreement import Categories, whole_catalogue
from services.screens.similar.formula import SimsFormula, SimsSettings
from services.sources import load

DATA = os.environ.get("EXPLORER_DATA")
GENRES = {"a": ("Horror", "Thriller"), "b": ("Horror",), "c": ("Comedy",), "d": ("Thriller", "Comedy"), "e": ()}
IDS = list(GENRES)
ALL = np.ones(5, bool)


@pytest.fixture
def categories() -> Categories:
    return Categories(IDS, GENRES)


def test_common_categories(categories) -> None:
    assert categories.common(0, 3) == {"Thriller"}
    assert categories.common(0, 4) == frozenset()


def test_a_list_is_measured_by_sharing_one_and_by_overlap(categories) -> None:
    share_one, overlap = categories.measure(0, [1, 2, 3])
    assert share_one == pytest.approx(2 / 3)
    assert overlap == pytest.approx((1 / 2 + 0 + 1 / 3) / 3)
    assert categories.measure(0, []) == (0.0, 0.0)


def test_chance_is_any_other_item(categories) -> None:
    share_one, overlap = categories.chance(0, ALL)
    assert share_one == pytest.approx(2 / 4)
    assert overlap == pytest.approx((1 / 2 + 0 + 1 / 3 + 0) / 4)


def test_chance_looks_only_at_what_could_be_listed(categories) -> None:
    assert categories.chance(0, np.array([True, True, False, False, False]))[0] == 1.0
    assert categories.chance(0, np.zeros(5, bool)) == (0.0, 0.0)
    assert categories.chance(4, ALL) == (0.0, 0.0)


def test_share_of_a_category(categories) -> None:
    assert categories.share_of("Horror", ALL) == pytest.approx(2 / 5)
    assert categories.share_of("Western", ALL) == 0.0


def whole(categories, lists, **options):
    return whole_catalogue(
        categories, lambda item, n: np.array(lists[item][:n], np.int64), np.full(5, 10), ALL, **options
    )


def test_the_whole_catalogue_leaves_out_items_without_categories_or_neighbours(categories) -> None:
    found = whole(categories, {0: [1, 3], 1: [0, 2], 2: [3], 3: [0, 2], 4: [0, 1]}, n=2)
    assert found.n_items == 3
    assert found.share_one == pytest.approx((1 + 0.5 + 1) / 3)
    assert not found.sampled


def test_a_large_catalogue_is_sampled_evenly(categories) -> None:
    found = whole(categories, {0: [1], 1: [0], 2: [3], 3: [2], 4: []}, n=1, reads=20)
    assert found.sampled
    assert found.n_items == 2


def test_where_no_list_is_full_those_that_there_are_count(categories) -> None:
    found = whole(categories, {0: [1], 1: [0], 2: [], 3: [], 4: []}, n=2)
    assert (found.least, found.n_items, found.share_one) == (1, 2, 1.0)


def test_nothing_to_measure_is_none(categories) -> None:
    assert whole(categories, {item: [] for item in range(5)}, n=1) is None


@pytest.mark.skipif(not DATA, reason="EXPLORER_DATA is not set")
@pytest.mark.slow
def test_movielens_1m_agrees_with_the_benchmark(tmp_path: Path) -> None:
    """benchmarks/sims.py prints 0.628 against 0.170 by chance for the first five at the default discount."""
    load.keep(load.load_movielens_from(Path(str(DATA)) / "movielens-1m"), tmp_path)
    data = Library(tmp_path).open("movielens-1m")
    assert data is not None
    catalog = data.catalog()
    people, items = data.pairs()
    formula = SimsFormula(people, items, data.n_users, data.n_items, SimsSettings())
    found = whole_catalogue(
        Categories(catalog.ids, {item_id: catalog.categories(item_id) for item_id in catalog.ids}),
        lambda item, n: formula.nearest(item, 0.5, n),
        formula.counted.cost(),
        formula.listable,
        n=5,
        reads=10**9,
    )
    assert found is not None
    assert not found.sampled
    assert found.overlap == pytest.approx(0.628, abs=0.002)
    assert found.chance_overlap == pytest.approx(0.170, abs=0.002)
