"""The local folder of objects: what killed writers leave, circles of links, and names that are not text."""

import fcntl
import os

import pytest

from services.engine.errors import InvalidInput
from services.engine.store.local_objects import LocalObjects, remove_partial_objects


def partial(root, name: str, age_s: float = 3600.0):
    path = root / "bucket" / "folder" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half of it")
    os.utime(path, (path.stat().st_mtime - age_s,) * 2)
    return path


def test_what_a_killed_writer_left_is_removed(tmp_path, caplog):
    left = partial(tmp_path, ".0123456789abcdef.partial")
    others = [partial(tmp_path, "data.csv"), partial(tmp_path, ".hidden"), partial(tmp_path, "x.partial")]
    with caplog.at_level("INFO"):
        remove_partial_objects(tmp_path)
    assert not left.exists()
    assert all(path.exists() for path in others)
    assert f"removing unfinished object={left}" in caplog.text


def test_what_is_being_written_stays(tmp_path):
    fresh = partial(tmp_path, ".1.partial", age_s=0)
    slow = partial(tmp_path, ".2.partial")
    with slow.open("rb") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        remove_partial_objects(tmp_path)
    assert fresh.exists()
    assert slow.exists()


def test_a_folder_without_objects_has_nothing_to_remove(tmp_path):
    remove_partial_objects(tmp_path / "none")


def test_a_circle_of_links_is_refused_with_a_sentence(tmp_path):
    bucket = tmp_path / "bucket"
    bucket.mkdir()
    (bucket / "a").symlink_to(bucket / "b")
    (bucket / "b").symlink_to(bucket / "a")
    objects = LocalObjects(tmp_path)
    for act in (objects.list, objects.exists, objects.open_read, lambda url: objects.put_bytes(url, b"x")):
        for url in ("s3://bucket/a/data.csv", "s3://bucket/a"):
            with pytest.raises(InvalidInput, match=r"circle of links|leads out|no file"):
                act(url)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(InvalidInput, match=r"circle of links|leads out"):
        objects.list("s3://loop/")


def test_a_name_that_is_not_utf8_is_refused_with_a_sentence(tmp_path):
    folder = tmp_path / "bucket" / "in"
    folder.mkdir(parents=True)
    (folder / os.fsdecode(b"\xff.csv")).write_bytes(b"x")
    objects = LocalObjects(tmp_path)
    (url,) = objects.list("s3://bucket/in/")
    with pytest.raises(InvalidInput, match=r"The name 's3://bucket/in/\?\.csv' is not UTF-8; rename the file"):
        objects.open_read(url)
