"""Items that really are new: what PutItems is given, what is refused before, when a version knows them."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from services.backend import Backend, open_backend
from services.errors import DataError
from services.laboratory import groups
from services.library.store import LoadedData
from services.personalize import training
from services.personalize.datasets import find_group
from services.personalize.waiting import wait_until_active
from services.screens.cold_start import new_items
from services.sources.table_files import RawTable
from tests.services import worlds
from tests.services.screens.cold_start import worlds as cold_worlds


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> LoadedData:
    return cold_worlds.data(tmp_path_factory.mktemp("home"))


def table(**columns: list[Any]) -> RawTable:
    return RawTable("new.csv", pd.DataFrame(columns), "CSV")


def test_a_form_asks_for_the_fields_of_the_schema(data: LoadedData) -> None:
    assert [field.name for field in new_items.fields(data)] == ["TITLE", "KIND", "NOISE"]
    assert not any(field.numeric for field in new_items.fields(data))


def test_a_file_is_read_by_the_schemas_names(data: LoadedData) -> None:
    rows = new_items.read_rows(table(itemId=["n1"], title=["A"], kind=["Sweet"], colour=["red"]), data)
    assert rows == [{"ITEM_ID": "n1", "TITLE": "A", "KIND": "Sweet"}]
    with pytest.raises(DataError, match="no column ITEM_ID"):
        new_items.read_rows(table(title=["A"]), data)


GOOD = {"ITEM_ID": "n1", "TITLE": "A thing", "KIND": "Sweet", "NOISE": "a"}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([GOOD | {"ITEM_ID": " "}], "Row 1"),
        ([GOOD, GOOD], "given twice"),
        ([GOOD | {"ITEM_ID": "i000"}], "i000 is not new"),
        ([GOOD | {"KIND": ""}], "kind"),
    ],
)
def test_what_is_not_new_or_not_whole_is_refused_by_name(data: LoadedData, rows: list, words: str) -> None:
    with pytest.raises(DataError, match=words):
        new_items.checked(rows, data, data.catalog())


def test_numbers_are_numbers() -> None:
    field = new_items.Field("YEAR", numeric=True, whole=True, required=True)
    assert new_items._value({"ITEM_ID": "n", "YEAR": "1999"}, field) == 1999
    with pytest.raises(DataError, match="soon"):
        new_items._value({"ITEM_ID": "n", "YEAR": "soon"}, field)


class Recorder:
    """An events client that keeps what it is given."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def put_items(self, **request: Any) -> dict[str, Any]:
        self.calls.append(request)
        return {}


def test_ten_items_go_in_a_call_with_camel_case_properties(data: LoadedData, monkeypatch: pytest.MonkeyPatch) -> None:
    events = Recorder()
    dataset = SimpleNamespace(arn="arn:items")
    view = SimpleNamespace(dataset=lambda kind: dataset if kind == "Items" else None)
    monkeypatch.setattr(new_items, "find_group", lambda backend, name: view)
    backend: Any = SimpleNamespace(events=events)
    rows = new_items.checked([GOOD | {"ITEM_ID": f"n{n}"} for n in range(12)], data, data.catalog())
    schema = '{"fields": [{"name": "CREATION_TIMESTAMP"}]}'
    assert new_items.put(backend, "g", rows, schema) == 2
    assert [len(call["items"]) for call in events.calls] == [10, 2]
    first = events.calls[0]
    assert (first["datasetArn"], first["items"][0]["itemId"]) == ("arn:items", "n0")
    told = json.loads(first["items"][0]["properties"])
    assert told["creationTimestamp"] > 1_600_000_000
    assert (told["kind"], told["title"]) == ("Sweet", "A thing")


def test_the_limit_of_interactions_gives_the_recipe_its_hundred(data: LoadedData) -> None:
    catalog = data.catalog()
    counts = [catalog.n_events(item) for item in catalog.ids]
    limit = new_items.limit(catalog, 1)
    assert sum(count < limit for count in counts) + 1 >= 100
    assert new_items.limit(catalog, 100) == 1


def test_what_was_put_is_remembered_by_group(tmp_path: Path) -> None:
    assert new_items.remembered(tmp_path, "g") == {}
    new_items.remember(tmp_path, "g", [GOOD])
    new_items.remember(tmp_path, "g", [GOOD | {"ITEM_ID": "n2"}, GOOD | {"KIND": "Sour"}])
    assert list(new_items.remembered(tmp_path, "g")) == ["n1", "n2"]
    assert new_items.remembered(tmp_path, "g")["n1"]["KIND"] == "Sour"
    assert new_items.remembered(tmp_path, "other") == {}


def test_the_people_it_fits_best_come_first() -> None:
    ranks = {"u1": ["x", "new"], "u2": ["new", "x"], "u3": ["x", "y"]}

    def answer(campaignArn: str, userId: str, numResults: int) -> dict[str, Any]:
        return {"itemList": [{"itemId": item, "score": 0.1} for item in ranks[userId]]}

    backend: Any = SimpleNamespace(runtime=SimpleNamespace(get_recommendations=answer))
    fits = new_items.best_fits(backend, worlds.HRNN, list(ranks), ["new", "absent"])
    assert [(fit.user_id, fit.rank) for fit in fits["new"]] == [("u2", 1), ("u1", 2)]
    assert fits["absent"] == []


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    opened = open_backend({"PERSONALIZE_WORKER_IDLE_S": "2"}, tmp_path_factory.mktemp("home"))
    groups.prepare_group(opened, "lab-new-items", cold_worlds.sweet_and_sour("lab-new-items"))
    yield opened
    opened.close()


def test_the_engine_takes_them_and_the_next_version_knows_them(backend: Backend, data: LoadedData) -> None:
    name, catalog = "lab-new-items", data.catalog()
    rows = new_items.checked([GOOD, GOOD | {"ITEM_ID": "n2", "KIND": "Sour"}], data, catalog)
    assert new_items.put(backend, name, rows, data.schemas["Items"]) == 1
    settings = new_items.hyperparameters(catalog, 2) | {"epochs": "2"}
    view = find_group(backend, name)
    assert view is not None
    version = training.train_next(backend, view, new_items.RECIPE, event_type="watch", hyperparameters=settings)
    wait_until_active(
        lambda: backend.personalize.describe_solution_version(solutionVersionArn=version), timeout_s=60, interval_s=0.05
    )
    training.deploy(backend, version, "lab-new")
    campaign = new_items.serving(backend, name)
    assert campaign is not None
    fits = new_items.best_fits(backend, campaign, [f"u{n:02d}" for n in range(40)], ["n1", "n2"])
    # even people take what is sweet, odd ones what is sour
    assert {int(fit.user_id[1:]) % 2 for fit in fits["n1"]} == {0}
    assert {int(fit.user_id[1:]) % 2 for fit in fits["n2"]} == {1}


def test_a_group_without_items_is_refused_by_name(backend: Backend, data: LoadedData) -> None:
    with pytest.raises(DataError, match="absent"):
        new_items.put(backend, "absent", [GOOD], data.schemas["Items"])
