"""Two small domain dataset groups with data: a shop and a film service, in which the right answers are known.

Each has 40 items and 60 users. The items of a user's half of the catalogue follow each other; low numbers are most
popular.
"""

import json
from dataclasses import dataclass
from typing import Any

from services.engine import Engine
from services.engine.testing import ROLE
from tests.engine.helpers import schema

N_ITEMS, N_USERS, EVENTS = 40, 60, 36
FIRST = 1_700_000_000
ID = {"name": "ITEM_ID", "type": "string"}
INTERACTIONS = schema(
    "Interactions",
    {"name": "USER_ID", "type": "string"},
    ID,
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
)
ITEMS = {
    "ECOMMERCE": schema(
        "Items",
        ID,
        {"name": "PRICE", "type": "float"},
        {"name": "CATEGORY_L1", "type": ["string"], "categorical": True},
    ),
    "VIDEO_ON_DEMAND": schema(
        "Items",
        ID,
        {"name": "GENRES", "type": ["string"], "categorical": True},
        {"name": "CREATION_TIMESTAMP", "type": "long"},
    ),
}
EVENT_TYPES = {"ECOMMERCE": ("View", "Purchase"), "VIDEO_ON_DEMAND": ("watch", "Click")}
"""Films are watched in lower case, as in AWS's notebook: training and filters ignore the case."""


@dataclass(frozen=True)
class Domain:
    """A domain dataset group with imported data."""

    name: str
    group: str
    tracking_id: str


def events(domain: str) -> list[tuple[str, str, str, int]]:
    """Return (user, item, event type, time) of all events: two of three are of the first type."""
    first, second = EVENT_TYPES[domain]
    rows = []
    for user in range(N_USERS):
        half = user % 2
        for step in range(EVENTS):
            item = (step * step + user // 2) % 20 * 2 + half if step % 3 else (step % 5) * 2 + half
            kind = second if (step + user) % 2 == 0 else first
            rows.append((f"u{user}", f"i{item}", kind, FIRST + 3600 * step + user))
    return rows


def items(domain: str) -> str:
    """Return the CSV of the items."""
    if domain == "ECOMMERCE":
        rows = [f"i{n},{n + 0.5},{'even' if n % 2 == 0 else 'odd'}" for n in range(N_ITEMS)]
        return "ITEM_ID,PRICE,CATEGORY_L1\n" + "\n".join(rows) + "\n"
    rows = [f"i{n},{'drama' if n % 2 == 0 else 'comedy'},{FIRST - 86_400 * n}" for n in range(N_ITEMS)]
    return "ITEM_ID,GENRES,CREATION_TIMESTAMP\n" + "\n".join(rows) + "\n"


def domain_world(engine: Engine, domain: str, name: str = "domain") -> Domain:
    """Create a dataset group of a domain with Interactions, Items and an event tracker."""
    personalize = engine.client("personalize")
    group = personalize.create_dataset_group(name=name, domain=domain)["datasetGroupArn"]
    lines = ["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP", *(",".join(map(str, row)) for row in events(domain))]
    for kind, text, rows in (
        ("Interactions", INTERACTIONS, "\n".join(lines) + "\n"),
        ("Items", ITEMS[domain], items(domain)),
    ):
        import_rows(engine, group, f"{name}-{kind}", kind, text, rows, domain=domain)
    tracking_id = personalize.create_event_tracker(name=name, datasetGroupArn=group)["trackingId"]
    return Domain(domain, group, tracking_id)


def import_rows(engine: Engine, group: str, name: str, kind: str, text: str, rows: str, **more: Any) -> str:
    """Create a schema and a dataset in a group and import a CSV file into it; return the dataset's ARN."""
    personalize = engine.client("personalize")
    schema_arn = personalize.create_schema(name=name, schema=text, **more)["schemaArn"]
    dataset = personalize.create_dataset(name=name, datasetType=kind, datasetGroupArn=group, schemaArn=schema_arn)
    engine.objects.put_bytes(f"s3://worlds/{name}.csv", rows.encode())
    job = personalize.create_dataset_import_job(
        jobName=name,
        datasetArn=dataset["datasetArn"],
        dataSource={"dataLocation": f"s3://worlds/{name}.csv"},
        roleArn=ROLE,
    )["datasetImportJobArn"]
    imported = personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"]
    assert imported["status"] == "ACTIVE", json.dumps(imported, default=str)
    arn: str = dataset["datasetArn"]
    return arn


def recommender(engine: Engine, domain: Domain, use_case: str, **config: Any) -> str:
    """Create a recommender of a use case and return its ARN."""
    arn: str = engine.client("personalize").create_recommender(
        name=use_case,
        datasetGroupArn=domain.group,
        recipeArn=f"arn:aws:personalize:::recipe/{use_case}",
        **({"recommenderConfig": config} if config else {}),
    )["recommenderArn"]
    return arn
