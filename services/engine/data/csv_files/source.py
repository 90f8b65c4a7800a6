"""Prepares a CSV file for reading: checks the header, and normalises quoting and line ends.

AWS documents a backslash before a quote or backslash inside a quoted cell; most programs write two quotes instead. Both
are accepted. A file with backslashes or mixed line ends is copied once into the form of DuckDB's strict reader, with
unchanged line numbers.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from services.engine.data.csv_files.rules import shown
from services.engine.data.query import ImportProgress
from services.engine.data.schemas import Schema
from services.engine.errors import JobFailed

CHUNK_BYTES = 1 << 20
MAX_COLUMNS = 1_000
"""More columns than a dataset can have; DuckDB's time for a file grows with the square of their number."""
HEADER_READ_BYTES = 1 << 23
"""Columns are counted up to here."""
MAX_HEADER_BYTES = 500_000
MAX_LINE_BYTES = 2_000_000
"""DuckDB's limit for a row."""
MAX_NAMES = 10
"""Names of columns in one message."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NOT_CSV = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ\x00": "xz",
    b"BZh": "bzip2",
    b"PK\x03\x04": "zip",
    b"PAR1": "Parquet",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


class LineTooLong(Exception):
    """A line has more bytes than are read."""


@dataclass(frozen=True)
class CsvFile:
    """A file whose header names every column of the schema."""

    url: str
    """The file's name in messages."""
    path: Path
    columns: tuple[str, ...]
    """The header, in the file's order; columns that are not in the schema are ignored."""
    has_nul: bool


def failure(dataset_type: str, text: str, preposition: str = "for ") -> JobFailed:
    """Return the error of an import, beginning with AWS's message ("Failed to create a data import job ...")."""
    return JobFailed(f"Failed to create a data import job {preposition}{dataset_type} dataset...{text}")


def prepare_csv(path: Path, url: str, schema: Schema, scratch: Path, progress: ImportProgress) -> CsvFile:
    """Check a file's header and normalise the file; scratch is a folder for a rewritten copy.

    Raises JobFailed, or JobStopped.
    """
    columns = _header(path, url, schema)
    signs = _survey(path, progress)
    if signs.needs_rewriting:
        rewritten = scratch / f"rewritten-{len(list(scratch.iterdir()))}.csv"
        with path.open("rb") as source, rewritten.open("wb") as target:
            try:
                for part in _plain(source):
                    target.write(part)
                    progress.update(0.0, "preparing the file")
            except LineTooLong as error:
                raise failure(
                    schema.dataset_type, f"File {url} has a row of more than {MAX_LINE_BYTES:,} bytes. Shorten it."
                ) from error
        path = rewritten
    return CsvFile(url, path, columns, signs.has_nul)


def _header(path: Path, url: str, schema: Schema) -> tuple[str, ...]:
    kind = schema.dataset_type
    with path.open("rb") as file:
        start = file.read(HEADER_READ_BYTES)
    for magic, format_name in _NOT_CSV.items():
        if start.startswith(magic):
            raise failure(kind, f"File {url} is {format_name}, not UTF-8 text. Save it as CSV in UTF-8.")
    start = start.removeprefix(_BYTE_ORDER_MARK)
    line = re.split(rb"[\r\n]", start, maxsplit=1)[0]
    if not start.strip():
        raise failure(kind, f"File {url} is empty. It needs a header line with {', '.join(schema.names)}, then rows.")
    n_columns = line.count(b",") + 1
    if n_columns > MAX_COLUMNS:
        raise failure(
            kind,
            f"File {url}, line 1: the header has {n_columns:,} columns; at most {MAX_COLUMNS:,} are read. Remove "
            "columns that the schema does not have.",
        )
    if len(line) > MAX_HEADER_BYTES:
        raise failure(
            kind,
            f"File {url}, line 1: the header is longer than {MAX_HEADER_BYTES:,} bytes. Remove columns that the "
            "schema does not have, or check that the lines end in line feeds.",
        )
    try:
        header = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise failure(kind, f"File {url}, line 1: the header is not UTF-8. Save the file as UTF-8.") from error
    if '"' in header:
        raise failure(kind, f"File {url}, line 1: the header must not be quoted. Remove the quotes: {shown(header)}.")
    columns = tuple(header.split(","))
    repeated = sorted(name for name, n in Counter(columns).items() if name and n > 1)
    if repeated:
        names = ", ".join(shown(name)[1:-1] for name in repeated[:MAX_NAMES])
        raise failure(kind, f"File {url}, line 1: the column {names} occurs twice. Remove one of them.")
    missing = [name for name in schema.names if name not in columns]
    if missing:
        words = f"Input CSV is missing the following columns:[{', '.join(missing)}]."
        raise failure(kind, f"{words} File {url}, line 1 has {shown(header)}.{_hint(columns, missing)}", "")
    return columns


