"""Items that really are new: put one by one or from a file, learned by the next version, then matched with users.

PutItems replaces a record by its id and takes ten a call; its properties are a JSON string with the schema's names in
camelCase (AWS developer guide, "Importing items individually"). aws-hrnn-coldstart counts an item as new by two limits
and requires a hundred of them, so the limit of interactions is raised until the least chosen items complete them.
"""

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from botocore.exceptions import ClientError

from services.backend import Backend
from services.changes import changing_home
from services.errors import DataError, service_errors, to_service_error
from services.laboratory.columns import item_fields
from services.library.catalog import Catalog
from services.library.columns import CREATION_TIMESTAMP, ITEM_ID, camel_case, canonical_name
from services.library.store import LoadedData
from services.personalize import training
from services.personalize.campaigns import Campaign, for_recipes
from services.personalize.datasets import GroupView, find_group
from services.personalize.recipe_names import HRNN_COLDSTART
from services.screens.cold_start.split import MIN_NEW
from services.sources.table_files import RawTable

RECIPE = HRNN_COLDSTART
PER_CALL = 10
MAX_ITEMS = 1_000
"""Of one upload; more items are a case for an import."""
MAX_ASKED = 500
"""Users among whom the best fits are searched."""
MAX_LIST = 500
N_FITS = 5
FOREVER_DAYS = "36500"
Row = dict[str, Any]
"""Cells of an item by column, with ITEM_ID."""


@dataclass(frozen=True)
class Field:
    """A field of the items' schema."""

    name: str
    numeric: bool
    whole: bool
    required: bool

    @property
    def label(self) -> str:
        """What a form calls it."""
        return self.name.replace("_", " ").lower()


@dataclass(frozen=True)
class Fit:
    """The place of a new item in one user's list."""

    user_id: str
    rank: int
    """From 1, in the user's list of all new items."""
    score: float | None


Fits = dict[str, list[Fit]]
"""The best fits by item, best first."""


def fields(data: LoadedData) -> list[Field]:
    """Return the fields of the items' schema except the id and the time of creation, which every item has."""
    if "Items" not in data.schemas:
        return []
    return [
        Field(field.name, field.numeric, field.whole, field.required)
        for field in item_fields(data.schemas["Items"])
        if field.name not in (ITEM_ID, CREATION_TIMESTAMP)
    ]


def read_rows(table: RawTable, data: LoadedData) -> list[Row]:
    """Return the rows of a file by the schema's names. Raises DataError naming what is missing."""
    frame = table.frame.rename(columns={name: canonical_name(str(name)) for name in table.frame.columns})
    if ITEM_ID not in frame:
        raise DataError(f"{table.filename} has no column ITEM_ID; it has {', '.join(map(str, frame.columns))}.")
    if len(frame) > MAX_ITEMS:
        raise DataError(f"{table.filename} has {len(frame):,} rows; up to {MAX_ITEMS:,} can be put. Use Data.")
    names = [field.name for field in fields(data) if field.name in frame]
    rows = frame[[ITEM_ID, *names]].to_dict("records")
    return [{str(k): v for k, v in row.items() if not pd.isna(v)} for row in rows]


def checked(rows: Sequence[Mapping[str, Any]], data: LoadedData, catalog: Catalog) -> list[Row]:
    """Return the rows as PutItems takes their properties, with ITEM_ID. Raises DataError with value and remedy."""
    ready, seen = [], set()
    for number, row in enumerate(rows, start=1):
        item_id = str(row.get(ITEM_ID, "")).strip()
        if not item_id:
            raise DataError(f"Row {number} has no ITEM_ID. Give every new item an id of its own.")
        if item_id in catalog and catalog.n_events(item_id):
            raise DataError(f"{item_id} is not new: {catalog.label(item_id)} has events. Choose another id.")
        if item_id in seen:
            raise DataError(f"{item_id} is given twice. Give every new item an id of its own.")
        seen.add(item_id)
        ready.append({ITEM_ID: item_id, **{f.name: v for f in fields(data) if (v := _value(row, f)) is not None}})
    return ready


