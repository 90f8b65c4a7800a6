"""Reads a group's data back into the library, with columns recognised as for own files.

Events that were only sent live are not in it, unless it was exported with them. Titles come with the items, or from a
file of one's own that is loaded on Data.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pandas as pd

from services.attach.plan import Origin, Plan
from services.backend import Backend, engine_errors
from services.changes import changing_home
from services.errors import DataError
from services.library.prepared import PreparedData
from services.library.store import Library, LoadedData
from services.personalize.exports import export_csv
from services.sources.own_files import OwnTable, accept, prepare
from services.sources.table_files import RawTable, read_table

Say = Callable[[str], None]
NamedFile = tuple[str, Path]
"""The name that errors use, and where the file is."""
KEYS = {"Items": "ITEM_ID", "Users": "USER_ID"}


def attach(backend: Backend, chosen: Plan, say: Say = lambda sentence: None) -> LoadedData:
    """Read the data of a plan and store it in the library; data sets that need it are exported first.

    say gets what is being done. Raises DataError or SampleError with the reason; the library stays as it was.
    """
    changing_home(backend.home, "AttachGroup", chosen.group)
    files: dict[str, list[NamedFile]] = {}
    with ExitStack() as kept:
        for origin in chosen.origins:
            urls = origin.urls
            if origin.needs_export:
                say(f"exporting {origin.dataset_type}")
                urls = export_csv(backend, chosen.group, origin.dataset_type).urls
            say(f"reading {origin.dataset_type}")
            with engine_errors():
                files[origin.dataset_type] = [
                    (url.rpartition("/")[2], kept.enter_context(backend.objects.local_path(url))) for url in urls
                ]
        data = read(chosen.group, files, _schemas(chosen.origins))
    say("storing it")
    return Library(backend.home).save(data)


def read(name: str, files: Mapping[str, Sequence[NamedFile]], schemas: Mapping[str, str]) -> PreparedData:
    """Return the data of a group from the files that it was imported from, oldest first; by type of data set.

    Raises DataError or SampleError with the reason.
    """
    if "Interactions" not in files:
        raise DataError(f"{name} has no interactions to read back.")
    tables = {kind: _table(kind, given) for kind, given in files.items()}
    data = prepare(tables["Interactions"], tables.get("Items"), tables.get("Users"), name)
    kept = {kind: schemas[kind] for kind in data.schemas}
    return replace(data, schemas=kept, source="own", note="read back from its import")


def _table(dataset_type: str, files: Sequence[NamedFile]) -> OwnTable:
    raws = [read_table(path, name) for name, path in files]
    frame = pd.concat([raw.frame for raw in raws], ignore_index=True)
    if dataset_type in KEYS:  # a later import of an item or user replaces the earlier one
        key = next(column for column in frame.columns if column.upper() == KEYS[dataset_type])
        frame = frame.drop_duplicates(key, keep="last", ignore_index=True)
    joined: RawTable = replace(raws[0], frame=frame)
    return accept(joined, dataset_type)


def _schemas(origins: Sequence[Origin]) -> dict[str, str]:
    return {origin.dataset_type: origin.schema for origin in origins}
