"""Lists in pages, through boto3 and its paginators."""

import base64
import json

import pytest

from tests.engine.helpers import INTERACTIONS, PREFIX, refused


@pytest.fixture
def schemas(personalize):
    return [personalize.create_schema(name=f"s{i}", schema=INTERACTIONS)["schemaArn"] for i in range(7)]


def test_pages_join_to_the_whole_list(personalize, schemas):
    pages = personalize.get_paginator("list_schemas").paginate(PaginationConfig={"PageSize": 3})
    sizes, arns = [], []
    for page in pages:
        sizes.append(len(page["schemas"]))
        arns += [schema["schemaArn"] for schema in page["schemas"]]
    assert sizes == [3, 3, 1]
    assert arns == schemas


def test_token_comes_only_while_more_remains(personalize, schemas):
    assert "nextToken" not in personalize.list_schemas(maxResults=7)
    assert "nextToken" in personalize.list_schemas(maxResults=6)


def test_page_size_may_change_on_the_way(personalize, schemas):
    token = personalize.list_schemas(maxResults=2)["nextToken"]
    rest = personalize.list_schemas(maxResults=100, nextToken=token)["schemas"]
    assert [schema["schemaArn"] for schema in rest] == schemas[2:]


def test_pages_miss_nothing_when_resources_come_and_go(personalize, schemas):
    token = personalize.list_schemas(maxResults=3)["nextToken"]
    personalize.delete_schema(schemaArn=schemas[2])
    personalize.create_schema(name="new", schema=INTERACTIONS)
    rest = [schema["name"] for schema in personalize.list_schemas(nextToken=token)["schemas"]]
    assert rest == ["s3", "s4", "s5", "s6", "new"]


@pytest.mark.parametrize("token", ["x", "!!!!", "e30=", "WyJhIl0=", "bnVsbA==", "WzEsWzFdLCJ4Il0=", "A" * 1500])
def test_bad_token_is_refused(personalize, schemas, token):
    with refused("InvalidNextTokenException", "nextToken"):
        personalize.list_schemas(nextToken=token)


def test_token_belongs_to_its_list_and_filter(personalize, schemas):
    token = personalize.list_schemas(maxResults=2)["nextToken"]
    with refused("InvalidNextTokenException", "ListSolutions"):
        personalize.list_solutions(nextToken=token)
    token = personalize.list_recipes(maxResults=1)["nextToken"]
    with refused("InvalidNextTokenException"):
        personalize.list_recipes(nextToken=token, domain="ECOMMERCE")
    for name in "ab":
        group = personalize.create_dataset_group(name=name)["datasetGroupArn"]
        for kind in ("popularity-count", "hrnn"):
            recipe = f"arn:aws:personalize:::recipe/aws-{kind}"
            personalize.create_solution(name=name + kind, datasetGroupArn=group, recipeArn=recipe)
    token = personalize.list_solutions(datasetGroupArn=f"{PREFIX}:dataset-group/a", maxResults=1)["nextToken"]
    with refused("InvalidNextTokenException"):
        personalize.list_solutions(datasetGroupArn=f"{PREFIX}:dataset-group/b", nextToken=token)


def test_page_size_has_awss_limit(personalize):
    with refused("InvalidInputException", "less than or equal to 100"):
        personalize.list_campaigns(maxResults=101)


def test_filter_that_matches_nothing_gives_an_empty_list(personalize):
    assert personalize.list_datasets(datasetGroupArn=f"{PREFIX}:dataset-group/none")["datasets"] == []


@pytest.mark.parametrize("text", ["\\ud800", "\\udcff"])
def test_a_token_with_a_lone_surrogate_is_refused(personalize, text):
    for number in range(2):
        personalize.create_schema(name=f"schema-{number}", schema=INTERACTIONS)
    token = personalize.list_schemas(maxResults=1)["nextToken"]
    list_id, moment, _ = json.loads(base64.urlsafe_b64decode(token))
    forged = base64.urlsafe_b64encode(f'["{list_id}", {moment}, "{text}"]'.encode()).decode()
    with refused("InvalidNextTokenException", "not valid"):
        personalize.list_schemas(nextToken=forged)


@pytest.mark.parametrize("list_all", ["list_schemas", "list_dataset_groups"])
def test_operations_that_declare_no_invalid_input_answer_awss_common_error(personalize, list_all):
    with refused("ValidationException", "maxResults"):
        getattr(personalize, list_all)(maxResults=1000)
