"""Imports: what becomes of good files, of the data before, and of what was interrupted."""

import random

import pytest

from services.engine.data.importer import import_csv
from services.engine.data.query import QuietProgress
from services.engine.data.snapshots import SnapshotInfo
from services.engine.errors import JobFailed, JobStopped
from tests.engine.data.csv_data import EVENTS, ITEMS, USERS, Workbench, event_lines, rows_of, schema


def test_interactions_are_sorted_by_user_and_time_whatever_their_order(bench):
    lines = event_lines(1500)
    expected = sorted((u, int(t), i) for u, i, t in (line.split(",") for line in lines))
    random.Random(1).shuffle(lines)
    snapshot = bench.load_events(lines)
    assert [(row["USER_ID"], row["TIMESTAMP"], row["ITEM_ID"]) for row in rows_of(snapshot)] == expected
    assert (snapshot.n_rows, snapshot.n_users, snapshot.n_items) == (1500, 50, 40)
    assert (snapshot.first_timestamp, snapshot.last_timestamp) == (1_500_000_000, 1_500_001_499)
    assert snapshot.path.is_absolute()


@pytest.mark.parametrize("most_ranked", [0, 1_000_000])
def test_long_ids_are_sorted_by_their_bytes_with_and_without_ranks(bench, monkeypatch, most_ranked):
    monkeypatch.setattr("services.engine.data.sorting.MAX_RANKED_USERS", most_ranked)
    users = [f"{sign}-viewer-{n}" for n in range(250) for sign in ("a", "B", "ä", "日")]
    random.Random(3).shuffle(users)
    first = bench.load_events([f"{user},i,{1_500_000_000 + n}" for n, user in enumerate(users)])
    second = bench.load_events(
        [f"{user}{'x' * (n % 2)},i,{1_600_000_000 - n}" for n, user in enumerate(users)],
        previous=first,
        mode="INCREMENTAL",
    )
    keys = [(row["USER_ID"].encode(), row["TIMESTAMP"]) for row in rows_of(second)]
    assert len(keys) == 2000
    assert keys == sorted(keys)


def test_events_of_one_moment_keep_the_order_of_the_file(bench):
    items = [f"i{n:04d}" for n in range(3000)]
    random.Random(2).shuffle(items)
    snapshot = bench.load_events([f"u,{item},1500000000" for item in items])
    assert [row["ITEM_ID"] for row in rows_of(snapshot)] == items


def test_rows_equal_in_all_fields_are_kept_once(bench):
    lines = event_lines(1000)
    snapshot = bench.load_events([*lines, *lines[:10], "u0,i9,1500000000"])
    assert (snapshot.n_rows, snapshot.n_duplicates, snapshot.n_new_rows) == (1001, 10, 1011)
    assert [row["ITEM_ID"] for row in rows_of(snapshot)[:2]] == ["i0", "i9"]


def test_columns_may_come_in_any_order_and_unknown_ones_are_ignored(bench):
    lines = [f"{t},note,{u},{i}" for u, i, t in (line.split(",") for line in event_lines())]
    snapshot = bench.load("TIMESTAMP,COMMENT,USER_ID,ITEM_ID\n" + "\n".join(lines))
    assert snapshot.columns == ("USER_ID", "ITEM_ID", "TIMESTAMP")
    assert rows_of(snapshot)[0] == {"USER_ID": "u0", "ITEM_ID": "i0", "TIMESTAMP": 1_500_000_000}


@pytest.mark.parametrize("header_end", ["", ","])
def test_commas_at_the_end_of_rows_are_no_values(bench, header_end):
    text = f"USER_ID,ITEM_ID,TIMESTAMP{header_end}\n" + "".join(f"{line},\n" for line in event_lines())
    snapshot = bench.load(text)
    assert (snapshot.n_rows, snapshot.columns) == (1000, ("USER_ID", "ITEM_ID", "TIMESTAMP"))
    assert rows_of(snapshot)[0] == {"USER_ID": "u0", "ITEM_ID": "i0", "TIMESTAMP": 1_500_000_000}


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark_do_not_matter(bench, line_end, mark):
    text = line_end.join([",".join(EVENTS.names), *event_lines()]) + line_end
    assert bench.load(mark + text.encode()).n_rows == 1000


