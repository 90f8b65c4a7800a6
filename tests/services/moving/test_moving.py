"""A group of this machine is moved to an account of AWS and back: the plan, its execution, and what breaks it off."""

import json
import threading

import pytest
from botocore.exceptions import ClientError

from services.engine.testing import ROLE, train
from services.errors import DataError
from services.library.store import Library
from services.moving import kinds, sentences
from services.moving.memory import TO_AWS, TO_HERE, Request
from services.moving.plan import Choice
from services.moving.runner import MovingRunner
from services.personalize.datasets import find_group
from services.personalize.deletion import delete_group

EVERYTHING = Choice(solutions=("shop",), campaigns=("shop",))


def moved(runner, request):
    runner.start(request)
    assert runner.wait(120)
    return runner.state()


def test_the_plan_says_each_step_what_it_costs_and_what_stays_and_changes_nothing(sides):
    runner = sides.runner()
    plan = runner.plan(Request(TO_AWS, "shop", "shop-1", EVERYTHING))
    assert [sentences.label(step) for step in plan.steps] == [
        *(f"Write {data} to a file" for data in ("interactions", "items", "users")),
        "Data set group shop-1",
        *(f"Schema of {data}" for data in ("interactions", "items", "users")),
        *(f"Data set for {data}" for data in ("interactions", "items", "users")),
        *(f"Copy {data} to the bucket" for data in ("interactions", "items", "users")),
        *(f"Import {data}" for data in ("interactions", "items", "users")),
        "Event tracker shop-1",
        "Filter shop-1-in-stock",
        "Solution shop-1",
        "Train shop-1",
        "Campaign shop-1",
    ]
    costs = {sentences.label(step): sentences.cost(step) for step in plan.steps if sentences.cost(step)}
    assert costs["Train shop-1"] == "$0.24"
    assert costs["Campaign shop-1"] == "$144 a month"
    assert costs["Import items"] == "below 1 cent"
    assert sentences.headline(plan) == (
        "21 steps bring shop to an account of AWS: about $0.24 once, about $144 a month afterwards."
    )
    assert "trained models, which are trained anew" in sentences.left(plan)
    assert find_group(sides.aws, "shop-1") is None
    assert runner.state() is None


def test_what_is_not_chosen_stays_behind_and_costs_nothing(sides):
    plan = sides.runner().plan(Request(TO_AWS, "shop", "shop"))
    assert plan.monthly == pytest.approx(0.0, abs=1e-4)
    assert {step.kind for step in plan.steps}.isdisjoint({kinds.SOLUTION, kinds.VERSION, kinds.CAMPAIGN})
    assert plan.left[:2] == ("solution shop", "campaign shop")


def test_a_retired_recipe_is_replaced_by_what_stands_in_for_it_and_the_plan_says_so(sides):
    sides.engine.client("personalize").create_solution(
        name="hrnn",
        datasetGroupArn=sides.world.group,
        recipeArn="arn:aws:personalize:::recipe/aws-hrnn",
        solutionConfig={"algorithmHyperParameters": {"hidden_dimension": "40", "epochs": "1"}},
    )
    plan = sides.runner().plan(Request(TO_AWS, "shop", "shop", Choice(solutions=("hrnn",))))
    step = next(step for step in plan.steps if step.kind == kinds.SOLUTION)
    assert step.request["recipeArn"].endswith("/aws-user-personalization")
    assert step.request["solutionConfig"] == {"algorithmHyperParameters": {"hidden_dimension": "40"}}
    assert step.request["performAutoTraining"] is False
    assert step.differs == (
        "AWS no longer trains HRNN; its successor stands in, without exploration. AWS has no setting epochs."
    )


