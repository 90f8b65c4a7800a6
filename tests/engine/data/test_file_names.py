"""A file is read by its name, whatever characters it has: no name is a pattern, and no folder is a column."""

import pytest

from services.engine.data.exporter import export_csv
from services.engine.data.importer import import_csv
from tests.engine.data.csv_data import EVENTS, USERS, Workbench, event_lines, rows_of

OTHERS = ("a1.csv", "star.csv", "qa.csv", "y.csv", "a.csv", "b.csv", "c1=5.csv")


def events(item: str) -> str:
    lines = [line.replace(",i", f",{item}-") for line in event_lines()]
    return "\n".join([",".join(EVENTS.names), *lines]) + "\n"


@pytest.mark.parametrize(
    "name",
    [
        "a[1].csv",
        "st*r.csv",
        "q?.csv",
        "**.csv",
        "[!x].csv",
        "{a,b}.csv",
        "[[]",
        "x[]].csv",
        "a[1.csv",
        "it's.csv",
        "~/a.csv",
        "c1=5/a.csv",
        "USER_ID=5/[a-z]*/a.csv",
        "%61.csv",
        "a.csv#b",
        "http:a.csv",
        "s3:x/a.csv",
    ],
)
def test_exactly_the_named_file_is_imported(bench, name):
    for other in OTHERS:
        bench.put(events("other"), other)
    for content in (events("right"), events("right").replace("\n", "\r\n", 500)):  # read as it is, and as a copy
        snapshot = import_csv(bench.objects, bench.put(content, name), EVENTS, bench.destination)
        assert snapshot.n_rows == 1000
        assert {row["ITEM_ID"].partition("-")[0] for row in rows_of(snapshot)} == {"right"}


def test_a_folder_of_such_files_is_read_once_each(bench):
    for number, name in enumerate(("a[1].csv", "a1.csv", "*.csv", "?.csv")):
        bench.put(f"USER_ID,AGE\nu{number},old\n", f"in/{name}")
    snapshot = import_csv(bench.objects, "s3://bucket/in/", USERS, bench.destination)
    assert [row["USER_ID"] for row in rows_of(snapshot)] == ["u0", "u1", "u2", "u3"]
    assert snapshot.n_duplicates == 0


@pytest.mark.parametrize("folder", ["we[i]rd", "st*r", "USER_ID=5", "TIMESTAMP=7", "{a,b}", "q?"])
def test_a_home_may_have_such_a_name(tmp_path, folder):
    for other in ("weird", "star", "qa"):  # what the name would match as a pattern
        Workbench(tmp_path / other).load_events(event_lines(first=5000))
    bench = Workbench(tmp_path / folder)
    first = bench.load_events([*event_lines(), event_lines()[0]])
    assert (first.n_rows, first.n_duplicates) == (1000, 1)
    second = bench.load_events(event_lines(first=1000), previous=first, mode="INCREMENTAL")
    assert [row["TIMESTAMP"] for row in rows_of(second)].count(1_500_000_000) == 1
    assert (second.n_rows, second.n_users, second.last_timestamp) == (2000, 50, 1_500_001_999)
    export_csv(bench.objects, EVENTS, second, "s3://bucket/out", "all", bench.scratch)
    with bench.objects.open_read("s3://bucket/out/all.csv") as file:
        lines = file.read().decode().splitlines()
    assert sorted(lines[1:]) == sorted(event_lines(2000))


@pytest.mark.parametrize("name", ["data.csv.gz", "data.csv.zst"])
def test_a_csv_file_is_read_as_csv_whatever_its_ending(bench, name):
    snapshot = import_csv(bench.objects, bench.put(events("right"), name), EVENTS, bench.destination)
    assert snapshot.n_rows == 1000
