"""The engine's settings: frozen data, read from the environment here and nowhere else.

Each field has its meaning and unit beside it; docs/settings.md repeats the table and a test compares the two.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.engine.errors import InvalidSetting

PRIVATE_UMASK = 0o077
"""Of the engine's own processes: files of a home are readable by their owner only."""


@dataclass(frozen=True)
class EngineSettings:
    """How one engine runs. Construct it, or read it with from_environment."""

    home: Path
    """Folder for everything that is kept (PERSONALIZE_HOME)."""

    region: str = "us-east-1"
    """Region of ARNs that unsigned requests make; others carry the region of their signature (PERSONALIZE_REGION)."""

    account_id: str | None = None
    """Twelve-digit account of all ARNs, set once for a home; None: the home's own, 000000000000 in a new one
    (PERSONALIZE_ACCOUNT_ID)."""

    allowed_origins: tuple[str, ...] = ()
    """Origins of web pages that may call `serve` from a browser, such as http://localhost:3000
    (PERSONALIZE_ALLOWED_ORIGINS, separated by commas)."""

    s3_endpoint_url: str | None = None
    """Where s3:// locations are read and written; None means HOME/objects (AWS_ENDPOINT_URL_S3)."""

    use_s3: bool = False
    """Read and write s3:// locations with boto3 even without an endpoint URL (PERSONALIZE_OBJECTS=s3)."""

    worker_threads: int = 2
    """Threads that a training computes with: with 2 its loss uses two cores and the model is that of 1; from 4 on the
    libraries use half of them for single operations (PERSONALIZE_WORKER_THREADS)."""

    worker_niceness: int = 10
    """What the worker adds to its niceness, so that pages answer first; 0 where nothing else needs the processor
    (PERSONALIZE_WORKER_NICENESS)."""

    worker_idle_s: float = 30.0
    """Seconds without jobs after which the worker process leaves (PERSONALIZE_WORKER_IDLE_S)."""

    worker_silent_s: float = 600.0
    """Seconds without any progress after which a job that computes nothing has failed, and its worker is replaced
    (PERSONALIZE_WORKER_SILENT_S)."""

    recommender_days: int = 0
    """Days after which recommenders of domains train again by themselves, if data has arrived: at AWS 7, here 0, never
    (PERSONALIZE_RECOMMENDER_DAYS)."""

    allowed_hosts: tuple[str, ...] = ()
    """Names by which `serve` may be reached besides localhost, IP addresses and --host; "*" allows every name
    (PERSONALIZE_ALLOWED_HOSTS, separated by commas)."""

    read_only: bool = False
    """True refuses every operation that changes something and starts no worker (PERSONALIZE_MODE=read-only)."""

    durable_against_power_cuts: bool = False
    """True makes every commit wait for the disk, synchronous=FULL (PERSONALIZE_SYNC=full)."""

    @property
    def database_path(self) -> Path:
        return self.home / "engine.sqlite"

    @property
    def objects_path(self) -> Path:
        return self.home / "objects"

    @property
    def datasets_path(self) -> Path:
        return self.home / "datasets"

    @property
    def models_path(self) -> Path:
        return self.home / "models"

    @property
    def checkpoints_path(self) -> Path:
        return self.home / "checkpoints"

    @property
    def scratch_path(self) -> Path:
        return self.home / "scratch"

    @property
    def logs_path(self) -> Path:
        return self.home / "logs"


def from_environment(home: Path | str | None = None, environment: Mapping[str, str] = os.environ) -> EngineSettings:
    """Read the settings from environment variables; an explicit home wins over PERSONALIZE_HOME.

    Raises InvalidSetting for a value that is not possible.
    """
    endpoint = _matching(environment, "AWS_ENDPOINT_URL_S3", "", r"(https?://.+)?", "a URL that begins with http://")
    objects = _matching(environment, "PERSONALIZE_OBJECTS", "local", r"local|s3", '"local" or "s3"')
    sync = _matching(environment, "PERSONALIZE_SYNC", "normal", r"normal|full", '"normal" or "full"')
    return EngineSettings(
        home=_home(home or environment.get("PERSONALIZE_HOME") or ".workspace"),
        region=_matching(
            environment, "PERSONALIZE_REGION", "us-east-1", r"[a-z0-9-]{1,40}", "letters, digits and hyphens"
        ),
        account_id=_matching(environment, "PERSONALIZE_ACCOUNT_ID", "", r"([0-9]{12})?", "12 digits") or None,
        allowed_origins=_origins(environment.get("PERSONALIZE_ALLOWED_ORIGINS", "")),
        s3_endpoint_url=endpoint or None,
        use_s3=bool(endpoint) or objects == "s3",
        worker_threads=int(_number(environment, "PERSONALIZE_WORKER_THREADS", "2", 1, 1024, whole=True)),
        worker_niceness=int(_number(environment, "PERSONALIZE_WORKER_NICENESS", "10", 0, 19, whole=True)),
        worker_idle_s=_number(environment, "PERSONALIZE_WORKER_IDLE_S", "30", 0, 86_400),
        worker_silent_s=_number(environment, "PERSONALIZE_WORKER_SILENT_S", "600", 1, 86_400),
        recommender_days=int(_number(environment, "PERSONALIZE_RECOMMENDER_DAYS", "0", 0, 365, whole=True)),
        allowed_hosts=tuple(environment.get("PERSONALIZE_ALLOWED_HOSTS", "").replace(",", " ").lower().split()),
        read_only=reads_only(environment),
        durable_against_power_cuts=sync == "full",
    )


def reads_only(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether the read-only mode is set. Raises InvalidSetting for a mode that does not exist."""
    mode = _matching(environment, "PERSONALIZE_MODE", "normal", r"normal|read-only", '"normal" or "read-only"')
    return mode == "read-only"


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(text.replace(",", " ").split())
    for origin in origins:
        if not re.fullmatch(r"https?://[^/\s?#]+", origin):
            raise _invalid("PERSONALIZE_ALLOWED_ORIGINS", origin, "origins such as http://localhost:3000", "")
    return origins


def _home(home: Path | str) -> Path:
    try:
        return Path(home).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:  # an unknown ~user, a circle of links
        raise InvalidSetting(
            f"The home folder is {str(home)!r}, which cannot be found: {error}. Correct PERSONALIZE_HOME or --home."
        ) from error


def _matching(environment: Mapping[str, str], variable: str, default: str, pattern: str, form: str) -> str:
    value = environment.get(variable) or default
    if not re.fullmatch(pattern, value):
        raise _invalid(variable, value, form, default)
    return value


def _number(
    environment: Mapping[str, str], variable: str, default: str, low: float, high: float, *, whole: bool = False
) -> float:
    text = environment.get(variable) or default
    kind = "a whole number" if whole else "a number"
    form = f"{kind} from {low:,} to {high:,}"
    try:
        value = int(text) if whole else float(text)
    except ValueError as error:
        raise _invalid(variable, text, form, default) from error
    if not low <= value <= high:  # also false for nan
        raise _invalid(variable, text, form, default)
    return value


def _invalid(variable: str, value: str, form: str, default: str) -> InvalidSetting:
    remedy = f"Correct it, or remove it for the default ({default})." if default else "Correct it, or remove it."
    return InvalidSetting(f"{variable} is {value[:100]!r}; it must be {form}. {remedy}")
