"""Answers of the control plane that stay true until something changes there, read once for all redraws.

Who opens a backend says what tells two states apart. The embedded engine compares its rows of resources, so that
another process's change is seen at once. AWS has no such call: there an answer is at most some seconds old, and the
explorer's own changes make it forget everything.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

Read = TypeVar("Read")
MAX_ANSWERS = 500


class Remembered:
    """Answers by question, each with the state in which it was read. Threads share it."""

    def __init__(self, state: Callable[[], Hashable] | None = None, max_age_s: float = float("inf")) -> None:
        """Keep an answer while state() is equal and max_age_s has not passed; without a state keep nothing."""
        self._state = state
        self._max_age_s = max_age_s
        self._answers: OrderedDict[Hashable, tuple[Hashable, float, Any]] = OrderedDict()
        self._n_changes = 0
        self._lock = threading.Lock()

    def changed(self) -> None:
        """Forget everything: this process has changed something. What is being read now is not kept either."""
        with self._lock:
            self._n_changes += 1
            self._answers.clear()

    def of(self, question: Hashable, read: Callable[[], Read]) -> Read:
        """Return the answer to a question, read again when it may have changed. An error of read() is not kept."""
        if self._state is None:
            return read()
        state = self._n_changes, self._state()  # before reading: a change meanwhile is found the next time
        with self._lock:
            found = self._answers.get(question)
        if found is not None and found[0] == state and time.monotonic() - found[1] < self._max_age_s:
            return cast("Read", found[2])
        asked = time.monotonic()
        answer = read()
        with self._lock:
            self._answers[question] = state, asked, answer
            self._answers.move_to_end(question)
            while len(self._answers) > MAX_ANSWERS:
                self._answers.popitem(last=False)
        return answer
