"""Delete a data set group with all that belongs to it, in the order that AWS demands.

Campaigns, then solutions (their versions go with them), then the event tracker, then data sets, then the group, then
schemas that nothing else uses. Order: AWS developer guide, "Requirements for deleting resources"; its sample notebooks
clean up so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from services.backend import Backend
from services.errors import DataError, to_service_error
from services.personalize.datasets import find_group, pages, wait_gone


@dataclass(frozen=True)
class Doomed:
    """One resource that a deletion would remove."""

    kind: str
    """"campaign", "solution", "event tracker", "data set", "data set group" or "schema"."""
    name: str
    arn: str


def deletion_plan(backend: Backend, name: str) -> list[Doomed]:
    """Return what delete_group() would remove, in order; empty when there is no such group."""
    group = find_group(backend, name)
    if group is None:
        return []
    personalize = backend.personalize
    solutions = list(pages(personalize, "list_solutions", "solutions", datasetGroupArn=group.arn))
    plan = [
        Doomed("campaign", campaign["name"], campaign["campaignArn"])
        for solution in solutions
        for campaign in pages(personalize, "list_campaigns", "campaigns", solutionArn=solution["solutionArn"])
    ]
    plan += [Doomed("solution", solution["name"], solution["solutionArn"]) for solution in solutions]
    plan += [
        Doomed("event tracker", tracker["name"], tracker["eventTrackerArn"])
        for tracker in pages(personalize, "list_event_trackers", "eventTrackers", datasetGroupArn=group.arn)
    ]
    plan += [Doomed("data set", view.dataset_type, view.arn) for view in group.datasets]
    plan.append(Doomed("data set group", group.name, group.arn))
    plan += [Doomed("schema", arn.rsplit("/", 1)[-1], arn) for arn in {view.schema_arn for view in group.datasets}]
    return plan


def delete_group(backend: Backend, name: str, report: Callable[[Doomed], None] | None = None) -> int:
    """Delete the group and what belongs to it; return how many resources are gone.

    report is called before each. Raises DataError naming the resource that could not be deleted; those before it are
    gone, so that calling again goes on from there. A schema that another data set uses stays.
    """
    _refuse_while_working(backend, name)
    gone = 0
    for doomed in deletion_plan(backend, name):
        if report is not None:
            report(doomed)
        try:
            _delete(backend, doomed)
            gone += 1
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ResourceNotFoundException" or (code == "ResourceInUseException" and doomed.kind == "schema"):
                continue
            raise DataError(
                f"The {doomed.kind} {doomed.name} could not be deleted: {to_service_error(error)}"
            ) from error
    return gone


def _refuse_while_working(backend: Backend, name: str) -> None:
    """Raise DataError while a version trains or answers a batch: its solution could not go after its campaigns did."""
    group = find_group(backend, name)
    for solution in (
        pages(backend.personalize, "list_solutions", "solutions", datasetGroupArn=group.arn) if group else ()
    ):
        arn = solution["solutionArn"]
        for version in pages(backend.personalize, "list_solution_versions", "solutionVersions", solutionArn=arn):
            version_arn = version["solutionVersionArn"]
            if version["status"] in ("CREATE PENDING", "CREATE IN_PROGRESS", "CREATE STOPPING"):
                raise DataError(f"{solution['name']} is being trained. Stop it on Training, then delete again.")
            for job in pages(
                backend.personalize, "list_batch_inference_jobs", "batchInferenceJobs", solutionVersionArn=version_arn
            ):
                if job["status"] in ("CREATE PENDING", "CREATE IN_PROGRESS"):
                    raise DataError(f"The batch job {job['jobName']} still works. Delete again when it has ended.")


def _delete(backend: Backend, doomed: Doomed) -> None:
    personalize = backend.personalize
    calls: dict[str, tuple[Callable[..., Any], Callable[..., Any], str]] = {
        "campaign": (personalize.delete_campaign, personalize.describe_campaign, "campaignArn"),
        "solution": (personalize.delete_solution, personalize.describe_solution, "solutionArn"),
        "event tracker": (personalize.delete_event_tracker, personalize.describe_event_tracker, "eventTrackerArn"),
        "data set": (personalize.delete_dataset, personalize.describe_dataset, "datasetArn"),
        "data set group": (personalize.delete_dataset_group, personalize.describe_dataset_group, "datasetGroupArn"),
        "schema": (personalize.delete_schema, personalize.describe_schema, "schemaArn"),
    }
    delete, describe, argument = calls[doomed.kind]
    delete(**{argument: doomed.arn})
    wait_gone(backend, lambda: describe(**{argument: doomed.arn}))
