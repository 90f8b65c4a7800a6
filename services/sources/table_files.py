"""Reads a user's files: CSV in any of its dialects, JSON, Parquet and Excel, plain or packed, from a path or bytes.

Cells of text files stay text here, so that ids keep their leading zeros; empty cells become missing. The meaning of
columns is decided in column_guesses.py and own_files.py.
"""

import csv
import hashlib
import io
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from services.errors import SampleError
from services.language.phrases import counted
from services.sources.bounds import (
    CELL_BYTES,
    check_bytes,
    check_columns,
    check_memory,
    check_shape,
    read_file,
    readable,
)
from services.sources.reading import containers
from services.sources.reading.dialects import Dialect, find_dialect, split_rows, with_doubled_quotes
from services.sources.reading.encodings import to_utf8
from services.sources.reading.headers import cleaned, looks_like_data, made_up_names, refuse_twice, without_empty
from services.sources.reading.parquet import read_parquet

_MAX_HEADER_BYTES = 4 << 20
_SAMPLE_LINES = 200
_MAX_ODD_SHARE = 0.02
"""Of the lines: with more that have another number of cells, the file is refused."""
_MAX_ODD_BYTES = 256 << 20
"""Larger files with odd lines are refused: telling them apart takes another reader."""
_NULLS = ["", "NULL", "null", "\\N"]
_CONTROL = "\x1f"


@dataclass(frozen=True)
class RawTable:
    """One file with its unchanged cells."""

    filename: str
    frame: pd.DataFrame
    """Columns under their own names; text where the file is text."""
    format: str
    """In words: "text separated by commas, UTF-8"."""
    first_line: str = ""
    """The line that names were read from, or that was found to be data."""
    has_names: bool = True
    """Whether the first line holds names; where not, columns are called "column 1" and so on."""
    first_row_line: int = 2
    """Line of the first row in the file."""
    note: str = ""
    """What was left out or mended while reading, as sentences."""
    digest: str = ""
    """What tells its content from that of other files; "" for a table that was not read from one."""

    @property
    def n_rows(self) -> int:
        """Rows without the header."""
        return len(self.frame)

    def with_names(self, has_names: bool) -> "RawTable":
        """Return the table with its first line taken for names, or for data."""
        if has_names == self.has_names:
            return self
        if has_names:
            cells = ["" if pd.isna(cell) else str(cell) for cell in self.frame.iloc[0]]
            frame = self.frame.iloc[1:].reset_index(drop=True)
            frame.columns = pd.Index(cleaned(cells))
            refuse_twice(self.filename, list(frame.columns))
        else:
            names = made_up_names(self.frame.shape[1])
            first = pd.DataFrame([[str(name) for name in self.frame.columns]], columns=names, dtype="str")
            frame = pd.concat([first, self.frame.set_axis(names, axis=1)], ignore_index=True)
        line = self.first_row_line + (1 if has_names else -1)
        return replace(self, frame=frame, has_names=has_names, first_row_line=line)


def read_table(source: Path | bytes, filename: str | None = None) -> RawTable:
    """Read a file, of an archive the largest; raises SampleError with the fault and its place, whatever it holds."""
    return max(read_tables(source, filename), key=lambda table: table.n_rows)


def read_tables(source: Path | bytes, filename: str | None = None) -> list[RawTable]:
    """Read a file, or every table of a zip archive; raises SampleError with the fault and its place."""
    name = filename or (source.name if isinstance(source, Path) else "upload")
    with readable(name):
        content = read_file(source) if isinstance(source, Path) else source
        if containers.is_zip(content) and not containers.is_spreadsheet(content):
            return [_told(inner, inner_name, len(content)) for inner_name, inner in containers.unzip(content, name)]
        return [_told(content, name, len(content))]


def _told(content: bytes, name: str, packed_bytes: int) -> RawTable:
    digest = hashlib.sha256(name.encode() + b"\0" + content).hexdigest()
    return replace(_read(content, name, packed_bytes), digest=digest)


def _read(content: bytes, name: str, packed_bytes: int) -> RawTable:
    if containers.is_gzip(content) or name.endswith(".gz"):
        content = containers.gunzip(content, name)
    check_bytes(name, len(content))
    if not content.strip():
        raise SampleError(f"{name} is empty. Give a file with a header line and rows.")
    if content[:4] == b"PAR1":
        table = RawTable(name, read_parquet(content, name, packed_bytes), "Parquet")
    elif containers.is_spreadsheet(content):
        table = _sheet(content, name, packed_bytes)
    else:
        content, encoding = to_utf8(content)
        if containers.is_json(content):
            table = RawTable(name, containers.read_json(content, name, packed_bytes), f"JSON, {encoding}")
        else:
            table = _read_text(content, name, packed_bytes, encoding)
    if table.frame.empty:
        raise SampleError(f"{name} has a header but no rows.")
    return table


def _sheet(content: bytes, name: str, packed_bytes: int) -> RawTable:
    frame, sheet, others = containers.read_spreadsheet(content, name, packed_bytes)
    left = f"Not read: the {'sheet' if len(others) == 1 else 'sheets'} {', '.join(others)}." if others else ""
    made_up = list(frame.columns) == made_up_names(frame.shape[1])
    first = ", ".join(str(cell) for cell in (frame.iloc[0] if made_up else frame.columns))
    return RawTable(name, frame, f'Excel, sheet "{sheet}"', first, not made_up, 1 if made_up else 2, left)


