"""Delete a data set group with everything that belongs to it, in the order that AWS requires.

Campaigns, then solutions (with their versions), then the event tracker, then data sets, then the group, then
schemas that nothing else uses. Order: AWS developer guide, "Requirements for deleting resources"; its sample notebooks
delete in this order.
"""

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from services.backend import Backend, engine_errors
from services.changes import changing_home
from services.errors import DataError, to_service_error
from services.personalize.datasets import find_group, pages
from services.personalize.states import RUNNING
from services.personalize.waiting import wait_until_gone


@dataclass(frozen=True)
class PlannedDeletion:
    """One resource that a deletion would delete."""

    kind: str
    """"recommender", "campaign", "solution", "event tracker", "data set", "data set group" or "schema"."""
    name: str
    arn: str


def deletion_plan(backend: Backend, name: str) -> list[PlannedDeletion]:
    """Return what delete_group() would delete, in order; empty when there is no such group."""
    group = find_group(backend, name)
    if group is None:
        return []
    personalize = backend.personalize
    solutions = list(pages(personalize, "list_solutions", "solutions", datasetGroupArn=group.arn))
    plan = [
        PlannedDeletion("recommender", recommender["name"], recommender["recommenderArn"])
        for recommender in pages(personalize, "list_recommenders", "recommenders", datasetGroupArn=group.arn)
    ]
    plan += [
        PlannedDeletion("campaign", campaign["name"], campaign["campaignArn"])
        for solution in solutions
        for campaign in pages(personalize, "list_campaigns", "campaigns", solutionArn=solution["solutionArn"])
    ]
    plan += [PlannedDeletion("solution", solution["name"], solution["solutionArn"]) for solution in solutions]
    plan += [
        PlannedDeletion("event tracker", tracker["name"], tracker["eventTrackerArn"])
        for tracker in pages(personalize, "list_event_trackers", "eventTrackers", datasetGroupArn=group.arn)
    ]
    plan += [PlannedDeletion("data set", view.dataset_type, view.arn) for view in group.datasets]
    shown = {view.arn for view in group.datasets}
    plan += [
        PlannedDeletion("data set", dataset["datasetType"].capitalize(), dataset["datasetArn"])
        for dataset in pages(personalize, "list_datasets", "datasets", datasetGroupArn=group.arn)
        if dataset["datasetArn"] not in shown
    ]
    plan.append(PlannedDeletion("data set group", group.name, group.arn))
    plan += [
        PlannedDeletion("schema", arn.rsplit("/", 1)[-1], arn) for arn in {view.schema_arn for view in group.datasets}
    ]
    return plan


def delete_group(backend: Backend, name: str) -> int:
    """Delete the group, what belongs to it and every copy of its data; return how many resources were deleted.

    Raises DataError naming the resource that could not be deleted; those before it are
    deleted, so that another call continues from there. A schema that another data set uses is not deleted.
    """
    _refuse_while_running(backend, name)
    n_deleted = 0
    for planned in deletion_plan(backend, name):
        try:
            _delete(backend, planned)
            n_deleted += 1
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ResourceNotFoundException" or (code == "ResourceInUseException" and planned.kind == "schema"):
                continue
            raise DataError(
                f"The {planned.kind} {planned.name} could not be deleted: {to_service_error(error)}"
            ) from error
    remove_copies(backend, name)
    return n_deleted


def remove_copies(backend: Backend, name: str) -> None:
    """Remove every object under the group's name, with what batch jobs and exports wrote, and the files to upload."""
    if Path(name).name != name or name == "..":
        raise DataError(f'"{name}" is no name of a data set group.')
    changing_home(backend.home)
    folder = f"s3://{backend.bucket}/{name}/"
    with engine_errors():
        for url in backend.objects.list(folder) if backend.objects.exists(folder) else ():
            backend.objects.delete(url)
    if backend.capabilities is not None:  # objects of the embedded engine are files: partial ones and folders too
        shutil.rmtree(backend.home / "objects" / backend.bucket / name, ignore_errors=True)
    shutil.rmtree(backend.home / "uploads" / name, ignore_errors=True)


def remove_older_copies(backend: Backend, name: str, datasets: Iterable[str], urls: Mapping[str, str]) -> None:
    """Remove the objects of earlier imports of these types; urls are the newest ones, which stay.

    While another import runs nothing is removed: it may be reading its object.
    """
    for arn in datasets:
        jobs = pages(backend.personalize, "list_dataset_import_jobs", "datasetImportJobs", datasetArn=arn)
        if any(job["status"] in RUNNING for job in jobs):
            return
    folder = f"s3://{backend.bucket}/{name}/"
    for url in backend.objects.list(folder):
        for dataset_type, newest in urls.items():
            if url != newest and url.startswith(f"{folder}{dataset_type.lower()}-") and url.endswith(".csv"):
                backend.objects.delete(url)


def _refuse_while_running(backend: Backend, name: str) -> None:
    """Raise DataError while a training or a batch job runs: campaigns would be deleted, and their solution not."""
    group = find_group(backend, name)
    for solution in (
        pages(backend.personalize, "list_solutions", "solutions", datasetGroupArn=group.arn) if group else ()
    ):
        arn = solution["solutionArn"]
        for version in pages(backend.personalize, "list_solution_versions", "solutionVersions", solutionArn=arn):
            version_arn = version["solutionVersionArn"]
            if version["status"] in RUNNING:
                raise DataError(f"{solution['name']} is being trained. Stop it on Training, then delete again.")
            for job in pages(
                backend.personalize, "list_batch_inference_jobs", "batchInferenceJobs", solutionVersionArn=version_arn
            ):
                if job["status"] in RUNNING:
                    raise DataError(f"The batch job {job['jobName']} still works. Delete again when it has ended.")


def _delete(backend: Backend, planned: PlannedDeletion) -> None:
    personalize = backend.personalize
    calls: dict[str, tuple[Callable[..., Any], Callable[..., Any], str]] = {
        "recommender": (personalize.delete_recommender, personalize.describe_recommender, "recommenderArn"),
        "campaign": (personalize.delete_campaign, personalize.describe_campaign, "campaignArn"),
        "solution": (personalize.delete_solution, personalize.describe_solution, "solutionArn"),
        "event tracker": (personalize.delete_event_tracker, personalize.describe_event_tracker, "eventTrackerArn"),
        "data set": (personalize.delete_dataset, personalize.describe_dataset, "datasetArn"),
        "data set group": (personalize.delete_dataset_group, personalize.describe_dataset_group, "datasetGroupArn"),
        "schema": (personalize.delete_schema, personalize.describe_schema, "schemaArn"),
    }
    delete, describe, argument = calls[planned.kind]
    delete(**{argument: planned.arn})
    wait_until_gone(backend, lambda: describe(**{argument: planned.arn}))
