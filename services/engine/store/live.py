"""Events, items and users that were put one by one, in the order of their arrival, beside the imported snapshots.

A number that is given to every row says what a reader has seen: rows are only added, so "the rows up to number n" is
the same for ever. Cells are the texts that an import would read from a CSV file, by column, so that both ways of
bringing data meet in one place (jobs/datasets/live_data.py).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from services.engine.store.database import Database

Cells = Mapping[str, str | None]
"""Text by column of the schema; None, or absent, for an empty cell."""
FETCHED_ROWS = 50_000


@dataclass(frozen=True)
class NewEvent:
    """An event to be added."""

    session_id: str
    user_id: str | None
    """None for a visitor who is not known yet."""
    item_id: str
    sent_at: int
    """Epoch seconds."""
    event_type: str
    event_value: float | None
    event_id: str | None
    """None: only an equal event counts as the same."""
    cells: Cells
    """The columns of the Interactions schema but USER_ID, ITEM_ID and TIMESTAMP."""

    @property
    def person(self) -> str:
        """Whose history the event belongs to: the user's, or the session's while the visitor is not known."""
        return self.user_id or self.session_id

    def digest(self) -> bytes:
        """Return what equal events have in common: who, when, what, and all properties."""
        content = [self.person, self.item_id, self.sent_at, self.event_type, self.event_value]
        return sha256(json.dumps([*content, sorted(self.cells.items())]).encode()).digest()


@dataclass(frozen=True)
class LiveEvent:
    """What a model takes of an event."""

    number: int
    item_id: str
    sent_at: int
    event_type: str
    event_value: float | None


class LiveRows:
    """Reads and writes both tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_events(self, dataset_arn: str, events: Sequence[NewEvent]) -> None:
        """Add events, all or none; those whose eventId, or whose whole content, is there already are left out."""
        rows = []
        for event in events:
            digest = event.digest()
            rows.append(
                (
                    dataset_arn,
                    event.person,
                    event.session_id,
                    event.user_id,
                    event.item_id,
                    event.sent_at,
                    event.event_type,
                    event.event_value,
                    json.dumps(dict(event.cells)),
                    event.event_id or f"engine-{digest.hex()}",
                    digest,
                )
            )
        with self._database.atomic() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO live_events (dataset_arn, person, session_id, user_id, item_id, sent_at, "
                "event_type, event_value, cells, event_id, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    def events_of(self, dataset_arn: str, person: str, after: int) -> list[LiveEvent]:
        """Return a person's events whose number is greater than after, in order of arrival."""
        rows = self._database.reader().execute(
            "SELECT number, item_id, sent_at, event_type, event_value FROM live_events "
            "WHERE dataset_arn = ? AND person = ? AND number > ? ORDER BY number",
            (dataset_arn, person, after),
        )
        return [LiveEvent(*row) for row in rows]

    def newest(self, dataset_arn: str) -> int:
        """Return the number of the newest event or record of a data set, 0 when there is none."""
        found = self._database.reader().execute(
            "SELECT max(coalesce((SELECT max(number) FROM live_events WHERE dataset_arn = :arn), 0), "
            "coalesce((SELECT max(number) FROM live_records WHERE dataset_arn = :arn), 0))",
            {"arn": dataset_arn},
        )
        return int(found.fetchone()[0])

    def interactions(self, dataset_arn: str, up_to: int) -> Iterator[list[dict[str, str | None]]]:
        """Yield the cells of all events up to a number, block by block, in order of arrival.

        A visitor whose session was later, or before, sent together with a user is that user: their histories are
        joined, as AWS does at a full training (developer guide, "Recording events for anonymous users").
        """
        known = self._users_of_sessions(dataset_arn, up_to)
        cursor = self._database.reader().execute(
            "SELECT person, session_id, user_id, item_id, sent_at, cells FROM live_events "
            "WHERE dataset_arn = ? AND number <= ? ORDER BY number",
            (dataset_arn, up_to),
        )
        while rows := cursor.fetchmany(FETCHED_ROWS):
            yield [
                json.loads(row["cells"])
                | {
                    "USER_ID": row["user_id"] or known.get(row["session_id"], row["person"]),
                    "ITEM_ID": row["item_id"],
                    "TIMESTAMP": str(row["sent_at"]),
                }
                for row in rows
            ]

    def add_records(self, dataset_arn: str, records: Mapping[str, Cells]) -> None:
        """Add items or users by id, all or none; each stands in the place of what was known of its id before."""
        with self._database.atomic() as connection:
            connection.executemany(
                "INSERT INTO live_records (dataset_arn, id, cells) VALUES (?, ?, ?)",
                [(dataset_arn, key, json.dumps(dict(cells))) for key, cells in records.items()],
            )

    def records(self, dataset_arn: str, up_to: int) -> Iterator[list[dict[str, str | None]]]:
        """Yield the cells of all items or users up to a number, block by block, in order of arrival."""
        cursor = self._database.reader().execute(
            "SELECT cells FROM live_records WHERE dataset_arn = ? AND number <= ? ORDER BY number", (dataset_arn, up_to)
        )
        while rows := cursor.fetchmany(FETCHED_ROWS):
            yield [json.loads(row["cells"]) for row in rows]

    def record(self, dataset_arn: str, key: str) -> Cells | None:
        """Return what was last put for an id, None for nothing."""
        row = (
            self._database.reader()
            .execute(
                "SELECT cells FROM live_records WHERE dataset_arn = ? AND id = ? ORDER BY number DESC LIMIT 1",
                (dataset_arn, key),
            )
            .fetchone()
        )
        return None if row is None else json.loads(row["cells"])

    def forget(self, dataset_arn: str, person: str | None = None) -> int:
        """Remove a person's events and return how many; without a person, everything of the data set."""
        with self._database.atomic() as connection:
            if person is not None:
                gone = connection.execute(
                    "DELETE FROM live_events WHERE dataset_arn = ? AND person = ?", (dataset_arn, person)
                )
                return gone.rowcount
            connection.execute("DELETE FROM live_records WHERE dataset_arn = ?", (dataset_arn,))
            return connection.execute("DELETE FROM live_events WHERE dataset_arn = ?", (dataset_arn,)).rowcount

    def _users_of_sessions(self, dataset_arn: str, up_to: int) -> dict[str, str]:
        """Return the user of each session that had one, the last where there were several."""
        rows = self._database.reader().execute(
            "SELECT session_id, user_id FROM live_events "
            "WHERE dataset_arn = ? AND number <= ? AND user_id IS NOT NULL ORDER BY number",
            (dataset_arn, up_to),
        )
        return {row["session_id"]: row["user_id"] for row in rows}
