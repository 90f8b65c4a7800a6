"""Which lists were recommended, by recommendationId, for metric attributions: kept for 14 days."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.engine.clock import now
from services.engine.store.database import Database

KEPT_S = 14 * 86_400
"""AWS attributes no records that are older (Amazon Personalize developer guide, "Metric attribution requirements")."""
ASKED_AT_ONCE = 500


@dataclass(frozen=True)
class GivenList:
    """One recommended list."""

    source_arn: str
    """Of the campaign or recommender."""
    item_ids: tuple[str, ...]
    """Best first: the implicit impressions of the answer."""
    at: float
    """Epoch seconds."""


class GivenLists:
    """Reads and writes the table given_lists."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, recommendation_id: str, source_arn: str, item_ids: Sequence[str]) -> None:
        """Keep a list, and remove those that are too old."""
        moment = now()
        with self._database.atomic() as connection:
            connection.execute("DELETE FROM given_lists WHERE at < ?", (moment - KEPT_S,))
            connection.execute(
                "INSERT OR REPLACE INTO given_lists (recommendation_id, source_arn, item_ids, at) VALUES (?, ?, ?, ?)",
                (recommendation_id, source_arn, json.dumps(list(item_ids)), moment),
            )

    def find(self, recommendation_ids: Collection[str]) -> dict[str, GivenList]:
        """Return the lists of these IDs that are known."""
        found = {}
        ids = sorted(set(recommendation_ids))
        for start in range(0, len(ids), ASKED_AT_ONCE):
            asked = ids[start : start + ASKED_AT_ONCE]
            marks = ",".join("?" * len(asked))
            query = f"SELECT * FROM given_lists WHERE recommendation_id IN ({marks})"
            for row in self._database.reader().execute(query, asked):
                items = tuple(json.loads(row["item_ids"]))
                found[row["recommendation_id"]] = GivenList(row["source_arn"], items, row["at"])
        return found
