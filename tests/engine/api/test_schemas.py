"""Schemas through boto3."""

import pytest

from services.engine.api import limits
from tests.engine.domain_world import INTERACTIONS as SHOP_EVENTS
from tests.engine.helpers import INTERACTIONS, ITEMS, PREFIX, refused, schema

ITEM_ID = {"name": "ITEM_ID", "type": "string"}
PRICE = {"name": "PRICE", "type": "float"}


def test_schema_is_kept_byte_for_byte(personalize):
    text = INTERACTIONS + "\n  "
    arn = personalize.create_schema(name="s", schema=text)["schemaArn"]
    described = personalize.describe_schema(schemaArn=arn)["schema"]
    assert arn == f"{PREFIX}:schema/s"
    assert described["schema"] == text
    assert described["name"] == "s"
    assert described["creationDateTime"].year >= 2024
    assert "status" not in described
    assert "domain" not in described


def test_schema_of_a_domain_tells_its_domain(personalize):
    arn = personalize.create_schema(name="s", schema=SHOP_EVENTS, domain="ECOMMERCE")["schemaArn"]
    assert personalize.describe_schema(schemaArn=arn)["schema"]["domain"] == "ECOMMERCE"
    assert personalize.list_schemas()["schemas"][0]["domain"] == "ECOMMERCE"


@pytest.mark.parametrize(
    ("domain", "text", "words"),
    [
        ("ECOMMERCE", INTERACTIONS, "needs the field EVENT_TYPE: a string, without null"),
        ("VIDEO_ON_DEMAND", ITEMS, 'GENRES has a meaning in the domain VIDEO_ON_DEMAND and must be a string with "cat'),
        ("ECOMMERCE", ITEMS, "needs the field PRICE: a float, without null"),
        (
            "ECOMMERCE",
            schema("Items", ITEM_ID, PRICE, {"name": "CATEGORY_L1", "type": "string"}),
            'CATEGORY_L1 has a meaning in the domain ECOMMERCE and must be a string with "categorical": true',
        ),
        (
            "VIDEO_ON_DEMAND",
            schema("Users", {"name": "USER_ID", "type": "string"}, {"name": "SUBSCRIPTION_MODEL", "type": "int"}),
            "SUBSCRIPTION_MODEL has a meaning",
        ),
        (
            "ECOMMERCE",
            schema("Actions", {"name": "ACTION_ID", "type": "string"}, {"name": "TYPE_OF", "type": "int"}),
            "A dataset group of the domain ECOMMERCE has no Actions",
        ),
    ],
)
def test_schema_of_a_domain_follows_its_rules(personalize, domain, text, words):
    personalize.create_schema(name="custom", schema=text)
    with refused("InvalidInputException", words):
        personalize.create_schema(name="s", schema=text, domain=domain)


def test_reserved_fields_of_a_domain_may_be_used_and_own_ones_are_free(personalize):
    text = schema(
        "Items",
        ITEM_ID,
        PRICE,
        {"name": "CATEGORY_L1", "type": ["string"], "categorical": True},
        {"name": "CATEGORY_L2", "type": ["null", "string"], "categorical": True},
        {"name": "PRODUCT_DESCRIPTION", "type": ["null", "string"], "textual": True},
        {"name": "MARGIN", "type": "double"},
    )
    assert personalize.create_schema(name="s", schema=text, domain="ECOMMERCE")["schemaArn"]


def test_schema_that_is_no_schema_is_refused(personalize):
    with refused("InvalidInputException", "not valid JSON"):
        personalize.create_schema(name="s", schema="{")
    assert personalize.list_schemas()["schemas"] == []


def test_schema_name_is_taken_once(personalize):
    personalize.create_schema(name="s", schema=INTERACTIONS)
    with refused("ResourceAlreadyExistsException", f"Another resource with Arn {PREFIX}:schema/s already exists."):
        personalize.create_schema(name="s", schema=INTERACTIONS)


def test_schema_in_use_cannot_be_deleted(personalize, films):
    with refused("ResourceInUseException", films.interactions):
        personalize.delete_schema(schemaArn=films.schema)
    personalize.delete_dataset(datasetArn=films.interactions)
    personalize.delete_schema(schemaArn=films.schema)
    with refused("ResourceNotFoundException", films.schema):
        personalize.describe_schema(schemaArn=films.schema)


def test_schemas_have_a_limit(personalize, monkeypatch):
    monkeypatch.setattr(limits, "SCHEMAS", 1)
    personalize.create_schema(name="s", schema=INTERACTIONS)
    with refused("LimitExceededException", "Delete some"):
        personalize.create_schema(name="t", schema=INTERACTIONS)


@pytest.mark.parametrize("operation", ["describe_schema", "delete_schema"])
def test_schema_that_is_not_there_is_not_found(personalize, operation):
    with refused("ResourceNotFoundException", "The given schema does not exist"):
        getattr(personalize, operation)(schemaArn=f"{PREFIX}:schema/none")
