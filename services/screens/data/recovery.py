"""What a killed app has left of its imports is brought to an end when the next one starts.

A pending version of the library becomes current where its import jobs have succeeded, and is removed otherwise; parts
of versions and copies for uploads that nobody writes any more are removed.
"""

import logging
import os
import shutil

from services.backend import Backend
from services.errors import ServiceError, service_errors
from services.library import turns
from services.library.store import Library
from services.library.writing import Pending
from services.personalize.datasets import ImportState, import_state
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


def _resolve(backend: Backend, library: Library, pending: Pending) -> None:
    states: list[ImportState] = []

    def ended() -> bool:
        states[:] = [import_state(backend, arn) for arn in pending.jobs]
        return not any(state.running for state in states)

    try:
        with service_errors():
            wait_until(ended, bool, interval_s=poll_seconds(backend))
    except ServiceError as error:
        logger.warning("event=import_not_followed name=%s error=%s", pending.name, error)
        states = []
    if states and all(state.status == Status.ACTIVE for state in states):
        library.switch(pending)
        logger.info("event=pending_switched name=%s version=%s", pending.name, pending.version)
    else:
        library.discard(pending)
        logger.info("event=pending_removed name=%s version=%s", pending.name, pending.version)
