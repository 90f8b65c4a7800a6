"""The data desk: drafts beside each other, renamed, counted; columns that change; roles after the import."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from services.backend import Backend, open_backend
from services.checks.fixes import apply_fixes
from services.errors import DataError
from services.library.columns import ColumnRoles
from services.library.prepared import PreparedData, write_csvs
from services.library.schemas import propose_schema
from services.library.store import Library
from services.personalize.imports import INCREMENTAL, Source, import_data
from services.screens.data import new_columns, roles, sentences, shelf
from services.screens.data.desk import DraftDesk
from services.screens.data.drafts import Draft
from tests.services.screens.cold_start.worlds import sweet_and_sour


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    opened = open_backend({"PERSONALIZE_WORKER_IDLE_S": "5"}, tmp_path_factory.mktemp("home"))
    yield opened
    opened.close()


@pytest.fixture
def desk(backend: Backend) -> DraftDesk:
    return DraftDesk(backend)


def ended(desk: DraftDesk, key: str) -> Draft:
    for _ in range(600):
        draft = desk.draft(key)
        assert draft is not None
        if not draft.busy:
            return draft
        time.sleep(0.05)
    raise AssertionError("the draft is busy still")


def proposed(data: PreparedData) -> PreparedData:
    return replace(data, schemas={kind: propose_schema(kind, frame, data.roles) for kind, frame in data.frames.items()})


def with_column(data: PreparedData, name: str, value: object) -> PreparedData:
    return proposed(data.with_frame("Interactions", data.interactions.assign(**{name: value})))


def imported(desk: DraftDesk, data: PreparedData, name: str, mode: str = "FULL") -> Draft:
    key = desk.take(lambda: data, name, replaces=[f"own-{name}"])
    ended(desk, key)
    desk.start_import(key, name, mode)
    return ended(desk, key)


def test_a_file_of_the_same_name_from_another_tab_stands_beside_the_first(desk: DraftDesk) -> None:
    data = sweet_and_sour("shop")
    first = desk.take(lambda: data, "shop")
    ended(desk, first)
    second = desk.take(lambda: data, "shop")
    assert (first, second) == ("own-shop", "own-shop-2")
    assert ended(desk, second).title == "shop (2)"
    assert desk.take(lambda: data, "shop", replaces=[first]) == first


def test_a_draft_is_renamed_with_its_data_set_group(desk: DraftDesk) -> None:
    key = desk.take(lambda: sweet_and_sour("old"), "old")
    ended(desk, key)
    desk.rename(key, "new-name")
    draft = desk.draft(key)
    assert draft is not None
    assert draft.data is not None
    assert (draft.title, draft.data.name) == ("new-name", "new-name")
    with pytest.raises(DataError, match='"no name" is no name'):
        desk.rename(key, "no name")


def test_rows_that_fixes_drop_are_counted_through_the_import(desk: DraftDesk, backend: Backend) -> None:
    data = sweet_and_sour("counted")
    doubled = data.with_frame("Interactions", pd.concat([data.interactions, data.interactions.head(7)]))
    nobody = doubled.interactions.reset_index(drop=True)
    nobody.loc[[0, 1, 2], "USER_ID"] = None
    key = desk.take(lambda: data.with_frame("Interactions", nobody), "counted")
    ended(desk, key)
    desk.check_again(key, lambda d: apply_fixes(d, ["drop_empty"]))
    draft = ended(desk, key)
    assert draft.data is not None
    assert draft.data.n_left_out == 3
    desk.start_import(key, "counted")
    assert ended(desk, key).imported
    loaded = Library(backend.home).open("counted")
    assert loaded is not None
    assert (loaded.n_left_out, loaded.n_repeats) == (3, int(draft.data.repeats.sum()))
    assert loaded.n_repeats >= 4


def test_the_list_of_all_data_says_size_source_and_state(desk: DraftDesk, backend: Backend) -> None:
    imported(desk, sweet_and_sour("listed"), "listed")
    key = desk.take(lambda: sweet_and_sour("waiting"), "waiting")
    ended(desk, key)
    table = shelf.frame(shelf.entries(backend, desk.drafts()), time.time()).set_index("name")
    assert table.loc["listed", "state"] == "imported"
    assert table.loc["listed", "events"] == len(sweet_and_sour("listed").interactions)
    assert table.loc["listed", "MB"] > 0
    assert table.loc["waiting", "state"] == "draft"
    assert table.loc["waiting", "source"] == "own files"
    desk.forget(key)
    assert "waiting" not in [entry.name for entry in shelf.entries(backend, desk.drafts())]


def test_columns_that_change_are_named_before(backend: Backend, desk: DraftDesk) -> None:
    before = with_column(sweet_and_sour("columns"), "DEVICE", "phone")
    imported(desk, before, "columns")
    after = with_column(sweet_and_sour("columns"), "SHOP", 3)
    (change,) = new_columns.new_columns(backend, "columns", after)
    assert sentences.changed_columns(change) == "Interactions: adds SHOP; loses DEVICE."
    number = with_column(sweet_and_sour("columns"), "DEVICE", 7)
    (change,) = new_columns.new_columns(backend, "columns", number)
    assert sentences.changed_columns(change) == ("Interactions: DEVICE was text, categorical and is whole number.")
    assert new_columns.new_columns(backend, "columns", before) == []
    assert new_columns.new_columns(backend, "nowhere", before) == []


def test_data_is_replaced_also_when_its_columns_have_changed(backend: Backend, desk: DraftDesk) -> None:
    imported(desk, with_column(sweet_and_sour("replaced"), "DEVICE", "phone"), "replaced")
    assert imported(desk, with_column(sweet_and_sour("replaced"), "SHOP", 3), "replaced").imported
    fields = fields_of(backend, "replaced")
    assert "SHOP" in fields
    assert "DEVICE" not in fields


def test_rows_with_other_columns_are_added_to_those_that_are_there(backend: Backend, desk: DraftDesk) -> None:
    before = with_column(sweet_and_sour("added"), "DEVICE", 7)
    imported(desk, before, "added")
    later = before.interactions.assign(TIMESTAMP=before.interactions["TIMESTAMP"] + 10**6, DEVICE="phone", SHOP=3)
    more = proposed(before.with_frame("Interactions", later))
    assert imported(desk, more, "added", INCREMENTAL).imported
    assert {"DEVICE", "SHOP"} <= set(fields_of(backend, "added"))
    loaded = Library(backend.home).open("added")
    assert loaded is not None
    rows = loaded.interactions()
    assert len(rows) == 2 * len(before.interactions)
    assert set(rows["DEVICE"]) == {"7", "phone"}
    assert int(rows["SHOP"].isna().sum()) == len(before.interactions)


def test_a_replacement_that_fails_brings_the_old_columns_and_rows_back(backend: Backend, desk: DraftDesk) -> None:
    good = with_column(sweet_and_sour("kept"), "DEVICE", "phone")
    imported(desk, good, "kept")
    wrong = with_column(sweet_and_sour("kept"), "SHOP", 3)
    few = replace(wrong, interactions=wrong.interactions.head(5))
    draft = imported(desk, few, "kept")
    assert not draft.imported
    assert "DEVICE" in fields_of(backend, "kept")
    loaded = Library(backend.home).open("kept")
    assert loaded is not None
    assert loaded.n_events == len(good.interactions)


def test_new_interactions_leave_the_items_and_their_titles_alone(backend: Backend, desk: DraftDesk) -> None:
    imported(desk, sweet_and_sour("alone"), "alone")
    whole = sweet_and_sour("alone")
    bare = replace(whole, items=None, schemas={"Interactions": whole.schemas["Interactions"]}, roles=ColumnRoles())
    assert imported(desk, bare, "alone").imported
    loaded = Library(backend.home).open("alone")
    assert loaded is not None
    assert loaded.catalog().title("i003") == "Thing 3 of a long name"
    assert loaded.roles.categories == ("KIND",)


def fields_of(backend: Backend, name: str) -> list[str]:
    schema = new_columns.schemas_of(backend, name)["Interactions"]
    return [field["name"] for field in json.loads(schema)["fields"]]


def test_roles_are_changed_after_the_import_and_titles_made_of_columns(backend: Backend, desk: DraftDesk) -> None:
    data = sweet_and_sour("flights")
    assert data.items is not None
    items = data.items[["ITEM_ID"]].assign(AIRLINE="Blue", SRC=[f"A{n}" for n in range(len(data.items))], DST=None)
    flights = proposed(replace(data, items=items, roles=ColumnRoles()))
    Library(backend.home).save(flights)
    desk.change_roles("flights", ColumnRoles(title_template="{airline} {src}-{dst}", categories=("AIRLINE",)))
    loaded = Library(backend.home).open("flights")
    assert loaded is not None
    first = str(items["ITEM_ID"].iloc[0])
    assert loaded.catalog().title(first) == "Blue A0-"
    assert loaded.catalog().categories(first) == ("Blue",)
    with pytest.raises(DataError, match='no column "CITY"'):
        desk.change_roles("flights", ColumnRoles(title_template="{city}"))


@pytest.mark.parametrize(
    ("template", "reason"), [("Flight", "names no column"), ("{CITY} {SRC}", 'no column "CITY" for a title')]
)
def test_a_title_that_cannot_be_made_is_refused(template: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        roles.checked_template(template, ["AIRLINE", "SRC"])


def test_titles_of_columns_leave_out_empty_cells_and_numbers_their_zeros(tmp_path: Path) -> None:
    items = pd.DataFrame({"ITEM_ID": ["1", "2"], "KIND": ["Red|Dry", None], "YEAR": [1999.0, None]})
    assert roles.example_title("{kind}, {year}", items) == "Red, Dry, 1999"
    assert roles.checked_template("  ", ["KIND"]) is None


def test_data_that_another_program_imported_is_read_back_for_the_screens(
    backend: Backend, desk: DraftDesk, tmp_path: Path
) -> None:
    data = sweet_and_sour("elsewhere")
    files = write_csvs(data, tmp_path)
    import_data(backend, "elsewhere", [Source(f.dataset_type, f.csv, f.schema, f.n_rows) for f in files])
    assert Library(backend.home).open("elsewhere") is None
    assert ended(desk, desk.read_back("elsewhere")).imported
    loaded = Library(backend.home).open("elsewhere")
    assert loaded is not None
    assert loaded.n_events == len(data.interactions.drop_duplicates())
    assert loaded.catalog().title("i003") == "Thing 3 of a long name"
    assert new_columns.new_columns(backend, "elsewhere", loaded.prepared()) == []
