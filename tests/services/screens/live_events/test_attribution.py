"""Which list led to which event: on the screen, in the request, and in what a metric attribution counts."""

import pytest

from services.backend import open_backend
from services.engine.testing import test_engine as opened_engine
from services.engine.testing import tiny_world
from services.personalize import campaigns
from services.sandbox.replay import Replay
from services.sandbox.script import LiveEvent
from services.sandbox.states import Plan
from services.screens.live_events import attribution


class Titles:
    """A catalogue whose titles are the ids."""

    def label(self, item_id):
        return item_id


class Types:
    """Data with two types of events."""

    def values(self, column):
        return ["view", "purchase"]


START = 1_800_000_000


@pytest.fixture
def shop(tmp_path):
    """An engine with a campaign of bestsellers, and a backend on its home."""
    with opened_engine(tmp_path / "home") as engine:
        world = tiny_world(engine)
        backend = open_backend({}, tmp_path / "home")
        yield engine, world, backend
        backend.close()


def replay_of(backend, *items):
    campaign = campaigns.for_people(backend, "shop")[0]
    events = tuple(LiveEvent(item_id, START + n, "view") for n, item_id in enumerate(items))
    replay = Replay(backend, Plan("shop", campaign, (), events))
    replay.advance()
    assert replay.error is None
    return replay


def test_an_event_names_the_list_in_which_its_item_was_shown(shop):
    _, _, backend = shop
    listed = replay_of(backend, "i0").steps[0].answer.ids
    missing = next(f"i{n}" for n in range(40) if f"i{n}" not in listed)
    replay = replay_of(backend, listed[2], missing)
    first, second = (state.put.request["eventList"][0] for state in replay.steps[1:])
    assert first["recommendationId"] == replay.steps[0].answer.recommendation_id
    assert "recommendationId" not in second
    assert [state.shown_at for state in replay.steps] == [None, 3, None]
    assert attribution.sentence(replay.steps, "product").startswith("The list led to 1 of 2 events")
    frame = attribution.led(replay.steps, Titles(), "bestsellers")
    assert frame["led there by"].tolist() == ["no list", "place 3 of 25, bestsellers"]


def test_counting_begins_when_it_is_asked_for(shop):
    engine, world, backend = shop
    assert attribution.attribution_arn(backend, "shop") is None
    attribution.begin(backend, "shop", Types())
    assert attribution.attribution_arn(backend, "shop") is not None
    campaign = campaigns.for_people(backend, "shop")[0]
    answer = backend.runtime.get_recommendations(campaignArn=campaign.arn, userId="u1", numResults=5)
    event = {"eventType": "view", "itemId": answer["itemList"][0]["itemId"], "sentAt": START}
    engine.client("personalize-events").put_events(
        trackingId=world.tracking_id,
        userId="u1",
        sessionId="s",
        eventList=[event, event | {"sentAt": START + 1, "recommendationId": answer["recommendationId"]}],
    )
    counted = attribution.counted(backend, "shop")
    assert counted is not None
    assert dict(zip(counted["led there by"], counted["events"], strict=True)) == {"no list": 1, "shop": 1}
