"""The trained models that a serving process has open, by solution version.

Solution versions never change once they are ACTIVE, so an open one stays true whatever other processes do; which one a
campaign points to is read for every request (store/versions.py). Opening maps files into memory and takes
milliseconds; the operating system shares the pages between processes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from services.engine.errors import ResourceNotFound
from services.engine.models.artifacts import Artifact, read_artifact
from services.engine.runtime.live import live_states
from services.engine.settings import EngineSettings
from services.engine.store.database import Database
from services.engine.store.resources import Resources

if TYPE_CHECKING:
    from services.engine.runtime.metadata import ItemMetadata


class ModelCache:
    """Keeps the models used last; safe to use from several threads."""

    def __init__(self, settings: EngineSettings, database: Database, size: int = 16) -> None:
        self._folder = settings.models_path
        self._database = database
        self._resources = Resources(database)
        self._size = size
        self._open: OrderedDict[str, Artifact] = OrderedDict()
        self._lock = threading.Lock()

    @cached_property
    def metadata(self) -> ItemMetadata:
        """Columns of Items data sets; made on first use, since it loads pyarrow."""
        from services.engine.runtime.metadata import ItemMetadata

        return ItemMetadata()

    def get(self, solution_version_arn: str) -> Artifact:
        """Return an ACTIVE solution version's model. Raises ResourceNotFound when it, or its folder, is gone."""
        with self._lock:
            found = self._open.get(solution_version_arn)
            if found is None:
                found = self._read(solution_version_arn)
                self._open[solution_version_arn] = found
                while len(self._open) > self._size:
                    self._open.popitem(last=False)
            self._open.move_to_end(solution_version_arn)
            return found

    def _read(self, solution_version_arn: str) -> Artifact:
        version = self._resources.get("solution-version", solution_version_arn)
        name = version.body.get("_model_path")
        if name is None:
            raise ResourceNotFound(f"The given solution version has no trained model: {solution_version_arn}")
        try:
            artifact = read_artifact(self._folder / name)
            return replace(artifact, live=live_states(artifact, version, self._database))
        except FileNotFoundError as error:
            raise ResourceNotFound(
                f"The model files of {solution_version_arn} are gone from {self._folder}; create the version again."
            ) from error
