"""Removes the folders of deleted datasets and solution versions when no resource refers to them.

A folder is renamed first, so that a partly removed folder never looks complete. A process that has mapped its files can
still read them.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from services.engine.settings import EngineSettings
from services.engine.store.resources import Resources
from services.engine.store.versions import VERSION_KINDS


def remove_snapshots(settings: EngineSettings, resources: Resources, paths: Iterable[str]) -> None:
    """Remove the given snapshot folders unless a dataset or solution version refers to them.

    Only the last three parts of a path matter, GROUP/TYPE/SNAPSHOT, because the home folder may have been moved.
    """
    referenced = {path.parts[-3:] for path in referenced_snapshots(resources)}
    for parts in {Path(path).parts[-3:] for path in paths} - referenced:
        if len(parts) == 3 and ".." not in parts:
            _remove(settings.datasets_path.joinpath(*parts))


def remove_models(settings: EngineSettings, names: Iterable[str]) -> None:
    """Remove the model folders of these names, which are relative to HOME/models."""
    root = settings.models_path.resolve()
    for name in names:
        path = (root / name).resolve()
        if root in path.parents:
            _remove(path)


def referenced_snapshots(resources: Resources) -> set[Path]:
    """Return the current snapshot folders of datasets, and those of the trainings of solution versions."""
    current = [dataset["_snapshot"]["path"] for dataset in resources.list("dataset") if "_snapshot" in dataset.body]
    trained_on = [
        path for version in resources.list(VERSION_KINDS) for path in version.body.get("_snapshots", {}).values()
    ]
    return {Path(path).resolve() for path in (*current, *trained_on)}


def _remove(folder: Path) -> None:
    if not folder.exists():
        return
    deleted = folder.with_name(f".{folder.name}.deleted")
    folder.rename(deleted)
    shutil.rmtree(deleted, ignore_errors=True)
