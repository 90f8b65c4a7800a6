"""One finding of the checks: a broken rule, the rows that break it, and the fix."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

STOP = "stop"
WARN = "warn"
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Finding:
    """One broken rule."""

    severity: str
    rule: str
    """The rule in AWS's words."""
    dataset_type: str
    column: str
    message: str
    """A whole sentence with the value and the remedy."""
    mask: Mask | None = None
    """Which rows break it; None when it is about the data as a whole."""
    value: str = ""
    fix: str = ""
    fix_words: str = ""

    @property
    def tick(self) -> str:
        """Name of the fix for this finding alone: "drop_empty:Interactions:TIMESTAMP"; "" without a fix."""
        return f"{self.fix}:{self.dataset_type}:{self.column}" if self.fix else ""

    @property
    def n_rows(self) -> int:
        """How many rows break the rule; 0 for the data as a whole."""
        return 0 if self.mask is None else int(self.mask.sum())

    @property
    def line(self) -> int | None:
        """Line of the first such row in the CSV file, the header being line 1; None for the data as a whole."""
        return None if self.mask is None or not self.mask.any() else int(self.mask.argmax()) + 2


def first_value(column: pd.Series, mask: Mask) -> str:
    """Return the first value of the rows that break a rule, as text."""
    return str(column.iloc[int(mask.argmax())])
