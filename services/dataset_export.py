"""Write an imported data set back to CSV files, through a dataset export job and the object store."""

import secrets
import time
from dataclasses import dataclass

from botocore.exceptions import ClientError

from services.backend import Backend
from services.dataset_views import DataError, find_group, poll_seconds
from services.errors import in_words


@dataclass(frozen=True)
class Exported:
    """What an export left in the object store."""

    dataset_type: str
    location: str
    """The s3:// folder that holds the CSV files."""
    urls: tuple[str, ...]
    """The files, each with a header."""


def export_csv(backend: Backend, name: str, dataset_type: str, timeout_s: float = 3600.0) -> Exported:
    """Export what was imported in bulk and wait for the end. Raises DataError with the reason."""
    group = find_group(backend, name)
    dataset = group.dataset(dataset_type) if group else None
    if dataset is None:
        raise DataError(f"{name} has no {dataset_type} to export.")
    job_name = f"{name[:40]}-{dataset_type.lower()}-{secrets.token_hex(4)}"
    location = f"s3://{backend.bucket}/{name}/export/{job_name}/"
    try:
        arn = backend.personalize.create_dataset_export_job(
            jobName=job_name,
            datasetArn=dataset.arn,
            roleArn=backend.role_arn,
            ingestionMode="BULK",
            jobOutput={"s3DataDestination": {"path": location}},
        )["datasetExportJobArn"]
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            job = backend.personalize.describe_dataset_export_job(datasetExportJobArn=arn)["datasetExportJob"]
            if job["status"] == "ACTIVE":
                urls = tuple(url for url in backend.objects.list(location) if url.endswith(".csv"))
                return Exported(dataset_type, location, urls)
            if job["status"] == "CREATE FAILED":
                raise DataError(job.get("failureReason", f"The export of {dataset_type} failed without a reason."))
            time.sleep(poll_seconds(backend))
    except ClientError as error:
        raise DataError(str(in_words(error))) from error
    raise DataError(f"The export of {dataset_type} has not ended within {timeout_s:.0f} s. Look again later.")
