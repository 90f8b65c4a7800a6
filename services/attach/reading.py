"""Reads a group's data back into the library, with columns recognised as for own files.

Events that were only sent live are not in it: no call returns them. Titles come with the items, or from a file of one's
own that is loaded on Data.
"""

from collections.abc import Callable
from dataclasses import replace

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
KEYS = {"Items": "ITEM_ID", "Users": "USER_ID"}


def attach(backend: Backend, chosen: Plan, say: Say = lambda sentence: None) -> LoadedData:
    """Read the data of a plan and store it in the library; data sets that need it are exported first.

    say gets what is being done. Raises DataError or SampleError with the reason; the library stays as it was.
    """
    changing_home(backend.home, "AttachGroup", chosen.group)
    tables = {}
    for origin in chosen.origins:
        urls = origin.urls
        if origin.needs_export:
            say(f"exporting {origin.dataset_type}")
            urls = export_csv(backend, chosen.group, origin.dataset_type).urls
        say(f"reading {origin.dataset_type}")
        tables[origin.dataset_type] = _table(backend, origin, urls)
    if "Interactions" not in tables:
        raise DataError(f"{chosen.group} has no interactions to read back.")
    schemas = {origin.dataset_type: origin.schema for origin in chosen.origins}
    data = prepare(tables["Interactions"], tables.get("Items"), tables.get("Users"), chosen.group)
    say("storing it")
    return Library(backend.home).save(_as_imported(data, schemas))


def _table(backend: Backend, origin: Origin, urls: tuple[str, ...]) -> OwnTable:
    raws = []
    for url in urls:
        with engine_errors(), backend.objects.local_path(url) as path:
            raws.append(read_table(path, url.rpartition("/")[2]))
    frame = pd.concat([raw.frame for raw in raws], ignore_index=True)
    if origin.dataset_type in KEYS:  # a later import of an item or user replaces the earlier one
        key = next(column for column in frame.columns if column.upper() == KEYS[origin.dataset_type])
        frame = frame.drop_duplicates(key, keep="last", ignore_index=True)
    joined: RawTable = replace(raws[0], frame=frame)
    return accept(joined, origin.dataset_type)


def _as_imported(data: PreparedData, schemas: dict[str, str]) -> PreparedData:
    """Return the data with the schemas that it was imported with."""
    kept = {kind: schemas[kind] for kind in data.schemas}
    return replace(data, schemas=kept, source="own", note="read back from its import")
