"""What of a column is understood in its role: how many cells, what they become, and which are not."""

from dataclasses import dataclass

import pandas as pd

from services.sources.cells import categories_text, id_text, metadata, plain_text
from services.sources.numbers import to_numbers
from services.sources.several_items import split
from services.sources.time_units import UTC, TimeUnit, find_unit, to_epoch_seconds

_KINDS = {"TIMESTAMP": "date", "CREATION_TIMESTAMP": "date", "EVENT_VALUE": "number", "YEAR": "year"}
_N_SAMPLES = 3


@dataclass(frozen=True)
class Reading:
    """How one column is read."""

    n_cells: int
    """Cells with something in them."""
    n_read: int
    bad: tuple[str, ...]
    """The first different cells that are not read."""
    after: tuple[str, ...]
    """What the first different cells become."""
    kind: str = ""
    """What the cells should be: "date", "number" or "year"."""

    @property
    def words(self) -> str:
        """The share, as a sentence: "29,790 of 29,794 read; 4 are no dates: Summe"."""
        if self.n_cells == 0:
            return "empty"
        if self.n_read == self.n_cells:
            return f"all {self.n_cells:,} read"
        n_bad = self.n_cells - self.n_read
        which = f"1 is no {self.kind}" if n_bad == 1 else f"{n_bad:,} are no {self.kind}s"
        return f"{self.n_read:,} of {self.n_cells:,} read; {which}: {', '.join(self.bad)}"


def reading(column: pd.Series, role: str, unit: TimeUnit | None = None, zone: str = UTC) -> Reading:
    """Return how a column is read in a role."""
    held = column.dropna()
    read, kind = _read(held, role, unit, zone)
    bad = held[read.isna()]
    places = held.drop_duplicates().head(_N_SAMPLES).index
    after = tuple(_shown(read[place], role) for place in places)
    first_bad = tuple(str(value)[:30] for value in bad.drop_duplicates().head(_N_SAMPLES))
    return Reading(len(held), len(held) - len(bad), first_bad, after, kind or "number")


def _read(held: pd.Series, role: str, unit: TimeUnit | None, zone: str) -> tuple[pd.Series, str]:
    if role in ("TIMESTAMP", "CREATION_TIMESTAMP"):
        unit = unit or find_unit(held)
        nothing = pd.Series(pd.NA, index=held.index, dtype="Int64")
        return nothing if unit is None else to_epoch_seconds(held, unit, zone), _KINDS[role]
    if role in ("EVENT_VALUE", "YEAR"):
        return to_numbers(held), _KINDS[role]
    if role in ("CATEGORY", "ITEM_CATEGORY"):
        return categories_text(held), ""
    if role == "ITEM_IDS":
        return split(held).map(lambda items: ", ".join(map(str, items)), na_action="ignore"), ""
    if role in ("USER_ID", "ITEM_ID", "SESSION"):
        return id_text(held), ""
    return (metadata(held) if role == "METADATA" else plain_text(held)), ""


def _shown(value: object, role: str) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return "nothing"
    if role in ("TIMESTAMP", "CREATION_TIMESTAMP"):
        return f"{pd.Timestamp(int(str(value)), unit='s'):%d %b %Y %H:%M} UTC"
    return f"{value:g}" if isinstance(value, float) else str(value)[:60]
