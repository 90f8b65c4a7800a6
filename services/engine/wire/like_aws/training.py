"""Automatic training, which is on by default at AWS: a solution trains soon after its creation, and then every N days.

Source: Amazon Personalize developer guide, "Configuring automatic training". The engine itself does not train by
itself; here solution versions of the type AUTOMATIC are created when requests come in.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from services.engine.api.states import ACTIVE
from services.engine.arns import in_signed_region
from services.engine.clock import now
from services.engine.context import EngineContext
from services.engine.errors import InvalidInput
from services.engine.store.resources import Resource
from services.engine.wire.dispatch import Dispatcher
from services.engine.wire.like_aws.timing import Timing

EVERY_7_DAYS = "rate(7 days)"
DAY_S = 86_400.0
FIRST = 10
"""The first training begins within an hour at AWS; here after this many shortest durations."""
_RATE = re.compile(r"rate\((\d+) days?\)")


def days_of(config: Mapping[str, Any]) -> int:
    """Return the days between two trainings. Raises InvalidInput for another expression, or less than 1 or over 30."""
    expression = config.get("autoTrainingConfig", {}).get("schedulingExpression", EVERY_7_DAYS)
    matched = _RATE.fullmatch(expression)
    if matched is None or not 1 <= int(matched[1]) <= 30:
        raise InvalidInput(
            f"The schedulingExpression is {expression[:50]!r}; it must be rate(N days) with N from 1 to 30."
        )
    return int(matched[1])


def manual(request: dict[str, Any], member: str) -> dict[str, Any]:
    """Return a request for the engine, which trains by request only; member has the configuration."""
    config = {name: value for name, value in request.get(member, {}).items() if name != "autoTrainingConfig"}
    rest = {name: value for name, value in request.items() if name != member}
    return rest | {"performAutoTraining": False} | ({member: config} if config or member == "solutionConfig" else {})


def remember(context: EngineContext, arn: str, request: Mapping[str, Any]) -> None:
    """Store in a new solution whether it trains by itself, and how often."""
    automatic = request.get("performAutoTraining", True)
    config = dict(request.get("solutionConfig", {}))
    if automatic:
        config.setdefault("autoTrainingConfig", {"schedulingExpression": EVERY_7_DAYS})
    context.resources.update(arn, body={"performAutoTraining": automatic, "solutionConfig": config or None})


def remember_update(context: EngineContext, arn: str, request: Mapping[str, Any]) -> None:
    """Store what UpdateSolution changed."""
    solution = context.resources.get("solution", arn)
    automatic = request.get("performAutoTraining", solution["performAutoTraining"])
    update = request.get("solutionUpdateConfig", {})
    config = dict(solution.body.get("solutionConfig") or {}) | update
    moment = now()
    latest = {"performAutoTraining": automatic, "status": ACTIVE} | ({"solutionUpdateConfig": update} if update else {})
    latest |= {"creationDateTime": moment, "lastUpdatedDateTime": moment}
    changed = {"performAutoTraining": automatic, "solutionConfig": config or None, "latestSolutionUpdate": latest}
    context.resources.update(arn, body=changed)


class AutomaticTraining:
    """Creates the solution versions that are due."""

    def __init__(self, context: EngineContext, timing: Timing, clock: Callable[[], float]) -> None:
        self._context, self._timing, self._clock = context, timing, clock
        self._dispatcher = Dispatcher(context)
        self._next_look = 0.0

    def train_due(self) -> None:
        """Create a version of each solution whose time has come; look at most once a second."""
        moment = self._clock()
        if moment < self._next_look:
            return
        self._next_look = moment + 1.0
        for solution in self._context.resources.list("solution"):
            if solution.body.get("performAutoTraining") and moment >= self._due(solution):
                self._train(solution)

    def _due(self, solution: Resource) -> float:
        newest = self._context.resources.newest("solution-version", solution.arn)
        if newest is None:
            wait = FIRST * self._timing.behaviour.seconds
            return solution.created + self._timing.creation_s(solution.arn) + wait
        return newest.created + DAY_S * days_of(solution.body.get("solutionConfig") or {})

    def _train(self, solution: Resource) -> None:
        region = solution.arn.split(":")[3]
        scope = f"AWS4-HMAC-SHA256 Credential=automatic/20200101/{region}/personalize/aws4_request"
        with in_signed_region(scope), self._context.database.atomic():
            answer = self._dispatcher.call("personalize", "CreateSolutionVersion", {"solutionArn": solution.arn})
            newest = self._context.resources.newest("solution-version", solution.arn)
            if answer.status == 200 and newest is not None:  # without data it is tried again
                self._context.resources.update(newest.arn, body={"trainingType": "AUTOMATIC"})
        self._context.start_worker()
