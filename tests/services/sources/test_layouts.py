"""The layouts of ten public data sets become data that Check calls ready, without a role chosen by hand."""

from dataclasses import replace

import pytest

from benchmarks.layouts import LAYOUTS, N_EVENTS
from services.checks.finding import STOP
from services.checks.report import check
from services.library.prepared import FILE_ORDER, PreparedData
from services.sources.joins import recognise_all, together
from services.sources.own_files import OwnTable, prepare
from services.sources.table_files import read_table

WITHOUT_TIMES = ("Last.fm", "Book-Crossing", "Instacart")
"""Layouts that have no column that says when: one question is asked."""


def as_proposed(name: str) -> tuple[PreparedData, dict[str, str]]:
    """Return the data of a layout as the Data screen proposes it, and the roles of its interactions."""
    tables = {
        kind: together([read_table(content, file) for file, content in files.items()])
        for kind, files in LAYOUTS[name]().items()
    }
    guesses = recognise_all(tables)
    own = {kind: OwnTable(tables[kind], {g.column: g.role for g in guesses[kind]}) for kind in tables}
    if name in WITHOUT_TIMES:
        own["Interactions"] = replace(own["Interactions"], time_kind=FILE_ORDER)
    data = prepare(own["Interactions"], own.get("Items"), own.get("Users"), name="own")
    return data, {role: column for column, role in own["Interactions"].mapping.items()}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_public_layout_needs_no_mapping(name: str) -> None:
    data, _ = as_proposed(name)
    problems = check(data)
    assert problems[problems["severity"] == STOP].empty
    assert len(data.interactions) == N_EVENTS
    assert (data.time_kind == FILE_ORDER) == (name in WITHOUT_TIMES)


@pytest.mark.parametrize(
    ("name", "user", "item", "first_user", "first_item"),
    [
        ("REES46", "user_id", "product_id", "520000000", "1000000"),
        ("Online Retail", "CustomerID", "StockCode", "536000", "0000A"),
        ("RetailRocket", "visitorid", "itemid", "0", "0"),
        ("Yoochoose", "column 1", "column 3", "0", "214530000"),
        ("Last.fm", "userID", "artistID", "2", "51"),
        ("Book-Crossing", "User-ID", "ISBN", "276700", "003420000X"),
        ("Amazon reviews", "reviewerID", "asin", "A00000X", "0000000000"),
        ("H&M", "customer_id", "article_id", "0" * 64, "0108775000"),
        ("Instacart", "user_id", "product_id", "0", "0"),
    ],
)
def test_the_keys_of_a_public_layout(name: str, user: str, item: str, first_user: str, first_item: str) -> None:
    data, columns = as_proposed(name)
    assert (columns["USER_ID"], columns["ITEM_ID"]) == (user, item)
    assert data.interactions.iloc[0, :2].tolist() == [first_user, first_item]


def test_names_come_from_wherever_they_are() -> None:
    assert as_proposed("Online Retail")[0].roles.title == "TITLE"
    assert as_proposed("Last.fm")[0].roles.title == "NAME"
    assert as_proposed("REES46")[0].roles.categories == ("CATEGORY_CODE", "BRAND")
    instacart, _ = as_proposed("Instacart")
    assert instacart.items is not None
    assert "AISLE" in instacart.items
