"""An Amazon Personalize in a folder: open_engine(home) returns an engine, engine.client(...) genuine boto3 clients.

    engine = open_engine("my-home")
    personalize = engine.client("personalize")
    personalize.create_dataset_group(name="films")

Importing this package loads only the standard library, because every submodule imports it.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.engine.capabilities import Capabilities
    from services.engine.context import EngineContext
    from services.engine.settings import EngineSettings
    from services.engine.store.objects import ObjectStore
    from services.engine.wire.dispatch import Dispatcher

__all__ = ["Engine", "open_engine"]

SERVICES = ("personalize", "personalize-runtime", "personalize-events")


class Engine:
    """An embedded engine: a home folder, and clients whose requests it answers."""

    def __init__(self, context: EngineContext) -> None:
        self.context = context

    def client(self, service: str) -> Any:
        """Return a genuine boto3 client of "personalize", "personalize-runtime" or "personalize-events".

        It has static credentials and a region, reads no AWS configuration and never uses the network.
        Raises ValueError for another service.
        """
        if service not in SERVICES:
            raise ValueError(f"The engine has no service {service!r}; it has {', '.join(SERVICES)}.")
        from services.engine.wire.hook import make_client

        return make_client(service, self.dispatcher, self.settings.region)

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """Answers requests, in this process or over HTTP."""
        from services.engine.wire.dispatch import Dispatcher

        return Dispatcher(self.context)

    @cached_property
    def capabilities(self) -> Capabilities:
        """Functions beyond the AWS API: progress, learning curves, intervals, reasons."""
        from services.engine.capabilities import Capabilities

        return Capabilities(self.context)

    @property
    def objects(self) -> ObjectStore:
        """The object store of s3:// locations."""
        return self.context.objects

    @property
    def settings(self) -> EngineSettings:
        return self.context.settings

    def close(self) -> None:
        """Close the database; running jobs continue in the worker process."""
        self.context.database.close()


def open_engine(home: Path | str | None = None, settings: EngineSettings | None = None) -> Engine:
    """Open the engine of a home folder; without arguments, that of the environment.

    Raises InvalidSetting, or HomeUnusable when the folder cannot be used or was written by a newer version.
    """
    from services.engine.context import build_context
    from services.engine.settings import from_environment

    return Engine(build_context(settings or from_environment(home)))
