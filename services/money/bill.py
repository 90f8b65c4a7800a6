"""What an account's resources cost: now and in a month, and what they have cost so far, read from the resources.

On the embedded engine nothing costs anything; the same figures say what the same resources would cost at AWS.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from services.backend import Backend
from services.errors import service_errors
from services.money.price_lists import PriceList, price_list
from services.money.prices import (
    HOURS_PER_MONTH,
    SECONDS_PER_HOUR,
    UNKNOWN_RECIPES,
    Prices,
    recommender_usd,
    requests_usd,
    reserved_requests,
)
from services.personalize.datasets import pages
from services.personalize.states import Status

IDLE_DAYS = 7
TRAINING_HOURS_GUESS = 1.0
"""Of a training by itself whose solution has none yet."""


@dataclass(frozen=True)
class Running:
    """One resource that costs money as long as it is there."""

    kind: str
    """"campaign", "recommender" or "automatic training"."""
    name: str
    arn: str
    group_arn: str
    reserved_per_second: float
    """The requests per second that are billed at least; 0 for automatic training."""
    used_per_second: float | None
    """Requests per second of the last week; None where nobody counts them."""
    usd_per_month: float | None
    """None where the table has no price."""

    @property
    def idle(self) -> bool:
        """Whether nobody asked it anything for a week, as far as is known."""
        return self.used_per_second == 0.0


@dataclass(frozen=True)
class Bill:
    """What runs, and what has been paid already."""

    priced: PriceList
    """The prices that it was made with."""
    running: tuple[Running, ...]
    training_hours: float
    training_usd: float
    n_unknown_trainings: int
    """Trainings of recipes that the table has no price for."""
    stored_bytes: int | None
    """In the explorer's bucket; None where that is not asked."""
    stored_usd_per_month: float

    @property
    def usd_per_month(self) -> float:
        """What is known of a month's costs."""
        return self.stored_usd_per_month + sum(entry.usd_per_month or 0.0 for entry in self.running)

    @property
    def usd_per_hour(self) -> float:
        """The same of an hour."""
        return self.usd_per_month / HOURS_PER_MONTH

    @property
    def unknown(self) -> tuple[Running, ...]:
        """What costs something that the table does not know."""
        return tuple(entry for entry in self.running if entry.usd_per_month is None)


def bill(backend: Backend, used: Mapping[str, float] | None = None) -> Bill:
    """Read the account's resources and return what they cost. Raises ServiceError.

    used: requests per second by ARN, in place of CloudWatch's.
    """
    priced = price_list(backend)
    prices = priced.prices
    with service_errors():
        used = requests_of_last_week(backend) if used is None else used
        running = (*_campaigns(backend, prices, used), *_recommenders(backend, prices, used))
        trainings, hours, known_hours, n_unknown = _trainings(backend, prices)
    stored = stored_bytes(backend)
    return Bill(
        priced=priced,
        running=(*running, *trainings),
        training_hours=hours,
        training_usd=known_hours * prices.per_training_hour,
        n_unknown_trainings=n_unknown,
        stored_bytes=stored,
        stored_usd_per_month=(stored or 0) / 1e9 * prices.per_gb_month_stored,
    )


def _campaigns(backend: Backend, prices: Prices, used: Mapping[str, float]) -> list[Running]:
    """Return the campaigns; requests of all of them together go through the steps of the price."""
    personalize = backend.personalize
    solutions = {entry["solutionArn"]: entry for entry in pages(personalize, "list_solutions", "solutions")}
    described = []
    for solution_arn, solution in solutions.items():
        for summary in pages(personalize, "list_campaigns", "campaigns", solutionArn=solution_arn):
            if summary["status"] == Status.ACTIVE:
                campaign = personalize.describe_campaign(campaignArn=summary["campaignArn"])["campaign"]
                described.append((campaign, solution))
    groups = {
        arn: personalize.describe_solution(solutionArn=arn)["solution"]
        for arn in {solution["solutionArn"] for _, solution in described}
    }
    rates = {c["campaignArn"]: max(c.get("minProvisionedTPS", 1), used.get(c["campaignArn"], 0)) for c, _ in described}
    priced = {c["campaignArn"] for c, solution in described if _recipe(solution) not in UNKNOWN_RECIPES}
    together = reserved_requests(sum(rate for arn, rate in rates.items() if arn in priced))
    per_request = requests_usd(prices, together) / together if together else 0.0
    return [
        Running(
            kind="campaign",
            name=campaign["name"],
            arn=campaign["campaignArn"],
            group_arn=groups[solution["solutionArn"]]["datasetGroupArn"],
            reserved_per_second=campaign.get("minProvisionedTPS", 1),
            used_per_second=_used(used, campaign["campaignArn"]),
            usd_per_month=reserved_requests(rates[campaign["campaignArn"]]) * per_request
            if campaign["campaignArn"] in priced
            else None,
        )
        for campaign, solution in described
    ]


