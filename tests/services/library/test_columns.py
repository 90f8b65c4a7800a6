"""Recognising what a person's columns mean, and how they say time."""

import pandas as pd
import pytest

from services.language.vocabulary import Words
from services.library.columns import ColumnRoles, canonical_name, same_field
from services.sources.column_guesses import recognise
from services.sources.table_files import RawTable, read_table
from services.sources.time_units import TimeUnit, find_unit, time_sentence, to_epoch_seconds


def table(**columns: list[object]) -> RawTable:
    return RawTable("file.csv", pd.DataFrame(columns), "test")


def roles(raw: RawTable, dataset_type: str) -> dict[str, str]:
    return {guess.column: guess.role for guess in recognise(raw, dataset_type)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("movieId", "MOVIE_ID"),
        ("2nd price", "_2ND_PRICE"),
        ("IMAGE_URL", "IMAGE_URL"),
        ("größe", "GR_E"),
        ("", "COLUMN"),
    ],
)
def test_canonical_name(name: str, expected: str) -> None:
    assert canonical_name(name) == expected


def test_underscores_and_case_do_not_make_fields_distinct() -> None:
    assert same_field("GENRES_FIELD_1") == same_field("genresField1")


def test_roles_and_words_survive_json() -> None:
    some = ColumnRoles(title="T", categories=("A", "B"), user_attributes=("AGE",))
    assert ColumnRoles.from_json(some.to_json()) == some
    words = Words.for_event_type("Purchase")
    assert words.past == "bought"
    assert Words.from_json(words.to_json()) == words
    assert Words.for_event_type("teleport") == Words()


def test_movielens_names_are_recognised() -> None:
    raw = read_table(
        b"userId,movieId,rating,timestamp\n1,10,4.0,978300760\n1,11,3.5,978300761\n2,10,5.0,978300762\n", "r.csv"
    )
    assert roles(raw, "Interactions") == {
        "userId": "USER_ID",
        "movieId": "ITEM_ID",
        "rating": "EVENT_VALUE",
        "timestamp": "TIMESTAMP",
    }


def test_a_shop_with_other_words_is_recognised() -> None:
    raw = table(
        customer_no=["7", "8"] * 20,
        sku=["a1", "b2"] * 20,
        behavior=["view", "buy"] * 20,
        created_at=["2024-05-31T20:15:00Z", "2024-06-01T08:00:00Z"] * 20,
        channel=["app", "web"] * 20,
    )
    assert list(roles(raw, "Interactions").values()) == ["USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP", "METADATA"]
    assert recognise(raw, "Interactions")[3].unit is TimeUnit.ISO


def test_items_and_users() -> None:
    items = table(
        id=["1", "2", "3"],
        title=["Vertigo", "Rope", "Psycho"],
        release_year=["1958", "1948", "1960"],
        genres=["Mystery|Thriller", "Crime|Thriller", "Horror|Thriller"],
        poster_url=["https://x.org/1.jpg", "https://x.org/2.jpg", "https://x.org/3.jpg"],
        empty=[None, None, None],
    )
    assert list(roles(items, "Items").values()) == ["ITEM_ID", "TITLE", "YEAR", "CATEGORY", "IMAGE", "IGNORE"]
    users = table(id=["1", "2"], name=["Nora", "Ben"], age=["52", "31"])
    assert list(roles(users, "Users").values()) == ["USER_ID", "NAME", "METADATA"]


def test_one_column_only_gets_a_role_that_one_may_have() -> None:
    raw = table(user_id=["1"], item_id=["2"], timestamp=["978300760"], date=["2001-01-01"])
    assert list(roles(raw, "Interactions").values()).count("TIMESTAMP") == 1


def test_every_guess_says_why_and_shows_samples() -> None:
    for guess in recognise(
        table(user_id=["1", "2"], item_id=["3", "4"], ts=["978300760", "978300761"]), "Interactions"
    ):
        assert guess.why
        assert guess.samples
        assert guess.confidence in ("sure", "likely", "unsure")


@pytest.mark.parametrize(
    ("value", "unit", "seconds"),
    [
        ("978300760", TimeUnit.SECONDS, 978300760),
        ("978300760123", TimeUnit.MILLISECONDS, 978300760),
        ("978300760123456", TimeUnit.MICROSECONDS, 978300760),
        ("978300760123456789", TimeUnit.NANOSECONDS, 978300760),
        ("2000-12-31T22:12:40Z", TimeUnit.ISO, 978300760),
        ("2001-01-01 00:12:40+02:00", TimeUnit.ISO, 978300760),
        ("2000-12-31", TimeUnit.ISO, 978220800),
        ("20001231", TimeUnit.DAY, 978220800),
        ("31.12.2000", TimeUnit.DAY_FIRST, 978220800),
        ("12/31/2000", TimeUnit.MONTH_FIRST, 978220800),
    ],
)
def test_units_of_time(value: str, unit: TimeUnit, seconds: int) -> None:
    column = pd.Series([value] * 3)
    assert find_unit(column) is unit
    assert to_epoch_seconds(column, unit).tolist() == [seconds] * 3


def test_what_is_no_time_is_none() -> None:
    assert find_unit(pd.Series(["horror", "comedy"])) is None
    assert find_unit(pd.Series(["1", "2", "3"])) is None
    assert to_epoch_seconds(pd.Series(["nonsense"]), TimeUnit.ISO).isna().all()


def test_the_unit_is_said_as_a_date() -> None:
    assert time_sentence("978300760", TimeUnit.SECONDS) == "978300760 read as seconds: 31 Dec 2000"
    assert "cannot be read" in time_sentence("soon", TimeUnit.SECONDS)
