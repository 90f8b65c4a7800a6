"""Reads Parquet: sizes are compared with the limits before anything is unpacked."""

import io
import re

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from services.errors import SampleError
from services.sources.bounds import CELL_BYTES, OBJECT_BYTES, check_bytes, check_columns, check_memory, check_shape
from services.sources.reading.headers import refuse_twice


def read_parquet(content: bytes, name: str, packed_bytes: int) -> pd.DataFrame:
    """Return a Parquet file's columns with their types; raises SampleError for what is damaged or too large."""
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
        refuse_twice(name, file.schema_arrow.names)
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
    frame: pd.DataFrame = pa.table(columns).to_pandas(ignore_metadata=True)
    return frame


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
