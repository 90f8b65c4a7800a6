"""The slow check of a CSV file: row by row up to the first invalid cell, to report its position.

It runs only after the fast check (DuckDB over all rows) has found an error. Lines are numbered as in an editor, so a
quoted cell with line feeds counts as several lines.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from services.engine.data.csv_files.rules import problem
from services.engine.data.csv_files.source import MAX_LINE_BYTES, CsvFile
from services.engine.data.query import ImportProgress
from services.engine.data.schemas import Schema

_ROWS_PER_UPDATE = 50_000
_UNCLOSED = ("unexpected end of data",)
_TOO_LONG = ("field larger than field limit",)


@dataclass
class _LongLine(Exception):
    line: int


@dataclass
class _NotUtf8(Exception):
    line: int
    byte: int


def first_problem(file: CsvFile, schema: Schema, progress: ImportProgress) -> str | None:
    """Return the error of the first invalid row, beginning with AWS's message where known; None if all are valid."""
    fields = [(position, schema.find(name)) for position, name in enumerate(file.columns)]
    reader = csv.reader(_lines(file), strict=True)
    start = 1
    csv.field_size_limit(MAX_LINE_BYTES)
    try:
        for number, row in enumerate(reader):
            if number and row:
                if len(row) != len(file.columns):
                    return _wrong_width(file, start, row)
                for position, field in fields:
                    error = None if field is None else _cell_problem(row[position], problem(field, row[position]))
                    if error is not None and field is not None:
                        line = start + sum(cell.count("\n") for cell in row[:position])
                        return f"{error[0]}File {file.url}, line {line}, column {field.name}: {error[1]}"
            start = reader.line_num + 1
            if number % _ROWS_PER_UPDATE == 0:
                progress.update(0.5, f"looking for the invalid row: line {start:,}")
    except _LongLine as error:
        return f"File {file.url}, line {error.line}: the line has more than {MAX_LINE_BYTES:,} bytes. Shorten it."
    except _NotUtf8 as error:
        return (
            f"File {file.url}, line {error.line}: the byte 0x{error.byte:02x} is not UTF-8. Save the file as UTF-8 "
            "(often it is Latin-1 or Windows-1252 now)."
        )
    except csv.Error as error:
        return _bad_quoting(file, start, str(error))
    return None


def _cell_problem(cell: str, error: tuple[str, str] | None) -> tuple[str, str] | None:
    if "\0" in cell:
        return "", "the value holds a NUL character. Remove it."
    return error


def _lines(file: CsvFile) -> Iterator[str]:
    with file.path.open("rb") as source:
        for number in count(1):
            raw = source.readline(MAX_LINE_BYTES + 1)
            if not raw:
                return
            if len(raw) > MAX_LINE_BYTES:
                raise _LongLine(number)
            try:
                yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise _NotUtf8(number, raw[error.start]) from error


def _wrong_width(file: CsvFile, line: int, row: list[str]) -> str:
    expected = len(file.columns)
    remedy = "Put values that hold commas in double quotes." if len(row) > expected else "Add the missing values."
    return f"File {file.url}, line {line}: the row has {len(row)} values, but the header has {expected}. {remedy}"


def _bad_quoting(file: CsvFile, line: int, message: str) -> str:
    if message.startswith(_TOO_LONG):
        return (
            f"File {file.url}, line {line}: a value that begins in this row has more than {MAX_LINE_BYTES:,} "
            "characters, or is opened with a double quote that is never closed. Shorten it, or close it."
        )
    if message.startswith(_UNCLOSED):
        return (
            f"File {file.url}, line {line}: a value opened with a double quote in this row is never closed. Close it, "
            'or write a quote that belongs to the value as \\" inside quotes.'
        )
    return (
        f"File {file.url}, line {line}: the quoting of this row is broken ({message}). Put the value in double quotes "
        'and write a quote inside it as \\".'
    )
