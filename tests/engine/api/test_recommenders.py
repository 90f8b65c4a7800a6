"""Recommenders of domain dataset groups through boto3: use cases, states, metrics, answers and built-in filters."""

import time
from dataclasses import replace

import pytest

from services.engine.jobs.training import recommender_trainings
from services.engine.recipes import use_cases
from services.engine.recipes.use_cases import USE_CASES
from services.engine.runtime.answers import HypotheticalEvent
from services.engine.testing import test_engine as opened_engine
from tests.engine.domain_world import domain_world, events, recommender
from tests.engine.helpers import PREFIX, refused

SHOP, FILMS = "ECOMMERCE", "VIDEO_ON_DEMAND"
QUICK = [use_case for use_case in USE_CASES if not use_case.explores]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """An engine with both domains."""
    with opened_engine(tmp_path_factory.mktemp("domains") / "home") as engine:
        yield engine, {domain: domain_world(engine, domain, domain.lower()) for domain in (SHOP, FILMS)}


@pytest.fixture(scope="module")
def shop(world):
    return world[1][SHOP]


@pytest.fixture(scope="module")
def films(world):
    return world[1][FILMS]


@pytest.fixture
def made(world):
    """Create recommenders and delete them after the test: a group has five at most."""
    engine, domains = world
    arns = []

    def make(use_case, **config):
        domain = next(found.domain for found in USE_CASES if found.name == use_case)
        arns.append(recommender(engine, domains[domain], use_case, **config))
        return arns[-1]

    yield make
    for arn in arns:
        engine.client("personalize").delete_recommender(recommenderArn=arn)


@pytest.fixture
def ask(world):
    """Return the item ids of an answer."""

    def asked(arn, **request):
        answer = world[0].client("personalize-runtime").get_recommendations(recommenderArn=arn, **request)
        return [item["itemId"] for item in answer["itemList"]]

    return asked


def described(world, arn):
    return world[0].client("personalize").describe_recommender(recommenderArn=arn)["recommender"]


@pytest.mark.parametrize("use_case", QUICK, ids=lambda use_case: use_case.name)
def test_a_use_case_is_trained_described_and_answers(world, made, use_case):
    arn = made(use_case.name)
    shown = described(world, arn)
    assert arn == f"{PREFIX}:recommender/{use_case.name}"
    assert (shown["status"], shown["recipeArn"], shown["recommenderConfig"]) == ("ACTIVE", use_case.arn, {})
    assert {"coverage", "mean_reciprocal_rank_at_25", "precision_at_5"} <= set(shown["modelMetrics"])
    request = {"userId": "u1"} if use_case.needs_user else {}
    request |= {"itemId": "i2"} if use_case.needs_item else {}
    runtime = world[0].client("personalize-runtime")
    items = runtime.get_recommendations(recommenderArn=arn, numResults=5, **request)["itemList"]
    assert len(items) == 5
    assert all(set(item) == {"itemId"} for item in items), "recommenders give no scores"
    for member in request:
        with refused("InvalidInputException", member):
            runtime.get_recommendations(
                recommenderArn=arn, **{name: text for name, text in request.items() if name != member}
            )


def test_a_personal_use_case_hides_what_was_purchased_at_once(world, made, ask, shop, monkeypatch):
    quick = [replace(one, recipes=("aws-popularity-count",)) if one.explores else one for one in USE_CASES]
    monkeypatch.setattr(use_cases, "USE_CASES", quick)  # which model ranks does not matter here
    arn = made("aws-ecomm-recommended-for-you")
    bought = {item for user, item, kind, _ in events(SHOP) if user == "u1" and kind == "Purchase"}
    before = ask(arn, userId="u1", numResults=40)
    assert before
    assert not bought & set(before)
    world[0].client("personalize-events").put_events(
        trackingId=shop.tracking_id,
        userId="u1",
        sessionId="s",
        eventList=[{"eventType": "purchase", "itemId": before[0], "sentAt": time.time()}],
    )
    assert before[0] not in ask(arn, userId="u1", numResults=40)


def test_a_list_after_hypothetical_events_hides_what_the_use_case_hides(world, made, monkeypatch):
    quick = [replace(one, recipes=("aws-popularity-count",)) if one.explores else one for one in USE_CASES]
    monkeypatch.setattr(use_cases, "USE_CASES", quick)
    arn = made("aws-ecomm-recommended-for-you")
    events = [HypotheticalEvent("i0", 1, "purchase"), HypotheticalEvent("i2", 2, "View")]
    listed = world[0].capabilities.what_if.list_after_events(arn, events, 40).item_ids
    assert "i0" not in listed
    assert "i2" in listed


