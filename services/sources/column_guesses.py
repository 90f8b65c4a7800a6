"""Guesses the roles of the columns of a user's file, each with its reason, so that the user can confirm or change it.

A matching name makes a guess likely, matching name and values make it sure, and values alone leave it unsure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from services.library.columns import same_field
from services.library.schemas import LONG_TEXT, MAX_METADATA, is_categorical
from services.sources.column_names import NAMES, NO_TIME
from services.sources.column_names import plain as plain_name
from services.sources.column_worth import told
from services.sources.numbers import find_numbers, gaps, to_numbers
from services.sources.several_items import holds_several
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
        "ITEM_IDS": "what, several in a cell: one row for each",
        "TIMESTAMP": "when",
        "EVENT_TYPE": "kind of event",
        "EVENT_VALUE": "value of the event",
        "SESSION": "session or order, stands for who where that is empty",
        "ITEM_TITLE": "title of the item",
        "ITEM_CATEGORY": "category of the item",
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
N_SAMPLES = 3
_MULTIPLE = ("CATEGORY", "METADATA", "IGNORE", "ITEM_CATEGORY")
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


def recognise(
    table: RawTable, dataset_type: str, known: Mapping[str, tuple[str, str]] | None = None
) -> tuple[ColumnGuess, ...]:
    """Guess the role of every column, in the order of the file; known are roles with reasons, by column."""
    claims: list[tuple[float, int, str, str]] = []
    columns = [str(name) for name in table.frame.columns]
    for place, name in enumerate(columns):
        if known and name in known:
            claims.append((9.0, place, *known[name]))
            continue
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
    if {"ITEM_ID", "ITEM_IDS"} <= taken:  # another column has one item a row
        roles = {place: decided for place, decided in roles.items() if decided[0] != "ITEM_IDS"}
    _by_place(table, dataset_type, columns, roles, taken)
    guesses = [_guess(name, table.frame[name], roles.get(place), dataset_type) for place, name in enumerate(columns)]
    if dataset_type == "Interactions":
        guesses = _most_telling(table.frame, _of_items(table.frame, guesses))
    return tuple(guesses)


def _by_place(
    table: RawTable, dataset_type: str, columns: list[str], roles: dict[int, tuple[str, str, str]], taken: set[str]
) -> None:
    """Add the ids that no name tells: the first columns that could be ids, people before items."""
    taken |= {"ITEM_ID"} if "ITEM_IDS" in taken else set()
    wanted = [role for role in _REQUIRED[dataset_type] if role in ("USER_ID", "ITEM_ID") and role not in taken]
    if table.has_names and dataset_type == "Interactions":
        if "USER_ID" in wanted and "SESSION" in taken:
            place = next(place for place, decided in roles.items() if decided[0] == "SESSION")
            roles[place] = ("USER_ID", f"no other column says who: each {columns[place]} counts as one", LIKELY)
        return
    for place, name in enumerate(columns):
        if wanted and place not in roles and _may_be_ids(table.frame[name], dataset_type):
            roles[place] = (wanted.pop(0), "its place, as the first column that could be an id", UNSURE)
    if not table.has_names and dataset_type == "Interactions" and "EVENT_TYPE" not in taken:
        words = (
            place
            for place, name in enumerate(columns)
            if place not in roles
            and _values_fit(table.frame[name], "EVENT_TYPE", named=False)[0]
            and find_numbers(table.frame[name]) is None
        )
        place = next(words, -1)
        if place >= 0:
            roles[place] = ("EVENT_TYPE", "few different words", UNSURE)


def _may_be_ids(column: pd.Series, dataset_type: str) -> bool:
    values = column.dropna().head(10_000)
    if values.empty or bool(values.astype("str").str.len().mean() > 64):
        return False
    if dataset_type != "Interactions":
        return bool(values.is_unique)
    return min(20, len(values) / 4) < values.nunique() <= 0.9 * len(values)


def _of_items(frame: pd.DataFrame, guesses: list[ColumnGuess]) -> list[ColumnGuess]:
    """Return the guesses with columns that are the same in all rows of an item: they describe it, not the moment."""
    item = next((guess.column for guess in guesses if guess.role == "ITEM_ID"), None)
    if item is None:
        return guesses
    rows = frame.head(50_000)
    taken: set[str] = set()
    changed = []
    for guess in guesses:
        role = ""
        if guess.role in ("METADATA", "IGNORE") and guess.samples and find_numbers(rows[guess.column]) is None:
            plain = plain_name(guess.column)
            same = rows.groupby(item)[guess.column].nunique()
            if len(same) and bool((same <= 1).mean() >= 0.9):
                named = any(re.search(pattern, plain) for pattern in NAMES["TITLE"] + NAMES["TEXT"])
                grouped = any(re.search(pattern, plain) for pattern in NAMES["CATEGORY"])
                role = "ITEM_CATEGORY" if grouped else "ITEM_TITLE" if named and "ITEM_TITLE" not in taken else ""
        if role:
            taken.add(role)
            why = f'its name "{guess.column}", and it is the same in all rows of an item'
            guess = replace(guess, role=role, why=why, confidence=LIKELY)
        changed.append(guess)
    return changed


def _most_telling(frame: pd.DataFrame, guesses: list[ColumnGuess]) -> list[ColumnGuess]:
    """Return the guesses with at most five columns of context, those that tell most of the moment."""
    rows = frame.head(20_000)
    keys = {guess.role: guess.column for guess in guesses}
    worth = {
        guess.column: told(rows, guess.column, keys.get("USER_ID"), keys.get("ITEM_ID"))
        for guess in guesses
        if guess.role == "METADATA"
    }
    best = [column for column in sorted(worth, key=lambda column: -worth[column]) if worth[column]]
    chosen = best[: MAX_METADATA["Interactions"]]
    return [
        replace(guess, role="IGNORE", why="tells less than the others" if worth[guess.column] else "always the same")
        if guess.column in worth and guess.column not in chosen
        else guess
        for guess in guesses
    ]


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
    if role in ("METADATA", "IGNORE", "ITEM_TITLE", "ITEM_CATEGORY"):
        return 0.0, ""
    # schema names are compared without case and underscores; patterns see words apart
    plain = plain_name(name)
    exact, loose = NAMES[role][0], NAMES[role][1]
    by_name = 2.0 if re.search(exact, plain) else 1.4 if re.search(loose, plain) else 0.0
    if same_field(plain) == same_field(role):
        by_name = 2.5
    if plain == "id" and role in _REQUIRED[dataset_type] and role != "TIMESTAMP" and dataset_type != "Interactions":
        by_name = 2.0
    if by_name == 0.0 and not (role == "TIMESTAMP" or role == "IMAGE"):
        return 0.0, ""
    if by_name == 0.0 and NO_TIME.search(plain):
        return 0.0, ""
    if role == "ITEM_IDS":
        return (by_name + 1.2, f'its name "{name}", several in a cell') if holds_several(column) else (0.0, "")
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
