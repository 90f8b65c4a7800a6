"""Segments: every column of the users can be chosen by, conditions add up, and a saved rule outlives new data."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from services.errors import DataError
from services.library.store import Library, LoadedData
from services.segments.members import HISTORY, Members
from services.segments.saved import Condition, Segment, delete, save, saved
from tests.services.screens.cold_start.worlds import sweet_and_sour

GROUP = "sweet-and-sour"


@pytest.fixture
def users() -> pd.DataFrame:
    ids = sorted(set(sweet_and_sour().interactions["USER_ID"]))
    n = len(ids)
    return pd.DataFrame(
        {
            "USER_ID": ids,
            "NEWSLETTER": ["ja" if number % 3 else "nein" for number in range(n)],
            "INTERESTS": ["sport|music" if number % 2 else "music" for number in range(n)],
            "AGE": np.arange(n) + 18,
            "SAME": "x",
        }
    )


@pytest.fixture
def loaded(users: pd.DataFrame, tmp_path: Path) -> LoadedData:
    return Library(tmp_path).save(replace(sweet_and_sour(), users=users))


@pytest.fixture
def members(loaded: LoadedData) -> Members:
    return Members(loaded, loaded.people())


def test_every_column_that_tells_people_apart_can_be_chosen_by(members: Members) -> None:
    assert members.columns == [HISTORY, "newsletter", "interests", "age"]
    assert members.values("nothing") == []


def test_values_have_the_number_of_their_people(members: Members, users: pd.DataFrame) -> None:
    assert dict(members.values("newsletter")) == users["NEWSLETTER"].value_counts().to_dict()
    assert dict(members.values("interests")) == {"music": len(users), "sport": len(users) // 2}
    quarters = members.values("age")
    assert quarters[0][0].startswith("18 to ")
    assert sum(n for _, n in quarters) == len(users)
    assert max(n for _, n in quarters) - min(n for _, n in quarters) <= 2


def test_conditions_add_up_and_values_of_one_widen_it(members: Members, users: pd.DataFrame) -> None:
    both = members.users([Condition("newsletter", ("ja",)), Condition("interests", ("sport",))])
    expected = users[(users["NEWSLETTER"] == "ja") & users["INTERESTS"].str.contains("sport")]["USER_ID"]
    assert both == list(expected)
    assert members.users([Condition("newsletter", ("ja", "nein"))]) == list(users["USER_ID"])
    assert members.users([Condition("gone", ("x",))]) == []
    choice = members.choices()["newsletter: nein"]
    assert members.users([choice]) == list(users[users["NEWSLETTER"] == "nein"]["USER_ID"])


def test_quarters_are_disjoint_and_a_saved_range_stays_itself(members: Members, users: pd.DataFrame) -> None:
    parts = [members.users([Condition("age", (name,))]) for name, _ in members.values("age")]
    assert [len(part) for part in parts] == [n for _, n in members.values("age")]
    assert sorted(user for part in parts for user in part) == list(users["USER_ID"])
    assert members.users([Condition("age", ("20 to 30",))]) == list(users[users["AGE"].between(21, 30)]["USER_ID"])


def test_segments_are_saved_replaced_and_deleted(loaded: LoadedData, tmp_path: Path) -> None:
    first = Segment("Readers", (Condition("newsletter", ("ja",)), Condition("age", ())))
    save(tmp_path, GROUP, first)
    save(tmp_path, GROUP, Segment(" Readers ", (Condition("newsletter", ("nein", "ja")),)))
    save(tmp_path, GROUP, Segment("Young", (Condition("age", ("18 to 30",)),)))
    assert [(one.name, one.words) for one in saved(tmp_path, GROUP)] == [
        ("Readers", "newsletter: nein or ja"),
        ("Young", "age: 18 to 30"),
    ]
    delete(tmp_path, GROUP, "Readers")
    assert [one.name for one in saved(tmp_path, GROUP)] == ["Young"]
    (tmp_path / "library" / GROUP / "segments.json").write_text('[{"name": "x"}, 3]')
    assert saved(tmp_path, GROUP) == []


def test_a_segment_without_a_name_or_a_condition_is_refused(loaded: LoadedData, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="needs a name"):
        save(tmp_path, GROUP, Segment(" ", (Condition("age", ("1",)),)))
    with pytest.raises(DataError, match="All has no condition"):
        save(tmp_path, GROUP, Segment("All", (Condition("age", ()),)))