def put(backend: Backend, group: str, rows: Sequence[Mapping[str, Any]], schema: str) -> int:
    """Put checked rows into the group's Items; return the number of calls. Raises ServiceError, DataError."""
    view = find_group(backend, group)
    dataset = None if view is None else view.dataset("Items")
    if dataset is None:
        raise DataError(f"{group} has no Items data set on this service. Import items on Data first.")
    dated = any(field["name"] == CREATION_TIMESTAMP for field in json.loads(schema)["fields"])
    calls = 0
    with service_errors():
        for first in range(0, len(rows), PER_CALL):
            items = []
            for row in rows[first : first + PER_CALL]:
                properties = {camel_case(name): value for name, value in row.items() if name != ITEM_ID}
                if dated:
                    properties[camel_case(CREATION_TIMESTAMP)] = int(time.time())
                items.append({"itemId": row[ITEM_ID], "properties": json.dumps(properties)})
            backend.events.put_items(datasetArn=dataset.arn, items=items)
            calls += 1
    return calls


def remember(home: Path, group: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what was put into a group, so that screens can name it later: AWS has no call that lists items."""
    changing_home(home)
    path = _memory(home, group)
    path.parent.mkdir(parents=True, exist_ok=True)
    items = remembered(home, group) | {str(row[ITEM_ID]): dict(row) for row in rows}
    part = path.with_suffix(f".{secrets.token_hex(4)}.part")
    part.write_text(json.dumps(items, ensure_ascii=False), encoding="utf-8")
    part.replace(path)


def remembered(home: Path, group: str) -> dict[str, Row]:
    """Return what was put into a group by id, in order."""
    try:
        items: dict[str, Row] = json.loads(_memory(home, group).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return items


def _memory(home: Path, group: str) -> Path:
    return Path(home) / "laboratories" / "new_items" / f"{group}.json"


def start_training(backend: Backend, view: GroupView, data: LoadedData, catalog: Catalog, n_new: int) -> str:
    """Train aws-hrnn-coldstart so that items without events are new to it; return the version's ARN."""
    settings = hyperparameters(catalog, n_new)
    return training.train_next(backend, view, RECIPE, event_type=data.event_type, hyperparameters=settings)


def hyperparameters(catalog: Catalog, n_new: int) -> dict[str, str]:
    """Return the settings with which these new items and the least chosen others are cold to the recipe."""
    return {"cold_start_max_interactions": str(limit(catalog, n_new)), "cold_start_max_duration": FOREVER_DAYS}


def limit(catalog: Catalog, n_new: int) -> int:
    """Return the interaction count below which an item is cold, so that the recipe gets at least MIN_NEW cold items."""
    counts = sorted(catalog.n_events(item) for item in catalog.ids)
    n_missing = MIN_NEW - n_new
    if n_missing <= 0 or not counts:
        return 1
    return counts[min(n_missing, len(counts)) - 1] + 1


def serving(backend: Backend, group: str) -> Campaign | None:
    """Return the newest campaign of the recipe, None when there is none."""
    return next(iter(for_recipes(backend, group, (RECIPE,))), None)


def best_fits(
    backend: Backend,
    campaign: Campaign,
    user_ids: Sequence[str],
    item_ids: Sequence[str],
    report: Callable[[float], object] | None = None,
) -> Fits:
    """Return by item the N_FITS of these users whom it fits best, by its place in their list, then by score.

    An item that is in no list has none. Raises ServiceError.
    """
    fits: Fits = {item: [] for item in item_ids}
    try:
        for number, user in enumerate(user_ids):
            answer = backend.runtime.get_recommendations(**campaign.asked, userId=user, numResults=MAX_LIST)
            for rank, item in enumerate(answer["itemList"], start=1):
                if item["itemId"] in fits:
                    fits[item["itemId"]].append(Fit(user, rank, item.get("score")))
            if report is not None and number % 25 == 0:
                report(number / len(user_ids))
    except ClientError as error:
        raise to_service_error(error) from error
    return {item: sorted(of, key=lambda f: (f.rank, -(f.score or 0), f.user_id))[:N_FITS] for item, of in fits.items()}


def _value(row: Mapping[str, Any], field: Field) -> Any:
    value = row.get(field.name)
    if value is None or (isinstance(value, str) and not value.strip()):
        if field.required:
            raise DataError(f"{row[ITEM_ID]} has no {field.label}, which the schema of the items wants. Fill it in.")
        return None
    if not field.numeric:
        return str(value).strip()
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise DataError(f'{row[ITEM_ID]} has "{value}" as {field.label}, which is not a number.') from None
    return int(number) if field.whole else number
