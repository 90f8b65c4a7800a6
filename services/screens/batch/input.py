"""The lines of a batch job, from people, items, pasted text or an uploaded file.

Formats: developer guide, "Preparing input data for batch recommendations".
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.library.catalog import Catalog
from services.personalize.batch_versions import ITEMS, LISTS, PEOPLE

MEMBERS = {PEOPLE: ("userId",), ITEMS: ("itemId",), LISTS: ("userId", "itemList")}
"""Members that a line of each kind must have."""
LIST_SIZE = 20
"""Default length of the list that is ranked for every user."""
MOST_POPULAR = "the most popular"
N_CHECKED = 100
"""How many lines of a file are checked before it is sent."""


def people_lines(user_ids: Iterable[str]) -> Iterator[str]:
    """Yield a line for each user."""
    return (_line(userId=user_id) for user_id in user_ids)


def item_lines(item_ids: Iterable[str]) -> Iterator[str]:
    """Yield a line for each item."""
    return (_line(itemId=item_id) for item_id in item_ids)


def list_lines(user_ids: Iterable[str], item_list: Sequence[str]) -> Iterator[str]:
    """Yield a line for each user, with the same list to be ranked."""
    return (_line(userId=user_id, itemList=list(item_list)) for user_id in user_ids)


def lines_for(kind: str, ids: Iterable[str], item_list: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a kind for these users or items; item_list is the list to be ranked for LISTS."""
    if kind == ITEMS:
        return item_lines(ids)
    return list_lines(ids, item_list) if kind == LISTS else people_lines(ids)


def pasted_lines(text: str, kind: str, item_list: Sequence[str]) -> list[str]:
    """Return the lines of pasted text: ids separated by commas or line ends, or JSON lines, which are not changed."""
    rows = [row.strip() for row in text.split("\n") if row.strip()]
    if rows and rows[0].startswith("{"):
        return rows
    ids = [part.strip().strip("\"'") for row in rows for part in re.split(r"[,;\t]", row)]
    return list(lines_for(kind, dict.fromkeys(part for part in ids if part), item_list))


def with_values(lines: Iterable[str], values: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines with these values for the job's filter; lines with values of their own keep them."""
    for line in lines:
        try:
            record = json.loads(line) if values else None
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict) and "filterValues" not in record:
            yield json.dumps(record | {"filterValues": dict(values)}, ensure_ascii=False)
        else:
            yield line


def encoded(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield lines as the bytes of a file."""
    return (f"{line}\n".encode() for line in lines)


def first_lines(content: bytes) -> list[str]:
    """Return the first lines of an uploaded file without blank ones; the file itself is sent unchanged."""
    head = content[: N_CHECKED * 10_000].decode("utf-8-sig", "replace").split("\n")
    return [row for row in head if row.strip()][:N_CHECKED]


def count_lines(content: bytes) -> int:
    """Return how many lines an uploaded file has."""
    return content.count(b"\n") + (not content.endswith(b"\n") and bool(content))


def warning(lines: Sequence[str], kind: str) -> str:
    """Return the likely problem with these lines, "" for none; only the first ones are checked."""
    checked = lines[:N_CHECKED]
    members = " and ".join(MEMBERS[kind])
    good = sum(_fits(line, kind) for line in checked)
    if not checked or good == len(checked):
        return ""
    if good == 0:
        return f"No line has {members}, which this recipe needs: the job would refuse all of them."
    bad = len(checked) - good
    return f"{bad} of the first {len(checked)} lines {'lacks' if bad == 1 else 'lack'} {members} and will be refused."


def example(kind: str, user_ids: Sequence[str], item_ids: Sequence[str]) -> str:
    """Return three lines of input for these ids; made-up ids where there are too few."""
    users = [*user_ids, "105", "106", "441"][:3]
    items = [*item_ids, "27", "886", "101"][:3]
    asked = items if kind == ITEMS else users
    return "\n".join(lines_for(kind, asked, items))


def ranked_lists(catalog: Catalog, size: int = LIST_SIZE) -> dict[str, list[str]]:
    """Return lists to be ranked for every user, by name: the most popular items of all and of each category.

    Categories are sorted by the number of users of their items; those with fewer than three items are left out.
    """
    popular = catalog.most_popular(catalog.n_items)
    by_category: dict[str, list[str]] = {}
    people: dict[str, int] = {}
    for item_id in popular:
        for category in catalog.categories(item_id):
            by_category.setdefault(category, []).append(item_id)
            people[category] = people.get(category, 0) + catalog.n_people(item_id)
    order = sorted(by_category, key=lambda category: -people[category])
    of_categories = {category: by_category[category][:size] for category in order if len(by_category[category]) >= 3}
    return {MOST_POPULAR: popular[:size]} | of_categories


def _line(**members: object) -> str:
    return json.dumps(members, ensure_ascii=False)


def _fits(line: str, kind: str) -> bool:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and all(value.get(member) for member in MEMBERS[kind])
