"""Every error the engine can answer with.

    EngineError                         has the API's error code and a whole sentence
    |-- InvalidInput                    InvalidInputException
    |-- ResourceNotFound                ResourceNotFoundException
    |-- ResourceAlreadyExists           ResourceAlreadyExistsException
    |-- ResourceInUse                   ResourceInUseException
    |-- LimitExceeded                   LimitExceededException
    |-- InvalidNextToken                InvalidNextTokenException
    |-- TooManyTags                     TooManyTagsException
    `-- TooManyTagKeys                  TooManyTagKeysException
    JobFailed                           becomes the failureReason of the resource a job makes
    JobStopped                          a person asked the job to stop
    HomeTooNew                          the home folder was written by a newer version

The codes and their HTTP statuses are botocore's; wire/dispatch.py looks the status up in its service model.
"""


class EngineError(Exception):
    """An answer of the API that is not a success; the message says what was wrong and what to do."""

    code = "InternalFailure"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(EngineError):
    code = "InvalidInputException"


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


class JobFailed(Exception):
    """A job cannot be finished; its text becomes the resource's failureReason."""


class JobStopped(Exception):
    """A person asked for the job to be stopped."""


class HomeTooNew(Exception):
    """The home folder carries a format number that this version does not know."""
