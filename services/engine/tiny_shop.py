"""The data of testing.py's tiny world: a shop of 40 products, 50 customers and 1,000 events, always the same."""

import json
import random

N_ITEMS, N_USERS, EVENTS_PER_USER = 40, 50, 20
CATEGORIES = ("books", "garden", "kitchen", "music", "toys")
TIERS = ("gold", "silver", "")
EVENT_TYPES = ("view", "view", "view", "purchase")
FIRST = 1_700_000_000
NAMESPACE = "com.amazonaws.personalize.schema"


def datasets() -> dict[str, tuple[str, str]]:
    """Return (schema, CSV) by dataset type."""
    return {"Interactions": (INTERACTIONS, interactions()), "Items": (ITEMS, items()), "Users": (USERS, users())}


def interactions() -> str:
    """Return views and purchases, low numbers of products more often."""
    draw = random.Random(1)
    weights = [1 / (item + 3) for item in range(N_ITEMS)]
    rows = ["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"]
    for user in range(N_USERS):
        for step in range(EVENTS_PER_USER):
            item = draw.choices(range(N_ITEMS), weights)[0]
            rows.append(f"u{user},i{item},{FIRST + 3600 * step + user},{draw.choice(EVENT_TYPES)}")
    return "\n".join(rows) + "\n"


def items() -> str:
    """Return products with one or two categories, a price, a day of arrival and whether they are in stock."""
    rows = ["ITEM_ID,CATEGORY,PRICE,AVAILABLE,CREATION_TIMESTAMP"]
    for item in range(N_ITEMS):
        first, second = CATEGORIES[item % 5], CATEGORIES[(item // 5) % 5]
        category = "" if item % 11 == 10 else first if first == second else f"{first}|{second}"
        available = "False" if item % 4 == 3 else "True"
        rows.append(f"i{item},{category},{2.5 * item},{available},{FIRST - 86_400 * item}")
    return "\n".join(rows) + "\n"


def users() -> str:
    """Return customers with an age and a tier."""
    rows = ["USER_ID,AGE,TIER"]
    rows += [f"u{user},{10 + user},{TIERS[user % 3]}" for user in range(N_USERS)]
    return "\n".join(rows) + "\n"


def _schema(record: str, *fields: dict[str, object]) -> str:
    return json.dumps({"type": "record", "name": record, "namespace": NAMESPACE, "fields": fields, "version": "1.0"})


INTERACTIONS = _schema(
    "Interactions",
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
    {"name": "EVENT_TYPE", "type": "string"},
)
ITEMS = _schema(
    "Items",
    {"name": "ITEM_ID", "type": "string"},
    {"name": "CATEGORY", "type": ["null", "string"], "categorical": True},
    {"name": "PRICE", "type": ["null", "float"]},
    {"name": "AVAILABLE", "type": ["null", "string"], "categorical": True},
    {"name": "CREATION_TIMESTAMP", "type": "long"},
)
USERS = _schema(
    "Users",
    {"name": "USER_ID", "type": "string"},
    {"name": "AGE", "type": ["null", "int"]},
    {"name": "TIER", "type": ["null", "string"], "categorical": True},
)
