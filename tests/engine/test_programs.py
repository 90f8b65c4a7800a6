"""Call sequences of public programs, written anew, against an engine that is served over HTTP.

Programs, and where they stopped: a store's clean-up and a monitor at ListRecommenders and ListFilters, a pipeline that
creates what it does not find at DescribeFilter, the workshops' notebooks at CreateFilter, the notebooks of batch jobs
at an output folder that holds the input, the notebooks of the two domains at CreateRecommender.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest

from services.engine import tiny_shop
from services.engine.testing import ROLE, served, test_engine, tiny_world
from tests.needs import need

ACCOUNT, REGION = "123456789012", "eu-west-1"


AWS = Path(sys.executable).with_name("aws")
NODE, JAVASCRIPT = shutil.which("node"), Path(__file__).with_name("javascript")
SHELVES = {row["ITEM_ID"]: row["CATEGORY"].split("|") for row in csv.DictReader(tiny_shop.items().splitlines())}
SERVICES = ("personalize", "personalize-runtime", "personalize-events")


@contextmanager
def served_world(home):
    """Give clients of a served engine with a tiny world, as a program in its own region makes them."""
    with test_engine(home, account_id=ACCOUNT) as engine, served(engine) as url:
        keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        clients = {name: boto3.client(name, endpoint_url=url, region_name=REGION, **keys) for name in SERVICES}
        yield clients | {"world": tiny_world(engine), "objects": engine.objects, "url": url}


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    with served_world(tmp_path_factory.mktemp("programs") / "home") as opened:
        yield opened


def arn(kind, name):
    """Return an ARN as a program builds it from its region and sts."""
    return f"arn:aws:personalize:{REGION}:{ACCOUNT}:{kind}/{name}"


def test_a_pipeline_creates_what_it_does_not_find(aws):
    personalize = aws["personalize"]

    def ensure(describe, create):
        for _ in range(2):
            try:
                return describe()
            except personalize.exceptions.ResourceNotFoundException:
                create()
        raise AssertionError("created and not found")

    schema = json.dumps(
        {
            "type": "record",
            "name": "Items",
            "namespace": "com.amazonaws.personalize.schema",
            "fields": [
                {"name": "ITEM_ID", "type": "string"},
                {"name": "GENRE", "type": "string", "categorical": True},
            ],
            "version": "1.0",
        }
    )
    group = arn("dataset-group", "pipeline")
    ensure(
        lambda: personalize.describe_dataset_group(datasetGroupArn=group),
        lambda: personalize.create_dataset_group(name="pipeline"),
    )
    ensure(
        lambda: personalize.describe_schema(schemaArn=arn("schema", "items")),
        lambda: personalize.create_schema(name="items", schema=schema),
    )
    ensure(
        lambda: personalize.describe_dataset(datasetArn=arn("dataset", "pipeline/ITEMS")),
        lambda: personalize.create_dataset(
            name="items", datasetType="Items", datasetGroupArn=group, schemaArn=arn("schema", "items")
        ),
    )
    found = ensure(
        lambda: personalize.describe_filter(filterArn=arn("filter", "genre")),
        lambda: personalize.create_filter(
            name="genre", datasetGroupArn=group, filterExpression="INCLUDE ItemID WHERE Items.GENRE IN ($GENRE)"
        ),
    )
    assert found["filter"]["status"] == "ACTIVE"
    with pytest.raises(personalize.exceptions.ResourceNotFoundException):
        personalize.describe_recommender(recommenderArn=arn("recommender", "none"))


def test_a_monitor_looks_at_campaigns_and_recommenders(aws):
    personalize = aws["personalize"]
    seen = [
        (campaign["campaignArn"], personalize.describe_campaign(campaignArn=campaign["campaignArn"])["campaign"])
        for page in personalize.get_paginator("list_campaigns").paginate()
        for campaign in page["campaigns"]
    ]
    assert [described["minProvisionedTPS"] for _, described in seen] == [1]
    pages = personalize.get_paginator("list_recommenders").paginate()
    assert [recommender for page in pages for recommender in page["recommenders"]] == []


def test_a_workshop_filters_by_genre_and_by_what_was_bought(aws):
    personalize, runtime, events = (aws[name] for name in SERVICES)
    world = aws["world"]
    shelves = {
        shelf: personalize.create_filter(
            name=shelf,
            datasetGroupArn=world.group,
            filterExpression=f'INCLUDE ItemID WHERE Items.CATEGORY IN ("{shelf}")',
        )["filterArn"]
        for shelf in ("books", "toys")
    }
    bought = personalize.create_filter(
        name="bought",
        datasetGroupArn=world.group,
        filterExpression='EXCLUDE ItemID WHERE INTERACTIONS.event_type IN ("Purchase")',
    )["filterArn"]
    while any(personalize.describe_filter(filterArn=a)["filter"]["status"] != "ACTIVE" for a in shelves.values()):
        time.sleep(0.01)
    lists = {
        shelf: [
            item["itemId"]
            for item in runtime.get_recommendations(campaignArn=world.campaign, userId="u7", filterArn=filter_arn)[
                "itemList"
            ]
        ]
        for shelf, filter_arn in shelves.items()
    }
    assert lists["books"] != lists["toys"]
    request = {"campaignArn": world.campaign, "userId": "somebody", "filterArn": bought, "numResults": 40}
    first = runtime.get_recommendations(**request)["itemList"][0]["itemId"]
    events.put_events(
        trackingId=world.tracking_id,
        userId="somebody",
        sessionId="s",
        eventList=[{"eventType": "purchase", "itemId": first, "sentAt": time.time()}],
    )
    assert first not in [item["itemId"] for item in runtime.get_recommendations(**request)["itemList"]]


def test_a_notebook_writes_its_batch_output_beside_its_input(aws):
    personalize, world = aws["personalize"], aws["world"]
    aws["objects"].put_bytes("s3://batch/json_input.json", b'{"userId": "u1"}\n{"userId": "u2"}\n')
    job = personalize.create_batch_inference_job(
        jobName="beside",
        solutionVersionArn=world.solution_version,
        roleArn=ROLE,
        jobInput={"s3DataSource": {"path": "s3://batch/json_input.json"}},
        jobOutput={"s3DataDestination": {"path": "s3://batch/"}},
    )["batchInferenceJobArn"]
    described = personalize.describe_batch_inference_job(batchInferenceJobArn=job)["batchInferenceJob"]
    assert described["status"] == "ACTIVE"
    with aws["objects"].open_read("s3://batch/json_input.json.out") as file:
        assert [json.loads(line)["input"]["userId"] for line in file] == ["u1", "u2"]


def variables(url):
    """Return the environment with which SDKs and the command line are pointed at an engine."""
    return os.environ | {
        "AWS_ENDPOINT_URL_PERSONALIZE": url,
        "AWS_ENDPOINT_URL_PERSONALIZE_RUNTIME": url,
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_PAGER": "",
    }


def test_the_command_line_creates_a_filter_and_asks_with_it(aws):
    need("awscli")

    def run(*words):
        finished = subprocess.run([sys.executable, AWS, *words], env=variables(aws["url"]), capture_output=True)
        assert finished.returncode == 0, finished.stderr.decode()
        return json.loads(finished.stdout)

    expression = "INCLUDE ItemID WHERE Items.CATEGORY IN ($SHELF)"
    group = ["--dataset-group-arn", aws["world"].group]
    created = run("personalize", "create-filter", "--name", "cli", *group, "--filter-expression", expression)
    request = ["--campaign-arn", aws["world"].campaign, "--user-id", "u7", "--num-results", "5"]
    more = ["--filter-arn", created["filterArn"], "--filter-values", json.dumps({"SHELF": '"garden"'})]
    listed = run("personalize-runtime", "get-recommendations", *request, *more)["itemList"]
    aws["personalize"].delete_filter(filterArn=created["filterArn"])
    assert len(listed) == 5
    assert all("garden" in SHELVES[item["itemId"]] for item in listed)


@pytest.mark.skipif(
    NODE is None or not (JAVASCRIPT / "node_modules").exists(),
    reason="needs Node.js, and: npm install --prefix tests/engine/javascript",
)
def test_a_javascript_program_creates_what_it_does_not_find_and_promotes(aws):
    command = [NODE, JAVASCRIPT / "filters.mjs", aws["world"].group, aws["world"].campaign]
    finished = subprocess.run(command, env=variables(aws["url"]), capture_output=True)
    assert finished.returncode == 0, finished.stderr.decode()
    found = json.loads(finished.stdout)
    assert (found["missing"], found["status"]) == (True, "ACTIVE")
    assert "from-javascript" in found["names"]
    promoted = [item["itemId"] for item in found["itemList"] if item.get("promotionName") == "toys"]
    others = [item["itemId"] for item in found["itemList"] if item["itemId"] not in promoted]
    assert (len(promoted), len(others)) == (2, 2)
    assert all("toys" in SHELVES[item] for item in promoted)
    assert all("books" in SHELVES[item] for item in others)
    assert found["since"].startswith("20")


def test_a_proof_of_concept_runs_from_its_first_notebook_to_its_last(tmp_path):
    """The six notebooks of Amazon's proof of concept, in their order, with the recipes that they name."""
    with test_engine(tmp_path / "home", account_id=ACCOUNT) as engine, served(engine) as url:
        keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        personalize, runtime, events = (
            boto3.client(name, endpoint_url=url, region_name=REGION, **keys) for name in SERVICES
        )
        # 1: the data
        group = personalize.create_dataset_group(name="personalize-poc")["datasetGroupArn"]
        assert personalize.describe_dataset_group(datasetGroupArn=group)["datasetGroup"]["status"] == "ACTIVE"
        for kind, (schema, rows) in tiny_shop.datasets().items():
            schema_arn = personalize.create_schema(name=f"poc-{kind}", schema=schema)["schemaArn"]
            dataset = personalize.create_dataset(
                name=f"poc-{kind}", datasetType=kind.upper(), datasetGroupArn=group, schemaArn=schema_arn
            )["datasetArn"]
            engine.objects.put_bytes(f"s3://poc/{kind}.csv", rows.encode())
            job = personalize.create_dataset_import_job(
                jobName=f"poc-{kind}",
                datasetArn=dataset,
                dataSource={"dataLocation": f"s3://poc/{kind}.csv"},
                roleArn=ROLE,
            )["datasetImportJobArn"]
            imported = personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"]
            assert imported["status"] == "ACTIVE", imported
        # 2 and 3: solutions, versions, their metrics, campaigns
        recipes = {recipe["name"]: recipe["recipeArn"] for recipe in personalize.list_recipes()["recipes"]}
        campaigns, versions = {}, {}
        for recipe in ("aws-user-personalization", "aws-sims", "aws-personalized-ranking"):
            quick = {} if recipe == "aws-sims" else {"algorithmHyperParameters": {"epochs": "1"}}  # theirs have none
            solution = personalize.create_solution(
                name=recipe, datasetGroupArn=group, recipeArn=recipes[recipe], solutionConfig=quick
            )
            version = personalize.create_solution_version(solutionArn=solution["solutionArn"])["solutionVersionArn"]
            assert (
                personalize.describe_solution_version(solutionVersionArn=version)["solutionVersion"]["status"]
                == "ACTIVE"
            )
            metrics = personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
            assert {"coverage", "mean_reciprocal_rank_at_25", "precision_at_5"} <= set(metrics)
            versions[recipe] = version
            campaigns[recipe] = personalize.create_campaign(
                name=recipe, solutionVersionArn=version, minProvisionedTPS=1
            )["campaignArn"]
        # 4: a filter for each category
        shelves = {
            shelf: personalize.create_filter(
                name=shelf,
                datasetGroupArn=group,
                filterExpression=f'INCLUDE ItemID WHERE Items.CATEGORY IN ("{shelf}")',
            )["filterArn"]
            for shelf in tiny_shop.CATEGORIES
        }
        # 5: lists, shelves, live events, a ranking, a batch
        similar = runtime.get_recommendations(campaignArn=campaigns["aws-sims"], itemId="i3")["itemList"]
        assert "i3" not in [item["itemId"] for item in similar]
        asked = {"campaignArn": campaigns["aws-user-personalization"], "userId": "u7"}
        for shelf, filter_arn in shelves.items():
            found = runtime.get_recommendations(**asked, filterArn=filter_arn)["itemList"]
            assert all(shelf in SHELVES[item["itemId"]] for item in found)
        tracker = personalize.create_event_tracker(name="poc", datasetGroupArn=group)
        for item in ("i1", "i2"):
            events.put_events(
                trackingId=tracker["trackingId"],
                userId="u7",
                sessionId="s",
                eventList=[
                    {"eventType": "view", "sentAt": int(time.time()), "properties": json.dumps({"itemId": item})}
                ],
            )
        assert runtime.get_recommendations(**asked)["itemList"]
        ranked = runtime.get_personalized_ranking(
            campaignArn=campaigns["aws-personalized-ranking"], userId="u7", inputList=["i5", "i6", "i7"]
        )["personalizedRanking"]
        assert {item["itemId"] for item in ranked} == {"i5", "i6", "i7"}
        engine.objects.put_bytes("s3://poc/users.json", b'{"userId": "u1"}\n{"userId": "u2"}\n')
        job = personalize.create_batch_inference_job(
            jobName="poc",
            solutionVersionArn=versions["aws-user-personalization"],
            roleArn=ROLE,
            jobInput={"s3DataSource": {"path": "s3://poc/users.json"}},
            jobOutput={"s3DataDestination": {"path": "s3://poc/out/"}},
        )["batchInferenceJobArn"]
        described = personalize.describe_batch_inference_job(batchInferenceJobArn=job)["batchInferenceJob"]
        assert described["status"] == "ACTIVE", described
        # 6: the clean-up
        clean_up(personalize)


