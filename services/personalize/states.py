"""The states of resources and jobs, in the words of Amazon Personalize."""

from enum import StrEnum


class Status(StrEnum):
    """What Describe and List calls return as the status of a resource or job."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    CREATE_PENDING = "CREATE PENDING"
    CREATE_IN_PROGRESS = "CREATE IN_PROGRESS"
    CREATE_FAILED = "CREATE FAILED"
    CREATE_STOPPING = "CREATE STOPPING"
    CREATE_STOPPED = "CREATE STOPPED"
    DELETE_PENDING = "DELETE PENDING"
    DELETE_IN_PROGRESS = "DELETE IN_PROGRESS"
    DELETE_FAILED = "DELETE FAILED"


JOB_RUNNING = (Status.CREATE_PENDING, Status.CREATE_IN_PROGRESS)
"""An import, an export or a batch job has not ended."""
TRAINING_RUNNING = (*JOB_RUNNING, Status.CREATE_STOPPING)
"""A training has not ended; a stopping one runs until its next check."""
