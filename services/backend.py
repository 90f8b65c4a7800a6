"""The boto3 clients of all screens: the embedded engine's or AWS's. Only this file chooses between them.

A call that changes something passes services/changes.py before it is sent: refused in read-only mode, else recorded.

Read from the environment: PERSONALIZE_BACKEND is "embedded" (default) or "aws"; "aws" needs PERSONALIZE_BUCKET and
PERSONALIZE_ROLE_ARN and takes credentials and region from boto3's usual sources; PERSONALIZE_POLL_S says how often
it is looked there. Every other service gets a Backend and does not know which side answers, except by `capabilities`,
which AWS lacks.
"""

import os
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import CredentialProvider, Credentials
from botocore.exceptions import NoCredentialsError
from botocore.parsers import ResponseParserError as UnreadableAnswer

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
from services.engine.policies import SERVICE as PERSONALIZE_SERVICE
from services.engine.policies import Asked, allows
from services.engine.settings import EngineSettings, from_environment
from services.engine.store.objects import ObjectStore, ReadOnlyObjects
from services.engine.store.s3.objects import S3Objects
from services.engine.threads import answer_with_one_thread
from services.errors import REMEDIES, BackendError, ReadOnlyError, ServiceError
from services.remembered import Remembered

__all__ = [
    "EXPIRED",
    "OWN_TAG",
    "PERSONALIZE_SERVICE",
    "Asked",
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
    "UnreadableAnswer",
    "VersionEvaluation",
    "allows",
    "choose_backend",
    "engine_errors",
    "open_backend",
    "open_local",
    "regions",
]

EXPIRED = frozenset(
    {"ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId", "RequestExpired"}
)
"""What AWS answers to credentials that are not valid any more."""
OWN_TAG = {"tagKey": "created-by", "tagValue": "personalize-explorer"}
"""What the explorer makes at AWS is found again by this tag."""
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
    region: str = "us-east-1"
    poll_s: float = 0.1
    """Seconds between two looks at what is being made; AWS throttles Describe calls."""
    remembered: Remembered = field(default_factory=Remembered, repr=False, compare=False)
    """What the control plane answered and still holds: what is deployed."""
    client: Callable[[str], Any] | None = None
    """Returns a boto3 client of another service of the account, for example "iam"; None on the embedded engine."""
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


def open_local(backend: Backend, environment: Mapping[str, str] = os.environ) -> Backend:
    """Open the embedded engine of the same home beside AWS, with its objects in HOME/objects; the caller closes it."""
    elsewhere = ("AWS_ENDPOINT_URL_S3", "PERSONALIZE_OBJECTS")  # of the account
    own = {name: value for name, value in environment.items() if name not in elsewhere}
    return _embedded(own, backend.home)


CHOICE = ("PERSONALIZE_BACKEND", "PERSONALIZE_BUCKET", "PERSONALIZE_ROLE_ARN", "AWS_DEFAULT_REGION")
"""The variables that decide who answers."""


def choose_backend(chosen: Mapping[str, str], environment: MutableMapping[str, str] = os.environ) -> None:
    """Let this process, and those that it starts, ask another backend from now on; "" removes a variable.

    Raises BackendError, and everything stays as it was, when it cannot be opened.
    """
    wanted = {name: chosen[name].strip() for name in CHOICE if name in chosen}
    open_backend({**environment, **wanted}).close()
    for name, value in wanted.items():
        if value:
            environment[name] = value
        else:
            environment.pop(name, None)


def regions() -> list[str]:
    """Return the regions that have Amazon Personalize, as botocore knows them."""
    return sorted(boto3.Session(region_name="us-east-1").get_available_regions("personalize"))


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

    remembered = Remembered(engine.capabilities.deployed_state)

    def client(service: str) -> Any:
        return _guarded(engine.client(service), settings, remembered)

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
        region=settings.region,
        remembered=remembered,
        close=engine.close,
    )


def _settings(environment: Mapping[str, str], home: Path | str | None) -> EngineSettings:
    try:
        return from_environment(home, environment)
    except InvalidSetting as error:
        raise BackendError(str(error)) from error