def events_of(rows, first, second):
    """Return the tiny shop's events as a notebook prepares them, with these event types."""
    text = rows.replace(",view", f",{first}").replace(",purchase", f",{second}")
    return text + "".join(f"u{n % 50},i{n % 12},{1_700_000_000 + n},{(first, second)[n % 2]}\n" for n in range(2400))


def domain_notebook(engine, clients, domain, items_schema, items, event_types):
    """Do what the notebooks of a domain do first: a group, three schemas and datasets, and their imports."""
    personalize = clients["personalize"]
    group = personalize.create_dataset_group(name=f"personalize-{domain.lower()}-ds-group", domain=domain)
    group_arn = group["datasetGroupArn"]
    while personalize.describe_dataset_group(datasetGroupArn=group_arn)["datasetGroup"]["status"] != "ACTIVE":
        time.sleep(0.01)
    interactions = json.loads(tiny_shop.INTERACTIONS)
    users = {"type": "record", "name": "Users", "namespace": "com.amazonaws.personalize.schema", "version": "1.0"}
    users["fields"] = [
        {"name": "USER_ID", "type": "string"},
        {"name": "GENDER", "type": "string", "categorical": True},
    ]
    people = "USER_ID,GENDER\n" + "".join(f"u{n},{('female', 'male')[n % 2]}\n" for n in range(50))
    for kind, schema, rows in (
        ("INTERACTIONS", interactions, events_of(tiny_shop.interactions(), *event_types)),
        ("ITEMS", items_schema, items),
        ("USERS", users, people),
    ):
        schema_arn = personalize.create_schema(
            name=f"{domain}-{kind}-schema", schema=json.dumps(schema), domain=domain
        )["schemaArn"]
        dataset = personalize.create_dataset(
            name=f"{domain}-{kind}", datasetType=kind, datasetGroupArn=group_arn, schemaArn=schema_arn
        )["datasetArn"]
        engine.objects.put_bytes(f"s3://managed/{domain}/{kind}.csv", rows.encode())
        job = personalize.create_dataset_import_job(
            jobName=f"{domain}-{kind}-import",
            datasetArn=dataset,
            dataSource={"dataLocation": f"s3://managed/{domain}/{kind}.csv"},
            roleArn=ROLE,
        )["datasetImportJobArn"]
        imported = personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"]
        assert imported["status"] == "ACTIVE", imported
    return group_arn


