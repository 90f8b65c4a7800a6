"""Stop what costs money: a plan that is shown first, and its execution; data, solutions and models stay."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from botocore.exceptions import ClientError

from services.backend import Backend
from services.errors import DataError, to_service_error
from services.money.bill import Bill
from services.personalize.datasets import pages
from services.personalize.states import Status

CONFIRMATION = "stop all"
"""What a person types before anything is stopped."""
STOPPABLE = (Status.CREATE_PENDING, Status.CREATE_IN_PROGRESS)


@dataclass(frozen=True)
class Stop:
    """One thing that would be stopped."""

    kind: str
    """"campaign", "recommender", "automatic training" or "training"."""
    name: str
    arn: str
    usd_per_month: float | None
    """What it saves in a month; None where unknown."""


def stop_plan(backend: Backend, costs: Bill) -> list[Stop]:
    """Return what stop_all() would stop: everything that costs as long as it is there, and trainings that run."""
    plan = [Stop(entry.kind, entry.name, entry.arn, entry.usd_per_month) for entry in costs.running]
    for summary in pages(backend.personalize, "list_solutions", "solutions"):
        arn = summary["solutionArn"]
        for version in pages(backend.personalize, "list_solution_versions", "solutionVersions", solutionArn=arn):
            if version["status"] in STOPPABLE:
                plan.append(Stop("training", summary["name"], version["solutionVersionArn"], None))
    return plan


def stop_all(backend: Backend, plan: Sequence[Stop]) -> int:
    """Delete the campaigns, stop the recommenders and trainings, and end automatic training; return how many.

    What is gone already is no error. Raises DataError with everything that could not be stopped, after the rest was.
    """
    personalize = backend.personalize
    calls: dict[str, Callable[[str], object]] = {
        "campaign": lambda arn: personalize.delete_campaign(campaignArn=arn),
        "recommender": lambda arn: personalize.stop_recommender(recommenderArn=arn),
        "automatic training": lambda arn: personalize.update_solution(solutionArn=arn, performAutoTraining=False),
        "training": lambda arn: personalize.stop_solution_version_creation(solutionVersionArn=arn),
    }
    n_stopped, failed = 0, []
    for entry in plan:
        try:
            calls[entry.kind](entry.arn)
            n_stopped += 1
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                failed.append(f"The {entry.kind} {entry.name} could not be stopped: {to_service_error(error)}")
    if failed:
        raise DataError(" ".join(failed))
    return n_stopped
