"""Remove what a killed job left behind: model folders and snapshots that no resource names, half-written files.

Only the worker writes into HOME/datasets, HOME/models and HOME/scratch, one job at a time, so whoever holds its lock
and runs no job may remove every folder there that nothing refers to. A process that still has such a file mapped keeps
reading it.
"""

import logging
import shutil
from pathlib import Path

from services.engine.jobs.training.checkpoints import checkpoint_path
from services.engine.settings import EngineSettings
from services.engine.store.leftovers import referenced_snapshots
from services.engine.store.resources import Resources

logger = logging.getLogger(__name__)


def remove_orphans(settings: EngineSettings, resources: Resources) -> None:
    """Remove folders below HOME/models and HOME/datasets that nothing refers to; only with the worker's lock.

    HOME/scratch holds files of the job that runs, so it goes whole. Checkpoints go with their solution.
    """
    if settings.scratch_path.exists():
        _remove(settings.scratch_path)
    models = {version.body.get("_model_path") for version in resources.list("solution-version")}
    for folder in settings.models_path.glob("*"):
        if folder.name not in models:
            _remove(folder)
    checkpoints = {checkpoint_path(settings, solution.arn) for solution in resources.list("solution")}
    for path in settings.checkpoints_path.glob("*"):
        if path not in checkpoints:
            logger.info("removing checkpoint=%s", path)
            path.unlink(missing_ok=True)
    # Compared by group, type and snapshot: the home folder may have been moved since a path was written down.
    snapshots = {path.parts[-3:] for path in referenced_snapshots(resources)}
    for folder in settings.datasets_path.glob("*/*/*"):
        if folder.parts[-3:] not in snapshots:
            _remove(folder)


def _remove(folder: Path) -> None:
    logger.info("removing folder=%s", folder)
    shutil.rmtree(folder, ignore_errors=True)