def recommender_of(personalize, group, name, recipe):
    """Create a recommender and wait for it, as the notebooks do."""
    arn = personalize.create_recommender(
        name=name, recipeArn=f"arn:aws:personalize:::recipe/{recipe}", datasetGroupArn=group
    )["recommenderArn"]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        status = personalize.describe_recommender(recommenderArn=arn)["recommender"]["status"]
        if status in ("ACTIVE", "CREATE FAILED"):
            break
        time.sleep(0.05)
    assert status == "ACTIVE"
    return arn


@contextmanager
def managed(home):
    """Give an engine and clients of it over HTTP, as a notebook in its own region makes them."""
    with test_engine(home, account_id=ACCOUNT) as engine, served(engine) as url:
        keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        yield engine, {name: boto3.client(name, endpoint_url=url, region_name=REGION, **keys) for name in SERVICES}


def test_a_notebook_of_films_builds_its_recommenders(tmp_path):
    """The call sequence of the notebooks of the VIDEO_ON_DEMAND domain, from the group to the clean-up."""
    schema = {"type": "record", "name": "Items", "namespace": "com.amazonaws.personalize.schema", "version": "1.0"}
    schema["fields"] = [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "GENRES", "type": ["string"], "categorical": True},
        {"name": "YEAR", "type": ["string"], "categorical": True},
        {"name": "CREATION_TIMESTAMP", "type": "long"},
    ]
    films = "ITEM_ID,GENRES,YEAR,CREATION_TIMESTAMP\n"
    films += "".join(f"i{n},{('Drama', 'Comedy|Crime')[n % 2]},{1960 + n},1640995200\n" for n in range(40))
    with managed(tmp_path / "home") as (engine, clients):
        personalize, runtime = clients["personalize"], clients["personalize-runtime"]
        group = domain_notebook(engine, clients, "VIDEO_ON_DEMAND", schema, films, ("watch", "click"))
        available = personalize.list_recipes(domain="VIDEO_ON_DEMAND")["recipes"]
        assert "arn:aws:personalize:::recipe/aws-vod-more-like-x" in [recipe["recipeArn"] for recipe in available]
        more = recommender_of(personalize, group, "more_like_x_demo", "aws-vod-more-like-x")
        popular = recommender_of(personalize, group, "most_popular_demo", "aws-vod-most-popular")
        metrics = personalize.describe_recommender(recommenderArn=more)["recommender"]["modelMetrics"]
        assert "normalized_discounted_cumulative_gain_at_25" in metrics
        answer = runtime.get_recommendations(recommenderArn=more, itemId="i1", userId="someone", numResults=20)
        assert len(answer["itemList"]) == 20
        assert runtime.get_recommendations(recommenderArn=popular, userId="u1", numResults=20)["itemList"]
        tracker = personalize.create_event_tracker(name="vod", datasetGroupArn=group)["trackingId"]
        first = runtime.get_recommendations(recommenderArn=more, itemId="i1", userId="u99")["itemList"][0]["itemId"]
        clients["personalize-events"].put_events(
            trackingId=tracker,
            userId="u99",
            sessionId="session",
            eventList=[{"eventType": "Watch", "itemId": first, "sentAt": time.time()}],
        )
        after = runtime.get_recommendations(recommenderArn=more, itemId="i1", userId="u99")["itemList"]
        assert first not in [item["itemId"] for item in after], "what was watched is hidden"
        clean_up(personalize)


