"""All errors of the engine.

    EngineError                         has the API's error code and a complete sentence
    |-- InvalidInput                    InvalidInputException
    |   `-- InvalidExpression           the same, with the place in a filter's expression
    |-- ResourceNotFound                ResourceNotFoundException
    |-- ResourceAlreadyExists           ResourceAlreadyExistsException
    |-- ResourceInUse                   ResourceInUseException
    |-- LimitExceeded                   LimitExceededException
    |-- InvalidNextToken                InvalidNextTokenException
    |-- TooManyTags                     TooManyTagsException
    |-- TooManyTagKeys                  TooManyTagKeysException
    `-- AccessDenied                    AccessDeniedException, which AWS answers without rights for an operation
    JobFailed                           becomes the failureReason of the job's resource
    JobStopped                          a stop of the job was requested
    InvalidSetting                      a setting has a value that is not possible
    HomeUnusable                        the home folder cannot be read or written
    `-- HomeTooNew                      the home folder was written by a newer version

The codes and their HTTP statuses are botocore's; wire/dispatch.py looks the status up in its service model.
"""


class EngineError(Exception):
    """An error answer of the API; the message describes the error and the remedy."""

    code = "InternalFailure"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(EngineError):
    code = "InvalidInputException"


class InvalidExpression(InvalidInput):
    """A filter's expression that cannot be, with the place that is wrong."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position
        """Characters before the wrong one."""


class ResourceNotFound(EngineError):
    code = "ResourceNotFoundException"


class ResourceAlreadyExists(EngineError):
    code = "ResourceAlreadyExistsException"


class ResourceInUse(EngineError):
    code = "ResourceInUseException"


class LimitExceeded(EngineError):
    code = "LimitExceededException"


class InvalidNextToken(EngineError):
    code = "InvalidNextTokenException"


class TooManyTags(EngineError):
    code = "TooManyTagsException"


class TooManyTagKeys(EngineError):
    code = "TooManyTagKeysException"


class AccessDenied(EngineError):
    code = "AccessDeniedException"


class JobFailed(Exception):
    """A job cannot be finished; the text becomes the resource's failureReason."""


class JobStopped(Exception):
    """A stop of the job was requested."""


class InvalidSetting(Exception):
    """A setting has a value that is not possible; the text names the variable, the value and the remedy."""


class HomeUnusable(Exception):
    """The home folder cannot be read or written; the text says why and what to do."""


class HomeTooNew(HomeUnusable):
    """The home folder has a format number that this version does not know."""
