"""Batch segment jobs through the Amazon Personalize API: the people whom an item, or a taste, is for.

A question is one line of input; AWS writes its answer as {"output": {"usersList": [...]}} in Amazon's notebooks, and as
"recommendedUsers" in its guide.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from services.backend import Backend
from services.changes import changing_home
from services.errors import service_errors
from services.personalize.batch_versions import solution_arns
from services.personalize.datasets import MAX_NAME_LENGTH, epoch, pages
from services.personalize.recipe_names import FOR_SEGMENTS, ITEM_ATTRIBUTE_AFFINITY
from services.personalize.states import RUNNING, Status

FILE = "who.json"
KEYS = ("usersList", "recommendedUsers")


@dataclass(frozen=True)
class SegmentVersion:
    """A solution version that answers with people."""

    arn: str
    recipe: str
    trained: float
    """Epoch seconds."""

    @property
    def by_taste(self) -> bool:
        """Whether it is asked with attributes of items; else with an item."""
        return self.recipe == ITEM_ATTRIBUTE_AFFINITY


@dataclass(frozen=True)
class SegmentJob:
    """One job with one question."""

    arn: str
    status: str
    failure_reason: str | None
    output_url: str
    """The folder, ending in "/"."""

    @property
    def running(self) -> bool:
        """Whether the job has not ended."""
        return self.status in RUNNING

    @property
    def done(self) -> bool:
        """Whether there is an answer to read."""
        return self.status == Status.ACTIVE


def versions(backend: Backend, group_name: str) -> list[SegmentVersion]:
    """Return the newest trained version of each of the two recipes, items first."""
    newest: dict[str, SegmentVersion] = {}
    with service_errors():
        for solution in solution_arns(backend, group_name):
            described = backend.personalize.describe_solution(solutionArn=solution)["solution"]
            recipe = str(described.get("recipeArn", "")).rsplit("/", 1)[-1]
            if recipe not in FOR_SEGMENTS:
                continue
            listed = pages(backend.personalize, "list_solution_versions", "solutionVersions", solutionArn=solution)
            for summary in listed:
                view = SegmentVersion(summary["solutionVersionArn"], recipe, epoch(summary["lastUpdatedDateTime"]))
                known = newest.get(recipe)
                if summary["status"] == Status.ACTIVE and (known is None or view.trained > known.trained):
                    newest[recipe] = view
    return sorted(newest.values(), key=lambda view: view.by_taste)


def item_question(item_id: str) -> dict[str, str]:
    """Return the question for an item."""
    return {"itemId": item_id}


def taste_question(column: str, category: str) -> dict[str, str]:
    """Return the question for items of a category."""
    return {"itemAttributes": f'ITEMS.{column} = "{category}"'}


def start(backend: Backend, group_name: str, version_arn: str, question: dict[str, str], n_people: int) -> str:
    """Start a job with one question; return its ARN. Raises ServiceError with the reason."""
    changing_home(backend.home)
    name = f"{group_name[: MAX_NAME_LENGTH - 27]}-who-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
    folder = f"s3://{backend.bucket}/{group_name}/segments/{name}"
    backend.objects.put_bytes(f"{folder}/input/{FILE}", (json.dumps(question) + "\n").encode())
    with service_errors():
        arn: str = backend.personalize.create_batch_segment_job(
            jobName=name,
            solutionVersionArn=version_arn,
            numResults=n_people,
            jobInput={"s3DataSource": {"path": f"{folder}/input/{FILE}"}},
            jobOutput={"s3DataDestination": {"path": f"{folder}/output/"}},
            roleArn=backend.role_arn,
        )["batchSegmentJobArn"]
    return arn


def job(backend: Backend, arn: str) -> SegmentJob:
    """Return the state of a job. Raises ServiceError."""
    with service_errors():
        described = backend.personalize.describe_batch_segment_job(batchSegmentJobArn=arn)["batchSegmentJob"]
    output = described["jobOutput"]["s3DataDestination"]["path"]
    return SegmentJob(
        arn, described["status"], described.get("failureReason"), output if output.endswith("/") else f"{output}/"
    )


def people(backend: Backend, finished: SegmentJob) -> tuple[str, ...]:
    """Return the people of a job's answer, the most probable first."""
    with backend.objects.open_read(f"{finished.output_url}{FILE}.out") as file:
        answer = json.loads(file.readline()).get("output") or {}
    return tuple(next((answer[key] for key in KEYS if key in answer), ()))
