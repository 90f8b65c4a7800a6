"""Filters through boto3: their lifecycle and rules, and answers of every kind of recipe and of batch jobs with one."""

import json

import pytest

from services.engine.api import limits
from services.engine.filters import rules
from services.engine.filters.evaluation import FilterData
from services.engine.testing import ROLE, test_engine, tiny_world, train
from tests.engine.helpers import PREFIX, refused

BOOKS = 'INCLUDE ItemID WHERE Items.CATEGORY IN ("books")'


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The tiny world with popularity; tests leave no filters behind."""
    with test_engine(tmp_path_factory.mktemp("filters") / "home") as engine:
        engine.personalize, engine.runtime = engine.client("personalize"), engine.client("personalize-runtime")
        engine.world = tiny_world(engine)
        yield engine


@pytest.fixture
def create(shop):
    """Return a function that creates a filter of the shop and returns its ARN."""
    created = []

    def make(expression, name=None, group=None):
        arn = shop.personalize.create_filter(
            name=name or f"f{len(created)}", datasetGroupArn=group or shop.world.group, filterExpression=expression
        )["filterArn"]
        created.append(arn)
        return arn

    yield make
    for arn in created:
        shop.context.resources.delete(arn)


@pytest.fixture(scope="module")
def similar(shop):
    return train(shop, shop.world.group, "aws-sims", "similar")


def listed(answer):
    return [item["itemId"] for item in answer["itemList"]]


def categories(item_id):
    names, number = ("books", "garden", "kitchen", "music", "toys"), int(item_id[1:])
    return set() if number % 11 == 10 else {names[number % 5], names[number // 5 % 5]}


def test_a_filter_is_described_listed_and_deleted(shop, create):
    arn = create(BOOKS, "books")
    assert arn == f"{PREFIX}:filter/books"
    described = shop.personalize.describe_filter(filterArn=arn)["filter"]
    assert described["status"] == "ACTIVE"
    assert described["filterExpression"] == BOOKS
    assert described["datasetGroupArn"] == shop.world.group
    (summary,) = shop.personalize.list_filters(datasetGroupArn=shop.world.group)["Filters"]
    assert summary["filterArn"] == arn
    assert "filterExpression" not in summary
    with refused("ResourceAlreadyExistsException", f"Another resource with Arn {arn} already exists."):
        create(BOOKS, "books")
    shop.personalize.delete_filter(filterArn=arn)
    with refused("ResourceNotFoundException", "The given filter does not exist"):
        shop.personalize.describe_filter(filterArn=arn)


def test_a_filter_has_tags(shop):
    arn = shop.personalize.create_filter(
        name="t",
        datasetGroupArn=shop.world.group,
        filterExpression=BOOKS,
        tags=[{"tagKey": "for", "tagValue": "tests"}],
    )["filterArn"]
    assert shop.personalize.list_tags_for_resource(resourceArn=arn)["tags"] == [{"tagKey": "for", "tagValue": "tests"}]
    shop.personalize.delete_filter(filterArn=arn)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("INCLUDE ItemID", "at character 15: the expression ends there; allowed is WHERE."),
        (
            "INCLUDE ItemID WHERE Items.COLOUR = 1",
            "at character 22: Items has no field COLOUR; it has ITEM_ID, CATEGORY",
        ),
        ("INCLUDE ItemID WHERE Items.CATEGORY < 5", "CATEGORY is text, and < compares numbers. Use IN."),
        ('INCLUDE ItemID WHERE Items.PRICE = "x"', "PRICE is a number, and 'x' is none."),
        (
            "INCLUDE ItemID WHERE Items.CATEGORY = 5",
            "at character 39: CATEGORY is text; write the value in double quotes",
        ),
        ('INCLUDE ItemID WHERE Items.CATEGORY IN ("*")', '"*" stands for every event type, and CATEGORY is none.'),
        ('INCLUDE ItemID WHERE Interactions.ITEM_ID IN ("i1")', "of Interactions only EVENT_TYPE can be tested"),
        ("INCLUDE ItemID WHERE Interactions.EVENT_TYPE = 5", "EVENT_TYPE is tested with IN or NOT IN."),
        ('EXCLUDE ItemID WHERE Items.PRICE = 1 AND Interactions.EVENT_TYPE IN ("*")', 'a second expression after "|"'),
        ("INCLUDE ItemID WHERE Users.AGE = 5", "Users cannot select ItemID; use fields of Interactions or Items."),
        ("INCLUDE ItemID WHERE Items.PRICE = 1 | INCLUDE UserID WHERE Users.AGE = 5", "select one kind"),
        ("INCLUDE ActionID WHERE Actions.VALUE > 5", "the dataset group has no Actions dataset"),
        ("EXCLUDE ItemID WHERE Items.PRICE < 9 IF CurrentUser.NAME = 5", "Users has no field NAME"),
        ("INCLUDE ItemID WHERE Items.PRICE < CurrentItem.CATEGORY", "PRICE and CATEGORY are a number and a text."),
        (
            "INCLUDE ItemID WHERE Items.CATEGORY NOT IN ($C)",
            "Could not create filter. Invalid input symbol: $C. Placeholders are not allowed with NOT_IN operator.",
        ),
    ],
)
def test_what_an_expression_may_not_say_is_told_with_its_place(create, expression, words):
    with refused("InvalidInputException", words):
        create(expression)


@pytest.mark.parametrize(
    "expression",
    [
        'INCLUDE UserID WHERE Users.TIER IN ("gold")',
        "EXCLUDE UserID WHERE Users.AGE < $AGE",
        'INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("click")',
    ],
)
def test_a_filter_of_users_is_kept_and_gives_no_items(shop, create, expression):
    arn = create(expression)
    with refused("InvalidInputException", "The filter selects UserID; this model needs one that selects ItemID."):
        shop.runtime.get_recommendations(campaignArn=shop.world.campaign, userId="u1", filterArn=arn)


def test_fields_are_counted_in_a_filter_and_in_its_group(create, monkeypatch):
    monkeypatch.setattr(rules, "MAX_FIELDS", 3)
    monkeypatch.setattr(limits, "FILTER_FIELDS_PER_GROUP", 4)
    with refused("InvalidInputException", "It uses 4 different fields; a filter may use 3."):
        create(
            "INCLUDE ItemID WHERE Items.PRICE > 1 OR Items.PRICE = CurrentItem.CREATION_TIMESTAMP "
            '| EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*") IF CurrentUser.AGE = 5'
        )
    create('INCLUDE ItemID WHERE Items.PRICE < 10 | EXCLUDE ItemID WHERE Items.CATEGORY IN ("toys")')
    create('INCLUDE ItemID WHERE Items.PRICE < 12 IF CurrentUser.AGE > 5 AND CurrentUser.TIER IN ("gold")')
    with refused("LimitExceededException", "would use 5 different fields; at most 4 are possible."):
        create("INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP < 13")


def test_a_group_has_thirty_filters(create):
    for _ in range(30):
        create(BOOKS)
    with refused("LimitExceededException", "More than 30 filters in a dataset group."):
        create(BOOKS)


def test_a_filter_must_be_there_and_belong_to_the_models_group(shop, create):
    request = {"campaignArn": shop.world.campaign, "userId": "u1"}
    with refused("ResourceNotFoundException", "The given filter does not exist"):
        shop.runtime.get_recommendations(**request, filterArn=f"{PREFIX}:filter/none")
    with refused("InvalidInputException", "filterValues belong to a filter, and filterArn is missing."):
        shop.runtime.get_recommendations(**request, filterValues={"A": '"b"'})
    arn = create(BOOKS)
    shop.context.resources.update(arn, body={"datasetGroupArn": f"{PREFIX}:dataset-group/other"})
    with refused("InvalidInputException", "Create the filter in the model's group."):
        shop.runtime.get_recommendations(**request, filterArn=arn)


def test_the_order_and_the_rest_of_the_answer_stay_as_they_are(shop, create):
    request = {"campaignArn": shop.world.campaign, "userId": "u1", "numResults": 40}
    everything = listed(shop.runtime.get_recommendations(**request))
    books = [item for item in everything if "books" in categories(item)]
    assert 0 < len(books) < len(everything)
    assert listed(shop.runtime.get_recommendations(**request, filterArn=create(BOOKS))) == books


def test_what_is_put_counts_at_once(shop, create):
    """An event and an item, also in the masks that were made before; deleting nothing, adding only."""
    events, request = shop.client("personalize-events"), {"campaignArn": shop.world.campaign, "userId": "fresh"}
    unseen = create('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase")')
    stocked = create('INCLUDE ItemID WHERE Items.AVAILABLE IN ("True")')
    asked = {**request, "numResults": 40}
    assert "i0" in listed(shop.runtime.get_recommendations(**asked, filterArn=unseen))
    assert "i4" in listed(shop.runtime.get_recommendations(**asked, filterArn=stocked))
    event = {"eventType": "Purchase", "itemId": "i0", "sentAt": 1_800_000_000}
    events.put_events(trackingId=shop.world.tracking_id, userId="fresh", sessionId="s", eventList=[event])
    properties = json.dumps({"available": "False", "price": 5, "creationTimestamp": 1})
    dataset = shop.world.group.replace(":dataset-group/", ":dataset/") + "/ITEMS"
    events.put_items(datasetArn=dataset, items=[{"itemId": "i4", "properties": properties}])
    assert "i0" not in listed(shop.runtime.get_recommendations(**asked, filterArn=unseen))
    assert "i4" not in listed(shop.runtime.get_recommendations(**asked, filterArn=stocked))


def test_an_import_that_ends_during_a_request_is_waited_for(shop, create, monkeypatch):
    """The snapshot that was current when the request began is gone when its columns are read."""
    arn = create('INCLUDE ItemID WHERE Items.PRICE < 9 AND Items.CATEGORY IN ("books")')
    request = {"campaignArn": shop.world.campaign, "userId": "u1", "numResults": 40, "filterArn": arn}
    whole = FilterData.chain

    def replaced(data, text):
        monkeypatch.setattr(FilterData, "chain", whole)
        raise FileNotFoundError("rows.parquet")

    monkeypatch.setattr(FilterData, "chain", replaced)
    first = listed(shop.runtime.get_recommendations(**request))
    assert first
    assert first == listed(shop.runtime.get_recommendations(**request))


def test_a_new_import_replaces_what_filters_saw(shop, create):
    arn = create("INCLUDE ItemID WHERE Items.PRICE > 1000")
    request = {"campaignArn": shop.world.campaign, "userId": "u1", "filterArn": arn}
    assert listed(shop.runtime.get_recommendations(**request)) == []
    shop.objects.put_bytes(
        "s3://shop/more.csv", b"ITEM_ID,CATEGORY,PRICE,AVAILABLE,CREATION_TIMESTAMP\ni39,toys,2000,True,1\n"
    )
    job = shop.personalize.create_dataset_import_job(
        jobName="more",
        datasetArn=shop.world.group.replace(":dataset-group/", ":dataset/") + "/ITEMS",
        dataSource={"dataLocation": "s3://shop/more.csv"},
        roleArn=ROLE,
        importMode="INCREMENTAL",
    )["datasetImportJobArn"]
    described = shop.personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"]
    assert described["status"] == "ACTIVE", described
    assert listed(shop.runtime.get_recommendations(**request)) == ["i39"]


def test_only_the_hundred_latest_events_of_a_type_count(shop, create):
    unseen = create('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("view")')
    events = shop.client("personalize-events")
    sent = [("i1", "view"), *[("i2", "view")] * 100, ("i3", "purchase")]
    for first in range(0, len(sent), 10):
        batch = [
            {"eventType": kind, "itemId": item, "sentAt": 1_800_000_000 + first + n}
            for n, (item, kind) in enumerate(sent[first : first + 10])
        ]
        events.put_events(trackingId=shop.world.tracking_id, userId="eager", sessionId="s", eventList=batch)
    answer = shop.runtime.get_recommendations(
        campaignArn=shop.world.campaign, userId="eager", numResults=40, filterArn=unseen
    )
    assert {"i1", "i3"} < set(listed(answer))
    assert "i2" not in listed(answer)


def test_related_items_compare_with_the_item_of_the_request(shop, create, similar):
    _, campaign = similar
    cheaper = create("INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE AND Items.CATEGORY IN CurrentItem.CATEGORY")
    answer = shop.runtime.get_recommendations(campaignArn=campaign, itemId="i12", numResults=40, filterArn=cheaper)
    expected = {f"i{n}" for n in range(12) if categories(f"i{n}") & categories("i12")}
    assert set(listed(answer)) == expected
    with refused("InvalidInputException", "which only recipes for related items have"):
        shop.runtime.get_recommendations(campaignArn=shop.world.campaign, userId="u1", filterArn=cheaper)


def test_related_items_know_the_user_of_the_request(shop, create, similar):
    _, campaign = similar
    unseen = create('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")')
    request = {"campaignArn": campaign, "itemId": "i12", "numResults": 40, "filterArn": unseen}
    strangers = listed(shop.runtime.get_recommendations(**request))
    own = listed(shop.runtime.get_recommendations(**request, userId="u1"))
    assert own == [item for item in strangers if item in own]
    assert len(own) < len(strangers)


def answers_of_batch(shop, version, lines, name, **more):
    text = "\n".join(json.dumps(line) for line in lines)
    shop.objects.put_bytes(f"s3://local/{name}/in.json", text.encode())
    arn = shop.personalize.create_batch_inference_job(
        jobName=name,
        solutionVersionArn=version,
        jobInput={"s3DataSource": {"path": f"s3://local/{name}/in.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://local/{name}/"}},
        roleArn="arn:aws:iam::000000000000:role/batch",
        **more,
    )["batchInferenceJobArn"]
    described = shop.personalize.describe_batch_inference_job(batchInferenceJobArn=arn)["batchInferenceJob"]
    assert described["status"] == "ACTIVE", described
    with shop.objects.open_read(f"s3://local/{name}/in.json.out") as file:
        return described, [json.loads(line) for line in file.read().splitlines()]


def test_a_batch_job_filters_each_line_with_its_values(shop, create):
    arn = create('INCLUDE ItemID WHERE Items.CATEGORY IN ($C) | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")')
    lines = [
        {"userId": "u1", "filterValues": {"C": '"books"'}},
        {"userId": "u2", "filterValues": {"C": '"toys","music"'}},
        {"userId": "u3"},
    ]
    described, answered = answers_of_batch(shop, shop.world.solution_version, lines, "each", filterArn=arn)
    assert described["filterArn"] == arn
    for line, answer in zip(lines[:2], answered[:2], strict=True):
        same = shop.runtime.get_recommendations(campaignArn=shop.world.campaign, filterArn=arn, **line)
        assert answer["output"]["recommendedItems"] == listed(same)
        assert answer["output"]["recommendedItems"]
    assert answered[2]["output"] is None
    assert answered[2]["error"].startswith("filterValues lacks C")


def test_a_batch_job_without_a_filter_takes_no_values(shop):
    lines = [{"userId": "u1", "filterValues": {"C": '"books"'}}, {"userId": "u1"}]
    _, answered = answers_of_batch(shop, shop.world.solution_version, lines, "none")
    assert answered[0]["error"] == "filterValues belong to a filter, and the job has none; leave them out"
    assert len(answered[1]["output"]["recommendedItems"]) == 25


def test_a_batch_job_of_related_items_is_filtered(shop, create, similar):
    version, campaign = similar
    arn = create("INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE")
    _, answered = answers_of_batch(shop, version, [{"itemId": "i12"}, {"itemId": "i3"}], "related", filterArn=arn)
    for line in answered:
        same = shop.runtime.get_recommendations(campaignArn=campaign, filterArn=arn, **line["input"])
        assert line["output"]["recommendedItems"] == listed(same)


def test_a_filter_that_an_unfinished_batch_job_uses_stays(shop, create):
    arn = create(BOOKS)
    described, _ = answers_of_batch(shop, shop.world.solution_version, [{"userId": "u1"}], "busy", filterArn=arn)
    shop.context.resources.update(described["batchInferenceJobArn"], status="CREATE IN_PROGRESS")
    with refused("ResourceInUseException", "is used by the batch job"):
        shop.personalize.delete_filter(filterArn=arn)
    shop.context.resources.update(described["batchInferenceJobArn"], status="ACTIVE")
    shop.personalize.delete_filter(filterArn=arn)


def test_filters_go_with_their_group(shop):
    group = shop.personalize.create_dataset_group(name="short-lived")["datasetGroupArn"]
    shop.context.resources.insert("filter", f"{PREFIX}:filter/left", {}, parent_arn=group, status="ACTIVE")
    shop.personalize.delete_dataset_group(datasetGroupArn=group)
    assert shop.personalize.list_filters(datasetGroupArn=group)["Filters"] == []
