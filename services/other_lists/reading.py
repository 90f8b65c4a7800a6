"""Reading a file with lists: CSV, Parquet or JSON lines, also a batch job's .out, into one list a user and model.

Ids are text, always. A row without a user or an item is left out and counted, as is an item that a list has already.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import pandas as pd

from services.errors import DataError
from services.other_lists.layouts import Layout, recognised

MAX_PLACES = 100
"""Places of a list that are kept."""
_SEPARATORS = ",;\t|"
_SAMPLE = 20_000
_FORMATS = "CSV, Parquet or JSON lines"


@dataclass(frozen=True)
class ReadLists:
    """The lists of one model in a file."""

    name: str
    """The model's name, else the file's."""
    lists: Mapping[str, tuple[str, ...]]
    """Item ids by user, best first."""
    n_rows: int
    n_left_out: int
    """Rows without a user or an item, and lines that a batch job refused."""
    n_duplicates: int
    """Items that the same list has already."""
    order: str
    """What the lists are ordered by, in words."""


def read(content: bytes, file_name: str) -> list[ReadLists]:
    """Return the lists of a file, one entry a model. Raises DataError that names what cannot be read."""
    if content[:2] == b"\x1f\x8b":
        try:
            content, file_name = gzip.decompress(content), file_name.removesuffix(".gz")
        except (OSError, EOFError) as error:
            raise DataError(f"{file_name} cannot be unpacked: {error}. Compress it again.") from error
    stem = PurePath(file_name).stem or "lists"
    if not content.strip():
        raise DataError(f"{file_name} is empty. Give a file with a line for each item of each user's list.")
    if content[:4] == b"PAR1":
        rows, layout, n_refused = *_recognised(_parquet(content, file_name)), 0
    elif content.lstrip()[:1] == b"{":
        rows, layout, n_refused = _json_lines(content, file_name)
    else:
        rows, layout, n_refused = *_recognised(_csv(content, file_name)), 0
    models = rows[layout.model].fillna("").astype(str) if layout.model else pd.Series("", index=rows.index)
    found = [_lists(part, layout, str(model).strip() or stem) for model, part in rows.groupby(models, sort=False)]
    found = [one for one in found if one.lists]
    if not found:
        raise DataError(f"{file_name} has no row with both a user and an item. It should be {_FORMATS} of lists.")
    return [_with_refused(one, n_refused) for one in found]


def _recognised(rows: pd.DataFrame) -> tuple[pd.DataFrame, Layout]:
    return rows, recognised(map(str, rows.columns))


def _with_refused(one: ReadLists, n_refused: int) -> ReadLists:
    return ReadLists(one.name, one.lists, one.n_rows, one.n_left_out + n_refused, one.n_duplicates, one.order)


def _parquet(content: bytes, file_name: str) -> pd.DataFrame:
    try:
        frame = pd.read_parquet(io.BytesIO(content))
    except (ValueError, OSError) as error:
        raise DataError(f"{file_name} cannot be read as Parquet: {error}. Write it again.") from error
    frame.columns = [str(name) for name in frame.columns]
    return frame


def _csv(content: bytes, file_name: str) -> pd.DataFrame:
    text = _decoded(content)
    try:
        return pd.read_csv(
            io.StringIO(text), sep=_separator(text), dtype=str, keep_default_na=False, skipinitialspace=True
        )
    except (ValueError, csv.Error) as error:
        raise DataError(f"{file_name} cannot be read as {_FORMATS}: {error}. Check that line.") from error


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _separator(text: str) -> str:
    """Return the separator that the header has most of."""
    header = text[:_SAMPLE].splitlines()[0]
    return max(_SEPARATORS, key=header.count)


def _json_lines(content: bytes, file_name: str) -> tuple[pd.DataFrame, Layout, int]:
    """Return the rows of flat records, or of a batch job's output; and how many lines were refused."""
    records, n_refused = [], 0
    for number, line in enumerate(_decoded(content).splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise DataError(f"Line {number} of {file_name} is no JSON: {line[:60]}. Check that line.") from error
        if isinstance(record, dict) and "input" in record:
            own = _batch_line(record)
            n_refused += own is None
            records += [] if own is None else [own]
        elif isinstance(record, dict):
            records.append(record)
    if not records:
        raise DataError(f"{file_name} has no line with a list; {n_refused:,} lines were refused by the batch job.")
    frame = pd.DataFrame(records)
    return frame, recognised(map(str, frame.columns)), n_refused


def _batch_line(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a line of CreateBatchInferenceJob's output as a row, None for a refused one."""
    asked, output = record.get("input"), record.get("output")
    if not isinstance(asked, dict) or not isinstance(output, dict) or "userId" not in asked:
        return None
    return {"user_id": asked["userId"], "items": output.get("recommendedItems") or []}


def _lists(rows: pd.DataFrame, layout: Layout, name: str) -> ReadLists:
    if layout.items:
        return _of_cells(rows, layout, name)
    rows = rows.reset_index(drop=True)
    users, items = _ids(rows[layout.user]), _ids(rows[layout.item])
    whole = (users != "") & (items != "")
    frame = pd.DataFrame({"user": users, "item": items})[whole]
    if layout.rank or layout.score:
        by = pd.to_numeric(rows[layout.rank or layout.score][whole], errors="coerce")
        if by.isna().all():
            raise DataError(f"The column {layout.rank or layout.score} has no number. Give ranks or scores as numbers.")
        frame["by"] = by if layout.rank else -by
        frame = frame.sort_values("by", kind="stable", na_position="last")
    once = frame.drop_duplicates(["user", "item"])
    grouped = once.groupby("user", sort=False)["item"].agg(list)
    lists = {str(user): tuple(ids[:MAX_PLACES]) for user, ids in grouped.items()}
    return ReadLists(name, lists, len(rows), len(rows) - int(whole.sum()), len(frame) - len(once), layout.order_words)


def _of_cells(rows: pd.DataFrame, layout: Layout, name: str) -> ReadLists:
    """Read lists with several items in a cell."""
    lists: dict[str, tuple[str, ...]] = {}
    n_left_out = n_duplicates = 0
    for user, cell in zip(_ids(rows[layout.user]), rows[layout.items], strict=True):
        given = [item for item in map(_id, _parts(cell)) if item]
        if not user or not given:
            n_left_out += 1
            continue
        ids = tuple(dict.fromkeys([*lists.get(user, ()), *given]))
        n_duplicates += len(lists.get(user, ())) + len(given) - len(ids)
        lists[user] = ids[:MAX_PLACES]
    return ReadLists(name, lists, len(rows), n_left_out, n_duplicates, layout.order_words)


def _parts(cell: object) -> Iterator[object]:
    """Yield the items of a cell: a list, its text in JSON or Python, or ids between blanks, commas or bars."""
    if not isinstance(cell, str):
        if isinstance(cell, Sequence) or hasattr(cell, "tolist"):
            yield from cell  # type: ignore[misc]
        return
    text = cell.strip()
    if text[:1] in "[(":
        text = text.strip("[]()")
    separator = next((sign for sign in "|,;" if sign in text), None)
    for part in text.split(separator):
        yield part.strip().strip("\"'")


def _ids(column: "pd.Series[Any]") -> "pd.Series[str]":
    """Return ids as text; whole numbers have no decimals."""
    if pd.api.types.is_float_dtype(column) or pd.api.types.is_integer_dtype(column):
        return column.map(_id).astype(object).fillna("")
    return column.astype(object).where(column.notna(), "").map(_id)


def _id(value: object) -> str:
    """Return an id as text, "" for a missing one."""
    if isinstance(value, float):
        return "" if value != value else f"{value:.0f}" if value.is_integer() else str(value)
    return str(value).strip()
