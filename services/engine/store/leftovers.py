"""Remove the folders of deleted data sets and solution versions, as soon as nothing refers to them.

A folder is first renamed, so that a half-removed one is never taken for a whole; a process that still has its files
mapped keeps reading them.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from services.engine.settings import EngineSettings
from services.engine.store.resources import Resources


def remove_snapshots(settings: EngineSettings, resources: Resources, paths: Iterable[str]) -> None:
    """Remove those snapshot folders that no data set and no solution version names any more.

    A path counts by its last three parts, GROUP/TYPE/SNAPSHOT: the home may have been moved since it was written down.
    """
    referred = {path.parts[-3:] for path in referenced_snapshots(resources)}
    for parts in {Path(path).parts[-3:] for path in paths} - referred:
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
    """Return the snapshot folders that data sets serve from and that solution versions were trained on."""
    current = [dataset["_snapshot"]["path"] for dataset in resources.list("dataset") if "_snapshot" in dataset.body]
    trained_on = [
        path for version in resources.list("solution-version") for path in version.body.get("_snapshots", {}).values()
    ]
    return {Path(path).resolve() for path in (*current, *trained_on)}


def _remove(folder: Path) -> None:
    if not folder.exists():
        return
    doomed = folder.with_name(f".{folder.name}.deleted")
    folder.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)
