"""Live events in read-only mode: the lists that would follow, in memory, each visitor's own, at a bounded pace."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.backend import Backend, HistoryList, HypotheticalEvent
from services.errors import ServiceError
from services.language.vocabulary import FILM_WORDS
from services.library.store import Library, LoadedData
from services.sandbox import pace, script
from services.sandbox.in_memory import NOT_ON_AWS, InMemoryReplay, replay_of
from services.sandbox.pace import Budget, Pace
from services.sandbox.replay import Replay
from services.sandbox.states import LENGTH, Plan
from services.screens.live_events import sentences
from tests.engine.test_read_only import contents
from tests.services.sandbox.worlds import Model, backend, three_tastes
from tests.services.worlds import HRNN, POPULAR


@pytest.fixture
def data(tmp_path: Path) -> LoadedData:
    return Library(tmp_path).save(three_tastes())


@pytest.fixture
def model(data: LoadedData) -> Model:
    return Model({u: [e.item_id for e in script.latest(data, u, None)] for u in data.people().ids()})


@pytest.fixture
def plan(data: LoadedData) -> Plan:
    past = script.past(data, "ann")
    moved = script.after(past, script.latest(data, "bob", 5), data.last_timestamp)
    return Plan("three-tastes", HRNN, past, moved, "ann", (POPULAR,))


@pytest.fixture
def reading(model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """A backend in read-only mode that answers for hypothetical events as it would for sent ones."""
    monkeypatch.setenv("PERSONALIZE_MODE", "read-only")

    def list_after_events(arn: str, events: list[HypotheticalEvent], count: int) -> HistoryList:
        model.histories["supposed"] = [event.item_id for event in events if event.event_type == "watch"]
        items = model.get_recommendations(arn, count, "supposed")["itemList"]
        del model.histories["supposed"]
        return HistoryList(tuple(i["itemId"] for i in items), tuple(i["score"] for i in items), ())

    capabilities: Any = SimpleNamespace(what_if=SimpleNamespace(list_after_events=list_after_events))
    return replace(backend(model, tmp_path), capabilities=capabilities)


def test_the_lists_are_those_of_events_that_are_sent(
    model: Model, plan: Plan, reading: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(tmp_path)
    supposed = replay_of(reading, plan)
    assert isinstance(supposed, InMemoryReplay)
    supposed.start()
    assert supposed.wait(5, 10)
    assert supposed.error is None
    assert model.sent == []
    supposed.close()
    assert contents(tmp_path) == before

    monkeypatch.delenv("PERSONALIZE_MODE")
    sent = replay_of(backend(model, tmp_path), plan)
    assert not isinstance(sent, InMemoryReplay)
    sent.advance()
    assert [step.answer.deep for step in supposed.steps] == [step.answer.deep for step in sent.steps]
    assert [step.answer.scores for step in supposed.steps] == [step.answer.scores for step in sent.steps]
    assert [step.controls for step in supposed.steps] == [step.controls for step in sent.steps]
    assert [step.event for step in supposed.steps] == [step.event for step in sent.steps]
    assert supposed.same_as_original == LENGTH
    assert {step.put for step in supposed.steps} == {None}


def test_the_sentences_do_not_say_that_something_was_sent(plan: Plan, reading: Backend) -> None:
    replay = replay_of(reading, plan)
    replay.advance()
    assert sentences.check_line(replay, "Ann", FILM_WORDS, user_columns=False) == (
        "Test copy of Ann, made of 31 events: the same 25 films as the original."
    )
    assert sentences.kept_line(replay, can_forget=True) == (
        "This demo is read-only: nothing is sent, and the events exist only on this page."
    )
    assert sentences.how_line("Ann", sends=False).startswith("Nothing is sent")
    assert "PutEvents" in sentences.how_line("Ann", sends=True)


def test_a_visitor_who_asks_for_too_much_continues_later(
    plan: Plan, reading: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(pace, "PER_VISITOR", 3)
    own = Pace(Budget(1000, lambda: now[0]), Budget(3, lambda: now[0]))
    replay = replay_of(reading, plan, own)
    replay.advance()
    assert len(replay.steps) == 3
    assert str(replay.error) == (
        "This demo computes at most 3 lists a minute for one visitor. Wait a moment, then continue."
    )
    now[0] = 40.0
    replay.advance()
    assert len(replay.steps) == 5
    now[0] = 100.0
    replay.advance()
    assert replay.done


def test_all_visitors_together_are_bounded_too() -> None:
    everybody = Budget(4, lambda: 0.0)
    visitors = [Pace(everybody, Budget(3, lambda: 0.0)) for _ in range(2)]
    for visitor in (visitors[0], visitors[0], visitors[0], visitors[1]):
        visitor.take()
    with pytest.raises(ServiceError, match="Many visitors"):
        visitors[1].take()
    with pytest.raises(ServiceError, match="for one visitor"):
        visitors[0].take()


def test_a_budget_is_never_more_than_a_minute() -> None:
    now = [0.0]
    budget = Budget(2, lambda: now[0])
    now[0] = 3600.0
    assert [budget.take() for _ in range(3)] == [True, True, False]


def test_aws_answers_only_for_events_that_were_sent(plan: Plan, reading: Backend) -> None:
    replay = replay_of(replace(reading, capabilities=None), plan)
    replay.advance()
    assert str(replay.error) == NOT_ON_AWS


def test_every_user_id_is_another(plan: Plan, reading: Backend) -> None:
    assert replay_of(reading, plan).user_id != replay_of(reading, plan).user_id
    assert Replay.sends is True
    assert InMemoryReplay.sends is False
