"""What a cold start run can be asked to do, and the names of the methods that it measures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from services.errors import DataError
from services.laboratory.columns import item_columns
from services.laboratory.records import RunParameters
from services.library.store import LoadedData
from services.personalize.recipe_names import HRNN_COLDSTART
from services.screens.cold_start.baselines import POPULARITY, RANDOM, RIDGE_OF_A_USER
from services.screens.cold_start.split import ALL, SPLITS

RECIPE = HRNN_COLDSTART
MODEL = "model"
METHODS = (MODEL, RIDGE_OF_A_USER, POPULARITY, RANDOM)
"""As stored in the results: the recipe, then its baselines."""
CHOICE = (MODEL, RIDGE_OF_A_USER)
"""Of these the best is chosen: both give everybody a list of their own."""
MAX_PEOPLE = 1000
SEEDS = (1, 3, 5)
"""How many draws of new items the screen offers."""
ALL_COLUMNS = "all"
"""The name of the set of all columns."""


@dataclass(frozen=True)
class Parameters(RunParameters):
    """What a run does."""

    CALLED: ClassVar[str] = "a cold start run"

    share: float = 0.5
    """Of the items, those that are held out."""
    n_seeds: int = 1
    """Draws of new items."""
    split: str = ALL
    n_people: int = MAX_PEOPLE
    """Users who are asked, at most."""
    columns: tuple[str, ...] | None = None
    """Item columns to learn from; None: all."""
    column_sets: tuple[tuple[str, ...], ...] = ()
    """Sets of columns with which the recipe is trained too, once per draw."""
    exploration: bool = False
    """Whether aws-user-personalization is trained and asked at several weights of exploration."""
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    """Those of aws-hrnn-coldstart that differ from its defaults."""
    exploring_hyperparameters: Mapping[str, str] = field(default_factory=dict)
    """The same of aws-user-personalization."""

    def check(self) -> None:
        """Raise DataError naming a value that is not possible."""
        if self.n_seeds < 1 or self.n_people < 1:
            raise DataError(f"{self.n_seeds} draws and {self.n_people} people cannot be measured. Give at least one.")
        if self.split not in SPLITS or not 0 < self.share < 1:
            raise DataError(f"A share of {self.share:g} with the split {self.split} cannot be held out.")


def column_sets(data: LoadedData) -> dict[str, tuple[str, ...]]:
    """Return the sets of columns whose worth is measured, by name: each alone, people columns together, then all."""
    columns = item_columns(data)
    people = tuple(name for name in columns if name in data.roles.people)
    order = [name for name in data.roles.categories if name in columns]
    order += [name for name in columns if name not in order and name not in people]
    sets: dict[str, tuple[str, ...]] = {column_words((name,)): (name,) for name in order}
    if people:
        sets[column_words(people)] = people
    if len(sets) > 1:
        sets[ALL_COLUMNS] = tuple(columns)
    return sets


def column_words(columns: Sequence[str]) -> str:
    """Return "director and cast" for DIRECTOR, CAST; stored as the name of the set."""
    words = [name.replace("_", " ").lower() for name in columns]
    words = ["genre" if word == "genres" else word for word in words]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
