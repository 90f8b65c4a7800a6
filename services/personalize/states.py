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


RUNNING = (Status.CREATE_PENDING, Status.CREATE_IN_PROGRESS, Status.CREATE_STOPPING)
"""A job has not ended; a stopping one runs until its next check. AWS stops trainings only, the engine every job."""