def test_a_list_for_a_history_hides_what_the_use_case_hides_of_it(world, made, monkeypatch):
    quick = [replace(one, recipes=("aws-popularity-count",)) if one.explores else one for one in USE_CASES]
    monkeypatch.setattr(use_cases, "USE_CASES", quick)
    arn = made("aws-ecomm-recommended-for-you")
    capabilities = world[0].capabilities
    bought = {item for user, item, kind, _ in events(SHOP) if user == "u3" and kind == "Purchase"}
    past = capabilities.what_if.known_events(arn, "u3")
    listed = set(capabilities.what_if.list_for_history(arn, past, 40, user_id="u3").item_ids)
    assert not bought & listed
    assert {event.item_id for event in past} & listed, "what was only viewed may be listed"
    without = [event for event in past if event.item_id not in bought]
    assert bought <= set(capabilities.what_if.list_for_history(arn, without, 40, user_id="u3").item_ids)
    assert bought <= set(capabilities.what_if.list_for_history(arn, past, 40).item_ids), "nobody has bought it"


def test_related_items_hide_what_the_user_watched(made, ask):
    watched = {item for user, item, kind, _ in events(FILMS) if user == "u4" and kind == "watch"}
    arn = made("aws-vod-because-you-watched-x")
    assert not watched & set(ask(arn, userId="u4", itemId="i2", numResults=40))
    assert watched & set(ask(arn, userId="somebody", itemId="i2", numResults=40))


def test_bought_together_needs_no_user_and_hides_nothing(made, ask):
    arn = made("aws-ecomm-frequently-bought-together")
    bought = {item for user, item, kind, _ in events(SHOP) if user == "u1" and kind == "Purchase"}
    assert bought & set(ask(arn, userId="u1", itemId="i3", numResults=40))


def test_an_events_use_case_trains_on_its_event_type_in_any_case(made, ask):
    arn = made("aws-vod-most-popular")
    counts = {}
    for user, item, kind, _ in events(FILMS):
        if kind == "watch":
            counts.setdefault(item, set()).add(user)
    first = ask(arn, userId="u1", numResults=1)[0]
    assert len(counts[first]) == max(map(len, counts.values()))


def test_filters_promotions_and_metadata(world, shop, made, ask):
    personalize, runtime = world[0].client("personalize"), world[0].client("personalize-runtime")
    arn = made("aws-ecomm-popular-items-by-views", enableMetadataWithRecommendations=True)
    filters = {
        name: personalize.create_filter(
            name=name,
            datasetGroupArn=shop.group,
            filterExpression=f'INCLUDE ItemID WHERE Items.CATEGORY_L1 IN ("{name}")',
        )["filterArn"]
        for name in ("even", "odd")
    }
    listed = ask(arn, userId="u1", filterArn=filters["even"])
    assert listed
    assert all(int(item[1:]) % 2 == 0 for item in listed)
    items = runtime.get_recommendations(
        recommenderArn=arn,
        userId="u1",
        numResults=10,
        filterArn=filters["even"],
        promotions=[{"name": "odd-ones", "percentPromotedItems": 30, "filterArn": filters["odd"]}],
        metadataColumns={"ITEMS": ["PRICE"]},
    )["itemList"]
    promoted = [item for item in items if item.get("promotionName") == "odd-ones"]
    assert len(promoted) == 3
    assert all(int(item["itemId"][1:]) % 2 == (item in promoted) for item in items)
    assert all(float(item["metadata"]["PRICE"]) == int(item["itemId"][1:]) + 0.5 for item in items)


def test_a_promotion_does_not_bring_back_what_is_hidden(world, films, made):
    everything = (
        world[0]
        .client("personalize")
        .create_filter(
            name="everything",
            datasetGroupArn=films.group,
            filterExpression='INCLUDE ItemID WHERE Items.GENRES IN ("drama", "comedy")',
        )["filterArn"]
    )
    arn = made("aws-vod-more-like-x")
    watched = {item for user, item, kind, _ in events(FILMS) if user == "u4" and kind == "watch"}
    answer = (
        world[0]
        .client("personalize-runtime")
        .get_recommendations(
            recommenderArn=arn,
            userId="u4",
            itemId="i2",
            numResults=20,
            promotions=[{"name": "p", "percentPromotedItems": 50, "filterArn": everything}],
        )
    )
    assert not watched & {item["itemId"] for item in answer["itemList"]}


