"""Removal of files that a killed or failed job left: unreferenced model folders and snapshots, and unfinished files.

Only the worker writes into HOME/datasets and HOME/models, one job at a time. So the holder of its lock may remove every
unreferenced folder there while it runs no job. A process that has mapped such a file can still read
it.
"""

import logging
import shutil
import time
from pathlib import Path

from services.engine.jobs.training.checkpoints import checkpoint_path
from services.engine.settings import EngineSettings
from services.engine.store.leftovers import referenced_snapshots
from services.engine.store.local_objects import remove_partial_objects
from services.engine.store.resources import Resources
from services.engine.store.versions import VERSION_KINDS

logger = logging.getLogger(__name__)

OF_APPS = "explorer-"
"""Folders of this name in HOME/scratch hold what an app is uploading: no lock says whether it still does."""
APPS_KEEP_S = 24 * 3600.0


def remove_orphans(settings: EngineSettings, resources: Resources) -> None:
    """Remove unreferenced folders below HOME/models and HOME/datasets; call it only with the worker's lock.

    Also removes what is in HOME/scratch, files of jobs that no longer run and of apps that ended long ago, unfinished
    objects, and the checkpoints of deleted solutions.
    """
    for path in settings.scratch_path.glob("*"):
        if not path.name.startswith(OF_APPS) or _age_s(path) > APPS_KEEP_S:
            _remove(path)
    remove_partial_objects(settings.objects_path)
    models = {version.body.get("_model_path") for version in resources.list(VERSION_KINDS)}
    for folder in settings.models_path.glob("*"):
        if folder.name not in models:
            _remove(folder)
    checkpoints = {checkpoint_path(settings, solution.arn) for solution in resources.list(("solution", "recommender"))}
    for path in settings.checkpoints_path.glob("*"):
        if path not in checkpoints:
            logger.info("removing checkpoint=%s", path)
            path.unlink(missing_ok=True)
    # Compares group, type and snapshot only, because the home folder may have been moved since the path was stored.
    snapshots = {path.parts[-3:] for path in referenced_snapshots(resources)}
    for folder in settings.datasets_path.glob("*/*/*"):
        if folder.parts[-3:] not in snapshots:
            _remove(folder)


def _remove(folder: Path) -> None:
    logger.info("removing folder=%s", folder)
    shutil.rmtree(folder, ignore_errors=True)


def _age_s(path: Path) -> float:
    """Return the seconds since a folder changed; 0 for one that is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