def test_a_group_is_moved_with_its_live_events_and_answers_the_same_there(sides):
    sides.engine.client("personalize-events").put_events(
        trackingId=sides.world.tracking_id,
        userId="u1",
        sessionId="s",
        eventList=[{"eventType": "view", "itemId": "i39", "sentAt": 1_800_000_000}],
    )
    state = moved(sides.runner(), Request(TO_AWS, "shop", "shop-2", EVERYTHING))
    assert state.kept.failure == ""
    assert state.ended
    assert any(step.note.startswith("tracking ID ") for step in state.kept.steps)
    group = find_group(sides.aws, "shop-2")
    assert [view.dataset_type for view in group.datasets if view.imported] == ["Interactions", "Items", "Users"]
    there, here = (
        side.list_campaigns()["campaigns"] for side in (sides.aws.personalize, sides.here(sides.aws).personalize)
    )
    campaign = next(entry["campaignArn"] for entry in there if entry["name"] == "shop-2")
    lists = [
        [item["itemId"] for item in runtime.get_recommendations(campaignArn=arn, userId="u1")["itemList"]]
        for runtime, arn in (
            (sides.aws.runtime, campaign),
            (sides.engine.client("personalize-runtime"), here[0]["campaignArn"]),
        )
    ]
    assert lists[0][:5] == lists[1][:5]
    uploads = [url for url in sides.aws.objects.list(f"s3://{sides.aws.bucket}/shop-2/") if "interactions" in url]
    with sides.aws.objects.local_path(uploads[0]) as path:
        assert "u1,i39" in path.read_text()
    filters = sides.aws.personalize.list_filters(datasetGroupArn=group.arn)["Filters"]
    assert [entry["name"] for entry in filters] == ["shop-2-in-stock"]


def test_a_name_that_is_taken_is_refused_before_anything_is_made(sides):
    sides.aws.personalize.create_dataset_group(name="taken")
    with pytest.raises(DataError, match="There is a data set group taken in the account already"):
        sides.runner().start(Request(TO_AWS, "shop", "taken"))
    assert sides.runner().state() is None


def test_a_move_that_broke_off_goes_on_in_the_next_process_and_makes_nothing_twice(sides, monkeypatch):
    runner, reached, closed = sides.runner(), threading.Event(), threading.Event()
    create = sides.aws.personalize.create_event_tracker

    def slowly(**request):
        reached.set()
        assert closed.wait(60)
        return create(**request)

    monkeypatch.setattr(sides.aws.personalize, "create_event_tracker", slowly)
    runner.start(Request(TO_AWS, "shop", "shop-3"))
    assert reached.wait(60)
    runner._cancelled.set()  # what close() does first
    closed.set()
    assert runner.wait(60)
    state = runner.state()
    assert (state.ended, state.kept.wanted) == (False, True)
    monkeypatch.setattr(sides.aws.personalize, "create_event_tracker", create)
    again = sides.runner()
    again.resume()
    assert again.wait(60)
    assert again.state().ended
    group = find_group(sides.aws, "shop-3")
    assert {len(view.imports) for view in group.datasets} == {1}
    assert len(sides.aws.personalize.list_filters(datasetGroupArn=group.arn)["Filters"]) == 1


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ThrottlingException", "AWS answers no more requests for the moment. Waiting goes on by itself."),
        ("ExpiredTokenException", "The AWS credentials have expired. Renew them, for example by signing in again;"),
    ],
)
def test_what_passes_does_not_end_a_move_and_its_line_says_what_it_is(sides, monkeypatch, code, said):
    runner = sides.runner()
    create, refusals, notes = sides.aws.personalize.create_filter, [code] * 3, []
    keep = MovingRunner._keep

    def refused(**request):
        if refusals:
            raise ClientError({"Error": {"Code": refusals.pop(), "Message": "No."}}, "CreateFilter")
        return create(**request)

    def listening(self, steps):
        notes.extend(step.note for step in steps)
        keep(self, steps)

    monkeypatch.setattr(sides.aws.personalize, "create_filter", refused)
    monkeypatch.setattr(MovingRunner, "_keep", listening)
    assert moved(runner, Request(TO_AWS, "shop", f"shop-{code.lower()[:8]}")).ended
    assert any(note.startswith(said) for note in notes)


def test_a_quota_that_is_reached_ends_a_move_with_its_reason_and_another_attempt_goes_on(sides, monkeypatch):
    runner = sides.runner()
    monkeypatch.setattr("botocore.retries.standard.StandardRetryConditions.is_retryable", lambda self, context: False)
    groups = [f"full-{number}" for number in range(5)]
    for name in groups:
        sides.aws.personalize.create_dataset_group(name=name)
    request = Request(TO_AWS, "shop", "shop-4")
    state = moved(runner, request)
    assert state.kept.failure == ("More than 5 dataset groups. Please delete some and try again.")
    assert (state.ended, state.kept.wanted) == (False, False)
    assert [step.label for step in state.kept.steps if step.state == "failed"] == ["Data set group shop-4"]
    delete_group(sides.aws, groups[0])
    assert moved(runner, request).ended


