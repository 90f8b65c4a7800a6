"""What is held out: nothing of it is learned from, everything that people took of it is to be found."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from services.errors import DataError
from services.laboratory.columns import item_columns
from services.library.columns import CREATION_TIMESTAMP
from services.library.store import LoadedData
from services.screens.cold_start import run_sentences, split
from services.screens.cold_start.parameters import Parameters
from services.screens.cold_start.split import ALL, TIME, HeldOut, hold_out, natural_order
from tests.services.screens.cold_start import worlds


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> LoadedData:
    return worlds.data(tmp_path_factory.mktemp("home"))


def held(data: LoadedData, split: str = ALL, **given: object) -> HeldOut:
    arguments: dict = {"share": 0.5, "seed": 1, "split": split, "n_people": 40} | given
    return hold_out(data, **arguments)


def test_new_items_lose_every_event_and_keep_their_columns(data: LoadedData) -> None:
    found = held(data)
    assert len(found.new_items) == worlds.N_ITEMS // 2
    assert not set(found.interactions["ITEM_ID"]) & set(found.new_items)
    assert len(found.items) == worlds.N_ITEMS
    assert found.items["KIND"].notna().all()
    events = data.interactions()
    taken = sum(len(ids) for user, ids in found.taken.items() if user in found.asked)
    of_asked = events[events["USER_ID"].isin(found.asked) & events["ITEM_ID"].isin(found.new_items)]
    assert taken == len(of_asked)
    assert len(found.interactions) == int((~events["ITEM_ID"].isin(found.new_items)).sum())


def test_new_items_are_created_at_the_newest_event_and_others_long_before(data: LoadedData) -> None:
    found = held(data)
    created = found.items.set_index("ITEM_ID")[CREATION_TIMESTAMP]
    newest = found.interactions["TIMESTAMP"].max()
    assert (created[list(found.new_items)] == newest).all()
    assert (created.drop(list(found.new_items)) < newest - 300 * 86_400).all()
    fields = [field["name"] for field in json.loads(found.schemas["Items"])["fields"]]
    assert fields.count(CREATION_TIMESTAMP) == 1


def test_a_split_in_time_learns_nothing_of_what_comes_later(data: LoadedData) -> None:
    found = held(data, TIME)
    assert found.moment is not None
    assert found.interactions["TIMESTAMP"].max() <= found.moment
    events = data.interactions()
    when = {(row.USER_ID, row.ITEM_ID): row.TIMESTAMP for row in events.itertuples()}
    assert all(when[user, item] > found.moment for user, ids in found.taken.items() for item in ids)
    assert all(when[user, item] > found.moment for user, ids in found.later.items() for item in ids)
    assert any(found.later.values())
    assert not held(data).later


def test_the_seed_draws_the_items_and_the_same_seed_the_same(data: LoadedData) -> None:
    assert held(data).new_items == held(data).new_items
    assert held(data).new_items != held(data, seed=2).new_items


def test_columns_that_are_not_chosen_are_gone_but_text_stays(data: LoadedData) -> None:
    found = held(data, columns=("KIND",))
    assert "NOISE" not in found.items
    names = [field["name"] for field in json.loads(found.schemas["Items"])["fields"]]
    assert names == [name for name in found.items.columns if name in names]
    assert item_columns(data) == ["KIND", "NOISE"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"split": "never"}, "never"),
        ({"share": 1.5}, "1.5"),
        ({"share": 0.1}, "24 of 240"),
        ({"columns": ("COLOUR",)}, "COLOUR"),
        ({"columns": ()}, "KIND"),
    ],
)
def test_what_cannot_be_held_out_is_said_with_its_value(data: LoadedData, given: dict, words: str) -> None:
    with pytest.raises(DataError, match=words):
        held(data, **given)


def test_data_that_says_nothing_about_items_is_refused(tmp_path: Path) -> None:
    data = worlds.sweet_and_sour()
    bare = replace(data, items=None, schemas={"Interactions": data.schemas["Interactions"]})
    with pytest.raises(DataError, match="items file"):
        held(worlds.data(tmp_path, bare))


def test_people_come_in_the_order_of_their_numbers() -> None:
    assert natural_order(["10", "9", "b", "a"]) == ["9", "10", "a", "b"]


def test_the_people_asked_are_a_random_sample_and_the_same_in_every_draw() -> None:
    everybody = {str(n) for n in range(1_000)}
    asked = split.sampled(everybody, everybody, 100)
    assert len(asked) == 100
    assert max(map(int, asked)) > 900
    assert asked == split.natural_order(asked)
    fewer = everybody - set(asked[:5])
    assert len(set(split.sampled(fewer, everybody, 100)) & set(asked)) == 95
    assert split.sampled(everybody, everybody, 2_000) == split.natural_order(everybody)


def test_who_is_asked_and_what_is_left_is_known_before_the_start(data: LoadedData) -> None:
    assert run_sentences.known(data, Parameters(worlds.NAME, share=0.25)) == (
        "Asks all 60 people for 60 new films; about 1,800 of 2,400 events are left to learn from."
    )
    few = Parameters(worlds.NAME, n_people=10, split=TIME)
    assert run_sentences.known(data, few).startswith(
        "Asks a random sample of 10 people for 120 new films; about 600 of"
    )
