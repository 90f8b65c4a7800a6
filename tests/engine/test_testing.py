"""The engine for tests of other programs: jobs end within their call, in process and over HTTP."""

import boto3
import pytest

from services.engine.testing import ROLE, served, test_engine, tiny_world
from tests.engine.helpers import INTERACTIONS


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with test_engine(tmp_path_factory.mktemp("testing") / "home", account_id="123456789012") as opened:
        opened.world = tiny_world(opened)
        yield opened


def test_a_tiny_world_answers(engine):
    answer = engine.client("personalize-runtime").get_recommendations(campaignArn=engine.world.campaign, userId="u1")
    assert len(answer["itemList"]) == 25
    assert engine.world.campaign == "arn:aws:personalize:us-east-1:123456789012:campaign/shop"


def test_it_is_served_to_clients_that_read_the_environment(engine, monkeypatch):
    with served(engine) as url:
        for service in ("PERSONALIZE", "PERSONALIZE_RUNTIME", "PERSONALIZE_EVENTS"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", url)
        keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}
        groups = boto3.client("personalize", **keys).list_dataset_groups()["datasetGroups"]
        assert [group["name"] for group in groups] == ["shop"]
        boto3.client("personalize-events", **keys).put_events(
            trackingId=engine.world.tracking_id,
            userId="u1",
            sessionId="s",
            eventList=[{"eventType": "view", "itemId": "i1", "sentAt": 1_900_000_000}],
        )


def test_a_job_that_fails_says_why_when_the_call_returns(engine):
    personalize = engine.client("personalize")
    group = personalize.create_dataset_group(name="empty")["datasetGroupArn"]
    schema = personalize.create_schema(name="empty", schema=INTERACTIONS)["schemaArn"]
    dataset = personalize.create_dataset(name="d", datasetType="Interactions", datasetGroupArn=group, schemaArn=schema)[
        "datasetArn"
    ]
    job = personalize.create_dataset_import_job(
        jobName="gone", datasetArn=dataset, dataSource={"dataLocation": "s3://shop/gone.csv"}, roleArn=ROLE
    )["datasetImportJobArn"]
    described = personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"]
    assert described["status"] == "CREATE FAILED"
    assert "There is no file s3://shop/gone.csv" in described["failureReason"]


def test_what_nobody_foresaw_is_in_the_log_that_the_reason_names(engine, monkeypatch):
    def broken(*_):
        raise KeyError("nobody foresaw this")

    monkeypatch.setattr("services.engine.testing.runner_of", lambda kind: broken)
    personalize = engine.client("personalize")
    solution = personalize.list_solutions()["solutions"][0]["solutionArn"]
    version = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    described = personalize.describe_solution_version(solutionVersionArn=version)["solutionVersion"]
    log = engine.settings.logs_path / "worker.log"
    assert described["status"] == "CREATE FAILED"
    assert f"KeyError. The data is unchanged. {log} says where" in described["failureReason"]
    assert "nobody foresaw this" in log.read_text(encoding="utf-8")


def test_a_home_with_a_worker_is_refused(engine):
    with pytest.raises(RuntimeError, match="a folder of its own"), test_engine(engine.settings.home):
        pass
