"""A person's own files become canonical data."""

import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from services.errors import SampleError
from services.language.vocabulary import FILM_WORDS
from services.library.prepared import FILE_ORDER, ONE_TIME, PreparedData, write_csvs
from services.library.store import Library
from services.sources.column_guesses import recognise
from services.sources.own_files import OwnTable, accept, prepare
from services.sources.table_files import read_table
from services.sources.time_units import TimeUnit

EVENTS = (
    b"user_id,item_id,timestamp,event_type\n007,a,1704067200,watch\n007,b,1704067260,watch\n008,a,1704067300,watch\n"
)


def own(content: bytes, dataset_type: str = "Interactions", name: str = "file.csv") -> OwnTable:
    return accept(read_table(content, name), dataset_type)


def prepared(content: bytes, **more: OwnTable) -> PreparedData:
    return prepare(own(content), name="mine", **more)


def test_ids_keep_their_zeros_and_times_become_numbers() -> None:
    data = prepared(EVENTS)
    assert data.interactions["USER_ID"].tolist() == ["007", "007", "008"]
    assert data.interactions["TIMESTAMP"].dtype == "int64"
    assert list(data.interactions) == ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"]
    assert data.words == FILM_WORDS


@pytest.mark.parametrize("separator", [b"\t", b";", b"|"])
def test_other_separators(separator: bytes) -> None:
    data = prepared(EVENTS.replace(b",", separator))
    assert len(data.interactions) == 3


def test_a_byte_order_mark_latin_letters_quotes_and_windows_lines_are_read() -> None:
    bom = b"\xef\xbb\xbf" + EVENTS.replace(b"\n", b"\r\n")
    assert prepared(bom).interactions["ITEM_ID"].tolist() == ["a", "b", "a"]
    items = read_table('id,title\n1,"Café, ""the"" film"\n'.encode("latin-1"), "i.csv")
    assert items.frame["title"].tolist() == ['Café, "the" film']


def test_parquet_with_typed_columns() -> None:
    frame = pd.DataFrame(
        {
            "user": [1.0, 2.0],
            "item": [10, 11],
            "when": pd.to_datetime(["2024-01-01", "2024-01-02"]),
            "mobile": [True, False],
        }
    )
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    data = prepare(own(buffer.getvalue(), name="e.parquet"), name="mine")
    assert data.interactions["USER_ID"].tolist() == ["1", "2"]
    assert data.interactions["TIMESTAMP"].tolist() == [1704067200, 1704153600]
    assert data.interactions["MOBILE"].tolist() == ["true", "false"]


def test_milliseconds_become_seconds() -> None:
    assert prepared(
        EVENTS.replace(b",170406", b",170406").replace(b"00,watch", b"00000,watch").replace(b"60,w", b"60000,w")
    ).interactions["TIMESTAMP"].tolist() == [1704067200, 1704067260, 1704067300]


def test_a_unit_chosen_by_hand_wins() -> None:
    raw = read_table(b"user_id,item_id,timestamp\n1,a,01/02/2024\n2,b,03/04/2024\n", "f.csv")
    mapping = {guess.column: guess.role for guess in recognise(raw, "Interactions")}
    day = prepare(OwnTable(raw, mapping, TimeUnit.DAY_FIRST), name="mine").interactions["TIMESTAMP"][0]
    month = prepare(OwnTable(raw, mapping, TimeUnit.MONTH_FIRST), name="mine").interactions["TIMESTAMP"][0]
    assert pd.Timestamp(day, unit="s").month == 2
    assert pd.Timestamp(month, unit="s").month == 1


def test_a_time_that_cannot_be_read_stays_missing_and_is_listed() -> None:
    rows = b"".join(b"%d,a,%d\n" % (n, 1704067200 + n) for n in range(30))
    data = prepared(b"user_id,item_id,timestamp\n" + rows + b"99,a,yesterday\n")
    assert data.interactions["TIMESTAMP"].isna().sum() == 1
    assert data.unreadable is not None
    assert data.unreadable.to_dict("records") == [
        {"dataset_type": "Interactions", "line": 32, "column": "TIMESTAMP", "value": "yesterday"}
    ]


def test_categories_are_joined_with_bars_whatever_joined_them() -> None:
    items = own(b'item_id,genres\na,"Crime, Drama"\nb,"Drama, Crime"\nc,"Crime, War"\nd,"Drama, War"\n', "Items")
    data = prepared(EVENTS, items=items)
    assert data.items is not None
    assert data.items["GENRES"].tolist() == ["Crime|Drama", "Drama|Crime", "Crime|War", "Drama|War"]
    assert data.roles.categories == ("GENRES",)


def test_a_comma_inside_a_single_name_is_not_a_separator() -> None:
    items = own(b'item_id,category\na,"Home, garden"\nb,Books\nc,Books\nd,"Home, garden"\n', "Items")
    data = prepared(EVENTS, items=items)
    assert data.items is not None
    assert data.items["CATEGORY"][0] == "Home, garden"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"user_id,item_id,timestamp\n", "no rows"),
        (b"just one column\n1\n", "one column only"),
        (b"a,b,a\n1,2,3\n", '"a" twice'),
        (b"user_id,item_id\n1,2\n1,2,3\n", "cannot be read"),
    ],
)
def test_a_bad_file_is_refused_with_a_reason(content: bytes, words: str) -> None:
    with pytest.raises(SampleError, match=words):
        read_table(content, "bad.csv")


