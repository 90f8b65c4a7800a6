"""Schemas are read as AWS reads them, and refused with a sentence that names the field."""

import json

import pytest

from services.engine.data.schemas import canonical_dataset_type, parse_schema
from services.engine.errors import InvalidInput
from tests.engine.data.csv_data import EVENT_FIELDS, ITEM_FIELDS, schema, schema_json


def test_fields_keep_their_order_types_and_marks():
    items = schema("Items", ITEM_FIELDS)
    assert items.names == ("ITEM_ID", "GENRES", "YEAR", "PRICE", "IS_NEW", "CREATION_TIMESTAMP")
    genres = items.find("GENRES")
    assert (genres.type, genres.nullable, genres.categorical, genres.reserved) == ("string", True, True, False)
    assert items.find("CREATION_TIMESTAMP").is_time
    assert [field.name for field in items if field.trains] == ["GENRES", "YEAR", "PRICE"]
    assert items.find("nothing") is None


def test_a_type_may_be_a_list_of_one_and_null_may_come_last():
    fields = [*EVENT_FIELDS, {"name": "A", "type": ["string"]}, {"name": "B", "type": ["float", "null"]}]
    parsed = schema("Interactions", fields)
    assert (parsed.find("A").nullable, parsed.find("B").nullable) == (False, True)


def test_event_value_may_be_a_string_as_old_notebooks_have_it():
    assert schema("Interactions", [*EVENT_FIELDS, {"name": "EVENT_VALUE", "type": "string"}])


@pytest.mark.parametrize(
    ("given", "expected"),
    [("interactions", "Interactions"), ("ACTION_INTERACTIONS", "Action_Interactions"), ("items", "Items")],
)
def test_dataset_types_are_known_in_any_case(given, expected):
    assert canonical_dataset_type(given) == expected


def test_an_unknown_dataset_type_is_refused_with_the_known_ones():
    with pytest.raises(InvalidInput, match=r"Unknown dataset type 'Films'\. Use one of Interactions"):
        canonical_dataset_type("Films")


@pytest.mark.parametrize(
    ("name", "fields", "words"),
    [
        ("Interactions", EVENT_FIELDS[:2], "missing: TIMESTAMP"),
        (
            "Interactions",
            [*EVENT_FIELDS[:2], {"name": "TIMESTAMP", "type": "int"}],
            "TIMESTAMP must have the type 'long'",
        ),
        ("Interactions", [{"name": "USER_ID", "type": ["null", "string"]}, *EVENT_FIELDS[1:]], "USER_ID must have"),
        ("Interactions", [*EVENT_FIELDS, {"name": "IMPRESSION", "type": "long"}], "IMPRESSION is reserved"),
        (
            "Interactions",
            [*EVENT_FIELDS, {"name": "EVENT_TYPE", "type": "string", "categorical": True}],
            "EVENT_TYPE is reserved and must not be categorical",
        ),
        ("Interactions", [*EVENT_FIELDS, {"name": "X", "type": "bytes"}], "'bytes', which is not supported"),
        ("Interactions", [*EVENT_FIELDS, {"name": "X", "type": {"type": "array"}}], "use one of"),
        ("Interactions", [*EVENT_FIELDS, {"name": "X", "type": ["int", "string"]}], "use one of"),
        ("Interactions", [*EVENT_FIELDS, {"name": "1X", "type": "int"}], "Field name '1X'"),
        ("Interactions", [*EVENT_FIELDS, {"name": "a" * 151, "type": "int"}], "at most 150"),
        ("Interactions", [*EVENT_FIELDS, {"name": "ITEMID", "type": "int"}], "ITEM_ID and ITEMID have the same name"),
        ("Interactions", [*EVENT_FIELDS, {"name": "user_id", "type": "int"}], "USER_ID and user_id"),
        ("Interactions", [*EVENT_FIELDS, {"name": "X", "type": "int", "categorical": True}], "must be 'string'"),
        ("Interactions", [*EVENT_FIELDS, {"name": "X", "type": "string", "categorical": "yes"}], "true or false"),
        ("Interactions", [*EVENT_FIELDS, {"name": "X", "type": "string", "textual": True}], "X is textual"),
        ("Interactions", [*EVENT_FIELDS, *({"name": f"M{n}", "type": "int"} for n in range(6))], "at most 5 metadata"),
        ("Interactions", [*EVENT_FIELDS, {"type": "int"}], "must be an object with a name"),
        ("Interactions", [], "at least one field"),
        ("Items", [{"name": "ITEM_ID", "type": "string"}], "at least one metadata field"),
        ("Users", [{"name": "USER_ID", "type": "string"}, {"name": "NAME", "type": "string"}], "at least one metadata"),
        ("Films", EVENT_FIELDS, "name is 'Films'"),
    ],
)
def test_a_bad_schema_is_refused(name, fields, words):
    with pytest.raises(InvalidInput) as caught:
        parse_schema(schema_json(name, fields))
    assert words in caught.value.message


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"type": "enum"}', "[" * 5000])
def test_what_is_not_a_record_is_refused(text):
    with pytest.raises(InvalidInput):
        parse_schema(text)


def test_a_foreign_namespace_and_an_overlong_schema_are_refused():
    document = json.loads(schema_json("Interactions", EVENT_FIELDS))
    with pytest.raises(InvalidInput, match=r"namespace is 'org\.other'"):
        parse_schema(json.dumps(document | {"namespace": "org.other"}))
    with pytest.raises(InvalidInput, match="at most 20000"):
        parse_schema(" " * 20_001)


def test_two_text_fields_are_refused():
    text = [{"name": name, "type": "string", "textual": True} for name in ("PLOT", "REVIEW")]
    with pytest.raises(InvalidInput, match="one textual field"):
        schema("Items", [ITEM_FIELDS[0], *text])


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    with pytest.raises(InvalidInput, match="The schema is not valid JSON"):
        parse_schema('{"type": "record", "name": ' + "1" * 5000 + "}")
