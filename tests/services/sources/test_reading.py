"""Files as exports are written: every dialect, encoding, line end and packing gives the same cells."""

import gzip
import io
import json
import zipfile

import openpyxl
import pandas as pd
import pytest

from services.errors import SampleError
from services.sources.reading.encodings import to_utf8
from services.sources.table_files import read_table, read_tables

NAMES = ["timestamp", "user_id", "item_id"]
ROWS = [[str(1_600_000_000 + n), f"{n % 40:03d}", f"{n * 7 % 60:04d}"] for n in range(200)]


def text(separator: str = ",", end: str = "\n", names: list[str] | None = None) -> str:
    return end.join(separator.join(row) for row in [NAMES if names is None else names, *ROWS]) + end


def cells(content: bytes, name: str = "x.csv") -> list[list[str]]:
    table = read_table(content, name)
    assert list(table.frame) == NAMES
    rows: list[list[str]] = table.frame.to_numpy().tolist()
    return rows


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "::", " ", "  "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(separator: str, end: str) -> None:
    assert cells(text(separator, end).encode()) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_with_the_id_in_the_last_column(encoding: str, end: str) -> None:
    assert cells(text("\t", end).encode(encoding)) == ROWS


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("cp1252", "Größe, Übergang – Crème brûlée €5"),
        ("cp1250", "Żółć gęślą jaźń, Łódź, příběh"),
        ("cp1251", "Война и мир, Анна Каренина"),
        ("cp1253", "Ελλάδα και θάλασσα"),
        ("cp1254", "İstanbul güneş ışık çığ"),
        ("shift_jis", "ハリーポッターと東京物語"),
    ],
)
def test_code_pages_are_found_in_the_rows_not_in_the_header(encoding: str, title: str) -> None:
    lines = "".join(f"{n};{title}\n" if n % 10 == 0 else f"{n};plain {n}\n" for n in range(400))
    table = read_table(("id;title\n" + lines).encode(encoding), "items.csv")
    assert table.frame["title"][0] == title


def test_a_damaged_letter_does_not_change_the_encoding() -> None:
    content = ("ä" * 500).encode() + b"\xff" + "ö".encode()
    assert to_utf8(content) == (("ä" * 500 + "\ufffd" + "ö").encode(), "UTF-8 with damaged letters")


def test_blanks_in_the_header_do_not_change_ids() -> None:
    assert cells(text(names=["timestamp", " user_id", " item_id "]).encode()) == ROWS


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        (r'"say \"hi\", 0000 \\ x"', r'say "hi", 0000 \ x'),
        ('"say ""hi"", 0000"', 'say "hi", 0000'),
        ('"C:\\"', "C:\\"),
        ('"two\nlines, one cell"', "two\nlines, one cell"),
        ('"both ""a"" and \\"b\\" in one"', 'both "a" and "b" in one'),
    ],
)
def test_quotes_escaped_either_way(written: str, cell: str) -> None:
    content = "id,title\n" + "".join(f"{n:04d},{written}\n" for n in range(30))
    frame = read_table(content.encode(), "items.csv").frame
    assert frame["title"].tolist() == [cell] * 30
    assert frame["id"][7] == "0007"


def test_quoted_separators_do_not_split() -> None:
    content = "id;title;price\n" + "".join(f'{n};"a; b, c | d";{n},50\n' for n in range(30))
    frame = read_table(content.encode(), "x.csv").frame
    assert (frame["title"][3], frame["price"][3]) == ("a; b, c | d", "3,50")


def test_a_quote_far_below_the_first_lines_is_a_quote() -> None:
    lines = [f"{n},plain" for n in range(9_000)] + ['9000,"a, b"']
    frame = read_table(("id,title\n" + "\n".join(lines)).encode(), "x.csv").frame
    assert frame["title"].iloc[-1] == "a, b"


def test_what_spreadsheets_add_is_taken_away() -> None:
    assert cells(b"sep=,\n" + text().encode()) == ROWS
    assert cells(b"sep=;\r\n" + text(";", "\r\n").encode()) == ROWS
    trailing = "\n".join(",".join([*row, "", ""]) for row in [NAMES, *ROWS])
    assert cells(trailing.encode()) == ROWS
    only_rows = "\n".join([",".join(NAMES), *(",".join([*row, ""]) for row in ROWS)])
    assert cells(only_rows.encode()) == ROWS
    titled = "Orders of May\n\n" + text(";")
    assert cells(titled.encode()) == ROWS


def test_types_behind_names_are_taken_away() -> None:
    assert cells(text("\t", names=["timestamp:float", "user_id:token", "item_id:token"]).encode(), "x.inter") == ROWS


