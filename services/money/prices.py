"""The prices of Amazon Personalize in US dollars, as one dated table with its sources.

AWS's own page of prices could not be read when this table was made; its figures come from two independent guides that
agree, and the table says so. Prices of other regions were found nowhere with a source, so a region that is not in the
table is billed here as the region that is, unless own prices are put in (services/money/price_lists.py). What is not in
the table has no price here, and the screens say that they do not know it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

AS_OF = "November 2026"
SOURCE = "two independent cost guides that agree; AWS publishes its own at aws.amazon.com/personalize/pricing"
ELSEWHERE = "us-east-1"
"""The region whose prices stand for those of regions that are not in the table."""
STEPS = (72e6, 720e6, float("inf"))
"""Requests per month up to which each price of 1,000 requests counts."""
HOURS_PER_MONTH = 720.0
"""Of 30 days."""
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Prices:
    """Prices of one region, in US dollars."""

    per_gb_imported: float
    per_training_hour: float
    """Of 4 vCPU and 8 GiB, so that a training of many machines has more hours than the clock shows."""
    per_1000_requests: tuple[tuple[float, float], ...]
    """(requests per month up to which, price): what campaigns answer or reserve."""
    recommender_hour: float
    """Of a recommender for up to 100,000 users."""
    recommender_requests_per_hour: float
    """That a recommender's hour includes."""
    per_1000_more_requests: float
    """Of a recommender, above what its hour includes."""
    per_1000_batch_lists: float
    per_gb_month_stored: float
    """In S3, standard storage."""


PRICES: Mapping[str, Prices] = {
    "us-east-1": Prices(
        per_gb_imported=0.05,
        per_training_hour=0.24,
        per_1000_requests=tuple(zip(STEPS, (0.0556, 0.0278, 0.0139), strict=True)),
        recommender_hour=0.375,
        recommender_requests_per_hour=4000.0,
        per_1000_more_requests=0.0833,
        per_1000_batch_lists=0.067,
        per_gb_month_stored=0.023,
    ),
}
UNKNOWN_RECIPES = frozenset(
    {
        *("aws-user-personalization-v2", "aws-personalized-ranking-v2", "aws-next-best-action"),
        *("aws-semantic-similarity", "aws-item-affinity", "aws-item-attribute-affinity"),
    }
)
"""Recipes with prices of their own, which are not in the table."""


def requests_usd(prices: Prices, requests_per_month: float) -> float:
    """Return what this many requests of a month cost, by the steps of the price."""
    usd = below = 0.0
    for limit, per_1000 in prices.per_1000_requests:
        if requests_per_month > below:
            usd += (min(requests_per_month, limit) - below) / 1000 * per_1000
        below = limit
    return usd


def reserved_requests(requests_per_second: float) -> float:
    """Return the requests of a month that a reserved rate stands for."""
    return requests_per_second * SECONDS_PER_HOUR * HOURS_PER_MONTH


def recommender_usd(prices: Prices, requests_per_second: float) -> float:
    """Return what a recommender for up to 100,000 users costs in a month at this rate, reserved or used."""
    more = max(0.0, requests_per_second * SECONDS_PER_HOUR - prices.recommender_requests_per_hour)
    return (prices.recommender_hour + more / 1000 * prices.per_1000_more_requests) * HOURS_PER_MONTH
