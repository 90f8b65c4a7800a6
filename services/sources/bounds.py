"""The door through which a user's files come in: limits of what is read, and a sentence for whatever goes wrong.

Files may be damaged, mislabelled or made to explode. Every reader of services/sources works inside readable(), reads
bytes with read_file() or unpack(), and compares sizes with the limits before it parses.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from services.errors import PlainError, SampleError

logger = logging.getLogger(__name__)

MAX_BYTES = 1 << 30
"""Of one file, unpacked: what .streamlit/config.toml lets somebody upload."""
MAX_COLUMNS = 1_000
"""As many as an import reads."""
MAX_ROWS = 50_000_000
MAX_CELLS = 200_000_000
MAX_MEMORY_BYTES = 2 << 30
"""Of a table in memory, estimated before it is read."""
CELL_BYTES, OBJECT_BYTES = 8, 100
"""What a cell takes besides its text: a number or a place in a text; an object of Python, such as a decimal or list."""
MAX_RATIO = 200
"""How many times larger than its packed form a large file may become; text rarely packs better than 30 to 1."""
SMALL_BYTES = 64 << 20
"""Unpacked sizes up to this are no matter of ratios."""
_BLOCK = 1 << 20


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes: ...


@contextmanager
def readable(name: str, remedy: str = "Check that the file is whole and is what its name says.") -> Iterator[None]:
    """Turn every error inside the block into SampleError: the libraries that read files raise whatever they like."""
    try:
        yield
    except PlainError:
        raise
    except MemoryError as error:
        raise SampleError(f"{name} needs more memory than there is. Give fewer rows or columns.") from error
    except Exception as error:
        logger.warning("event=file_not_read name=%r error=%r", name, error, exc_info=True)
        raise SampleError(f"{name} cannot be read: {_reason(error)}. {remedy}") from error


def read_file(path: Path) -> bytes:
    """Return the content of a file. Raises SampleError for a device, a pipe and a file beyond the limit."""
    if not path.exists():
        raise SampleError(f"{path} does not exist. Give the path of a file.")
    if not path.is_file():
        raise SampleError(f"{path} is no file that can be read to its end. Give the path of a file.")
    check_bytes(path.name, path.stat().st_size)
    return path.read_bytes()


def unpack(stream: Readable, name: str, packed_bytes: int) -> bytes:
    """Return what a decompressing stream holds. Raises SampleError once it passes a limit."""
    blocks: list[bytes] = []
    size = 0
    while block := stream.read(_BLOCK):
        size += len(block)
        check_bytes(name, size)
        _check_ratio(name, size, packed_bytes)
        blocks.append(block)
    return b"".join(blocks)


def check_memory(name: str, needed_bytes: int, packed_bytes: int) -> None:
    """Raise SampleError for a table that would take more memory than is given to one, or than its file explains.

    Measured: reading takes up to three times the estimate, so a file of 1 MB never takes more than 0.6 GB.
    """
    if needed_bytes > MAX_MEMORY_BYTES:
        raise SampleError(
            f"{name} needs {needed_bytes / 1e6:,.0f} MB of memory; at most {MAX_MEMORY_BYTES / 1e6:,.0f} MB are given "
            "to a table. Give fewer rows or leave out columns."
        )
    _check_ratio(name, needed_bytes, packed_bytes)


def _check_ratio(name: str, size: int, packed_bytes: int) -> None:
    if size > max(SMALL_BYTES, MAX_RATIO * packed_bytes):
        raise SampleError(
            f"{name} becomes more than {MAX_RATIO} times larger when it is unpacked, at least {size / 1e6:,.0f} MB "
            f"from {packed_bytes / 1e6:,.1f} MB. Data does not; check the file."
        )


def check_bytes(name: str, size: int) -> None:
    """Raise SampleError for more bytes than are read."""
    if size > MAX_BYTES:
        raise SampleError(
            f"{name} has {size / 1e6:,.0f} MB or more; at most {MAX_BYTES / 1e6:,.0f} MB are read. Give fewer rows."
        )


def check_columns(name: str, n_columns: int) -> None:
    """Raise SampleError for more columns than are read."""
    if n_columns > MAX_COLUMNS:
        raise SampleError(f"{name} has {n_columns:,} columns; at most {MAX_COLUMNS:,} are read. Leave out some.")


def check_shape(name: str, n_rows: int, n_cells: int) -> None:
    """Raise SampleError for more rows or cells than are read."""
    if n_rows > MAX_ROWS:
        raise SampleError(f"{name} has {n_rows:,} rows; at most {MAX_ROWS:,} are read. Give fewer rows.")
    if n_cells > MAX_CELLS:
        raise SampleError(
            f"{name} has {n_cells:,} cells; at most {MAX_CELLS:,} are read. Give fewer rows or leave out columns."
        )


def _reason(error: Exception) -> str:
    """Return an error's text in one line, with its kind where the text alone says little."""
    text = " ".join(str(error).split())[:300].rstrip(".")
    return text if len(text) > 20 else f"{type(error).__name__} {text}".strip()
