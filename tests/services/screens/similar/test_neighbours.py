import numpy as np
import pandas as pd
import pytest

from services.library.catalog import Catalog
from services.library.cooccurrence import count
from services.screens.similar import neighbours
from services.screens.similar.agreement import Categories
from services.screens.similar.formula import SimsFormula, SimsSettings
from services.screens.similar.neighbours import NEIGHBOUR_COLUMNS, NeighbourEvidence

FILMS = {
    "fog": ("The Fog", 1980, ("Horror",)),
    "hal": ("Halloween", 1978, ("Horror", "Thriller")),
    "toy": ("Toy Story", 1995, ("Animation",)),
    "new": ("Nobody's Film", 2020, ("Horror",)),
}
IDS = list(FILMS)
PEOPLE = {0: ["fog", "hal"], 1: ["fog", "hal", "hal"], 2: ["hal", "toy"], 3: ["toy"], 4: []}


def catalog(n_people: int = 40) -> Catalog:
    columns = ["item_id", "title", "year", "categories", "image", "n_people", "n_events"]
    rows = [(i, title, year, genres, None, n_people, n_people) for i, (title, year, genres) in FILMS.items()]
    return Catalog(pd.DataFrame(rows, columns=columns))


def formula() -> SimsFormula:
    pairs = [(user, IDS.index(item)) for user, items in PEOPLE.items() for item in items]
    users, items = np.array(pairs, dtype=np.int64).T
    everybody = SimsSettings(least_people=1, histories=(0.0, 1.0), items=(0.0, 1.0))
    return SimsFormula(users, items, len(PEOPLE), len(IDS), everybody)


def counted():
    pairs = [(user, IDS.index(item)) for user, items in PEOPLE.items() for item in items]
    users, items = np.array(pairs, dtype=np.int64).T
    return count(users, items, len(PEOPLE), len(IDS))


@pytest.fixture
def categories() -> Categories:
    return Categories(IDS, {i: film[2] for i, film in FILMS.items()})


@pytest.fixture
def evidence() -> NeighbourEvidence:
    return NeighbourEvidence(catalog(), counted(), np.array([True, True, True, False]), least_people=2)


def test_evidence_has_its_columns_in_the_answers_order(evidence, categories) -> None:
    seed = evidence.seed("hal", ["toy", "fog"], categories)
    assert list(seed.frame.columns) == list(NEIGHBOUR_COLUMNS)
    assert list(seed.frame["item_id"]) == ["toy", "fog"]
    assert list(evidence.seed("hal", [], categories).frame.columns) == list(NEIGHBOUR_COLUMNS)


def test_people_with_both_by_chance_and_lift(evidence, categories) -> None:
    row = evidence.seed("hal", ["fog"], categories).frame.iloc[0]
    assert (row["both"], row["with_cause"], row["with_neighbour"]) == (2, 3, 2)
    assert row["expected"] == pytest.approx(3 * 2 / 4), "person 4 had nothing and does not count"
    assert row["lift"] == pytest.approx(2 / 1.5)


def test_what_two_items_have_in_common(evidence, categories) -> None:
    seed = evidence.seed("hal", ["fog", "toy"], categories)
    assert list(seed.frame["common"]) == [("Horror",), ()]
    assert seed.n_agree == 1
    assert seed.chance_agree == pytest.approx(1 / 2), "of the two others that may be listed"
    assert (seed.category, seed.n_category) == ("Horror", 1)
    assert seed.chance_category == pytest.approx(2 / 3)


def test_thin_evidence_and_fillers(evidence, categories) -> None:
    seed = evidence.seed("hal", ["fog", "toy", "new"], categories)
    assert list(seed.frame["thin"]) == [True, True, True]
    assert list(seed.frame["filler"]) == [False, True, True], "one person in common; not listable"
    assert neighbours.notes(seed) == ["thin", "popular", "popular"]
    assert not seed.only_popular


def test_an_item_that_nobody_had_gets_popular_ones(evidence, categories) -> None:
    for item_id in ("new", "no-such-item"):
        seed = evidence.seed(item_id, ["hal", "toy"], categories)
        assert seed.n_people == 0
        assert seed.only_popular
        assert seed.frame["lift"].isna().all()
    assert evidence.seed("no-such-item", ["hal"], categories).label == "no-such-item"


def test_a_neighbour_that_the_data_does_not_know(evidence, categories) -> None:
    row = evidence.seed("hal", ["elsewhere"], categories).frame.iloc[0]
    assert (row["label"], row["both"], row["common"]) == ("elsewhere", 0, ())


def test_lists_share_items(evidence, categories) -> None:
    one, other = evidence.seed("hal", ["fog", "toy"], categories), evidence.seed("fog", ["hal", "toy"], categories)
    assert neighbours.shared(one, other) == 1


def test_first_causes_are_known_films_that_people_had() -> None:
    assert neighbours.first_seeds(catalog(40), formula(), 0.5) == ("hal", "toy"), "Toy Story is not among KNOWN"
    assert neighbours.first_seeds(catalog(5), formula(), 0.5) == ("hal", "toy"), "most neighbours; nothing in common"


def test_first_causes_of_nothing() -> None:
    none = np.empty(0, np.int64)
    nothing = SimsFormula(none, none, 3, 4, SimsSettings())
    assert neighbours.first_seeds(catalog(5), nothing, 0.5) == (None, None)


def test_tables_carry_cause_and_column_name(evidence, categories) -> None:
    seeds = [evidence.seed("hal", ["fog"], categories), evidence.seed("fog", ["hal", "toy"], categories)]
    frame = neighbours.both_tables(seeds, "genre")
    assert list(frame["cause"]) == ["Halloween (1978)", "The Fog (1980)", "The Fog (1980)"]
    assert "genre_in_common" in frame
    assert list(frame["note"]) == ["thin", "thin", "popular"]
