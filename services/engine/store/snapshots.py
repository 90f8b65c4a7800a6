"""A dataset's current snapshot, also after the home folder was moved."""

from dataclasses import replace
from pathlib import Path

from services.engine.arns import resource_name
from services.engine.data.snapshots import SnapshotInfo
from services.engine.settings import EngineSettings
from services.engine.store.resources import Resource


def snapshots_folder(settings: EngineSettings, dataset: Resource) -> Path:
    """Return the folder of a dataset's snapshots: HOME/datasets/GROUP/TYPE."""
    group, _, kind = resource_name(dataset.arn).partition("/")
    return settings.datasets_path / group / kind


def current_snapshot(settings: EngineSettings, dataset: Resource) -> SnapshotInfo | None:
    """Return a dataset's current snapshot; None before its first import.

    The stored path may be out of date, because the home folder can be moved or copied; only its name is used.
    """
    stored = dataset.body.get("_snapshot")
    if stored is None:
        return None
    snapshot = SnapshotInfo.from_json(stored)
    return replace(snapshot, path=snapshots_folder(settings, dataset) / snapshot.path.name)