def test_stopping_and_starting(world, made, ask):
    personalize = world[0].client("personalize")
    arn = made("aws-ecomm-popular-items-by-views")
    before = ask(arn, userId="u1")
    with refused("InvalidInputException", "ACTIVE"):
        personalize.start_recommender(recommenderArn=arn)
    assert personalize.stop_recommender(recommenderArn=arn)["recommenderArn"] == arn
    assert described(world, arn)["status"] == "INACTIVE"
    with refused("InvalidInputException", "StartRecommender"):
        ask(arn, userId="u1")
    with refused("InvalidInputException", "INACTIVE"):
        personalize.stop_recommender(recommenderArn=arn)
    personalize.start_recommender(recommenderArn=arn)
    assert ask(arn, userId="u1") == before


def test_an_update_of_columns_trains_and_of_other_settings_does_not(world, made):
    personalize = world[0].client("personalize")
    arn = made("aws-vod-most-popular")
    assert "latestRecommenderUpdate" not in described(world, arn)
    trained = len(list(world[0].settings.models_path.iterdir()))
    personalize.update_recommender(recommenderArn=arn, recommenderConfig={"minRecommendationRequestsPerSecond": 3})
    shown = described(world, arn)
    assert shown["recommenderConfig"] == {"minRecommendationRequestsPerSecond": 3}
    assert shown["latestRecommenderUpdate"]["status"] == "ACTIVE"
    assert len(list(world[0].settings.models_path.iterdir())) == trained
    columns = {"trainingDataConfig": {"excludedDatasetColumns": {"Items": ["GENRES"]}}}
    personalize.update_recommender(recommenderArn=arn, recommenderConfig=columns)
    shown = described(world, arn)
    assert shown["recommenderConfig"] == columns
    assert (shown["status"], shown["latestRecommenderUpdate"]["status"]) == ("ACTIVE", "ACTIVE")
    assert len(list(world[0].settings.models_path.iterdir())) == trained + 1, "the old one serves until the next update"


def test_an_update_trains_on_newer_data(world, films, made):
    personalize = world[0].client("personalize")
    arn = made("aws-vod-most-popular")
    first = world[0].capabilities.job(arn)
    personalize.update_recommender(recommenderArn=arn, recommenderConfig={})
    assert world[0].capabilities.job(arn) == first
    world[0].client("personalize-events").put_events(
        trackingId=films.tracking_id,
        userId="new",
        sessionId="s",
        eventList=[{"eventType": "Watch", "itemId": "i1", "sentAt": time.time()}],
    )
    personalize.update_recommender(recommenderArn=arn, recommenderConfig={})
    assert world[0].capabilities.job(arn).arn != first.arn
    assert world[0].capabilities.evaluation(arn) is not None


@pytest.mark.parametrize(
    ("use_case", "config", "words"),
    [
        ("aws-vod-most-popular", {}, "is no use case of the domain ECOMMERCE"),
        ("aws-popularity-count", {}, "is no use case"),
        (
            "aws-ecomm-popular-items-by-views",
            {"itemExplorationConfig": {"explorationWeight": "0.2"}},
            "aws-ecomm-recommended-for-you does",
        ),
        ("aws-ecomm-recommended-for-you", {"itemExplorationConfig": {"explorationWeight": "2"}}, "explorationWeight"),
        (
            "aws-ecomm-recommended-for-you",
            {"trainingDataConfig": {"excludedDatasetColumns": {"Interactions": ["EVENT_TYPE"]}}},
            "EVENT_TYPE",
        ),
    ],
)
def test_what_cannot_be_created(world, shop, use_case, config, words):
    with refused("InvalidInputException", words):
        recommender(world[0], shop, use_case, **config)


def test_a_recommender_needs_a_domain_data_and_a_free_place(world, shop):
    personalize = world[0].client("personalize")
    custom = personalize.create_dataset_group(name="custom")["datasetGroupArn"]
    empty = personalize.create_dataset_group(name="empty", domain=SHOP)["datasetGroupArn"]
    request = {"name": "r", "recipeArn": "arn:aws:personalize:::recipe/aws-ecomm-popular-items-by-views"}
    with refused("InvalidInputException", "Use a domain-specific dataset group"):
        personalize.create_recommender(datasetGroupArn=custom, **request)
    with refused("InvalidInputException", "Import data first"):
        personalize.create_recommender(datasetGroupArn=empty, **request)
    with refused("ResourceNotFoundException", "The given dataset group does not exist"):
        personalize.create_recommender(datasetGroupArn=f"{PREFIX}:dataset-group/none", **request)
    with refused("InvalidInputException", "aws-ecomm-popular-items-by-views"):
        personalize.create_solution(name="s", datasetGroupArn=shop.group, recipeArn=request["recipeArn"])


