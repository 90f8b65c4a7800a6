"""Lists of other recommenders as they are kept: HOME/library/GROUP/lists-ID.parquet, one file a model.

The file has user_id and items; who made them and what was left out is in its metadata. It is removed with the data.
"""

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from services.changes import changing_home
from services.errors import DataError
from services.library.names import check_name
from services.other_lists.reading import ReadLists
from services.personalize.campaigns import Campaign

UPLOADED = "uploaded lists"
"""Stands for the recipe of lists that no recipe of ours made."""
PREFIX = "list~"
"""How what stands in for an ARN begins; the id follows."""
MAX_NAME = 60
_FACTS = b"facts"


@dataclass(frozen=True)
class Facts:
    """What is known of kept lists without reading them."""

    name: str
    file_name: str
    loaded: float
    """Epoch seconds."""
    n_users: int
    n_rows: int
    n_left_out: int
    n_duplicates: int
    order: str
    fitted: str = ""
    """How ids were fitted to the data, in a sentence."""


@dataclass(frozen=True)
class OtherLists:
    """The lists of one model that is not ours."""

    id: str
    facts: Facts
    path: Path

    @property
    def name(self) -> str:
        """What screens call the model."""
        return self.facts.name

    @cached_property
    def lists(self) -> Mapping[str, tuple[str, ...]]:
        """Item ids by user, best first. Raises DataError when they were removed meanwhile."""
        try:
            table = pq.read_table(self.path)
        except (OSError, pa.ArrowException) as error:
            raise DataError(f"The lists of {self.name} are gone; somebody removed them. Upload them again.") from error
        pairs = zip(table.column("user_id").to_pylist(), table.column("items").to_pylist(), strict=True)
        return {user: tuple(items) for user, items in pairs}

    @property
    def as_campaign(self) -> Campaign:
        """Return what stands for them among campaigns; its ARN is none, since nobody can ask it."""
        return Campaign(self.name, f"{PREFIX}{self.id}", UPLOADED, "", self.facts.loaded, None)


def kept(home: Path, group: str) -> list[OtherLists]:
    """Return the lists that are kept for a data set group, by name."""
    check_name(group)
    found = []
    for path in (home / "library" / group).glob("lists-*.parquet"):
        try:
            stored = (pq.read_schema(path).metadata or {}).get(_FACTS)
            found.append(OtherLists(path.stem.removeprefix("lists-"), Facts(**json.loads(stored or b"{}")), path))
        except (OSError, ValueError, TypeError, pa.ArrowException):
            continue  # removed meanwhile, or not ours
    return sorted(found, key=lambda one: (one.name.lower(), one.id))


def keep(home: Path, group: str, file_name: str, read: ReadLists, name: str = "", fitted: str = "") -> OtherLists:
    """Keep lists under a name, in place of earlier ones of that name. Raises DataError without the group's data."""
    name = (name.strip() or read.name)[:MAX_NAME]
    changing_home(home, "KeepLists", f"{group}: {name}")
    earlier = [one for one in kept(home, group) if one.name == name]
    folder = home / "library" / group
    if not folder.is_dir():
        raise DataError(f"The data of {group} was not loaded on this machine. Load it on Data.")
    facts = Facts(
        name=name,
        file_name=file_name,
        loaded=time.time(),
        n_users=len(read.lists),
        n_rows=read.n_rows,
        n_left_out=read.n_left_out,
        n_duplicates=read.n_duplicates,
        order=read.order,
        fitted=fitted,
    )
    made = secrets.token_hex(4)
    table = pa.table({"user_id": list(read.lists), "items": [list(items) for items in read.lists.values()]})
    table = table.replace_schema_metadata({_FACTS: json.dumps(asdict(facts)).encode()})
    path = folder / f"lists-{made}.parquet"
    part = path.with_suffix(".part")
    pq.write_table(table, part)
    part.replace(path)
    for one in earlier:
        one.path.unlink(missing_ok=True)
    return OtherLists(made, facts, path)


def remove(home: Path, group: str, lists_id: str) -> None:
    """Remove kept lists, if they are there."""
    changing_home(home, "RemoveLists", f"{group}: {lists_id}")
    for one in kept(home, group):
        if one.id == lists_id:
            one.path.unlink(missing_ok=True)


def named(all_lists: Sequence[OtherLists], name: str) -> OtherLists | None:
    """Return the lists of this name, None where nobody has it."""
    return next((one for one in all_lists if one.name == name), None)
