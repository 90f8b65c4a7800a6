"""Sentences about money, in US dollars: before something is started that costs, and about what runs."""

from collections.abc import Sequence
from datetime import date

from services.backend import Backend
from services.language.phrases import counted
from services.money.bill import Bill
from services.money.price_lists import KeptPrices, PriceList, price_list
from services.money.prices import ELSEWHERE, PRICES, UNKNOWN_RECIPES, requests_usd, reserved_requests


def usd(amount: float) -> str:
    """Return an amount: "$144", "$0.26"."""
    return f"${amount:,.0f}" if amount >= 10 else f"${amount:,.2f}"


def before_training(backend: Backend, recipe: str) -> str:
    """Return what a training costs at AWS; "" where nothing costs."""
    if backend.kind != "aws":
        return ""
    if recipe in UNKNOWN_RECIPES:
        return "AWS bills this training by its interactions; the price is not in our table."
    priced = price_list(backend)
    per_hour = usd(priced.prices.per_training_hour)
    hours = f"AWS bills {per_hour} for each training hour of this; a small data set takes one or two."
    return f"{hours}{whose(priced, backend.region)}"


def before_deploying(backend: Backend, recipe: str) -> str:
    """Return what a campaign costs at AWS; "" where nothing costs."""
    if backend.kind != "aws":
        return ""
    if recipe in UNKNOWN_RECIPES:
        return "AWS bills this campaign while it is there, even when nobody asks; the price is not in our table."
    priced = price_list(backend)
    monthly = requests_usd(priced.prices, reserved_requests(1))
    bills = (
        f"AWS bills about {usd(monthly)} a month for this campaign, even when nobody asks it. Delete it to end that."
    )
    return f"{bills}{whose(priced, backend.region)}"


def before_batch(backend: Backend, n_lists: int) -> str:
    """Return what a batch job costs at AWS; "" where nothing costs."""
    if backend.kind != "aws":
        return ""
    priced = price_list(backend)
    cost = n_lists / 1000 * priced.prices.per_1000_batch_lists
    return f"AWS bills about {usd(cost)} for {counted(n_lists, 'list', 'lists')}.{whose(priced, backend.region)}"


def before_export(backend: Backend) -> str:
    """Return what an export costs at AWS; "" where nothing costs."""
    if backend.kind != "aws":
        return ""
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
