"""Sorting in memory: the same snapshots as DuckDB's sort writes, in the same order."""

import random
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engine.data import memory_sort
from services.engine.data.importer import import_csv
from services.engine.data.memory_sort import sorted_places
from services.engine.data.query import QuietProgress
from services.engine.errors import JobStopped
from tests.engine.data.csv_data import EVENT_FIELDS, EVENTS, event_lines, rows_of, schema

WIDE = schema(
    "Interactions",
    [
        *EVENT_FIELDS,
        {"name": "EVENT_TYPE", "type": ["null", "string"]},
        {"name": "EVENT_VALUE", "type": ["null", "float"]},
        {"name": "DEVICE", "type": ["null", "string"], "categorical": True},
        {"name": "PLACE", "type": ["null", "int"]},
        {"name": "AGAIN", "type": ["null", "boolean"]},
    ],
)


def wide_lines(n, ids=("a", "B", "ä", "日", "a-viewer-with-a-long-name")):
    chance = random.Random(4)
    return [
        f"{chance.choice(ids)}{chance.randrange(20)},i{chance.randrange(30)},{chance.randrange(1500) + 10**9},"
        f"{chance.choice(['', 'watch', 'like'])},{chance.choice(['', '1.5', '-2e3'])},"
        f"{chance.choice(['', 'tv|phone', 'Ω'])},{chance.choice(['', '+7', '-12'])},"
        f"{chance.choice(['', 'true', 'false'])}"
        for _ in range(n)
    ]


@pytest.mark.parametrize("repeated", [0, 50], ids=["all different", "some equal"])
def test_both_sorts_write_the_same_rows_types_and_facts(bench, monkeypatch, repeated):
    lines = list(dict.fromkeys(wide_lines(3000)))
    text = ",".join(WIDE.names) + "\n" + "\n".join([*lines, *lines[:repeated]])
    in_memory = bench.load(text, WIDE)
    monkeypatch.setattr(memory_sort, "MAX_BYTES", 0)
    monkeypatch.setattr("services.engine.data.importer.write_sorted", None)
    spilled = bench.load(text, WIDE)
    tables = [pq.read_table(of.rows) for of in (in_memory, spilled)]
    assert (tables[0].schema.names, tables[0].schema.types) == (tables[1].schema.names, tables[1].schema.types)
    assert tables[0].to_pylist() == tables[1].to_pylist()
    assert in_memory.n_duplicates == repeated
    same = {"path": spilled.path, "size_bytes": spilled.size_bytes, "created": spilled.created}
    assert replace(in_memory, **same) == spilled


def test_facts_without_events_of_one_second_are_those_of_the_rows(bench):
    snapshot = bench.load_events(event_lines(1000))
    rows = rows_of(snapshot)
    assert snapshot.n_users == len({row["USER_ID"] for row in rows})
    assert snapshot.n_items == len({row["ITEM_ID"] for row in rows})
    assert (snapshot.n_rows, snapshot.n_duplicates) == (len(rows), 0)
    assert (snapshot.first_timestamp, snapshot.last_timestamp) == (1_500_000_000, 1_500_000_999)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from([0, 1, 2, 10**11 - 1]) | st.integers(0, 10**11 - 1)),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from([1, 2**28]),
)
def test_places_are_in_order_of_user_time_and_arrival(events, step):
    """step 2**28: users whose numbers leave no room for time and place in 64 bits."""
    users = np.array([user * step for user, _ in events], np.int32)
    times = np.array([time for _, time in events], np.int64)
    expected = sorted(range(len(events)), key=lambda place: (users[place], times[place], place))
    assert sorted_places(users, times).tolist() == expected


def test_what_does_not_fit_is_sorted_in_little_memory(bench, monkeypatch):
    monkeypatch.setattr(memory_sort, "MAX_BYTES", 0)
    location = bench.put("USER_ID,ITEM_ID,TIMESTAMP\n" + "\n".join(event_lines(300_000)))
    snapshot = import_csv(bench.objects, location, EVENTS, bench.destination, memory_limit="60MB")
    assert (snapshot.n_rows, snapshot.n_users) == (300_000, 50)


def test_a_stop_while_values_are_numbered_leaves_nothing(bench):
    class Stopping(QuietProgress):
        def update(self, fraction: float, note: str = "") -> None:
            if note == "numbering values":
                raise JobStopped("stop")

    location = bench.put("USER_ID,ITEM_ID,TIMESTAMP\n" + "\n".join(event_lines(1000)))
    with pytest.raises(JobStopped):
        import_csv(bench.objects, location, EVENTS, bench.destination, progress=Stopping())
    assert bench.folders() == []
