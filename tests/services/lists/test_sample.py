import numpy as np
import pytest

from services.library.prepared import PreparedData
from services.library.store import Library
from services.library.tastes import Tastes
from services.lists import sample as list_sample
from services.lists.sample import ListSample, taste_agreement
from tests.services.worlds import answer, campaign


def sample(**changes: object) -> ListSample:
    made: dict = {
        "user_ids": ("named", "a", "b", "c", "d"),
        "lists": (("x", "y", "z"), ("x", "y", "z"), ("x", "y", "q"), ("r", "s", "t"), ("x", "r", "u")),
        "n_named": 1,
        "n_events": np.array([50, 40, 30, 20, 3]),
        "segment_name": "region",
        "segments": ("North", "North", "South", "North", ""),
        "past": 1.0,
        "taste": 0.5,
        "newcomer": ("e", ("x", "t", "v")),
    }
    return ListSample(**(made | changes))


def test_shared_counts_every_two_lists_up_to_k() -> None:
    assert sample().shared(3).tolist()[1] == [3, 3, 2, 0, 1]
    assert sample().shared(1).tolist()[1] == [1, 1, 1, 0, 1]


def test_named_viewers_do_not_count_for_chance() -> None:
    chance = sample().chance(3)
    assert chance.n_people == 4
    assert chance.mean == pytest.approx(np.mean([2, 0, 1, 0, 1, 1]))
    assert 0 < chance.order < 1
    assert not chance.known


def test_chance_is_known_from_thirty_people_on() -> None:
    people = tuple(f"p{n}" for n in range(30))
    many = sample(user_ids=people, lists=(("x",),) * 30, n_named=0, n_events=np.full(30, 9), segments=("",) * 30)
    assert many.chance(25).known
    assert many.chance(25).mean == 1


def test_nobody_to_compare_is_no_chance() -> None:
    alone = sample(user_ids=("a",), lists=(("x",),), n_named=0, n_events=np.array([9]), segments=("",))
    assert alone.chance(25).n_people == 1
    assert alone.pairs(25)[0].name == "Long and new"


def test_pairs_leave_out_people_with_hardly_any_history() -> None:
    pairs = {pair.name: pair for pair in sample().pairs(3)}
    assert (pairs["Most alike"].one, pairs["Most alike"].other, pairs["Most alike"].shared) == ("named", "a", 3)
    assert {pairs["Furthest apart"].one, pairs["Furthest apart"].other} == {"named", "c"}  # longest of equal ones
    assert pairs["Same region, different taste"].shared == 0
    assert {pairs["Same region, different taste"].one, pairs["Same region, different taste"].other} == {"a", "c"}
    assert (pairs["Long and new"].one, pairs["Long and new"].other, pairs["Long and new"].shared) == ("named", "e", 1)


def test_suggestions_say_why_and_what_to_expect() -> None:
    found = sample().suggested("a", ["x", "y", "z"], 3, "North")
    assert [(one.user_id, one.shared) for one in found[:2]] == [("c", 0), ("named", 3)]
    assert len({one.user_id for one in found}) == len(found) <= 4
    assert "a" not in [one.user_id for one in found]


def test_taste_agreement_adds_up_what_both_have() -> None:
    tastes = Tastes("G", {"v": ["Noir"], "h": ["Horror"], "m": ["Noir", "Horror"]}, {"v": 1, "h": 1, "m": 1})
    assert taste_agreement(["v"], ["h"], tastes) == 0
    assert taste_agreement(["v"], ["m"], tastes) == pytest.approx(0.5)
    assert taste_agreement(["v"], ["v", "v"], tastes) == pytest.approx(1)
    assert taste_agreement(["v"], [], tastes) is None


@pytest.fixture
def data(tmp_path, small_world: PreparedData):
    return Library(tmp_path).save(small_world)


def test_taking_a_sample_asks_each_once_and_says_their_segment(data, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fake(backend, deployed, user_id, count):
        asked.append(user_id)
        return answer("i1", "i2")

    monkeypatch.setattr(list_sample, "recommend", fake)
    backend = type("Embedded", (), {"capabilities": object()})()
    made = list_sample.take(backend, campaign("hrnn"), data, data.people(), data.tastes())
    assert made.user_ids[0] == "u0"
    assert made.n_named == 1
    assert set(made.user_ids) == {f"u{n}" for n in range(12)}
    assert made.segment_name == "region"
    assert made.segments[made.user_ids.index("u1")] == "South"
    assert made.newcomer is not None
    assert len(asked) == len(set(made.user_ids)) + 1
    again = list_sample.take(backend, campaign("hrnn"), data, data.people(), data.tastes())
    assert again.user_ids == made.user_ids


def test_numbers_make_no_segments(data) -> None:
    people = data.people()
    assert list_sample.segments_of(data, people, ["u1"])[0] == "history length"  # one person, one value
    assert list_sample.segments_of(data, people, ["u0", "u1"])[1] == {"u0": "North", "u1": "South"}
