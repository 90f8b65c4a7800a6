"""aws-sims and aws-personalized-ranking from a file to answers, through boto3 and a real worker."""

import re

import pytest
from botocore.exceptions import ClientError

from tests.engine.small_world import interactions_csv, items_csv, small_world

KNOWN = [f"i{number}" for number in range(20)]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """One group with a sims, a ranking and a popularity campaign."""
    with small_world(tmp_path_factory.mktemp("ranking") / "home") as opened:
        group = opened.create_group()
        opened.import_csv(group, interactions_csv())
        opened.import_csv(group, items_csv(), "items", "Items")
        opened.sims = opened.train(group, "aws-sims", "sims")
        opened.ranking = opened.train(group, "aws-personalized-ranking", "rank", epochs="2", hidden_dimension="32")
        opened.popular = opened.train(group, "aws-popularity-count", "popular")
        opened.sims_campaign = opened.deploy(opened.sims, "sims")
        opened.popular_campaign = opened.deploy(opened.popular, "popular")
        opened.ranking_campaign = opened.deploy(
            opened.ranking, "rank", campaignConfig={"enableMetadataWithRecommendations": True}
        )
        yield opened


def rank(world, items, user="u3", **request):
    answer = world.runtime.get_personalized_ranking(
        campaignArn=world.ranking_campaign, userId=user, inputList=items, **request
    )
    return answer["personalizedRanking"]


def related(world, item, n=10):
    answer = world.runtime.get_recommendations(campaignArn=world.sims_campaign, itemId=item, numResults=n)
    return answer["itemList"]


def refused(operation, **request):
    """Return (code, message) of a request that must not be answered."""
    with pytest.raises(ClientError) as caught:
        operation(**request)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_related_items_have_no_scores_and_never_hold_the_item(world):
    for item in KNOWN:
        found = related(world, item, 500)
        assert {key for entry in found for key in entry} == {"itemId"}
        assert item not in [entry["itemId"] for entry in found]
        assert len(found) > 25


def test_an_unknown_item_gets_what_popularity_shows(world):
    assert [entry["itemId"] for entry in related(world, "nothing")] == world.recommended(world.popular_campaign, "u1")


def test_a_related_items_campaign_wants_an_item(world):
    code, message = refused(world.runtime.get_recommendations, campaignArn=world.sims_campaign, userId="u3")
    assert code == "InvalidInputException"
    assert message == "itemId is missing; give one, as campaigns of recipe aws-sims need it."


def test_all_eight_metrics_are_measured_for_both(world):
    for version in (world.sims, world.ranking):
        metrics = world.personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
        assert len(metrics) == 8
        assert 0 < metrics["coverage"] <= 1
    evaluation = world.engine.capabilities.evaluation(world.sims)
    assert "the last item" in evaluation.split
    assert [method.name for method in evaluation.methods] == ["model", "popularity", "random"]


def test_known_items_come_first_and_their_scores_sum_to_one(world):
    ranked = rank(world, ["new-1", *KNOWN, "new-0"])
    assert sorted(entry["itemId"] for entry in ranked[:-2]) == sorted(KNOWN)
    scores = [entry["score"] for entry in ranked[:-2]]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1.0)
    assert ranked[-2:] == [{"itemId": "new-1"}, {"itemId": "new-0"}]


def test_order_is_the_users_own_and_unknown_users_share_one(world):
    orders = {user: [entry["itemId"] for entry in rank(world, KNOWN, user)] for user in ("u3", "u4", "new", "newer")}
    assert orders["u3"] != orders["u4"]
    assert orders["new"] == orders["newer"]


def test_order_of_the_input_changes_nothing_and_repeats_are_ranked_once(world):
    assert rank(world, KNOWN[::-1] + KNOWN) == rank(world, KNOWN)


def test_the_recommendation_id_is_forty_characters(world):
    answer = world.runtime.get_personalized_ranking(
        campaignArn=world.ranking_campaign, userId="u3", inputList=["i1"], context={"DEVICE": "TV"}
    )
    assert re.fullmatch(r"RID-[0-9a-f-]{36}", answer["recommendationId"])
    assert answer["personalizedRanking"] == [{"itemId": "i1", "score": 1.0}]


def test_metadata_stands_beside_each_item(world):
    ranked = rank(world, ["i1", "unheard"], metadataColumns={"ITEMS": ["YEAR"]})
    assert ranked == [
        {"itemId": "i1", "score": 1.0, "metadata": {"YEAR": "1951"}},
        {"itemId": "unheard", "metadata": {}},
    ]


@pytest.mark.parametrize(
    ("items", "extra", "words"),
    [
        ([], {}, "inputList is empty; give 1 to 500 item ids"),
        ([f"i{n}" for n in range(501)], {}, "inputList has 501 items; at most 500 are ranked"),
        (
            [f"i{n}" for n in range(51)],
            {"metadataColumns": {"ITEMS": ["YEAR"]}},
            "inputList has 51 items; with metadataColumns at most 50",
        ),
        (["i" * 257], {}, "Member must have length less than or equal to 256"),
    ],
)
def test_what_cannot_be_ranked_is_refused_in_words(world, items, extra, words):
    request = {"campaignArn": world.ranking_campaign, "userId": "u3", "inputList": items, **extra}
    code, message = refused(world.runtime.get_personalized_ranking, **request)
    assert code == "InvalidInputException"
    assert words in message


@pytest.mark.parametrize(
    ("expression", "left"),
    [
        ("INCLUDE ItemID WHERE Items.YEAR >= 1955", {"i5", "i7"}),
        ("EXCLUDE ItemID WHERE Items.YEAR >= 1955", {"i1", "i2", "unknown"}),
    ],
)
def test_a_filter_drops_items_and_the_scores_of_the_rest_sum_to_one(world, expression, left):
    group = world.personalize.list_dataset_groups()["datasetGroups"][0]["datasetGroupArn"]
    arn = world.personalize.create_filter(name="f", datasetGroupArn=group, filterExpression=expression)["filterArn"]
    asked = ["unknown", "i7", "i1", "i5", "i2"]
    ranked = rank(world, asked, filterArn=arn)
    world.personalize.delete_filter(filterArn=arn)
    assert {entry["itemId"] for entry in ranked} == left
    assert [entry["itemId"] for entry in ranked] == [e["itemId"] for e in rank(world, asked) if e["itemId"] in left]
    assert sum(entry.get("score", 0) for entry in ranked) == pytest.approx(1.0, abs=1e-6)


def test_five_hundred_items_are_ranked(world):
    assert len(rank(world, [f"i{n}" for n in range(500)])) == 500


def test_each_campaign_answers_its_own_operation_only(world):
    request = {"campaignArn": world.sims_campaign, "userId": "u3", "inputList": ["i1"]}
    code, message = refused(world.runtime.get_personalized_ranking, **request)
    assert code == "InvalidInputException"
    assert message == "Recipe aws-sims does not rank lists that it is given; use GetRecommendations."
    code, message = refused(world.runtime.get_recommendations, campaignArn=world.ranking_campaign, userId="u3")
    assert code == "InvalidInputException"
    assert "use GetPersonalizedRanking" in message


def test_an_unknown_campaign_is_not_found(world):
    request = {"campaignArn": world.ranking_campaign + "x", "userId": "u3", "inputList": ["i1"]}
    assert refused(world.runtime.get_personalized_ranking, **request)[0] == "ResourceNotFoundException"
