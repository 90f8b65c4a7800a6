"""The rows of a storefront as data: HOME/library/GROUP/storefront.toml, or an address that was shared.

[[row]]
show = "because"      # for you, because, maker, new, continue, trending, everybody, segment
title = "Because {who} {past} {item}"
items = 12
rows = 2              # of because: one for each of the strongest causes
campaign = ""         # empty: the one that the page chooses; of segment: the saved segment's name

Whatever cannot be used is left out and said in a sentence; a file without any usable row leads to the usual rows.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.changes import changing_home
from services.language.vocabulary import Words
from services.library.names import check_name

FILE = "storefront.toml"
FOR_YOU, BECAUSE, MAKER, NEW, CONTINUE, EVERYBODY = "for you", "because", "maker", "new", "continue", "everybody"
TRENDING, SEGMENT = "trending", "segment"
KINDS = (FOR_YOU, BECAUSE, MAKER, NEW, CONTINUE, TRENDING, EVERYBODY, SEGMENT)
FOR_ALL = (TRENDING, EVERYBODY, SEGMENT)
"""Rows that are the same for everybody, and that may repeat items of the others."""
MAX_ITEMS, MAX_CAUSES, MAX_ROWS, MAX_TITLE = 30, 5, 12, 80
SEPARATOR = "~"
"""Between the parts of a row in an address."""


@dataclass(frozen=True)
class Row:
    """One row: what it shows, under which title, and how much of it."""

    kind: str
    title: str
    n_items: int = 12
    n_rows: int = 1
    """How many causes have a row of their own; 1 for the other kinds."""
    campaign: str = ""
    """Its name; "" means the one that the page chooses. Of SEGMENT the name of a saved segment."""


USUAL = (
    Row(FOR_YOU, "For {who}"),
    Row(BECAUSE, "Because {who} {past} {item}", n_rows=2),
    Row(MAKER, "More from {maker}"),
    Row(NEW, "New for {who}"),
    Row(CONTINUE, "Continue"),
    Row(TRENDING, "Trending now"),
    Row(EVERYBODY, "What everybody gets"),
)


_BRACES = re.compile(r"\{(who|past|item|maker|segment)\}")
_OF_SEGMENT = Row(SEGMENT, "What {segment} {past} most")


def title_of(row: Row, who: str, words: Words, *, item: str = "", maker: str = "") -> str:
    """Return a row's title with the user, the item, the maker, the segment and the data's own verb for their braces."""
    given = {"who": who, "past": words.past, "item": item, "maker": maker, "segment": row.campaign}
    return _BRACES.sub(lambda found: given[found[1]], row.title)


def untold(row: Row, who: str, words: Words) -> str:
    """Return the title of a row that is empty for a user, without the item or maker that it would name."""
    return title_of(row, who, words, item="…", maker="…")


def read(home: Path, group: str) -> tuple[tuple[Row, ...], str]:
    """Return the rows of a data set group and what was left out of its file, in a sentence."""
    path = _file(home, group)
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("row", [])
    except FileNotFoundError:
        return USUAL, ""
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return USUAL, f"{FILE} cannot be read ({error}): these are the usual rows."
    entries = found if isinstance(found, list) else []
    rows = [row for row in map(_row, entries[:MAX_ROWS]) if row is not None]
    if not rows:
        return USUAL, f"{FILE} has no row that can be shown: these are the usual rows."
    n_left = len(entries) - len(rows)
    return tuple(rows), f"{n_left} of {len(entries)} rows of {FILE} cannot be shown." if n_left else ""


def write(home: Path, group: str, rows: Sequence[Row]) -> None:
    """Store the rows of a data set group."""
    changing_home(home, "SaveStorefront", group)
    path = _file(home, group)
    if not path.parent.is_dir():
        return
    part = path.with_suffix(".part")
    part.write_text(to_toml(rows), encoding="utf-8")
    part.replace(path)


def to_toml(rows: Sequence[Row]) -> str:
    """Return rows as the text of a file; a JSON string in ASCII is a TOML string too."""
    return "\n".join(
        f"[[row]]\nshow = {json.dumps(row.kind)}\ntitle = {json.dumps(row.title)}\nitems = {row.n_items}\n"
        f"rows = {row.n_rows}\ncampaign = {json.dumps(row.campaign)}\n"
        for row in rows
    )


def to_address(rows: Sequence[Row]) -> list[str]:
    """Return rows in the form of an address: KIND~ITEMS~ROWS~CAMPAIGN~TITLE."""
    return [
        SEPARATOR.join((row.kind, str(row.n_items), str(row.n_rows), row.campaign.replace(SEPARATOR, " "), row.title))
        for row in rows
    ]


def from_address(values: Sequence[str]) -> tuple[Row, ...]:
    """Return the rows that an address names; what is no row is left out."""
    rows = []
    for text in values[:MAX_ROWS]:
        parts = text.split(SEPARATOR, 4)
        if len(parts) == 5:
            kind, items, n_rows, campaign, title = parts
            numbers = [int(part) if part.isdecimal() and len(part) < 4 else 0 for part in (items, n_rows)]
            rows.append(
                _row({"show": kind, "items": numbers[0], "rows": numbers[1], "campaign": campaign, "title": title})
            )
    return tuple(row for row in rows if row is not None)


def from_records(records: Sequence[Mapping[Any, Any]]) -> tuple[Row, ...]:
    """Return the rows of a table with the columns show, title, items, rows and campaign."""
    return tuple(row for row in map(_row, records[:MAX_ROWS]) if row is not None)


def to_records(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return rows as those of a table."""
    return [
        {"show": row.kind, "title": row.title, "items": row.n_items, "rows": row.n_rows, "campaign": row.campaign}
        for row in rows
    ]


def _row(entry: object) -> Row | None:
    """Return an entry of a file as a row, None for one that cannot be shown."""
    if not isinstance(entry, Mapping) or entry.get("show") not in KINDS:
        return None
    usual = next(row for row in (*USUAL, _OF_SEGMENT) if row.kind == entry["show"])
    title = entry.get("title")
    campaign = entry.get("campaign")
    return Row(
        usual.kind,
        title.strip()[:MAX_TITLE] if isinstance(title, str) and title.strip() else usual.title,
        _number(entry.get("items"), usual.n_items, MAX_ITEMS),
        _number(entry.get("rows"), usual.n_rows, MAX_CAUSES) if usual.kind == BECAUSE else 1,
        campaign if isinstance(campaign, str) else "",
    )


def _number(value: object, usual: int, most: int) -> int:
    """Return a number of a file from 1 to most, the usual one for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 1:
        return usual
    return most if value >= most else int(value)


def _file(home: Path, group: str) -> Path:
    check_name(group)
    return home / "library" / group / FILE
