"""What trains or is updated by itself: looked for by the worker, and with every request, at most once a minute."""

import time

from services.engine.jobs.training.automatic import queue_due_trainings
from services.engine.jobs.training.increments import queue_due_increments
from services.engine.jobs.training.recommender_trainings import queue_due_recommenders
from services.engine.store.database import Database

CHECK_EVERY_S = 60.0


class Schedule:
    """Looks for what is due at most once a minute, because every request asks."""

    def __init__(self, database: Database, recommender_days: int = 0) -> None:
        """recommender_days: days after which recommenders train again; 0: never."""
        self._database = database
        self._recommender_days = recommender_days
        self._next = 0.0

    def queue_due(self) -> bool:
        """Queue what is due; return whether there was something."""
        moment = time.monotonic()
        if moment < self._next:
            return False
        self._next = moment + CHECK_EVERY_S
        n_due = queue_due_trainings(self._database) + queue_due_increments(self._database)
        return n_due + queue_due_recommenders(self._database, self._recommender_days) > 0
