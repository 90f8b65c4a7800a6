"""The trained models that a serving process has open, by solution version.

An ACTIVE solution version never changes, so an open model stays valid whatever other processes do; but those of recipes
that take new items in by themselves change their folder, which is looked up for every request. The version that a
campaign serves is read for every request (store/versions.py). Opening a model maps its files into memory and takes
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
from services.engine.recipes.base import Updating
from services.engine.recipes.registry import find
from services.engine.runtime.live import live_states
from services.engine.settings import EngineSettings
from services.engine.store.database import Database
from services.engine.store.resources import Resources
from services.engine.store.versions import trained_version

if TYPE_CHECKING:
    from services.engine.runtime.metadata import ItemMetadata
    from services.engine.runtime.promotions import PopularItems


class ModelCache:
    """Caches the models used last; thread-safe."""

    def __init__(self, settings: EngineSettings, database: Database, size: int = 16) -> None:
        self._folder = settings.models_path
        self._database = database
        self._resources = Resources(database)
        self._size = size
        self._open: OrderedDict[str, Artifact] = OrderedDict()
        self._lock = threading.Lock()

    @cached_property
    def metadata(self) -> ItemMetadata:
        """Columns of Items datasets; created on first use, because it imports pyarrow."""
        from services.engine.runtime.metadata import ItemMetadata

        return ItemMetadata()

    @cached_property
    def popular(self) -> PopularItems:
        """The popular items of models, which fill up lists."""
        from services.engine.runtime.promotions import PopularItems

        return PopularItems()

    def get(self, solution_version_arn: str) -> Artifact:
        """Return an ACTIVE solution version's model. Raises ResourceNotFound when it or its folder does not exist."""
        with self._lock:
            artifact = self._open.get(solution_version_arn)
            if artifact is None or self._has_changed(solution_version_arn, artifact):
                artifact = self._read(solution_version_arn)
                self._open[solution_version_arn] = artifact
                while len(self._open) > self._size:
                    self._open.popitem(last=False)
            self._open.move_to_end(solution_version_arn)
            return artifact

    def _has_changed(self, solution_version_arn: str, artifact: Artifact) -> bool:
        recipe = find(artifact.recipe).recipe_class
        if not (issubclass(recipe, Updating) and recipe.by_itself):
            return False
        name = trained_version(self._resources, solution_version_arn).body.get("_model_path")
        return artifact.folder != name

    def _read(self, solution_version_arn: str) -> Artifact:
        version = trained_version(self._resources, solution_version_arn)
        name = version.body.get("_model_path")
        if name is None:
            raise ResourceNotFound(f"The given solution version has no trained model: {solution_version_arn}")
        try:
            artifact = read_artifact(self._folder / name)
            return replace(artifact, live=live_states(artifact, version, self._database))
        except FileNotFoundError as error:
            if trained_version(self._resources, solution_version_arn).body.get("_model_path") != name:
                return self._read(solution_version_arn)  # an incremental update has replaced it meanwhile
            raise ResourceNotFound(
                f"The model files of {solution_version_arn} are gone from {self._folder}; create the version again."
            ) from error
