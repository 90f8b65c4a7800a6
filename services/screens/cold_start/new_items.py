"""Items that really are new: put one by one or from a file, then learned by the next version, then matched with people.

PutItems replaces a record by its id and takes ten a call; its properties are a JSON string with the schema's names in
camelCase (AWS developer guide, "Importing items individually"). aws-hrnn-coldstart counts an item as new by two limits
and wants a hundred of them, so the limit of interactions is raised until the least chosen items fill them up.
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
from services.errors import DataError, service_errors, to_service_error
from services.library.catalog import Catalog
from services.library.columns import CREATION_TIMESTAMP, ITEM_ID, camel_case, canonical_name
from services.library.store import LoadedData
from services.personalize import training
from services.personalize.campaigns import Campaign, for_recipes
from services.personalize.datasets import GroupView, find_group
from services.personalize.recipe_names import HRNN_COLDSTART
from services.screens.cold_start.split import FEWEST_NEW
from services.sources.table_files import RawTable

RECIPE = HRNN_COLDSTART
PER_CALL = 10
MOST_ITEMS = 1_000
"""One upload; more belong into an import."""
ASKED = 500
LONGEST_LIST = 500
FOREVER_DAYS = "36500"


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
    """How a new item stands with one person."""

    user_id: str
    rank: int
    """Its place in this person's list of all new items, from 1."""
    score: float | None


def fields(data: LoadedData) -> list[Field]:
    """Return the fields of the items' schema but the id and the time of creation, which are always there."""
    found = []
    for field in json.loads(data.schemas["Items"])["fields"] if "Items" in data.schemas else ():
        kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
        numeric = bool({"int", "long", "float", "double"} & set(kinds))
        if field["name"] not in (ITEM_ID, CREATION_TIMESTAMP):
            whole = bool({"int", "long"} & set(kinds))
            found.append(Field(field["name"], numeric, whole, "null" not in kinds))
    return found


def read_rows(table: RawTable, data: LoadedData) -> list[dict[str, Any]]:
    """Return the rows of a file by the schema's names. Raises DataError naming what is missing."""
    frame = table.frame.rename(columns={name: canonical_name(str(name)) for name in table.frame.columns})
    if ITEM_ID not in frame:
        raise DataError(f"{table.filename} has no column ITEM_ID; it has {', '.join(map(str, frame.columns))}.")
    if len(frame) > MOST_ITEMS:
        raise DataError(f"{table.filename} has {len(frame):,} rows; up to {MOST_ITEMS:,} can be put. Use Data.")
    names = [field.name for field in fields(data) if field.name in frame]
    rows = frame[[ITEM_ID, *names]].to_dict("records")
    return [{str(k): v for k, v in row.items() if not pd.isna(v)} for row in rows]


def checked(rows: Sequence[Mapping[str, Any]], data: LoadedData, catalog: Catalog) -> list[dict[str, Any]]:
    """Return the rows as PutItems wants their properties, with ITEM_ID. Raises DataError with value and remedy."""
    found, seen = [], set()
    for number, row in enumerate(rows, start=1):
        item_id = str(row.get(ITEM_ID, "")).strip()
        if not item_id:
            raise DataError(f"Row {number} has no ITEM_ID. Give every new item an id of its own.")
        if item_id in catalog and catalog.n_events(item_id):
            raise DataError(f"{item_id} is not new: {catalog.label(item_id)} has events. Choose another id.")
        if item_id in seen:
            raise DataError(f"{item_id} is given twice. Give every new item an id of its own.")
        seen.add(item_id)
        found.append({ITEM_ID: item_id, **{f.name: v for f in fields(data) if (v := _value(row, f)) is not None}})
    return found


def put(backend: Backend, group: str, rows: Sequence[Mapping[str, Any]], schema: str) -> int:
    """Put checked rows into the group's Items; return how many calls it took. Raises ServiceError, DataError."""
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
    """Keep what was put into a group, so that it can be named later: AWS has no call that lists items."""
    path = _memory(home, group)
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = remembered(home, group) | {str(row[ITEM_ID]): dict(row) for row in rows}
    part = path.with_suffix(f".{secrets.token_hex(4)}.part")
    part.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    part.replace(path)


def remembered(home: Path, group: str) -> dict[str, dict[str, Any]]:
    """Return what was put into a group by id, in order."""
    try:
        kept: dict[str, dict[str, Any]] = json.loads(_memory(home, group).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return kept


def _memory(home: Path, group: str) -> Path:
    return Path(home) / "laboratories" / "new_items" / f"{group}.json"


def start_training(backend: Backend, view: GroupView, data: LoadedData, catalog: Catalog, n_new: int) -> str:
    """Train aws-hrnn-coldstart so that items without events are new to it; return the version's ARN."""
    settings = hyperparameters(catalog, n_new)
    return training.train_next(backend, view, RECIPE, event_type=data.event_type, hyperparameters=settings)


def hyperparameters(catalog: Catalog, n_new: int) -> dict[str, str]:
    """Return what the recipe must be told so that these new items and the least chosen others are new to it."""
    return {"cold_start_max_interactions": str(limit(catalog, n_new)), "cold_start_max_duration": FOREVER_DAYS}


def limit(catalog: Catalog, n_new: int) -> int:
    """Return below how many interactions an item must be new, so that there are the hundred that the recipe wants."""
    counts = sorted(catalog.n_events(item) for item in catalog.ids)
    wanted = FEWEST_NEW - n_new
    if wanted <= 0 or not counts:
        return 1
    return counts[min(wanted, len(counts)) - 1] + 1


def serving(backend: Backend, group: str) -> Campaign | None:
    """Return the newest campaign of the recipe, None when there is none."""
    return next(iter(for_recipes(backend, group, (RECIPE,))), None)


def best_fits(
    backend: Backend,
    campaign: Campaign,
    user_ids: Sequence[str],
    item_ids: Sequence[str],
    report: Callable[[float], None] | None = None,
    n: int = 5,
) -> dict[str, list[Fit]]:
    """Return by item the n people of these whom it fits best, by place in their list of new items, then by score.

    An item that no list holds has nobody. Raises ServiceError.
    """
    found: dict[str, list[Fit]] = {item: [] for item in item_ids}
    try:
        for number, user in enumerate(user_ids):
            answer = backend.runtime.get_recommendations(campaignArn=campaign.arn, userId=user, numResults=LONGEST_LIST)
            for rank, item in enumerate(answer["itemList"], start=1):
                if item["itemId"] in found:
                    found[item["itemId"]].append(Fit(user, rank, item.get("score")))
            if report is not None and number % 25 == 0:
                report(number / len(user_ids))
    except ClientError as error:
        raise to_service_error(error) from error
    return {item: sorted(fits, key=lambda f: (f.rank, -(f.score or 0), f.user_id))[:n] for item, fits in found.items()}


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
