"""What each protocol would ask and learn from, and what would stop it: known before a run is started."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.checks.rules import MIN_INTERACTIONS, MIN_USERS_WITH_TWO
from services.errors import DataError
from services.language.metrics import MIN_USERS
from services.language.phrases import counted
from services.library.columns import TIMESTAMP, USER_ID
from services.library.store import LoadedData
from services.screens.evaluation.split import AWS, PROTOCOLS, TIME, event_type_of, sides_of


@dataclass(frozen=True)
class Ahead:
    """One protocol, before a run."""

    protocol: str
    n_people: int
    """Who will be asked; of Amazon's own split, everybody, of whom it draws a tenth."""
    n_train: int
    """Events that will be learned from."""
    problem: str = ""
    """Why it cannot be measured so, in a sentence with the remedy; "" where it can."""

    @property
    def words(self) -> str:
        """What stands under the protocol's name."""
        if self.problem:
            return self.problem
        learned = f"{self.n_train:,} events to learn from"
        if self.protocol == AWS:
            return f"About {counted(round(self.n_people / 10), 'person', 'people')} by Amazon's draw; {learned}."
        few = f" Fewer than {MIN_USERS} people are too few to tell." if self.n_people < MIN_USERS else ""
        return f"{counted(self.n_people, 'person', 'people')} will be asked; {learned}.{few}"


def ahead(data: LoadedData, share: float) -> dict[str, Ahead]:
    """Return every protocol at a share; takes a second for a million events, so keep it by version."""
    order = data.interactions()
    order[USER_ID] = pd.factorize(order[USER_ID])[0]  # numbers are grouped many times faster
    return {protocol: _one(data, order, protocol, share) for protocol in PROTOCOLS}


def _one(data: LoadedData, order: pd.DataFrame, protocol: str, share: float) -> Ahead:
    users = order[USER_ID].to_numpy()
    if protocol == AWS:
        return Ahead(protocol, data.n_users, len(order), _too_few(order, np.ones(len(order), bool)))
    try:
        sides = sides_of(order, protocol, share, event_type_of(data))
    except DataError as error:
        return Ahead(protocol, 0, 0, str(error))
    held_out, known = users[sides.held_out], users[sides.learned & sides.counted]
    n_people, n_train = len(np.intersect1d(held_out, known)), int(sides.learned.sum())
    problem = _too_few(order, sides.learned)
    if not n_people:
        problem = _nobody(order, protocol)
    return Ahead(protocol, n_people, n_train, problem)


def _nobody(order: pd.DataFrame, protocol: str) -> str:
    if len(order) and order[TIMESTAMP].nunique() == 1:
        return "All events have the same time, so none is later than another."
    if protocol == TIME:
        return "Nobody has events on both sides of that date. Hold out a larger share."
    return "Nobody has both: something known before, and something held out."


def _too_few(order: pd.DataFrame, learned: NDArray[np.bool_]) -> str:
    n = int(learned.sum())
    if n < MIN_INTERACTIONS:
        return f"{n:,} events would be left to learn from; an import needs {MIN_INTERACTIONS:,}. Hold out less."
    n_two = int((order[USER_ID][learned].value_counts() > 1).sum())
    if n_two < MIN_USERS_WITH_TWO:
        return f"{n_two:,} people would have two events to learn from; an import needs {MIN_USERS_WITH_TWO}."
    return ""
