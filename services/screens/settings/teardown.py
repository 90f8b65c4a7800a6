"""Remove what the explorer made at AWS, and nothing else: found by its tag, shown as a plan, deleted in AWS's order."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from services.backend import OWN_TAG, Backend
from services.errors import service_errors
from services.personalize.datasets import pages
from services.personalize.deletion import PlannedDeletion, delete_group, deletion_plan

CONFIRMATION = "tear down"
"""What a person types before anything is deleted."""
UNTAGGED = ("schema", "data set")
"""Kinds that go with their group: AWS keeps no tags of schemas, and data set groups have one owner."""


@dataclass(frozen=True)
class OwnGroup:
    """A data set group that the explorer made."""

    name: str
    plan: tuple[PlannedDeletion, ...]
    others: tuple[str, ...]
    """Names of what somebody else made in it; the group stays while there is any."""


def own_groups(backend: Backend) -> list[OwnGroup]:
    """Return the groups with the explorer's tag and what each consists of. Raises ServiceError."""
    found = []
    with service_errors():
        for summary in pages(backend.personalize, "list_dataset_groups", "datasetGroups"):
            if not _is_own(backend, summary["datasetGroupArn"]):
                continue
            plan = tuple(deletion_plan(backend, summary["name"]))
            others = tuple(p.name for p in plan if p.kind not in UNTAGGED and not _is_own(backend, p.arn))
            found.append(OwnGroup(summary["name"], plan, others))
    return found


def tear_down(backend: Backend, groups: list[OwnGroup]) -> int:
    """Delete the groups in which nobody else made anything; return how many resources. Raises DataError."""
    return sum(delete_group(backend, group.name) for group in groups if not group.others)


def _is_own(backend: Backend, arn: str) -> bool:
    try:
        tags = backend.personalize.list_tags_for_resource(resourceArn=arn)["tags"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return False
        raise
    return OWN_TAG in tags
