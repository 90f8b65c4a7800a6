"""Recommenders stand beside campaigns, and are asked in the same way."""

from types import SimpleNamespace

import pytest

from services.backend import open_backend
from services.engine.testing import test_engine as opened_engine
from services.engine.testing import tiny_world, train
from services.personalize import asking, campaigns
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import (
    FOR_A_LIST,
    FOR_A_USER,
    FOR_AN_ITEM,
    FOR_SEGMENTS,
    HRNN,
    LISTS,
    NEXT_BEST_ACTION,
    POPULARITY_COUNT,
    SIMILAR_ITEMS,
    SIMS,
    USE_CASES,
)
from services.personalize.recipes import recipe_arn
from tests.engine.domain_world import domain_world, recommender

FILMS = "VIDEO_ON_DEMAND"


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """A group of the domain of films with a campaign, two recommenders, and one that is stopped."""
    home = tmp_path_factory.mktemp("films") / "home"
    with opened_engine(home) as engine:
        world = domain_world(engine, FILMS, "films")
        train(engine, world.group, POPULARITY_COUNT, "bestsellers")
        for use_case in ("aws-vod-most-popular", "aws-vod-more-like-x", "aws-vod-trending-now"):
            recommender(engine, world, use_case)
        stopped = next(
            one["recommenderArn"]
            for one in engine.client("personalize").list_recommenders()["recommenders"]
            if one["name"] == "aws-vod-trending-now"
        )
        engine.client("personalize").stop_recommender(recommenderArn=stopped)
        backend = open_backend({}, home)
        yield SimpleNamespace(engine=engine, backend=backend)
        backend.close()


def test_active_recommenders_are_listed_with_their_use_case(films):
    listed = campaigns.for_people(films.backend, "films")
    assert {(one.name, one.use_case, one.recipe_words) for one in listed} == {
        ("bestsellers", "", "Popularity"),
        ("aws-vod-most-popular", "aws-vod-most-popular", "Most popular"),
    }
    related = campaigns.for_recipes(films.backend, "films", FOR_AN_ITEM, recommenders=True)
    assert [(one.recipe, one.recipe_words) for one in related] == [(SIMILAR_ITEMS, "More like it")]
    assert all(one.n_events for one in listed)


def test_a_recommender_is_asked_like_a_campaign(films):
    popular = next(one for one in campaigns.for_people(films.backend, "films") if one.use_case)
    call = asking.recommend(films.backend, popular, "u1", 5)
    assert len(asking.item_ids(call)) == 5
    assert call.request["recommenderArn"] == popular.arn
    related = campaigns.for_recipes(films.backend, "films", FOR_AN_ITEM, recommenders=True)[0]
    assert len(asking.item_ids(asking.similar(films.backend, related, "i2", 5))) == 5


def test_campaigns_alone_are_listed_where_a_screen_wants_a_version(films):
    assert campaigns.for_recipes(films.backend, "films", FOR_AN_ITEM) == []


def test_every_use_case_has_words_and_a_recipe(films):
    listed = films.engine.client("personalize").list_recipes()["recipes"]
    assert {recipe["name"] for recipe in listed if "domain" in recipe} == set(USE_CASES)
    for recipe, _ in USE_CASES.values():
        assert films.backend.personalize.describe_recipe(recipeArn=recipe_arn(recipe))


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A shop with similar items by both recipes, and rankings by both."""
    home = tmp_path_factory.mktemp("shop") / "home"
    with opened_engine(home) as engine:
        world = tiny_world(engine, "aws-similar-items", "shop")
        train(engine, world.group, "aws-sims", "together")
        backend = open_backend({}, home)
        yield SimpleNamespace(engine=engine, backend=backend)
        backend.close()


@pytest.mark.parametrize(("ours", "theirs", "first"), [(0.2, 0.1, "shop"), (0.1, 0.1, "shop"), (0.1, 0.2, "together")])
def test_todays_recipe_comes_first_unless_the_older_one_found_more(shop, monkeypatch, ours, theirs, first):
    found = {SIMILAR_ITEMS: ours, SIMS: theirs}
    monkeypatch.setattr(campaigns, "_found", lambda backend, campaign: found[campaign.recipe])
    assert next(one.name for one in campaigns.for_an_item(shop.backend, "shop")) == first
    assert campaigns.for_a_list(shop.backend, "shop") == []


def test_what_was_found_is_what_aws_measures(shop):
    listed = campaigns.for_an_item(shop.backend, "shop")
    for one in listed:
        metrics = shop.backend.personalize.get_solution_metrics(solutionVersionArn=one.version_arn)["metrics"]
        assert campaigns._found(shop.backend, one) == metrics["normalized_discounted_cumulative_gain_at_25"]


def campaign(name, recipe, use_case=""):
    return Campaign(name, f"arn:{name}", recipe, "arn:version", 0.0, 1, use_case)


def test_selects_say_what_a_campaign_answers_and_tell_equal_ones_apart():
    listed = [
        campaign("shop-hrnn", HRNN),
        campaign("shop-popularity", POPULARITY_COUNT),
        campaign("shop-sims", SIMS),
        campaign("shop-sims-d100", SIMS),
        campaign("top", SIMS, "aws-vod-because-you-watched-x"),
        campaign("ours", "uploaded lists"),
    ]
    assert campaigns.called(listed) == {
        "shop-hrnn": "Personal lists",
        "shop-popularity": "Bestsellers",
        "shop-sims": "Similar items · sims",
        "shop-sims-d100": "Similar items · sims-d100",
        "top": "Because you watched it",
        "ours": "ours",
    }


@pytest.mark.parametrize(
    ("one", "other"), [("a", "a-b"), ("a-", "a"), ("x", "y"), ("films-a-b", "films-a"), ("-", "--")]
)
def test_campaigns_of_equal_words_never_have_equal_labels(one, other):
    labels = campaigns.called([campaign(one, HRNN), campaign(other, HRNN)]).values()
    assert len(set(labels)) == 2


def test_every_recipe_with_campaigns_has_words_for_selects():
    assert set(LISTS) == {*FOR_A_USER, *FOR_AN_ITEM, *FOR_A_LIST, *FOR_SEGMENTS, NEXT_BEST_ACTION}
