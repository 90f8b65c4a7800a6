"""`serve --like-aws` over HTTP with boto3: states, refusals, rates, keys that expire, and what comes later.

The clock is the test's: time passes when it says so.
"""

import json

import boto3
import pytest
from botocore.config import Config

from services.engine.clock import now
from services.engine.testing import ROLE, test_engine, tiny_world
from services.engine.wire.like_aws.account import AccountDispatcher
from services.engine.wire.like_aws.behaviour import Behaviour
from services.engine.wire.like_aws.timing import Timing
from services.engine.wire.server import serving_in_thread
from tests.engine.helpers import INTERACTIONS, refused

RECIPE = "arn:aws:personalize:::recipe/"
SECONDS = 1000.0
"""So long that nothing is over before the test moves the clock."""
LONGEST = 2.5 * SECONDS


class Account:
    """An engine that is like AWS, its clients, and a clock that the test moves."""

    def __init__(self, engine, world, **behaviour):
        self.engine, self.world = engine, world
        self.later = 0.0
        chosen = Behaviour(**{"seconds": SECONDS, "rate": 0.0} | behaviour)
        self.dispatcher = AccountDispatcher(engine.context, chosen, lambda: now() + self.later)

    def open(self, url):
        self.url = url
        self.personalize, self.runtime, self.events = (
            self.client(name) for name in ("personalize", "personalize-runtime", "personalize-events")
        )
        return self

    def client(self, service, key="first"):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1}),
        )

    def group_state(self, arn):
        return self.personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]["status"]

    def campaign(self, arn):
        return self.personalize.describe_campaign(campaignArn=arn)["campaign"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with test_engine(tmp_path_factory.mktemp("like-aws")) as engine:
        yield engine, tiny_world(engine)


@pytest.fixture
def account(shop, request):
    opened = Account(*shop, **getattr(request, "param", {}))
    with serving_in_thread(opened.dispatcher) as url:
        opened.later = LONGEST  # what was made before is settled
        yield opened.open(url)
    opened.dispatcher.close()


def test_a_resource_passes_through_its_states(account):
    arn = account.personalize.create_dataset_group(name="states")["datasetGroupArn"]
    account.later = 0.0
    assert account.group_state(arn) == "CREATE PENDING"
    account.later = 0.8 * SECONDS
    assert account.group_state(arn) == "CREATE IN_PROGRESS"
    listed = account.personalize.list_dataset_groups()["datasetGroups"]
    assert next(g["status"] for g in listed if g["name"] == "states") == "CREATE IN_PROGRESS"
    with refused("ResourceInUseException", "is CREATE IN_PROGRESS. Wait until it is ACTIVE."):
        account.personalize.delete_dataset_group(datasetGroupArn=arn)
    account.later = LONGEST
    assert account.group_state(arn) == "ACTIVE"
    account.personalize.delete_dataset_group(datasetGroupArn=arn)
    assert account.group_state(arn) == "DELETE PENDING"
    account.later += 0.8 * SECONDS
    assert account.group_state(arn) == "DELETE IN_PROGRESS"
    with refused("ResourceInUseException", "is DELETE IN_PROGRESS"):
        account.personalize.delete_dataset_group(datasetGroupArn=arn)
    account.later += LONGEST
    with refused("ResourceNotFoundException"):
        account.group_state(arn)


def test_a_seed_gives_the_same_durations_again():
    def drawn(seed, arn):
        return Timing(Behaviour(seconds=2, seed=seed)).creation_s(arn)

    arns = [f"arn:aws:personalize:us-east-1:0:campaign/{n}" for n in range(200)]
    assert [drawn(1, arn) for arn in arns] == [drawn(1, arn) for arn in arns]
    assert drawn(1, arns[0]) != drawn(2, arns[0])
    assert drawn(1, "a:solution/s/0a1b2c3d") == drawn(1, "a:solution/s/ffffffff"), "a version's own part is random"
    assert 2 <= min(drawn(1, arn) for arn in arns) < 2.2 < 4.8 < max(drawn(1, arn) for arn in arns) <= 5


def test_what_is_not_there_yet_answers_nothing(account):
    version = account.world.solution_version
    arn = account.personalize.create_campaign(name="early", solutionVersionArn=version)["campaignArn"]
    account.later = 0.0
    with refused("InvalidInputException", "is CREATE PENDING"):
        account.runtime.get_recommendations(campaignArn=arn, userId="customer-1")
    account.later = LONGEST
    assert account.runtime.get_recommendations(campaignArn=arn, userId="customer-1")["itemList"]
    account.personalize.delete_campaign(campaignArn=arn)


def test_an_updated_campaign_serves_the_old_version_until_it_is_done(account):
    personalize, arn = account.personalize, account.world.campaign
    before = account.campaign(arn)
    personalize.update_campaign(campaignArn=arn, minProvisionedTPS=3)
    during = account.campaign(arn)
    assert (during["status"], during["minProvisionedTPS"]) == ("ACTIVE", before["minProvisionedTPS"])
    assert during["latestCampaignUpdate"]["status"] == "CREATE PENDING"
    assert during["latestCampaignUpdate"]["minProvisionedTPS"] == 3
    assert account.runtime.get_recommendations(campaignArn=arn, userId="customer-1")["itemList"]
    with refused("ResourceInUseException", "is UPDATE PENDING"):
        personalize.update_campaign(campaignArn=arn, minProvisionedTPS=4)
    with refused("ResourceNotFoundException"):
        personalize.update_campaign(campaignArn=f"{arn}-none", minProvisionedTPS=4)
    account.later += LONGEST
    after = account.campaign(arn)
    assert (after["minProvisionedTPS"], after["latestCampaignUpdate"]["status"]) == (3, "ACTIVE")


def test_legacy_recipes_are_refused_and_lists_have_pages(account):
    personalize = account.personalize
    page = personalize.list_recipes()
    assert len(page["recipes"]) <= 12
    assert "nextToken" in page, "a program that reads one page does not see every recipe"
    names = [entry["name"] for p in personalize.get_paginator("list_recipes").paginate() for entry in p["recipes"]]
    assert "aws-user-personalization" in names
    assert not [name for name in names if "hrnn" in name]
    with refused("ResourceNotFoundException", "does not exist"):
        personalize.describe_recipe(recipeArn=f"{RECIPE}aws-hrnn")
    for more in ({"recipeArn": f"{RECIPE}aws-hrnn-coldstart"}, {"performAutoML": True}):
        with refused("InvalidInputException", "no longer available"):
            personalize.create_solution(name="legacy", datasetGroupArn=account.world.group, **more)


def test_the_sixth_campaign_of_a_data_set_group_is_one_too_many(account):
    version = account.world.solution_version
    present = len(account.personalize.list_campaigns()["campaigns"])
    made = [
        account.personalize.create_campaign(name=f"quota-{n}", solutionVersionArn=version)["campaignArn"]
        for n in range(5 - present)
    ]
    with refused("LimitExceededException", "More than 5 resources in ACTIVE state"):
        account.personalize.create_campaign(name="one-too-many", solutionVersionArn=version)
    account.later += LONGEST
    for arn in made:
        account.personalize.delete_campaign(campaignArn=arn)
    account.later += LONGEST
    assert len(account.personalize.list_campaigns()["campaigns"]) == present


def test_the_sixth_data_set_group_is_one_too_many(account):
    present = len(account.personalize.list_dataset_groups()["datasetGroups"])
    made = [account.personalize.create_dataset_group(name=f"quota-{n}")["datasetGroupArn"] for n in range(5 - present)]
    with refused("LimitExceededException", "More than 5 dataset groups"):
        account.personalize.create_dataset_group(name="one-too-many")
    account.later += LONGEST
    for arn in made:
        account.personalize.delete_dataset_group(datasetGroupArn=arn)


@pytest.mark.parametrize("account", [{"rate": 1.0}], indirect=True)
def test_too_many_requests_are_throttled_operation_by_operation(account, monkeypatch):
    frozen = now()
    monkeypatch.setattr(account.dispatcher._throttles, "_clock", lambda: frozen + account.later)
    for _ in range(2):
        account.personalize.list_schemas()
    with refused("ThrottlingException", "Rate exceeded"):
        account.personalize.list_schemas()
    account.personalize.list_solutions()
    account.later += 1.0
    account.personalize.list_schemas()


@pytest.mark.parametrize("account", [{"session_s": 60.0}], indirect=True)
def test_an_access_key_expires_and_another_goes_on(account):
    account.personalize.list_schemas()
    account.later += 61
    with refused("ExpiredTokenException", "expired"):
        account.personalize.list_schemas()
    with refused("ExpiredTokenException", "expired"):
        account.runtime.get_recommendations(campaignArn=account.world.campaign, userId="u")
    account.client("personalize", key="renewed").list_schemas()


def test_an_event_is_seen_a_moment_later(account):
    live = account.engine.context.live
    dataset = account.world.group.replace(":dataset-group/", ":dataset/") + "/INTERACTIONS"
    before = live.newest(dataset)
    event = {"eventType": "purchase", "itemId": "product-1", "sentAt": 1_700_000_000, "eventId": "one"}

    def put(**changes):
        account.events.put_events(
            trackingId=account.world.tracking_id, sessionId="s", userId="new-one", eventList=[event | changes]
        )

    with refused("InvalidInputException"):
        put(properties=json.dumps({"userId": "x"}))
    put()
    account.personalize.list_schemas()
    assert live.newest(dataset) == before
    account.later += 2
    account.personalize.list_schemas()
    assert live.newest(dataset) > before


def test_training_is_automatic_unless_it_is_refused(account):
    personalize, group = account.personalize, account.world.group
    recipe = f"{RECIPE}aws-popularity-count"

    def solution(name, **more):
        arn = personalize.create_solution(name=name, datasetGroupArn=group, recipeArn=recipe, **more)["solutionArn"]
        return arn, personalize.describe_solution(solutionArn=arn)["solution"]

    automatic, described = solution("automatic")
    assert described["performAutoTraining"] is True
    assert described["solutionConfig"]["autoTrainingConfig"] == {"schedulingExpression": "rate(7 days)"}
    manual, described = solution("manual", performAutoTraining=False)
    assert described["performAutoTraining"] is False
    with refused("InvalidInputException", "rate(N days)"):
        solution("never", solutionConfig={"autoTrainingConfig": {"schedulingExpression": "rate(40 days)"}})

    def versions(arn):
        return personalize.list_solution_versions(solutionArn=arn)["solutionVersions"]

    account.later += LONGEST + 10 * SECONDS
    assert [version["trainingType"] for version in versions(automatic)] == ["AUTOMATIC"]
    assert versions(manual) == []
    account.later += 7 * 86_400
    assert len(versions(automatic)) == 2
    personalize.update_solution(solutionArn=automatic, performAutoTraining=False)
    account.later += 7 * 86_400
    assert len(versions(automatic)) == 2
    for arn in (automatic, manual):
        personalize.delete_solution(solutionArn=arn)


def test_a_version_in_training_shows_no_results(account):
    personalize = account.personalize
    solution = personalize.create_solution(
        name="training",
        datasetGroupArn=account.world.group,
        recipeArn=f"{RECIPE}aws-popularity-count",
        performAutoTraining=False,
    )["solutionArn"]
    account.later = 2 * LONGEST
    arn = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    account.later = LONGEST / 4
    shown = personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]
    assert shown["status"] in ("CREATE PENDING", "CREATE IN_PROGRESS")
    assert "trainingHours" not in shown
    with refused("ResourceInUseException", "Wait until it is ACTIVE"):
        personalize.create_campaign(name="too-early", solutionVersionArn=arn)
    account.later = 2 * LONGEST
    assert personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]["status"] == "ACTIVE"
    personalize.delete_solution(solutionArn=solution)
    assert account.engine.context.resources.find("solution", solution) is not None, "it goes in its time"
    account.dispatcher.close()
    assert account.engine.context.resources.find("solution", solution) is None


