"""The facts of an evaluation: facts.json of a finished run, interim.json of one that is asking."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from services.laboratory.records import known_fields
from services.screens.evaluation.methods import Method
from services.screens.evaluation.parameters import Parameters


@dataclass(frozen=True)
class Trained:
    """One training of a run."""

    key: str
    """Method.key."""
    recipe: str
    words: str
    """Its name on screens: "Personal lists", "Personal lists (training 2)"."""


@dataclass(frozen=True)
class Facts:
    """What was done, on which data, how long it took."""

    parameters: Parameters
    protocol: str
    ended: float
    seconds: Mapping[str, float]
    """How long each step took, by its key; "asking" is the part of the steps "ask ..." that was spent on calls."""
    data_version: str
    n_people: int
    n_train: int
    """Events that were learned from."""
    n_items: int
    contestants: tuple[Trained, ...]
    note: str
    source: str
    """Both of the data: whose it is, and where it comes from."""
    moment: int | None = None
    """Epoch seconds of the last event that was learned from, for a split in time."""
    started: float = 0.0
    n_held_out: int = 0
    has_times: bool = True
    """Whether a column of the data said when."""
    repeat_share: float = 0.0
    """Of the known events of the users asked, those of an item that the user had before."""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Facts":
        """Return the facts of to_json."""
        return cls(
            **known_fields(cls, stored)
            | {
                "parameters": Parameters.read(stored["parameters"]),
                "contestants": tuple(Trained(**known_fields(Trained, one)) for one in stored["contestants"]),
            }
        )

    def to_json(self) -> dict[str, Any]:
        """Return JSON-able values."""
        return asdict(self)

    @property
    def names(self) -> dict[Method, str]:
        """The names of what was trained."""
        return {Method.read(one.key): one.words for one in self.contestants}


@dataclass(frozen=True)
class Interim:
    """What a run would find if it ended now: the hit rate of the recipe that is being asked."""

    words: str
    """The recipe's name on screens."""
    done: int
    of: int
    """Users who have been asked, of all."""
    value: float
    low: float
    high: float

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Interim":
        """Return the values of to_json."""
        return cls(**known_fields(cls, stored))

    def to_json(self) -> dict[str, Any]:
        """Return JSON-able values."""
        return asdict(self)
