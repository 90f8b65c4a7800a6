import pandas as pd
import pytest

from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.library.evenings import HISTORY_COLUMNS, STRIP_COLUMNS, history_frame, strip_frame

WORDS = Words("film", "films", "watch", "watched", "because you watched")
EVENING = 1_700_000_000
HOUR = 3600


@pytest.fixture
def catalog() -> Catalog:
    rows = [("a", "Alien", 1979, ("Horror", "Sci-Fi"), None, 3, 3), ("b", "Big", 1988, ("Comedy",), None, 2, 2)]
    columns = ["item_id", "title", "year", "categories", "image", "n_people", "n_events"]
    return Catalog(pd.DataFrame(rows, columns=columns))


def events(*rows: tuple[str, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["ITEM_ID", "TIMESTAMP"])
    return frame.assign(EVENT_TYPE="watch", DEVICE="TV").sort_values("TIMESTAMP", ascending=False)


def test_events_with_short_breaks_make_one_evening(catalog) -> None:
    history = events(("a", EVENING), ("b", EVENING + 2 * HOUR), ("c", EVENING + 30 * HOUR))
    frame = history_frame(history, catalog, WORDS)
    assert list(frame.columns) == list(HISTORY_COLUMNS)
    assert list(frame["evening"]) == ["16 Nov 2023 · TV · 1 film", "14 Nov 2023 · TV · 2 films", ""]
    assert list(frame["label"]) == ["c", "Big (1988)", "Alien (1979)"]


def test_an_item_has_one_row_where_it_was_last_with_all_its_events(catalog) -> None:
    history = events(("a", EVENING), ("b", EVENING + 2 * HOUR), ("a", EVENING + 30 * HOUR), ("a", EVENING + 31 * HOUR))
    history["EVENT_TYPE"] = ["rate", "watch", "trailer", "trailer"]
    frame = history_frame(history, catalog, WORDS)
    assert list(frame["label"]) == ["Alien (1979)", "Big (1988)"]
    assert list(frame["evening"]) == ["16 Nov 2023 · TV · 1 film", "14 Nov 2023 · TV · 1 film"]
    assert frame["events"].tolist() == [("trailer", "watch", "rate"), ("trailer",)]
    repeated = history_frame(history.assign(EVENT_TYPE="view"), catalog, WORDS)
    assert repeated["events"].tolist() == [("view ×3",), ("view",)]


def test_history_shows_the_latest_events_only(catalog) -> None:
    history = events(*[(f"i{day}", EVENING + day * 24 * HOUR) for day in range(40)])
    assert len(history_frame(history, catalog, WORDS, limit=30)) == 30


def test_an_empty_history_keeps_its_columns(catalog) -> None:
    empty = pd.DataFrame({"ITEM_ID": pd.Series(dtype=str), "TIMESTAMP": pd.Series(dtype="int64")})
    assert list(history_frame(empty, catalog, WORDS).columns) == list(HISTORY_COLUMNS)
    assert list(strip_frame(empty, catalog, ()).columns) == list(STRIP_COLUMNS)


def test_history_without_event_types_or_devices_says_less(catalog) -> None:
    bare = pd.DataFrame({"ITEM_ID": ["a"], "TIMESTAMP": [EVENING]})
    frame = history_frame(bare, catalog, WORDS)
    assert frame["evening"].iloc[0] == "14 Nov 2023 · 1 film"
    assert frame["events"].iloc[0] == ()


def test_an_evening_counts_a_film_once_and_events_say_their_value(catalog) -> None:
    history = events(("a", EVENING), ("a", EVENING + HOUR)).assign(EVENT_VALUE=[4.5, float("nan")])
    frame = history_frame(history, catalog, WORDS)
    assert list(frame["evening"]) == ["14 Nov 2023 · TV · 1 film"]
    assert frame["events"].tolist() == [("watch", "watch 4.5")]


def test_strip_puts_an_event_into_the_strongest_taste_that_it_has(catalog) -> None:
    history = events(("a", EVENING), ("b", EVENING + HOUR), ("unknown", EVENING + 2 * HOUR))
    strip = strip_frame(history, catalog, ("Sci-Fi", "Horror"))
    assert sorted(zip(strip["label"], strip["taste"], strict=True)) == [
        ("Alien (1979)", "Sci-Fi"),
        ("Big (1988)", "other"),
        ("unknown", "other"),
    ]