def test_a_missing_role_is_named() -> None:
    with pytest.raises(SampleError, match="no column is said to be TIMESTAMP"):
        prepared(b"user_id,item_id,colour\n1,2,red\n1,3,red\n")


def test_columns_that_would_collide_are_named() -> None:
    raw = read_table(b"user_id,item_id,timestamp,dev_ice,device\n1,2,1704067200,a,b\n1,3,1704067201,a,b\n", "x.csv")
    mapping = dict(zip(raw.frame, ["USER_ID", "ITEM_ID", "TIMESTAMP", "METADATA", "METADATA"], strict=True))
    with pytest.raises(SampleError, match="dev_ice"):
        prepare(OwnTable(raw, mapping), name="mine")


def test_a_name_that_aws_refuses_is_refused() -> None:
    with pytest.raises(SampleError, match="cannot be the name"):
        prepare(own(EVENTS), name="../etc")


def test_csv_files_escape_quotes_with_a_backslash(tmp_path: Path) -> None:
    items = own(b'item_id,title,genres\na,"The ""Best"", of",Drama\nb,C:\\x,Drama\n', "Items")
    files = write_csvs(prepared(EVENTS, items=items), tmp_path)
    text = files[1].csv.read_text()
    assert text.splitlines()[0] == "ITEM_ID,TITLE,GENRES"
    assert '"The \\"Best\\", of"' in text
    assert '"C:\\\\x"' in text
    assert [file.n_rows for file in files] == [3, 2]
    assert not list(tmp_path.glob("*.part"))


def test_the_schema_says_what_is_categorical_textual_and_plain() -> None:
    lines = [b"item_id,title,genres,description,price"]
    lines += [b"%d,Film %d,Drama,%s,%d.5" % (n, n, b"long words " * 9 + b"%d" % n, n) for n in range(20)]
    data = prepared(EVENTS, items=own(b"\n".join(lines), "Items"))
    fields = {field["name"]: field for field in json.loads(data.schemas["Items"])["fields"]}
    assert fields["GENRES"] == {"name": "GENRES", "type": "string", "categorical": True}
    assert fields["DESCRIPTION"]["textual"]
    assert fields["TITLE"] == {"name": "TITLE", "type": "string"}
    assert fields["PRICE"]["type"] == "float"


@pytest.mark.skipif("EXPLORER_DATA" not in os.environ, reason="EXPLORER_DATA is not set")
def test_the_retail_files() -> None:
    folder = Path(os.environ["EXPLORER_DATA"]) / "retail"
    tables = {
        kind: accept(read_table(folder / f"rds_{kind.lower()}.csv"), kind)
        for kind in ("Interactions", "Items", "Users")
    }
    data = prepare(tables["Interactions"], tables["Items"], tables["Users"], "shop")
    assert len(data.interactions) == 60_001
    assert data.roles.title == "PRODUCT_NAME"
    assert data.roles.categories == ("CATEGORY_L1", "CATEGORY_L2")
    assert data.words.noun == "product"


def items_of(column: str, cells: list[str]) -> pd.Series:
    """Return a column of an items file after its import."""
    lines = [f'{n:04d};Film {n};"{cell}"' for n, cell in enumerate(cells)]
    table = own("\n".join([f"item_id;title;{column}", *lines]).encode(), "Items")
    data = prepared(EVENTS, items=table)
    assert data.items is not None
    return data.items.iloc[:, 2]


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["7,54", "2.608,80", "3,00 €"], [7.54, 2608.8, 3.0]),
        (["$1,234.50", "$9.99", "$5"], [1234.5, 9.99, 5.0]),
        (["1,234", "2,500,000", "3"], [1234, 2_500_000, 3]),
        (["1.234,50", "1 234,50", "1'234,50"], [1234.5] * 3),
        (["(12.50)", "12.5-", "−12.5"], [-12.5] * 3),
        (["12 %", "5 %", "7.5 %"], [12, 5, 7.5]),
    ],
)
def test_a_price_is_a_number_and_never_categories(cells: list[str], numbers: list[float]) -> None:
    for column in ("price", "category"):
        read = items_of(column, cells * 10)
        if column == "price":
            assert read.tolist() == numbers * 10
        else:
            assert not read.str.contains("|", regex=False).any()


@pytest.mark.parametrize("gap", ["-", "—", "n/a", "NaN", "n.d.", "k.A.", "unknown"])
def test_a_word_for_nothing_is_a_gap_that_is_listed(gap: str) -> None:
    lines = [f"{n:04d},c{n % 3},{gap if n == 4 else n + 0.5}" for n in range(30)]
    data = prepared(EVENTS, items=own("\n".join(["item_id,category,price", *lines]).encode(), "Items"))
    assert data.items is not None
    assert data.items["PRICE"].isna().sum() == 1
    assert data.unreadable is not None
    assert data.unreadable.iloc[0].tolist() == ["Items", 6, "PRICE", gap]


