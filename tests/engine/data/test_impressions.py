"""The IMPRESSION column as arrays: aligned with the events, without unknown ids, and bounded."""

import numpy as np
import pyarrow as pa
import pytest

from services.engine.data import impressions
from services.engine.data.impressions import ImpressionLists
from services.engine.data.sequences import load_training_data
from services.engine.data.vocabulary import Vocabulary
from tests.engine.data.csv_data import EVENT_FIELDS, EVENTS, event_lines, rows_of, schema

SHOWN_FIELDS = [*EVENT_FIELDS, {"name": "IMPRESSION", "type": ["null", "string"]}]
SHOWN = schema("Interactions", SHOWN_FIELDS)
CELLS = ["i3|i1|i7", "", "i2", "i3||nothing", "nothing|none"]
ITEMS = Vocabulary.from_ids(["i1", "i2", "i3", "i7"])


def lists_of(found) -> list[list[int]]:
    return [found.items[a:b].tolist() for a, b in zip(found.offsets[:-1], found.offsets[1:], strict=True)]


def collected(cells: list[str | None], items: Vocabulary = ITEMS):
    reader = ImpressionLists()
    reader.add(pa.array(cells, pa.string()))
    return reader.finish(items)


def test_ids_become_numbers_and_unknown_ones_are_left_out():
    found = collected([*CELLS, None])
    assert lists_of(found) == [[2, 0, 3], [], [1], [2], [], []]
    assert (found.offsets.dtype, found.items.dtype, found.every) == (np.int64, np.int32, 1)


@pytest.mark.parametrize("cells", [[], ["", None], ["unknown|x"]])
def test_nothing_on_show_is_none(cells):
    assert collected(cells) is None


@pytest.mark.parametrize("batch_rows", [7, 1 << 19])
def test_lists_stand_beside_their_events(bench, monkeypatch, batch_rows):
    monkeypatch.setattr("services.engine.data.sequences.BATCH_ROWS", batch_rows)
    monkeypatch.setattr(impressions, "_SLICE_ROWS", 3)
    lines = [f"{line},{CELLS[n % 5]}" for n, line in enumerate(event_lines())]
    snapshot = bench.load_events(lines, SHOWN)
    data, _, items = load_training_data(snapshot, None, None, {"Interactions": SHOWN}, impressions=True)
    expected = [
        [items.index_of(name) for name in (row["IMPRESSION"] or "").split("|") if name in items]
        for row in rows_of(snapshot)
    ]
    assert lists_of(data.histories.impressions) == expected


def test_lists_follow_the_event_filter(bench):
    typed = schema("Interactions", [*SHOWN_FIELDS, {"name": "EVENT_TYPE", "type": "string"}])
    lines = [f"{line},i{n % 40},{'buy' if n % 4 else 'look'}" for n, line in enumerate(event_lines())]
    snapshot = bench.load_events(lines, typed)
    data, _, _ = load_training_data(snapshot, None, None, {"Interactions": typed}, "look", impressions=True)
    histories = data.histories
    assert histories.n_events == 250
    assert histories.impressions.items.tolist() == histories.items.tolist()  # each list is the item itself


def test_recipes_that_make_no_use_of_them_get_none(bench):
    lines = [f"{line},i1|i2" for line in event_lines()]
    snapshot = bench.load_events(lines, SHOWN)
    assert load_training_data(snapshot, None, None, {"Interactions": SHOWN})[0].histories.impressions is None
    plain = bench.load_events(event_lines())
    asked = load_training_data(plain, None, None, {"Interactions": EVENTS}, impressions=True)
    assert asked[0].histories.impressions is None


def test_memory_is_bounded_by_keeping_one_list_in_so_many(monkeypatch):
    monkeypatch.setattr(impressions, "MAX_SHOWN_ITEMS", 10)
    monkeypatch.setattr(impressions, "_SLICE_ROWS", 5)
    found = collected(["i1|i2", ""] * 16)
    assert found.every == 4
    assert [len(items) for items in lists_of(found)] == [2 if event % 8 == 0 else 0 for event in range(32)]
