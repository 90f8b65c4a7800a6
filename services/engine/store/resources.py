"""Resources (dataset groups, solutions, campaigns, ...) as rows: common members in columns, the others as JSON.

A resource's body contains the members of its Describe answer by their API names, except those in columns: status,
failureReason, creationDateTime, lastUpdatedDateTime. Keys that begin with "_" are internal and not part of any answer
(for example a dataset's "_snapshot").
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from services.engine.clock import now
from services.engine.errors import ResourceAlreadyExists, ResourceNotFound
from services.engine.store.database import Database

UNCHANGED = object()


@dataclass(frozen=True)
class Resource:
    """One row of the resources table."""

    arn: str
    kind: str
    """As in its ARN: "dataset-group", "schema", "dataset", "dataset-import-job", "dataset-export-job", "solution",
    "solution-version", "campaign", "batch-inference-job", "event-tracker", "event-dataset", "filter", "recommender",
    "batch-segment-job", "data-deletion-job", "metric-attribution"; a
    solution version's ARN says "solution" and an event dataset's "dataset", their kinds do not. The engine's own
    "item-map" and "recommender-version" are listed by no operation."""
    parent_arn: str | None
    """The filter of lists: the dataset group of datasets, solutions, event trackers and filters, the dataset of import
    and export jobs, the solution of solution versions and campaigns, the solution version of batch inference jobs and
    maps."""
    status: str | None
    """None for schemas, which have no status."""
    created: float
    updated: float
    failure_reason: str | None
    body: dict[str, Any]

    def __getitem__(self, member: str) -> Any:
        return self.body[member]

    def describe(self) -> dict[str, Any]:
        """Return the members of the Describe answer; missing values are omitted, as in AWS."""
        members = {name: value for name, value in self.body.items() if not name.startswith("_") and value is not None}
        if self.status is not None:
            members["status"] = self.status
        if self.failure_reason is not None:
            members["failureReason"] = self.failure_reason
        return members | {"creationDateTime": self.created, "lastUpdatedDateTime": self.updated}


class Resources:
    """Reads and writes the resources table. Every write is atomic and joins the caller's atomic()."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(
        self, kind: str, arn: str, body: Mapping[str, Any], *, parent_arn: str | None = None, status: str | None = None
    ) -> Resource:
        """Add a resource. Raises ResourceAlreadyExists, with AWS's message, when the ARN exists.

        Its time of creation is after that of all others of its kind, even in the same millisecond or after the clock
        was set back, so lists are in the order of creation.
        """
        with self._database.atomic() as connection:
            if connection.execute("SELECT 1 FROM resources WHERE arn = ?", (arn,)).fetchone():
                raise ResourceAlreadyExists(f"Another resource with Arn {arn} already exists.")
            latest = connection.execute("SELECT MAX(created) FROM resources WHERE kind = ?", (kind,)).fetchone()[0]
            moment = now() if latest is None else max(now(), round(latest + 0.001, 3))
            connection.execute(
                "INSERT INTO resources (arn, kind, parent_arn, status, created, updated, body) VALUES (?,?,?,?,?,?,?)",
                (arn, kind, parent_arn, status, moment, moment, json.dumps(body)),
            )
        return Resource(arn, kind, parent_arn, status, moment, moment, None, dict(body))

    def find(self, kind: str, arn: str) -> Resource | None:
        """Return the resource of this kind, or None."""
        row = (
            self._database.reader()
            .execute("SELECT * FROM resources WHERE arn = ? AND kind = ?", (arn, kind))
            .fetchone()
        )
        return None if row is None else _resource(row)

    def get(self, kind: str, arn: str) -> Resource:
        """Return the resource of this kind. Raises ResourceNotFound, with AWS's message, when there is none."""
        resource = self.find(kind, arn)
        if resource is None:
            raise ResourceNotFound(f"The given {kind.replace('-', ' ')} does not exist: {arn}")
        return resource

    def find_any(self, arn: str) -> Resource | None:
        """Return the resource of this ARN, of any kind, or None."""
        row = self._database.reader().execute("SELECT * FROM resources WHERE arn = ?", (arn,)).fetchone()
        return None if row is None else _resource(row)

    def list(
        self,
        kind: str | tuple[str, ...],
        *,
        parent_arn: str | None = None,
        after: tuple[float, str] | None = None,
        limit: int | None = None,
    ) -> list[Resource]:
        """Return resources of one kind, or of several, in order of (created, arn), after the given position."""
        kinds = (kind,) if isinstance(kind, str) else kind
        clauses = [f"kind IN ({', '.join('?' * len(kinds))})"]
        parameters: list[Any] = list(kinds)
        if parent_arn is not None:
            clauses.append("parent_arn = ?")
            parameters.append(parent_arn)
        if after is not None:
            clauses.append("(created, arn) > (?, ?)")
            parameters.extend(after)
        query = f"SELECT * FROM resources WHERE {' AND '.join(clauses)} ORDER BY created, arn LIMIT ?"
        rows = self._database.reader().execute(query, (*parameters, -1 if limit is None else limit)).fetchall()
        return [_resource(row) for row in rows]

    def fingerprint(self, kind: str, parent_arn: str) -> tuple[tuple[Any, ...], ...]:
        """Return a value that changes with the children of a parent; cheaper than reading them."""
        query = "SELECT arn, created, body FROM resources WHERE parent_arn = ? AND kind = ? ORDER BY created, arn"
        return tuple(map(tuple, self._database.reader().execute(query, (parent_arn, kind))))

    def state(self, kinds: Collection[str]) -> tuple[tuple[Any, ...], ...]:
        """Return a value that changes with any resource of these kinds; cheaper than reading them."""
        query = f"SELECT arn, status, updated, body FROM resources WHERE kind IN ({', '.join('?' * len(kinds))})"
        return tuple(map(tuple, self._database.reader().execute(f"{query} ORDER BY arn", tuple(kinds))))

    def newest(self, kind: str, parent_arn: str, status: str | None = None) -> Resource | None:
        """Return the resource of a parent that was created last, of this status if one is given; None without any.

        Rows are in order of creation, unlike times after the clock was set back.
        """
        condition, values = ("", ()) if status is None else ("AND status = ?", (status,))
        query = f"SELECT * FROM resources WHERE parent_arn = ? AND kind = ? {condition} ORDER BY rowid DESC LIMIT 1"
        row = self._database.reader().execute(query, (parent_arn, kind, *values)).fetchone()
        return None if row is None else _resource(row)

    def update(
        self,
        arn: str,
        *,
        status: Any = UNCHANGED,
        failure_reason: Any = UNCHANGED,
        body: Mapping[str, Any] | None = None,
        parent_arn: Any = UNCHANGED,
    ) -> None:
        """Change a resource: members of body replace those of the same name; None removes a member."""
        with self._database.atomic() as connection:
            row = connection.execute("SELECT * FROM resources WHERE arn = ?", (arn,)).fetchone()
            if row is None:
                raise ResourceNotFound(f"The given resource does not exist: {arn}")
            merged = {k: v for k, v in (json.loads(row["body"]) | dict(body or {})).items() if v is not None}
            connection.execute(
                "UPDATE resources SET parent_arn=?, status=?, failure_reason=?, updated=?, body=? WHERE arn=?",
                (
                    row["parent_arn"] if parent_arn is UNCHANGED else parent_arn,
                    row["status"] if status is UNCHANGED else status,
                    row["failure_reason"] if failure_reason is UNCHANGED else _storable(failure_reason),
                    now(),
                    json.dumps(merged),
                    arn,
                ),
            )

    def delete(self, arn: str) -> None:
        """Remove a resource with its tags and its job record."""
        with self._database.atomic() as connection:
            connection.execute("DELETE FROM jobs WHERE arn = ?", (arn,))
            connection.execute("DELETE FROM resources WHERE arn = ?", (arn,))


def _storable(text: str | None) -> str | None:
    """Return text that SQLite can store: a file's name that is not UTF-8 has characters that it cannot."""
    return None if text is None else text.encode("utf-8", "backslashreplace").decode()


def _resource(row: Any) -> Resource:
    return Resource(
        arn=row["arn"],
        kind=row["kind"],
        parent_arn=row["parent_arn"],
        status=row["status"],
        created=row["created"],
        updated=row["updated"],
        failure_reason=row["failure_reason"],
        body=json.loads(row["body"]),
    )
