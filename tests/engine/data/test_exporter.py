"""Exports: the exported rows are the imported ones, and can be imported again."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.engine.data.exporter import export_csv
from services.engine.data.importer import import_csv
from services.engine.errors import JobFailed
from tests.engine.data.csv_data import ITEMS, USERS, Workbench, rows_of

# any text but NUL, which no CSV reader takes, and lone surrogates, which UTF-8 cannot hold
CELLS = st.text(
    st.one_of(st.sampled_from('",\\\n\r |'), st.characters(codec="utf-8", exclude_characters="\0")), max_size=8
)
NUMBERS = st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1))
FLOATS = st.one_of(st.none(), st.floats(width=32, allow_nan=False, allow_infinity=False))
TRUTHS = st.one_of(st.none(), st.booleans())
TIMES = st.one_of(st.none(), st.integers(0, 2_000_000_000))
ROWS = st.dictionaries(
    CELLS.filter(lambda cell: cell not in {"", "ITEM_ID"}), st.tuples(CELLS, NUMBERS, FLOATS, TRUTHS, TIMES), min_size=1
)


def as_csv(rows: dict[str, tuple], backslashes: bool) -> str:
    """Write rows the way Python does, or the way AWS documents; both are CSV to an import."""
    text = io.StringIO()
    escapes = {"escapechar": "\\", "doublequote": False} if backslashes else {}
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL, **escapes)
    text.write(",".join(ITEMS.names) + "\n")
    for key, (genres, year, price, is_new, created) in rows.items():
        truth = {True: "true", False: "false", None: None}[is_new]
        writer.writerow([key, genres, year, price, truth, created])
    return text.getvalue()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_rows_survive_import_export_and_import(rows):
    with tempfile.TemporaryDirectory() as folder:
        bench = Workbench(Path(folder))
        first = bench.load(as_csv(rows, backslashes=True), ITEMS)
        assert {tuple(row.values()) for row in rows_of(first)} == {
            (key, genres or None, *others) for key, (genres, *others) in rows.items()
        }
        url = export_csv(bench.objects, ITEMS, first, "s3://bucket/out/", "again", bench.scratch)
        second = import_csv(bench.objects, url, ITEMS, bench.destination)
        assert rows_of(second) == rows_of(first)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_rows_written_with_doubled_quotes_are_read(rows):
    plain = {key.replace("\\", "/"): (cells[0].replace("\\", "/"), *cells[1:]) for key, cells in rows.items()}
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Workbench(Path(folder)).load(as_csv(plain, backslashes=False), ITEMS)
        assert {tuple(row.values()) for row in rows_of(snapshot)} == {
            (key, genres or None, *others) for key, (genres, *others) in plain.items()
        }


def test_the_file_has_a_header_and_every_row(bench):
    snapshot = bench.load('USER_ID,AGE\nb,old\na,"x ""y"""\n', USERS)
    url = export_csv(bench.objects, USERS, snapshot, "s3://bucket/out", "job", bench.scratch)
    assert url == "s3://bucket/out/job.csv"
    with bench.objects.open_read(url) as file:
        assert file.read() == b'USER_ID,AGE\na,"x \\"y\\""\nb,old\n'


def test_without_rows_there_is_a_header_alone(bench):
    url = export_csv(bench.objects, USERS, None, "s3://bucket/out/", "job", bench.scratch)
    with bench.objects.open_read(url) as file:
        assert file.read() == b"USER_ID,AGE\n"


def test_a_place_that_cannot_be_written_fails_the_job(bench):
    bench.put("a file", "out")
    with pytest.raises(JobFailed, match="Failed to create a data export job for Users dataset"):
        export_csv(bench.objects, USERS, None, "s3://bucket/out/", "job", bench.scratch)
