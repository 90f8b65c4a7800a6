"""The engine's settings: frozen data, read from the environment here and nowhere else.

Each field has its meaning and unit beside it; docs/settings.md repeats the table and a test compares the two.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class EngineSettings:
    """How one engine runs. Construct it, or read it with from_environment."""

    home: Path
    """Folder for everything that is kept (PERSONALIZE_HOME)."""

    region: str = "us-east-1"
    """Region that ARNs carry (PERSONALIZE_REGION)."""

    account_id: str = "000000000000"
    """Twelve-digit account that ARNs carry (PERSONALIZE_ACCOUNT_ID)."""

    s3_endpoint_url: str | None = None
    """Where s3:// locations are read and written; None means HOME/objects (AWS_ENDPOINT_URL_S3)."""

    use_s3: bool = False
    """Read and write s3:// locations with boto3 even without an endpoint URL (PERSONALIZE_OBJECTS=s3)."""

    worker_threads: int = 1
    """Threads the worker may compute with; the pages keep the other core (PERSONALIZE_WORKER_THREADS)."""

    worker_idle_s: float = 30.0
    """Seconds without jobs after which the worker process leaves (PERSONALIZE_WORKER_IDLE_S)."""

    worker_silent_s: float = 600.0
    """Seconds without any progress after which a job that computes nothing has failed, and its worker is replaced
    (PERSONALIZE_WORKER_SILENT_S)."""

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
    """Read the settings from environment variables; an explicit home wins over PERSONALIZE_HOME."""
    endpoint = environment.get("AWS_ENDPOINT_URL_S3") or None
    return EngineSettings(
        home=Path(home or environment.get("PERSONALIZE_HOME") or ".workspace").expanduser().resolve(),
        region=environment.get("PERSONALIZE_REGION", "us-east-1"),
        account_id=environment.get("PERSONALIZE_ACCOUNT_ID", "000000000000"),
        s3_endpoint_url=endpoint,
        use_s3=endpoint is not None or environment.get("PERSONALIZE_OBJECTS") == "s3",
        worker_threads=int(environment.get("PERSONALIZE_WORKER_THREADS", "1")),
        worker_idle_s=float(environment.get("PERSONALIZE_WORKER_IDLE_S", "30")),
        worker_silent_s=float(environment.get("PERSONALIZE_WORKER_SILENT_S", "600")),
        durable_against_power_cuts=environment.get("PERSONALIZE_SYNC", "normal") == "full",
    )
