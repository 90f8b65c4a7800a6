"""Sentences about money, in US dollars: before something is started that costs, and about what runs."""

from services.backend import Backend
from services.language.phrases import counted
from services.money.bill import Bill
from services.money.prices import AS_OF, ELSEWHERE, PRICES, UNKNOWN_RECIPES, prices_of, requests_usd, reserved_requests


def usd(amount: float) -> str:
    """Return an amount: "$144", "$0.26"."""
    return f"${amount:,.0f}" if amount >= 10 else f"${amount:,.2f}"


def before_training(backend: Backend, recipe: str) -> str:
    """Return what a training costs at AWS; "" where nothing costs."""
    if backend.kind != "aws":
        return ""
    if recipe in UNKNOWN_RECIPES:
        return "AWS bills this training by its interactions; the price is not in our table."
    per_hour = prices_of(backend.region).per_training_hour
    hours = f"AWS bills {usd(per_hour)} for each training hour of this; a small data set takes one or two."
    return f"{hours}{_whose(backend.region)}"


def before_deploying(backend: Backend, recipe: str) -> str:
    """Return what a campaign costs at AWS; "" where nothing costs."""
    if backend.kind != "aws":
        return ""
    if recipe in UNKNOWN_RECIPES:
        return "AWS bills this campaign while it is there, even when nobody asks; the price is not in our table."
    monthly = requests_usd(prices_of(backend.region), reserved_requests(1))
    bills = (
        f"AWS bills about {usd(monthly)} a month for this campaign, even when nobody asks it. Delete it to end that."
    )
    return f"{bills}{_whose(backend.region)}"


def before_batch(backend: Backend, n_lists: int) -> str:
    """Return what a batch job costs at AWS; "" where nothing costs."""
    if backend.kind != "aws":
        return ""
    cost = n_lists / 1000 * prices_of(backend.region).per_1000_batch_lists
    return f"AWS bills about {usd(cost)} for {counted(n_lists, 'list', 'lists')}.{_whose(backend.region)}"


def before_export(backend: Backend) -> str:
    """Return what an export costs at AWS; "" where nothing costs."""
    if backend.kind != "aws":
        return ""
    per_gb = usd(prices_of(backend.region).per_gb_month_stored)
    stored = f"S3 bills about {per_gb} a month for each GB of it, until the files are deleted."
    return f"The export's price is not in our table; {stored}{_whose(backend.region)}"


def _whose(region: str) -> str:
    """Return whose prices these are, where the table does not have the region's own."""
    return "" if region in PRICES else f" These are the prices of {ELSEWHERE}; those of {region} are not in our table."


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


def about_the_table(region: str) -> str:
    """Return where the prices come from."""
    other = "" if region in PRICES else f" The table has no prices of {region}; these are those of {ELSEWHERE}."
    return f"Prices in US dollars as of {AS_OF}, from two cost guides that agree; check AWS's own page.{other}"
