"""The dispatcher of `serve --like-aws`: every request passes what an account of AWS puts before its answer.

In this order: an expired key, the rate of requests, the changes that are due, what is refused today, and the states
that resources show. The answers themselves are the engine's.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

from services.engine.api.states import ACTIVE
from services.engine.clock import now
from services.engine.context import EngineContext
from services.engine.errors import AccessDenied, EngineError, InvalidInput, LimitExceeded, ResourceInUse
from services.engine.jobs.outcomes import fail_job
from services.engine.read_only import changes
from services.engine.wire.dispatch import Answer, Dispatcher, declared, failure
from services.engine.wire.like_aws import recipes, training
from services.engine.wire.like_aws.behaviour import Behaviour
from services.engine.wire.like_aws.later import PUTS, VERBS, Change, Later, is_delayed, quiet
from services.engine.wire.like_aws.rights import Rights, uses_of
from services.engine.wire.like_aws.shown import Shown
from services.engine.wire.like_aws.throttles import Throttles
from services.engine.wire.like_aws.timing import Timing
from services.engine.wire.service_models import operation_model, targets
from services.engine.wire.validation import validate

DATASET_GROUPS, CAMPAIGNS_PER_GROUP = 5, 5
"""AWS's default quotas, which the engine itself does not have."""
CHANGED = {"UpdateCampaign": "campaignArn", "UpdateDataset": "datasetArn"}
"""The member with the resource that changes, of operations that name several."""
_KEY = re.compile(r"\bCredential=([^/,\s]+)/")