def _recommenders(backend: Backend, prices: Prices, used: Mapping[str, float]) -> list[Running]:
    found = []
    for entry in pages(backend.personalize, "list_recommenders", "recommenders"):
        if entry["status"] != Status.ACTIVE:
            continue  # one that is stopped costs nothing
        arn = entry["recommenderArn"]
        reserved = entry.get("recommenderConfig", {}).get("minRecommendationRequestsPerSecond", 1)
        usd = recommender_usd(prices, max(reserved, used.get(arn, 0)))
        found.append(
            Running(
                "recommender",
                entry["name"],
                arn,
                entry["datasetGroupArn"],
                reserved,
                _used(used, arn),
                usd,
            )
        )
    return found


def _trainings(backend: Backend, prices: Prices) -> tuple[list[Running], float, float, int]:
    """Return (solutions that train by themselves, hours so far, those with a price, trainings without one)."""
    personalize = backend.personalize
    automatic, hours, known_hours, n_unknown = [], 0.0, 0.0, 0
    for summary in pages(personalize, "list_solutions", "solutions"):
        solution = personalize.describe_solution(solutionArn=summary["solutionArn"])["solution"]
        is_known = _recipe(solution) not in UNKNOWN_RECIPES
        last = 0.0
        for version in pages(
            personalize, "list_solution_versions", "solutionVersions", solutionArn=solution["solutionArn"]
        ):
            if version["status"] != Status.ACTIVE:
                continue  # a training that failed costs nothing
            arn = version["solutionVersionArn"]
            described = personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]
            last = float(described.get("trainingHours", 0.0))
            hours += last
            known_hours += last if is_known else 0.0
            n_unknown += not is_known
        if solution.get("performAutoTraining"):
            per_month = 30 / _days(solution)
            usd = per_month * (last or TRAINING_HOURS_GUESS) * prices.per_training_hour if is_known else None
            automatic.append(
                Running(
                    "automatic training",
                    solution["name"],
                    solution["solutionArn"],
                    solution["datasetGroupArn"],
                    0.0,
                    None,
                    usd,
                )
            )
    return automatic, hours, known_hours, n_unknown


def requests_of_last_week(backend: Backend) -> dict[str, float]:
    """Return requests per second by ARN, as CloudWatch counted them in a week; empty where it cannot be asked.

    Names of the metrics: Amazon Personalize developer guide, "CloudWatch metrics for Amazon Personalize".
    """
    if backend.client is None:
        return {}
    end = datetime.fromtimestamp(time.time(), UTC)
    span = timedelta(days=IDLE_DAYS)
    counted: dict[str, float] = {}
    try:
        cloudwatch = backend.client("cloudwatch")
        for metric in ("GetRecommendations", "GetPersonalizedRanking"):
            listed = cloudwatch.list_metrics(Namespace="AWS/Personalize", MetricName=metric)["Metrics"]
            for entry in listed:
                arns = {d["Name"]: d["Value"] for d in entry["Dimensions"]}
                arn = arns.get("CampaignArn") or arns.get("RecommenderArn")
                if arn is None:
                    continue
                answer = cloudwatch.get_metric_statistics(
                    Namespace="AWS/Personalize",
                    MetricName=metric,
                    Dimensions=entry["Dimensions"],
                    StartTime=end - span,
                    EndTime=end,
                    Period=86_400,
                    Statistics=["Sum"],
                )
                requests = sum(point["Sum"] for point in answer["Datapoints"])
                counted[arn] = counted.get(arn, 0.0) + requests / span.total_seconds()
    except (ClientError, BotoCoreError):
        return {}
    return counted


def stored_bytes(backend: Backend) -> int | None:
    """Return the bytes in the explorer's bucket; None where S3 cannot be asked."""
    if backend.client is None:
        return None
    try:
        listed = backend.client("s3").get_paginator("list_objects_v2").paginate(Bucket=backend.bucket)
        return sum(int(entry["Size"]) for page in listed for entry in page.get("Contents", []))
    except (ClientError, BotoCoreError):
        return None


def _used(used: Mapping[str, float], arn: str) -> float | None:
    """Return the requests per second of a resource; CloudWatch has no figure of one that nobody asks."""
    return used.get(arn, 0.0) if used else None


def _recipe(solution: Mapping[str, Any]) -> str:
    return str(solution.get("recipeArn", "")).rpartition("/")[2]


def _days(solution: Mapping[str, Any]) -> int:
    expression = solution.get("solutionConfig", {}).get("autoTrainingConfig", {}).get("schedulingExpression", "")
    digits = "".join(character for character in expression if character.isdigit())
    return int(digits or 7)


def training_usd(seconds: float, prices: Prices) -> float:
    """Return about what a training of this long costs."""
    return seconds / SECONDS_PER_HOUR * prices.per_training_hour
