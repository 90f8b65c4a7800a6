"""The methods that an evaluation compares: trained recipes, popularity and random lists, and how tables name them."""

from dataclasses import dataclass, replace

from services.laboratory import hit_rates
from services.other_lists import kept

_UNSEEN, _TRAINING, _COLUMN, _AGE = "+unseen", "#", ":", "@"
WITHOUT = "-"
"""Before the name of a column of the users that a training leaves out."""
OTHER = kept.PREFIX
"""How the name of lists of another recommender begins; their id follows."""


@dataclass(frozen=True)
class Method:
    """One method: a recipe or a baseline, and what distinguishes it from others of the same name."""

    name: str
    """Name of a recipe, or of a baseline."""
    training: int = 1
    """Which of several trainings of a recipe, from 1."""
    column: str = ""
    """The only item column that the recipe was trained with, "" for all; "-COLUMN" for all but one of the users."""
    seen_last: bool = False
    """Whether items that the user has had are moved to the end of the list."""
    age_days: int = 0
    """How long before the split the training data ends; 0 for all of it."""

    @property
    def key(self) -> str:
        """The name in stored tables: "aws-hrnn", "aws-hrnn#2", "aws-hrnn-metadata:GENRES", "popularity+unseen"."""
        parts = [self.name]
        if self.column:
            parts.append(f"{_COLUMN}{self.column}")
        if self.age_days:
            parts.append(f"{_AGE}{self.age_days}")
        if self.training > 1:
            parts.append(f"{_TRAINING}{self.training}")
        if self.seen_last:
            parts.append(_UNSEEN)
        return "".join(parts)

    @classmethod
    def read(cls, key: str) -> "Method":
        """Return the method of a key."""
        plain = key.removesuffix(_UNSEEN)
        rest, _, training = plain.partition(_TRAINING)
        rest, _, age = rest.partition(_AGE)
        name, _, column = rest.partition(_COLUMN)
        return cls(name, int(training or 1), column, plain != key, int(age or 0))

    @property
    def lists_file(self) -> str:
        """The name of the file, without its ending, with the lists that the method was asked for."""
        return "lists-" + "".join(letter if letter.isalnum() else "-" for letter in self.key)

    @property
    def with_seen_last(self) -> "Method":
        """The same method with seen items at the end of its lists."""
        return replace(self, seen_last=True)

    @property
    def fresh(self) -> "Method":
        """The same method, trained on everything before the split."""
        return replace(self, age_days=0)

    @property
    def as_listed(self) -> "Method":
        """The same method with its lists as they are."""
        return replace(self, seen_last=False)

    @property
    def other(self) -> bool:
        """Whether these are lists of another recommender."""
        return self.name.startswith(OTHER)

    @property
    def main(self) -> bool:
        """Whether the main picture shows it: not a second training, one with a single column or on older data."""
        return self.training == 1 and not self.column and not self.age_days


POPULARITY, RANDOM = Method.read(hit_rates.POPULARITY), Method("random")
UNSEEN_POPULARITY = POPULARITY.with_seen_last
TAKEN = Method("taken")
"""In the summary, the method whose popularity_bias is that of the items that users really took."""
