"""Opens what files come packed in, by their content and never by their name: gzip, zip, spreadsheets, JSON.

A spreadsheet's cells become text as the sheet shows them: 7 in the format 0000 is "0007". JSON's numbers become text as
they are written, and lists stay in JSON notation for services/sources/cells.py.
"""

import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import pandas as pd

from services.errors import SampleError
from services.sources.bounds import OBJECT_BYTES, check_bytes, check_columns, check_memory, check_shape, unpack
from services.sources.reading.headers import cleaned, looks_like_data, made_up_names, refuse_twice, without_empty

TABLES = (".csv", ".tsv", ".txt", ".dat", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx", ".gz", ".inter", ".item")
_ZEROS = re.compile(r"^0{2,}$")
_MAX_TITLE_ROWS = 20


def is_gzip(content: bytes) -> bool:
    """Return whether the bytes are gzip's."""
    return content[:2] == b"\x1f\x8b"


def is_spreadsheet(content: bytes) -> bool:
    """Return whether the bytes are a workbook of Excel (.xlsx), which is a zip."""
    return content[:4] == b"PK\x03\x04" and b"xl/" in content


def is_zip(content: bytes) -> bool:
    """Return whether the bytes are a zip archive."""
    return content[:4] == b"PK\x03\x04"


def gunzip(content: bytes, name: str) -> bytes:
    """Return what a gzip file holds."""
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            return unpack(stream, name, len(content))
    except EOFError as error:
        raise SampleError(f"{name} ends before its gzip data does. Download or copy it again.") from error
    except (OSError, zlib.error) as error:
        raise SampleError(f"{name} is not a gzip file, or is damaged: {error}.") from error


def unzip(content: bytes, name: str) -> list[tuple[str, bytes]]:
    """Return the tables of an archive by name, in its order; raises SampleError where there is none."""
    files = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                base = entry.filename.rsplit("/", 1)[-1]
                if entry.is_dir() or base.startswith(".") or "__MACOSX" in entry.filename:
                    continue
                if base.lower().endswith(TABLES):
                    with archive.open(entry) as stream:
                        files.append((base, unpack(stream, base, len(content))))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError, OSError) as error:
        raise SampleError(f"{name} cannot be unpacked: {error}. Unpack it, and give the files inside.") from error
    if not files:
        raise SampleError(f"{name} holds no table. Give an archive of CSV, JSON, Parquet or Excel files.")
    return files


def read_spreadsheet(content: bytes, name: str, packed_bytes: int) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    """Return the first sheet with a table, its name, and the names of the sheets that were not read."""
    import openpyxl

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    check_bytes(name, size)
    check_memory(name, size, packed_bytes)
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        for place, sheet in enumerate(book.worksheets):
            rows = list(_filled(_rows(sheet, name)))
            if len(rows) > 1 and max(map(len, rows)) > 1:
                others = tuple(str(other.title) for other in book.worksheets[place + 1 :])
                return _framed(rows, name), str(sheet.title), others
    finally:
        book.close()
    raise SampleError(f"{name} has no sheet with a table of two columns or more. Give one with a line of names.")


def _rows(sheet: Any, name: str) -> Iterator[list[str | None]]:
    for n_rows, row in enumerate(sheet.iter_rows(), 1):
        check_columns(name, len(row))
        check_shape(name, n_rows, n_rows * len(row))
        yield [_shown(cell) for cell in row]


def _filled(rows: Iterator[list[str | None]]) -> Iterator[list[str | None]]:
    """Yield the rows that have cells, from the first with two: titles above a table are no rows."""
    begun, n_before = False, 0
    for row in rows:
        n_filled = sum(cell is not None for cell in row)
        begun = begun or n_filled > 1
        n_before += not begun
        if (begun and n_filled) or n_before > _MAX_TITLE_ROWS:
            yield row


def _shown(cell: Any) -> str | None:
    """Return a cell as text, as the sheet shows it."""
    value = cell.value
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        if float(value).is_integer() and abs(value) < 2**53:
            whole = str(int(value))
            form = str(getattr(cell, "number_format", "") or "")
            return whole.zfill(len(form)) if _ZEROS.match(form) else whole
        return repr(value)
    return str(value)


def _framed(rows: list[list[str | None]], name: str) -> pd.DataFrame:
    width = max(map(len, rows))
    rows = [row + [None] * (width - len(row)) for row in rows]
    first = [cell or "" for cell in rows[0]]
    if looks_like_data(first, [[cell or "" for cell in row] for row in rows[1:200]]):
        return pd.DataFrame(rows, columns=made_up_names(width), dtype="str")
    names = cleaned(first)
    refuse_twice(name, names)
    return without_empty(pd.DataFrame(rows[1:], columns=names, dtype="str"), first)


def is_json(content: bytes) -> bool:
    """Return whether a UTF-8 text is JSON or lines of JSON."""
    head = content[:4_096].lstrip()
    return head[:1] == b"{" or (head[:1] == b"[" and head[1:].lstrip()[:1] in (b"{", b""))


def read_json(content: bytes, name: str, packed_bytes: int) -> pd.DataFrame:
    """Return the records of a list, of the first list within an object, or of one object a line."""
    records = _records(content.decode("utf-8", "replace"), name)
    if not records:
        raise SampleError(f"{name} has no records. Give a list of objects, or one object a line.")
    flat = [_flat(record) for record in records]
    names = list(dict.fromkeys(key for record in flat for key in record))
    check_columns(name, len(names))
    check_shape(name, len(flat), len(flat) * len(names))
    check_memory(name, len(content) + len(flat) * len(names) * OBJECT_BYTES, max(packed_bytes, len(content)))
    return pd.DataFrame({key: pd.Series([record.get(key) for record in flat], dtype="str") for key in names})


def _records(text: str, name: str) -> list[dict[str, Any]]:
    try:
        whole = _loaded(text)
    except ValueError:
        whole = []
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                try:
                    whole.append(_loaded(line))
                except ValueError as error:
                    raise SampleError(
                        f"{name}, line {number} is not JSON: {error}. Correct or drop the line."
                    ) from error
    if isinstance(whole, dict):
        inner = next((value for value in whole.values() if isinstance(value, list) and value), None)
        whole = inner if inner is not None and isinstance(inner[0], dict) else [whole]
    odd = next((record for record in whole if not isinstance(record, dict)), None)
    if odd is not None:
        raise SampleError(f'{name} holds "{str(odd)[:60]}", which is no object. Give a list of objects.')
    return list(whole)


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _flat(record: dict[str, Any], before: str = "") -> dict[str, str | None]:
    """Return a record with text cells; an object within it gives columns named "outer.inner", one level deep."""
    flat: dict[str, str | None] = {}
    for key, value in record.items():
        if isinstance(value, dict) and not before:
            flat |= _flat(value, f"{key}.")
        elif value is None or value == "":
            flat[f"{before}{key}"] = None
        elif isinstance(value, bool):
            flat[f"{before}{key}"] = "true" if value else "false"
        else:
            flat[f"{before}{key}"] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return flat
