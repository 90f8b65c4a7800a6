"""Metric attributions through boto3: metrics, what events are owed to, and the reports of imports."""

import csv
import io

import pytest

from services.engine.testing import ROLE
from services.engine.testing import test_engine as opened_engine
from tests.engine.domain_world import FIRST, domain_world, recommender
from tests.engine.helpers import PREFIX, refused

METRICS = [
    {"eventType": "purchase", "metricName": "sales", "expression": "SUM(Items.PRICE)"},
    {"eventType": "View", "metricName": "views", "expression": "SAMPLECOUNT()"},
]
OUTPUT = {"roleArn": ROLE, "s3DataDestination": {"path": "s3://reports/metrics/"}}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with opened_engine(tmp_path_factory.mktemp("attribution") / "home") as engine:
        shop = domain_world(engine, "ECOMMERCE", "shop")
        yield engine, shop, recommender(engine, shop, "aws-ecomm-popular-items-by-views")


@pytest.fixture
def counted(world):
    """A metric attribution for one test."""
    personalize = world[0].client("personalize")
    arn = personalize.create_metric_attribution(
        name="impact", datasetGroupArn=world[1].group, metrics=METRICS, metricsOutputConfig=OUTPUT
    )["metricAttributionArn"]
    yield arn
    personalize.delete_metric_attribution(metricAttributionArn=arn)


def click(world, event_type, item, at, **more):
    world[0].client("personalize-events").put_events(
        trackingId=world[1].tracking_id,
        userId="u1",
        sessionId="s",
        eventList=[{"eventType": event_type, "itemId": item, "sentAt": at} | more],
    )


def test_an_attribution_is_described_listed_and_updated(world, counted):
    personalize = world[0].client("personalize")
    shown = personalize.describe_metric_attribution(metricAttributionArn=counted)["metricAttribution"]
    assert (counted, shown["status"]) == (f"{PREFIX}:metric-attribution/impact", "ACTIVE")
    assert shown["metricsOutputConfig"] == OUTPUT
    assert personalize.list_metric_attribution_metrics(metricAttributionArn=counted)["metrics"] == METRICS
    more = {"eventType": "Purchase", "metricName": "orders", "expression": "samplecount()"}
    personalize.update_metric_attribution(metricAttributionArn=counted, addMetrics=[more], removeMetrics=["views"])
    pages = personalize.get_paginator("list_metric_attribution_metrics").paginate(
        metricAttributionArn=counted, PaginationConfig={"PageSize": 1}
    )
    assert [metric["metricName"] for page in pages for metric in page["metrics"]] == ["sales", "orders"]
    listed = personalize.list_metric_attributions(datasetGroupArn=world[1].group)["metricAttributions"]
    assert [attribution["name"] for attribution in listed] == ["impact"]
    with refused("ResourceAlreadyExistsException", "two metrics of the name orders"):
        personalize.update_metric_attribution(metricAttributionArn=counted, addMetrics=[more])
    with refused("InvalidInputException", "removeMetrics names none"):
        personalize.update_metric_attribution(metricAttributionArn=counted, removeMetrics=["none"])