def test_a_notebook_of_a_shop_builds_its_recommenders(tmp_path):
    """The call sequence of the notebooks of the ECOMMERCE domain, with a filter, a stop and a start."""
    schema = {"type": "record", "name": "Items", "namespace": "com.amazonaws.personalize.schema", "version": "1.0"}
    schema["fields"] = [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "PRICE", "type": "float"},
        {"name": "CATEGORY_L1", "type": ["string"], "categorical": True},
        {"name": "GENDER", "type": ["null", "string"], "categorical": True},
    ]
    products = "ITEM_ID,PRICE,CATEGORY_L1,GENDER\n"
    products += "".join(f"i{n},{n + 0.5},{('shoes', 'hats')[n % 2]},\n" for n in range(40))
    with managed(tmp_path / "home") as (engine, clients):
        personalize, runtime = clients["personalize"], clients["personalize-runtime"]
        group = domain_notebook(engine, clients, "ECOMMERCE", schema, products, ("View", "Purchase"))
        viewed = recommender_of(personalize, group, "most-viewed", "aws-ecomm-popular-items-by-views")
        together = recommender_of(personalize, group, "together", "aws-ecomm-frequently-bought-together")
        pages = personalize.get_paginator("list_recommenders").paginate(datasetGroupArn=group)
        listed = [recommender["recommenderArn"] for page in pages for recommender in page["recommenders"]]
        assert listed == [viewed, together]
        related = personalize.create_filter(
            name="same-category",
            datasetGroupArn=group,
            filterExpression="INCLUDE ItemID WHERE ITEMS.CATEGORY_L1 IN CurrentItem.CATEGORY_L1",
        )["filterArn"]
        items = runtime.get_recommendations(recommenderArn=together, itemId="i3", filterArn=related)["itemList"]
        assert items
        assert all(int(item["itemId"][1:]) % 2 == 1 for item in items)
        personalize.create_event_tracker(name="shop", datasetGroupArn=group)
        personalize.stop_recommender(recommenderArn=viewed)
        assert personalize.describe_recommender(recommenderArn=viewed)["recommender"]["status"] == "INACTIVE"
        personalize.start_recommender(recommenderArn=viewed)
        assert runtime.get_recommendations(recommenderArn=viewed, userId="u1", numResults=5)["itemList"]
        clean_up(personalize)


