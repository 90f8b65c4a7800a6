"""What rows hold, and what a click changes in them, by a catalogue of ten items."""

from dataclasses import replace

import pandas as pd
import pytest

from services.language.vocabulary import FILM_WORDS
from services.library.catalog import Catalog
from services.library.columns import ColumnRoles
from services.lists.reasons import Cause, Reason
from services.lists.traits import traits
from services.screens.storefront import changes, sentences, shop
from services.screens.storefront.rows import BECAUSE, CONTINUE, EVERYBODY, FOR_YOU, MAKER, NEW, TRENDING, Row
from services.screens.storefront.shop import Shelf, Shopper, Stock

IDS = list("abcdefghij")
ITEMS = pd.DataFrame(
    {
        "ITEM_ID": IDS,
        "TITLE": [f"Film {i}" for i in IDS],
        "DIRECTOR": ["Ann", "Ann", "Ann", "Ann", "Bob", "Bob", "Cy", "Cy", "Di", "Ed"],
        "GENRES": ["X", "X", "Y", "Y", "X", "Y", "Z", "Z", "Z", "Y"],
        "CREATION_TIMESTAMP": range(10),
    }
)


@pytest.fixture
def catalog() -> Catalog:
    table = pd.DataFrame({"item_id": IDS, "title": ITEMS["TITLE"], "year": None, "image": None, "n_events": 1})
    table = table.assign(categories=[(g,) for g in ITEMS["GENRES"]], n_people=range(10, 0, -1))
    return Catalog(table, dict(zip(IDS, ITEMS["DIRECTOR"], strict=True)))


@pytest.fixture
def stock(catalog: Catalog) -> Stock:
    return Stock(
        catalog=catalog,
        words=FILM_WORDS,
        by_maker=shop.by_maker(catalog),
        newest=frozenset("hij"),
        popular=IDS,
        trending="ba",
        neighbours=lambda item_id: [other for other in "jihgfedcba" if other != item_id],
    )


SHOPPER = Shopper(list_ids=tuple("jcebdi"), history=("a",), begun=("f",))


@pytest.mark.parametrize(
    ("kind", "cause", "ids", "title"),
    [
        (FOR_YOU, "", "jceb", "For Nora"),
        (BECAUSE, "a", "jceb", "Because Nora watched Film a"),
        (MAKER, "", "cbd", "More from Ann"),
        (NEW, "", "ji", "New for Nora"),
        (CONTINUE, "", "f", "Continue"),
        (TRENDING, "", "ba", "Trending now"),
        (EVERYBODY, "", "abcd", "What everybody gets"),
    ],
)
def test_each_kind_of_row_is_a_choice_in_the_users_order(
    stock: Stock, kind: str, cause: str, ids: str, title: str
) -> None:
    usual = next(row for row in shop.kinds.USUAL if row.kind == kind)
    shelf = shop.shelf_of(Row(kind, usual.title, 4), "Nora", SHOPPER, stock, (), cause)
    assert shelf is not None
    assert ("".join(shelf.item_ids), shelf.title) == (ids, title)


def test_what_another_row_shows_is_left_out_but_not_of_what_everybody_gets(stock: Stock) -> None:
    assert shop.shelf_of(Row(FOR_YOU, "For you", 2), "Nora", SHOPPER, stock, "jc").item_ids == ("e", "b")
    assert shop.shelf_of(Row(EVERYBODY, "All", 2), "Nora", SHOPPER, stock, "ab").item_ids == ("a", "b")
    assert shop.shelf_of(Row(NEW, "New", 2), "Nora", SHOPPER, stock, "ji") is None


def test_history_is_told_apart_by_the_event_that_counts() -> None:
    history = pd.DataFrame({"ITEM_ID": ["c", "b", "a", "b"], "EVENT_TYPE": ["look", "buy", "buy", "look"]})
    shopper = shop.shopper_of("xyx", history, "buy", ["z"])
    assert (shopper.list_ids, shopper.history, shopper.begun) == (("x", "y"), ("z", "b", "a"), ("c",))
    assert shop.shopper_of("x", history, None).begun == ()


def test_causes_are_what_most_of_the_list_is_owed_to_after_what_was_clicked() -> None:
    def because(item_id: str, *names: str) -> Reason:
        return Reason(item_id, 1, "left out", tuple(Cause(name, 3, 1.0) for name in names))

    reasons = {"j": because("j", "b", "a"), "i": because("i", "b"), "h": because("h", "a")}
    assert shop.causes(reasons, Shopper((), ("a", "b", "c"), clicked=("c",)), 3) == ("c", "b", "a")
    assert shop.causes({}, Shopper((), ("a", "b")), 1) == ("a",)


def test_new_items_are_those_that_came_last(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop, "MIN_NEWEST", 2)
    assert shop.newest(ITEMS, catalog) == frozenset("ij")
    assert shop.newest(None, catalog) == frozenset()


def test_changes_say_what_moved_and_why(catalog: Catalog) -> None:
    had = traits(ITEMS, ColumnRoles(title="TITLE", categories=("GENRES",), people=("DIRECTOR",)), None)
    before, after = Shelf(FOR_YOU, "", tuple("ecj")), Shelf(FOR_YOU, "", tuple("bcejd"))
    found = changes.changes([before], after, "a", "Nora", catalog, had)
    assert {item_id: change.mark for item_id, change in found.items()} == {
        **{"b": "new", "c": "", "e": "▼ 2", "j": "▼ 1", "d": "new"}
    }
    assert found["b"].why == "new because Nora clicked Film a: also by Ann"
    assert found["e"].why == "moved down 2: others came before it when Nora clicked Film a"
    assert changes.summary(found, "Nora", "Film a") == "2 new and 2 down, because Nora clicked Film a."
    assert sentences.clicked_headline("Nora", "Film a", found) == (
        "One click on Film a: 4 of Nora's first 5 places changed, 2 are new."
    )
    assert sentences.clicked_headline("Nora", "Film a", {"b": found["b"]}).endswith("changed, 1 is new.")
    assert sentences.clicked_headline("Nora", "Film a", {"e": found["e"]}).endswith("changed, none is new.")
    assert {change.mark for change in changes.changes([], after, "a", "Nora", catalog, had).values()} == {"new"}


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        (["ab", "cd"], "Nora and Ben share none of their first 2 films."),
        (["ab", "b"], "share none of their first 1 films."),
        (["ab", "ba"], "share 2 of their first 2 films."),
        (["ab"], "1 of the first 2 films are what everybody gets."),
        ([""], "No films to show yet."),
    ],
)
def test_the_headline_says_what_the_first_rows_share(lists: list[str], said: str) -> None:
    assert sentences.headline(["Nora", "Ben"], lists, FILM_WORDS, popular="axyz").endswith(said)


def test_rows_of_a_list_that_a_filter_chose_show_nothing_else(stock: Stock) -> None:
    narrowed = Shopper(list_ids=("j", "b"), history=("a",), narrowed=True)
    assert shop.shelf_of(Row(BECAUSE, "Because", 9), "Nora", narrowed, stock, (), "a").item_ids == ("j", "b")
    assert shop.shelf_of(Row(MAKER, "More", 9), "Nora", narrowed, stock, ()) is None


def test_where_nothing_grows_the_row_of_trends_is_left_out(stock: Stock) -> None:
    same = replace(stock, trending=stock.popular)
    assert shop.shelf_of(Row(TRENDING, "Trending now", 4), "Nora", SHOPPER, same, ()) is None
