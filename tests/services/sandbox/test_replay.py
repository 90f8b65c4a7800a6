"""Live events: what is sent, what a replay keeps, where it stops and goes on, and what becomes of the copy."""

import json
from pathlib import Path

import pytest

from services.errors import ServiceError
from services.library.store import Library, LoadedData
from services.personalize.asking import item_ids, recommend
from services.sandbox import replay as live_events
from services.sandbox import sandboxes, script, tracker
from services.sandbox.replay import Replay
from services.sandbox.script import LiveEvent
from services.sandbox.states import LENGTH, Plan
from tests.services.sandbox.worlds import DAY, Model, backend, three_tastes
from tests.services.worlds import HRNN, POPULAR


@pytest.fixture
def data(tmp_path: Path) -> LoadedData:
    return Library(tmp_path).save(three_tastes())


@pytest.fixture
def model(data: LoadedData) -> Model:
    return Model({u: [e.item_id for e in script.latest(data, u, None)] for u in data.people().ids()})


def plan_of(data: LoadedData, one: str = "ann", other: str = "bob", n: int = 5) -> Plan:
    past = script.past(data, one)
    moved = script.after(past, script.latest(data, other, n), data.last_timestamp)
    return Plan("three-tastes", HRNN, past, moved, one, (POPULAR,))


def test_a_past_has_all_columns_and_is_in_order(data: LoadedData) -> None:
    past = script.past(data, "ann")
    assert len(past) == 31
    assert [event.timestamp for event in past] == sorted(event.timestamp for event in past)
    assert past[0] == LiveEvent("i0", 1_700_000_000, "watch", 3.0, {"deviceType": "TV"}, 1_700_000_000)
    trailer = next(event for event in past if event.event_type == "trailer")
    assert trailer.value is None
    assert script.past(data, "nobody") == ()


def test_only_events_that_count_are_sent_of_somebody_else(data: LoadedData) -> None:
    assert [e.item_id for e in script.latest(data, "ann", 2)] == ["i84", "i87"]
    assert len(script.latest(data, "ann", None)) == 30
    assert script.latest(data, "eve", 20) == script.past(data, "eve")


def test_what_follows_a_past_keeps_its_pauses(data: LoadedData) -> None:
    past, theirs = script.past(data, "ann"), script.latest(data, "bob", 3)
    moved = script.after(past, theirs, 0)
    assert [e.timestamp - past[-1].timestamp for e in moved] == [DAY, 2 * DAY, 3 * DAY]
    assert [e.happened for e in moved] == [e.timestamp for e in theirs]
    assert [e.timestamp for e in script.after((), theirs, 7)] == [7, 7 + DAY, 7 + 2 * DAY]
    assert script.after(past, (), 0) == ()


def test_somebody_then_is_the_past_without_the_latest_events(data: LoadedData) -> None:
    past = script.past(data, "dot")
    before, later = script.split(past, data, 10)
    assert before + later == past
    assert len(later) == 10
    assert script.split(past, data, 99) == ((), past)
    assert script.split((), data, 5) == ((), ())


def test_requests_hold_ten_events_with_ids_that_stay_the_same(data: LoadedData) -> None:
    past = script.past(data, "ann")
    requests = script.put_events_requests(past, "t", "sandbox-1")
    assert [len(request["eventList"]) for request in requests] == [10, 10, 10, 1]
    ids = [event["eventId"] for request in requests for event in request["eventList"]]
    assert len(set(ids)) == 31
    assert requests == script.put_events_requests(past, "t", "sandbox-1")
    event = requests[0]["eventList"][0]
    assert json.loads(event["properties"]) == {"deviceType": "TV"}
    assert (event["eventType"], event["eventValue"], event["sentAt"]) == ("watch", 3.0, 1_700_000_000)
    trailer = next(e for r in requests for e in r["eventList"] if e["eventType"] == "trailer")
    assert "eventValue" not in trailer


def test_properties_that_are_too_long_for_the_api_stay_away() -> None:
    long = LiveEvent("i1", 1, "watch", None, {"note": "x" * 1100})
    [request] = script.put_events_requests((long,), "t", "u")
    assert "properties" not in request["eventList"][0]


@pytest.mark.parametrize("text", ["i1@watch", "i1@rate@4.5"])
def test_an_event_by_hand_goes_into_an_address_and_back(text: str) -> None:
    [event] = script.from_address([text], (), "watch", 100)
    assert script.to_address(event) == text
    assert event.timestamp == 100


def test_addresses_of_less_mean_the_usual_event() -> None:
    found = script.from_address(["i1", "i2@", "i3@rate@much"], (), "watch", 0)
    assert [(e.item_id, e.event_type, e.value) for e in found] == [
        ("i1", "watch", None),
        ("i2", "watch", None),
        ("i3", "rate", None),
    ]
    assert [e.timestamp for e in found] == [0, 300, 600]