def test_a_file_without_names_keeps_its_first_row() -> None:
    table = read_table("\n".join(",".join(["u1", "i001", str(n), "click"]) for n in range(50)).encode(), "x.csv")
    assert not table.has_names
    assert table.n_rows == 50
    assert list(table.frame) == ["column 1", "column 2", "column 3", "column 4"]
    assert table.frame["column 2"][0] == "i001"
    named = table.with_names(True)
    assert list(named.frame) == ["u1", "i001", "0", "click"]
    assert named.n_rows == 49
    again = named.with_names(False)
    assert again.frame.equals(table.frame)


@pytest.mark.parametrize(
    "content",
    [
        "196\t242\t3\t881250949\n1\t2\t3\t881250950\n",
        "1,2014-04-07T10:51:09.277Z,214536502,0\n1,2014-04-07T10:54:09.868Z,214536500,0\n",
        "user_000001\t2009-05-04T23:08:57Z\tf1b1\tDeep Dish\nuser_000001\t2009-05-04T13:54:10Z\ta7f7\tUnderworld\n",
        "ann,matrix,view\nben,matrix,buy\nann,alien,view\n",
    ],
)
def test_first_lines_that_are_data(content: str) -> None:
    assert not read_table(content.encode(), "x.txt").has_names


@pytest.mark.parametrize(
    "content", ["kunde;film;tat\nann;matrix;view\nben;alien;buy\n", "a,b\n1,2\n", "id,2019\nx,5\n"]
)
def test_first_lines_that_are_names(content: str) -> None:
    assert read_table(content.encode(), "x.txt").has_names


def test_few_odd_lines_are_said_and_many_are_refused() -> None:
    lines = text().splitlines()
    lines[50] += ",more"
    lines[90] = lines[90].rsplit(",", 1)[0]
    table = read_table("\n".join(lines).encode(), "x.csv")
    assert table.n_rows == 199
    assert table.note == (
        "Left out: 1 line with more cells than columns, first 51. 1 line ends early, first 91: the rest is empty."
    )
    wide = [line + ",more" if n > 100 else line for n, line in enumerate(lines)]
    with pytest.raises(SampleError, match="line 51 has 4 cells, and there are 3 columns"):
        read_table("\n".join(wide).encode(), "x.csv")


def test_json_in_its_three_forms() -> None:
    records = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
    assert cells("\n".join(map(json.dumps, records)).encode(), "x.jsonl") == ROWS
    assert cells(json.dumps(records, indent=1).encode("utf-16"), "x.json") == ROWS
    assert cells(json.dumps({"page": 1, "rows": records}).encode(), "x.json") == ROWS


def test_json_keeps_numbers_as_written_and_lists() -> None:
    line = '{"id": 2053013555631882655, "price": 7.50, "new": true, "genres": ["Drama", "War"], "by": {"name": "X"}}'
    frame = read_table((line + "\n").encode() * 3, "x.jsonl").frame
    assert frame.iloc[0].tolist() == ["2053013555631882655", "7.50", "true", '["Drama", "War"]', "X"]
    assert list(frame)[-1] == "by.name"


def test_a_line_that_is_no_json_is_named() -> None:
    with pytest.raises(SampleError, match="line 2 is not JSON"):
        read_table(b'{"a": 1}\n{"a": \n', "x.jsonl")


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Orders"])
    sheet.append([])
    sheet.append([*NAMES, "price", "when"])
    for second, user, item in ROWS:
        sheet.append([int(second), user, int(item), 7.5, pd.Timestamp(int(second), unit="s").to_pydatetime()])
    for row in range(4, 4 + len(ROWS)):
        sheet.cell(row, 3).number_format = "0000"
    book.create_sheet("Notes").append(["a", "b"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("name", ["x.xlsx", "renamed.csv"])
def test_a_workbook_gives_cells_as_they_are_shown(name: str) -> None:
    table = read_table(workbook(), name)
    assert table.frame[NAMES].to_numpy().tolist() == ROWS
    assert table.frame.iloc[0, 3:].tolist() == ["7.5", "2020-09-13 12:26:40"]
    assert table.note == "Not read: the sheet Notes."


def test_archives_give_every_table_and_one_gives_the_largest() -> None:
    packed = _zip_of(
        {
            "export/events.dat": text("::"),
            "export/items.csv.gz": gzip.compress(b"item_id,title\n0000,A\n"),
            "__MACOSX/export/._events.dat": "x",
            "export/readme.md": "no table",
        }
    )
    tables = read_tables(packed, "export.zip")
    assert [(table.filename, table.n_rows) for table in tables] == [("events.dat", 200), ("items.csv.gz", 1)]
    assert cells(packed, "renamed.csv") == ROWS
    with pytest.raises(SampleError, match="holds no table"):
        read_tables(_zip_of({"readme.md": "x"}), "docs.zip")


def _zip_of(files: dict[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_gzip_is_found_by_its_content() -> None:
    assert cells(gzip.compress(text().encode()), "export.csv") == ROWS
