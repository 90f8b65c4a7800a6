"""What the check passes, an import takes: every cell is compared with the engine's own rules for cells."""

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from services.checks import fixes, report
from services.checks.finding import STOP
from services.engine.data.csv_files.rules import problem
from services.engine.data.schemas import parse_schema
from services.library.columns import ColumnRoles
from services.library.csv_files import write_csv
from services.library.prepared import PreparedData
from services.library.schemas import propose_schema
from tests.services.checks.test_report import data

TEXTS = ["a\0b", "\0", "USER_ID", "x" * 257, "x" * 1_001, " ", "NULL", "a,b", 'a"b', "a\\b", "a\nb", "é", "=1+1"]
NUMBERS = [np.inf, -np.inf, 1e39, -1e39, 3.4e38, 1e-300, -0.0, np.nan]
TIMES = [-1, -(10**10), 0, 1, 10**11 - 1, 10**12, -(10**12), 10**15, 10**18, 2**63 - 1]


def with_cell(column: str, value: object) -> PreparedData:
    """Return good data with this value in row 3 of a column, and the schema that is proposed for it."""
    good = data()
    frame = good.interactions.assign(EVENT_VALUE=1.0)
    frame[column] = frame[column].astype("float64" if isinstance(value, float) else frame[column].dtype)
    frame.loc[3, column] = value
    schemas = dict(good.schemas) | {"Interactions": propose_schema("Interactions", frame, ColumnRoles())}
    return PreparedData(
        "x", frame, None, None, {"Interactions": schemas["Interactions"]}, ColumnRoles(), good.words, "own"
    )


def refused_by_the_import(given: PreparedData, folder: Path) -> list[str]:
    """Return what an import says about the cells of the file that would be written."""
    path = folder / "interactions.csv"
    write_csv(given.interactions, path)
    schema = parse_schema(given.schemas["Interactions"])
    text = path.read_bytes().decode()
    rows = list(csv.reader(io.StringIO(text.replace("\0", "␀")), escapechar="\\"))
    fields = [schema.find(name) for name in rows[0]]
    found = [problem(field, cell) for row in rows[1:] for field, cell in zip(fields, row, strict=True) if field]
    return [sentence[1] for sentence in found if sentence] + (["NUL"] if "\0" in text else [])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("USER_ID", value) for value in TEXTS),
        *(("EVENT_TYPE", value) for value in TEXTS),
        *(("EVENT_VALUE", value) for value in NUMBERS),
        *(("TIMESTAMP", value) for value in TIMES),
    ],
)
def test_what_the_check_passes_the_import_takes(column: str, value: object, tmp_path: Path) -> None:
    given = with_cell(column, value)
    problems = report.check(given)
    stopped = bool((problems["severity"] == STOP).any())
    assert stopped or refused_by_the_import(given, tmp_path) == []


@pytest.mark.parametrize(
    ("column", "value", "fix", "rows"),
    [
        ("USER_ID", "a\0b", "remove_nul", 1_200),
        ("USER_ID", "USER_ID", "drop_header_lines", 1_199),
        ("EVENT_VALUE", np.inf, "drop_not_numbers", 1_199),
        ("TIMESTAMP", -1, "drop_odd_times", 1_199),
    ],
)
def test_what_an_import_would_refuse_stops_it_and_has_a_fix(column: str, value: object, fix: str, rows: int) -> None:
    given = with_cell(column, value)
    found = report.check(given)
    assert found[found["severity"] == STOP]["fix"].tolist() == [fix]
    fixed = fixes.apply_fixes(given, [fix])
    assert len(fixed.interactions) == rows
    assert not (report.check(fixed)["severity"] == STOP).any()
    assert not pd.isna(fixed.interactions.loc[3, column])
