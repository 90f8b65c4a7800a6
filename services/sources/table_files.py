"""Reads a user's files: CSV in any of its dialects, TSV and Parquet, from a path or from uploaded bytes.

Cells of text files stay text here, so that ids keep their leading zeros; empty cells become missing. The meaning of
columns is decided in column_guesses.py and own_files.py.
"""

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from services.errors import SampleError
from services.sources.bounds import (
    CELL_BYTES,
    OBJECT_BYTES,
    check_bytes,
    check_columns,
    check_memory,
    check_shape,
    read_file,
    readable,
    unpack,
)

_SEPARATORS = ("\t", ";", "|", ",")
_NOT_IN_CP1252 = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
_MAX_HEADER_BYTES = 4 << 20


@dataclass(frozen=True)
class RawTable:
    """One file with its unchanged cells."""

    filename: str
    frame: pd.DataFrame
    """Columns under their own names; text where the file is text."""
    format: str
    """In words: "CSV, separated by commas, UTF-8"."""

    @property
    def n_rows(self) -> int:
        """Rows without the header."""
        return len(self.frame)


def read_table(source: Path | bytes, filename: str | None = None) -> RawTable:
    """Read a file; raises SampleError with the fault and its place, whatever the file holds."""
    name = filename or (source.name if isinstance(source, Path) else "upload")
    with readable(name):
        content = read_file(source) if isinstance(source, Path) else source
        packed_bytes = len(content)
        if name.endswith(".gz"):
            content = _gunzip(content, name)
        check_bytes(name, len(content))
        if not content.strip():
            raise SampleError(f"{name} is empty. Give a file with a header line and rows.")
        table = (
            _read_parquet(content, name, packed_bytes)
            if content[:4] == b"PAR1"
            else _read_text(content, name, packed_bytes)
        )
    if table.frame.empty:
        raise SampleError(f"{name} has a header but no rows.")
    return table


