"""PutItems and PutUsers: what is put is seen beside answers at once and by the next version; exports give it back."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from services.personalize.waiting import wait_until_active
from tests.engine.small_world import PATIENCE_S, ROLE, interactions_csv, items_csv, schema, small_world

USERS = schema("Users", USER_ID="string", AGE={"type": ["null", "int"]})


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with small_world(tmp_path_factory.mktemp("records") / "home") as opened:
        opened.group = opened.create_group()
        opened.import_csv(opened.group, interactions_csv())
        opened.import_csv(opened.group, items_csv(), "items", "Items")
        schema_arn = opened.personalize.create_schema(name="users", schema=USERS)["schemaArn"]
        opened.personalize.create_dataset(
            name="users", datasetType="Users", datasetGroupArn=opened.group, schemaArn=schema_arn
        )
        opened.events = opened.engine.client("personalize-events")
        opened.items, opened.users = (opened.dataset_arn(opened.group, kind) for kind in ("Items", "Users"))
        yield opened


def put_item(world: Any, item_id: str, **properties: Any) -> None:
    items = [{"itemId": item_id, "properties": json.dumps(properties)}]
    world.events.put_items(datasetArn=world.items, items=items)


def exported(world: Any, dataset_arn: str, mode: str) -> list[str]:
    """Export and return the lines of the file."""
    name = f"export-{mode.lower()}-{dataset_arn[-5:].lower()}"
    arn = world.personalize.create_dataset_export_job(
        jobName=name,
        datasetArn=dataset_arn,
        ingestionMode=mode,
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": "s3://local/out/"}},
    )["datasetExportJobArn"]
    wait_until_active(
        lambda: world.personalize.describe_dataset_export_job(datasetExportJobArn=arn)["datasetExportJob"],
        timeout_s=PATIENCE_S,
        interval_s=0.05,
    )
    with world.engine.objects.open_read(f"s3://local/out/{name}.csv") as file:
        return file.read().decode().splitlines()


def test_an_item_that_is_put_is_described_beside_the_next_answer(world):
    version = world.train(world.group, "aws-popularity-count", "popular")
    campaign = world.deploy(version, "popular", campaignConfig={"enableMetadataWithRecommendations": True})

    def described() -> dict[str, Any]:
        answer = world.runtime.get_recommendations(
            campaignArn=campaign, userId="u1", metadataColumns={"ITEMS": ["GENRES", "YEAR"]}
        )
        return {item["itemId"]: item["metadata"] for item in answer["itemList"]}

    assert described()["i1"] == {"GENRES": "Drama|War", "YEAR": "1951"}
    put_item(world, "i1", genres="Comedy")
    assert described()["i1"] == {"GENRES": "Comedy"}  # replaced as a whole


def test_a_new_item_is_cold_in_the_next_version_and_known_users_gain_columns(world):
    for number in range(100):
        put_item(world, f"new{number}", genres="Drama", year=2026)
    world.events.put_users(datasetArn=world.users, users=[{"userId": "u1", "properties": '{"age": 44}'}])
    version = world.train(world.group, "aws-hrnn-coldstart", "cold", epochs="2")
    campaign = world.deploy(version, "cold")
    listed = world.recommended(campaign, "u1", 100)
    assert sum(item.startswith("new") for item in listed) > 50
    assert "i0" not in listed  # every user had it


def test_exports_tell_imported_from_put(world):
    put_item(world, "i2", year=1999)
    bulk, put, both = (exported(world, world.items, mode) for mode in ("BULK", "PUT", "ALL"))
    assert "i2,Drama|War," in bulk
    assert "i2,,1999" in put
    assert not any(line.startswith("i3,") for line in put)
    assert "i2,,1999" in both
    assert "i2,Drama|War," not in both
    assert sum(line.startswith("i2,") for line in both) == 1
    assert "i3,Drama|War,1953" in both


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ('{"colour": "red"}', "'colour'"),
        ('{"year": "long ago"}', "'long ago' is not a whole number"),
        ('{"itemId": "i3"}', "here: genres, year"),
        ("nothing", "items.1.properties is not valid JSON"),
        ('{"year": %s}' % ("9" * 5000), "items.1.properties is not valid JSON"),
    ],
)
def test_a_bad_item_is_named_and_refuses_the_call(world, properties, words):
    before = world.engine.context.live.newest(world.items)
    items = [{"itemId": "bad", "properties": properties}, {"itemId": "good"}]
    with pytest.raises(ClientError, match="InvalidInputException") as caught:
        world.events.put_items(datasetArn=world.items, items=items)
    assert words in str(caught.value)
    assert world.engine.context.live.newest(world.items) == before


def test_records_go_into_a_dataset_of_their_own_type(world):
    with pytest.raises(ClientError, match="is of the type ITEMS; users go into one of the type Users"):
        world.events.put_users(datasetArn=world.items, users=[{"userId": "u1"}])
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        world.events.put_items(datasetArn=world.items + "X", items=[{"itemId": "i1"}])
