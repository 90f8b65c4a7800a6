"""The states of resources, and checks of them.

A status has a space after its verb and an underscore in IN_PROGRESS, as in AWS's answers.
"""

from services.engine.errors import InvalidInput, ResourceInUse
from services.engine.store.resources import Resource, Resources

ACTIVE = "ACTIVE"
PENDING = "CREATE PENDING"
IN_PROGRESS = "CREATE IN_PROGRESS"
FAILED = "CREATE FAILED"
STOPPING = "CREATE STOPPING"
STOPPED = "CREATE STOPPED"
UNFINISHED = frozenset({PENDING, IN_PROGRESS, STOPPING})


def unfinished(resources: Resources, kind: str, parent_arn: str | None = None) -> list[Resource]:
    """Return the resources of a kind with a queued or running job."""
    return [resource for resource in resources.list(kind, parent_arn=parent_arn) if resource.status in UNFINISHED]


def require_active(resource: Resource) -> None:
    """Raise ResourceInUse for an unfinished resource, InvalidInput for one that failed or was stopped."""
    if resource.status == ACTIVE:
        return
    words = resource.kind.replace("-", " ")
    if resource.status in UNFINISHED:
        raise ResourceInUse(f"The {words} {resource.arn} is {resource.status}. Wait until it is ACTIVE.")
    why = f": {resource.failure_reason.strip().removesuffix('.')}" if resource.failure_reason else ""
    raise InvalidInput(f"The {words} {resource.arn} is {resource.status}{why}. Use one that is ACTIVE.")


def refuse_unfinished(resources: Resources, kind: str, parent_arn: str, doing: str) -> None:
    """Raise ResourceInUse while a child of this kind is unfinished; doing is the beginning of the message."""
    busy = unfinished(resources, kind, parent_arn)
    if busy:
        words = kind.replace("-", " ")
        raise ResourceInUse(f"{doing} while its {words} {busy[0].arn} is {busy[0].status}. Wait until it has ended.")
