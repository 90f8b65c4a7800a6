"""Writes CSV files the way Amazon Personalize reads them: plain header, quoted text, backslash before a quote.

A file appears whole or not at all.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

SAMPLE_ROWS = 200
"""Rows from which the size of a file is told before it is written."""


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame with a header; empty cells for what is missing, booleans in lower case."""
    beside = path.with_name(path.name + ".part")
    table = pa.Table.from_pandas(frame, preserve_index=False)
    with beside.open("wb") as file:
        file.write((",".join(frame.columns) + "\n").encode())
        if any(_needs_escapes(column) for column in table.columns):
            _write_escaped(table, file)
        else:
            pacsv.write_csv(table, file, pacsv.WriteOptions(include_header=False, quoting_style="needed"))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def csv_bytes(frames: Mapping[str, pd.DataFrame]) -> float:
    """Return about how large these tables are as CSV files, from their first rows."""
    total = 0.0
    for frame in frames.values():
        sample = frame.head(SAMPLE_ROWS)
        if len(sample):
            total += len(sample.to_csv(index=False).encode()) / len(sample) * len(frame)
    return total


def _is_text(column: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


def _needs_escapes(column: pa.ChunkedArray) -> bool:
    return _is_text(column) and bool(pc.any(pc.match_substring_regex(column, '["\\\\]')).as_py())


def _write_escaped(table: pa.Table, file: BinaryIO) -> None:
    """Write cells that Arrow's own writer would escape by doubling quotes, which Amazon Personalize does not know."""
    cells = []
    for column in table.columns:
        text = column.cast(pa.large_string())
        if _is_text(column):
            escaped = pc.replace_substring_regex(text, r'(["\\])', r"\\\1")
            quoted = pc.replace_substring_regex(escaped, r"(?s)\A(.*)\z", r'"\1"')
            text = pc.if_else(pc.match_substring_regex(text, '[,"\\\\\r\n]'), quoted, escaped)
        cells.append(pc.fill_null(text, ""))
    lines = pc.binary_join_element_wise(*cells, pa.scalar(",", pa.large_string()))
    for chunk in lines.chunks:
        file.writelines((line + "\n").encode() for line in chunk.to_pylist())
