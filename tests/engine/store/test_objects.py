"""Objects in a folder and on S3 behave alike, and no key leads out of its bucket."""

import threading
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from services.engine.errors import InvalidInput
from services.engine.settings import EngineSettings
from services.engine.store.objects import LocalObjects, ObjectStore, files_at, open_objects
from services.engine.store.s3 import uploads as s3_uploads
from services.engine.store.s3.objects import S3Objects


@pytest.fixture(scope="module")
def s3_endpoint():
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def one_s3(s3_endpoint: str):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "any")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "any")
        patch.setenv("AWS_CONFIG_FILE", "/nonexistent")
        store = S3Objects(s3_endpoint)
        store._client.create_bucket(Bucket="bucket")
        yield store
        store._client.close()


@pytest.fixture
def s3(one_s3: S3Objects) -> S3Objects:
    for entry in one_s3._client.list_objects_v2(Bucket="bucket").get("Contents", []):
        one_s3._client.delete_object(Bucket="bucket", Key=entry["Key"])
    return one_s3


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "local":
        return LocalObjects(tmp_path / "objects")
    return request.getfixturevalue("s3")


def read(store: ObjectStore, url: str) -> bytes:
    with store.open_read(url) as file:
        return file.read()


def test_what_is_put_is_read_again(store: ObjectStore, tmp_path: Path):
    store.put_bytes("s3://bucket/a/b c.csv", b"one")
    (tmp_path / "file").write_bytes(b"two" * 1000)
    store.put_file("s3://bucket/ü.csv", tmp_path / "file")
    assert read(store, "s3://bucket/a/b c.csv") == b"one"
    with store.local_path("s3://bucket/ü.csv") as path:
        assert path.read_bytes() == b"two" * 1000
    store.put_bytes("s3://bucket/a/b c.csv", b"new")
    assert read(store, "s3://bucket/a/b c.csv") == b"new"


def test_a_folder_lists_its_files_of_the_first_level_by_name(store: ObjectStore):
    for key in ("in/b.csv", "in/a.csv", "in/deep/c.csv", "inside.csv"):
        store.put_bytes(f"s3://bucket/{key}", b"x")
    assert store.list("s3://bucket/in/") == ["s3://bucket/in/a.csv", "s3://bucket/in/b.csv"]
    assert store.list("s3://bucket/") == ["s3://bucket/inside.csv"]
    assert store.list("s3://bucket/in/a.csv") == ["s3://bucket/in/a.csv"]
    assert store.list("s3://bucket/in") == store.list("s3://bucket/none/") == []
    assert [store.exists(f"s3://bucket/{key}") for key in ("in/", "in/a.csv", "in", "none/")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_location_is_a_file_or_the_folder_of_that_name(store: ObjectStore):
    store.put_bytes("s3://bucket/in/a.csv", b"a")
    store.put_bytes("s3://bucket/in/b.csv", b"b")
    both = ["s3://bucket/in/a.csv", "s3://bucket/in/b.csv"]
    assert files_at(store, "s3://bucket/in/a.csv") == both[:1]
    assert files_at(store, "s3://bucket/in/") == files_at(store, "s3://bucket/in") == both
    with pytest.raises(InvalidInput, match="There is no file s3://bucket/gone, and no folder of that name"):
        files_at(store, "s3://bucket/gone")
    with pytest.raises(InvalidInput, match=r"There is no bucket '?no-such-bucket'?"):
        files_at(store, "s3://no-such-bucket/in/")


def test_a_missing_object_is_named(store: ObjectStore):
    for read_it in (store.open_read, lambda url: store.local_path(url).__enter__()):
        with pytest.raises(InvalidInput, match=r"Invalid Data location\. There is no .*s3://bucket/none\.csv"):
            read_it("s3://bucket/none.csv")
    assert store.list("s3://other-bucket/none.csv") == []


def test_an_object_can_be_deleted_twice(store: ObjectStore):
    store.put_bytes("s3://bucket/a.csv", b"x")
    store.delete("s3://bucket/a.csv")
    store.delete("s3://bucket/a.csv")
    assert not store.exists("s3://bucket/a.csv")


@pytest.mark.parametrize(
    "url",
    [
        "s3://bucket/../secret",
        "s3://bucket/a/../../secret",
        "s3://bucket/./a",
        "s3://bucket//etc/passwd",
        "s3://bucket/a//b",
        "s3://../secret",
        "s3://./secret",
        "s3://a..b/secret",
        "s3:///etc/passwd",
        "s3://bucket/a\0b",
        "s3://bucket/a\nb",
        "s3://bucket/..\\secret",
        "s3://bucket/" + "x" * 300,
        "s3://bucket/" + "x/" * 600,
        "file:///etc/passwd",
        "/etc/passwd",
        "",
    ],
)
def test_a_location_that_could_mean_something_else_is_refused(store: ObjectStore, url: str):
    for use in (store.list, store.exists, store.open_read, lambda url: store.put_bytes(url, b"x"), store.delete):
        with pytest.raises(InvalidInput, match=r"^Invalid Data location\."):
            use(url)


def test_a_link_that_leads_out_of_the_bucket_is_refused(tmp_path: Path):
    store = LocalObjects(tmp_path / "objects")
    store.put_bytes("s3://bucket/a.csv", b"x")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "objects" / "bucket" / "link.csv").symlink_to(tmp_path / "secret")
    (tmp_path / "objects" / "bucket" / "folder").symlink_to(tmp_path)
    (tmp_path / "objects" / "outside").symlink_to(tmp_path)
    for url in ("s3://bucket/link.csv", "s3://bucket/folder/secret", "s3://outside/secret"):
        with pytest.raises(InvalidInput, match="leads out of its bucket's folder"):
            store.open_read(url)
        with pytest.raises(InvalidInput, match="leads out of its bucket's folder"):
            store.put_bytes(url, b"changed")
    assert (tmp_path / "secret").read_text() == "secret"
    assert store.list("s3://bucket/") == ["s3://bucket/a.csv"]


