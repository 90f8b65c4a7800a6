"""Data that another program imported, read back for the screens: exported by the service, then read like own files.

The rows stay as they are in the service; only titles, histories and roles of columns come to the library.
"""

from dataclasses import replace

from services.backend import Backend
from services.errors import DataError
from services.library.prepared import PreparedData
from services.personalize.datasets import find_group
from services.personalize.exports import export_csv
from services.screens.data.new_columns import schemas_of
from services.sources import own_files, table_files
from services.sources.own_files import OwnTable

MAX_EXPORT_S = 4 * 3600.0


def read_back(backend: Backend, name: str) -> PreparedData:
    """Return the rows of a data set group, with the schemas that it has. Raises DataError with the reason."""
    group = find_group(backend, name)
    if group is None or not group.imported:
        raise DataError(f"{name} has no imported interactions to read.")
    tables = {
        view.dataset_type: _table(backend, name, view.dataset_type)
        for view in group.datasets
        if view.imported and view.dataset_type in ("Interactions", "Items", "Users")
    }
    data = own_files.prepare(tables["Interactions"], tables.get("Items"), tables.get("Users"), name=name)
    present = schemas_of(backend, name)
    return replace(data, schemas={kind: present[kind] for kind in data.frames}, note="imported by another program")


def _table(backend: Backend, name: str, dataset_type: str) -> OwnTable:
    urls = export_csv(backend, name, dataset_type, MAX_EXPORT_S).urls
    parts = []
    for url in urls:
        with backend.objects.open_read(url) as file:
            parts.append(file.read())
    head, *others = parts
    rest = [part.partition(b"\n")[2] for part in others]  # each file has a header
    file_name = f"{dataset_type.lower()}.csv"
    table = own_files.accept(table_files.read_table(b"".join([head, *rest]), file_name), dataset_type)
    kept = {column: "METADATA" if role == "IGNORE" else role for column, role in table.mapping.items()}
    return replace(table, mapping=kept)
