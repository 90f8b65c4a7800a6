"""Live rows: events, items and users of PutEvents, PutItems and PutUsers, in order of arrival.

Every row has a number, and rows are only added, so "the rows up to number n" never changes. Cells are texts by column,
as an import reads them from a CSV file, so that both kinds of data can be merged (jobs/datasets/live_data.py).
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from services.engine.store.database import Database

Cells = Mapping[str, str | None]
"""Text by column of the schema; None or missing for an empty cell."""
FETCHED_ROWS = 50_000


@dataclass(frozen=True)
class NewEvent:
    """An event to add."""

    session_id: str
    user_id: str | None
    """None for an anonymous user."""
    item_id: str
    sent_at: int
    """Epoch seconds."""
    event_type: str
    event_value: float | None
    event_id: str | None
    """None: only an equal event is a duplicate."""
    cells: Cells
    """The columns of the Interactions schema except USER_ID, ITEM_ID and TIMESTAMP."""

    @property
    def owner_id(self) -> str:
        """The user ID, or the session ID of an anonymous user: the owner of the history that gets the event."""
        return self.user_id or self.session_id

    def digest(self) -> bytes:
        """Return a hash of user, time, item and all properties; equal events have equal hashes."""
        content = [self.owner_id, self.item_id, self.sent_at, self.event_type, self.event_value]
        return sha256(json.dumps([*content, sorted(self.cells.items())]).encode()).digest()


@dataclass(frozen=True)
class LiveEvent:
    """The part of an event that models use."""

    number: int
    item_id: str
    sent_at: int
    event_type: str
    event_value: float | None


class LiveRows:
    """Reads and writes the tables live_events and live_records."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_events(self, dataset_arn: str, events: Sequence[NewEvent]) -> None:
        """Add all events or none; duplicates by eventId or by content are ignored."""
        rows = []
        for event in events:
            digest = event.digest()
            rows.append(
                (
                    dataset_arn,
                    event.owner_id,
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

    def events_of(self, dataset_arn: str, owner_id: str, after: int) -> list[LiveEvent]:
        """Return a user's events with a number greater than after, in order of arrival."""
        rows = self._database.reader().execute(
            "SELECT number, item_id, sent_at, event_type, event_value FROM live_events "
            "WHERE dataset_arn = ? AND person = ? AND number > ? ORDER BY number",
            (dataset_arn, owner_id, after),
        )
        return [LiveEvent(*row) for row in rows]

    def events_after(self, dataset_arn: str, after: int) -> list[tuple[str, LiveEvent]]:
        """Return (owner, event) of all events with a number greater than after, in order of arrival."""
        rows = self._database.reader().execute(
            "SELECT person, number, item_id, sent_at, event_type, event_value FROM live_events "
            "WHERE number > ? AND dataset_arn = ? ORDER BY number",
            (after, dataset_arn),
        )
        return [(row[0], LiveEvent(*row[1:])) for row in rows]

    def owners(self, dataset_arn: str) -> list[tuple[str, str]]:
        """Return each (user, event type) that a dataset's live events have."""
        query = "SELECT DISTINCT person, event_type FROM live_events WHERE dataset_arn = ?"
        return [tuple(row) for row in self._database.reader().execute(query, (dataset_arn,))]

    def newest(self, dataset_arn: str) -> int:
        """Return the number of the newest live row of a dataset, 0 when there is none."""
        cursor = self._database.reader().execute(
            "SELECT max(coalesce((SELECT max(number) FROM live_events WHERE dataset_arn = :arn), 0), "
            "coalesce((SELECT max(number) FROM live_records WHERE dataset_arn = :arn), 0))",
            {"arn": dataset_arn},
        )
        return int(cursor.fetchone()[0])

    def interactions(
        self, dataset_arn: str, up_to: int, id_name: str = "ITEM_ID", after: int = 0
    ) -> Iterator[list[dict[str, str | None]]]:
        """Yield the cells of all events after a number and up to another, block by block, in order of arrival.

        id_name: the column of what the events are with, ACTION_ID for actions.

        Events of an anonymous user belong to the user that was sent with the same session, as in a full training on AWS
        (Amazon Personalize developer guide, "Recording events for anonymous users").
        """
        known = self._users_of_sessions(dataset_arn, up_to)
        cursor = self._database.reader().execute(
            "SELECT person, session_id, user_id, item_id, sent_at, cells FROM live_events "
            "WHERE dataset_arn = ? AND number <= ? AND number > ? ORDER BY number",
            (dataset_arn, up_to, after),
        )
        while rows := cursor.fetchmany(FETCHED_ROWS):
            yield [
                json.loads(row["cells"])
                | {
                    "USER_ID": row["user_id"] or known.get(row["session_id"], row["person"]),
                    id_name: row["item_id"],
                    "TIMESTAMP": str(row["sent_at"]),
                }
                for row in rows
            ]

    def add_records(self, dataset_arn: str, records: Mapping[str, Cells]) -> None:
        """Add all items or users or none; a record replaces earlier ones with its ID."""
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
        """Return the newest record of an ID, or None."""
        row = (
            self._database.reader()
            .execute(
                "SELECT cells FROM live_records WHERE dataset_arn = ? AND id = ? ORDER BY number DESC LIMIT 1",
                (dataset_arn, key),
            )
            .fetchone()
        )
        return None if row is None else json.loads(row["cells"])

    def newest_record(self) -> int:
        """Return the number of the newest item or user that was put, of any dataset; 0 when there is none."""
        row = self._database.reader().execute("SELECT max(number) FROM live_records").fetchone()
        return int(row[0] or 0)

    def records_after(self, dataset_arn: str, after: int) -> list[tuple[str, Cells]]:
        """Return (ID, cells) of the items or users with a number greater than after, in order of arrival."""
        rows = self._database.reader().execute(
            "SELECT id, cells FROM live_records WHERE number > ? AND dataset_arn = ? ORDER BY number",
            (after, dataset_arn),
        )
        return [(row["id"], json.loads(row["cells"])) for row in rows]

    def users_among(self, dataset_arn: str, users: Collection[str]) -> set[str]:
        """Return those of these users who have live events or a live record in a dataset."""
        reader = self._database.reader()
        query = (
            "SELECT DISTINCT person FROM live_events WHERE dataset_arn = :arn "
            "UNION SELECT DISTINCT id FROM live_records WHERE dataset_arn = :arn"
        )
        return {row[0] for row in reader.execute(query, {"arn": dataset_arn})} & set(users)

    def forget_users(self, dataset_arn: str, users: Collection[str]) -> None:
        """Remove the events and records of users of a dataset, whose records are those of users."""
        with self._database.atomic() as connection:
            rows = [(dataset_arn, user) for user in users]
            connection.executemany("DELETE FROM live_events WHERE dataset_arn = ? AND person = ?", rows)
            connection.executemany("DELETE FROM live_records WHERE dataset_arn = ? AND id = ?", rows)

    def forget(self, dataset_arn: str, owner_id: str | None = None) -> int:
        """Remove a user's events and return their number; without owner_id, all live rows of the dataset."""
        with self._database.atomic() as connection:
            if owner_id is not None:
                cursor = connection.execute(
                    "DELETE FROM live_events WHERE dataset_arn = ? AND person = ?", (dataset_arn, owner_id)
                )
                return cursor.rowcount
            connection.execute("DELETE FROM live_records WHERE dataset_arn = ?", (dataset_arn,))
            return connection.execute("DELETE FROM live_events WHERE dataset_arn = ?", (dataset_arn,)).rowcount

    def _users_of_sessions(self, dataset_arn: str, up_to: int) -> dict[str, str]:
        """Return the user of each session that has one, the newest if it has several."""
        rows = self._database.reader().execute(
            "SELECT session_id, user_id FROM live_events "
            "WHERE dataset_arn = ? AND number <= ? AND user_id IS NOT NULL ORDER BY number",
            (dataset_arn, up_to),
        )
        return {row["session_id"]: row["user_id"] for row in rows}