def _hint(columns: tuple[str, ...], missing: list[str]) -> str:
    alike = {name.strip().replace("_", "").lower(): name for name in columns}
    close = [(alike[name.replace("_", "").lower()], name) for name in missing if name.replace("_", "").lower() in alike]
    if close:
        return f" Names must match exactly: rename {', '.join(f'{shown(old)} to {new}' for old, new in close)}."
    if len(columns) == 1 and any(mark in columns[0] for mark in "\t;|"):
        return " Separate the columns with commas."
    return " The first line must be a header with the schema's field names."


@dataclass
class _Survey:
    has_nul: bool = False
    has_backslash: bool = False
    has_bare_feed: bool = False
    has_bare_return: bool = False
    has_pair: bool = False

    @property
    def needs_rewriting(self) -> bool:
        return self.has_backslash or self.has_bare_return or (self.has_pair and self.has_bare_feed)


def _survey(path: Path, progress: ImportProgress) -> _Survey:
    survey = _Survey()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            if chunk.endswith(b"\r"):
                chunk += file.read(1)
            survey.has_nul = survey.has_nul or b"\0" in chunk
            survey.has_backslash = survey.has_backslash or b"\\" in chunk
            if b"\r" in chunk:  # the feeds of other chunks need not be counted: one is enough
                n_pairs = chunk.count(b"\r\n")
                survey.has_pair = survey.has_pair or n_pairs > 0
                survey.has_bare_return = survey.has_bare_return or chunk.count(b"\r") > n_pairs
                survey.has_bare_feed = survey.has_bare_feed or chunk.count(b"\n") > n_pairs
            else:
                survey.has_bare_feed = survey.has_bare_feed or b"\n" in chunk
            progress.update(0.0, "preparing the file")
    return survey


def _plain(source: BinaryIO) -> Iterator[bytes]:
    """Yield a normalised CSV file: lines end in a line feed, quotes inside quotes are doubled."""
    inside, previous, held = False, b"\n", b""
    while chunk := source.read(CHUNK_BYTES):
        data = held + chunk
        # The meaning of these bytes depends on the next ones.
        n_held = 1 if data.endswith(b"\r") else len(data) - len(data.rstrip(b'"\\'))
        if n_held > MAX_LINE_BYTES:
            raise LineTooLong
        settled, held = data[: len(data) - n_held], data[len(data) - n_held :]
        piece, inside = _plain_piece(settled, inside, previous)
        previous = settled[-1:] or previous
        yield piece
    yield _plain_piece(held, inside, previous)[0]


def _plain_piece(data: bytes, inside: bool, previous: bytes) -> tuple[bytes, bool]:
    """Normalise one piece after the byte previous; return it and whether it ends inside quotes.

    Everything between two quotes is replaced at once, because a file may consist of millions of the same byte.
    """
    out: list[bytes] = []
    position = 0
    while position < len(data):
        quote = data.find(b'"', position)
        part = data[position:] if quote < 0 else data[position:quote]
        position = len(data) if quote < 0 else quote + 1
        if not inside:
            out.append(part.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
            if quote >= 0:
                before = data[quote - 1 : quote] if quote else previous
                inside = before in {b",", b"\n", b"\r"}
                out.append(b'"')
            continue
        is_escaped = quote >= 0 and (len(part) - len(part.rstrip(b"\\"))) % 2 == 1
        out.append((part[:-1] if is_escaped else part).replace(b"\\\\", b"\\"))
        if is_escaped:
            out.append(b'""')
        elif quote >= 0:
            inside = data[position : position + 1] == b'"'
            out.append(b'""' if inside else b'"')
            position += inside
    return b"".join(out), inside
