"""Tonight and life: how much a list follows the newest session, and how much everything before it.

A setting of this engine only, in a campaign's itemExplorationConfig. At 1, the default, the list is the recipe's own.
Below, log-scores are the weighted mean of those after all events and those before the newest session, so that one event
of a new session moves a list less; at 0 the session does not count. A session begins after a pause of six hours
(hrnn/config.py). Without an earlier session there is no life to weigh, and the list is the recipe's own.
"""

from collections.abc import Mapping

import numpy as np

from services.engine.recipes.base import Floats, HyperParameter, Longs
from services.engine.recipes.hrnn.config import FIRST_SESSION_GAP, gap_buckets
from services.engine.recipes.hrnn.numerics import log_softmax
from services.engine.recipes.hyperparameters import parse

TONIGHT = HyperParameter(
    "tonight",
    "float",
    1.0,
    0.0,
    1.0,
    engine_only=True,
    description="1 lists what all events say, 0 what those before the newest session say.",
)


def parse_tonight(config: Mapping[str, str] | None) -> float:
    """Return how much tonight counts in a campaign's itemExplorationConfig. Raises InvalidInput."""
    given = (config or {}).get(TONIGHT.name)
    return float(TONIGHT.default if given is None else parse(TONIGHT, given))


def session_start(timestamps: Longs) -> int:
    """Return the place of the newest session's first event among a user's events, int64 (n,), oldest first."""
    pauses = np.flatnonzero(gap_buckets(np.diff(timestamps)) >= FIRST_SESSION_GAP)
    return int(pauses[-1]) + 1 if len(pauses) else 0


def blended(now: Floats, life: Floats, tonight: float) -> Floats:
    """Return the log-scores (m, n_items) of a list between both; what either hides stays hidden."""
    mixed = np.full_like(now, -np.inf)
    shown = np.isfinite(now) & np.isfinite(life)
    mixed[shown] = np.float32(tonight) * now[shown] + np.float32(1 - tonight) * life[shown]
    return log_softmax(mixed)
