"""Guesses the roles of the columns of a user's file, each with its reason, so that the user can confirm or change it.

A matching name makes a guess likely, matching name and values make it sure, and values alone leave it unsure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from services.library.columns import same_field
from services.library.schemas import LONG_TEXT, is_categorical
from services.sources.numbers import find_numbers, gaps, to_numbers
from services.sources.table_files import RawTable
from services.sources.time_units import FoundUnit, TimeUnit, find_unit, look_for_unit

SURE, LIKELY, UNSURE = "sure", "likely", "unsure"
_REQUIRED = {
    "Interactions": ("USER_ID", "ITEM_ID", "TIMESTAMP"),
    "Items": ("ITEM_ID",),
    "Users": ("USER_ID",),
}
_ROLES: Mapping[str, Mapping[str, str]] = {
    "Interactions": {
        "USER_ID": "who",
        "ITEM_ID": "what",
        "TIMESTAMP": "when",
        "EVENT_TYPE": "kind of event",
        "EVENT_VALUE": "value of the event",
        "METADATA": "context, kept under its own name",
        "IGNORE": "left out",
    },
    "Items": {
        "ITEM_ID": "what",
        "TITLE": "title",
        "YEAR": "year",
        "CATEGORY": "category",
        "IMAGE": "address of a picture",
        "CREATION_TIMESTAMP": "available since",
        "TEXT": "text to read",
        "METADATA": "kept under its own name",
        "IGNORE": "left out",
    },
    "Users": {
        "USER_ID": "who",
        "NAME": "name",
        "METADATA": "kept under its own name",
        "IGNORE": "left out",
    },
}
_PEOPLE = r"(user|customer|visitor|member|person|client|account|profile|viewer|reviewer|subscriber|buyer|household)"
_THINGS = (
    r"(item|product|movie|film|article|track|song|artist|book|content|video|listing|hotel|game|show|offer|"
    r"material|news)"
)
_ID = r"_?(id|no|nr|number|key|code|uuid|guid)?"
_NAMES: Mapping[str, tuple[str, ...]] = {
    "USER_ID": (rf"^{_PEOPLE}{_ID}$", r"^(uid|user_?name|email)$"),
    "ITEM_ID": (rf"^{_THINGS}{_ID}$", r"^(iid|sku|asin|isbn\d*|upc|ean|stock_?code|tmdb_?id)$"),
    "TIMESTAMP": (r"^(timestamp|ts|unix_?time|epoch)(_?(s|ms|utc))?$", r"(time|date|_at$|_on$|when|day$)"),
    "EVENT_TYPE": (r"^(event|interaction|action)_?(type|name)?$", r"^(behaviou?r|type|verb|activity)(_?type)?$"),
    "EVENT_VALUE": (r"^(event_?value|rating|stars|score)$", r"^(quantity|qty|weight|value|play_?count|count|dwell.*)$"),
    "TITLE": (r"^(title|.*_title|product_?name|item_?name|name|headline)$", r"(title|_name$)"),
    "YEAR": (r"^(year|release_?year|.*_year)$", r"year"),
    "CATEGORY": (
        r"^(genres?|categor(y|ies)(_?l?\d)?|department|topics?|tags?)$",
        r"(genre|categor|tag|topic|brand|style)",
    ),
    "IMAGE": (
        r"^(image|img|poster|picture|thumbnail|cover|photo)(_?ur[li])?$",
        r"(image|poster|thumbnail|cover|picture)",
    ),
    "CREATION_TIMESTAMP": (
        r"^creation_?timestamp$",
        r"^(created|added|available|published|release)(_?(at|on|date|from))?$",
    ),
    "TEXT": (r"^(description|plot|summary|overview|abstract|body|text|synopsis)$", r"(description|summary|text)"),
    "NAME": (r"^(name|full_?name|display_?name|user_?name|nick_?name)$", r"name$"),
}
_NO_TIME = re.compile(r"(_|^)(id|no|nr|number|code|key|ean|upc|isbn|sku|zip|plz|phone|hash)$|(session|order|invoice)")
"""Names of columns whose long numbers are no times, whatever they look like."""
N_SAMPLES = 3
_MULTIPLE = ("CATEGORY", "METADATA", "IGNORE")
"""Roles that more than one column may have."""


@dataclass(frozen=True)
class ColumnGuess:
    """The role that one column seems to have."""

    column: str
    role: str
    """A key of roles_for()."""
    why: str
    confidence: str
    """"sure", "likely", "unsure", or "" where no role fits the column."""
    samples: tuple[str, ...]
    unit: TimeUnit | None = None
    """Unit of time, for TIMESTAMP and CREATION_TIMESTAMP."""
    found: FoundUnit | None = None
    """The unit with how certain it is, for the same roles."""


def roles_for(dataset_type: str) -> Mapping[str, str]:
    """Return the roles of columns in "Interactions", "Items" or "Users", each with its description."""
    return _ROLES[dataset_type]


def required_roles(dataset_type: str) -> tuple[str, ...]:
    """Return the roles that the file must have."""
    return _REQUIRED[dataset_type]


def recognise(table: RawTable, dataset_type: str) -> tuple[ColumnGuess, ...]:
    """Guess the role of every column, in the order of the file."""
    claims: list[tuple[float, int, str, str]] = []
    columns = [str(name) for name in table.frame.columns]
    for place, name in enumerate(columns):
        for role in _ROLES[dataset_type]:
            score, why = _claim(name, table.frame[name], role, dataset_type)
            if score > 0:
                claims.append((score, place, role, why))
    roles: dict[int, tuple[str, str, str]] = {}
    taken: set[str] = set()
    for score, place, role, why in sorted(claims, key=lambda claim: (-claim[0], claim[1])):
        if place not in roles and role not in taken:
            roles[place] = (role, why, SURE if score >= 3 else LIKELY if score >= 2 else UNSURE)
            if role not in _MULTIPLE:
                taken.add(role)
    return tuple(_guess(name, table.frame[name], roles.get(place), dataset_type) for place, name in enumerate(columns))


def _guess(name: str, column: pd.Series, decided: tuple[str, str, str] | None, dataset_type: str) -> ColumnGuess:
    role, why, confidence = decided or (*_rest(name, column, dataset_type), "")
    found = look_for_unit(column) if role in ("TIMESTAMP", "CREATION_TIMESTAMP") else None
    return ColumnGuess(name, role, why, confidence, samples(column), found.unit if found else None, found)


def samples(column: pd.Series) -> tuple[str, ...]:
    """Return the first few different values, as text."""
    values = column.dropna().head(1_000)
    return tuple(dict.fromkeys(str(value)[:60] for value in values))[:N_SAMPLES]


def _claim(name: str, column: pd.Series, role: str, dataset_type: str) -> tuple[float, str]:
    """Return how well a role fits a column, and why: 3 sure, 2 likely, 1 by its values only, 0 not at all."""
    if role in ("METADATA", "IGNORE"):
        return 0.0, ""
    # schema names are compared without case and underscores; patterns see words apart
    plain = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()).strip("_")
    exact, loose = _NAMES[role][0], _NAMES[role][1]
    by_name = 2.0 if re.search(exact, plain) else 1.4 if re.search(loose, plain) else 0.0
    if same_field(plain) == same_field(role):
        by_name = 2.5
    if plain == "id" and role in _REQUIRED[dataset_type] and role != "TIMESTAMP" and dataset_type != "Interactions":
        by_name = 2.0
    if by_name == 0.0 and not (role == "TIMESTAMP" or role == "IMAGE"):
        return 0.0, ""
    if by_name == 0.0 and _NO_TIME.search(plain):
        return 0.0, ""
    fits, why = _values_fit(column, role, named=by_name > 0.0)
    if not fits:
        return 0.0, ""
    if by_name == 0.0:
        return 0.8, why
    return by_name + 1.0, f'its name "{name}" and {why}' if why else f'its name "{name}"'


def _values_fit(column: pd.Series, role: str, named: bool) -> tuple[bool, str]:
    values = column.dropna()
    if values.empty:
        return False, ""
    sample = values if len(values) <= 2_000 else values.sample(2_000, random_state=0)
    if role in ("TIMESTAMP", "CREATION_TIMESTAMP"):
        unit = find_unit(column, named)
        return unit is not None, f"values that read as {unit.words}" if unit else ""
    if role in ("EVENT_VALUE", "YEAR"):
        form = find_numbers(sample)
        if form is None:
            return False, ""
        numbers = to_numbers(sample, form).dropna()
        inside = len(numbers) > 0 and bool(numbers.between(1800, 2100).mean() >= 0.9)
        return (True, form.words) if role == "EVENT_VALUE" else (inside, "numbers that are years")
    text = sample.map(lambda value: "|".join(map(str, value)) if _is_list(value) else str(value)).astype("str")
    if role == "EVENT_TYPE":
        return text.nunique() <= 30 and text.nunique() < len(text) / 2, f"{text.nunique()} different values"
    if role == "IMAGE":
        web = text.str.contains(r"^https?://|\.(?:jpe?g|png|webp|gif|svg)(?:\?|$)", case=False)
        return bool(
            web.mean() >= 0.8 and text.str.contains(r"\.(?:jpe?g|png|webp|gif|svg)|image", case=False).mean() >= 0.5
        ), ("addresses of pictures")
    if role == "TEXT":
        return bool(text.str.len().mean() >= LONG_TEXT / 2), "long text"
    if role == "CATEGORY":
        return bool(text.str.len().mean() < 200), "values that repeat" if is_categorical(text) else ""
    if role == "TITLE":
        return bool(pd.to_numeric(text, errors="coerce").isna().mean() > 0.5), "text"
    return True, ""


def _rest(name: str, column: pd.Series, dataset_type: str) -> tuple[str, str]:
    """Return METADATA or IGNORE, and why, for a column that fits no other role."""
    if re.match(r"^(unnamed: ?\d+|index|level_\d+|)$", name.strip().lower()):
        return "IGNORE", "a row number"
    first = column.dropna()
    if first.empty or gaps(first).all():
        return "IGNORE", "it is empty"
    if dataset_type == "Interactions":
        text = first.head(5_000).map(str).astype("str")
        if not is_categorical(text) and find_numbers(first.head(5_000)) is None:
            return "IGNORE", "text whose values hardly repeat says nothing about the moment"
    return "METADATA", "kept, since it may be useful"


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple) or (hasattr(value, "tolist") and not isinstance(value, str))
