"""Whose prices count: those of the account's region, or of one that somebody chose; own prices before the table's.

Own prices and the choice are kept in HOME/prices.json. Every sentence about costs says whose prices it uses where these
are not the table's for the account's own region.
"""

import json
import math
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from services.backend import Backend, regions
from services.changes import changing_home
from services.errors import DataError
from services.language.phrases import capital
from services.money.prices import AS_OF, ELSEWHERE, PRICES, SOURCE, STEPS, Prices

FILE = "prices.json"
MAX_USD = 10_000.0
"""Of a single price; more is a slip of the comma."""
MAX_SOURCE = 200
LABELS: Mapping[str, str] = {
    "per_gb_imported": "GB imported",
    "per_training_hour": "training hour",
    "per_1000_requests": "1,000 requests",
    "recommender_hour": "hour of a recommender",
    "recommender_requests_per_hour": "requests in a recommender's hour",
    "per_1000_more_requests": "1,000 more requests of a recommender",
    "per_1000_batch_lists": "1,000 lists of a batch job",
    "per_gb_month_stored": "GB stored for a month",
}
"""What each price is of, as screens say it."""


@dataclass(frozen=True)
class PriceList:
    """The prices that count, and whose they are."""

    region: str
    prices: Prices
    as_of: str
    source: str
    is_own: bool = False
    is_chosen: bool = False
    """Whether somebody chose the region; else it is the account's, or stands for it."""
    problem: str = ""
    """Why the prices that are kept in the home folder are not used."""


@dataclass(frozen=True)
class KeptPrices:
    """What prices.json holds."""

    own: Mapping[str, PriceList] = field(default_factory=dict)
    chosen: str | None = None
    """The region whose prices count everywhere; None for the account's."""
    problem: str = ""


def price_list(backend: Backend) -> PriceList:
    """Return the prices that count for a backend."""
    kept = kept_prices(backend.home)
    region = kept.chosen or backend.region
    if region not in kept.own and region not in PRICES:
        region = ELSEWHERE
    found = kept.own.get(region) or table_list(region)
    return replace(found, is_chosen=kept.chosen is not None, problem=kept.problem)


def table_list(region: str) -> PriceList:
    """Return the table's prices of a region, those of ELSEWHERE where it does not have them."""
    region = region if region in PRICES else ELSEWHERE
    return PriceList(region, PRICES[region], AS_OF, SOURCE)


def kept_prices(home: Path) -> KeptPrices:
    """Return the own prices and the choice; a file that nobody can read is a problem, and nothing of it is used."""
    path = home / FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        own = {region: _read(region, entry) for region, entry in content["own"].items()}
        chosen = content["chosen"]
        if chosen is not None and chosen not in own and chosen not in PRICES:
            raise DataError(f"There are no prices of {chosen}.")
    except FileNotFoundError:
        return KeptPrices()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, DataError) as error:
        return KeptPrices(problem=f"{path} cannot be read as prices ({error}). Correct it, or delete it.")
    return KeptPrices(own, chosen)


def choose(home: Path, region: str | None) -> None:
    """Let the prices of a region count; None for those of the account's. Raises DataError where there are none."""
    kept = _usable(home)
    if region is not None and region not in kept.own and region not in PRICES:
        raise DataError(f"There are no prices of {region}. Put in your own first.")
    changing_home(home, "ChoosePrices", region or "account")
    _write(home, KeptPrices(kept.own, region))


def keep(home: Path, region: str, values: Mapping[str, Any], as_of: date, source: str) -> PriceList:
    """Keep own prices of a region in place of those before. Raises DataError for what cannot be a price.

    values: the fields of Prices; per_1000_requests has one price for each of STEPS.
    """
    kept = _usable(home)
    made = checked(region, values, as_of, source)
    changing_home(home, "KeepPrices", region)
    _write(home, KeptPrices({**kept.own, region: made}, kept.chosen))
    return made


def forget(home: Path, region: str) -> None:
    """Remove the own prices of a region; a choice of a region that has none any more ends with them."""
    kept = _usable(home)
    changing_home(home, "ForgetPrices", region)
    own = {name: entry for name, entry in kept.own.items() if name != region}
    chosen = kept.chosen if kept.chosen in own or kept.chosen in PRICES else None
    _write(home, KeptPrices(own, chosen))


def checked(region: str, values: Mapping[str, Any], as_of: date, source: str) -> PriceList:
    """Return own prices. Raises DataError with the value and what to do."""
    if region not in regions():
        raise DataError(f"Amazon Personalize has no region {region!r}. Choose one of {', '.join(regions())}.")
    source = " ".join(source.split())
    if not source:
        raise DataError("These prices have no source. Say where they come from, for example AWS's page or a contract.")
    if len(source) > MAX_SOURCE:
        raise DataError(f"The source has {len(source)} characters, at most {MAX_SOURCE} are kept. Shorten it.")
    if as_of > datetime.now(UTC).date():
        raise DataError(f"The date {as_of.isoformat()} is in the future. Give the day on which you read the prices.")
    missing = [LABELS[name] for name in LABELS if name not in values]
    if missing:
        raise DataError(f"There is no price of: {', '.join(missing)}. Put it in.")
    steps = [_price(price, "per_1000_requests") for price in values["per_1000_requests"]]
    if len(steps) != len(STEPS):
        raise DataError(f"There are {len(steps)} prices of 1,000 requests; give {len(STEPS)}, one for each step.")
    plain = {name: _price(values[name], name) for name in LABELS if name != "per_1000_requests"}
    prices = Prices(**plain, per_1000_requests=tuple(zip(STEPS, steps, strict=True)))
    return PriceList(region, prices, as_of.isoformat(), source, is_own=True)


def _price(value: Any, name: str) -> float:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    limit = 1e9 if name == "recommender_requests_per_hour" else MAX_USD
    if not 0 <= number <= limit:
        raise DataError(f"{capital(LABELS[name])}: {value} is not a number from 0 to {limit:,.0f}. Correct it.")
    return float(number)


def as_values(prices: Prices) -> dict[str, Any]:
    """Return prices as checked() takes them."""
    values = {entry.name: getattr(prices, entry.name) for entry in fields(prices)}
    return {**values, "per_1000_requests": [price for _, price in prices.per_1000_requests]}


def _read(region: str, entry: Mapping[str, Any]) -> PriceList:
    return checked(region, entry["prices"], date.fromisoformat(entry["as_of"]), entry["source"])


def _usable(home: Path) -> KeptPrices:
    kept = kept_prices(home)
    if kept.problem:
        raise DataError(kept.problem)
    return kept


def _write(home: Path, kept: KeptPrices) -> None:
    own = {
        region: {"as_of": entry.as_of, "source": entry.source, "prices": as_values(entry.prices)}
        for region, entry in kept.own.items()
    }
    path = home / FILE
    beside = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
    beside.write_text(json.dumps({"chosen": kept.chosen, "own": own}, indent=1), encoding="utf-8")
    os.replace(beside, path)
