"""How long changes of resources take, by a seed, and which state a resource shows meanwhile."""

import hashlib
import re
from dataclasses import dataclass

from services.engine.api.states import ACTIVE, FAILED, IN_PROGRESS, PENDING
from services.engine.wire.like_aws.behaviour import Behaviour

LONGEST = 2.5
"""The longest duration, as a multiple of the shortest."""
PENDING_SHARE = 0.3
"""The part of its duration in which a change has not begun."""
_RANDOM_PART = re.compile(r"/[0-9a-f]{8}$")
"""Of the ARNs of solution versions and event trackers: without it a seed gives the same durations again."""


@dataclass(frozen=True)
class Timing:
    """Durations of one behaviour."""

    behaviour: Behaviour

    def creation_s(self, arn: str) -> float:
        """Return how many seconds the creation of a resource takes at least; its real work may take longer."""
        return self.change_s("CREATE", arn)

    def change_s(self, verb: str, arn: str) -> float:
        """Return how many seconds a change such as "DELETE" of a resource takes."""
        return self.behaviour.seconds * (1 + (LONGEST - 1) * self._draw(verb, arn))

    def delay_s(self, text: str) -> float:
        """Return after how many seconds something that was put is seen."""
        return self.behaviour.event_s * (1 + self._draw("PUT", text))

    def created_state(self, arn: str, status: str, age_s: float) -> str:
        """Return the state that a resource shows at this age, whose true state is status."""
        if status not in (ACTIVE, FAILED, PENDING, IN_PROGRESS):
            return status
        duration = self.creation_s(arn)
        if status == PENDING or age_s < PENDING_SHARE * duration:
            return PENDING
        return IN_PROGRESS if age_s < duration else status

    def changing_state(self, verb: str, arn: str, age_s: float) -> str:
        """Return the state in the middle of a change, for example "DELETE IN_PROGRESS"."""
        has_begun = age_s >= PENDING_SHARE * self.change_s(verb, arn)
        return f"{verb} IN_PROGRESS" if has_begun else f"{verb} PENDING"

    def _draw(self, verb: str, arn: str) -> float:
        """Return a number from 0 to 1 that the seed, the change and the resource's name decide."""
        name = _RANDOM_PART.sub("", arn)
        digest = hashlib.sha256(f"{self.behaviour.seed} {verb} {name}".encode()).digest()
        return int.from_bytes(digest[:6], "big") / 2**48
