"""The lines of a batch job, from people, items, pasted text or an uploaded file.

Formats: developer guide, "Preparing input data for batch recommendations".
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from services.library.catalog import Catalog
from services.personalize.batch_jobs import ITEMS, LISTS, PEOPLE

MEMBERS = {PEOPLE: ("userId",), ITEMS: ("itemId",), LISTS: ("userId", "itemList")}
"""What a line of each kind must have."""
LIST_SIZE = 20
"""Length of the list that is ranked for everybody unless somebody brings lists."""
LOOKED_AT = 100
"""So many lines of a file are looked at before it is sent."""


def people_lines(user_ids: Iterable[str]) -> Iterator[str]:
    """Yield a line for each person."""
    return (_line(userId=user_id) for user_id in user_ids)


def item_lines(item_ids: Iterable[str]) -> Iterator[str]:
    """Yield a line for each item."""
    return (_line(itemId=item_id) for item_id in item_ids)


def list_lines(user_ids: Iterable[str], item_list: Sequence[str]) -> Iterator[str]:
    """Yield a line for each person that asks for the same list in this person's order."""
    return (_line(userId=user_id, itemList=list(item_list)) for user_id in user_ids)


def lines_for(kind: str, ids: Iterable[str], item_list: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a kind for these people, or items; shelf is the list that LISTS ranks."""
    if kind == ITEMS:
        return item_lines(ids)
    return list_lines(ids, item_list) if kind == LISTS else people_lines(ids)


def pasted_lines(text: str, kind: str, item_list: Sequence[str]) -> list[str]:
    """Return the lines of pasted text: ids apart by commas or line ends, or JSON lines, which stay as they are."""
    rows = [row.strip() for row in text.split("\n") if row.strip()]
    if rows and rows[0].startswith("{"):
        return rows
    ids = [part.strip().strip("\"'") for row in rows for part in re.split(r"[,;\t]", row)]
    return list(lines_for(kind, dict.fromkeys(part for part in ids if part), item_list))


def encoded(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield lines as a file holds them."""
    return (f"{line}\n".encode() for line in lines)


def first_lines(content: bytes) -> list[str]:
    """Return the first lines of an uploaded file, blank ones left out; the file itself is sent as it is."""
    head = content[: LOOKED_AT * 10_000].decode("utf-8-sig", "replace").split("\n")
    return [row for row in head if row.strip()][:LOOKED_AT]


def count_lines(content: bytes) -> int:
    """Return how many lines an uploaded file has."""
    return content.count(b"\n") + (not content.endswith(b"\n") and bool(content))


def warning(lines: Sequence[str], kind: str) -> str:
    """Return what is likely to go wrong with these lines, "" for nothing; only the first ones are looked at."""
    looked_at = lines[:LOOKED_AT]
    wanted = " and ".join(MEMBERS[kind])
    good = sum(_fits(line, kind) for line in looked_at)
    if not looked_at or good == len(looked_at):
        return ""
    if good == 0:
        return f"No line holds {wanted}, which this recipe asks for: the job would refuse all of them."
    bad = len(looked_at) - good
    return f"{bad} of the first {len(looked_at)} lines {'lacks' if bad == 1 else 'lack'} {wanted} and will be refused."


def example(kind: str, user_ids: Sequence[str], item_ids: Sequence[str]) -> str:
    """Return three lines of input as they would be for these ids; made-up numbers where there are too few."""
    users = [*user_ids, "105", "106", "441"][:3]
    items = [*item_ids, "27", "886", "101"][:3]
    asked = items if kind == ITEMS else users
    return "\n".join(lines_for(kind, asked, items))


def ranked_lists(catalog: Catalog, size: int = LIST_SIZE) -> dict[str, list[str]]:
    """Return lists that can be ranked for everybody: the most popular items of all and of each category, by name.

    Categories come in the order of the people that their items had; those with fewer than three items are left out.
    """
    popular = catalog.most_popular(catalog.n_items)
    by_category: dict[str, list[str]] = {}
    people: dict[str, int] = {}
    for item_id in popular:
        for category in catalog.categories(item_id):
            by_category.setdefault(category, []).append(item_id)
            people[category] = people.get(category, 0) + catalog.n_people(item_id)
    order = sorted(by_category, key=lambda category: -people[category])
    found = {"the most popular": popular[:size]}
    return found | {category: by_category[category][:size] for category in order if len(by_category[category]) >= 3}


def _line(**members: object) -> str:
    return json.dumps(members, ensure_ascii=False)


def _fits(line: str, kind: str) -> bool:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and all(value.get(member) for member in MEMBERS[kind])