class AccountDispatcher(Dispatcher):
    """Answers requests of one engine as an account of AWS would."""

    def __init__(self, context: EngineContext, behaviour: Behaviour, clock: Callable[[], float] = now) -> None:
        super().__init__(context)
        self._behaviour, self._clock = behaviour, clock
        self._timing = Timing(behaviour)
        self._later = Later(context, clock)
        self._shown = Shown(context.resources, self._timing, self._later, clock)
        self._throttles = Throttles(behaviour.rate, clock)
        self._training = training.AutomaticTraining(context, self._timing, clock)
        self._rights = Rights(context.settings, behaviour.iam_endpoint_url)
        self._quiet = Dispatcher(quiet(context))
        self._first_seen: dict[str, float] = {}
        self._lock = threading.Lock()

    def answer(
        self, method: str, path: str, target: str | None, body: bytes, authorization: str | None = None
    ) -> Answer:
        """Answer an HTTP request, unless its access key has expired."""
        key = _KEY.search(authorization or "")
        if key is not None and self._has_expired(key[1]):
            service = targets().get(target, ("personalize", ""))[0] if target is not None else "personalize-runtime"
            status = 400 if service == "personalize" else 403
            message = "The security token included in the request is expired"
            return failure(service, "ExpiredTokenException", message, status)
        return super().answer(method, path, target, body, authorization)

    def call(self, service: str, operation: str, request: Mapping[str, Any]) -> Answer:
        """Answer one operation as AWS would now."""
        if not self._throttles.admits(service, operation, request):
            return failure(service, "ThrottlingException", "Rate exceeded", 400 if service == "personalize" else 429)
        if self._context.settings.read_only:
            return super().call(service, operation, request)
        self._later.make_due()
        self._training.train_due()
        model = operation_model(service, operation)
        try:
            checked = {} if model.input_shape is None else validate(model.input_shape, request)
        except InvalidInput:
            return super().call(service, operation, request)  # which says what is wrong
        try:
            self._refuse(service, operation, checked)
            return self._answered(service, operation, checked)
        except EngineError as error:
            return failure(service, declared(model, error), error.message)

    def close(self) -> None:
        """Make every change that waits for its time."""
        self._later.make_due(every=True)

    def _refuse(self, service: str, operation: str, request: dict[str, Any]) -> None:
        """Raise what AWS refuses and the engine would not."""
        recipes.refuse_legacy(operation, request)
        if operation == "CreateDatasetGroup":
            n_groups = len(self._context.resources.list("dataset-group"))
            if n_groups >= DATASET_GROUPS:
                raise LimitExceeded(f"More than {DATASET_GROUPS} dataset groups. Please delete some and try again.")
        if operation == "CreateCampaign":
            self._refuse_sixth(request["solutionVersionArn"])
        if service != "personalize" or changes(operation):
            self._require_settled(service, operation, request)

    def _refuse_sixth(self, version_arn: str) -> None:
        """Raise when the dataset group of a solution version has as many campaigns as AWS allows."""
        resources = self._context.resources
        version = resources.find("solution-version", version_arn)
        if version is None:
            return  # the engine says so
        group = version["datasetGroupArn"]
        n_campaigns = sum(one.body.get("_dataset_group_arn") == group for one in resources.list("campaign"))
        if n_campaigns >= CAMPAIGNS_PER_GROUP:
            raise LimitExceeded(
                f"Cannot create a campaign. More than {CAMPAIGNS_PER_GROUP} resources in ACTIVE state. Please delete "
                "some and try again."
            )

    def _require_settled(self, service: str, operation: str, request: Mapping[str, Any]) -> None:
        """Raise while a resource of the request is in the middle of its creation or of a change."""
        if operation in ("StopSolutionVersionCreation", "TagResource", "UntagResource"):
            return
        for resource in self._shown.named(request):
            state = self._shown.state(resource)
            change = self._later.of(resource.arn)
            busy = change is not None and (change.verb != "UPDATE" or operation.startswith(("Update", "Delete")))
            if change is not None and busy:
                state = self._timing.changing_state(change.verb, resource.arn, self._clock() - change.since)
            if state == resource.status:
                continue  # what it is not ready for, the engine says
            kind = resource.kind.replace("-", " ")
            message = f"The {kind} {resource.arn} is {state}. Wait until it is {ACTIVE}."
            raise (ResourceInUse if service == "personalize" else InvalidInput)(message)

    def _answered(self, service: str, operation: str, request: dict[str, Any]) -> Answer:
        if is_delayed(operation):
            return self._delayed(service, operation, request)
        if uses := uses_of(operation, request):
            role = str(request["roleArn"])
            self._rights.require_role(role, self._context.arns.account_id)
            reason = self._rights.missing(role, uses, self._context.arns.account_id)
            if reason is not None:
                return self._failing(operation, request, reason)
        if operation in ("CreateSolution", "UpdateSolution"):
            return self._solution(operation, request)
        answer = super().call(service, operation, recipes.paged(operation, request))
        if answer.status != 200 or service != "personalize" or not operation.startswith(("Describe", "List")):
            return answer
        return self._as_shown(operation, answer)

    def _as_shown(self, operation: str, answer: Answer) -> Answer:
        told = json.loads(answer.body)
        told = recipes.without_legacy(told) if operation == "ListRecipes" else self._shown.told(told)
        return Answer(answer.status, answer.headers, json.dumps(told, ensure_ascii=False).encode())

    def _delayed(self, service: str, operation: str, request: dict[str, Any]) -> Answer:
        answer = self._later.tried(service, operation, request)
        if answer.status != 200:
            return answer
        moment = self._clock()
        if operation in PUTS:
            arn, verb = "", "PUT"
            duration = self._timing.delay_s(json.dumps(request, default=str, sort_keys=True))
        else:
            named = CHANGED.get(operation) or next(name for name in request if name.endswith("Arn"))
            arn = str(request[named])
            verb = next(verb for word, verb in VERBS.items() if operation.startswith(word))
            duration = self._timing.change_s(verb, arn)
        self._later.add(Change(service, operation, request, arn, verb, moment, moment + duration))
        return answer

    def _failing(self, operation: str, request: Mapping[str, Any], reason: str) -> Answer:
        """Create a job that fails for this reason, as AWS does: it accepts the job and finds out later."""
        context = self._context
        with context.database.atomic():
            answer = self._quiet.call("personalize", operation, request)
            if answer.status == 200:
                (arn,) = json.loads(answer.body).values()
                job = context.queue.find(arn)
                if job is None:
                    raise AccessDenied(reason)
                fail_job(context.database, context.resources, context.queue, job, reason)
        return answer

    def _solution(self, operation: str, request: dict[str, Any]) -> Answer:
        member = "solutionConfig" if operation == "CreateSolution" else "solutionUpdateConfig"
        training.days_of(request.get(member, {}))
        with self._context.database.atomic():
            answer = super().call("personalize", operation, training.manual(request, member))
            if answer.status == 200:
                arn = str(json.loads(answer.body)["solutionArn"])
                store = training.remember if operation == "CreateSolution" else training.remember_update
                store(self._context, arn, request)
        return answer

    def _has_expired(self, key: str) -> bool:
        if self._behaviour.session_s <= 0:
            return False
        with self._lock:
            first = self._first_seen.setdefault(key, self._clock())
        return self._clock() - first >= self._behaviour.session_s
