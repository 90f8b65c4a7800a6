"""Presets: only what the data can support, each a plain expression that a dataset group accepts."""

import json
from dataclasses import replace
from io import StringIO

import pandas as pd
import pytest

from services.engine import tiny_shop
from services.engine.data.schemas import parse_schema
from services.engine.filters.rules import checked
from services.filters.columns import ITEMS, columns_of, of_dataset
from services.filters.presets import presets
from services.language.vocabulary import Words
from services.library.columns import ColumnRoles
from services.library.prepared import PreparedData
from services.library.store import Library, LoadedData


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> LoadedData:
    """The tiny shop: purchases and views, a price, a category, what is available, days of arrival."""
    frames = {name: pd.read_csv(StringIO(rows)) for name, (_, rows) in tiny_shop.datasets().items()}
    frames["Items"]["AVAILABLE"] = frames["Items"]["AVAILABLE"].astype(str)
    data = PreparedData(
        name="shop",
        interactions=frames["Interactions"],
        items=frames["Items"],
        users=frames["Users"],
        schemas={name: schema for name, (schema, _) in tiny_shop.datasets().items()},
        roles=ColumnRoles(categories=("CATEGORY",)),
        words=Words("product", "products", "buy", "bought"),
        source="own",
    )
    return Library(tmp_path_factory.mktemp("presets")).save(data)


def offered(data: LoadedData, **options) -> dict[str, str]:
    return {one.words: one.expression for one in presets(data, columns_of(data), **options)}


def test_a_shop_is_offered_what_its_columns_say(shop):
    found = offered(shop)
    since = tiny_shop.FIRST - 30 * 86_400
    assert found == {
        "not seen": 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
        "not bought": 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase")',
        "in stock": 'INCLUDE ItemID WHERE Items.AVAILABLE IN ("True")',
        "only a category": "INCLUDE ItemID WHERE Items.CATEGORY IN ($CATEGORY)",
        "new this month": f"INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP >= {since}",
    }
    schemas = {name: parse_schema(schema) for name, (schema, _) in tiny_shop.datasets().items()}
    for expression in [*found.values(), *offered(shop, for_items=True).values()]:
        checked(expression, schemas)


def test_requests_about_an_item_know_no_user(shop):
    found = offered(shop, for_items=True)
    assert found["same category"] == "INCLUDE ItemID WHERE Items.CATEGORY IN CurrentItem.CATEGORY"
    assert "not seen" not in found


def test_data_with_nothing_more_is_offered_what_is_not_seen(small_world, tmp_path):
    items = small_world.items[["ITEM_ID", "TITLE"]]
    fields = [field for field in json.loads(small_world.schemas["Items"])["fields"] if field["name"] in items]
    schema = json.dumps({"type": "record", "name": "Items", "fields": fields})
    plain = replace(
        small_world,
        items=items,
        roles=ColumnRoles(title="TITLE"),
        schemas=dict(small_world.schemas) | {"Items": schema},
    )
    assert list(offered(Library(tmp_path).save(plain))) == ["not yet watched"]


@pytest.mark.parametrize(
    ("column", "values", "expression"),
    [
        ("AGE_RATING", [0, 6, 16, 18], "INCLUDE ItemID WHERE Items.AGE_RATING <= 12"),
        ("CERTIFICATE", ["G", "R", "U", "X"], 'INCLUDE ItemID WHERE Items.CERTIFICATE IN ("G", "U")'),
        ("GENRE", ["Children's", "Crime", "War", "War"], 'INCLUDE ItemID WHERE Items.GENRE IN ("Children\'s")'),
        ("GENRE", ["Crime", "Crime", "War", "War"], None),
        ("AGE_RATING", [16, 16, 18, 18], None),
    ],
)
def test_children_are_told_by_age_certificate_or_category(small_world, tmp_path, column, values, expression):
    items = pd.DataFrame({"ITEM_ID": [f"i{item}" for item in range(8)], column: values * 2})
    kind = {"type": "int"} if isinstance(values[0], int) else {"type": "string", "categorical": True}
    fields = [{"name": "ITEM_ID", "type": "string"}, {"name": column, **kind}]
    schemas = dict(small_world.schemas) | {"Items": json.dumps({"fields": fields})}
    data = Library(tmp_path).save(replace(small_world, items=items, roles=ColumnRoles(), schemas=schemas))
    assert offered(data).get("children") == expression


def test_columns_that_filters_do_not_take_are_not_offered(small_world, tmp_path):
    items = small_world.items.assign(ON=True, PLOT="long")
    fields = [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "ON", "type": "boolean"},
        {"name": "PLOT", "type": "string", "textual": True},
        {"name": "GENRES", "type": ["null", "string"], "categorical": True},
    ]
    schemas = dict(small_world.schemas) | {"Items": json.dumps({"fields": fields})}
    data = Library(tmp_path).save(replace(small_world, items=items, schemas=schemas))
    columns = {column.name: column.values for column in of_dataset(columns_of(data), ITEMS)}
    assert list(columns) == ["ITEM_ID", "GENRES"]
    assert columns["GENRES"] == ("Noir", "Horror")
