"""Files as people and programs leave them, and worse: dialects, encodings, containers, hostile cells and columns."""

import csv
import gzip
import io
import random
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

USERS = ("user_id", "userId", "USER_ID", "customer_id", "person", "visitor", "uid")
ITEMS = ("item_id", "movieId", "ITEM_ID", "sku", "product_id", "isbn", "track_id")
TIMES = ("timestamp", "TIMESTAMP", "time", "date", "created_at", "event_time")
EXTRAS = ("event_type", "rating", "event_value", "device", "price", "genres", "title", "year", "impression")
ODD_NAMES = (
    "",
    " ",
    "a,b",
    'a"b',
    "a\nb",
    "é",
    "USER_ID ",
    "user id",
    "=1+1",
    "x" * 300,
    "\u202e",
    "1",
    "\x00",
    "group",
)
ODD_CELLS = (
    *("", " ", "NULL", "nan", "NaN", "None", "-", "0", "-1", "1e999", "1e308", "-0.0", "0x10", "1_000", "1,5", "٣"),
    *('"', '""', "'", "a,b", "a;b", "a|b", "a\tb", "a\nb", "a\r\nb", "a\rb", "\\", "\\n", "\x00", "\ufeff", "\u2028"),
    *(
        "=1+1",
        "+1",
        "@SUM(A1)",
        "<script>alert(1)</script>",
        "![x](http://x)",
        "$x$",
        "é" * 50,
        "😀",
        "\u202e",
        "x" * 2000,
    ),
    *(
        "9" * 30,
        "2024-05-31",
        "31.05.2024",
        "2024-02-30",
        "1700000000000",
        "1700000000.5",
        "-62135596800",
        "99999999999",
    ),
)
SEPARATORS, LINE_ENDS = (",", ",", ",", ";", "\t", "|"), ("\n", "\n", "\r\n", "\r", "mixed")
ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "utf-16-le", "shift_jis", "utf-32")
KINDS = ("csv", "csv", "csv", "csv", "gz", "parquet", "parquet", "zip")
MANY_ROWS, FEW_ROWS = 1_200, (0, 1, 7, 400)
ODDS = (0.02, 0.05, 0.1, 0.3)
"""How likely each thing that can be wrong with a file is; most files should have one fault, and some none."""


class Files:
    """Draws files, each with its own odds for everything that can be wrong with it."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._odds = draw.choice(ODDS)

    def upload(self) -> tuple[str, bytes]:
        """Return a name and the content of a file of interactions; a zip has the layout of MovieLens."""
        draw = self._draw
        kind = draw.choice(KINDS)
        if kind == "parquet":
            name, content = "file.parquet", self._parquet()
        elif kind == "zip":
            name, content = "file.zip", self._zip()
        else:
            separator = draw.choice(SEPARATORS)
            name = "file.tsv" if separator == "\t" and draw.random() < 0.5 else draw.choice(("file.csv", "file.txt"))
            content = self._written(self._dated(self._table()), separator)
            if kind == "gz":
                name, content = f"{name}.gz", self._packed(content)
        return name, mutated(draw, content) if self._odd(2) else content

    def object(self) -> tuple[str, bytes]:
        """Return an object's key and the content of a CSV file for the engine: USER_ID, ITEM_ID, TIMESTAMP."""
        draw = self._draw
        names = ["USER_ID", "ITEM_ID", "TIMESTAMP"]
        draw.shuffle(names)
        n_rows = self._n_rows()
        columns = {name: self._column(name, n_rows) for name in names}
        if self._odd(2):
            columns[draw.choice(ODD_NAMES)] = ["x"] * n_rows
        content = self._written(columns, ",")
        keys = ("f.csv", "f.CSV", "f", "a[1].csv", "a b.csv", "*.csv", "é.csv", "f.csv.gz", "f.csv.zst", "f'.csv")
        key = draw.choice(keys)
        if key.endswith(".gz"):
            content = self._packed(content)
        return key, mutated(draw, content) if self._odd(3) else content

    def _odd(self, times: float = 1) -> bool:
        return self._draw.random() < self._odds * times

    def _n_rows(self) -> int:
        return self._draw.choice(FEW_ROWS) if self._odd() else MANY_ROWS

    def _table(self) -> dict[str, list[str]]:
        draw, n_rows = self._draw, self._n_rows()
        names = [draw.choice(USERS), draw.choice(ITEMS), draw.choice(TIMES)]
        names += draw.sample(EXTRAS, draw.randrange(4))
        columns = {name: self._column(name, n_rows) for name in names}
        if self._odd():
            columns[draw.choice(ODD_NAMES)] = self._column("odd", n_rows)
        if self._odd(0.3):
            columns |= {f"c{n}": ["1"] * n_rows for n in range(draw.choice((40, 999, 1500)))}
        if self._odd(0.5):
            del columns[draw.choice(list(columns))]
        return columns

    def _column(self, name: str, n_rows: int) -> list[str]:
        draw = self._draw
        cells = [_cell(draw, name, row) for row in range(n_rows)]
        if cells and self._odd():
            for _ in range(draw.choice((1, 3, n_rows))):
                cells[draw.randrange(n_rows)] = draw.choice(ODD_CELLS)
        return cells

    def _dated(self, columns: dict[str, list[str]]) -> dict[str, list[str]]:
        """Return columns, sometimes with dates in place of seconds."""
        form = self._draw.choice(("", "", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y", "%Y-%m-%d"))
        first = datetime(2024, 5, 31, tzinfo=UTC)
        for name in TIMES:
            if form and name in columns:
                columns[name] = [(first + timedelta(hours=n)).strftime(form) for n in range(len(columns[name]))]
        return columns

    def _written(self, columns: dict[str, list[str]], separator: str) -> bytes:
        draw = self._draw
        end = draw.choice(LINE_ENDS)
        target = io.StringIO()
        quoting = draw.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
        ending = "\n" if end == "mixed" else end
        writer = csv.writer(target, delimiter=separator, lineterminator=ending, quoting=quoting)
        if not self._odd(0.5):
            writer.writerow(columns)
        ragged = draw.randrange(MANY_ROWS) if self._odd(0.5) else -1
        for number, row in enumerate(zip(*columns.values(), strict=True)):
            writer.writerow(row[: draw.randrange(len(row) + 1)] if number == ragged else row)
            if end == "mixed" and number % 3 == 0:
                target.write("\r\n" if number % 2 else "\n")
        encoding = draw.choice(ENCODINGS) if self._odd(3) else "utf-8"
        return target.getvalue().encode(encoding, "replace")

    def _packed(self, content: bytes) -> bytes:
        packed = _gzipped(content)
        if not self._odd(2):
            return packed
        half = packed[: len(packed) // 2]
        return self._draw.choice((half, _gzipped(packed), content, packed + b"rest", packed * 2))

    def _parquet(self) -> bytes:
        columns: dict[str, Any] = {name: list(cells) for name, cells in self._table().items()}
        for name in list(columns):
            if self._odd():
                columns[name] = _typed(self._draw, len(columns[name]))
        target = io.BytesIO()
        pq.write_table(pa.table(columns), target, compression=self._draw.choice(("snappy", "zstd", "gzip", "none")))
        return target.getvalue()

    def _zip(self) -> bytes:
        draw, n_rows = self._draw, self._n_rows()
        lines = [f"{n % 50 + 1}::{n % 40 + 1}::{n % 5 + 1}::{978_300_760 + n}" for n in range(n_rows)]
        if lines and self._odd():
            wrong = ("1::2", "x::y::z::w", "", "1::2::3::4::5", "é::1::1::1", "1::1::9::-5")
            lines[draw.randrange(len(lines))] = draw.choice((lines[0], *wrong))
        job = 99 if self._odd() else 1
        files = {
            "ml-1m/ratings.dat": "\n".join(lines),
            "ml-1m/movies.dat": "\n".join(f"{n}::Film {n} (19{n:02d})::Drama|War" for n in range(1, 41)),
            "ml-1m/users.dat": "\n".join(f"{n}::F::25::{job}::48067" for n in range(1, 51)),
        }
        if self._odd():
            del files[draw.choice(list(files))]
        if self._odd():
            files["../../outside.txt"] = "x"
        target = io.BytesIO()
        method = draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA))
        with zipfile.ZipFile(target, "w", method) as archive:
            for name, text in files.items():
                archive.writestr(zipfile.ZipInfo(name), text, method)  # without the time of day
        return target.getvalue()


def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)  # without the time of day: a seed draws the same bytes on any day


