"""A model's items in two dimensions: drawn by a job, and read when it has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.engine.capabilities.jobs import JobView, job_view
from services.engine.capabilities.models import version_of
from services.engine.models.item_map import MapFacts
from services.engine.read_only import refuse
from services.engine.recipes.base import Floats
from services.engine.store.versions import trained_version

if TYPE_CHECKING:
    from services.engine.context import EngineContext


@dataclass(frozen=True)
class ItemMap:
    """The items of a model in two dimensions; x and y are float32 (n,) within -1 and 1."""

    item_ids: tuple[str, ...]
    x: Floats
    y: Floats
    facts: MapFacts


class Maps:
    """The maps of trained versions."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context

    def draw(self, arn: str) -> str:
        """Queue the map of a version, or of what a recommender serves, unless there is one; return the job's ARN.

        A version has a map when its model has vectors of items: job() says how far it is, of() returns it.
        Raises EngineError.
        """
        from services.engine.jobs.maps.map_job import request_map

        context = self._context
        if context.settings.read_only:
            refuse()
        context.settle_jobs()
        version = version_of(self._context, arn) or trained_version(context.resources, arn)
        drawing, is_new = request_map(context.database, context.resources, context.queue, version)
        if is_new:
            context.start_worker()
        return drawing

    def job(self, arn: str) -> JobView | None:
        """Return the job of the map of a version, or of what a recommender serves; None when nobody asked for it."""
        version = version_of(self._context, arn)
        asked = None if version is None else self._context.resources.newest("item-map", version.arn)
        return None if asked is None else job_view(self._context, asked.arn)

    def of(self, arn: str) -> ItemMap | None:
        """Return the map of a version, or of what a recommender serves; None before it is drawn."""
        from services.engine.models.item_map import read_map

        version = version_of(self._context, arn)
        if version is None or "_model_path" not in version.body:
            return None
        placed = read_map(self._context.settings.models_path / version["_model_path"])
        if placed is None:
            return None
        items = self._context.models.get(version.arn).items
        return ItemMap(tuple(items.ids(placed.items)), placed.places[:, 0], placed.places[:, 1], placed.facts)
