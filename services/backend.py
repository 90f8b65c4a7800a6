"""The boto3 clients of all screens: the embedded engine's or AWS's. Only this file chooses between them.

A call that changes something passes services/changes.py before it is sent: refused in read-only mode, else recorded.

Read from the environment: PERSONALIZE_BACKEND is "embedded" (default) or "aws"; "aws" needs PERSONALIZE_BUCKET and
PERSONALIZE_ROLE_ARN and takes credentials and region from boto3's usual sources. Every other service gets a
Backend and does not know which side answers, except by `capabilities`, which AWS lacks.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import boto3
from botocore.config import Config

from services import changes
from services.engine import open_engine
from services.engine.capabilities import (
    Capabilities,
    CurvePoint,
    FilterProblem,
    HistoryEvent,
    HistoryList,
    HypotheticalEvent,
    ItemMap,
    JobView,
    MapFacts,
    MethodMetrics,
    MetricEstimate,
    Reasons,
    Stage,
    Trial,
    VersionEvaluation,
)
from services.engine.errors import AccessDenied, EngineError, HomeUnusable, InvalidSetting
from services.engine.settings import EngineSettings, from_environment
from services.engine.store.objects import ObjectStore, ReadOnlyObjects
from services.engine.store.s3_objects import S3Objects
from services.engine.threads import answer_with_one_thread
from services.errors import REMEDIES, BackendError, ReadOnlyError, ServiceError

__all__ = [
    "Backend",
    "BackendError",
    "Capabilities",
    "CurvePoint",
    "FilterProblem",
    "HistoryEvent",
    "HistoryList",
    "HypotheticalEvent",
    "ItemMap",
    "JobView",
    "MapFacts",
    "MethodMetrics",
    "MetricEstimate",
    "ObjectStore",
    "Reasons",
    "Stage",
    "Trial",
    "VersionEvaluation",
    "engine_errors",
    "open_backend",
]

LOCAL_BUCKET = "local"
LOCAL_ROLE_ARN = "arn:aws:iam::000000000000:role/embedded"
"""The API requires a role; the embedded engine ignores it and reads with the rights of its process."""


@dataclass(frozen=True)
class Backend:
    """The clients and the object store of the embedded engine or of AWS."""

    kind: Literal["embedded", "aws"]
    label: str
    """For a badge: "Embedded engine" or "AWS us-east-1"."""
    personalize: Any
    """boto3 client of the control plane."""
    runtime: Any
    """boto3 client of personalize-runtime."""
    events: Any
    """boto3 client of personalize-events."""
    objects: ObjectStore
    """Store of CSV files for imports, addressed as s3://BUCKET/KEY."""
    capabilities: Capabilities | None
    """Progress, curves, intervals, reasons; None on AWS."""
    home: Path
    """Folder for data on this machine, with both backends."""
    role_arn: str
    """The roleArn of create_dataset_import_job."""
    bucket: str
    close: Callable[[], None] = field(default=lambda: None, repr=False, compare=False)
    """Close the backend's connections."""


def open_backend(environment: Mapping[str, str] = os.environ, home: Path | str | None = None) -> Backend:
    """Open the backend that the environment names. Raises BackendError with the variable to set."""
    kind = environment.get("PERSONALIZE_BACKEND") or "embedded"
    if kind == "embedded":
        return _embedded(environment, home)
    if kind == "aws":
        return _aws(environment, home)
    raise BackendError(f'PERSONALIZE_BACKEND is "{kind}"; set it to "embedded" or "aws", or leave it unset.')


@contextmanager
def engine_errors() -> Iterator[None]:
    """Turn errors of capabilities inside the block into ServiceError."""
    try:
        yield
    except AccessDenied as error:
        raise ReadOnlyError(error.message) from error
    except EngineError as error:
        raise ServiceError(error.code, error.message, REMEDIES.get(error.code, "")) from error


def _embedded(environment: Mapping[str, str], home: Path | str | None) -> Backend:
    answer_with_one_thread()
    settings = _settings(environment, home)
    try:
        engine = open_engine(settings=settings)
    except HomeUnusable as error:
        raise BackendError(str(error)) from error

    def client(service: str) -> Any:
        return _guarded(engine.client(service), settings)

    return Backend(
        kind="embedded",
        label="Embedded engine",
        personalize=client("personalize"),
        runtime=client("personalize-runtime"),
        events=client("personalize-events"),
        objects=engine.objects,
        capabilities=engine.capabilities,
        home=settings.home,
        role_arn=LOCAL_ROLE_ARN,
        bucket=LOCAL_BUCKET,
        close=engine.close,
    )


def _settings(environment: Mapping[str, str], home: Path | str | None) -> EngineSettings:
    try:
        return from_environment(home, environment)
    except InvalidSetting as error:
        raise BackendError(str(error)) from error


def _guarded(client: Any, settings: EngineSettings) -> Any:
    """Return the client after each of its changing calls was made to pass services/changes.py."""

    def before(params: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        if changes.changing(model.name):
            if settings.read_only:
                raise ReadOnlyError(changes.REFUSAL, model.name)
            context["changed"] = changes.named(params)

    def after(parsed: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        if "changed" in context:
            outcome = parsed.get("Error", {}).get("Code", "done")
            changes.record(settings.home, model.name, context["changed"], outcome)

    client.meta.events.register("before-parameter-build", before)
    client.meta.events.register("after-call", after)
    return client


def _aws(environment: Mapping[str, str], home: Path | str | None) -> Backend:
    missing = [name for name in ("PERSONALIZE_BUCKET", "PERSONALIZE_ROLE_ARN") if not environment.get(name)]
    if missing:
        raise BackendError(
            f'PERSONALIZE_BACKEND is "aws", which also needs {" and ".join(missing)}: '
            "the bucket for uploads and the role that lets Amazon Personalize read it."
        )
    session = boto3.Session()
    if session.region_name is None:
        raise BackendError(
            'PERSONALIZE_BACKEND is "aws" but there is no region: set AWS_DEFAULT_REGION, say to us-east-1.'
        )
    if session.get_credentials() is None:
        raise BackendError(
            'PERSONALIZE_BACKEND is "aws" but boto3 finds no credentials: run "aws configure", or set '
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    config = Config(retries={"mode": "standard", "max_attempts": 5})
    settings = _settings(environment, home)
    objects: ObjectStore = S3Objects(environment.get("AWS_ENDPOINT_URL_S3") or None)

    def client(service: str) -> Any:
        return _guarded(session.client(service, config=config), settings)

    return Backend(
        kind="aws",
        label=f"AWS {session.region_name}",
        personalize=client("personalize"),
        runtime=client("personalize-runtime"),
        events=client("personalize-events"),
        objects=ReadOnlyObjects(objects) if settings.read_only else objects,
        capabilities=None,
        home=settings.home,
        role_arn=environment["PERSONALIZE_ROLE_ARN"],
        bucket=environment["PERSONALIZE_BUCKET"],
    )
