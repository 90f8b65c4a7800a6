"""Data set groups with their data sets and import jobs, read through the Amazon Personalize API.

The embedded engine also reports stage and progress of a running import; AWS reports only its state.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from services.backend import Backend
from services.personalize.states import RUNNING, Status

DATASET_TYPES = ("Interactions", "Items", "Users")
EVENT_INTERACTIONS = "EVENT_INTERACTIONS"
"""A dataset that an event tracker adds: it has no schema and no imports, so no screen shows it."""
MAX_NAME_LENGTH = 63
"""AWS: the longest name of a data set group, a solution, a campaign or a job."""


@dataclass(frozen=True)
class ImportState:
    """One import job."""

    arn: str
    dataset_type: str
    status: str
    """AWS's word: CREATE PENDING, CREATE IN_PROGRESS, ACTIVE or CREATE FAILED; the engine's also CREATE STOPPED."""
    failure_reason: str | None
    created: float
    """Epoch seconds, like all times in this module."""
    updated: float
    stage: str | None = None
    """read, check, sort or write; None on AWS and when nothing runs."""
    fraction: float | None = None
    seconds_left: float | None = None
    note: str = ""

    @property
    def running(self) -> bool:
        """Whether the job has not ended."""
        return self.status in RUNNING


@dataclass(frozen=True)
class DatasetView:
    """One data set and its import jobs, newest first."""

    dataset_type: str
    arn: str
    schema_arn: str
    status: str
    imports: tuple[ImportState, ...]

    @property
    def imported(self) -> bool:
        """Whether any import into it succeeded."""
        return any(job.status == Status.ACTIVE for job in self.imports)


@dataclass(frozen=True)
class GroupView:
    """One data set group."""

    name: str
    arn: str
    status: str
    created: float
    datasets: tuple[DatasetView, ...]

    @property
    def imported(self) -> bool:
        """Whether there are interactions to train on."""
        interactions = self.dataset("Interactions")
        return interactions is not None and interactions.imported

    def dataset(self, dataset_type: str) -> DatasetView | None:
        """Return the data set of this type, or None."""
        return next((view for view in self.datasets if view.dataset_type.lower() == dataset_type.lower()), None)


def pages(client: Any, operation: str, key: str, **arguments: Any) -> Iterator[dict[str, Any]]:
    """Yield the members of every page of a List call; key as in the answer, for example "datasetGroups"."""
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[key]


def epoch(moment: datetime | float) -> float:
    """Return a time of a boto3 answer as epoch seconds."""
    return moment.timestamp() if isinstance(moment, datetime) else float(moment)


LABORATORY = "lab-"
"""Prefix of the names of a laboratory's own groups; no screen offers them."""


def group_names(backend: Backend) -> list[str]:
    """Return the names of all data set groups but the laboratories' own, newest first."""
    listed = [g for g in pages(backend.personalize, "list_dataset_groups", "datasetGroups") if not _hidden(g)]
    listed.sort(key=lambda group: epoch(group["creationDateTime"]), reverse=True)
    return [group["name"] for group in listed]


def group_arn(backend: Backend, name: str) -> str | None:
    """Return the ARN of the data set group of this name, or None."""
    return backend.remembered.of(("group", name), lambda: _group_arn(backend, name))


def _group_arn(backend: Backend, name: str) -> str | None:
    for group in pages(backend.personalize, "list_dataset_groups", "datasetGroups"):
        if group["name"] == name:
            return str(group["datasetGroupArn"])
    return None


def groups(backend: Backend) -> list[GroupView]:
    """Return all data set groups but the laboratories' own, with their data sets and imports, newest first."""
    listed = [g for g in pages(backend.personalize, "list_dataset_groups", "datasetGroups") if not _hidden(g)]
    listed.sort(key=lambda group: epoch(group["creationDateTime"]), reverse=True)
    return [_group_view(backend, group) for group in listed]


def find_group(backend: Backend, name: str) -> GroupView | None:
    """Return the data set group of this name, or None."""
    for group in pages(backend.personalize, "list_dataset_groups", "datasetGroups"):
        if group["name"] == name:
            return _group_view(backend, group)
    return None


def import_state(backend: Backend, job_arn: str) -> ImportState:
    """Return the state of an import job."""
    job = backend.personalize.describe_dataset_import_job(datasetImportJobArn=job_arn)["datasetImportJob"]
    return _import_state(backend, job | {"datasetImportJobArn": job_arn}, type_of(job["datasetArn"]))


def imports_of(backend: Backend, name: str, token: str) -> list[ImportState]:
    """Return the jobs of one import into the group of this name, whose names end with its token."""
    group = find_group(backend, name)
    views = group.datasets if group is not None else ()
    return [job for view in views for job in view.imports if job.arn.endswith(f"-{token}")]


def type_of(dataset_arn: str) -> str:
    """Return "Interactions" for "arn:...:dataset/films/INTERACTIONS"."""
    return dataset_arn.rsplit("/", 1)[-1].capitalize()


def _hidden(group: dict[str, Any]) -> bool:
    return str(group["name"]).startswith(LABORATORY)


def _group_view(backend: Backend, group: dict[str, Any]) -> GroupView:
    arn = group["datasetGroupArn"]
    views = []
    for dataset in pages(backend.personalize, "list_datasets", "datasets", datasetGroupArn=arn):
        view = None if dataset["datasetType"].upper() == EVENT_INTERACTIONS else _dataset_view(backend, dataset)
        if view is not None:
            views.append(view)
    views.sort(key=lambda view: _order(view.dataset_type))
    return GroupView(group["name"], arn, group["status"], epoch(group["creationDateTime"]), tuple(views))


def _order(dataset_type: str) -> int:
    return DATASET_TYPES.index(dataset_type) if dataset_type in DATASET_TYPES else len(DATASET_TYPES)


def _dataset_view(backend: Backend, dataset: dict[str, Any]) -> DatasetView | None:
    """Return the view, or None when the data set was deleted since it was listed."""
    arn = dataset["datasetArn"]
    try:
        described = backend.personalize.describe_dataset(datasetArn=arn)["dataset"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise
    dataset_type = str(described["datasetType"]).capitalize()
    jobs = [
        _import_state(backend, job, dataset_type)
        for job in pages(backend.personalize, "list_dataset_import_jobs", "datasetImportJobs", datasetArn=arn)
    ]
    jobs.sort(key=lambda job: job.created, reverse=True)
    return DatasetView(dataset_type, arn, described["schemaArn"], described["status"], tuple(jobs))


def _import_state(backend: Backend, job: dict[str, Any], dataset_type: str) -> ImportState:
    state = ImportState(
        arn=job["datasetImportJobArn"],
        dataset_type=dataset_type,
        status=job["status"],
        failure_reason=job.get("failureReason"),
        created=epoch(job["creationDateTime"]),
        updated=epoch(job["lastUpdatedDateTime"]),
    )
    if not state.running or backend.capabilities is None:
        return state
    progress = backend.capabilities.job(state.arn)
    if progress is None:
        return state
    stage = progress.stage
    return replace(
        state,
        stage=stage.name if stage else None,
        fraction=progress.fraction,
        seconds_left=progress.seconds_left,
        note=stage.note if stage else "",
    )
