"""Datasets through boto3."""

from pathlib import Path

import pytest

from tests.engine.domain_world import ITEMS as SHOP_ITEMS
from tests.engine.helpers import INTERACTIONS, ITEMS, POPULARITY, PREFIX, ROLE, refused, schema

ITEM_ID = {"name": "ITEM_ID", "type": "string"}
GENRES = {"name": "GENRES", "type": ["null", "string"], "categorical": True}
YEAR = {"name": "YEAR", "type": ["null", "int"]}


@pytest.fixture
def items(personalize, films):
    """An Items dataset beside the interactions."""
    arn = personalize.create_schema(name="items", schema=ITEMS)["schemaArn"]
    return personalize.create_dataset(name="i", datasetGroupArn=films.group, schemaArn=arn, datasetType="ITEMS")[
        "datasetArn"
    ]


def test_dataset_arn_is_made_of_group_and_type(personalize, films):
    described = personalize.describe_dataset(datasetArn=films.interactions)["dataset"]
    assert films.interactions == f"{PREFIX}:dataset/films/INTERACTIONS"
    assert described["name"] == "watched"
    assert described["datasetType"] == "INTERACTIONS"
    assert described["schemaArn"] == films.schema
    assert described["status"] == "ACTIVE"
    assert not any(name.startswith("_") for name in described)


@pytest.mark.parametrize("spelling", ["Users", "USERS", "uSERS"])
def test_dataset_type_is_free_in_case(personalize, films, spelling):
    users = schema("Users", {"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": "int"})
    arn = personalize.create_schema(name="users", schema=users)["schemaArn"]
    answer = personalize.create_dataset(name="u", datasetGroupArn=films.group, schemaArn=arn, datasetType=spelling)
    assert answer["datasetArn"] == f"{PREFIX}:dataset/films/USERS"


def test_group_has_one_dataset_of_a_type(personalize, films):
    with refused("ResourceAlreadyExistsException", films.interactions):
        personalize.create_dataset(
            name="x", datasetGroupArn=films.group, schemaArn=films.schema, datasetType="interactions"
        )


def test_dataset_refuses_a_schema_of_another_type(personalize, films):
    with refused("InvalidInputException", "describes Interactions, not Items"):
        personalize.create_dataset(name="x", datasetGroupArn=films.group, schemaArn=films.schema, datasetType="Items")


def test_dataset_refuses_a_schema_of_another_domain(personalize, films):
    arn = personalize.create_schema(name="shop", schema=SHOP_ITEMS["ECOMMERCE"], domain="ECOMMERCE")["schemaArn"]
    with refused("InvalidInputException", "the domain ECOMMERCE"):
        personalize.create_dataset(name="x", datasetGroupArn=films.group, schemaArn=arn, datasetType="Items")


@pytest.mark.parametrize(
    ("kind", "words"), [("Bogus", "Unknown dataset type"), ("Actions", "describes Interactions, not Actions")]
)
def test_dataset_type_that_is_not_served_is_refused(personalize, films, kind, words):
    with refused("InvalidInputException", words):
        personalize.create_dataset(name="x", datasetGroupArn=films.group, schemaArn=films.schema, datasetType=kind)


def test_dataset_needs_its_group_and_schema(personalize, films):
    gone = f"{PREFIX}:dataset-group/none"
    with refused("ResourceNotFoundException", f"The given dataset group does not exist: {gone}"):
        personalize.create_dataset(name="x", datasetGroupArn=gone, schemaArn=films.schema, datasetType="Interactions")
    with refused("ResourceNotFoundException", "The given schema does not exist"):
        personalize.create_dataset(
            name="x", datasetGroupArn=films.group, schemaArn=f"{PREFIX}:schema/none", datasetType="Items"
        )


def test_update_takes_a_schema_with_new_fields_that_allow_null(personalize, items):
    wider = personalize.create_schema(name="wider", schema=schema("Items", ITEM_ID, YEAR, GENRES))["schemaArn"]
    assert personalize.update_dataset(datasetArn=items, schemaArn=wider)["datasetArn"] == items
    described = personalize.describe_dataset(datasetArn=items)["dataset"]
    assert described["schemaArn"] == wider
    assert described["latestDatasetUpdate"]["schemaArn"] == wider
    assert described["latestDatasetUpdate"]["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ((ITEM_ID, YEAR), "lacks the field GENRES"),
        ((ITEM_ID, GENRES | {"type": "string"}), "GENRES differs"),
        ((ITEM_ID, GENRES, {"name": "YEAR", "type": "int"}), "YEAR must allow null"),
    ],
)
def test_update_refuses_a_schema_that_breaks_present_rows(personalize, items, fields, words):
    arn = personalize.create_schema(name="other", schema=schema("Items", *fields))["schemaArn"]
    with refused("InvalidInputException", words):
        personalize.update_dataset(datasetArn=items, schemaArn=arn)