def _gunzip(content: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            return unpack(stream, name, len(content))
    except EOFError as error:
        raise SampleError(f"{name} ends before its gzip data does. Download or copy it again.") from error
    except (OSError, zlib.error) as error:
        raise SampleError(f"{name} is not a gzip file, or is damaged: {error}.") from error


def _read_parquet(content: bytes, name: str, packed_bytes: int) -> RawTable:
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        facts = file.metadata
        check_columns(name, facts.num_columns)
        chunks = [facts.row_group(i).column(j) for i in range(facts.num_row_groups) for j in range(facts.num_columns)]
        check_shape(name, facts.num_rows, max(facts.num_rows * facts.num_columns, sum(c.num_values for c in chunks)))
        check_bytes(name, sum(chunk.total_uncompressed_size for chunk in chunks))
        check_memory(
            name, sum(chunk.num_values * _cell_bytes(file.schema_arrow, chunk) for chunk in chunks), packed_bytes
        )
        _refuse_twice(name, file.schema_arrow.names)
        # a text that is repeated is one entry of a dictionary until its size in full is known
        texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
        table = pq.read_table(io.BytesIO(content), read_dictionary=texts)
    except (pa.ArrowException, OSError) as error:
        raise SampleError(f"{name} cannot be read as Parquet: {error}.") from error
    check_memory(name, table.nbytes + sum(_text_bytes(column) for column in table.columns), packed_bytes)
    columns = {
        column_name: _plain(column)
        for column_name, column in zip(table.column_names, table.columns, strict=True)
        if not re.fullmatch(r"__index_level_\d+__", column_name)  # pandas writes row numbers under these names
    }
    # without the metadata, which says what pandas object the file was, and may say anything
    return RawTable(name, pa.table(columns).to_pandas(ignore_metadata=True), "Parquet")


def _cell_bytes(schema: pa.Schema, chunk: pq.ColumnChunkMetaData) -> int:
    """Return what a cell of a column takes in memory besides its text: little, unless pandas makes an object of it."""
    place = schema.get_field_index(chunk.path_in_schema)
    kind = None if place < 0 else schema.field(place).type
    light = kind is not None and (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_timestamp(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_dictionary(kind)
    )
    return CELL_BYTES if light else OBJECT_BYTES


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
    )


def _text_bytes(column: pa.ChunkedArray) -> int:
    """Return the bytes of a column's texts in full, each repetition counted."""
    size = 0
    for chunk in column.chunks:
        if pa.types.is_dictionary(chunk.type) and _is_text(chunk.type.value_type):
            lengths = pc.binary_length(chunk.dictionary).cast(pa.int64())
            size += pc.sum(lengths.take(chunk.indices)).as_py() or 0
    return size


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column without its dictionary, and bytes as text."""
    if pa.types.is_dictionary(column.type):
        column = pa.chunked_array([chunk.dictionary_decode() for chunk in column.chunks], column.type.value_type)
    if not (pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type)):
        return column
    texts = [None if cell is None else cell.decode("utf-8", "replace") for cell in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.large_string())])


def _read_text(content: bytes, name: str, packed_bytes: int) -> RawTable:
    encoding = _encoding(content)
    header = _header(content, encoding, name)
    separator = "\t" if ".tsv" in name else max(_SEPARATORS, key=header.count)
    if header.count(separator) == 0:
        raise SampleError(
            f'{name} begins with "{header.strip()[:60]}", which is one column only. '
            "Separate columns with commas, semicolons, tabs or vertical bars."
        )
    names = [cell.strip() for cell in next(iter(_split(header, separator)))]
    check_columns(name, len(names))
    if all(_is_number(cell) for cell in names if cell):
        raise SampleError(
            f'{name} begins with "{header.strip()[:60]}", which looks like data. Add a line of column names.'
        )
    _refuse_twice(name, names)
    n_rows = max(content.count(b"\n"), content.count(b"\r"))
    check_shape(name, n_rows, n_rows * len(names))
    check_memory(name, len(content) + n_rows * len(names) * CELL_BYTES, packed_bytes)
    try:
        table = pacsv.read_csv(
            io.BytesIO(content),
            read_options=pacsv.ReadOptions(encoding=encoding),
            parse_options=pacsv.ParseOptions(delimiter=separator, newlines_in_values=b'"' in content),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=["", "NULL", "null"],
            ),
        )
    except pa.ArrowException as error:
        raise SampleError(f"{name} cannot be read: {error}. Check that line.") from error
    table = table.rename_columns([column.strip() for column in table.column_names])
    _refuse_twice(name, table.column_names)
    words = {"\t": "tabs", ";": "semicolons", "|": "vertical bars", ",": "commas"}[separator]
    frame = table.to_pandas()
    return RawTable(name, frame, f"text separated by {words}, {encoding.upper()}")


def _header(content: bytes, encoding: str, name: str) -> str:
    """Return the first line, whichever way lines end."""
    head = content[:_MAX_HEADER_BYTES].decode(encoding, "replace").lstrip("\ufeff")
    line = re.split(r"\r\n|\r|\n", head, maxsplit=1)[0]
    if len(line) == len(head) and len(content) > _MAX_HEADER_BYTES:
        raise SampleError(
            f"The first line of {name} has more than {_MAX_HEADER_BYTES:,} bytes; at most that many are read. "
            "Give a line of column names."
        )
    return line


def _refuse_twice(name: str, columns: Sequence[str]) -> None:
    twice = sorted(column for column, n in Counter(columns).items() if n > 1)
    if twice:
        raise SampleError(f'{name} has the column "{twice[0]}" twice. Give every column a name of its own.')


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1" if any(byte in content for byte in _NOT_IN_CP1252) else "cp1252"
    return "utf-8"


def _split(header: str, separator: str) -> list[list[str]]:
    return list(csv.reader([header], delimiter=separator))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
