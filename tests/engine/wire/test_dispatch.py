"""The dispatcher: what is served, what is not, and what happens when something breaks."""

import json
import logging
import sqlite3
import threading

import pytest

from services.engine import Engine
from services.engine.api.operations import HANDLERS
from services.engine.wire.dispatch import Dispatcher
from services.engine.wire.hook import make_client
from services.engine.wire.service_models import SERVICES, service_model
from tests.engine.helpers import PREFIX, refused


def failing_client(engine: Engine, error: Exception, service: str = "personalize", operation: str = "ListSchemas"):
    """Return a client of an engine whose one operation raises this error."""

    def handler(context, request):
        raise error

    return make_client(service, Dispatcher(engine.context, {(service, operation): handler}), "us-east-1")


def test_handlers_are_operations_of_the_models():
    for service, operation in HANDLERS:
        assert operation in service_model(service).operation_names


def test_no_shape_travels_outside_of_the_body():
    for service in SERVICES:
        model = service_model(service)
        for name in model.shape_names:
            shape = model.shape_for(name)
            for member, inner in getattr(shape, "members", {}).items():
                assert not inner.serialization.get("location"), (name, member)
                assert inner.serialization.get("name", member) == member


def test_operation_that_is_not_served_is_refused_by_name(engine):
    personalize = make_client("personalize", Dispatcher(engine.context, {}), "us-east-1")
    with refused("InvalidInputException", "DescribeSchema is not served by the embedded engine in this version."):
        personalize.describe_schema(schemaArn=f"{PREFIX}:schema/s")


def test_errors_are_the_clients_own_exception_classes(personalize):
    with pytest.raises(personalize.exceptions.ResourceNotFoundException):
        personalize.describe_schema(schemaArn=f"{PREFIX}:schema/none")


@pytest.mark.parametrize(("service", "status"), [("personalize", 400), ("personalize-runtime", 404)])
def test_error_statuses_are_the_models(engine, service, status):
    client = engine.client(service)
    call = {
        "personalize": lambda: client.describe_campaign(campaignArn=f"{PREFIX}:campaign/none"),
        "personalize-runtime": lambda: client.get_recommendations(campaignArn=f"{PREFIX}:campaign/none", userId="u"),
    }[service]
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        call()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_answers_carry_a_request_id(personalize):
    ids = {personalize.list_schemas()["ResponseMetadata"]["RequestId"] for _ in range(3)}
    assert len(ids) == 3
    assert all(len(request_id) == 36 for request_id in ids)


def test_a_fault_is_told_without_a_traceback_and_logged_with_its_id(engine, caplog):
    personalize = failing_client(engine, RuntimeError("inner secret"))
    with caplog.at_level(logging.ERROR), pytest.raises(personalize.exceptions.ClientError) as caught:
        personalize.list_schemas()
    error = caught.value.response["Error"]
    assert error["Code"] == "InternalFailure"
    assert "inner secret" not in error["Message"]
    assert error["Message"].rsplit(" ", 1)[-1].strip(".") in caplog.text
    assert "inner secret" in caplog.text
    assert caught.value.response["ResponseMetadata"].get("RetryAttempts") == 0


def test_a_busy_database_is_worth_another_try(engine):
    def handler(context, request):
        raise sqlite3.OperationalError("database is locked")

    dispatcher = Dispatcher(engine.context, {("personalize", "ListSchemas"): handler})
    answer = dispatcher.call("personalize", "ListSchemas", {})
    assert answer.status == 503
    assert json.loads(answer.body)["__type"] == "ServiceUnavailable"


def test_answers_hold_only_what_the_output_shape_has(engine):
    def handler(context, request):
        schema = {"name": "s", "_private": 1, "schema": "not in a summary", "domain": None, "creationDateTime": 1.5}
        return {"schemas": [schema], "other": 1}

    dispatcher = Dispatcher(engine.context, {("personalize", "ListSchemas"): handler})
    answer = dispatcher.call("personalize", "ListSchemas", {})
    assert json.loads(answer.body) == {"schemas": [{"name": "s", "creationDateTime": 1.5}]}


def test_empty_answers_have_an_empty_body_as_in_aws(engine, personalize):
    arn = personalize.create_dataset_group(name="g")["datasetGroupArn"]
    tagged = engine.dispatcher.call("personalize", "TagResource", {"resourceArn": arn, "tags": []})
    assert (tagged.status, tagged.body) == (200, b"{}")
    deleted = engine.dispatcher.call("personalize", "DeleteDatasetGroup", {"datasetGroupArn": arn})
    assert (deleted.status, deleted.body) == (200, b"")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b"\xff{}", "not UTF-8"),
        (b'{"maxResults": NaN}', "NaN"),
        (b'{"maxResults": 1' + b"0" * 5000 + b"}", "not valid JSON"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_malformed_bodies_are_refused(engine, body, words):
    answer = engine.dispatcher.answer("POST", "/", "AmazonPersonalize.ListSchemas", body)
    error = json.loads(answer.body)
    assert (answer.status, error["__type"]) == (400, "SerializationException")
    assert words in error["message"]


@pytest.mark.parametrize(
    ("method", "path", "target", "status"),
    [
        ("POST", "/", "AmazonPersonalize.Nonsense", 400),
        ("POST", "/", "OtherService.ListSchemas", 400),
        ("GET", "/", "AmazonPersonalize.ListSchemas", 400),
        ("POST", "/nonsense", None, 404),
        ("GET", "/recommendations", None, 404),
    ],
)
def test_unknown_operations_are_told_so(engine, method, path, target, status):
    answer = engine.dispatcher.answer(method, path, target, b"{}")
    assert answer.status == status
    assert json.loads(answer.body)["__type"] == "UnknownOperationException"


def test_clients_look_nowhere_else(monkeypatch, tmp_path, engine):
    for name, value in {
        "AWS_PROFILE": "none",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1/elsewhere",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    client = engine.client("personalize")
    assert client.meta.region_name == "us-east-1"
    assert client.list_schemas()["schemas"] == []


def test_engine_has_three_services(engine):
    with pytest.raises(ValueError, match="s3"):
        engine.client("s3")


def test_many_threads_share_one_client(personalize):
    errors = []

    def create(number):
        try:
            personalize.create_dataset_group(name=f"g{number}")
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=create, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(personalize.list_dataset_groups()["datasetGroups"]) == 12
