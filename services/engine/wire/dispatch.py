"""The dispatcher of all requests, in process and over HTTP: parse, look up, validate, call, serialise.

Errors are the operation's own shapes: a code in the body's __type and in x-amzn-ErrorType, with the HTTP status of
botocore's model. A fault of the engine itself is an InternalFailure with HTTP 400: SDKs retry requests that fail with
5xx, which is right for a busy database (503) and useless for a permanent fault. No answer contains a traceback; a
fault's message has a short ID that the log repeats.
"""

import json
import logging
import secrets
import sqlite3
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.engine.api.operations import HANDLERS, Handler
from services.engine.arns import in_signed_region
from services.engine.context import EngineContext
from services.engine.errors import EngineError, HomeUnusable, InvalidInput
from services.engine.read_only import changes, refuse
from services.engine.store.faults import storage_sentence
from services.engine.wire.serialization import MalformedBody, read_body, write_body
from services.engine.wire.service_models import error_status, operation_model, routes, service_model, targets
from services.engine.wire.validation import MAX_ECHO, validate

logger = logging.getLogger(__name__)

MEDIA_TYPES = {"json": "application/x-amz-json-1.1", "rest-json": "application/json"}
BUSY = ("database is locked", "database table is locked", "database is busy")


@dataclass(frozen=True)
class Answer:
    """An HTTP answer: status, headers and body."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Dispatcher:
    """Answers requests from one engine's context."""

    def __init__(self, context: EngineContext, handlers: Mapping[tuple[str, str], Handler] = HANDLERS) -> None:
        self._context = context
        self._handlers = handlers

    def answer(
        self, method: str, path: str, target: str | None, body: bytes, authorization: str | None = None
    ) -> Answer:
        """Answer an HTTP request.

        target is its X-Amz-Target header, which control-plane requests have; authorization its Authorization header,
        of which only the region counts.
        """
        if target is not None:
            matched = targets().get(target) if method == "POST" else None
        else:
            matched = routes().get((method, path))
        if matched is None:
            requested = target if target is not None else f"{method} {path}"
            status = 404 if target is None else 400
            message = f"Amazon Personalize has no operation {requested[:MAX_ECHO]}."
            return failure("personalize", "UnknownOperationException", message, status)
        service, operation = matched
        try:
            request = read_body(body)
        except MalformedBody as error:
            return failure(service, "SerializationException", str(error))
        with in_signed_region(authorization):
            return self.call(service, operation, request)

    def close(self) -> None:
        """Do nothing: no request leaves anything to be done later."""

    def call(self, service: str, operation: str, request: Mapping[str, Any]) -> Answer:
        """Answer one operation; the request has the operation's member names."""
        model = operation_model(service, operation)
        try:
            if self._context.settings.read_only and changes(operation):
                refuse()
            handler = self._handlers.get((service, operation))
            if handler is None:
                raise InvalidInput(unsupported(operation))
            checked = {} if model.input_shape is None else validate(model.input_shape, request)
            if service == "personalize":
                # Fail the jobs of a dead worker before the handler reads their resources.
                self._context.settle_jobs()
            answer = handler(self._context, checked)
            return Answer(200, _headers(service), write_body(model.output_shape, answer))
        except EngineError as error:
            return failure(service, declared(model, error), error.message)
        except sqlite3.OperationalError as error:
            if str(error) in BUSY:
                logger.warning("database busy service=%s operation=%s", service, operation)
                return failure(service, "ServiceUnavailable", "The engine's database is busy. Try again.", 503)
            return self._fault(service, operation, error)
        except HomeUnusable as error:
            logger.error("service=%s operation=%s: %s", service, operation, error)
            return failure(service, "InternalFailure", str(error))
        except Exception as error:
            return self._fault(service, operation, error)

    def _fault(self, service: str, operation: str, error: Exception) -> Answer:
        """Answer an unexpected error: a fault of the disk by its name, another one by an ID in the log."""
        sentence = storage_sentence(error, self._context.settings.home)
        if sentence is not None:
            logger.warning("service=%s operation=%s: %s (%s)", service, operation, sentence, error)
            return failure(service, "InternalFailure", sentence)
        return _unknown_fault(service, operation)


def declared(model: Any, error: EngineError) -> str:
    """Return the error's code, or AWS's common one for an invalid request if the operation does not declare it."""
    if isinstance(error, InvalidInput) and all(shape.name != error.code for shape in model.error_shapes):
        return "ValidationException"
    return error.code


def unsupported(operation: str) -> str:
    """Return the message for an operation of AWS that this engine does not have."""
    return (
        f"{operation} is not served by the embedded engine in this version. docs/compatibility.md lists what is; "
        "Amazon Personalize itself serves it."
    )


def failure(service: str, code: str, message: str, status: int | None = None) -> Answer:
    """Return an error answer, by default with the status of the service model."""
    body = json.dumps({"__type": code, "message": message}, ensure_ascii=False).encode("utf-8", "backslashreplace")
    headers = _headers(service) | {"x-amzn-ErrorType": code}
    return Answer(status or error_status(service, code), headers, body)


def _unknown_fault(service: str, operation: str) -> Answer:
    """Log the current exception, and return an error answer with its ID in the log."""
    fault_id = secrets.token_hex(4)
    logger.exception("fault id=%s service=%s operation=%s", fault_id, service, operation)
    message = (
        f"The embedded engine could not answer {operation}, by a fault of its own. Its log says more: id {fault_id}."
    )
    return failure(service, "InternalFailure", message)


def _headers(service: str) -> dict[str, str]:
    media_type = MEDIA_TYPES[service_model(service).metadata["protocol"]]
    return {"Content-Type": media_type, "x-amzn-RequestId": str(uuid.uuid4())}