def test_live_events_are_owed_to_the_list_that_they_name(world, counted):
    engine, shop, arn = world
    answer = engine.client("personalize-runtime").get_recommendations(recommenderArn=arn, userId="u1", numResults=5)
    second = answer["itemList"][1]["itemId"]
    click(world, "View", second, FIRST, recommendationId=answer["recommendationId"])
    click(world, "Purchase", "i4", FIRST + 60, metricAttribution={"eventAttributionSource": "newsletter"})
    click(world, "Purchase", "i6", FIRST + 901)
    click(world, "Other", "i6", FIRST + 902)
    values = engine.capabilities.attribution(shop.group)
    found = {(value.metric, value.source, value.timestamp): value.value for value in values}
    step = FIRST // 900 * 900
    assert found == {
        ("views", arn, step): 1.0,
        ("sales", "newsletter", step): 4.5,
        ("sales", "SOURCE_NAME_UNDEFINED", (FIRST + 901) // 900 * 900): 6.5,
    }
    newest, *_, first = engine.capabilities.attributed_events(shop.group)
    assert (newest.event_type, newest.source, newest.place) == ("Other", "SOURCE_NAME_UNDEFINED", None)
    assert (first.item_id, first.source, first.place, first.list_length) == (second, arn, 2, 5)


def test_events_before_the_attribution_do_not_count(world, counted):
    assert world[0].capabilities.attribution(world[1].group) == []
    assert world[0].capabilities.attributed_events(world[1].group) == []


def test_an_import_writes_a_report_of_what_it_added(world, counted):
    engine = world[0]
    personalize = engine.client("personalize")
    rows = ["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP"]
    rows += [
        f"late{n},i{n % 4},{'View' if n % 2 else 'Purchase'},{FIRST + 900_000 + n // 500 * 900}" for n in range(1000)
    ]
    engine.objects.put_bytes("s3://worlds/late.csv", "\n".join(rows).encode())
    job = personalize.create_dataset_import_job(
        jobName="late",
        datasetArn=f"{PREFIX}:dataset/shop/INTERACTIONS",
        dataSource={"dataLocation": "s3://worlds/late.csv"},
        roleArn=ROLE,
        importMode="INCREMENTAL",
        publishAttributionMetricsToS3=True,
    )["datasetImportJobArn"]
    described = personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"]
    assert (described["status"], described["publishAttributionMetricsToS3"]) == ("ACTIVE", True), described
    (url,) = engine.objects.list("s3://reports/metrics/")
    assert url.startswith("s3://reports/metrics/AggregatedAttributionMetrics - ")
    with engine.objects.open_read(url) as file:
        lines = list(csv.DictReader(io.StringIO(file.read().decode())))
    assert list(lines[0]) == [
        "METRIC_NAME",
        "EVENT_TYPE",
        "VALUE",
        "MATH_FUNCTION",
        "EVENT_ATTRIBUTION_SOURCE",
        "TIMESTAMP",
    ]
    first = (FIRST + 900_000) // 900 * 900
    assert [(row["METRIC_NAME"], row["EVENT_TYPE"], float(row["VALUE"]), int(row["TIMESTAMP"])) for row in lines] == [
        ("SALES", "PURCHASE", 125 * 0.5 + 125 * 2.5, first),
        ("VIEWS", "VIEW", 250.0, first),
        ("SALES", "PURCHASE", 125 * 0.5 + 125 * 2.5, first + 900),
        ("VIEWS", "VIEW", 250.0, first + 900),
    ]
    assert {row["EVENT_ATTRIBUTION_SOURCE"] for row in lines} == {"SOURCE_NAME_UNDEFINED"}


@pytest.mark.parametrize(
    ("metrics", "words"),
    [
        ([], "1 to 10"),
        ([{"eventType": "x", "metricName": "m", "expression": "AVG(Items.PRICE)"}], "Use SAMPLECOUNT()"),
        ([{"eventType": "x", "metricName": "m", "expression": "SUM(Items.CATEGORY_L1)"}], "no column of numbers"),
        ([{"eventType": "", "metricName": "m", "expression": "SAMPLECOUNT()"}], "needs an eventType"),
    ],
)
def test_metrics_that_cannot_be_counted(world, metrics, words):
    with refused("InvalidInputException", words):
        world[0].client("personalize").create_metric_attribution(
            name="bad", datasetGroupArn=world[1].group, metrics=metrics, metricsOutputConfig=OUTPUT
        )


def test_a_group_has_one_attribution_and_publishing_needs_it(world, counted):
    personalize = world[0].client("personalize")
    with refused("LimitExceededException", "has a metric attribution already"):
        personalize.create_metric_attribution(
            name="second", datasetGroupArn=world[1].group, metrics=METRICS, metricsOutputConfig=OUTPUT
        )
    request = {
        "jobName": "x",
        "dataSource": {"dataLocation": "s3://worlds/late.csv"},
        "roleArn": ROLE,
        "publishAttributionMetricsToS3": True,
    }
    with refused("InvalidInputException", "is for interactions"):
        personalize.create_dataset_import_job(datasetArn=f"{PREFIX}:dataset/shop/ITEMS", **request)
    personalize.update_metric_attribution(metricAttributionArn=counted, metricsOutputConfig={"roleArn": ROLE})
    with refused("InvalidInputException", "with an s3DataDestination"):
        personalize.create_dataset_import_job(datasetArn=f"{PREFIX}:dataset/shop/INTERACTIONS", **request)
