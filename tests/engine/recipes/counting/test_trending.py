"""aws-trending-now: growth against an item's own past, live events, and answers through boto3."""

import json

import numpy as np
import pytest

from services.engine.errors import InvalidInput
from services.engine.recipes.base import Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.counting.trending import TrendingModel
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find, load_model, load_recipe
from services.engine.recipes.top_items import top_items
from services.engine.testing import test_engine, tiny_world
from services.engine.tiny_shop import FIRST

NAME = "aws-trending-now"
HOUR_S = 3600
START = 1_700_000_000


def histories(counts: dict[int, list[int]], n_items: int = 10) -> Histories:
    """Return one person for each event: counts[item] has the number of events of each hour."""
    events = [
        (item, START + HOUR_S * hour + n)
        for item, hours in counts.items()
        for hour, number in enumerate(hours)
        for n in range(number)
    ]
    items = np.array([item for item, _ in events], np.int32)
    times = np.array([time for _, time in events], np.int64)
    return Histories(np.arange(len(events) + 1, dtype=np.int64), items, times, n_items)


def train(data: Histories, frequency: str = "1 hour") -> TrendingModel:
    values = complete(NAME, find(NAME).hyperparameters, {}, {"trend_discovery_frequency": frequency})
    model = load_recipe(NAME).train(TrainingData(data), TrainOptions(values), SilentProgress())
    assert isinstance(model, TrendingModel)
    return model


def listed(model: TrendingModel, n: int = 3) -> list[int]:
    best: list[int] = top_items(model.item_scores([model.initial_state()]), n)[0].tolist()
    return best


STEADY = {0: [40] * 12, 1: [10] * 12}


def test_what_grows_comes_before_what_is_always_popular() -> None:
    assert listed(train(histories(STEADY | {2: [2] * 11 + [30]}))) == [2, 0, 1]


def test_growth_of_everything_is_no_trend() -> None:
    model = train(histories({0: [20] * 11 + [40], 1: [10] * 11 + [20], 2: [5] * 11 + [10]}))
    assert model.surprises().max() < 1.0


def test_one_person_more_of_a_rare_item_is_no_trend() -> None:
    assert train(histories(STEADY | {3: [0] * 11 + [1]})).surprises()[3] == 0


def test_many_events_of_one_person_count_once() -> None:
    data = histories(STEADY)
    items = np.concatenate([data.items, np.full(30, 4, np.int32)])
    times = np.concatenate([data.timestamps, np.full(30, START + 11 * HOUR_S + 5)])
    offsets = np.append(data.offsets, len(items))
    assert train(Histories(offsets, items, times, 10)).surprises()[4] == 0


def test_the_frequency_says_which_growth_counts() -> None:
    day = {0: [40] * 72, 1: [1] * 47 + [0] + [6] * 24}
    assert train(histories(day), "1 day").surprises()[1] > train(histories(day), "30 minutes").surprises()[1]


def test_live_events_are_a_trend_too() -> None:
    model = train(histories(STEADY))
    assert listed(model, 1) == [0]
    model.observe(np.full(30, 5, np.int32), np.full(30, START + 11 * HOUR_S + 50, np.int64))
    assert listed(model, 1) == [5]


def test_a_new_interval_without_the_trend_ends_it() -> None:
    model = train(histories(STEADY | {2: [2] * 11 + [30]}))
    later = np.full(40, START + 12 * HOUR_S + 60, np.int64)
    model.observe(np.array([0] * 32 + [1] * 8, np.int32), later)
    assert model.surprises()[2] == 0


def test_model_survives_saving_as_read_only_arrays() -> None:
    model = train(histories(STEADY | {2: [2] * 11 + [30]}))
    arrays = {name: array.copy() for name, array in model.to_arrays().items()}
    for array in arrays.values():
        array.flags.writeable = False
    loaded = load_model(NAME, arrays, json.loads(json.dumps(model.to_config())))
    assert isinstance(loaded, TrendingModel)
    np.testing.assert_array_equal(loaded.surprises(), model.surprises())


@pytest.mark.parametrize("counts", [{}, {0: [1]}, {0: [1, 0, 0, 1]}])
def test_little_data_gives_popular_items(counts: dict[int, list[int]]) -> None:
    assert listed(train(histories(counts)))[0] == (0 if counts else -1)


def test_other_frequencies_are_refused() -> None:
    with pytest.raises(InvalidInput, match="30 minutes, 1 hour, 2 hours, 3 hours, 1 day"):
        complete(NAME, find(NAME).hyperparameters, {}, {"trend_discovery_frequency": "1 week"})


def test_a_campaign_answers_without_a_user_and_hears_live_events(tmp_path) -> None:
    with test_engine(tmp_path) as engine:
        world = tiny_world(engine, NAME)
        assert find(NAME).algorithm_arn.endswith("algorithm/aws-trending-now-custom")
        runtime, events = engine.client("personalize-runtime"), engine.client("personalize-events")
        before = runtime.get_recommendations(campaignArn=world.campaign, numResults=5)["itemList"]
        assert len(before) == 5
        assert not any("score" in item for item in before)
        for person in range(12):
            events.put_events(
                trackingId=world.tracking_id,
                userId=f"visitor{person}",
                sessionId=f"s{person}",
                eventList=[{"eventType": "view", "itemId": "i39", "sentAt": FIRST + 3600 * 20 + person}],
            )
        after = runtime.get_recommendations(campaignArn=world.campaign, numResults=5)["itemList"]
        assert after[0]["itemId"] == "i39"
