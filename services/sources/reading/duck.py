"""DuckDB without a database, opened once: opening takes longer than most questions."""

from functools import cache
from typing import Any


def cursor() -> Any:
    """Return a connection of its own to the one instance; threads may have one each."""
    return _connection().cursor()


@cache
def _connection() -> Any:
    import duckdb

    return duckdb.connect(config={"threads": 1})
