"""Every bad value: the job fails with file, line, column, value and remedy, and with AWS's words where known."""

import os

import pytest

from services.engine.data.importer import import_csv
from services.engine.errors import JobFailed
from tests.engine.data.csv_data import EVENT_FIELDS, EVENTS, ITEM_FIELDS, ITEMS, USERS, event_lines, schema

START = "Failed to create a data import job for Interactions dataset..."
PLACE = "File s3://bucket/data.csv, line"
TYPED = schema(
    "Interactions", [*EVENT_FIELDS, {"name": "EVENT_TYPE", "type": "string"}, {"name": "EVENT_VALUE", "type": "float"}]
)


def reason(bench, content: str | bytes, of=EVENTS) -> str:
    with pytest.raises(JobFailed) as caught:
        bench.load(content, of)
    assert bench.folders() == []
    return str(caught.value)


def reason_of_row(bench, row: str, of=EVENTS) -> str:
    """Import a good file whose last row is this one, on line 1002."""
    tail = "," + ",".join("1" for _ in of.names[3:]) if len(of.names) > 3 else ""
    return reason(bench, "\n".join([",".join(of.names), *(line + tail for line in event_lines()), row, ""]), of)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("u,i,yesterday", "column TIMESTAMP: the value 'yesterday' is not Unix time. Write Unix time in whole seconds"),
        ("u,i,2020-01-01T10:00:00", "the value '2020-01-01T10:00:00' is not Unix time but the date 2020-01-01"),
        ("u,i,1500000000000", "looks like milliseconds; epoch seconds are needed. Divide the column by 1000."),
        ("u,i,1500000000000000", "looks like microseconds; epoch seconds are needed. Divide the column by 1000000."),
        ("u,i,1500000000000000000", "looks like nanoseconds"),
        ("u,i,99999999999999999999999999", "looks like nanoseconds"),
        ("u,i,1500000000.0", "column TIMESTAMP: the value '1500000000.0' is not a whole number"),
        ("u,i,1e9", "column TIMESTAMP: the value '1e9' is not a whole number"),
        ("u,i, 1500000000", "the value ' 1500000000' is not Unix time"),
        ("u,i,0x10", "the value '0x10' is not Unix time"),
        ("u,i,1_500_000_000", "the value '1_500_000_000' is not Unix time"),
        ("u,i,-5", "the value '-5' is before 1970"),
        ("u,i,", "column TIMESTAMP: the cell is empty, but the schema allows no null. Fill it in or remove the row."),
        (",i,1500000000", "column USER_ID: the cell is empty"),
        ('u,"",1500000000', "column ITEM_ID: the cell is empty"),
        (",,", "column USER_ID: the cell is empty"),
        ("USER_ID,ITEM_ID,TIMESTAMP", "column USER_ID: the value is the column's own name. Remove header lines"),
        ("u,i", "the row has 2 values, but the header has 3. Add the missing values."),
        (
            "u,i,1500000000,x",
            "the row has 4 values, but the header has 3. Put values that hold commas in double quotes.",
        ),
        ('u,"i"x,1500000000', "the quoting of this row is broken"),
        ('u,"i,1500000000', "a value opened with a double quote in this row is never closed"),
        ("u,a\0b,1500000000", "column ITEM_ID: the value holds a NUL character. Remove it."),
    ],
)
def test_a_bad_interaction_is_named(bench, row, words):
    text = reason_of_row(bench, row)
    assert text.startswith(f"{START}{PLACE} 1002")
    assert words in text


@pytest.mark.parametrize("column", ["USER_ID", "ITEM_ID"])
def test_an_overlong_id_is_named_in_awss_words(bench, column):
    value = "é" * 257
    text = reason_of_row(bench, f"{value},i,1500000000" if column == "USER_ID" else f"u,{value},1500000000")
    assert text.startswith(f"{START}Length cannot be more than 256 characters for {column}. {PLACE} 1002")
    assert "has 257 characters" in text


def test_an_id_of_the_greatest_length_is_good(bench):
    assert bench.load_events([*event_lines(), f"{'é' * 256},i,1500000000"]).n_rows == 1001


