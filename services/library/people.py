"""Users by label: a name where there is one, else their attributes; and a search that stays quick for many users.

The label is "{attributes} · {n} films · mostly {taste}, {taste}", computed only for the rows that are asked for.
"""

import random
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from services.language.nearest import Forgiving
from services.language.vocabulary import Words
from services.library.catalog import fold
from services.library.prepared import Persona
from services.library.tastes import MIN_EVENTS, NO_CLEAR_TASTE

LONG, SHORT, NEW = "long history", "short history", "new"
FRAME_COLUMNS = ("user_id", "label", "short", "n_events", "segment", "persona")
MAX_LABELS = 5000
"""Labels to keep: selects of users ask for the same few hundred on every run."""
NEW_EVENTS = 5
"""Up to this many events a user is new."""


class People:
    """The users of one data set group."""

    def __init__(self, table: pa.Table, personas: Sequence[Persona], words: Words) -> None:
        """Take columns user_id (sorted), name, attributes, n_items, n_events, taste_1, taste_2, segment, search."""
        self._table = table.combine_chunks()
        self._ids = self._column("user_id")
        self._found: dict[str, int | None] = {}
        self._personas = {persona.user_id: persona for persona in personas if self._find(persona.user_id) is not None}
        self._words = words
        self._labels: dict[str, str] = {}
        self._suggested: dict[int, list[str]] = {}
        self._forgiving: Forgiving | None = None
        self._has_tastes = self._column("taste_1").null_count < len(self._ids)

    @property
    def n_users(self) -> int:
        """Number of users, with events or without."""
        return len(self._ids)

    @property
    def personas(self) -> tuple[Persona, ...]:
        """Named users with a story, as far as the data has them."""
        return tuple(self._personas.values())

    def __contains__(self, user_id: object) -> bool:
        return isinstance(user_id, str) and self._find(user_id) is not None

    def user_id(self, number: int) -> str:
        """Return the id of the user of this number, as LoadedData.pairs counts them."""
        return str(self._ids[number].as_py())

    def name(self, user_id: str) -> str | None:
        """Return the name, or None."""
        row = self._find(user_id)
        return None if row is None else _text(self._value("name", row))

    def short(self, user_id: str) -> str:
        """Return what sentences call a user: the name, else the id, "User 483" for one without a letter."""
        return self.name(user_id) or _called(user_id)

    def label(self, user_id: str) -> str:
        """Return the label in full; the id alone for an unknown user."""
        label = self._labels.get(user_id)
        if label is None:
            row = self._find(user_id)
            label = user_id if row is None else self._label(row)
            if len(self._labels) >= MAX_LABELS:
                self._labels.clear()
            self._labels[user_id] = label
        return label

    def n_events(self, user_id: str) -> int:
        """Return the number of events, 0 for an unknown user."""
        row = self._find(user_id)
        return 0 if row is None else int(self._value("n_events", row))

    def n_items(self, user_id: str) -> int:
        """Return the number of different items that the user had."""
        row = self._find(user_id)
        return 0 if row is None else int(self._value("n_items", row))

    def segment(self, user_id: str) -> str:
        """Return "long history", "short history", "new" or ""."""
        row = self._find(user_id)
        return "" if row is None else str(self._value("segment", row))

    def attributes(self, user_id: str) -> str:
        """Return "35-49, North", "" when nothing is known."""
        row = self._find(user_id)
        return "" if row is None else str(self._value("attributes", row))

    def search(self, text: str = "", limit: int = 20) -> pd.DataFrame:
        """Return user_id, label, short, n_events, segment, persona of users found by name, id, attribute or segment.

        Named users come first. An empty text offers them, then long histories, short ones and new users.
        """
        return self._frame(self._rows(text, limit))

    def find(self, text: str, limit: int = 20) -> list[str]:
        """Return the ids that search finds, in its order, without their labels."""
        return [str(self._ids[row].as_py()) for row in self._rows(text, limit)]

    def nearest(self, text: str, limit: int = 10) -> list[str]:
        """Return the ids of users with every word of the text, one wrong letter in each forgiven; named ones first."""
        if self._forgiving is None:
            self._forgiving = Forgiving(self._column("search"))
        rows = self._forgiving.rows(fold(text).split())
        known = {row for row in map(self._find, self._personas) if row is not None}
        rows.sort(key=lambda row: row not in known)
        return [str(self._ids[row].as_py()) for row in rows[:limit]]

    def suggested(self, limit: int) -> list[str]:
        """Return the users that an empty search offers; kept, since every select asks for them on every run."""
        if limit not in self._suggested:
            self._suggested[limit] = self.find("", limit)
        return self._suggested[limit]

    def _rows(self, text: str, limit: int) -> list[int]:
        words = fold(text).split()
        named = [row for row in map(self._find, self._personas) if row is not None]
        if not words:
            per_segment = max(1, (limit - len(named)) // 3)
            rows = named + [row for segment in (LONG, SHORT, NEW) for row in self._of_segment(segment, per_segment)]
        else:
            # the longest word leaves the fewest rows; the other words are searched in those alone
            first, *others = sorted(words, key=len, reverse=True)
            places = pc.indices_nonzero(pc.match_substring(self._column("search"), first))
            for word in others:
                among = self._column("search").take(places)
                places = places.filter(pc.match_substring(among, word))
            hits = places[: limit + len(named)].to_pylist()
            exact = self._find(text.strip())
            known = [] if exact is None else [exact]
            rows = known + [row for row in named if row in set(hits)] + hits
        return list(dict.fromkeys(rows))[:limit]

    def ids(self, segment: str | None = None, limit: int | None = None) -> list[str]:
        """Return user ids in order, of one segment or of all."""
        if segment is None:
            return [str(value) for value in self._ids[:limit].to_pylist()]
        return [str(self._ids[row].as_py()) for row in self._of_segment(segment, limit)]

    def median_user(self) -> str | None:
        """Return a user with a history of median length, None without users."""
        if not self.n_users:
            return None
        order = pc.sort_indices(self._column("n_events"))
        return str(self._ids[order[len(order) // 2].as_py()].as_py())

    def sample(self, n: int, seed: int, besides: Collection[str] = ()) -> list[str]:
        """Return n users with events, or all of them, drawn by the seed, without those named in `besides`."""
        rows = pc.indices_nonzero(pc.greater(self._column("n_events"), 0)).to_numpy()
        order = np.random.default_rng(seed).permutation(len(rows))[: n + len(besides)]
        drawn = [str(user_id) for user_id in self._ids.take(pa.array(rows[order])).to_pylist()]
        return [user_id for user_id in drawn if user_id not in set(besides)][:n]

    def random(self, seed: int) -> str | None:
        """Return a user with events, drawn by the seed; None without any."""
        rows = pc.indices_nonzero(pc.greater(self._column("n_events"), 0))
        if not len(rows):
            return None
        return str(self._ids[rows[random.Random(seed).randrange(len(rows))].as_py()].as_py())

    def most_active(self, limit: int) -> list[str]:
        """Return the users with most events, largest first, ties in order of id; none without events."""
        order = pc.select_k_unstable(
            pa.table({"n": self._column("n_events"), "id": self._ids}),
            min(limit, self.n_users),
            [("n", "descending"), ("id", "ascending")],
        )
        ids = [str(self._ids[row].as_py()) for row in order.to_pylist()]
        return [user_id for user_id in ids if self.n_events(user_id)]

    def _frame(self, rows: list[int]) -> pd.DataFrame:
        cells = []
        for row in rows:
            user_id = str(self._ids[row].as_py())
            name = self._value("name", row)
            n_events, segment = int(self._value("n_events", row)), str(self._value("segment", row))
            cells.append(
                (user_id, self._label(row), name or _called(user_id), n_events, segment, user_id in self._personas)
            )
        return pd.DataFrame(cells, columns=list(FRAME_COLUMNS))

    def _label(self, row: int) -> str:
        n_items = int(self._value("n_items", row))
        name, user_id = self._value("name", row), str(self._ids[row].as_py())
        who = self._value("attributes", row)
        if name:
            who = f"{name} (simulated)" if user_id in self._personas else name
        tastes = [taste for taste in (self._value("taste_1", row), self._value("taste_2", row)) if taste]
        unclear = NO_CLEAR_TASTE if self._has_tastes and n_items < MIN_EVENTS else ""
        liking = f"mostly {', '.join(tastes)}" if tastes else unclear
        noun = self._words.noun if n_items == 1 else self._words.nouns
        return " · ".join(part for part in (who or user_id, f"{n_items:,} {noun}", liking) if part)

    def _of_segment(self, segment: str, limit: int | None) -> list[int]:
        rows = pc.indices_nonzero(pc.equal(self._column("segment"), segment))
        return list((rows if limit is None else rows[:limit]).to_pylist())

    def _find(self, user_id: str) -> int | None:
        """Return the row of a user; those found last are remembered, since a select asks for its options every time."""
        try:
            return self._found[user_id]
        except KeyError:
            row = row_of(self._ids, user_id)
        if len(self._found) >= MAX_LABELS:
            self._found.clear()
        self._found[user_id] = row
        return row

    def _column(self, name: str) -> pa.Array:
        chunked = self._table.column(name)
        return chunked.chunk(0) if chunked.num_chunks else pa.array([], chunked.type)

    def _value(self, name: str, row: int) -> Any:
        return self._table.column(name)[row].as_py()


def row_of(sorted_ids: pa.Array, user_id: str) -> int | None:
    """Return the row of an id by binary search, None for an unknown one."""
    low, high = 0, len(sorted_ids)
    while low < high:
        middle = (low + high) // 2
        if sorted_ids[middle].as_py() < user_id:
            low = middle + 1
        else:
            high = middle
    return low if low < len(sorted_ids) and sorted_ids[low].as_py() == user_id else None


def _called(user_id: str) -> str:
    """Return a user's ID as a name: a number alone would be read as a count."""
    return user_id if any(character.isalpha() for character in user_id) else f"User {user_id}"


def _text(value: object) -> str | None:
    return None if value is None else str(value)