def mutated(draw: random.Random, content: bytes) -> bytes:
    """Return content with a few places changed, cut, doubled or replaced."""
    result = bytearray(content)
    for _ in range(draw.randint(1, 4)):
        place = draw.randrange(len(result)) if result else 0
        match draw.randrange(6):
            case 0:
                result[place : place + 1] = bytes([draw.randrange(256)])
            case 1:
                del result[place:]
            case 2:
                result[place:place] = draw.choice([b"\r", b'"', b"\0", b"\x8d", b"\xff\xfe", b",", b"\n\n", b"\\"])
            case 3:
                result[place:place] = result[: draw.randrange(200)]
            case 4:
                del result[place : place + draw.randrange(40)]
            case _:
                for k in range(place, min(place + 8, len(result))):
                    result[k] ^= 1 << draw.randrange(8)
    return bytes(result)


def _cell(draw: random.Random, name: str, row: int) -> str:
    if name in USERS:
        return f"u{row % 50}"
    if name in ITEMS:
        return str(row * 7 % 90)
    if name in TIMES:
        return str(1_700_000_000 + 60 * row)
    values = {
        "event_type": ("watch", "click"),
        "rating": ("1", "4.5"),
        "year": ("1999", "2001"),
        "genres": ("A|B", "C"),
    }
    return draw.choice(values.get(name, ("a", "b", "7")))


def _typed(draw: random.Random, n: int) -> pa.Array:
    """Return a column of a type that text files do not have."""
    makers: tuple[Any, ...] = (
        lambda: pa.array([1_700_000_000 + k for k in range(n)], pa.int64()),
        lambda: pa.array([datetime(2024, 1, 1, tzinfo=UTC)] * n, pa.timestamp("us", "Europe/Berlin")),
        lambda: pa.array([date(2024, 1, 1)] * n, pa.date32()),
        lambda: pa.array([[1, 2]] * n, pa.list_(pa.int32())),
        lambda: pa.array([{"a": 1}] * n, pa.struct([("a", pa.int32())])),
        lambda: pa.array([Decimal("1.50")] * n, pa.decimal128(20, 2)),
        lambda: pa.array([b"\xff\x00"] * n, pa.binary()),
        lambda: pa.array([None] * n, pa.null()),
        lambda: pa.array([True, None] * n, pa.bool_())[:n],
        lambda: pa.array([float("nan"), float("inf")] * n, pa.float64())[:n],
        lambda: pa.array(["a"] * n).dictionary_encode(),
        lambda: pa.array([timedelta(seconds=1)] * n, pa.duration("ns")),
        lambda: pa.array([2**63] * n, pa.uint64()),
        lambda: pa.array([[("k", 1)]] * n, pa.map_(pa.string(), pa.int32())),
    )
    return draw.choice(makers)()
