"""Errors whose text a user reads, under one base class, and the translation of botocore's errors into them.

    PlainError                    a whole sentence: what is wrong, with the value, and what to do
        ServiceError              an API call failed: AWS's error code, the service's sentence, the remedy
            ReadOnlyError         a change was refused, because the app runs in read-only mode
        BackendError              the requested backend cannot be opened
        SampleError               data that cannot be read or used
        DataError                 an import, export or deletion failed
        TrainingError             a training, deployment or deletion failed
            NameTakenError        a solution of this name exists with other settings
        RunError                  a run of a laboratory cannot be started, resumed or deleted
        DemoError                 a step of the demo's preparation failed

A page catches PlainError; every screen shows its text unchanged (pages/components/panels.py). Errors of botocore are
translated here and nowhere else: into ServiceError by service_errors(), into another kind by plain_errors().
"""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, HTTPClientError, NoCredentialsError

REMEDIES = {
    "ResourceNotFoundException": "It may have been deleted in another window; reload the page.",
    "ResourceAlreadyExistsException": "Choose another name, or delete the existing one first.",
    "ResourceInUseException": "Wait until it is no longer in use, or delete what uses it first.",
    "LimitExceededException": "Delete what you no longer need, then try again.",
    "InvalidNextTokenException": "Start the list from its beginning.",
    "TooManyTagsException": "Remove some tags first.",
    "TooManyTagKeysException": "Remove fewer tags at a time.",
    "ThrottlingException": "Wait a moment and try again.",
    "AccessDeniedException": "Have the permission that the message names given, then try again.",
    "UnrecognizedClientException": "The AWS credentials are not valid; renew them.",
    "ExpiredTokenException": "Renew the AWS credentials, for example by signing in again; the explorer then goes on.",
    "InternalFailure": "Try again; if it happens again, look into the log.",
    "ServiceUnavailable": "Wait a moment and try again.",
}
"""Remedies by error code. InvalidInputException has none: its message names the value and its fault."""

MIN_FAILURE = 500
"""The HTTP status from which on a failure is the service's own."""
FAILED_REMEDY = "The service failed at this; wait a moment and try again."


class PlainError(Exception):
    """An error whose text is a whole sentence; screens show it unchanged."""


class ServiceError(PlainError):
    """An API call failed."""

    def __init__(self, code: str, message: str, remedy: str = "", operation: str = "") -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.code = code
        """AWS's error code, for example "ResourceNotFoundException"; or "Connection", "Credentials": no answer."""
        self.message = message
        self.remedy = remedy
        self.operation = operation


class ReadOnlyError(ServiceError):
    """A change was refused, because the app runs in read-only mode."""

    def __init__(self, sentence: str, operation: str = "") -> None:
        super().__init__("AccessDeniedException", sentence, operation=operation)


class BackendError(PlainError):
    """The requested backend cannot be opened; the text names the variable to set."""


class SampleError(PlainError):
    """Data cannot be read or used; the text holds the value and the remedy."""


class DataError(PlainError):
    """An import, export or deletion failed."""


class TrainingError(PlainError):
    """A training, deployment or deletion failed."""


class NameTakenError(TrainingError):
    """A solution of this name exists with other settings."""


class RunError(PlainError):
    """A run of a laboratory cannot be started, resumed or deleted."""


class DemoError(PlainError):
    """A step of the demo's preparation failed."""


def to_service_error(error: Exception) -> ServiceError:
    """Translate an error of botocore; a ServiceError is returned as it is."""
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        code = details.get("Code", "")
        message = details.get("Message") or details.get("message") or f"The service answered {code or 'an error'}."
        failed = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= MIN_FAILURE
        remedy = REMEDIES.get(code, FAILED_REMEDY if failed else "")
        if code == "LimitExceededException" and "delete" in message:
            remedy = ""  # AWS has said so
        return ServiceError(code, _sentence(message), remedy, error.operation_name)
    if isinstance(error, NoCredentialsError):
        return ServiceError(
            "Credentials", "No AWS credentials were found.", 'Run "aws configure", or use the embedded engine.'
        )
    if isinstance(error, EndpointConnectionError | HTTPClientError):  # none, or one that ended
        return ServiceError("Connection", _sentence(str(error)), "Check the network and the endpoint's address.")
    if isinstance(error, BotoCoreError):
        return ServiceError(type(error).__name__, _sentence(str(error)))
    raise TypeError(f"not an error of a service call: {error!r}")


@contextmanager
def service_errors() -> Iterator[None]:
    """Turn errors of boto3 calls inside the block into ServiceError."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise to_service_error(error) from error


@contextmanager
def plain_errors(kind: type[PlainError]) -> Iterator[None]:
    """Turn errors of boto3 calls and other plain errors inside the block into this kind, with the same sentence."""
    try:
        with service_errors():
            yield
    except kind:
        raise
    except PlainError as error:
        raise kind(str(error)) from error


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
