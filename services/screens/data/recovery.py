"""What a killed app has left of its imports is brought to an end when the next one starts.

A pending version of the library becomes current where its import jobs have succeeded. Where the app was killed before
it had queued them all, the missing ones are imported from that version; where one has failed, the data sets that the
others changed get their rows of before, and the version is removed. Parts of versions and copies for uploads that
nobody writes any more are removed.
"""

import logging
import os
import shutil
from collections.abc import Sequence

from services.backend import Backend
from services.errors import DataError, ServiceError, service_errors
from services.library import turns
from services.library.prepared import PreparedData, write_csvs
from services.library.store import Library
from services.library.writing import Pending
from services.personalize.datasets import ImportState, find_group, imports_of
from services.personalize.imports import Source, import_data
from services.personalize.states import Status
from services.personalize.waiting import poll_seconds, wait_until

logger = logging.getLogger(__name__)


def recover(backend: Backend) -> None:
    """Resolve what was left, one name after the other; a name that another process works on is left to it."""
    library = Library(backend.home)
    for path in library.sweep_parts():
        logger.info("event=part_removed path=%s", path)
    uploads = backend.home / "uploads"
    names = {pending.name for pending in library.pending()}
    names |= {path.name for path in uploads.iterdir() if path.is_dir()} if uploads.is_dir() else set()
    for name in sorted(names):
        descriptor = turns.take(backend.home, name)
        if descriptor is None:
            continue
        try:
            for pending in library.pending():
                if pending.name == name:
                    _resolve(backend, library, pending)
            if not name.startswith("lab-") and (uploads / name).is_dir():
                shutil.rmtree(uploads / name, ignore_errors=True)
                logger.info("event=upload_removed name=%s", name)
        finally:
            os.close(descriptor)


def restore(backend: Backend, library: Library, name: str, dataset_types: Sequence[str]) -> tuple[str, ...]:
    """Import the library's current rows into these data sets again; return the types for which that cannot be done.

    An import changes one data set after the other, so one that ends early may have replaced some of them.
    """
    loaded = library.open(name) if dataset_types else None
    if loaded is None:
        return tuple(dataset_types)
    data = loaded.prepared()
    kinds = [kind for kind in dataset_types if kind in data.frames]
    try:
        _import(backend, data, kinds)
    except DataError as error:
        logger.warning("event=not_restored name=%s types=%s error=%s", name, ",".join(kinds), error)
        return tuple(dataset_types)
    logger.info("event=restored name=%s types=%s", name, ",".join(kinds))
    return tuple(kind for kind in dataset_types if kind not in kinds)


def _resolve(backend: Backend, library: Library, pending: Pending) -> None:
    try:
        with service_errors():
            imported = _imported(backend, library, pending)
    except (ServiceError, DataError) as error:
        logger.warning("event=import_not_followed name=%s error=%s", pending.name, error)
        imported = False
    if imported:
        library.switch(pending)
        logger.info("event=pending_switched name=%s version=%s", pending.name, pending.version)
    else:
        library.discard(pending)
        logger.info("event=pending_removed name=%s version=%s", pending.name, pending.version)


def _imported(backend: Backend, library: Library, pending: Pending) -> bool:
    """Return whether the data sets hold a pending version, once its jobs have ended and the missing ones have run."""
    states = wait_until(
        lambda: imports_of(backend, pending.name, pending.token), _ended, interval_s=poll_seconds(backend)
    )
    active = [state.dataset_type for state in states if state.status == Status.ACTIVE]
    if not states or len(active) < len(states):
        emptied = _emptied(backend, pending)
        restore(backend, library, pending.name, [kind for kind in pending.planned if kind in {*active, *emptied}])
        return False
    missing = [kind for kind in pending.planned if kind not in active]
    if missing:
        _import(backend, library.open_pending(pending).prepared(), missing)
        logger.info("event=import_completed name=%s types=%s", pending.name, ",".join(missing))
    return True


def _emptied(backend: Backend, pending: Pending) -> list[str]:
    """Return the types whose data set was deleted to be created with other columns, and has no rows yet."""
    group = find_group(backend, pending.name)
    if group is None:
        return []
    views = {kind: group.dataset(kind) for kind in pending.planned}
    return [kind for kind, view in views.items() if view is None or not view.imported]


def _ended(states: Sequence[ImportState]) -> bool:
    return not any(state.running for state in states)


def _import(backend: Backend, data: PreparedData, kinds: Sequence[str]) -> None:
    """Import these types of the data, in place of what is there. Raises DataError."""
    folder = backend.home / "uploads" / data.name
    try:
        files = [file for file in write_csvs(data, folder) if file.dataset_type in kinds]
        sources = [Source(file.dataset_type, file.csv, file.schema, file.n_rows) for file in files]
        if sources:
            import_data(backend, data.name, sources, new_columns=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
