"""Sentences about money, in US dollars: before something is started that costs, and about what runs."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec

from services.backend import Backend
from services.language.phrases import counted, listed
from services.money.bill import TRAINING_HOURS_GUESS, Bill
from services.money.price_lists import KeptPrices, PriceList, price_list
from services.money.prices import (
    ELSEWHERE,
    PRICES,
    SECONDS_PER_HOUR,
    UNKNOWN_RECIPES,
    requests_usd,
    reserved_requests,
)

P = ParamSpec("P")
SMALL = 0.005
"""In US dollars: what would be written as $0.00."""


def usd(amount: float) -> str:
    """Return an amount: "$144", "$0.26"."""
    return f"${amount:,.0f}" if amount >= 10 else f"${amount:,.2f}"


def small(amount: float) -> str:
    """Return an amount that may be less than a cent: "below 1 cent", "about $0.26"."""
    return f"about {usd(amount)}" if amount >= SMALL else "below 1 cent"


def _at_aws(sentence: Callable[Concatenate[Backend, P], str]) -> Callable[Concatenate[Backend, P], str]:
    """Return a sentence that says "" where nothing costs: on every backend but AWS."""

    @wraps(sentence)
    def said(backend: Backend, /, *args: P.args, **kwargs: P.kwargs) -> str:
        return sentence(backend, *args, **kwargs) if backend.kind == "aws" else ""

    return said


@_at_aws
def before_training(backend: Backend, recipe: str, n_trials: int = 0) -> str:
    """Return what a training costs at AWS; "" where nothing costs.

    n_trials: of a search for settings before it.
    """
    if recipe in UNKNOWN_RECIPES:
        return "AWS bills this training by its interactions; the price is not in our table."
    priced = price_list(backend)
    per_hour = usd(priced.prices.per_training_hour)
    hours = f"AWS bills {per_hour} for each training hour of this; a small data set takes one or two."
    search = f" A search of {counted(n_trials, 'trial', 'trials')} takes many of them." if n_trials else ""
    return f"{hours}{search}{whose(priced, backend.region)}"


@_at_aws
def before_deploying(backend: Backend, recipe: str) -> str:
    """Return what a campaign costs at AWS; "" where nothing costs."""
    if recipe in UNKNOWN_RECIPES:
        return "AWS bills this campaign while it is there, even when nobody asks; the price is not in our table."
    priced = price_list(backend)
    monthly = requests_usd(priced.prices, reserved_requests(1))
    bills = (
        f"AWS bills about {usd(monthly)} a month for this campaign, even when nobody asks it. Delete it to end that."
    )
    return f"{bills}{whose(priced, backend.region)}"


@_at_aws
def before_batch(backend: Backend, n_lists: int = 1000) -> str:
    """Return what a batch job of this many lists costs at AWS, by default for each 1,000; "" where nothing costs."""
    priced = price_list(backend)
    cost = n_lists / 1000 * priced.prices.per_1000_batch_lists
    return f"AWS bills about {usd(cost)} for {counted(n_lists, 'list', 'lists')}.{whose(priced, backend.region)}"


@_at_aws
def before_segments(backend: Backend) -> str:
    """Return what a batch segment job costs at AWS; "" where nothing costs."""
    return "AWS bills this by the number of users it looks at; the price is not in our table."


@_at_aws
def before_import(backend: Backend, n_bytes: float) -> str:
    """Return what an import of this many bytes costs at AWS; "" where nothing costs."""
    priced = price_list(backend)
    once, monthly = priced.prices.per_gb_imported, priced.prices.per_gb_month_stored
    size = n_bytes / 1e9
    bills = f"AWS bills {usd(once)} for each GB imported, {small(size * once)} for this"
    stored = f"S3 bills {small(size * monthly)} a month for its files."
    return f"{bills}; {stored}{whose(priced, backend.region)}"


@_at_aws
def before_sending(backend: Backend) -> str:
    """Return what events and items that are sent cost at AWS; "" where nothing costs."""
    priced = price_list(backend)
    per_gb = usd(priced.prices.per_gb_imported)
    return f"AWS bills {per_gb} for each GB sent: thousands cost below 1 cent.{whose(priced, backend.region)}"


@_at_aws
def before_counting(backend: Backend) -> str:
    """Return what a metric attribution costs at AWS; "" where nothing costs."""
    return "CloudWatch bills what is counted as its custom metrics; the price is not in our table."


@_at_aws
def before_run(backend: Backend, recipes: Sequence[str]) -> str:
    """Return what trainings with a campaign each, deleted after about an hour, cost at AWS; "" where nothing costs."""
    priced = price_list(backend)
    n = sum(recipe not in UNKNOWN_RECIPES for recipe in recipes)
    unknown = sorted(set(recipes) & UNKNOWN_RECIPES)
    hour = requests_usd(priced.prices, SECONDS_PER_HOUR)
    cost = n * (TRAINING_HOURS_GUESS * priced.prices.per_training_hour + hour)
    hours = counted(n, "training hour", "training hours")
    known = f"AWS bills about {usd(cost)} for {hours}, and for a campaign of each for an hour." if n else ""
    more = f" The price of {listed(unknown)} is not in our table." if unknown else ""
    return f"{known}{more}{whose(priced, backend.region)}".strip()


@_at_aws
def before_keeping(backend: Backend, recipes: Sequence[str], n_more_trainings: int = 0) -> str:
    """Return what a training and a campaign of each recipe cost at AWS, where the campaigns stay; "" without costs."""
    priced = price_list(backend)
    known = [recipe for recipe in recipes if recipe not in UNKNOWN_RECIPES]
    once = (len(known) + n_more_trainings) * TRAINING_HOURS_GUESS * priced.prices.per_training_hour
    monthly = requests_usd(priced.prices, reserved_requests(len(known)))
    bills = f"AWS bills about {usd(once)} for the trainings, and about {usd(monthly)} a month for"
    campaigns = counted(len(known), "campaign", "campaigns")
    return f"{bills} {campaigns}, until you stop them on Settings.{whose(priced, backend.region)}"


@_at_aws
def before_reading(backend: Backend) -> str:
    """Return what reading files back from S3 costs; "" where nothing costs."""
    return "S3 bills what is read as data that leaves AWS; the price is not in our table."


@_at_aws
def before_going_on(backend: Backend) -> str:
    """Return what the missing trainings and campaigns of something that stopped cost at AWS; "" without costs."""
    priced = price_list(backend)
    training = usd(priced.prices.per_training_hour)
    campaign = usd(requests_usd(priced.prices, SECONDS_PER_HOUR))
    missing = f"AWS bills what is still missing: {training} for a training hour, {campaign} for an hour of a campaign."
    return f"{missing}{whose(priced, backend.region)}"


@_at_aws
def before_export(backend: Backend) -> str:
    """Return what an export costs at AWS; "" where nothing costs."""
    priced = price_list(backend)
    per_gb = usd(priced.prices.per_gb_month_stored)
    stored = f"S3 bills about {per_gb} a month for each GB of it, until the files are deleted."
    return f"The export's price is not in our table; {stored}{whose(priced, backend.region)}"


def whose(priced: PriceList, region: str) -> str:
    """Return whose prices these are, unless they are the table's of the account's own region."""
    if priced.problem:
        return f" {priced.problem} Until then these are the table's prices of {priced.region}."
    if priced.is_own:
        return f" These are your own prices of {priced.region} as of {_day(priced.as_of)}, from {priced.source}."
    if priced.region == region:
        return ""
    if priced.is_chosen:
        return f" These are the prices of {priced.region}, as chosen on Settings."
    return f" These are the prices of {priced.region}; those of {region} are not in our table."


def _day(as_of: str) -> str:
    """Return "1 December 2026" of "2026-12-01"."""
    day = date.fromisoformat(as_of)
    return f"{day.day} {day:%B %Y}"


def headline(costs: Bill, *, is_aws: bool) -> str:
    """Return what runs and what that costs, for the head of the screen."""
    if not costs.running:
        return "Nothing runs that is billed by the hour." if is_aws else "Nothing runs that AWS would bill by the hour."
    billed = "is billed" if is_aws else "would be billed at AWS"
    more = " and more" if costs.unknown else ""
    idle = sum(entry.idle for entry in costs.running)
    silent = f"; {counted(idle, 'of them is', 'of them are')} idle" if idle else ""
    running = counted(len(costs.running), "running resource", "running resources")
    return f"About {usd(costs.usd_per_month)}{more} a month {billed} for {running}{silent}."


def about_the_prices(priced: PriceList, region: str) -> str:
    """Return where the prices come from."""
    if priced.is_own and not priced.problem:
        return f"Prices in US dollars.{whose(priced, region)}"
    origin = f"Prices in US dollars as of {priced.as_of}, from two cost guides that agree; check AWS's own page."
    return f"{origin}{whose(priced, region)}"


def choices(regions: Sequence[str], kept: KeptPrices, region: str) -> dict[str | None, str]:
    """Return the regions whose prices can be chosen, with what a select calls them; None is the account's own."""
    offered = [name for name in regions if name in kept.own or name in PRICES]
    named: dict[str | None, str] = {
        name: f"{name} · {'your own prices' if name in kept.own else 'our table'}" for name in offered
    }
    mine = named.get(region, f"{region} · no prices, so those of {ELSEWHERE}")
    return {None: f"Where the backend is: {mine}", **named}