@pytest.mark.parametrize(
    "cell", ["['Drama', 'War']", '[{""id"": 28, ""name"": ""Drama""}, {""name"": ""War""}]', "{'Drama', 'War'}"]
)
def test_lists_of_programs_are_categories(cell: str) -> None:
    read = items_of("genres", [cell] * 5)
    assert set(read[0].split("|")) == {"Drama", "War"}


def test_digits_that_are_names_stay_text() -> None:
    users = own(b"user_id,age,zip\n007,,01234\n008,31,90210\n", "Users")
    data = prepared(EVENTS, users=users)
    assert data.users is not None
    assert data.users["ZIP"].tolist() == ["01234", "90210"]
    assert items_of("category_id", ["2103807459595387724"] * 3).tolist() == ["2103807459595387724"] * 3
    assert items_of("shelf", ["007", "8", "9"]).tolist() == ["007", "8", "9"]


def test_ids_that_a_program_made_numbers_of_are_whole_again() -> None:
    data = prepared(b"user_id,item_id,timestamp\n17001.0,a,1704067200\n17002.0,b,1704067260\n")
    assert data.interactions["USER_ID"].tolist() == ["17001", "17002"]


def test_levels_of_a_category_are_categories() -> None:
    assert items_of("category", ["Home > Garden", "Home > Chairs", "Toys > New"]).tolist() == [
        "Home|Garden",
        "Home|Chairs",
        "Toys|New",
    ]


@pytest.mark.parametrize("columns", ["item_id,title", "item_id,title,image_url", "item_id,title,poster,url"])
def test_items_with_a_title_only_name_the_items_and_make_no_data_set(columns: str, tmp_path: Path) -> None:
    more = ["https://x.org/{n}.jpg", "https://x.org/page/{n}"][: columns.count(",") - 1]
    lines = [",".join([item, f"Film {item}", *(cell.format(n=item) for cell in more)]) for item in "ab"]
    data = prepared(EVENTS, items=own("\n".join([columns, *lines]).encode(), "Items"))
    assert list(data.schemas) == ["Interactions"]
    assert [file.dataset_type for file in write_csvs(data, tmp_path)] == ["Interactions"]
    assert Library(tmp_path).save(data).catalog().title("a") == "Film a"


def test_people_with_a_name_only_are_named(tmp_path: Path) -> None:
    data = prepared(EVENTS, users=own(b"user_id,name\n007,Nora\n008,Ben\n", "Users"))
    assert list(data.schemas) == ["Interactions"]
    assert Library(tmp_path).save(data).people().label("007").startswith("Nora")


def mapped(content: bytes, **changes: object) -> PreparedData:
    """Return data of a file as it is proposed, with changes of OwnTable."""
    return prepare(replace(own(content), **changes), name="mine")  # type: ignore[arg-type]


COUNTS = b"userID\tartistID\tweight\n2\t51\t3\n2\t52\t900\n3\t51\t1\n"


def test_without_times_the_order_of_the_file_or_one_time_stands_for_them(tmp_path: Path) -> None:
    ordered = mapped(COUNTS, time_kind=FILE_ORDER)
    assert ordered.interactions["TIMESTAMP"].diff().dropna().tolist() == [1, 1]
    assert mapped(COUNTS, time_kind=ONE_TIME).interactions["TIMESTAMP"].nunique() == 1
    loaded = Library(tmp_path).save(ordered)
    assert not loaded.has_times
    assert not Library(tmp_path).save(loaded.prepared()).has_times
    assert Library(tmp_path).save(prepared(EVENTS)).has_times
    assert "without times" in ordered.note


def test_counts_become_repeats_with_a_limit() -> None:
    data = mapped(COUNTS, time_kind=FILE_ORDER, repeats=True)
    assert data.interactions.groupby(["USER_ID", "ITEM_ID"]).size().tolist() == [3, 10, 1]
    assert not data.interactions.duplicated().any()


def test_an_order_stands_for_guests() -> None:
    lines = b"order_id,customer_id,sku,date\no1,,a,2024-01-01\no2,k1,a,2024-01-02\no3,,b,2024-01-03\n"
    data = prepared(lines)
    assert data.interactions["USER_ID"].tolist() == ["o1", "k1", "o3"]
    assert data.note == "where nobody is named, order_id counts as a person"


def test_sessions_that_count_as_people_are_said() -> None:
    data = prepared(b"session_id,sku,date\ns1,a,2024-01-01\ns1,b,2024-01-02\ns2,b,2024-01-03\n")
    assert data.note == "each session_id counts as a person"
    assert prepared(b"customer_id,sku,date\nk1,a,2024-01-01\nk2,b,2024-01-02\n").note == ""


def test_event_types_can_be_left_out() -> None:
    content = EVENTS + b"007,c,1704067301,watch\n009,a,1704067302,returned\n010,a,1704067303,returned\n"
    assert len(mapped(content, event_types=("watch",)).interactions) == 4
