"""Finding people for the selects: who is suggested, who is found, who is drawn."""

import pytest

from services.library.people import People
from services.library.store import Library


@pytest.fixture
def people(tmp_path, small_world) -> People:
    return Library(tmp_path).save(small_world).people()


def test_finding_returns_ids_in_the_order_of_the_search(people: People) -> None:
    assert people.find("ann") == ["u0"]
    assert people.find("u1") == ["u1", "u10", "u11"]
    assert people.find("south", 2) == ["u1", "u11"]
    assert people.find("nobody at all") == []


def test_suggestions_begin_with_named_viewers_and_hold_nobody_twice(people: People) -> None:
    found = people.suggested(10)
    assert found[0] == "u0"
    assert len(set(found)) == len(found)
    assert people.suggested(10) == found


def test_a_sample_is_the_same_each_time_and_leaves_out_who_is_named(people: People) -> None:
    drawn = people.sample(5, 1, besides=["u0"])
    assert len(set(drawn)) == 5
    assert "u0" not in drawn
    assert people.sample(5, 1, besides=["u0"]) == drawn
    assert len(people.sample(100, 1)) == 12


def test_attributes_of_a_few_people_come_in_the_order_asked(tmp_path, small_world) -> None:
    data = Library(tmp_path).save(small_world)
    frame = data.user_attributes(["u3", "nobody", "u0"])
    assert list(frame.index) == ["u3", "nobody", "u0"]
    assert frame["REGION"].tolist()[::2] == ["South", "North"]
    assert frame["REGION"].isna().tolist() == [False, True, False]