def test_an_overlong_string_is_named(bench):
    text = reason_of_row(bench, f"u,i,1500000000,{'x' * 1001},1", TYPED)
    assert "Length cannot be more than 1000 characters for EVENT_TYPE. " in text


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("u,i,1500000000,,1", 'declare the field with the type ["null", "string"]'),
        ("u,i,1500000000,watch,", 'declare the field with the type ["null", "float"]'),
        ("u,i,1500000000,watch,high", "column EVENT_VALUE: the value 'high' is not a number (float)"),
        ("u,i,1500000000,watch,NaN", "column EVENT_VALUE: the value 'NaN' is not a number (float)"),
        ("u,i,1500000000,watch,inf", "column EVENT_VALUE: the value 'inf' is not a number (float)"),
        ('u,i,1500000000,watch,"3,5"', "column EVENT_VALUE: the value '3,5' is not a number (float)"),
        ("u,i,1500000000,watch,1e39", "column EVENT_VALUE: the value '1e39' is too large for the type float"),
    ],
)
def test_a_bad_value_of_an_optional_column_is_named(bench, row, words):
    text = reason_of_row(bench, row, TYPED)
    assert f"{PLACE} 1002" in text
    assert words in text


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("x,1999.5,1,true,1", "column YEAR: the value '1999.5' is not a whole number (int)"),
        ("x,3000000000,1,true,1", "column YEAR: the value '3000000000' does not fit the type int"),
        ("x,1999,free,true,1", "column PRICE: the value 'free' is not a number"),
        ("x,1999,1,True,1", "column IS_NEW: the value 'True' is not a boolean. Write true or false in lower case."),
        ("x,1999,1,true,soon", "column CREATION_TIMESTAMP: the value 'soon' is not Unix time"),
    ],
)
def test_a_bad_item_is_named(bench, cells, words):
    text = reason(bench, ",".join(ITEMS.names) + f"\na,x,1999,1.5,true,1\nb,{cells}\n", ITEMS)
    assert text.startswith(f"Failed to create a data import job for Items dataset...{PLACE} 3")
    assert words in text


def test_the_line_is_that_of_the_file_even_after_cells_with_line_feeds(bench):
    text = reason(bench, 'USER_ID,AGE\n"a\nb\nc",old\n\n"d\ne",\n', USERS)
    assert f"{PLACE} 7, column AGE" in text
    escaped = reason(bench, 'USER_ID,AGE\r\n"a\\"\r\nb",old\r\nd,\r\n', USERS)
    assert f"{PLACE} 4, column AGE" in escaped


def test_the_file_of_a_folder_is_named(bench):
    bench.put("USER_ID,AGE\na,old\n", "in/a.csv")
    bench.put("USER_ID,AGE\nb,\n", "in/b.csv")
    with pytest.raises(JobFailed, match=r"File s3://bucket/in/b\.csv, line 2, column AGE"):
        import_csv(bench.objects, "s3://bucket/in/", USERS, bench.destination)


def test_missing_columns_are_named_in_awss_words(bench):
    text = reason(bench, "USER_ID,item_id\nu,i\n")
    assert text.startswith(
        "Failed to create a data import job Interactions dataset...Input CSV is missing the following columns:"
        "[ITEM_ID, TIMESTAMP]."
    )
    assert "rename 'item_id' to ITEM_ID" in text


def test_another_separator_is_recognised(bench):
    assert "Separate the columns with commas." in reason(bench, "USER_ID\tITEM_ID\tTIMESTAMP\nu\ti\t1\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('"USER_ID","ITEM_ID","TIMESTAMP"\n', "line 1: the header must not be quoted"),
        ("USER_ID,ITEM_ID,TIMESTAMP,ITEM_ID\n", "line 1: the column ITEM_ID occurs twice"),
        ("", "data.csv is empty. It needs a header line with USER_ID, ITEM_ID, TIMESTAMP"),
        ("\ufeff", "data.csv is empty"),
        ("USER_ID,ITEM_ID,TIMESTAMP\n", "has a header but no rows"),
        ("USER_ID,ITEM_ID,TIMESTAMP", "has a header but no rows"),
        ("USER_ID,ITEM_ID,TIMESTAMP\nu,i,1".encode("utf-16"), "is UTF-16, not UTF-8 text"),
        (b"\x1f\x8b\x08\x00", "is gzip, not UTF-8 text"),
        ("USER_ID,ITÈM_ID\n".encode("latin-1"), "line 1: the header is not UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_refused(bench, content, words):
    assert words in reason(bench, content)


def test_bytes_that_are_not_utf8_are_named(bench):
    content = b"USER_ID,AGE\na,old\nb,m\xe9dium\n"
    text = reason(bench, content, USERS)
    assert f"{PLACE} 3: the byte 0xe9 is not UTF-8. Save the file as UTF-8" in text


def test_fewer_than_1000_interactions_are_refused_and_1000_taken(bench):
    text = reason(bench, "USER_ID,ITEM_ID,TIMESTAMP\n" + "\n".join(event_lines(999)))
    assert "The data has 999 interactions; an import needs at least 1,000." in text
    first = bench.load_events(event_lines(1000))
    with pytest.raises(JobFailed, match="999 interactions"):
        bench.load_events(event_lines(999, 1000), previous=first, mode="INCREMENTAL")


def test_too_many_event_types_are_refused(bench):
    lines = [f"{line},type{n % 9},1" for n, line in enumerate(event_lines())]
    text = reason(bench, ",".join(TYPED.names) + "\n" + "\n".join(lines), TYPED)
    assert "EVENT_TYPE has 9 different values and the schema 2 optional columns (EVENT_TYPE, EVENT_VALUE)" in text


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("s3://bucket/none.csv", "There is no file s3://bucket/none.csv, and no folder of that name. Upload it"),
        ("s3://bucket/none/", "The folder s3://bucket/none/ holds no files"),
        ("s3://none/in.csv", "There is no bucket none"),
        ("s3://bucket/in/", "has 1 files, but none whose name ends in .csv"),
        ("s3://bucket/../other/x.csv", "Invalid Data location."),
        ("http://host/x.csv", "Invalid Data location."),
    ],
)
def test_a_place_without_data_is_named(bench, location, words):
    bench.put("x", "in/readme.txt")
    with pytest.raises(JobFailed) as caught:
        import_csv(bench.objects, location, EVENTS, bench.destination)
    assert str(caught.value).startswith(START)
    assert words in str(caught.value)
    assert bench.folders() == []


