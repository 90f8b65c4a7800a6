"""GetRecommendations through boto3: parameters, states, errors, metadata, and campaigns that are updated."""

import re

import pytest
from botocore.exceptions import ClientError

from services.engine.recipes.registry import find
from tests.engine.small_world import interactions_csv, items_csv, small_world, until


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """One group with a popularity and an aws-hrnn campaign; tests that change something make their own campaign."""
    with small_world(tmp_path_factory.mktemp("recommendations") / "home") as opened:
        opened.group = opened.create_group()
        opened.import_csv(opened.group, interactions_csv())
        opened.import_csv(opened.group, items_csv(), "items", "Items")
        opened.popular = opened.train(opened.group, "aws-popularity-count", "popular")
        opened.hrnn = opened.train(opened.group, "aws-hrnn", "hrnn", epochs="2")
        opened.popular_campaign = opened.deploy(opened.popular, "popular")
        opened.hrnn_campaign = opened.deploy(opened.hrnn, "hrnn")
        yield opened


def refused(world, **request):
    """Return (code, message, HTTP status) of a request that must not be answered."""
    with pytest.raises(ClientError) as caught:
        world.runtime.get_recommendations(**request)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["Error"]["Message"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_hrnn_gives_scores_that_fall(world):
    answer = world.runtime.get_recommendations(campaignArn=world.hrnn_campaign, userId="u3")
    scores = [item["score"] for item in answer["itemList"]]
    assert len(scores) == 25
    assert scores == sorted(scores, reverse=True)
    assert 0 < sum(scores) <= 1
    assert set(answer["itemList"][0]) == {"itemId", "score"}
    assert [round(score, 7) for score in scores] == scores


def test_hrnn_differs_from_user_to_user_and_knows_newcomers(world):
    lists = {user: tuple(world.recommended(world.hrnn_campaign, user)) for user in ("u3", "u4", "new", "newer")}
    assert lists["u3"] != lists["u4"]
    assert lists["new"] == lists["newer"]


def test_popularity_has_no_scores_and_wants_a_user_all_the_same(world):
    answer = world.runtime.get_recommendations(campaignArn=world.popular_campaign, userId="u3", numResults=3)
    assert [set(item) for item in answer["itemList"]] == [{"itemId"}] * 3
    code, message, status = refused(world, campaignArn=world.popular_campaign)
    assert (code, status) == ("InvalidInputException", 400)
    assert message == "userId is missing; give one, as campaigns of recipe aws-popularity-count need it."


def test_the_recommendation_id_is_forty_characters(world):
    answer = world.runtime.get_recommendations(campaignArn=world.popular_campaign, userId="u3")
    assert re.fullmatch(r"RID-[0-9a-f-]{36}", answer["recommendationId"])


@pytest.mark.parametrize(("asked", "given"), [({}, 25), ({"numResults": 0}, 25), ({"numResults": 1}, 1)])
def test_number_of_results(world, asked, given):
    answer = world.runtime.get_recommendations(campaignArn=world.popular_campaign, userId="u3", **asked)
    assert len(answer["itemList"]) == given


def test_a_catalogue_smaller_than_the_list_gives_all_its_items_once(world):
    items = world.recommended(world.popular_campaign, "u3", 500)
    assert 25 < len(items) <= 80
    assert len(set(items)) == len(items)


def test_more_than_500_results_are_refused(world):
    code, message, _ = refused(world, campaignArn=world.popular_campaign, userId="u3", numResults=501)
    assert code == "InvalidInputException"
    assert "500" in message


def test_an_unknown_campaign_is_404(world):
    code, message, status = refused(world, campaignArn=world.popular_campaign + "x", userId="u3")
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert world.popular_campaign + "x" in message


def test_a_campaign_that_is_not_active_is_refused(world):
    arn = world.deploy(world.popular, "waiting")
    world.engine.context.resources.update(arn, status="CREATE IN_PROGRESS")
    try:
        code, message, _ = refused(world, campaignArn=arn, userId="u3")
        assert code == "InvalidInputException"
        assert "is CREATE IN_PROGRESS; ask again when it is ACTIVE" in message
    finally:
        world.engine.context.resources.update(arn, status="ACTIVE")
        world.personalize.delete_campaign(campaignArn=arn)


@pytest.fixture
def seen_items(world):
    """The ARN of a filter that leaves only what u3 has seen, which aws-hrnn does not list again."""
    expression = 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")'
    arn = world.personalize.create_filter(name="seen", datasetGroupArn=world.group, filterExpression=expression)
    yield arn["filterArn"]
    world.personalize.delete_filter(filterArn=arn["filterArn"])


def test_a_filter_may_leave_fewer_items_than_asked_for(world, seen_items):
    request = {"campaignArn": world.hrnn_campaign, "userId": "u3", "filterArn": seen_items}
    assert world.runtime.get_recommendations(**request)["itemList"] == []
    request["campaignArn"] = world.popular_campaign
    assert len(world.runtime.get_recommendations(**request)["itemList"]) == 25


def test_popular_items_that_the_filter_allows_fill_the_list_of_recipes_that_do_so(world, seen_items, monkeypatch):
    assert find("aws-user-personalization").recipe_class.fills_up
    monkeypatch.setattr(find("aws-hrnn").recipe_class, "fills_up", True)
    answer = world.runtime.get_recommendations(
        campaignArn=world.hrnn_campaign, userId="u3", numResults=10, filterArn=seen_items
    )
    assert [set(item) for item in answer["itemList"]] == [{"itemId", "reason"}] * 10
    assert answer["itemList"][0]["reason"] == ["Popular item"]
    popular = world.runtime.get_recommendations(
        campaignArn=world.popular_campaign, userId="u3", numResults=10, filterArn=seen_items
    )
    assert {item["itemId"] for item in answer["itemList"]} == {item["itemId"] for item in popular["itemList"]}


def test_recipes_that_promote_nothing_say_so(world):
    promotion = {"name": "p", "percentPromotedItems": 10, "filterArn": f"{world.group}x"}
    code, message, _ = refused(world, campaignArn=world.hrnn_campaign, userId="u3", promotions=[promotion])
    assert code == "InvalidInputException"
    assert message.startswith("Recipe aws-hrnn promotes no items; aws-popularity-count, ")


def test_a_request_without_a_campaign_says_what_is_missing(world):
    assert refused(world, userId="u3")[1].startswith("campaignArn is missing; give the ARN of an ACTIVE campaign, or a")


def test_context_is_taken_and_changes_nothing(world):
    plain = world.runtime.get_recommendations(campaignArn=world.hrnn_campaign, userId="u3")["itemList"]
    context = {"DEVICE": "TV"}
    with_context = world.runtime.get_recommendations(campaignArn=world.hrnn_campaign, userId="u3", context=context)
    assert with_context["itemList"] == plain


def test_metadata_comes_as_text_and_empty_cells_are_left_out(world):
    campaign = world.deploy(world.popular, "described", campaignConfig={"enableMetadataWithRecommendations": True})
    answer = world.runtime.get_recommendations(
        campaignArn=campaign, userId="u3", numResults=50, metadataColumns={"ITEMS": ["GENRES", "YEAR"]}
    )
    described = {item["itemId"]: item["metadata"] for item in answer["itemList"]}
    assert described["i1"] == {"GENRES": "Drama|War", "YEAR": "1951"}
    assert described["i2"] == {"GENRES": "Drama|War"}
    request = {"campaignArn": campaign, "userId": "u3"}
    assert "at most 50 are given" in refused(world, **request, numResults=51, metadataColumns={"ITEMS": ["YEAR"]})[1]
    assert 'names "COLOUR"' in refused(world, **request, metadataColumns={"ITEMS": ["COLOUR"]})[1]
    assert "only ITEMS" in refused(world, **request, metadataColumns={"USERS": ["AGE"]})[1]
    world.personalize.delete_campaign(campaignArn=campaign)


def test_metadata_needs_a_campaign_that_allows_it(world):
    request = {"campaignArn": world.popular_campaign, "userId": "u3", "metadataColumns": {"ITEMS": ["YEAR"]}}
    code, message, _ = refused(world, **request)
    assert code == "InvalidInputException"
    assert "enableMetadataWithRecommendations" in message


def test_an_updated_campaign_answers_from_its_new_version_at_once_in_every_engine(world):
    campaign = world.deploy(world.popular, "changing")
    with small_world(world.engine.settings.home) as other:
        before = other.recommended(campaign, "u3")
        world.personalize.update_campaign(campaignArn=campaign, solutionVersionArn=world.hrnn)
        after = other.recommended(campaign, "u3")
    assert before == world.recommended(world.popular_campaign, "u3")
    assert after == world.recommended(world.hrnn_campaign, "u3")
    world.personalize.delete_campaign(campaignArn=campaign)
    assert refused(world, campaignArn=campaign, userId="u3")[0] == "ResourceNotFoundException"


def test_a_synchronised_campaign_follows_the_newest_version(world):
    solution = world.version(world.popular)["solutionArn"]
    campaign = world.deploy(f"{solution}/$LATEST", "following", campaignConfig={"syncWithLatestSolutionVersion": True})
    assert world.recommended(campaign, "u3", 5) == world.recommended(world.popular_campaign, "u3", 5)
    world.import_csv(world.group, interactions_csv(seed=7), "other")
    newer = world.personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    until(lambda: world.version(newer)["status"] == "ACTIVE")
    followed = world.personalize.describe_campaign(campaignArn=campaign)["campaign"]["solutionVersionArn"]
    assert followed == newer
    assert world.recommended(campaign, "u3", 40) != world.recommended(world.popular_campaign, "u3", 40)
    world.personalize.delete_campaign(campaignArn=campaign)