def test_mixed_line_ends_are_read(bench):
    lines = event_lines()
    text = "USER_ID,ITEM_ID,TIMESTAMP\n" + "\r\n".join(lines[:500]) + "\n" + "\n".join(lines[500:])
    assert bench.load(text).n_rows == 1000


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('"a,b"', "a,b"),
        ('"say ""hi"""', 'say "hi"'),
        (r'"say \"hi\""', 'say "hi"'),
        (r'"back\\slash"', "back\\slash"),
        (r'"back\slash"', "back\\slash"),
        (r"back\slash", "back\\slash"),
        ('"two\nlines"', "two\nlines"),
        ('"two\r\nlines"', "two\r\nlines"),
        (r'"\\"', "\\"),
        (r'"\\\""', '\\"'),
        ('inch"es', 'inch"es'),
        ('""', None),
        ("", None),
        ("Amélie 日本 😀", "Amélie 日本 😀"),
    ],
)
def test_cells_are_read_with_either_way_of_quoting(bench, cell, value):
    snapshot = bench.load(f"ITEM_ID,GENRES,YEAR,PRICE,IS_NEW,CREATION_TIMESTAMP\nx,{cell},,,,\n", ITEMS)
    assert [row["GENRES"] for row in rows_of(snapshot)] == [value]


def test_escapes_on_the_border_of_two_chunks_are_read(bench, monkeypatch):
    monkeypatch.setattr("services.engine.data.csv_files.source.CHUNK_BYTES", 64)
    cells = ["x" * n + r"\\\"" + '""' + "," + "y" * (70 - n) for n in range(70)]
    text = "USER_ID,AGE\r\n" + "".join(f'u{n:02d},"{cell}"\r\n' for n, cell in enumerate(cells))
    snapshot = bench.load(text, USERS)
    assert [row["AGE"] for row in rows_of(snapshot)] == [
        "x" * n + '\\"' + '"' + "," + "y" * (70 - n) for n in range(70)
    ]


def test_types_follow_the_schema(bench):
    text = "ITEM_ID,GENRES,YEAR,PRICE,IS_NEW,CREATION_TIMESTAMP\na,x|y,1999,1.5e1,true,-100\nb,,,,,\n"
    assert rows_of(bench.load(text, ITEMS)) == [
        {"ITEM_ID": "a", "GENRES": "x|y", "YEAR": 1999, "PRICE": 15.0, "IS_NEW": True, "CREATION_TIMESTAMP": -100},
        {"ITEM_ID": "b", "GENRES": None, "YEAR": None, "PRICE": None, "IS_NEW": None, "CREATION_TIMESTAMP": None},
    ]


def test_text_is_shortened_not_refused(bench):
    of = schema("Items", [{"name": "ITEM_ID", "type": "string"}, {"name": "PLOT", "type": "string", "textual": True}])
    snapshot = bench.load("ITEM_ID,PLOT\na," + "x" * 20_050 + "\n", of)
    assert len(rows_of(snapshot)[0]["PLOT"]) == 20_000


def test_the_last_record_of_an_id_wins(bench):
    snapshot = bench.load("USER_ID,AGE\nb,young\na,old\nb,middle\n", USERS)
    assert rows_of(snapshot) == [{"USER_ID": "a", "AGE": "old"}, {"USER_ID": "b", "AGE": "middle"}]
    assert (snapshot.n_rows, snapshot.n_users, snapshot.n_items, snapshot.n_duplicates) == (2, 2, None, 1)


def test_a_folder_gives_its_csv_files_of_the_first_level_in_order(bench):
    lines = event_lines(1200)
    bench.put("USER_ID,ITEM_ID,TIMESTAMP\n" + "\n".join(lines[:600]), "in/part-1.csv")
    turned = [",".join(reversed(line.split(","))) for line in lines[600:]]
    bench.put("TIMESTAMP,ITEM_ID,USER_ID\n" + "\n".join(turned), "in/part-2.CSV")
    bench.put("not a table", "in/_SUCCESS")
    bench.put("USER_ID\nbroken", "in/deeper/part-3.csv")
    snapshot = import_csv(bench.objects, "s3://bucket/in/", EVENTS, bench.destination)
    assert snapshot.n_rows == 1200


def test_incremental_adds_interactions_after_those_before(bench):
    first = bench.load_events(event_lines(1000))
    second = bench.load_events([*event_lines(1000, 500), "u0,i39,1500000000"], previous=first, mode="INCREMENTAL")
    assert (second.n_rows, second.n_new_rows, second.n_duplicates) == (1501, 1001, 500)
    assert [row["ITEM_ID"] for row in rows_of(second)[:2]] == ["i0", "i39"]
    assert len(rows_of(first)) == 1000


