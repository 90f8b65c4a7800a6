"""Resources, tags, and what a campaign serves."""

from pathlib import Path

import pytest

from services.engine.errors import ResourceAlreadyExists, ResourceNotFound
from services.engine.settings import EngineSettings
from services.engine.store.database import Database
from services.engine.store.leftovers import remove_models, remove_snapshots
from services.engine.store.resources import Resources
from services.engine.store.tags import Tags
from services.engine.store.versions import newest_active_version, served_version_arn


@pytest.fixture
def database(tmp_path):
    opened = Database(EngineSettings(home=tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def resources(database):
    return Resources(database)


def test_description_leaves_out_what_is_absent_or_private(resources):
    resources.insert("campaign", "c", {"name": "c", "_own": 1, "eventType": None}, status="ACTIVE")
    described = resources.get("campaign", "c").describe()
    assert set(described) == {"name", "status", "creationDateTime", "lastUpdatedDateTime"}


def test_arn_is_taken_once_and_looked_up_by_kind(resources):
    resources.insert("campaign", "c", {})
    with pytest.raises(ResourceAlreadyExists, match="Another resource with Arn c already exists"):
        resources.insert("schema", "c", {})
    assert resources.find("schema", "c") is None
    assert resources.find_any("c").kind == "campaign"
    with pytest.raises(ResourceNotFound, match="The given dataset import job does not exist: c"):
        resources.get("dataset-import-job", "c")


def test_update_replaces_removes_and_keeps(resources):
    resources.insert("campaign", "c", {"a": 1, "b": 2}, parent_arn="s", status="ACTIVE")
    resources.update("c", body={"a": 3, "b": None})
    changed = resources.get("campaign", "c")
    assert (changed.body, changed.status, changed.parent_arn) == ({"a": 3}, "ACTIVE", "s")
    resources.update("c", status="CREATE FAILED", failure_reason="why", parent_arn="t")
    changed = resources.get("campaign", "c")
    assert (changed.status, changed.failure_reason, changed.parent_arn) == ("CREATE FAILED", "why", "t")
    assert changed.body == {"a": 3}
    with pytest.raises(ResourceNotFound):
        resources.update("none", status="ACTIVE")


def test_list_goes_on_after_a_position(resources):
    for name in "abcd":
        resources.insert("schema", name, {}, parent_arn="x" if name in "ac" else "y")
    everything = resources.list("schema")
    assert [resource.arn for resource in everything] == sorted(
        "abcd", key=lambda a: resources.find("schema", a).created
    )
    second = everything[1]
    rest = resources.list("schema", after=(second.created, second.arn))
    assert rest == everything[2:]
    assert [r.arn for r in resources.list("schema", parent_arn="x")] == ["a", "c"]
    assert len(resources.list("schema", limit=3)) == 3


def test_lists_are_in_the_order_of_creation_whatever_the_clock_says(resources, monkeypatch):
    for arn, moment in (("b", 100.0), ("a", 100.0), ("d", 50.0), ("c", 101.0)):
        monkeypatch.setattr("services.engine.store.resources.now", lambda moment=moment: moment)
        resources.insert("campaign", arn, {})
    listed = resources.list("campaign")
    assert [entry.arn for entry in listed] == ["b", "a", "d", "c"]
    assert [entry.created for entry in listed] == [100.0, 100.001, 100.002, 101.0]


def test_tags_go_with_their_resource(resources, database):
    tags = Tags(database)
    resources.insert("campaign", "c", {})
    tags.put("c", {"b": "1", "a": "2"})
    tags.put("c", {"b": "3"})
    assert list(tags.of("c").items()) == [("a", "2"), ("b", "3")]
    tags.remove("c", ["a", "none"])
    assert tags.of("c") == {"b": "3"}
    resources.delete("c")
    assert tags.of("c") == {}


def test_newest_active_version_serves_a_campaign_in_sync(resources):
    for name, status in (("v1", "ACTIVE"), ("v2", "ACTIVE"), ("v3", "CREATE FAILED")):
        resources.insert("solution-version", name, {}, parent_arn="s", status=status)
    newest = max(resources.list("solution-version")[:2], key=lambda v: (v.created, v.arn)).arn
    assert newest_active_version(resources, "s").arn == newest
    assert newest_active_version(resources, "other") is None
    fixed = resources.insert("campaign", "c", {"solutionVersionArn": "v1"}, parent_arn="s")
    synced = {"solutionVersionArn": "v1", "campaignConfig": {"syncWithLatestSolutionVersion": True}}
    assert served_version_arn(resources, fixed) == "v1"
    assert served_version_arn(resources, resources.insert("campaign", "d", synced, parent_arn="s")) == newest
    assert served_version_arn(resources, resources.insert("campaign", "e", synced, parent_arn="none")) == "v1"


def folder_with_a_file(*parts):
    folder = Path(*parts)
    folder.mkdir(parents=True)
    (folder / "file").write_text("x")
    return folder


def test_only_snapshots_that_nothing_refers_to_are_removed(resources, tmp_path):
    settings = EngineSettings(home=tmp_path / "home")
    used = folder_with_a_file(settings.datasets_path, "films", "ITEMS", "used")
    unused = folder_with_a_file(settings.datasets_path, "films", "ITEMS", "unused")
    outside = folder_with_a_file(tmp_path, "films", "ITEMS", "outside")
    resources.insert("solution-version", "v", {"_snapshots": {"d": str(used)}})
    before_the_home_was_moved = "/old/home/datasets/films/ITEMS/unused"
    remove_snapshots(settings, resources, [str(used), before_the_home_was_moved, str(outside), "/a/../b"])
    assert used.exists()
    assert not unused.exists()
    assert outside.exists()
    assert [path.name for path in used.parent.iterdir()] == ["used"]


def test_models_are_removed_inside_the_home_only(tmp_path):
    settings = EngineSettings(home=tmp_path / "home")
    model = folder_with_a_file(settings.models_path, "films-1")
    outside = folder_with_a_file(tmp_path, "outside")
    remove_models(settings, ["films-1", "../../outside", "none"])
    assert not model.exists()
    assert outside.exists()
