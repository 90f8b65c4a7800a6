"""The states that resources show: an answer of Describe or List as an account of AWS would give it at this moment."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.engine.api.campaigns import LATEST
from services.engine.api.states import ACTIVE, UNFINISHED
from services.engine.store.resources import Resource, Resources
from services.engine.wire.like_aws.later import Later
from services.engine.wire.like_aws.timing import Timing

RESULTS = ("failureReason", "modelMetrics", "trainingHours", "tunedHPOParams")
"""Members that a resource has only at the end of its creation."""
UPDATES = {"UpdateCampaign": ("latestCampaignUpdate", "CREATE"), "UpdateDataset": ("latestDatasetUpdate", "UPDATE")}
"""By operation: the member that describes an update, and the verb of its states."""
NESTED = {"latestSolutionVersion": "solutionVersionArn"}


class Shown:
    """Changes answers by the age of resources and by the changes that they are in the middle of."""

    def __init__(self, resources: Resources, timing: Timing, later: Later, clock: Callable[[], float]) -> None:
        self._resources, self._timing, self._later, self._clock = resources, timing, later, clock

    def state(self, resource: Resource) -> str | None:
        """Return the state that a resource shows now; None for one without states."""
        if resource.status is None:
            return None
        return self._timing.created_state(resource.arn, resource.status, self._clock() - resource.created)

    def named(self, request: Mapping[str, Any]) -> Iterator[Resource]:
        """Yield the resources that a request names, and the tracker that events are sent to."""
        for name, value in request.items():
            if name.endswith("Arn") and isinstance(value, str):
                resource = self._resources.find_any(value.removesuffix(LATEST))
                if resource is not None:
                    yield resource
        if tracking_id := request.get("trackingId"):
            trackers = self._resources.list("event-tracker")
            yield from (tracker for tracker in trackers if tracker["trackingId"] == tracking_id)

    def told(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Return an answer of Describe or List with the states of this moment."""
        told = dict(answer)
        for name, value in answer.items():
            if isinstance(value, list):
                arn = f"{name[0].lower()}{name[1:].removesuffix('s')}Arn"
                told[name] = [self._resource(entry, arn) if isinstance(entry, dict) else entry for entry in value]
            elif isinstance(value, dict):
                told[name] = self._resource(value, f"{name}Arn")
        return told

    def _resource(self, members: dict[str, Any], arn_member: str) -> dict[str, Any]:
        arn = members.get(arn_member)
        if arn is None or "status" not in members or "creationDateTime" not in members:
            return members
        shown = dict(members)
        for name, nested in NESTED.items():
            if isinstance(shown.get(name), dict):
                shown[name] = self._resource(shown[name], nested)
        change = self._later.of(arn)
        moment = self._clock()
        if change is not None and change.operation in UPDATES:
            member, verb = UPDATES[change.operation]
            update = {name: value for name, value in change.request.items() if name != arn_member}
            state = self._timing.changing_state("UPDATE", arn, moment - change.since).replace("UPDATE", verb)
            times = {"creationDateTime": change.since, "lastUpdatedDateTime": change.since}
            return shown | ({member: update | {"status": state} | times} if _is_whole(members) else {})
        if change is not None:
            return shown | {"status": self._timing.changing_state(change.verb, arn, moment - change.since)}
        shown["status"] = self._timing.created_state(arn, members["status"], moment - members["creationDateTime"])
        if shown["status"] in UNFINISHED:
            shown = {name: value for name, value in shown.items() if name not in RESULTS}
        elif shown["status"] == ACTIVE:
            ready = members["creationDateTime"] + self._timing.creation_s(arn)
            shown["lastUpdatedDateTime"] = max(members.get("lastUpdatedDateTime", ready), ready)
        return shown


def _is_whole(members: Mapping[str, Any]) -> bool:
    """Return whether these are the members of Describe, and not those of a summary in a list."""
    return "solutionVersionArn" in members or "schemaArn" in members