def _guarded(client: Any, settings: EngineSettings, remembered: Remembered) -> Any:
    """Return the client after each of its changing calls was made to pass services/changes.py."""

    def before(params: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        if changes.changing(model.name):
            if settings.read_only:
                raise ReadOnlyError(changes.REFUSAL, model.name)
            context["changed"] = changes.named(params)

    def after(parsed: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        if "changed" in context:
            if model.service_model.service_name == PERSONALIZE_SERVICE:  # events change nothing that is deployed
                remembered.changed()
            outcome = parsed.get("Error", {}).get("Code", "done")
            changes.record(settings.home, model.name, context["changed"], outcome)

    client.meta.events.register("before-parameter-build", before)
    client.meta.events.register("after-call", after)
    return client


def _tagged(client: Any) -> Any:
    """Return the client after it gives everything that it creates the tag of the explorer, where AWS takes tags."""

    def before(params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name.startswith("Create") and "tags" in model.input_shape.members:
            params["tags"] = [*params.get("tags", ()), dict(OWN_TAG)]

    client.meta.events.register("before-parameter-build", before)
    return client


class RenewedCredentials(Credentials):  # type: ignore[misc]  # botocore has no types
    """Credentials that are looked for again in boto3's usual places once AWS has said that they expired.

    A client signs with what it was made with, so an explorer that is open all day would have to be started again.
    """

    def __init__(self, find: Callable[[], Any]) -> None:
        """find returns botocore's credentials of this moment, or None."""
        self._find = find
        self._present = find()
        super().__init__("", "")

    @property
    def found(self) -> bool:
        """Whether there are any."""
        return self._present is not None

    def get_frozen_credentials(self) -> Any:
        """Return what the next request is signed with."""
        if self._present is None:
            self._present = self._find()
        if self._present is None:
            raise NoCredentialsError
        return self._present.get_frozen_credentials()

    def watch(self, client: Any) -> Any:
        """Look for the credentials again after an answer of this client says that they have expired; return it."""

        def after(parsed: Mapping[str, Any], **_: Any) -> None:
            if parsed.get("Error", {}).get("Code") in EXPIRED:
                self._present = None

        client.meta.events.register("after-call", after)
        return client


class _Renewed(CredentialProvider):  # type: ignore[misc]
    METHOD = "renewed"

    def __init__(self, credentials: RenewedCredentials) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> RenewedCredentials:
        return self._credentials


def _session(credentials: RenewedCredentials, region: str | None) -> boto3.Session:
    core = botocore.session.Session()
    core.get_component("credential_provider").providers.insert(0, _Renewed(credentials))
    return boto3.Session(botocore_session=core, region_name=region)


def _poll_seconds(environment: Mapping[str, str]) -> float:
    text = environment.get("PERSONALIZE_POLL_S") or "5"
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.01 <= seconds <= 3600:
        raise BackendError(f'PERSONALIZE_POLL_S is "{text}"; it must be seconds from 0.01 to 3600. Correct it.')
    return seconds


def _aws(environment: Mapping[str, str], home: Path | str | None) -> Backend:
    missing = [name for name in ("PERSONALIZE_BUCKET", "PERSONALIZE_ROLE_ARN") if not environment.get(name)]
    if missing:
        raise BackendError(
            f'PERSONALIZE_BACKEND is "aws", which also needs {" and ".join(missing)}: '
            "the bucket for uploads and the role that lets Amazon Personalize read it."
        )
    credentials = RenewedCredentials(lambda: boto3.Session().get_credentials())
    session = _session(credentials, environment.get("AWS_DEFAULT_REGION") or None)
    if session.region_name is None:
        raise BackendError(
            'PERSONALIZE_BACKEND is "aws" but there is no region: set AWS_DEFAULT_REGION, say to us-east-1.'
        )
    if not credentials.found:
        raise BackendError(
            'PERSONALIZE_BACKEND is "aws" but boto3 finds no credentials: run "aws configure", or set '
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    config = Config(retries={"mode": "standard", "max_attempts": 5})
    settings = _settings(environment, home)
    objects: ObjectStore = S3Objects(environment.get("AWS_ENDPOINT_URL_S3") or None)

    poll_s = _poll_seconds(environment)
    remembered = Remembered(lambda: None, max_age_s=poll_s)

    def client(service: str) -> Any:
        made = _guarded(session.client(service, config=config), settings, remembered)
        return credentials.watch(_tagged(made) if service == "personalize" else made)

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
        region=session.region_name,
        poll_s=poll_s,
        remembered=remembered,
        client=client,
    )
