"""Expressions made from the grammar, asked through boto3, against a plain evaluation item by item.

Every expression is made together with the function that says for one item what it means, so the two share nothing.
Items and events are imported and put; some cells are empty.
"""

import csv
import io
import json
import operator

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.engine import tiny_shop
from services.engine.testing import test_engine, tiny_world

PUT_ITEMS = {"i3": {"category": "music", "price": 7.5, "available": "True"}, "i20": {"price": 2.5}}
PUT_EVENTS = [("u1", "i5", "Purchase"), ("u1", "i39", "gift"), ("new", "i7", "view")]
COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
USERS = ("u1", "u2", "u21", "new", "nobody")


def table(text, key):
    return {row[key]: row for row in csv.DictReader(io.StringIO(text))}


ITEMS = table(tiny_shop.items(), "ITEM_ID")
for item_id, cells in PUT_ITEMS.items():
    ITEMS[item_id] = {"ITEM_ID": item_id} | {name.upper(): str(value) for name, value in cells.items()}
    ITEMS[item_id]["CREATION_TIMESTAMP"] = "5"
SHOPPERS = table(tiny_shop.users(), "USER_ID")
EVENTS = [
    *(
        (row["USER_ID"], row["ITEM_ID"], row["EVENT_TYPE"])
        for row in csv.DictReader(io.StringIO(tiny_shop.interactions()))
    ),
    *PUT_EVENTS,
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with test_engine(tmp_path_factory.mktemp("plain") / "home") as engine:
        engine.world = tiny_world(engine)
        engine.personalize, engine.runtime = engine.client("personalize"), engine.client("personalize-runtime")
        events = engine.client("personalize-events")
        events.put_items(
            datasetArn=engine.world.group.replace(":dataset-group/", ":dataset/") + "/ITEMS",
            items=[
                {"itemId": item, "properties": json.dumps(cells | {"creationTimestamp": 5})}
                for item, cells in PUT_ITEMS.items()
            ],
        )
        for user, item, kind in PUT_EVENTS:
            event = {"eventType": kind, "itemId": item, "sentAt": 1_900_000_000}
            events.put_events(trackingId=engine.world.tracking_id, userId=user, sessionId="s", eventList=[event])
        yield engine


def texts(cell):
    return set(filter(None, (cell or "").split("|")))


@st.composite
def memberships(draw, prefix, column, words):
    """Return (text, parameters, test of a row) of a condition with IN or NOT IN."""
    chosen = draw(st.lists(st.sampled_from(words), min_size=1, max_size=3, unique=True))
    inside = draw(st.booleans())
    quoted = ",".join(f'"{word}"' for word in chosen)
    parameters = {}
    if inside and draw(st.booleans()):
        name = draw(st.sampled_from("ABCDEF")) + column
        parameters[name], quoted = quoted, f"${name}"

    def test(row):
        return bool(texts(row.get(column)) & set(chosen)) == inside

    return f"{prefix}.{column} {'IN' if inside else 'NOT IN'} ({quoted})", parameters, test


@st.composite
def comparisons(draw, prefix, column, numbers):
    sign, number = draw(st.sampled_from(sorted(COMPARE))), draw(numbers)
    parameters, shown = {}, f"{number}"
    if draw(st.booleans()):
        name = draw(st.sampled_from("GHIJKL")) + column
        parameters[name], shown = draw(st.sampled_from([f"{number}", f'"{number}"'])), f"${name}"

    def test(row):
        return bool(row.get(column)) and COMPARE[sign](float(row[column]), number)

    return f"{prefix}.{column} {sign} {shown}", parameters, test


prices = st.sampled_from([0, 2.5, 7.5, 40, 99])
item_conditions = st.one_of(
    memberships("Items", "CATEGORY", [*tiny_shop.CATEGORIES, "none"]),
    memberships("items", "AVAILABLE", ["True", "False"]),
    memberships("Items", "ITEM_ID", ["i1", "i3", "i20", "i99"]),
    comparisons("Items", "PRICE", prices),
)
user_conditions = st.one_of(
    memberships("CurrentUser", "TIER", ["gold", "silver", "tin"]),
    comparisons("CurrentUser", "AGE", st.sampled_from([11, 12, 31])),
)


@st.composite
def event_conditions(draw):
    """Return a condition on interactions; its test takes the event types of the user and the item."""
    chosen = draw(st.sampled_from([["*"], ["view"], ["PURCHASE"], ["purchase", "gift"], ["none"]]))
    inside = chosen == ["*"] or draw(st.booleans())
    wanted = {kind.lower() for kind in chosen}

    def test(types):
        return any(("*" in wanted or kind.lower() in wanted) == inside for kind in types)

    shown = ",".join(f'"{kind}"' for kind in chosen)
    return f"Interactions.EVENT_TYPE {'IN' if inside else 'NOT IN'} ({shown})", {}, test


@st.composite
def expressions(draw):
    """Return (text, parameters, includes, about events, alternatives of tests, tests of the user)."""
    about_events = draw(st.booleans())
    conditions = event_conditions() if about_events else item_conditions
    alternatives = draw(st.lists(st.lists(conditions, min_size=1, max_size=2), min_size=1, max_size=2))
    ifs = draw(st.lists(user_conditions, max_size=2))
    includes = draw(st.booleans())
    where = " OR ".join(" AND ".join(text for text, _, _ in group) for group in alternatives)
    when = f" IF {' AND '.join(text for text, _, _ in ifs)}" if ifs else ""
    parameters = {}
    for _, given_values, _ in [*(entry for group in alternatives for entry in group), *ifs]:
        assume(not parameters.keys() & given_values.keys())  # one name would have two values
        parameters |= given_values
    text = f"{'INCLUDE' if includes else 'EXCLUDE'} ItemID WHERE {where}{when}"
    return (
        text,
        parameters,
        includes,
        about_events,
        [[t for _, _, t in group] for group in alternatives],
        [t for *_, t in ifs],
    )


def plainly(parts, user):
    """Return the items that a chain allows for a user, one by one."""
    shopper = SHOPPERS.get(user, {})
    allowed = set()
    for item_id, row in ITEMS.items():
        types = [kind for owner, item, kind in EVENTS if (owner, item) == (user, item_id)]
        results = {True: [], False: []}
        for _, _, includes, about_events, alternatives, ifs in parts:
            if all(test(shopper) for test in ifs):
                subject = types if about_events else row
                results[includes].append(any(all(test(subject) for test in group) for group in alternatives))
        if (not results[True] or any(results[True])) and not any(results[False]):
            allowed.add(item_id)
    return allowed


@settings(max_examples=60, deadline=None)
@given(parts=st.lists(expressions(), min_size=1, max_size=3), user=st.sampled_from(USERS))
def test_a_filter_allows_what_a_plain_evaluation_allows(shop, parts, user):
    names = [name for _, parameters, *_ in parts for name in parameters]
    assume(len(names) == len(set(names)))
    values = {name: value for _, parameters, *_ in parts for name, value in parameters.items()}
    text = " | ".join(part[0] for part in parts)
    arn = shop.personalize.create_filter(name="f", datasetGroupArn=shop.world.group, filterExpression=text)["filterArn"]
    try:
        answer = shop.runtime.get_recommendations(
            campaignArn=shop.world.campaign, userId=user, numResults=100, filterArn=arn, filterValues=values
        )
    finally:
        shop.personalize.delete_filter(filterArn=arn)
    assert {item["itemId"] for item in answer["itemList"]} == plainly(parts, user), text
