"""The one place that reads the time, so that tests can replace it."""

import time


def now() -> float:
    """Return the present time as epoch seconds, rounded to the millisecond as AWS prints it."""
    return round(time.time(), 3)
