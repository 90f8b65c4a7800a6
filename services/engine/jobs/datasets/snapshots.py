"""What a data set holds now: the snapshot that its row names, wherever the home folder lies."""

from dataclasses import replace
from pathlib import Path

from services.engine.arns import resource_name
from services.engine.data.snapshots import SnapshotInfo
from services.engine.settings import EngineSettings
from services.engine.store.resources import Resource


def snapshots_folder(settings: EngineSettings, dataset: Resource) -> Path:
    """Return the folder that holds a data set's snapshots: HOME/datasets/GROUP/TYPE."""
    group, _, kind = resource_name(dataset.arn).partition("/")
    return settings.datasets_path / group / kind


def current_snapshot(settings: EngineSettings, dataset: Resource) -> SnapshotInfo | None:
    """Return what a data set holds; None before its first import.

    The row has the path of the day it was written; a home folder that was moved or copied is served from where it is.
    """
    stored = dataset.body.get("_snapshot")
    if stored is None:
        return None
    snapshot = SnapshotInfo.from_json(stored)
    return replace(snapshot, path=snapshots_folder(settings, dataset) / snapshot.path.name)
