import pandas as pd
import pytest

from services.errors import SampleError
from services.language.vocabulary import FILM_WORDS
from services.library.catalog import Catalog
from services.library.search import ItemSearch
from services.library.tastes import Tastes
from services.lists import item_lists
from services.lists.item_lists import ItemList
from services.screens.ranking import uploads

N = 30


def genres(n: int) -> tuple[str, ...]:
    return ("Horror",) if n % 2 else ("Comedy", "Rare") if n == 0 else ("Comedy",)


@pytest.fixture
def catalog() -> Catalog:
    rows = [(f"i{n}", f"Film {n}", 1950 + n, genres(n), None, n, n) for n in range(N)]
    columns = ["item_id", "title", "year", "categories", "image", "n_people", "n_events"]
    return Catalog(pd.DataFrame(rows, columns=columns))


@pytest.fixture
def tastes() -> Tastes:
    return Tastes("GENRES", {f"i{n}": genres(n) for n in range(N)}, {f"i{n}": n + 1 for n in range(N)})


def test_a_category_gives_its_most_watched(catalog) -> None:
    item_list = item_lists.category_list(catalog, "Horror", 3, FILM_WORDS)
    assert item_list.item_ids == ("i29", "i27", "i25")
    assert item_list.name == "3 Horror films"
    assert item_list.problem is None


def test_a_search_gives_what_it_finds(catalog) -> None:
    search = ItemSearch(catalog, None)
    assert item_lists.search_list(search, "film 2", 2, FILM_WORDS).name == '2 films found for "film 2"'
    assert item_lists.search_list(search, " ", 2, FILM_WORDS).problem == "The list is empty."


@pytest.mark.parametrize("text", ["a\nb\nc", "a, b,c", "a;b\tc", '"a"\r\n"b"\r\n"c"\r\n', "item_id\na\nb\nc"])
def test_pasted_ids_come_in_every_shape(text: str) -> None:
    assert item_lists.pasted_list(text, FILM_WORDS).item_ids == ("a", "b", "c")


def test_ids_may_hold_spaces_and_repeats_are_counted() -> None:
    item_list = item_lists.pasted_list("a b\nc\na b\n\n", FILM_WORDS)
    assert item_list.item_ids == ("a b", "c")
    assert (item_list.n_repeated, item_list.name) == (1, "2 films given by id")


def test_more_than_aws_ranks_is_said_with_the_number() -> None:
    problem = item_lists.pasted_list("\n".join(map(str, range(501))), FILM_WORDS).problem
    assert problem is not None
    assert problem.startswith("501 ids are more than GetPersonalizedRanking takes: 500 at most. Nothing was sent")
    assert ItemList(tuple(map(str, range(500))), "", "").problem is None


def test_a_file_gives_its_item_column() -> None:
    assert uploads.uploaded_ids(b"title,movie_id\nFog,7\nHalloween,8\n", "films.csv") == ["7", "8"]


@pytest.mark.parametrize("content", [b"7\n8\n", b"item_id\n7\n8\n", b"\xef\xbb\xbf7\r\n8\r\n"])
def test_a_file_of_one_column_needs_no_header(content: bytes) -> None:
    assert uploads.uploaded_ids(content, "ids.txt") == ["7", "8"]


@pytest.mark.parametrize("content", [b"", b"PAR1broken"])
def test_a_file_without_ids_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(SampleError, match=r"ids\.parquet"):
        uploads.uploaded_ids(content, "ids.parquet")


def test_categories_have_items_enough(catalog, tastes) -> None:
    assert item_lists.categories_of(catalog, tastes) == ["Horror", "Comedy"]


def test_the_telling_category_is_where_two_histories_differ_most(tastes) -> None:
    horror, comedy = [f"i{n}" for n in range(1, 21, 2)], [f"i{n}" for n in range(2, 22, 2)]
    options = ["Horror", "Comedy"]
    assert item_lists.telling_category(tastes, options, horror, comedy) in options
    assert item_lists.telling_category(tastes, ["Rare", "Horror"], horror, comedy) == "Horror"
    assert item_lists.telling_category(tastes, [], horror, comedy) is None
    assert item_lists.telling_category(tastes, options, [], []) in options
