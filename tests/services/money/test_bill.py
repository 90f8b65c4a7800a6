"""What is billed: three constellations, each checked by hand against the table, and how everything is stopped."""

from types import SimpleNamespace

import pytest

from services.backend import open_backend
from services.engine.testing import test_engine, tiny_world, train
from services.money import sentences
from services.money.bill import Bill, Running, bill, requests_of_last_week, training_usd
from services.money.price_lists import table_list
from services.money.prices import AS_OF, PRICES, recommender_usd, requests_usd, reserved_requests
from services.money.stopping import stop_all, stop_plan

EAST = PRICES["us-east-1"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Give an engine with one campaign, and a backend on its home."""
    home = tmp_path_factory.mktemp("money")
    with test_engine(home) as engine:
        world = tiny_world(engine)
        backend = open_backend({}, home)
        yield SimpleNamespace(engine=engine, world=world, backend=backend)
        backend.close()


def test_one_idle_campaign(shop):
    """By hand: 1 request a second for 30 days is 2,592,000; 2,592 × $0.0556 = $144.12."""
    costs = bill(shop.backend, used={"arn:of:another": 3.0})
    (campaign,) = costs.running
    assert (campaign.kind, campaign.name, campaign.reserved_per_second) == ("campaign", "shop", 1)
    assert campaign.usd_per_month == pytest.approx(144.1152)
    assert costs.usd_per_month == pytest.approx(144.1152)
    assert costs.usd_per_hour == pytest.approx(0.20016)
    assert campaign.idle
    assert campaign.group_arn == shop.world.group
    assert not bill(shop.backend, used={}).running[0].idle, "nobody counted"


def test_two_busy_campaigns_pass_the_first_step_of_the_price(shop):
    """By hand: 20 + 15 a second are 90,720,000; 72,000 × $0.0556 + 18,720 × $0.0278 = $4,003.20 + $520.42."""
    _, other = train(shop.engine, shop.world.group, "aws-sims", "goes-with")
    try:
        costs = bill(shop.backend, used={shop.world.campaign: 20.0, other: 15.0})
        assert costs.usd_per_month == pytest.approx(4003.20 + 520.416)
        assert [entry.usd_per_month for entry in costs.running] == pytest.approx(
            [4523.616 * 20 / 35, 4523.616 * 15 / 35]
        )
        assert not any(entry.idle for entry in costs.running)
    finally:
        shop.backend.personalize.delete_campaign(campaignArn=other)


def test_a_recommender_and_its_training():
    """By hand: (0.375 + 3.2 × 0.0833) × 720 = $461.92 at 2 requests a second; 1.073 hours × $0.24 = $0.26."""
    assert recommender_usd(EAST, 2) == pytest.approx(461.9232)
    assert recommender_usd(EAST, 1) == pytest.approx(270.0), "3,600 requests are in the hour's 4,000"
    assert training_usd(1.073 * 3600, EAST) == pytest.approx(0.25752)


def test_every_step_of_the_price():
    """By hand: 72 M at 0.0556, 648 M at 0.0278, 80 M at 0.0139 per 1,000."""
    assert requests_usd(EAST, 800e6) == pytest.approx(4003.2 + 18014.4 + 1112.0)
    assert requests_usd(EAST, 0) == 0
    assert reserved_requests(1) == 2_592_000


def test_training_so_far_is_counted_from_the_versions(shop):
    costs = bill(shop.backend, used={})
    described = shop.backend.personalize.describe_solution_version(solutionVersionArn=shop.world.solution_version)
    assert costs.training_hours >= described["solutionVersion"]["trainingHours"] > 0
    assert costs.training_usd == pytest.approx(costs.training_hours * 0.24)


def test_stop_all_says_first_what_it_would_stop(shop):
    _, campaign = train(shop.engine, shop.world.group, "aws-sims", "to-be-stopped")
    costs = bill(shop.backend, used={})
    plan = [entry for entry in stop_plan(shop.backend, costs) if entry.name == "to-be-stopped"]
    assert [(entry.kind, entry.arn) for entry in plan] == [("campaign", campaign)]
    assert plan[0].usd_per_month == pytest.approx(144.1152)
    listed = shop.backend.personalize.list_campaigns()["campaigns"]
    assert campaign in [entry["campaignArn"] for entry in listed], "a plan stops nothing"
    assert stop_all(shop.backend, plan) == 1
    listed = shop.backend.personalize.list_campaigns()["campaigns"]
    assert campaign not in [entry["campaignArn"] for entry in listed]
    assert stop_all(shop.backend, plan) == 0, "what is gone is no error"


class Counted:
    """CloudWatch with one metric of a campaign that answered 604,800 requests in a week."""

    def list_metrics(self, Namespace, MetricName):
        dimensions = [{"Name": "CampaignArn", "Value": "arn:c"}]
        return {"Metrics": [{"Dimensions": dimensions}] if MetricName == "GetRecommendations" else []}

    def get_metric_statistics(self, **_):
        return {"Datapoints": [{"Sum": 604_000.0}, {"Sum": 800.0}]}


def test_requests_are_those_that_cloudwatch_counted():
    backend = SimpleNamespace(client=lambda service: Counted())
    assert requests_of_last_week(backend) == {"arn:c": 1.0}


def test_sentences_say_what_a_button_costs(tmp_path):
    aws = SimpleNamespace(kind="aws", region="us-east-1", home=tmp_path)
    local = SimpleNamespace(kind="embedded", region="us-east-1", home=tmp_path)
    assert "about $144 a month" in sentences.before_deploying(aws, "aws-user-personalization")
    assert "even when nobody asks" in sentences.before_deploying(aws, "aws-user-personalization-v2")
    assert "$0.24 for each training hour" in sentences.before_training(aws, "aws-sims")
    assert "about $0.07 for 1000 lists" in sentences.before_batch(aws, 1000).replace(",", "")
    assert "S3 bills about $0.02 a month for each GB" in sentences.before_export(aws)
    for nothing in (
        sentences.before_export(local),
        sentences.before_deploying(local, "aws-sims"),
        sentences.before_training(local, "aws-sims"),
        sentences.before_batch(local, 5),
    ):
        assert nothing == ""


def test_sentences_say_whose_prices_they_are_where_the_region_has_none_in_the_table(tmp_path):
    frankfurt = SimpleNamespace(kind="aws", region="eu-central-1", home=tmp_path)
    whose = "These are the prices of us-east-1; those of eu-central-1 are not in our table."
    for sentence in (
        sentences.before_deploying(frankfurt, "aws-sims"),
        sentences.before_training(frankfurt, "aws-sims"),
        sentences.before_batch(frankfurt, 5),
        sentences.before_export(frankfurt),
    ):
        assert sentence.endswith(whose)


def test_the_headline_names_what_is_idle_and_what_is_not_known():
    running = (
        Running("campaign", "a", "arn:a", "g", 1, 0.0, 144.1),
        Running("campaign", "b", "arn:b", "g", 1, 0.5, None),
    )
    costs = Bill(table_list("eu-west-1"), running, 1.0, 0.24, 0, None, 0.0)
    assert sentences.headline(costs, is_aws=True) == (
        "About $144 and more a month is billed for 2 running resources; 1 of them is idle."
    )
    assert "would be billed at AWS" in sentences.headline(costs, is_aws=False)
    assert sentences.headline(Bill(table_list("eu-west-1"), (), 0, 0, 0, None, 0), is_aws=True).startswith(
        "Nothing runs"
    )


def test_the_table_has_a_date_and_says_when_it_is_of_another_region():
    assert AS_OF in sentences.about_the_prices(table_list("us-east-1"), "us-east-1")
    elsewhere = sentences.about_the_prices(table_list("eu-west-1"), "eu-west-1")
    assert "those of eu-west-1 are not in our table" in elsewhere
    assert table_list("eu-west-1").prices == EAST


def test_a_run_is_its_training_hours_and_an_hour_of_each_campaign(tmp_path):
    """By hand: 2 × $0.24 and 2 × 3,600 requests at $0.0556 a thousand, $0.88; v2 has no price in the table."""
    aws = SimpleNamespace(kind="aws", region="us-east-1", home=tmp_path)
    said = sentences.before_run(aws, ["aws-sims", "aws-sims", "aws-user-personalization-v2"])
    assert said == (
        "AWS bills about $0.88 for 2 training hours, and for a campaign of each for an hour. "
        "The price of aws-user-personalization-v2 is not in our table."
    )


def test_an_import_is_its_gigabytes(tmp_path):
    """By hand: 2 GB at $0.05 once, and at $0.023 a month in S3."""
    aws = SimpleNamespace(kind="aws", region="us-east-1", home=tmp_path)
    assert sentences.before_import(aws, 2e9) == (
        "AWS bills $0.05 for each GB imported, about $0.10 for this; S3 bills about $0.05 a month for its files."
    )
    assert "below 1 cent for this" in sentences.before_import(aws, 2e6)
