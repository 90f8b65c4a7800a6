"""Promotions through boto3: how many items, which ones, where they stand, and what is refused."""

import pytest

from services.engine.testing import test_engine, tiny_world, train
from tests.engine.helpers import PREFIX, refused

CHEAP = "INCLUDE ItemID WHERE Items.PRICE < 30"
TOYS = 'INCLUDE ItemID WHERE Items.CATEGORY IN ("toys")'
REASON = ["Promoted item"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with test_engine(tmp_path_factory.mktemp("promotions") / "home") as engine:
        engine.personalize, engine.runtime = engine.client("personalize"), engine.client("personalize-runtime")
        engine.world = tiny_world(engine)
        filters = {"cheap": CHEAP, "toys": TOYS, "above": "INCLUDE ItemID WHERE Items.PRICE > $MIN"}
        engine.filters = {
            name: engine.personalize.create_filter(
                name=name, datasetGroupArn=engine.world.group, filterExpression=expression
            )["filterArn"]
            for name, expression in filters.items()
        }
        yield engine


@pytest.fixture
def ask(shop):
    """Return a function that asks for items with a promotion and returns them."""

    def items(percent=50, promoted="toys", n=10, values=None, **request):
        promotion = {"name": "toys-first", "percentPromotedItems": percent, "filterArn": shop.filters[promoted]}
        promotion |= {"filterValues": values} if values else {}
        request = {"campaignArn": shop.world.campaign, "userId": "u1", "numResults": n} | request
        return shop.runtime.get_recommendations(**request, promotions=[promotion])["itemList"]

    return items


def ids(items, *, promoted):
    return [item["itemId"] for item in items if ("promotionName" in item) == promoted]


def everything(shop, **request):
    answer = shop.runtime.get_recommendations(campaignArn=shop.world.campaign, userId="u1", numResults=40, **request)
    return [item["itemId"] for item in answer["itemList"]]


def is_toy(item):
    number = int(item[1:])
    return number % 11 != 10 and 4 in (number % 5, number // 5 % 5)


def test_a_share_of_the_list_is_promoted_and_both_parts_keep_their_order(shop, ask):
    items = ask()
    order = everything(shop)
    toys = [item for item in order if is_toy(item)]
    assert ids(items, promoted=True) == toys[:5]
    assert ids(items, promoted=False) == [item for item in order if item not in toys[:5]][:5]
    for item in items:
        marked = {"promotionName": "toys-first", "reason": REASON} if item["itemId"] in toys[:5] else {}
        assert item == {"itemId": item["itemId"]} | marked


@pytest.mark.parametrize(("percent", "n", "expected"), [(1, 10, 1), (19, 10, 1), (20, 10, 2), (50, 15, 7), (100, 5, 5)])
def test_a_percentage_is_rounded_down_to_one_item_at_least(ask, percent, n, expected):
    items = ask(percent, n=n)
    assert len(items) == n
    assert len(ids(items, promoted=True)) == expected


def test_where_fewer_items_may_be_promoted_others_take_their_places(ask):
    items = ask(80, "above", values={"MIN": "92"})
    assert sorted(ids(items, promoted=True)) == ["i37", "i38", "i39"]
    assert len(items) == 10


def test_the_filter_of_the_request_is_for_the_others_alone(shop, ask):
    items = ask(50, "above", values={"MIN": '"50"'}, filterArn=shop.filters["cheap"])
    assert all(int(item[1:]) > 20 for item in ids(items, promoted=True))
    assert all(int(item[1:]) < 12 for item in ids(items, promoted=False))
    assert len(items) == 10


def test_positions_are_drawn_anew_for_each_answer(ask):
    places = {tuple("promotionName" in item for item in ask(30)) for _ in range(12)}
    assert len(places) > 1


def test_related_items_are_promoted(shop, ask):
    _, campaign = train(shop, shop.world.group, "aws-sims", "similar")
    items = ask(20, campaignArn=campaign, itemId="i1")
    assert all(map(is_toy, ids(items, promoted=True)))
    assert len(ids(items, promoted=True)) == 2
    assert "i1" not in ids(items, promoted=True) + ids(items, promoted=False)


@pytest.mark.parametrize(
    ("promotions", "code", "words"),
    [
        ([{"name": "a", "percentPromotedItems": 5}], "InvalidInputException", "promotions.1.filterArn is missing."),
        (
            [{"name": "a", "percentPromotedItems": 5, "filterArn": f"{PREFIX}:filter/none"}],
            "ResourceNotFoundException",
            "The given filter does not exist",
        ),
        (
            [{"name": "a", "percentPromotedItems": 101, "filterArn": f"{PREFIX}:filter/toys"}],
            "InvalidInputException",
            "Member must have value less than or equal to 100",
        ),
        (
            [{"name": name, "percentPromotedItems": 5, "filterArn": f"{PREFIX}:filter/toys"} for name in "ab"],
            "InvalidInputException",
            "",
        ),
        (
            [{"name": "a", "percentPromotedItems": 5, "filterArn": f"{PREFIX}:filter/above"}],
            "InvalidInputException",
            "filterValues lacks MIN.",
        ),
    ],
)
def test_what_cannot_be_promoted_is_refused(shop, promotions, code, words):
    with refused(code, words):
        shop.runtime.get_recommendations(campaignArn=shop.world.campaign, userId="u1", promotions=promotions)
