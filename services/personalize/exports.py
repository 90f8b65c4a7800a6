"""Write an imported data set back to CSV files, through a dataset export job and the object store."""

import secrets
from dataclasses import dataclass

from services.backend import Backend
from services.errors import DataError, plain_errors
from services.personalize.datasets import DatasetView, GroupView, epoch, find_group, pages
from services.personalize.states import RUNNING, Status
from services.personalize.waiting import poll_seconds, polled


@dataclass(frozen=True)
class Exported:
    """One export of a data set and its files in the object store."""

    dataset_type: str
    arn: str
    status: str
    """AWS's word: CREATE PENDING, CREATE IN_PROGRESS, ACTIVE or CREATE FAILED."""
    created: float
    location: str
    """The s3:// folder that holds the CSV files."""
    urls: tuple[str, ...] = ()
    """The files, each with a header; none before the end."""
    failure_reason: str | None = None

    @property
    def running(self) -> bool:
        """Whether the job has not ended."""
        return self.status in RUNNING


BULK, ALL = "BULK", "ALL"
"""AWS: what was imported in bulk; that with what was put one by one."""


def start_export(backend: Backend, name: str, dataset_type: str, mode: str = BULK) -> str:
    """Start the export of a data set, BULK or ALL; return the job's ARN. Raises DataError with the reason."""
    return _start(backend, name, _dataset(backend, name, dataset_type), mode)


def last_exports(backend: Backend, group: GroupView) -> list[Exported]:
    """Return the newest export of each data set that has one."""
    newest = []
    for view in group.datasets:
        jobs = list(pages(backend.personalize, "list_dataset_export_jobs", "datasetExportJobs", datasetArn=view.arn))
        if jobs:
            last = max(jobs, key=lambda job: epoch(job["creationDateTime"]))
            newest.append(export_state(backend, view.dataset_type, last["datasetExportJobArn"]))
    return newest


def export_state(backend: Backend, dataset_type: str, job_arn: str) -> Exported:
    """Return the state of an export."""
    job = backend.personalize.describe_dataset_export_job(datasetExportJobArn=job_arn)["datasetExportJob"]
    location = job["jobOutput"]["s3DataDestination"]["path"]
    ready = job["status"] == Status.ACTIVE
    return Exported(
        dataset_type=dataset_type,
        arn=job_arn,
        status=job["status"],
        created=epoch(job["creationDateTime"]),
        location=location,
        urls=tuple(url for url in backend.objects.list(location) if url.endswith(".csv")) if ready else (),
        failure_reason=job.get("failureReason"),
    )


def export_csv(
    backend: Backend, name: str, dataset_type: str, timeout_s: float = 3600.0, *, mode: str = BULK
) -> Exported:
    """Export a data set and wait for the end. Raises DataError with the reason."""
    arn = start_export(backend, name, dataset_type, mode)
    for exported in polled(
        lambda: export_state(backend, dataset_type, arn), interval_s=poll_seconds(backend), timeout_s=timeout_s
    ):
        if exported.status == Status.ACTIVE:
            return exported
        if not exported.running:
            raise DataError(exported.failure_reason or f"The export of {dataset_type} failed without a reason.")
    raise DataError(f"The export of {dataset_type} has not ended within {timeout_s:.0f} s. Look again later.")


def _dataset(backend: Backend, name: str, dataset_type: str) -> DatasetView:
    group = find_group(backend, name)
    dataset = group.dataset(dataset_type) if group else None
    if dataset is None:
        raise DataError(f"{name} has no {dataset_type} to export.")
    return dataset


def _start(backend: Backend, name: str, dataset: DatasetView, mode: str) -> str:
    job_name = f"{name[:40]}-{dataset.dataset_type.lower()}-{secrets.token_hex(4)}"
    with plain_errors(DataError):
        answer = backend.personalize.create_dataset_export_job(
            jobName=job_name,
            datasetArn=dataset.arn,
            roleArn=backend.role_arn,
            ingestionMode=mode,
            jobOutput={"s3DataDestination": {"path": f"s3://{backend.bucket}/{name}/export/{job_name}/"}},
        )
    return str(answer["datasetExportJobArn"])
