"""Batch recommendations through the Amazon Personalize API: versions that support them, jobs, starting a job.

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
from services.errors import service_errors
from services.personalize.datasets import MAX_NAME_LENGTH, epoch, group_arn, pages
from services.personalize.recipe_names import (
    ITEM_AFFINITY,
    ITEM_ATTRIBUTE_AFFINITY,
    NEXT_BEST_ACTION,
    PERSONAL,
    PERSONALIZED_RANKING,
    PERSONALIZED_RANKING_V2,
    RECIPE_WORDS,
    SIMILAR_ITEMS,
    SIMS,
    TRENDING_NOW,
)
from services.personalize.states import Status

PEOPLE, ITEMS, LISTS = "people", "items", "lists"
"""Kinds of input lines: lists for users, neighbours of items, lists to be ranked for users."""
OTHER_KINDS = {
    SIMS: ITEMS,
    SIMILAR_ITEMS: ITEMS,
    PERSONALIZED_RANKING: LISTS,
    PERSONALIZED_RANKING_V2: LISTS,
}
"""All other recipes answer for users."""
NO_BATCH = (TRENDING_NOW, NEXT_BEST_ACTION, ITEM_AFFINITY, ITEM_ATTRIBUTE_AFFINITY)
"""AWS: these recipes do not support batch recommendations."""
INPUT_NAME = "batch.json"
USUAL_AWS_MINUTES = 25
"""Duration of a small batch job on AWS: 23 to 35 minutes in the output of Amazon's notebooks."""
MAX_JOBS = 20
"""Limits the jobs that a screen describes: each takes a call."""


@dataclass(frozen=True)
class BatchVersion:
    """A solution version that supports batch recommendations."""

    arn: str
    recipe: str
    trained: float
    """Epoch seconds."""

    @property
    def kind(self) -> str:
        """PEOPLE, ITEMS or LISTS."""
        return OTHER_KINDS.get(self.recipe, PEOPLE)

    @property
    def recipe_words(self) -> str:
        """The recipe's name on screens."""
        return RECIPE_WORDS.get(self.recipe, self.recipe)

    @property
    def address(self) -> str:
        """Its value in an address: "films-hrnn/1a2b3c4d"."""
        return self.arn.partition(":solution/")[2]


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
    progress: JobView | None = None
    """None on AWS."""

    @property
    def running(self) -> bool:
        """Whether the job has not ended."""
        return self.status not in (Status.ACTIVE, Status.CREATE_FAILED)

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


def versions(backend: Backend, group_name: str) -> list[BatchVersion]:
    """Return the versions that support batch recommendations: personal recipes first, then the newest first."""
    views = []
    with service_errors():
        for version_arn in _version_arns(backend, group_name):
            view = version(backend, version_arn)
            if view is not None:
                views.append(view)
    return sorted(views, key=lambda view: (view.recipe not in PERSONAL, -view.trained))


def version(backend: Backend, version_arn: str) -> BatchVersion | None:
    """Return one version; None when it was deleted, is not ready, or does not support batch recommendations."""
    try:
        answer = backend.personalize.describe_solution_version(solutionVersionArn=version_arn)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise
    described = answer["solutionVersion"]
    recipe = described.get("recipeArn", "").rsplit("/", 1)[-1]
    if described["status"] != Status.ACTIVE or recipe in NO_BATCH:
        return None
    return BatchVersion(version_arn, recipe, epoch(described["lastUpdatedDateTime"]))


def jobs(backend: Backend, group_name: str, also: str | None = None) -> list[BatchJob]:
    """Return the newest batch jobs of a data set group's versions, newest first, and the one named `also`, if any."""
    with service_errors():
        solutions = set(_solution_arns(backend, group_name))
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
        progress=None if backend.capabilities is None else backend.capabilities.job(job_arn),
    )


def start(
    backend: Backend, group_name: str, chosen: BatchVersion, content: Iterable[bytes], n_results: int | None
) -> BatchJob:
    """Put the content of an input file, in pieces, into the object store and start a job on it.

    n_results is None for lists to be ranked. Raises ServiceError with the reason; the input file is deleted then.
    """
    name = _free_name(backend, group_name, chosen.recipe)
    url = f"s3://{backend.bucket}/{group_name}/batch/{name}/input/{INPUT_NAME}"
    with tempfile.TemporaryDirectory(prefix="explorer-batch-") as folder:
        file = Path(folder) / INPUT_NAME
        with file.open("wb") as target:
            target.writelines(content)
        backend.objects.put_file(url, file)
    try:
        return _create(backend, group_name, name, chosen.arn, url, n_results)
    except BaseException:
        backend.objects.delete(url)
        raise


def again(backend: Backend, group_name: str, failed: BatchJob) -> BatchJob:
    """Start a job on the same input as one that failed. Raises ServiceError with the reason."""
    with service_errors():
        chosen = version(backend, failed.version_arn)
    recipe = chosen.recipe if chosen is not None else "batch"
    name = _free_name(backend, group_name, recipe)
    return _create(backend, group_name, name, failed.version_arn, failed.input_url, failed.n_results)


def expected_seconds(backend: Backend, version_arn: str, n_lines: int) -> float | None:
    """Return the expected duration of a job; None where it is unknown, as on AWS."""
    if backend.capabilities is None:
        return None
    return backend.capabilities.batch_seconds_expected(version_arn, n_lines)


def _create(
    backend: Backend, group_name: str, name: str, version_arn: str, input_url: str, n_results: int | None
) -> BatchJob:
    output = f"s3://{backend.bucket}/{group_name}/batch/{name}/output/"
    length = {} if n_results is None else {"numResults": n_results}
    with service_errors():
        answer = backend.personalize.create_batch_inference_job(
            jobName=name,
            solutionVersionArn=version_arn,
            jobInput={"s3DataSource": {"path": input_url}},
            jobOutput={"s3DataDestination": {"path": output}},
            roleArn=backend.role_arn,
            **length,
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


def _solution_arns(backend: Backend, group_name: str) -> list[str]:
    arn = group_arn(backend, group_name)
    if arn is None:
        return []
    listed = pages(backend.personalize, "list_solutions", "solutions", datasetGroupArn=arn)
    return [str(solution["solutionArn"]) for solution in listed]


def _version_arns(backend: Backend, group_name: str) -> list[str]:
    return [
        str(summary["solutionVersionArn"])
        for solution in _solution_arns(backend, group_name)
        for summary in pages(backend.personalize, "list_solution_versions", "solutionVersions", solutionArn=solution)
        if summary["status"] == Status.ACTIVE
    ]
