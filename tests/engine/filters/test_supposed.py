"""Beyond the API: what may follow in an expression, why it is refused, and what it leaves of lists."""

import pytest

from services.engine.errors import InvalidInput
from services.engine.filters.parsing import continuations
from services.engine.testing import test_engine, tiny_world
from tests.engine.helpers import refused

SEEN = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")'
CHEAP = "INCLUDE ItemID WHERE Items.PRICE <= $MAX"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with test_engine(tmp_path_factory.mktemp("supposed") / "home") as engine:
        engine.world = tiny_world(engine)
        yield engine


@pytest.mark.parametrize(
    ("text", "terminals"),
    [
        ("", {"ACTION"}),
        ("INCLUDE ItemID WHERE ", {"DATASET"}),
        ("INCLUDE ItemID WHERE Items.PRICE ", {"IN", "NOT_IN", "COMPARISON"}),
        ('INCLUDE ItemID WHERE Items.CATEGORY IN ("a"', {"COMMA", "RPAR"}),
        ('INCLUDE ItemID WHERE Items.CATEGORY IN ("a")', {"AND", "OR", "IF", "VBAR", "$END"}),
        ("INCLUDE ItemID WHEREVER", set()),
        ('INCLUDE ItemID WHERE Items.CATEGORY IN ("a', set()),
    ],
)
def test_what_may_follow_a_beginning(text, terminals):
    assert continuations(text) == terminals


@pytest.mark.parametrize(
    ("expression", "position"),
    [
        ("INCLUDE ItemID WHERE Items.PRICE BETWEEN 3", 33),
        ("INCLUDE ItemID WHERE Items.COLOUR = 3", 21),
        ("INCLUDE ItemID WHERE Items.PRICE NOT IN ($P)", None),
    ],
)
def test_a_problem_is_that_of_create_filter_with_its_place(shop, expression, position):
    problem = shop.capabilities.filters.problem(shop.world.group, expression)
    request = {"name": "wrong", "datasetGroupArn": shop.world.group, "filterExpression": expression}
    with refused("InvalidInputException", problem.message):
        shop.client("personalize").create_filter(**request)
    assert problem.position == position
    assert shop.capabilities.filters.problem(shop.world.group, SEEN) is None


def test_the_lists_that_are_left_are_those_of_requests(shop):
    personalize, runtime = shop.client("personalize"), shop.client("personalize-runtime")
    ids = [f"i{item}" for item in range(40)]
    for name, expression, values in (("seen", SEEN, {}), ("cheap", CHEAP, {"MAX": "20"})):
        arn = personalize.create_filter(name=name, datasetGroupArn=shop.world.group, filterExpression=expression)
        more = {"filterArn": arn["filterArn"]} | ({"filterValues": values} if values else {})
        found = shop.capabilities.filters.lists(shop.world.group, expression, values, {"u1": ids, "u2": ids}, ids)
        for user, kept, n_allowed in zip(("u1", "u2"), found.kept, found.n_allowed, strict=True):
            request = {"campaignArn": shop.world.campaign, "userId": user, "numResults": 40}
            answer = runtime.get_recommendations(**request, **more)["itemList"]
            plain = runtime.get_recommendations(**request)["itemList"]
            known = {item["itemId"] for item in plain}
            assert {item["itemId"] for item in answer} == set(kept) & known
            assert n_allowed == len(kept)
        assert found.reached == set().union(*found.kept)


def test_supposed_interactions_take_the_place_of_the_users_own(shop):
    ids = [f"i{item}" for item in range(40)]
    events = {"u1": [("i3", "view"), ("i4", "Purchase")]}
    for expression, gone in ((SEEN, {"i3", "i4"}), (SEEN.replace("*", "purchase"), {"i4"})):
        found = shop.capabilities.filters.lists(shop.world.group, expression, {}, {"u1": ids, "u2": ids}, ids, events)
        assert set(ids) - set(found.kept[0]) == gone
        assert list(found.kept[1]) == ids  # nothing is supposed of u2
        assert found.n_allowed == (40 - len(gone), 40)


def test_values_that_are_missing_are_refused(shop):
    with pytest.raises(InvalidInput, match="lacks MAX"):
        shop.capabilities.filters.lists(shop.world.group, CHEAP, {}, {"u1": ["i1"]}, ["i1"])