def test_a_key_below_a_file_cannot_be_written(tmp_path: Path):
    store = LocalObjects(tmp_path)
    store.put_bytes("s3://bucket/a", b"x")
    store.put_bytes("s3://bucket/folder/b", b"x")
    with pytest.raises(InvalidInput, match="a part of its key is already a file"):
        store.put_bytes("s3://bucket/a/b", b"x")
    with pytest.raises(InvalidInput, match="there is a folder of that name"):
        store.put_bytes("s3://bucket/folder", b"x")


def test_a_write_that_fails_leaves_the_old_object(tmp_path: Path):
    store = LocalObjects(tmp_path)
    store.put_bytes("s3://bucket/a", b"old")
    with pytest.raises(FileNotFoundError):
        store.put_file("s3://bucket/a", tmp_path / "none")
    assert read(store, "s3://bucket/a") == b"old"
    assert [entry.name for entry in (tmp_path / "bucket").iterdir()] == ["a"]


def test_readers_never_see_half_an_object(tmp_path: Path):
    store = LocalObjects(tmp_path)
    contents = [bytes([n]) * 200_000 for n in range(2)]
    store.put_bytes("s3://bucket/a", contents[0])
    over = threading.Event()

    def write() -> None:
        for n in range(40):
            store.put_bytes("s3://bucket/a", contents[n % 2])
        over.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not over.is_set():
        assert read(store, "s3://bucket/a") in contents
    writer.join()


def test_refused_credentials_are_said_in_awss_words(s3: S3Objects, monkeypatch: pytest.MonkeyPatch):
    client = s3._client

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetObject")

    monkeypatch.setattr(client, "get_object", refuse)
    with pytest.raises(InvalidInput, match=r"^Insufficient privileges for accessing data in Amazon S3\."):
        s3.open_read("s3://bucket/a.csv")


def test_without_credentials_the_answer_is_quick_and_says_so(s3_endpoint: str, monkeypatch, tmp_path: Path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    with pytest.raises(InvalidInput, match=r"S3 could not be asked for .*credentials"):
        S3Objects(s3_endpoint).exists("s3://bucket/a.csv")


def test_the_settings_choose_the_store(tmp_path: Path):
    assert isinstance(open_objects(EngineSettings(home=tmp_path)), LocalObjects)
    assert isinstance(open_objects(EngineSettings(home=tmp_path, use_s3=True)), S3Objects)
    assert isinstance(open_objects(EngineSettings(home=tmp_path, s3_endpoint_url="http://127.0.0.1:1")), S3Objects)


def in_parts(s3: S3Objects, path: Path, sent) -> None:
    s3_uploads.upload(s3._client, "bucket", "large.csv", path, sent, part_bytes=5 << 20)


def sent_parts(s3: S3Objects, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the list that gets the numbers of the parts which are sent from now on."""
    numbers: list[int] = []
    send = s3._client.upload_part

    def counted(**arguments):
        numbers.append(arguments["PartNumber"])
        return send(**arguments)

    monkeypatch.setattr(s3._client, "upload_part", counted)
    return numbers


def test_a_large_upload_goes_on_where_it_was_broken_off(s3: S3Objects, tmp_path: Path, monkeypatch):
    path = tmp_path / "large"
    path.write_bytes(b"".join(bytes([n]) * (5 << 20) for n in range(2)) + b"rest")
    numbers, done = sent_parts(s3, monkeypatch), []

    def closed(n_bytes):
        raise ConnectionError("the laptop was closed")

    with pytest.raises(ConnectionError):
        in_parts(s3, path, closed)
    assert not s3.exists("s3://bucket/large.csv")
    in_parts(s3, path, done.append)
    assert numbers == [1, 2, 3], "the first part is not sent again"
    assert done == [5 << 20, 10 << 20, (10 << 20) + 4]
    assert read(s3, "s3://bucket/large.csv") == path.read_bytes()


def test_parts_of_another_file_are_never_mixed_in(s3: S3Objects, tmp_path: Path, monkeypatch):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"a" * (5 << 20) + b"end")
    new.write_bytes(b"b" * (5 << 20) + b"end")
    numbers = sent_parts(s3, monkeypatch)

    def closed(n_bytes):
        raise ConnectionError

    with pytest.raises(ConnectionError):
        in_parts(s3, old, closed)
    in_parts(s3, new, lambda n_bytes: None)
    assert numbers == [1, 1, 2]
    assert read(s3, "s3://bucket/large.csv") == new.read_bytes()


def test_what_was_sent_is_told(store: ObjectStore, tmp_path: Path):
    (tmp_path / "file").write_bytes(b"x" * 1000)
    told: list[int] = []
    store.put_file("s3://bucket/told.csv", tmp_path / "file", told.append)
    assert told[-1] == 1000
