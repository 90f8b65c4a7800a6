"""Snapshots as arrays: histories, vocabularies, columns, creation times."""

import numpy as np
import pytest

from services.engine.data.sequences import load_training_data
from tests.engine.data.csv_data import EVENT_FIELDS, EVENTS, ITEMS, USERS, event_lines, rows_of, schema

TYPED = schema(
    "Interactions",
    [
        *EVENT_FIELDS,
        {"name": "EVENT_TYPE", "type": ["null", "string"]},
        {"name": "EVENT_VALUE", "type": ["null", "float"]},
        {"name": "DEVICE", "type": ["null", "string"], "categorical": True},
        {"name": "NOTE", "type": ["null", "string"]},
        {"name": "PRICE", "type": ["null", "double"]},
    ],
)


def typed_lines(n_rows: int = 1000) -> list[str]:
    kinds, values, devices = ["watch", "rate", ""], ["5", "2.5", ""], ["tv", "phone|web", ""]
    extra = [f"{kinds[n % 3]},{values[n % 3]},{devices[n % 3]},text,{n}" for n in range(n_rows)]
    return [f"{line},{more}" for line, more in zip(event_lines(n_rows), extra, strict=True)]


@pytest.mark.parametrize("batch_rows", [7, 1 << 19])
def test_histories_hold_the_rows_of_the_file(bench, monkeypatch, batch_rows):
    monkeypatch.setattr("services.engine.data.sequences.BATCH_ROWS", batch_rows)
    snapshot = bench.load_events(event_lines(1100))
    data, users, items = load_training_data(snapshot, None, None, {"Interactions": EVENTS})
    histories = data.histories
    rows = [
        (users.id_of(user), items.id_of(item), time)
        for user in range(len(users))
        for item, time in zip(*histories.of(user), strict=True)
    ]
    assert rows == [(row["USER_ID"], row["ITEM_ID"], row["TIMESTAMP"]) for row in rows_of(snapshot)]
    assert items.ids(range(len(items))) == sorted({item for _, item, _ in rows})
    assert (histories.n_users, histories.n_items, histories.n_events) == (50, 40, 1100)
    assert (histories.items.dtype, histories.timestamps.dtype, histories.offsets.dtype) == (
        np.int32,
        np.int64,
        np.int64,
    )
    assert (histories.event_types, histories.event_values, histories.context) == (None, None, ())


@pytest.mark.parametrize("batch_rows", [13, 1 << 19])
def test_event_types_values_and_context_stand_beside_the_events(bench, monkeypatch, batch_rows):
    monkeypatch.setattr("services.engine.data.sequences.BATCH_ROWS", batch_rows)
    snapshot = bench.load_events(typed_lines(), TYPED)
    data, _, _ = load_training_data(snapshot, None, None, {"Interactions": TYPED})
    histories, rows = data.histories, rows_of(snapshot)
    names = [histories.event_type_names[code] if code >= 0 else None for code in histories.event_types]
    assert names == [row["EVENT_TYPE"] for row in rows]
    assert histories.event_type_names == ("rate", "watch")
    expected = np.asarray([row["EVENT_VALUE"] for row in rows], np.float32)
    np.testing.assert_array_equal(histories.event_values, expected)
    device, price = histories.context
    assert (device.name, price.name) == ("DEVICE", "PRICE")
    assert device.categories == ("phone", "tv", "web")
    codes = [device.values[a:b].tolist() for a, b in zip(device.offsets, device.offsets[1:], strict=False)]
    assert codes == [{"tv": [1], "phone|web": [0, 2], None: []}[row["DEVICE"]] for row in rows]
    np.testing.assert_array_equal(price.values, np.asarray([row["PRICE"] for row in rows], np.float32))


