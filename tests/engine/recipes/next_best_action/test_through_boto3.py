"""aws-next-best-action through boto3: import, training, metrics, answers, and an event that changes the next one."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from services.engine import Engine
from services.engine.testing import test_engine, tiny_world, train
from services.engine.tiny_shop import FIRST
from tests.engine.domain_world import import_rows
from tests.engine.helpers import schema

ACTIONS = schema(
    "Actions",
    {"name": "ACTION_ID", "type": "string"},
    {"name": "VALUE", "type": ["null", "long"]},
    {"name": "KIND", "type": "string", "categorical": True},
)
EVENTS = schema(
    "ActionInteractions",
    {"name": "USER_ID", "type": "string"},
    {"name": "ACTION_ID", "type": "string"},
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
)
ROWS = "ACTION_ID,VALUE,KIND\njoin,9,club\nletter,1,news\nnew,5,club\n"


def interactions() -> str:
    """Return 200 people, half of them not known by items; nearly all take "join", few take "letter"."""
    draw = random.Random(0)
    rows = ["USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP"]
    for user in range(200):
        for action, chance in (("join", 0.7), ("letter", 0.3)):
            kind = "Taken" if draw.random() < chance else draw.choice(("Viewed", "Not Taken"))
            rows.append(f"u{user},{action},{kind},{FIRST + 86_400 + 600 * user}")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, str, str]]:
    with test_engine(tmp_path_factory.mktemp("actions") / "home") as engine:
        group = tiny_world(engine).group
        import_rows(engine, group, "actions", "Actions", ACTIONS, ROWS)
        import_rows(engine, group, "met", "Action_Interactions", EVENTS, interactions())
        version, campaign = train(engine, group, "aws-next-best-action", "actions-first")
        yield engine, version, campaign


def asked(shop: tuple[Engine, str, str], user_id: str) -> dict[str, float]:
    answer = shop[0].client("personalize-runtime").get_action_recommendations(campaignArn=shop[2], userId=user_id)
    return {action["actionId"]: action["score"] for action in answer["actionList"]}


def test_what_people_take_more_often_has_the_higher_propensity(shop: Any) -> None:
    for user_id in ("u3", "u150", "somebody"):
        scores = asked(shop, user_id)
        assert 1 > scores["join"] > scores["letter"] > 0


def test_an_action_without_data_is_listed_with_zero(shop: Any) -> None:
    assert asked(shop, "u3")["new"] == 0.0


def test_metrics_are_those_of_actions(shop: Any) -> None:
    metrics = shop[0].client("personalize").get_solution_metrics(solutionVersionArn=shop[1])["metrics"]
    gains = {f"normalized_discounted_cumulative_gain_at_{k}" for k in (5, 10, 25)}
    assert set(metrics) == gains | {"coverage", "precision", "recall", "area_under_the_curve"}