def test_a_deletion_that_waits_leaves_the_data_where_it_is(account):
    """Trying it removes nothing, neither rows nor folders."""
    schema = account.personalize.create_schema(name="data", schema=INTERACTIONS)["schemaArn"]
    group = account.personalize.create_dataset_group(name="kept")["datasetGroupArn"]
    dataset = account.personalize.create_dataset(
        name="rows", datasetGroupArn=group, schemaArn=schema, datasetType="Interactions"
    )["datasetArn"]
    rows = "".join(f"u{n % 50},i{n % 40},{1_700_000_000 + n}\n" for n in range(1000))
    account.engine.objects.put_bytes("s3://kept/rows.csv", ("USER_ID,ITEM_ID,TIMESTAMP\n" + rows).encode())
    account.personalize.create_dataset_import_job(
        jobName="rows", datasetArn=dataset, dataSource={"dataLocation": "s3://kept/rows.csv"}, roleArn=ROLE
    )
    folder = account.engine.settings.datasets_path / "kept"
    assert list(folder.rglob("*.parquet"))
    account.personalize.delete_dataset(datasetArn=dataset)
    assert list(folder.rglob("*.parquet"))
    with refused("ResourceInUseException", "has the dataset"):
        account.personalize.delete_dataset_group(datasetGroupArn=group)
    account.later += LONGEST
    account.personalize.delete_dataset_group(datasetGroupArn=group)
    assert not list(folder.rglob("*.parquet"))
    account.dispatcher.close()
    account.personalize.delete_schema(schemaArn=schema)
