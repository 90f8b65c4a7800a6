"""Files that are damaged, mislabelled or made to explode: each is read or refused with a sentence, and soon."""

import gzip
import io
import os
import random
import resource
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.torture.tables import mutated
from services.checks.report import check
from services.errors import PlainError, SampleError
from services.sources import bounds, movielens
from services.sources.own_files import accept, prepare
from services.sources.table_files import read_table

ROWS = [f"u{n % 7},i{n % 5},{1_700_000_000 + n * 60},watch" for n in range(40)]
EVENTS = "\n".join(["user_id,item_id,timestamp,event_type", *ROWS]) + "\n"
MOVIELENS = {
    "ml-1m/ratings.dat": "1::10::5::978300760\n2::20::3::978300761\n",
    "ml-1m/movies.dat": "10::Heat (1995)::Drama\n20::Se7en (1995)::Crime|Drama\n",
    "ml-1m/users.dat": "1::F::25::12::48067\n2::M::18::3::48067\n",
}


def parquet(frame: pd.DataFrame | None = None) -> bytes:
    if frame is None:
        frame = pd.read_csv(io.StringIO(EVENTS))
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


def arrow_parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def zipped(files: dict[str, str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def use(content: bytes, name: str) -> None:
    """Do what the Data screen does with an upload."""
    check(prepare(accept(read_table(content, name), "Interactions"), name="mine"))


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("e.csv", lambda: EVENTS.encode()),
        ("e.tsv", lambda: EVENTS.replace(",", "\t").encode("utf-16")),
        ("e.csv.gz", lambda: gzip.compress(EVENTS.encode())),
        ("e.parquet", parquet),
    ],
)
def test_mutated_uploads_are_read_or_refused_with_a_sentence(name: str, make: Callable[[], bytes]) -> None:
    content = make()
    for seed in range(120):
        with suppress(PlainError):  # any other error fails the test
            use(mutated(random.Random(seed), content), name)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_mutated_archives_are_read_or_refused_with_a_sentence(method: int, tmp_path: Path) -> None:
    content = zipped(MOVIELENS, method)
    for seed in range(60):
        path = tmp_path / f"{seed}.zip"
        path.write_bytes(mutated(random.Random(seed), content))
        with suppress(PlainError):
            movielens.read(path)


def test_carriage_returns_end_lines() -> None:
    table = read_table(EVENTS.replace("\n", "\r").encode(), "mac.csv")
    assert table.n_rows == 40
    assert list(table.frame) == ["user_id", "item_id", "timestamp", "event_type"]


@pytest.mark.parametrize("byte", [b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"])
def test_bytes_that_windows_does_not_know_are_read(byte: bytes) -> None:
    assert read_table(b"id,title\n1,a" + byte + b"\n", "w.csv").n_rows == 1


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_gzip_file_that_ends_early_says_so(keep: float) -> None:
    packed = gzip.compress(EVENTS.encode())
    with pytest.raises(SampleError, match="ends before its gzip data"):
        read_table(packed[: int(len(packed) * keep)], "e.csv.gz")


@pytest.mark.parametrize("pandas_metadata", [b"{", b"{}", b"[]", b'{"columns": 3, "index_columns": ["x"]}'])
def test_odd_pandas_metadata_does_not_matter(pandas_metadata: bytes) -> None:
    table = pa.table({"user_id": ["a"], "item_id": ["b"]}).replace_schema_metadata({b"pandas": pandas_metadata})
    assert read_table(arrow_parquet(table), "m.parquet").n_rows == 1


def test_an_index_that_pandas_wrote_is_no_column() -> None:
    frame = pd.DataFrame({"user_id": ["a", "b"]}, index=[5, 9])
    assert list(read_table(parquet(frame), "i.parquet").frame) == ["user_id"]


def test_two_columns_of_one_name_are_named() -> None:
    table = pa.table([["a"], ["b"]], names=["user_id", "user_id"])
    with pytest.raises(SampleError, match='"user_id" twice'):
        read_table(arrow_parquet(table), "t.parquet")


def test_bytes_become_text() -> None:
    table = pa.table(
        {
            "user_id": pa.array([b"u\xff", b"v"], pa.binary()),
            "item_id": ["a", "b"],
            "timestamp": pa.array([b"1700000000", b"1700000060"], pa.binary()),
        }
    )
    data = prepare(accept(read_table(arrow_parquet(table), "b.parquet"), "Interactions"), name="mine")
    assert data.interactions["TIMESTAMP"].tolist() == [1_700_000_000, 1_700_000_060]


@pytest.mark.parametrize(("kind", "n_columns"), [("csv", 60_000), ("csv", 100_000), ("parquet", 20_000)])
def test_too_many_columns_are_refused_before_they_are_read(kind: str, n_columns: int) -> None:
    if kind == "csv":
        content = (",".join(f"c{n}" for n in range(n_columns)) + "\n" + ",".join(["1"] * n_columns)).encode()
    else:
        content = arrow_parquet(pa.table({f"c{n}": [1] for n in range(n_columns)}))
    with pytest.raises(SampleError, match=f"has {n_columns:,} columns; at most 1,000"):
        read_table(content, f"wide.{kind}")


def test_repeated_texts_are_counted_before_they_are_written_out() -> None:
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), pa.array(["x" * 100_000]))
    content = arrow_parquet(pa.table({"user_id": long}).cast(pa.schema([("user_id", long.type)])))
    assert len(content) < 1e6
    with pytest.raises(SampleError, match=r"more than 200 times larger"):
        read_table(content, "same.parquet")