def test_update_is_for_items_and_users_only(personalize, films):
    other = personalize.create_schema(name="other", schema=INTERACTIONS)["schemaArn"]
    with refused("InvalidInputException", "Items and Users"):
        personalize.update_dataset(datasetArn=films.interactions, schemaArn=other)


def test_deleted_dataset_takes_its_rows_and_job_records_along(personalize, films):
    personalize.delete_dataset(datasetArn=films.interactions)
    assert not Path(films.snapshot).exists()
    assert personalize.list_dataset_import_jobs()["datasetImportJobs"] == []
    assert personalize.list_datasets(datasetGroupArn=films.group)["datasets"] == []


def test_rows_stay_while_a_solution_version_was_trained_on_them(personalize, films, solution, train):
    train(solution)
    personalize.delete_dataset(datasetArn=films.interactions)
    assert Path(films.snapshot).exists()
    personalize.delete_solution(solutionArn=solution)
    assert not Path(films.snapshot).exists()


def test_dataset_in_use_by_a_job_cannot_be_deleted(personalize, films, worker):
    job = personalize.create_dataset_export_job(
        jobName="out",
        datasetArn=films.interactions,
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": "s3://local/out/"}},
    )["datasetExportJobArn"]
    with refused("ResourceInUseException", job):
        personalize.delete_dataset(datasetArn=films.interactions)
    worker.complete(job)
    solution = personalize.create_solution(name="p", datasetGroupArn=films.group, recipeArn=POPULARITY)["solutionArn"]
    version = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    with refused("ResourceInUseException", version):
        personalize.delete_dataset(datasetArn=films.interactions)
    worker.fail(version, "Not enough users.")
    personalize.delete_dataset(datasetArn=films.interactions)


def test_an_event_tracker_adds_a_dataset_that_is_described_listed_and_deleted(personalize, films):
    tracker = personalize.create_event_tracker(name="t", datasetGroupArn=films.group)["eventTrackerArn"]
    arn = f"{PREFIX}:dataset/films/EVENT_INTERACTIONS"
    described = personalize.describe_dataset(datasetArn=arn)["dataset"]
    assert (described["datasetType"], described["status"]) == ("EVENT_INTERACTIONS", "ACTIVE")
    listed = personalize.list_datasets(datasetGroupArn=films.group)["datasets"]
    assert [dataset["datasetArn"] for dataset in listed] == [films.interactions, arn]
    pages = personalize.get_paginator("list_datasets").paginate(PaginationConfig={"PageSize": 1})
    assert [dataset["datasetArn"] for page in pages for dataset in page["datasets"]] == [films.interactions, arn]
    personalize.delete_event_tracker(eventTrackerArn=tracker)
    personalize.create_event_tracker(name="t2", datasetGroupArn=films.group)
    personalize.delete_dataset(datasetArn=arn)
    with refused("ResourceNotFoundException", "The given dataset does not exist"):
        personalize.describe_dataset(datasetArn=arn)


def test_a_group_can_be_deleted_while_it_has_event_interactions_only(personalize):
    group = personalize.create_dataset_group(name="g")["datasetGroupArn"]
    tracker = personalize.create_event_tracker(name="t", datasetGroupArn=group)["eventTrackerArn"]
    personalize.delete_event_tracker(eventTrackerArn=tracker)
    personalize.delete_dataset_group(datasetGroupArn=group)
    assert personalize.list_datasets()["datasets"] == []


def test_event_interactions_take_no_imports(personalize, films):
    personalize.create_event_tracker(name="t", datasetGroupArn=films.group)
    with refused("ResourceNotFoundException"):
        personalize.create_dataset_import_job(
            jobName="j",
            datasetArn=f"{PREFIX}:dataset/films/EVENT_INTERACTIONS",
            dataSource={"dataLocation": "s3://local/x.csv"},
            roleArn=ROLE,
        )
