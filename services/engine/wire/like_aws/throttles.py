"""How many requests are answered: one bucket of tokens for each operation, campaign or tracker.

Rates: Service Quotas of Amazon Personalize. How many requests AWS answers at once is not documented; a bucket has two
seconds' worth.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

BURST_S = 2.0
RUNTIME_RATE = 500.0
"""Requests per second for recommendations of one campaign or recommender."""
EVENT_RATES = {"PutEvents": 1000.0, "PutItems": 10.0, "PutUsers": 10.0}
"""Requests per second of one tracker or dataset."""


class Throttles:
    """Buckets of tokens, by what is limited."""

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def admits(self, service: str, operation: str, request: Mapping[str, Any]) -> bool:
        """Take a token for a request; return whether there was one."""
        limited, rate = self._limit(service, operation, request)
        if rate <= 0:
            return True
        moment = self._clock()
        with self._lock:
            tokens, since = self._buckets.get(limited, (max(1.0, BURST_S * rate), moment))
            tokens = min(max(1.0, BURST_S * rate), tokens + rate * max(0.0, moment - since))
            self._buckets[limited] = (tokens - 1 if tokens >= 1 else tokens, moment)
        return tokens >= 1

    def _limit(self, service: str, operation: str, request: Mapping[str, Any]) -> tuple[str, float]:
        """Return (what is limited, requests per second) of a request."""
        if self._rate <= 0 or service == "personalize":
            return operation, self._rate
        asked = ("campaignArn", "recommenderArn", "trackingId", "datasetArn")
        of = next((str(request[name]) for name in asked if request.get(name)), "")
        rate = RUNTIME_RATE if service == "personalize-runtime" else EVENT_RATES.get(operation, RUNTIME_RATE)
        return f"{operation} {of}", rate