def test_a_group_of_the_account_comes_to_this_machine_and_can_be_explored(sides):
    state = moved(sides.runner(), Request(TO_AWS, "shop", "shop-5", EVERYTHING))
    assert state.ended
    group = find_group(sides.aws, "shop-5")
    items = group.dataset("Items").arn
    sides.aws.objects.put_bytes(
        f"s3://{sides.aws.bucket}/more.csv",
        b"ITEM_ID,CATEGORY,PRICE,AVAILABLE,CREATION_TIMESTAMP\ni0,toys,9.0,True,1700000000\n",
    )
    sides.aws.personalize.create_dataset_import_job(
        jobName="more",
        datasetArn=items,
        dataSource={"dataLocation": f"s3://{sides.aws.bucket}/more.csv"},
        roleArn=sides.aws.role_arn,
        importMode="INCREMENTAL",
    )
    back = moved(sides.runner(), Request(TO_HERE, "shop-5", "back", Choice(("shop-5",), ("shop-5",))))
    assert back.kept.failure == ""
    assert back.ended
    data = Library(sides.aws.home).open("back")
    assert (data.n_items, data.n_users) == (40, 50)
    here = sides.here(sides.aws)
    campaign = next(c for c in here.personalize.list_campaigns()["campaigns"] if c["name"] == "back")
    assert campaign["status"] == "ACTIVE"


def test_what_the_account_no_longer_has_as_files_is_exported_first_and_the_plan_says_so(sides):
    assert moved(sides.runner(), Request(TO_AWS, "shop", "shop-6")).ended
    for url in sides.aws.objects.list(f"s3://{sides.aws.bucket}/shop-6/"):
        if "items" in url:
            sides.aws.objects.delete(url)
    request = Request(TO_HERE, "shop-6", "back-6")
    differs = {sentences.label(step): step.differs for step in sides.runner().plan(request).steps}
    assert differs["Write items to a file"].startswith("AWS exports it first;")
    assert differs["Write users to a file"] == "What was only sent live is not in these files."
    assert moved(sides.runner(), request).ended
    assert find_group(sides.here(sides.aws), "back-6").dataset("Items").imported


def test_a_domain_group_keeps_its_domain_and_a_campaign_brings_its_solution(sides):
    personalize = sides.engine.client("personalize")
    group = personalize.create_dataset_group(name="store", domain="ECOMMERCE")["datasetGroupArn"]
    with pytest.raises(DataError, match="Nothing was imported into store"):
        sides.runner().plan(Request(TO_AWS, "store", "store"))
    schema = json.dumps(
        {
            "type": "record",
            "name": "Interactions",
            "namespace": "com.amazonaws.personalize.schema",
            "fields": [
                {"name": "USER_ID", "type": "string"},
                {"name": "ITEM_ID", "type": "string"},
                {"name": "EVENT_TYPE", "type": "string"},
                {"name": "TIMESTAMP", "type": "long"},
            ],
            "version": "1.0",
        }
    )
    arn = personalize.create_schema(name="store", schema=schema, domain="ECOMMERCE")["schemaArn"]
    dataset = personalize.create_dataset(
        name="store", datasetGroupArn=group, schemaArn=arn, datasetType="Interactions"
    )["datasetArn"]
    rows = "".join(f"u{n % 50},i{n % 40},View,{1_700_000_000 + n}\n" for n in range(2000))
    sides.engine.objects.put_bytes("s3://store/rows.csv", f"USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n{rows}".encode())
    personalize.create_dataset_import_job(
        jobName="store", datasetArn=dataset, dataSource={"dataLocation": "s3://store/rows.csv"}, roleArn=ROLE
    )
    personalize.create_recommender(
        name="most-viewed",
        datasetGroupArn=group,
        recipeArn="arn:aws:personalize:::recipe/aws-ecomm-popular-items-by-views",
    )
    train(sides.engine, group, "aws-sims", "store-sims")
    choice = Choice(campaigns=("store-sims",), recommenders=("most-viewed",))
    state = moved(sides.runner(), Request(TO_AWS, "store", "store", choice))
    assert state.kept.failure == ""
    described = sides.aws.personalize.describe_dataset_group(datasetGroupArn=find_group(sides.aws, "store").arn)[
        "datasetGroup"
    ]
    assert described["domain"] == "ECOMMERCE"
    labels = [step.label for step in state.kept.steps]
    assert labels[-4:] == ["Solution store-sims", "Train store-sims", "Campaign store-sims", "Recommender most-viewed"]
    names = [entry["name"] for entry in sides.aws.personalize.list_recommenders()["recommenders"]]
    assert "most-viewed" in names
