"""The ten worked examples of a filter on five items, through boto3, with imported data and events that were put.

One user has clicked i1, watched i2, bought i3 and, in capitals, clicked i4; the last two come by PutEvents.
"""

import pytest

from services.engine.testing import ROLE, test_engine, train
from tests.engine.helpers import refused, schema

ITEMS = """ITEM_ID,GENRE,PRICE,CREATION_TIMESTAMP,AVAILABLE
i1,comedy,5,1000,True
i2,comedy|drama,15,2000,False
i3,drama,25,3000,True
i4,horror,35,4000,True
i5,,45,5000,True
"""
USERS = "USER_ID,AGE,TIER\nu,20,gold\nkid,16,\n"
CATEGORY = {"type": ["null", "string"], "categorical": True}
SCHEMAS = {
    "Interactions": schema(
        "Interactions",
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
        {"name": "EVENT_TYPE", "type": "string"},
    ),
    "Items": schema(
        "Items",
        {"name": "ITEM_ID", "type": "string"},
        {"name": "GENRE", **CATEGORY},
        {"name": "PRICE", "type": "float"},
        {"name": "CREATION_TIMESTAMP", "type": "long"},
        {"name": "AVAILABLE", "type": "string", "categorical": True},
    ),
    "Users": schema(
        "Users",
        {"name": "USER_ID", "type": "string"},
        {"name": "AGE", "type": "int"},
        {"name": "TIER", **CATEGORY},
    ),
}
SEEN = "Interactions.EVENT_TYPE IN"
EXAMPLES = [
    (f'EXCLUDE ItemID WHERE {SEEN} ("*")', {}, "i5"),
    (f'EXCLUDE ItemID WHERE {SEEN} ("click")', {}, "i2 i3 i5"),
    (f'INCLUDE ItemID WHERE {SEEN} ("click","watch")', {}, "i1 i2 i4"),
    ('INCLUDE ItemID WHERE Items.GENRE IN ("comedy")', {}, "i1 i2"),
    ("EXCLUDE ItemID WHERE Items.GENRE IN ($G)", {"G": '"drama","horror"'}, "i1 i5"),
    ("EXCLUDE ItemID WHERE Items.GENRE IN ($G)", {}, "i1 i2 i3 i4 i5"),
    ("INCLUDE ItemID WHERE Items.PRICE <= $MAX", {"MAX": "25"}, "i1 i2 i3"),
    ("INCLUDE ItemID WHERE Items.PRICE <= $MAX", {"MAX": '"25"'}, "i1 i2 i3"),
    ('INCLUDE ItemID WHERE Items.GENRE IN ("drama") AND Items.AVAILABLE IN ("True")', {}, "i3"),
    ('EXCLUDE ItemID WHERE Items.GENRE IN ("horror") IF CurrentUser.AGE < 18', {}, "i1 i2 i3 i4 i5"),
    (f'INCLUDE ItemID WHERE Items.GENRE IN ("drama") | EXCLUDE ItemID WHERE {SEEN} ("watch","purchase")', {}, ""),
    (
        f'INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > 2500 | INCLUDE ItemID WHERE {SEEN} ("watch")',
        {},
        "i2 i3 i4 i5",
    ),
    # and what they leave open
    ('EXCLUDE ItemID WHERE items.genre NOT IN ("comedy")', {}, "i1 i2"),
    ('INCLUDE ItemID WHERE Items.GENRE NOT IN ("comedy")', {}, "i3 i4 i5"),
    ('INCLUDE ItemID WHERE Items.GENRE IN ("comedy") IF CurrentUser.TIER = $T', {"T": '"silver"'}, "i1 i2 i3 i4 i5"),
    ('INCLUDE ItemID WHERE Items.ITEM_ID IN ("i2","i9")', {}, "i2"),
    (f"INCLUDE ItemID WHERE {SEEN} ($E)", {"E": '"CLICK"'}, "i1 i4"),
    ("EXCLUDE ItemID WHERE Items.PRICE = 5 | EXCLUDE ItemID WHERE Items.PRICE > 40", {}, "i2 i3 i4"),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with test_engine(tmp_path_factory.mktemp("examples") / "home") as engine:
        engine.personalize = engine.client("personalize")
        group = engine.group = engine.personalize.create_dataset_group(name="films")["datasetGroupArn"]
        others = [f"o{n % 50},i{n % 5 + 1},{1000 + n},watch" for n in range(1000)]
        events = ["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE", *others, "u,i1,1,click", "u,i2,2,watch", ""]
        for kind, rows in {"Interactions": "\n".join(events), "Items": ITEMS, "Users": USERS}.items():
            arn = engine.personalize.create_schema(name=kind, schema=SCHEMAS[kind])["schemaArn"]
            dataset = engine.personalize.create_dataset(
                name=kind, datasetType=kind, datasetGroupArn=group, schemaArn=arn
            )["datasetArn"]
            engine.objects.put_bytes(f"s3://local/{kind}.csv", rows.encode())
            job = engine.personalize.create_dataset_import_job(
                jobName=kind, datasetArn=dataset, dataSource={"dataLocation": f"s3://local/{kind}.csv"}, roleArn=ROLE
            )["datasetImportJobArn"]
            described = engine.personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"]
            assert described["status"] == "ACTIVE", described
        engine.version, engine.campaign = train(engine, group, "aws-popularity-count", "popular")
        tracking_id = engine.personalize.create_event_tracker(name="t", datasetGroupArn=group)["trackingId"]
        engine.client("personalize-events").put_events(
            trackingId=tracking_id,
            userId="u",
            sessionId="s",
            eventList=[
                {"eventType": "purchase", "itemId": "i3", "sentAt": 3},
                {"eventType": "Click", "itemId": "i4", "sentAt": 4},
            ],
        )
        yield engine


@pytest.fixture
def kept(shop):
    """Return a function that asks with a filter and returns the items in alphabetical order."""

    def ask(expression, values, user="u"):
        arn = shop.personalize.create_filter(name="f", datasetGroupArn=shop.group, filterExpression=expression)
        try:
            answer = shop.client("personalize-runtime").get_recommendations(
                campaignArn=shop.campaign, userId=user, filterArn=arn["filterArn"], filterValues=values
            )
        finally:
            shop.personalize.delete_filter(filterArn=arn["filterArn"])
        return " ".join(sorted(item["itemId"] for item in answer["itemList"]))

    return ask


@pytest.mark.parametrize(("expression", "values", "items"), EXAMPLES)
def test_worked_example(kept, expression, values, items):
    assert kept(expression, values) == items


def test_a_condition_on_the_user_depends_on_the_user(kept):
    assert kept('EXCLUDE ItemID WHERE Items.GENRE IN ("horror") IF CurrentUser.AGE < 18', {}, "kid") == "i1 i2 i3 i5"


def test_an_unknown_user_has_no_columns_and_no_interactions(kept):
    assert kept('EXCLUDE ItemID WHERE Items.GENRE IN ("horror") IF CurrentUser.AGE < 18', {}, "x") == "i1 i2 i3 i4 i5"
    assert kept(EXAMPLES[0][0], {}, "x") == "i1 i2 i3 i4 i5"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "filterValues lacks MAX"),
        ({"MAX": "25", "MIN": "1"}, "filterValues names MIN, which the filter does not have; it has MAX."),
        ({"max": "25"}, "filterValues names max"),
        ({"MAX": '"cheap"'}, "PRICE is a number, and filterValues gives 'cheap' for it."),
        ({"MAX": '"1","2"'}, "PRICE <= takes one value, and 2 were given."),
        ({"MAX": "cheap"}, "must be texts in double quotes"),
        ({"MAX": '"1" "2"'}, "must have commas between them"),
        ({"MAX": '"1",'}, "must be texts in double quotes"),
    ],
)
def test_values_that_do_not_fit_are_refused(kept, values, words):
    with refused("InvalidInputException", words):
        kept("INCLUDE ItemID WHERE Items.PRICE <= $MAX", values)
