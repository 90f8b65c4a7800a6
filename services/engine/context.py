"""The dependencies of API handlers, built once per engine and shared by its threads.

Handlers get an EngineContext and a request, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from services.engine.arns import ArnMaker
from services.engine.jobs.launcher import ensure_worker, settle_abandoned_jobs
from services.engine.jobs.queue import JobQueue
from services.engine.jobs.training.schedule import Schedule
from services.engine.settings import EngineSettings
from services.engine.store.account import account_of
from services.engine.store.database import Database
from services.engine.store.given import GivenLists
from services.engine.store.live import LiveRows
from services.engine.store.objects import ObjectStore, open_objects
from services.engine.store.resources import Resources
from services.engine.store.tags import Tags

if TYPE_CHECKING:
    from services.engine.filters.data import FilterTables
    from services.engine.runtime.models import ModelCache


@dataclass(frozen=True)
class EngineContext:
    """The stores, the queue and the models of one home folder."""

    settings: EngineSettings
    database: Database
    resources: Resources
    tags: Tags
    queue: JobQueue
    objects: ObjectStore
    arns: ArnMaker
    live: LiveRows

    @cached_property
    def models(self) -> ModelCache:
        """The cache of open models; created on first use, so that managing resources imports no numerical library."""
        from services.engine.runtime.models import ModelCache

        return ModelCache(self.settings, self.database)

    @cached_property
    def schedule(self) -> Schedule:
        """When automatic trainings and updates are due."""
        return Schedule(self.database, self.settings.recommender_days)

    @cached_property
    def given(self) -> GivenLists:
        """The lists that were recommended, for metric attributions."""
        return GivenLists(self.database)

    @cached_property
    def filters(self) -> FilterTables:
        """The tables of filters; created on first use, because it imports pyarrow."""
        from services.engine.filters.data import FilterTables

        return FilterTables(self.settings, self.database)

    def start_worker(self) -> None:
        """Start the worker process unless it is running."""
        ensure_worker(self.settings)

    def settle_jobs(self) -> None:
        """Fail the jobs of a dead worker with a reason, and queue automatic trainings that are due.

        Fast when no job is running. Read-only mode leaves everything as it is.
        """
        if self.settings.read_only:
            return
        settle_abandoned_jobs(self.database, self.resources, self.queue, self.settings)
        if self.schedule.queue_due():
            self.start_worker()


def build_context(settings: EngineSettings) -> EngineContext:
    """Open the home folder and migrate its database. Raises HomeUnusable, or InvalidSetting for a foreign account."""
    database = Database(settings)
    return EngineContext(
        settings=settings,
        database=database,
        resources=Resources(database),
        tags=Tags(database),
        queue=JobQueue(database),
        objects=open_objects(settings),
        arns=ArnMaker(settings.region, account_of(database, settings.account_id, keep=not settings.read_only)),
        live=LiveRows(database),
    )
