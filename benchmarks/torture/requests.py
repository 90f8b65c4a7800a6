"""Generated requests over every operation of the three APIs: no 5xx, every answer parses, every error is modelled.

A case is a copy of the small world whose worker's lock is held, so that jobs stay queued, and 150 requests in a row to
the dispatcher that also serves HTTP; every tenth has a body that no client sends.
"""

import json
from pathlib import Path
from typing import Any

from botocore.parsers import create_parser
from botocore.validate import ParamValidator

from benchmarks.torture.campaign import Campaign, Case
from benchmarks.torture.shapes import Shapes, hostile_body, known_values
from benchmarks.torture.world import copied, full_world
from services.engine import Engine, open_engine
from services.engine.jobs.lock import WorkerLock
from services.engine.wire.dispatch import Answer
from services.engine.wire.service_models import SERVICES, operation_model, service_model

REQUESTS = 150
COMMON_ERRORS = {"ValidationException", "SerializationException", "UnknownOperationException"}
"""AWS's common errors, which no operation declares."""
OPERATIONS = [(service, name) for service in SERVICES for name in service_model(service).operation_names]
RENEW_EVERY = 25


def run(campaign: Campaign, template: Path | None = None, n_requests: int = REQUESTS) -> None:
    """Do cases until the time has passed; template is a home that nobody has open."""
    template = template or full_world(campaign.folder)
    for case in campaign.cases():
        with case.running() as folder:
            engine = open_engine(copied(template, folder / "home"))
            try:
                lock = WorkerLock.take(engine.settings)
                assert lock is not None, "nobody else works in a copy"
                with lock:
                    _case(case, engine, n_requests)
            finally:
                engine.close()


def _case(case: Case, engine: Engine, n_requests: int) -> None:
    order = case.draw.sample(OPERATIONS, len(OPERATIONS))
    for number in range(n_requests):
        if number % RENEW_EVERY == 0:
            shapes = Shapes(case.draw, known_values(arns(engine)))
        service, operation = order[number % len(order)]
        model = operation_model(service, operation)
        request = shapes.request(model.input_shape)
        body = json.dumps(request).encode()
        if case.draw.random() < 0.1:
            body = hostile_body(case.draw, body)
        method, path, target = route(service, model)
        answer = engine.dispatcher.answer(method, path, target, body)
        case.count("requests")
        case.count(f"answers: {answer.status}")
        problem = problem_of(model, answer)
        if problem:
            case.fault(f"{operation} {body[:200]!r}: {problem}")


def problem_of(model: Any, answer: Answer) -> str:
    """Return what is wrong with an answer, "" when it is as the model says."""
    if answer.status >= 500:
        return f"status {answer.status}: {answer.body[:200]!r}"
    protocol = model.service_model.metadata["protocol"]
    response = {"status_code": answer.status, "headers": answer.headers, "body": answer.body}
    try:
        parsed = create_parser(protocol).parse(response, model.output_shape)
        document = json.loads(answer.body or b"{}")
    except Exception as error:  # botocore's parser raises what it likes
        return f"the answer does not parse: {type(error).__name__}: {error}"
    if answer.status == 200:
        return _output_problem(model.output_shape, document, parsed)
    declared = {shape.name for shape in model.error_shapes} | COMMON_ERRORS
    code = document.get("__type")
    if code not in declared:
        return f"the error {code} is not one of {sorted(declared)}: {document.get('message', '')[:200]}"
    message = document.get("message", "")
    return "" if message and "Traceback" not in message else f"{code} says {message!r}"


def _output_problem(shape: Any, document: dict[str, Any], parsed: dict[str, Any]) -> str:
    """Return what an answer has against its shape: types, unknown and missing members.

    Patterns do not count: AWS's own answers break some, such as that of an import job's roleArn.
    """
    if shape is None:
        return ""
    dropped = set(document) - set(parsed)
    if dropped:
        return f"the answer has members that the model does not know: {sorted(dropped)}"
    parsed.pop("ResponseMetadata")
    report = ParamValidator().validate(parsed, shape)
    return f"the answer breaks the model: {report.generate_report()}" if report.has_errors() else ""


def arns(engine: Engine) -> dict[str, list[str]]:
    """Return the ARNs that exist, by kind."""
    found: dict[str, list[str]] = {}
    rows = engine.context.database.reader().execute("SELECT kind, arn FROM resources ORDER BY rowid").fetchall()
    for kind, arn in rows:
        found.setdefault(kind, []).append(arn)
    trackers = [engine.context.resources.get("event-tracker", arn) for arn in found.get("event-tracker", [])]
    return found | ({"tracking-id": [tracker["trackingId"] for tracker in trackers]} if trackers else {})


def route(service: str, model: Any) -> tuple[str, str, str | None]:
    """Return (method, path, X-Amz-Target) of an operation."""
    if service == "personalize":
        return "POST", "/", f"{service_model(service).metadata['targetPrefix']}.{model.name}"
    return model.http["method"], model.http["requestUri"], None
