"""Lists are kept beside a group's data by name, replaced by those of the same name, removed, and gone with the data."""

from pathlib import Path

import pytest

from services.errors import DataError
from services.library.store import Library
from services.other_lists.kept import UPLOADED, keep, kept, named, remove
from services.other_lists.reading import ReadLists
from tests.services.screens.cold_start.worlds import sweet_and_sour

GROUP = "sweet-and-sour"


def read(*items: str) -> ReadLists:
    return ReadLists("ALS", {"u1": items}, len(items), 0, 0, "by rank")


def test_lists_are_kept_replaced_and_removed_and_outlive_a_new_version_of_the_data(tmp_path: Path) -> None:
    Library(tmp_path).save(sweet_and_sour())
    first = keep(tmp_path, GROUP, "als.csv", read("a", "b"))
    keep(tmp_path, GROUP, "ease.csv", read("c"), "EASE")
    assert [(one.name, one.lists) for one in kept(tmp_path, GROUP)] == [
        ("ALS", {"u1": ("a", "b")}),
        ("EASE", {"u1": ("c",)}),
    ]
    again = keep(tmp_path, GROUP, "als.csv", read("b"))
    assert again.id != first.id
    for _ in range(3):
        Library(tmp_path).save(sweet_and_sour())  # sweeps versions, not lists
    (als,) = [one for one in kept(tmp_path, GROUP) if one.name == "ALS"]
    assert als.lists == {"u1": ("b",)}
    assert (als.as_campaign.name, als.as_campaign.recipe) == ("ALS", UPLOADED)
    remove(tmp_path, GROUP, als.id)
    assert named(kept(tmp_path, GROUP), "ALS") is None
    with pytest.raises(DataError, match="The lists of ALS are gone"):
        _ = first.lists
    Library(tmp_path).delete(GROUP)
    assert kept(tmp_path, GROUP) == []


def test_lists_of_data_that_is_not_here_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="The data of nowhere was not loaded"):
        keep(tmp_path, "nowhere", "als.csv", read("a"))