def test_incremental_replaces_records_of_the_same_id(bench):
    first = bench.load("USER_ID,AGE\na,old\nb,young\n", USERS)
    second = bench.load("USER_ID,AGE\nb,middle\nc,young\n", USERS, previous=first, mode="INCREMENTAL")
    assert [tuple(row.values()) for row in rows_of(second)] == [("a", "old"), ("b", "middle"), ("c", "young")]


def test_incremental_fills_columns_that_the_schema_gained(bench):
    first = bench.load("USER_ID,AGE\na,old\n", USERS)
    fields = [{"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": "string", "categorical": True}]
    wider = schema("Users", [*fields, {"name": "SCORE", "type": ["null", "double"]}])
    second = bench.load("USER_ID,AGE,SCORE\nb,young,1.25\n", wider, previous=first, mode="INCREMENTAL")
    assert [row["SCORE"] for row in rows_of(second)] == [None, 1.25]


def test_a_folder_may_be_named_without_its_final_slash(bench):
    bench.put("\n".join([",".join(EVENTS.names), *event_lines()]) + "\n", "in/data.csv")
    snapshot = import_csv(bench.objects, "s3://bucket/in", EVENTS, bench.destination)
    assert snapshot.n_rows == 1000


def test_full_replaces_everything_in_a_folder_of_its_own(bench):
    first = bench.load("USER_ID,AGE\na,old\n", USERS)
    second = bench.load("USER_ID,AGE\nb,young\n", USERS, previous=first)
    assert [row["USER_ID"] for row in rows_of(second)] == ["b"]
    assert bench.folders() == sorted([first.path.name, second.path.name])


def test_incremental_needs_an_import_before(bench):
    with pytest.raises(JobFailed, match="INCREMENTAL import needs data imported before"):
        bench.load("USER_ID,AGE\na,old\n", USERS, mode="INCREMENTAL")


def test_a_failed_import_leaves_the_data_as_it_was(bench):
    first = bench.load("USER_ID,AGE\na,old\n", USERS)
    with pytest.raises(JobFailed):
        bench.load("USER_ID,AGE\na,\n", USERS, previous=first, mode="INCREMENTAL")
    assert bench.folders() == [first.path.name]
    assert rows_of(first) == [{"USER_ID": "a", "AGE": "old"}]


@pytest.mark.parametrize("stage", ["read", "check", "sort", "write"])
def test_a_stopped_import_leaves_nothing(bench, stage):
    class Stopping(QuietProgress):
        def stage(self, name: str) -> None:
            if name == stage:
                raise JobStopped("stop")

    location = bench.put("USER_ID,AGE\na,old\n")
    with pytest.raises(JobStopped):
        import_csv(bench.objects, location, USERS, bench.destination, progress=Stopping())
    assert bench.folders() == []


def test_a_stop_interrupts_a_long_query(bench, monkeypatch):
    class Stopping(QuietProgress):
        def update(self, fraction: float, note: str = "") -> None:
            raise JobStopped("stop")

    monkeypatch.setattr("services.engine.data.query.POLL_INTERVAL_S", 0.0)
    location = bench.put("USER_ID,ITEM_ID,TIMESTAMP\n" + "\n".join(event_lines(200_000)))
    with pytest.raises(JobStopped):
        import_csv(bench.objects, location, EVENTS, bench.destination, progress=Stopping())
    assert bench.folders() == []


def test_what_a_killed_worker_left_half_written_goes_with_the_next_import(bench):
    (bench.destination / ".partial-dead").mkdir(parents=True)
    (bench.destination / ".partial-dead" / "rows.parquet").write_bytes(b"half")
    snapshot = bench.load("USER_ID,AGE\na,old\n", USERS)
    assert bench.folders() == [snapshot.path.name]


def test_little_memory_is_enough_because_data_is_spilled(bench):
    location = bench.put("USER_ID,ITEM_ID,TIMESTAMP\n" + "\n".join(event_lines(300_000)))
    snapshot = import_csv(bench.objects, location, EVENTS, bench.destination, memory_limit="60MB")
    assert snapshot.n_rows == 300_000


def test_folders_with_signs_that_mean_something_to_sql_are_used_as_they_are(tmp_path):
    bench = Workbench(tmp_path / "it's [a] *test?")
    assert bench.load("USER_ID,AGE\na,old\n", USERS).n_rows == 1


def test_snapshot_facts_survive_json(bench):
    snapshot = bench.load("USER_ID,AGE\na,old\n", USERS)
    assert SnapshotInfo.from_json(snapshot.to_json()) == snapshot
