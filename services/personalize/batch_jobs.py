"""Batch inference jobs through the Amazon Personalize API: their states, starting one.

The input is put into the backend's object store, as on AWS. AWS reports only the state of a job;
the embedded engine adds its progress.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from services.backend import Backend, JobView
from services.changes import changing_home
from services.errors import service_errors
from services.personalize.batch_versions import BatchVersion, solution_arns, version
from services.personalize.datasets import MAX_NAME_LENGTH, epoch, pages
from services.personalize.states import RUNNING, Status

INPUT_NAME = "batch.json"
USUAL_AWS_MINUTES = 25
"""Duration of a small batch job on AWS: 23 to 35 minutes in the output of Amazon's notebooks."""
MAX_JOBS = 20
"""Limits the jobs that a screen describes: each takes a call."""


@dataclass(frozen=True)
class BatchJob:
    """One batch inference job."""

    arn: str
    name: str
    status: str
    """AWS's word: CREATE PENDING, CREATE IN_PROGRESS, ACTIVE or CREATE FAILED."""
    failure_reason: str | None
    created: float
    updated: float
    version_arn: str
    n_results: int | None
    """Length of the lists; None where whole lists are ranked."""
    input_url: str
    output_url: str
    """The folder, ending in "/"."""
    filter_arn: str | None = None
    progress: JobView | None = None
    """None on AWS."""

    @property
    def running(self) -> bool:
        """Whether the job has not ended."""
        return self.status in RUNNING

    @property
    def failed(self) -> bool:
        """Whether the job failed."""
        return self.status == Status.CREATE_FAILED

    @property
    def seconds(self) -> float | None:
        """Duration of the job; on AWS from its creation to its end. None before the end."""
        if self.running:
            return None
        job = self.progress
        if job is not None and job.started_at is not None and job.ended_at is not None:
            return job.ended_at - job.started_at
        return max(0.0, self.updated - self.created)


def jobs(backend: Backend, group_name: str, also: str | None = None) -> list[BatchJob]:
    """Return the newest batch jobs of a data set group's versions, newest first, and the one named `also`, if any."""
    with service_errors():
        solutions = set(solution_arns(backend, group_name))
        listed = [
            summary
            for summary in pages(backend.personalize, "list_batch_inference_jobs", "batchInferenceJobs")
            if summary["solutionVersionArn"].rpartition("/")[0] in solutions
        ]
        listed.sort(key=lambda summary: epoch(summary["creationDateTime"]), reverse=True)
        shown = listed[:MAX_JOBS] + [summary for summary in listed[MAX_JOBS:] if summary["jobName"] == also]
        views = [job(backend, summary["batchInferenceJobArn"]) for summary in shown]
    return [view for view in views if view is not None]


def job(backend: Backend, job_arn: str) -> BatchJob | None:
    """Return the state of a job; None when it was deleted."""
    try:
        answer = backend.personalize.describe_batch_inference_job(batchInferenceJobArn=job_arn)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise
    described: dict[str, Any] = answer["batchInferenceJob"]
    output = described["jobOutput"]["s3DataDestination"]["path"]
    return BatchJob(
        arn=job_arn,
        name=described["jobName"],
        status=described["status"],
        failure_reason=described.get("failureReason"),
        created=epoch(described["creationDateTime"]),
        updated=epoch(described["lastUpdatedDateTime"]),
        version_arn=described["solutionVersionArn"],
        n_results=described.get("numResults"),
        input_url=described["jobInput"]["s3DataSource"]["path"],
        output_url=output if output.endswith("/") else f"{output}/",
        filter_arn=described.get("filterArn"),
        progress=None if backend.capabilities is None else backend.capabilities.job(job_arn),
    )


def start(
    backend: Backend,
    group_name: str,
    chosen: BatchVersion,
    content: Iterable[bytes],
    n_results: int | None,
    filter_arn: str | None = None,
) -> BatchJob:
    """Put the content of an input file, in pieces, into the object store and start a job on it.

    n_results is None for lists to be ranked. Raises ServiceError with the reason; the input file is deleted then.
    """
    changing_home(backend.home)
    name = _free_name(backend, group_name, chosen.recipe)
    url = f"s3://{backend.bucket}/{group_name}/batch/{name}/input/{INPUT_NAME}"
    scratch = backend.home / "scratch"  # not the machine's temporary folder: a kill leaves the file inside the home
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="explorer-batch-", dir=scratch) as folder:
        file = Path(folder) / INPUT_NAME
        with file.open("wb") as target:
            target.writelines(content)
        backend.objects.put_file(url, file)
    try:
        return _create(backend, group_name, name, chosen.arn, url, n_results, filter_arn)
    except BaseException:
        backend.objects.delete(url)
        raise


def again(backend: Backend, group_name: str, failed: BatchJob) -> BatchJob:
    """Start a job on the same input as one that failed. Raises ServiceError with the reason."""
    with service_errors():
        chosen = version(backend, failed.version_arn)
    recipe = chosen.recipe if chosen is not None else "batch"
    name = _free_name(backend, group_name, recipe)
    arguments = (failed.version_arn, failed.input_url, failed.n_results, failed.filter_arn)
    return _create(backend, group_name, name, *arguments)


def expected_seconds(backend: Backend, version_arn: str, n_lines: int) -> float | None:
    """Return the expected duration of a job; None where it is unknown, as on AWS."""
    if backend.capabilities is None:
        return None
    return backend.capabilities.batch_seconds_expected(version_arn, n_lines)


def _create(
    backend: Backend,
    group_name: str,
    name: str,
    version_arn: str,
    input_url: str,
    n_results: int | None,
    filter_arn: str | None,
) -> BatchJob:
    output = f"s3://{backend.bucket}/{group_name}/batch/{name}/output/"
    more = ({} if n_results is None else {"numResults": n_results}) | ({"filterArn": filter_arn} if filter_arn else {})
    with service_errors():
        answer = backend.personalize.create_batch_inference_job(
            jobName=name,
            solutionVersionArn=version_arn,
            jobInput={"s3DataSource": {"path": input_url}},
            jobOutput={"s3DataDestination": {"path": output}},
            roleArn=backend.role_arn,
            **more,
        )
        created = job(backend, answer["batchInferenceJobArn"])
    if created is None:
        raise RuntimeError(f"the batch job {name} is gone as soon as it was made")
    return created


def _free_name(backend: Backend, group_name: str, recipe: str) -> str:
    """Return an unused name made of group, recipe and time: "films-hrnn-20261124-113407"."""
    short = recipe.removeprefix("aws-").removesuffix("-count")
    stamp = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    stem = f"{group_name[: MAX_NAME_LENGTH - len(short) - len(stamp) - 6]}-{short}-{stamp}"
    with service_errors():
        listed = pages(backend.personalize, "list_batch_inference_jobs", "batchInferenceJobs")
        taken = {summary["jobName"] for summary in listed}
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name
