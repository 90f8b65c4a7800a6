"""Tags of resources: rows of key and value that are deleted with their resource."""

from collections.abc import Iterable, Mapping

from services.engine.store.database import Database


class Tags:
    """Reads and writes the tags table. Every write is atomic and joins the caller's atomic()."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, arn: str) -> dict[str, str]:
        """Return a resource's tags in order of their keys."""
        query = "SELECT tag_key, tag_value FROM tags WHERE arn = ? ORDER BY tag_key"
        return dict(self._database.reader().execute(query, (arn,)).fetchall())

    def put(self, arn: str, tags: Mapping[str, str]) -> None:
        """Add tags to an existing resource; an existing key gets the new value."""
        with self._database.atomic() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO tags (arn, tag_key, tag_value) VALUES (?, ?, ?)",
                [(arn, key, value) for key, value in tags.items()],
            )

    def remove(self, arn: str, keys: Iterable[str]) -> None:
        """Remove tags; keys that the resource does not have are ignored."""
        with self._database.atomic() as connection:
            connection.executemany("DELETE FROM tags WHERE arn = ? AND tag_key = ?", [(arn, key) for key in keys])