@pytest.mark.parametrize(
    "cells",
    [
        pa.array([0] * 20_000),
        pa.nulls(20_000, pa.int64()),
        pa.array(["ab"] * 20_000),
        pa.array([0] * 20_000).cast(pa.decimal128(38, 2)),
        pa.array([[0] * 20] * 1_000),
        pa.array([b"ab"] * 20_000),
    ],
    ids=lambda cells: str(cells.type),
)
def test_what_a_table_takes_in_memory_is_known_before_it_is_read(
    cells: pa.Array, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "SMALL_BYTES", 1 << 10)
    monkeypatch.setattr(bounds, "MAX_RATIO", 20)
    monkeypatch.setattr(pq, "read_table", None)
    content = arrow_parquet(pa.table({f"c{n}": cells for n in range(4)}))
    with pytest.raises(SampleError, match="more than 20 times larger"):
        read_table(content, "same.parquet")
    monkeypatch.setattr(bounds, "MAX_MEMORY_BYTES", 100_000)
    with pytest.raises(SampleError, match="of memory; at most 0 MB"):
        read_table(content, "same.parquet")


def test_rows_and_cells_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_ROWS", 20)
    for name, content in {"e.csv": EVENTS.encode(), "e.parquet": parquet()}.items():
        with pytest.raises(SampleError, match=r"has 4\d rows; at most 20"):
            read_table(content, name)
    monkeypatch.setattr(bounds, "MAX_ROWS", 1_000)
    monkeypatch.setattr(bounds, "MAX_CELLS", 100)
    for name, content in {"e.csv": EVENTS.encode(), "e.parquet": parquet()}.items():
        with pytest.raises(SampleError, match=r"has 16\d cells; at most 100"):
            read_table(content, name)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress(bytes(400 << 20), 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SampleError, match="more than 200 times larger"):
        read_table(packed, "zeros.csv.gz")
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("u.data", "w") as file:
        for _ in range(300):
            file.write(bytes(1 << 20))
    with zipfile.ZipFile(path, "a") as archive:
        for name in ("u.item", "u.user", "u.genre"):
            archive.writestr(name, "")
    with pytest.raises(SampleError, match="more than 200 times larger"):
        movielens.read(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000  # kilobytes


def test_an_unknown_occupation_is_named(tmp_path: Path) -> None:
    for number in ("21", "-1", "99999999999999999999"):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(zipped(MOVIELENS | {"ml-1m/users.dat": f"1::F::25::{number}::48067\n"}))
        with pytest.raises(SampleError, match="occupation"):
            movielens.read(path)


def test_an_encrypted_archive_says_so(tmp_path: Path) -> None:
    content = bytearray(zipped(MOVIELENS))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(signature)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(signature, place + 4)
    path = tmp_path / "locked.zip"
    path.write_bytes(content)
    with pytest.raises(SampleError, match="encrypted"):
        movielens.read(path)


@pytest.mark.parametrize("kind", ["pipe", "device", "loop", "inner loop", "long"])
def test_what_is_no_file_is_refused_at_once(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "inner loop":
        path.mkdir()
        (path / "ratings.csv").symlink_to(path / "ratings.csv")
        (path / "again").symlink_to(path)
        os.mkfifo(path / "movies.csv")
    else:
        path = tmp_path / ("x" * 5_000)
    for read in (movielens.read, read_table):
        with pytest.raises(SampleError):
            read(path)
