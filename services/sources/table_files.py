"""Reads a user's files: CSV in any of its dialects, TSV and Parquet, from a path or from uploaded bytes.

Cells of text files stay text here, so that ids keep their leading zeros; empty cells become missing. The meaning of
columns is decided in column_guesses.py and own_files.py.
"""

import csv
import gzip
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from services.errors import SampleError

_SEPARATORS = ("\t", ";", "|", ",")


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
    """Read a file; raises SampleError with the fault and its place."""
    name = filename or (source.name if isinstance(source, Path) else "upload")
    content = source.read_bytes() if isinstance(source, Path) else source
    if name.endswith(".gz"):
        try:
            content = gzip.decompress(content)
        except OSError as error:
            raise SampleError(f"{name} is not a gzip file: {error}.") from error
    if not content.strip():
        raise SampleError(f"{name} is empty. Give a file with a header line and rows.")
    table = _read_parquet(content, name) if content[:4] == b"PAR1" else _read_text(content, name)
    if table.frame.empty:
        raise SampleError(f"{name} has a header but no rows.")
    return table


def _read_parquet(content: bytes, name: str) -> RawTable:
    try:
        table = pq.read_table(io.BytesIO(content))
    except (pa.ArrowException, OSError) as error:
        raise SampleError(f"{name} cannot be read as Parquet: {error}.") from error
    return RawTable(name, table.to_pandas(), "Parquet")


def _read_text(content: bytes, name: str) -> RawTable:
    encoding = _encoding(content)
    header = content[: content.find(b"\n") + 1 or None].decode(encoding, "replace").lstrip("\ufeff")
    separator = "\t" if ".tsv" in name else max(_SEPARATORS, key=header.count)
    if header.count(separator) == 0:
        raise SampleError(
            f'{name} begins with "{header.strip()[:60]}", which is one column only. '
            "Separate columns with commas, semicolons, tabs or vertical bars."
        )
    names = [cell.strip() for cell in next(iter(_split(header, separator)))]
    if all(_is_number(cell) for cell in names if cell):
        raise SampleError(
            f'{name} begins with "{header.strip()[:60]}", which looks like data. Add a line of column names.'
        )
    twice = sorted({cell for cell in names if names.count(cell) > 1})
    if twice:
        raise SampleError(f'{name} has the column "{twice[0]}" twice. Give every column a name of its own.')
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
    words = {"\t": "tabs", ";": "semicolons", "|": "vertical bars", ",": "commas"}[separator]
    frame = table.to_pandas()
    return RawTable(name, frame, f"text separated by {words}, {encoding.upper()}")


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252" if b"\x81" not in content and b"\x9d" not in content else "latin-1"
    return "utf-8"


def _split(header: str, separator: str) -> list[list[str]]:
    return list(csv.reader([header.rstrip("\r\n")], delimiter=separator))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
