import pandas as pd
import pytest

from services.library.catalog import Catalog
from services.library.search import ItemSearch

FILMS = {
    "1": ("The Fog", 1980, 50, "John Carpenter", "Adrienne Barbeau|Jamie Lee Curtis"),
    "2": ("Phileas Fogg's Journey", 1999, 90, "A. Nobody", ""),
    "3": ("Halloween", 1978, 80, "John Carpenter", "Jamie Lee Curtis"),
    "h4": ("M*A*S*H (uncut)", 1970, 10, "Robert Altman", ""),
    "5": ("Amélie", 2001, 20, "Jean-Pierre Jeunet", "Audrey Tautou"),
}


def catalog_of(films: dict) -> Catalog:
    rows = [(i, film[0], film[1], ("Horror",), None, film[2], film[2]) for i, film in films.items()]
    columns = ["item_id", "title", "year", "categories", "image", "n_people", "n_events"]
    return Catalog(pd.DataFrame(rows, columns=columns))


@pytest.fixture
def search() -> ItemSearch:
    items = pd.DataFrame([(i, film[3], film[4]) for i, film in FILMS.items()], columns=["ITEM_ID", "DIRECTOR", "CAST"])
    return ItemSearch(catalog_of(FILMS), items, ("DIRECTOR", "CAST"))


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("fog", ["1", "2"]),  # what begins so comes before what more people had
        ("carpenter", ["3", "1"]),
        ("jamie lee 1978", ["3"]),
        ("tautou", ["5"]),
        ("amelie", ["5"]),
        ("m*a*s*h", ["h4"]),
        ("(uncut", ["h4"]),
        ("h4", ["h4"]),
        ("nothing at all", []),
        ("\\", []),
    ],
)
def test_items_are_found_by_title_year_id_and_people(search: ItemSearch, typed: str, ids: list[str]) -> None:
    assert search.find(typed) == ids


def test_an_id_that_is_typed_in_full_comes_first(search: ItemSearch) -> None:
    assert search.find("1")[0] == "1"


def test_an_empty_text_offers_what_most_people_had(search: ItemSearch) -> None:
    assert search.find("", limit=2) == ["2", "3"]


def test_the_label_names_the_first_person(search: ItemSearch) -> None:
    assert search.label("1") == "The Fog (1980) · John Carpenter"
    assert search.label("unknown") == "unknown"


def test_a_catalogue_without_items_file_is_searched_by_id() -> None:
    bare = {"p-1": (None, None, 3), "p-2": (None, None, 9)}
    rows = [(i, None, None, (), None, n, n) for i, (_, _, n) in bare.items()]
    columns = ["item_id", "title", "year", "categories", "image", "n_people", "n_events"]
    search = ItemSearch(Catalog(pd.DataFrame(rows, columns=columns)), None)
    assert search.find("p-") == ["p-2", "p-1"]
    assert search.label("p-1") == "p-1"


def test_the_limit_holds(search: ItemSearch) -> None:
    assert len(search.find("o", limit=2)) == 2


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("haloween", ["3"]),  # a letter too few
        ("hallowween", ["3"]),  # one too many
        ("hallaween", ["3"]),  # another one
        ("hlaloween", ["3"]),  # two changed places
        ("hallovv", []),  # two wrong letters
        ("hallov", ["3"]),  # a beginning
        ("carpentr fog", ["1"]),
        ("amelei", ["5"]),
        ("h5", []),  # an id: another digit is another thing
        ("fgo", []),  # too short
    ],
)
def test_one_wrong_letter_is_forgiven(search: ItemSearch, typed: str, ids: list[str]) -> None:
    assert search.find(typed) == []
    assert search.nearest(typed) == ids