def _read_text(content: bytes, name: str, packed_bytes: int, encoding: str) -> RawTable:
    dialect = find_dialect(content, name)
    lines = _first_lines(content, dialect.skip, name)
    shown = lines.split("\n", 1)[0].strip()
    if not dialect.separator:
        raise SampleError(
            f'{name} begins with "{shown[:60]}", which is one column only. '
            "Separate columns with commas, semicolons, tabs or vertical bars."
        )
    content = with_doubled_quotes(content)
    rows = split_rows(_first_lines(content, dialect.skip, name), dialect)
    if not rows:
        raise SampleError(f"{name} has lines without cells only. Give a line of names, and rows.")
    cells, below = rows[0], rows[1:]
    check_columns(name, len(cells))
    has_names = not looks_like_data(cells, below)
    if len(below) and all(len(row) == len(cells) + 1 and not row[-1].strip() for row in below):
        cells = [*cells, ""]  # every row ends with a separator, and the line of names does not
    names = cleaned(cells) if has_names else made_up_names(len(cells))
    refuse_twice(name, names)
    n_rows = content.count(b"\n") + 1
    check_shape(name, n_rows, n_rows * len(names))
    check_memory(name, len(content) + n_rows * len(names) * CELL_BYTES, packed_bytes)
    skip = dialect.skip + has_names
    frame, note = _parsed(content, name, dialect, names, skip)
    frame = without_empty(frame, cells) if has_names else frame
    return RawTable(name, frame, f"text separated by {dialect.words}, {encoding}", shown, has_names, skip + 1, note)


def _first_lines(content: bytes, skip: int, name: str) -> str:
    """Return the first lines of a text; raises SampleError for a first line that never ends."""
    head = content[:_MAX_HEADER_BYTES].decode("utf-8", "replace")
    lines = head.split("\n", skip + _SAMPLE_LINES)[skip : skip + _SAMPLE_LINES]
    if len(lines) == 1 and len(content) > _MAX_HEADER_BYTES:
        raise SampleError(
            f"The first line of {name} has more than {_MAX_HEADER_BYTES:,} bytes; at most that many are read. "
            "Give a line of column names."
        )
    return "\n".join(lines)


def _parsed(content: bytes, name: str, dialect: Dialect, names: list[str], skip: int) -> tuple[pd.DataFrame, str]:
    """Return the rows as text, and what was left out or mended."""
    content, separator = _single(content, dialect.separator)
    odd: list[str] = []

    def skip_odd(row: pacsv.InvalidRow) -> str:
        if len(odd) < 5:
            odd.append(
                f'"{row.text[:60]}" has {row.actual_columns} cells, and there are {row.expected_columns} columns'
            )
        else:
            odd.append("")
        return "skip"

    try:
        table = pacsv.read_csv(
            io.BytesIO(content),
            read_options=pacsv.ReadOptions(column_names=names, skip_rows=skip),
            parse_options=pacsv.ParseOptions(
                delimiter=separator,
                quote_char=dialect.quote or False,
                newlines_in_values=bool(dialect.quote) and dialect.quote.encode() in content,
                invalid_row_handler=skip_odd,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=_NULLS
            ),
        )
    except pa.ArrowException as error:
        raise SampleError(f"{name} cannot be read: {error}. Check that line.") from error
    if not odd:
        return table.to_pandas(), ""
    if len(content) > _MAX_ODD_BYTES:
        raise SampleError(f"{name} cannot be read: {odd[0]}. Correct these lines.")
    return _mended(content, name, replace(dialect, separator=separator), names, skip)


def _single(content: bytes, separator: str) -> tuple[bytes, str]:
    """Return the text with a separator of one character."""
    if separator == " ":
        return re.sub(rb" +", b" ", content), " "
    if len(separator) == 1 and separator.isascii():
        return content, separator
    return content.replace(separator.encode(), _CONTROL.encode()), _CONTROL


def _mended(content: bytes, name: str, dialect: Dialect, names: list[str], skip: int) -> tuple[pd.DataFrame, str]:
    """Read lines with another number of cells too: missing ones are empty, empty ones at the end are cut off."""
    text = io.StringIO(content.decode("utf-8", "replace"))
    for _ in range(skip):
        text.readline()
    quoting = {"quotechar": dialect.quote} if dialect.quote else {"quoting": csv.QUOTE_NONE}
    reader = csv.reader(text, delimiter=dialect.separator, **quoting)
    width, rows = len(names), []
    short, wide = [], []
    for row in reader:
        if not row:
            continue
        if len(row) > width and not any(cell.strip() for cell in row[width:]):
            row = row[:width]
        if len(row) > width:
            wide.append((reader.line_num + skip, len(row)))
            continue
        if len(row) < width:
            short.append((reader.line_num + skip, len(row)))
            row = row + [""] * (width - len(row))
        rows.append(row)
    for odd in (wide, short):
        if len(odd) > max(1, _MAX_ODD_SHARE * (len(rows) + len(wide))) or (len(odd) and len(rows) < 20):
            line, n_cells = odd[0]
            raise SampleError(
                f"{name} cannot be read: line {line} has {n_cells} cells, and there are {width} columns; "
                f"{counted(len(odd), 'line is', 'lines are')} like it. Check that line."
            )
    frame = pd.DataFrame(rows, columns=names, dtype="str")
    notes = []
    if wide:
        notes.append(
            f"Left out: {counted(len(wide), 'line', 'lines')} with more cells than columns, first {wide[0][0]}."
        )
    if short:
        notes.append(f"{counted(len(short), 'line ends', 'lines end')} early, first {short[0][0]}: the rest is empty.")
    return frame.where(~frame.isin(_NULLS), None), " ".join(notes)
