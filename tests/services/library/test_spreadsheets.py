import pandas as pd
import pytest

from services.library.spreadsheets import csv_bytes


def test_csv_cells_that_a_spreadsheet_would_run_get_an_apostrophe() -> None:
    frame = pd.DataFrame({"=title": ["=1+1", "+2", "-3", "@x", "\tx", "fine"], "n": [-1, 2, 3, 4, 5, 6]})
    lines = csv_bytes(frame).decode("utf-8-sig").splitlines()
    assert lines[0] == "'=title,n"
    assert [line.split(",")[0] for line in lines[1:5]] == ["'=1+1", "'+2", "'-3", "'@x"]
    assert lines[5].startswith("'\t")
    assert lines[6] == "fine,6"


def test_csv_keeps_negative_numbers_as_numbers() -> None:
    assert csv_bytes(pd.DataFrame({"score": [-0.5]})).decode("utf-8-sig") == "score\n-0.5\n"


def test_csv_joins_lists_and_neutralises_what_they_start_with() -> None:
    frame = pd.DataFrame({"categories": [("Film-Noir", "Thriller"), ("=cmd", "x"), ()]})
    assert csv_bytes(frame).decode("utf-8-sig").splitlines() == ["categories", "Film-Noir|Thriller", "'=cmd|x", '""']


def test_csv_of_an_empty_table_keeps_its_header() -> None:
    assert csv_bytes(pd.DataFrame(columns=["a", "b"])).decode("utf-8-sig") == "a,b\n"


@pytest.mark.parametrize("blank", ["", " ", "\u00a0", "\u200b", "\ufeff ", "\t", "\r", "\n"])
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_formula_behind_blanks_or_in_full_width_is_neutralised(blank: str, sign: str) -> None:
    written = csv_bytes(pd.DataFrame({"title": [f"{blank}{sign}cmd|x"]})).decode("utf-8-sig")
    assert written.split("\n", 1)[1].lstrip('"').startswith("'")


def test_a_carriage_return_inside_a_cell_begins_no_line() -> None:
    written = csv_bytes(pd.DataFrame({"title": ["Film\r=cmd|' /C calc'!A0"], "n": [1]})).decode("utf-8-sig")
    assert written == '"title","n"\n"Film\r=cmd|\' /C calc\'!A0",1\n'