def test_too_few_events_of_the_use_case_fail_with_the_reason(world):
    engine = world[0]
    personalize = engine.client("personalize")
    domain = domain_world(engine, SHOP, "few")
    arn = recommender(engine, domain, "aws-ecomm-popular-items-by-purchases")
    assert described(world, arn)["status"] == "ACTIVE"
    personalize.delete_recommender(recommenderArn=arn)
    lines = [",".join(map(str, row)).replace("Purchase", "Other") for row in events(SHOP)]
    engine.objects.put_bytes(
        "s3://worlds/few.csv", "\n".join(["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP", *lines]).encode()
    )
    personalize.create_dataset_import_job(
        jobName="few-again",
        datasetArn=f"{PREFIX}:dataset/few/INTERACTIONS",
        dataSource={"dataLocation": "s3://worlds/few.csv"},
        roleArn="arn:aws:iam::000000000000:role/r",
    )
    arn = recommender(engine, domain, "aws-ecomm-popular-items-by-purchases")
    shown = described(world, arn)
    assert shown["status"] == "CREATE FAILED"
    assert "fewer than 1000 interactions after filtering by event type: Purchase" in shown["failureReason"]
    listed = personalize.list_recommenders(datasetGroupArn=domain.group)["recommenders"]
    assert [entry["status"] for entry in listed] == ["CREATE FAILED"]
    with refused("InvalidInputException", "is not trained"):
        engine.client("personalize-runtime").get_recommendations(recommenderArn=arn, userId="u1")
    with refused("ResourceInUseException", "dataset"):
        personalize.delete_dataset_group(datasetGroupArn=domain.group)
    personalize.delete_recommender(recommenderArn=arn)
    with refused("ResourceNotFoundException", "The given recommender does not exist"):
        personalize.describe_recommender(recommenderArn=arn)


def test_recipes_of_a_domain_are_listed_with_it(world):
    personalize = world[0].client("personalize")
    listed = personalize.list_recipes(domain=FILMS)["recipes"]
    assert [recipe["name"] for recipe in listed] == [
        "aws-vod-because-you-watched-x",
        "aws-vod-more-like-x",
        "aws-vod-most-popular",
        "aws-vod-top-picks",
        "aws-vod-trending-now",
    ]
    assert {recipe["domain"] for recipe in listed} == {FILMS}
    names = [recipe["name"] for recipe in personalize.list_recipes()["recipes"]]
    assert names == sorted(names)
    assert {"aws-vod-top-picks", "aws-ecomm-recommended-for-you", "aws-hrnn"} <= set(names)
    recipe = personalize.describe_recipe(recipeArn=listed[0]["recipeArn"])["recipe"]
    assert personalize.describe_algorithm(algorithmArn=recipe["algorithmArn"])["algorithm"]["name"] == "aws-sims"


def test_recommenders_train_again_by_themselves_only_where_that_is_set(world, made, shop, monkeypatch):
    arn = made("aws-ecomm-popular-items-by-views")
    database = world[0].context.database

    def train(after_days, every):
        moment = time.time() + after_days * 86_400
        monkeypatch.setattr(recommender_trainings, "now", lambda: moment)
        n_due = recommender_trainings.queue_due_recommenders(database, every)
        world[0].context.start_worker()
        return n_due

    assert train(8, every=7) == 0, "no data has arrived"
    world[0].client("personalize-events").put_events(
        trackingId=shop.tracking_id,
        userId="u1",
        sessionId="s",
        eventList=[{"eventType": "View", "itemId": "i1", "sentAt": time.time() + 1}],
    )
    assert train(8, every=0) == 0, "off by default"
    assert train(6, every=7) == 0
    personalize = world[0].client("personalize")
    personalize.stop_recommender(recommenderArn=arn)
    assert train(8, every=7) == 0, "not while it is stopped"
    personalize.start_recommender(recommenderArn=arn)
    assert train(8, every=7) == 1
    assert described(world, arn)["status"] == "ACTIVE"
    assert train(8, every=7) == 0
