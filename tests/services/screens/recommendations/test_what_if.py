"""What if: items in addresses, headlines, and the context of a request."""

from types import SimpleNamespace

import pandas as pd
import pytest

from services.backend import HistoryEvent, HistoryList
from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.lists.reasons import Past
from services.lists.supposed import Supposed, evening, possible, why_not
from services.personalize import asking
from services.personalize.calls import ApiCall
from services.personalize.campaigns import Campaign
from services.screens.recommendations import contexts, sentences, what_if

WORDS = Words("film", "films", "watch", "watched", "because you watched")
TITLES = {"a": "Alien", "b": "Big", "c": "Casino", "d": "Diva", "e": "Eden", "f": "Fog"}
HRNN = Campaign("films-hrnn", "arn:hrnn", "aws-hrnn", "arn:v", 0.0, 100)
METADATA = Campaign("films-metadata", "arn:meta", "aws-hrnn-metadata", "arn:v", 0.0, 100)
KNOWN = (HistoryEvent("a", 10), HistoryEvent("b@x", 20), HistoryEvent("a", 30))


@pytest.fixture
def catalog() -> Catalog:
    rows = [(i, title, None, (), None, 1, 1) for i, title in TITLES.items()]
    columns = ["item_id", "title", "year", "categories", "image", "n_people", "n_events"]
    return Catalog(pd.DataFrame(rows, columns=columns))


def supposed(items: str, deep: str = "", ignored: str = "") -> Supposed:
    call = ApiCall("engine", "", "", {}, {"itemList": [{"itemId": item_id} for item_id in items]}, 1.0)
    return Supposed(call, tuple(deep or items), Past(()), tuple(ignored))


def test_an_address_names_items_and_an_older_one_events() -> None:
    assert what_if.from_address(["b@x", "a", "a"], KNOWN) == ("b@x", "a")
    assert what_if.from_address(["a@30", "b@x@20", "a@10"], KNOWN) == ("a", "b@x")


def test_an_address_cannot_name_what_is_not_in_the_history() -> None:
    assert what_if.from_address(["a@11", "nonsense", "", "a"], KNOWN) == ("a",)


def test_an_item_is_removed_with_all_its_events() -> None:
    asked = {}

    def list_for_history(arn, events, count, **more):
        asked.update(more, events=events)
        return HistoryList(("c",), None, ())

    known = SimpleNamespace(known_events=lambda arn, user: KNOWN, list_for_history=list_for_history)
    here = SimpleNamespace(capabilities=SimpleNamespace(what_if=known), label="here")
    assert what_if.without(here, HRNN, "u", ["a"], 5).item_ids == ["c"]
    assert asked["events"] == (KNOWN[1],)
    assert asked["also_had"] == ("a",)


def test_headline_counts_what_is_replaced_and_names_the_deepest_fall(catalog: Catalog) -> None:
    after = supposed("badf", deep="badfec")
    said = sentences.headline_without(["e"], list("abcd"), after, catalog, WORDS)
    assert said == "Without Eden, 1 of 4 films changes; Casino falls from 3rd to 6th."
    gone = sentences.headline_without(["e"], list("abcd"), supposed("badf"), catalog, WORDS)
    assert gone == "Without Eden, 1 of 4 films changes; Casino falls from 3rd to below 500th."


def test_headline_says_that_the_same_items_stay_or_that_nothing_changes(catalog: Catalog) -> None:
    said = sentences.headline_without(["e"], list("abc"), supposed("bac"), catalog, WORDS)
    assert said == "Without Eden, the same films stay; Alien falls from 1st to 2nd."
    same = sentences.headline_without(["e", "f"], list("abc"), supposed("abc"), catalog, WORDS)
    assert same == "Without Eden and Fog, nothing changes: the same 3 films in the same order."


def test_headline_of_a_made_up_person_says_how_far_the_list_has_come(catalog: Catalog) -> None:
    said = sentences.headline_made_up(["a"], list("bcd"), list("bef"), WORDS)
    assert said == "1 film changed 2 of 3 picks."


def test_notes_name_what_is_out_what_comes_back_and_what_is_unknown(catalog: Catalog) -> None:
    assert sentences.note_out(list("abcd"), supposed("ab"), catalog) == "Out: Casino and Diva."
    assert sentences.note_out(list("abcdef"), supposed("x"), catalog).endswith("Eden and 1 more.")
    assert sentences.note_out(list("ab"), supposed("ba"), catalog) == ""
    back = "Eden would itself be 3rd; it is left out, so that the ranks can be compared."
    assert sentences.note_back({"e": 3}, catalog) == back
    assert sentences.note_back({}, catalog) == ""
    made = sentences.note_made_up(["a", "b"], supposed("c", ignored="b"), catalog)
    assert made == "The marks show what Big changed after Alien. The model does not know Big."


def test_picks_are_one_evening_that_ends_with_the_data() -> None:
    events = evening(SimpleNamespace(last_timestamp=100_000), ["a", "b", "c"])
    assert [event.item_id for event in events] == ["a", "b", "c"]
    assert [event.timestamp for event in events] == [85_600, 92_800, 100_000]


def test_aws_and_popularity_cannot_be_asked_and_say_why() -> None:
    aws, here = SimpleNamespace(capabilities=None, label="AWS us-east-1"), SimpleNamespace(capabilities=object())
    popular = Campaign("pop", "arn:pop", "aws-popularity-count", "arn:p", 0.0, 100)
    assert possible(here, HRNN)
    assert not possible(aws, HRNN)
    assert not possible(here, popular)
    assert "AWS answers only for people whom it knows" in why_not(aws, HRNN)
    assert "Everybody gets the same list" in why_not(here, popular)
    assert asking.known_events(aws, HRNN, "u") == ()


def test_context_columns_are_those_of_the_schema_that_a_recipe_looks_at() -> None:
    fields = ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE", "DEVICE", "HOUR"]
    schema = '{"fields": [' + ", ".join(f'{{"name": "{name}", "type": "string"}}' for name in fields) + "]}"
    data = SimpleNamespace(schemas={"Interactions": schema})
    assert contexts.columns(METADATA, data) == ["DEVICE", "HOUR"]
    assert contexts.columns(HRNN, data) == []


def test_a_context_survives_its_way_through_an_address() -> None:
    given = {"DEVICE": "a=b", "HOUR": "7"}
    values = contexts.to_address(given | {"EMPTY": ""})
    assert values == ["DEVICE=a=b", "HOUR=7"]
    assert contexts.from_address([*values, "OTHER=1", "HOUR="], ["DEVICE", "HOUR"]) == given