def test_a_required_column_of_items_is_checked_when_others_may_be_null(bench):
    text = reason(bench, ",".join(field["name"] for field in ITEM_FIELDS) + "\n,x,,,,\n", ITEMS)
    assert f"{PLACE} 2, column ITEM_ID: the cell is empty" in text


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("," + ",".join(f"column{n}" for n in range(100_000 - 3)), "the header has 100,000 columns; at most 1,000 are"),
        ("," + "a," * 500_000, "columns; at most 1,000 are read. Remove columns that the schema does not have."),
        ("x" * 2_000_000, "the header is longer than 500,000 bytes"),
        (",a,b" * 400, "the column a, b occurs twice"),
    ],
    ids=["many columns", "a million columns", "no end", "repeated"],
)
def test_a_header_beyond_the_limits_is_refused_before_anything_is_read(bench, header, words, monkeypatch):
    monkeypatch.setattr("services.engine.data.importer._read", None)
    assert words in reason(bench, ",".join(EVENTS.names) + header + "\n")


def test_a_header_of_the_greatest_width_is_read(bench):
    more = ["", *(f"column{n}" for n in range(1000 - 3))]
    lines = [line + "," * (len(more) - 1) for line in event_lines()]
    assert bench.load("\n".join([",".join(EVENTS.names) + ",".join(more), *lines])).n_rows == 1000


def test_a_number_of_ten_thousand_digits_is_named(bench):
    assert "looks like nanoseconds" in reason_of_row(bench, f"u,i,{'1' * 10_000}")


def test_a_file_of_a_folder_whose_name_is_not_utf8_is_named(bench):
    bench.put("USER_ID,AGE\na,old\n", "in/a.csv")
    folder = bench.destination.parents[2] / "objects" / "bucket" / "in"
    (folder / "a.csv").rename(folder / os.fsdecode(b"\xff.csv"))
    with pytest.raises(JobFailed, match="is not UTF-8; rename the file"):
        import_csv(bench.objects, "s3://bucket/in/", USERS, bench.destination)


LONG = "x" * 2_100_000


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f"u,i,1500000000,{LONG}", "line 1002: the line has more than 2,000,000 bytes. Shorten it."),
        ('u,i,1500000000,"' + "x\n" * 1_000_100, "a value that begins in this row has more than 2,000,000 characters"),
        ("u,i,late," + "x" * 200_000, "line 1002, column TIMESTAMP: the value 'late' is not Unix time"),
        ('u,i,1500000000,"' + "\\" * 2_100_000, "a row of more than 2,000,000 bytes. Shorten it."),
        ('u,i,late,"' + "\\a" * 900_000 + '"', "line 1002, column TIMESTAMP: the value 'late' is not Unix time"),
    ],
    ids=["line", "value over lines", "long but good value", "backslashes", "backslashes and letters"],
)
def test_long_values_are_called_long_and_hide_no_other_error(bench, row, words):
    lines = [f"{line}," for line in event_lines()]
    text = reason(bench, "\n".join([",".join(EVENTS.names) + ",NOTE", *lines, row]))
    assert words in text
    assert "never closed" not in text or "or is opened" in text


def test_a_long_value_of_another_column_is_read_over(bench):
    lines = [f"{line},{'x' * 200_000 if n == 500 else ''}" for n, line in enumerate(event_lines())]
    assert bench.load("\n".join([",".join(EVENTS.names) + ",NOTE", *lines])).n_rows == 1000


@pytest.mark.parametrize("filling", [b"\r", b"\r\n\r", b'"\r"'])
def test_millions_of_empty_lines_are_no_rows(bench, filling):
    content = ",".join(EVENTS.names).encode() + b"\n" + filling * (3_000_000 // len(filling))
    assert reason(bench, content)
