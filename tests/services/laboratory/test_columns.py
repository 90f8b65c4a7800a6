"""Which item columns a recipe learns from: the schema decides, whatever the columns mean to the user."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from services.laboratory.columns import categories_first, item_columns
from services.library.columns import ColumnRoles
from services.library.store import Library, LoadedData
from tests.services.screens.cold_start.worlds import sweet_and_sour

FIELDS = [
    {"name": "ITEM_ID", "type": "string"},
    {"name": "PRICE", "type": ["null", "float"]},
    {"name": "YEAR", "type": "int"},
    {"name": "DIRECTOR", "type": "string"},
    {"name": "KIND", "type": ["null", "string"], "categorical": True},
    {"name": "TOLD", "type": "string", "textual": True},
    {"name": "SEQUEL", "type": "boolean"},
    {"name": "CREATION_TIMESTAMP", "type": "long"},
]
ROLES = ColumnRoles(title="TITLE", year="YEAR", categories=("KIND",), people=("DIRECTOR",))


@pytest.fixture
def data(tmp_path: Path) -> LoadedData:
    """Return data whose roles and schema disagree: nobody called PRICE anything, and DIRECTOR is not categorical."""
    prepared = sweet_and_sour()
    schema = json.loads(prepared.schemas["Items"]) | {"fields": FIELDS}
    schemas = {**prepared.schemas, "Items": json.dumps(schema)}
    return Library(tmp_path).save(replace(prepared, roles=ROLES, schemas=schemas))


def test_numbers_and_categories_are_learned_from_and_plain_strings_are_not(data: LoadedData) -> None:
    assert item_columns(data) == ["PRICE", "YEAR", "KIND"]


def test_columns_are_named_in_the_order_of_their_roles(data: LoadedData) -> None:
    assert categories_first(data, item_columns(data)) == ["KIND", "YEAR", "PRICE"]


def test_data_without_items_has_none(tmp_path: Path) -> None:
    prepared = sweet_and_sour()
    bare = replace(prepared, items=None, schemas={"Interactions": prepared.schemas["Interactions"]})
    assert item_columns(Library(tmp_path).save(bare)) == []