def test_only_the_wanted_events_are_kept(bench):
    snapshot = bench.load_events(typed_lines(), TYPED)
    schemas = {"Interactions": TYPED}
    watched, _, _ = load_training_data(snapshot, None, None, schemas, event_type="watch")
    assert watched.histories.n_events == sum(row["EVENT_TYPE"] == "watch" for row in rows_of(snapshot))
    valued, _, _ = load_training_data(snapshot, None, None, schemas, event_value_threshold=2.5)
    assert valued.histories.n_events == sum((row["EVENT_VALUE"] or 0) >= 2.5 for row in rows_of(snapshot))
    both, _, _ = load_training_data(snapshot, None, None, schemas, "watch", 6.0)
    assert both.histories.n_events == 0


def test_a_filter_on_a_column_that_is_not_there_keeps_nothing(bench):
    snapshot = bench.load_events(event_lines())
    data, users, items = load_training_data(snapshot, None, None, {"Interactions": EVENTS}, "watch", 1.0)
    assert (data.histories.n_events, len(users), len(items), data.histories.offsets.tolist()) == (0, 0, 0, [0])


def test_metadata_is_aligned_with_the_vocabularies(bench):
    events = bench.load_events(event_lines())
    text = "i7,x|y,1999,,,100\nnew,z,,2.5,,\n"
    items = bench.load(",".join(ITEMS.names) + "\n" + text, ITEMS)
    users = bench.load("USER_ID,AGE\nu3,old\nstranger,young\n", USERS)
    schemas = {"Interactions": EVENTS, "Items": ITEMS, "Users": USERS}
    data, user_ids, item_ids = load_training_data(events, items, users, schemas)
    assert len(item_ids) == 41
    assert "new" in item_ids
    assert "stranger" not in user_ids
    genres, year, price = data.item_columns
    seven, new = item_ids.index_of("i7"), item_ids.index_of("new")
    assert [genres.categories[c] for c in genres.values[genres.offsets[seven] : genres.offsets[seven + 1]]] == [
        "x",
        "y",
    ]
    assert (year.values[seven], price.values[new]) == (1999, 2.5)
    assert np.isnan(year.values).sum() == 40
    (age,) = data.user_columns
    lengths = np.diff(age.offsets)
    assert lengths.tolist() == [int(user == user_ids.index_of("u3")) for user in range(50)]


def test_users_who_are_only_described_come_along_if_asked(bench):
    events = bench.load_events(event_lines())
    users = bench.load("USER_ID,AGE\nu3,old\nstranger,young\n", USERS)
    schemas = {"Interactions": EVENTS, "Users": USERS}
    data, user_ids, _ = load_training_data(events, None, users, schemas, described_users=True)
    plain, plain_ids, _ = load_training_data(events, None, users, schemas)
    stranger = user_ids.index_of("stranger")
    assert data.histories.n_users == plain.histories.n_users + 1 == len(user_ids)
    assert data.histories.lengths()[stranger] == 0
    (age,) = data.user_columns
    assert age.categories[age.values[age.offsets[stranger]]] == "young"
    for user_id in ("u3", "u41"):
        known = data.histories.of(user_ids.index_of(user_id))
        expected = plain.histories.of(plain_ids.index_of(user_id))
        np.testing.assert_array_equal(known, expected)


def test_creation_times_are_given_or_the_first_event_or_the_last_of_all(bench):
    events = bench.load_events(event_lines())
    items = bench.load(",".join(ITEMS.names) + "\ni7,x,,,,100\nnew,z,,,,\n", ITEMS)
    data, _, ids = load_training_data(events, items, None, {"Interactions": EVENTS, "Items": ITEMS})
    created = {name: int(data.item_creation[ids.index_of(name)]) for name in ("i7", "i8", "new")}
    assert created == {"i7": 100, "i8": 1_500_000_008, "new": 1_500_000_999}


def test_excluded_columns_do_not_come_along(bench):
    events = bench.load_events(typed_lines(), TYPED)
    schemas = {"Interactions": TYPED}
    data, _, _ = load_training_data(events, None, None, schemas, excluded_columns={"Interactions": ["DEVICE"]})
    assert [column.name for column in data.histories.context] == ["PRICE"]