def test_a_clean_up_deletes_everything_that_it_lists(tmp_path):
    with served_world(tmp_path / "home") as clients:
        clean_up(clients["personalize"])


def clean_up(personalize):
    """Delete everything, in the order of the store's program."""

    def listed(operation, key, member):
        pages = personalize.get_paginator(operation).paginate()
        return [entry[member] for page in pages for entry in page[key]]

    for recommender in listed("list_recommenders", "recommenders", "recommenderArn"):
        personalize.delete_recommender(recommenderArn=recommender)
    for campaign in listed("list_campaigns", "campaigns", "campaignArn"):
        personalize.delete_campaign(campaignArn=campaign)
    for solution in listed("list_solutions", "solutions", "solutionArn"):
        personalize.delete_solution(solutionArn=solution)
    for tracker in listed("list_event_trackers", "eventTrackers", "eventTrackerArn"):
        personalize.delete_event_tracker(eventTrackerArn=tracker)
    for found in listed("list_filters", "Filters", "filterArn"):
        personalize.delete_filter(filterArn=found)
    datasets = listed("list_datasets", "datasets", "datasetArn")
    assert any(dataset.endswith("/EVENT_INTERACTIONS") for dataset in datasets)
    for dataset in datasets:
        personalize.delete_dataset(datasetArn=dataset)
    for schema in listed("list_schemas", "schemas", "schemaArn"):
        personalize.delete_schema(schemaArn=schema)
    for group in listed("list_dataset_groups", "datasetGroups", "datasetGroupArn"):
        personalize.delete_dataset_group(datasetGroupArn=group)
    assert listed("list_dataset_groups", "datasetGroups", "datasetGroupArn") == []
