"""Items by name: titles, years, categories, pictures, and a search over them. Works for any catalogue.

A missing title falls back to the id, without noise.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

_ARTICLES = re.compile(r"^(the|a|an|der|die|das|le|la|les|el)\s+", re.IGNORECASE)
FRAME_COLUMNS = ("item_id", "title", "year", "label", "categories", "image", "maker", "n_people")


class Catalog:
    """The items of one data set group."""

    def __init__(self, table: pd.DataFrame, makers: Mapping[str, str] | None = None) -> None:
        """Take item_id, title, year, categories (sequence of str), image, n_people, n_events; one row per item.

        makers are the directors, authors or brands of the items that have one.
        """
        self._makers = makers or {}
        self._row = {item_id: row for row, item_id in enumerate(table["item_id"])}
        self._ids = table["item_id"].tolist()
        self._titles = [_text(value) for value in table["title"]]
        self._years = [None if pd.isna(value) else int(value) for value in table["year"]]
        self._categories = [tuple(value) for value in table["categories"]]
        self._images = [_text(value) for value in table["image"]]
        self._n_people = table["n_people"].tolist()
        self._n_events = table["n_events"].tolist()
        names = [self._titles[row] or self._ids[row] for row in range(len(self._ids))]
        self._search_keys = [
            fold(f"{name} {year or ''} {i}") for name, year, i in zip(names, self._years, self._ids, strict=True)
        ]

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self._ids)

    @property
    def ids(self) -> Sequence[str]:
        """All item ids."""
        return self._ids

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._row

    def title(self, item_id: str) -> str:
        """Return the title, or the id where there is none."""
        row = self._row.get(item_id)
        return item_id if row is None else self._titles[row] or item_id

    def label(self, item_id: str) -> str:
        """Return "Vertigo (1958)", or less where less is known."""
        year = self.year(item_id)
        title = self.title(item_id)
        return f"{title} ({year})" if year is not None and title != item_id else title

    def year(self, item_id: str) -> int | None:
        """Return the year, or None."""
        row = self._row.get(item_id)
        return None if row is None else self._years[row]

    def categories(self, item_id: str) -> tuple[str, ...]:
        """Return the item's categories, () when unknown."""
        row = self._row.get(item_id)
        return () if row is None else self._categories[row]

    def image(self, item_id: str) -> str | None:
        """Return the address of a picture, or None."""
        row = self._row.get(item_id)
        return None if row is None else self._images[row]

    def n_people(self, item_id: str) -> int:
        """Return how many users had it."""
        row = self._row.get(item_id)
        return 0 if row is None else int(self._n_people[row])

    def n_events(self, item_id: str) -> int:
        """Return how many events it has."""
        row = self._row.get(item_id)
        return 0 if row is None else int(self._n_events[row])

    def maker(self, item_id: str) -> str:
        """Return who made it: the first director, author, brand or the like; "" when unknown."""
        return self._makers.get(item_id, "")

    def frame(self, item_ids: Iterable[str]) -> pd.DataFrame:
        """Return item_id, title, year, label, categories, image, maker, n_people in the order asked."""
        rows = [
            (
                i,
                self.title(i),
                self.year(i),
                self.label(i),
                self.categories(i),
                self.image(i),
                self.maker(i),
                self.n_people(i),
            )
            for i in item_ids
        ]
        return pd.DataFrame(rows, columns=list(FRAME_COLUMNS)).astype({"year": "Int64"})

    def search(self, text: str, limit: int = 20) -> pd.DataFrame:
        """Return items whose title, year or id hold every word of text, most watched first; columns as frame."""
        words = fold(text).split()
        rows = [row for row, key in enumerate(self._search_keys) if all(word in key for word in words)]
        # titles that begin with the words come first: "fog" finds The Fog before Phileas Fogg
        whole = " ".join(words)
        rows.sort(key=lambda row: (not _begins(self._search_keys[row], whole), -self._n_people[row], row))
        return self.frame(self._ids[row] for row in rows[:limit])

    def most_popular(self, n: int) -> list[str]:
        """Return the n items that most users had, ties in order of id."""
        return sorted(self._ids, key=lambda item_id: (-self.n_people(item_id), item_id))[:n]


def fold(text: str) -> str:
    """Return text in the form that searches compare: lower case, without accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _begins(key: str, whole: str) -> bool:
    return _ARTICLES.sub("", key).startswith(whole) or key.startswith(whole)


def _text(value: object) -> str | None:
    return None if value is None or pd.isna(value) or value == "" else str(value)  # type: ignore[call-overload]