def test_a_copy_answers_like_the_original_and_turns(data: LoadedData, model: Model, tmp_path: Path) -> None:
    target = item_ids(recommend(backend(model, tmp_path), HRNN, "bob", LENGTH))
    replay = Replay(backend(model, tmp_path), plan_of(data))
    replay.start()
    assert replay.wait(5, 10)
    assert replay.done
    assert replay.same_as_original == LENGTH
    shared = [len(set(step.answer.ids) & set(target)) for step in replay.steps]
    assert shared[0] == 0
    assert shared[-1] >= 20
    assert [step.number for step in replay.steps] == list(range(6))
    assert replay.steps[2].event == replay.plan.events[1]
    assert len({step.controls["aws-popularity-count"] for step in replay.steps}) == 1


def test_the_person_is_never_sent_for(data: LoadedData, model: Model, tmp_path: Path) -> None:
    Replay(backend(model, tmp_path), plan_of(data)).advance()
    users = {request["userId"] for request in model.sent}
    assert len(users) == 1
    assert users.pop().startswith("sandbox-")
    assert len(model.histories["ann"]) == 30


def test_a_finished_copy_is_forgotten_where_that_can_be(data: LoadedData, model: Model, tmp_path: Path) -> None:
    replay = Replay(backend(model, tmp_path), plan_of(data))
    replay.advance(2)
    assert not replay.forgotten
    replay.advance()
    assert replay.forgotten
    assert model.forgotten == [replay.user_id]
    assert replay.user_id not in model.histories
    assert len(replay.steps) == 6


def test_one_that_is_left_early_is_forgotten_when_it_is_closed(data: LoadedData, model: Model, tmp_path: Path) -> None:
    replay = Replay(backend(model, tmp_path), plan_of(data))
    replay.advance(1)
    replay.close()
    replay.close()
    assert model.forgotten == [replay.user_id]


def test_a_refused_event_keeps_the_steps_and_goes_on(data: LoadedData, model: Model, tmp_path: Path) -> None:
    model.refuse_from = 4 + 2  # four calls make the copy
    replay = Replay(backend(model, tmp_path), plan_of(data))
    replay.advance()
    assert len(replay.steps) == 3
    assert replay.error is not None
    assert "The event is not liked." in str(replay.error)
    model.refuse_from = None
    replay.advance()
    assert replay.error is None
    assert replay.done
    assert len(model.sent) == 4 + 5


def test_a_copy_that_was_refused_half_way_is_made_whole_without_doubles(
    data: LoadedData, model: Model, tmp_path: Path
) -> None:
    model.refuse_from = 2
    replay = Replay(backend(model, tmp_path), plan_of(data))
    replay.advance()
    assert replay.steps == ()
    model.refuse_from = None
    replay.advance(0)
    assert model.histories[replay.user_id] == model.histories["ann"]


def test_on_aws_a_list_that_does_not_change_is_waited_for_and_what_was_sent_stays(
    data: LoadedData, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_events, "PATIENCE_S", 0.02)
    monkeypatch.setattr(live_events, "LOOK_EVERY_S", 0.005)
    plan = Plan("three-tastes", HRNN, (), (LiveEvent("i1", 1, "trailer"), LiveEvent("i1", 2, "watch")))
    replay = Replay(backend(model, tmp_path, embedded=False), plan)
    replay.advance()
    waited = [step.unchanged_after_s for step in replay.steps]
    assert waited[1] is not None
    assert waited[1] >= 0.02
    assert waited[2] is None
    assert not replay.forgotten
    assert model.forgotten == []


def test_a_tracker_is_made_once(model: Model, tmp_path: Path) -> None:
    opened = backend(model, tmp_path)
    assert tracker.tracking_id(opened, "three-tastes") == "t-1"
    assert tracker.tracking_id(opened, "three-tastes") == "t-1"
    assert opened.personalize.made == 1
    with pytest.raises(ServiceError, match='no data set group "gone"'):
        tracker.tracking_id(opened, "gone")


def test_events_for_the_real_person_are_sent_as_of_now(model: Model, tmp_path: Path) -> None:
    events = [LiveEvent("i1", 5, "watch"), LiveEvent("i4", 6, "watch")]
    tracker.send_for_real(backend(model, tmp_path), "three-tastes", "ann", events)
    assert model.histories["ann"][-2:] == ["i1", "i4"]
    assert model.sent[0]["eventList"][0]["sentAt"] > 1_700_000_000


def test_what_a_stopped_process_left_behind_is_taken_out(
    data: LoadedData, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = backend(model, tmp_path)
    left = Replay(opened, plan_of(data))
    left.advance(1)
    assert sandboxes.sweep(opened) == 0, "its process lives"
    monkeypatch.setattr(sandboxes, "_alive", lambda pid: False)
    Replay(opened, plan_of(data)).advance(0)
    assert left.user_id in model.forgotten


def test_a_finished_copy_leaves_no_note(data: LoadedData, model: Model, tmp_path: Path) -> None:
    Replay(backend(model, tmp_path), plan_of(data)).advance()
    assert list((tmp_path / "sandboxes").iterdir()) == []


def test_what_is_not_foreseen_stops_a_replay_with_a_sentence(
    data: LoadedData, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(**request: object) -> None:
        raise RuntimeError("surprise")

    monkeypatch.setattr(model, "put_events", fall)
    replay = Replay(backend(model, tmp_path), plan_of(data))
    replay.start()
    assert not replay.wait(0, 10)
    assert "The log has the details." in str(replay.error)
