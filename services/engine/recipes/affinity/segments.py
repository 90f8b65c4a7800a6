"""User segments: the interface of models that answer which people an item, or a taste, is for.

Amazon Personalize developer guide, "USER_SEGMENTATION recipes": aws-item-affinity answers for an item,
aws-item-attribute-affinity for attributes of items, each with the people who will most probably interact, best first. A
model's answer is a probability for every person; runtime/segments.py makes the list, batch segment jobs write it.
"""

from abc import abstractmethod
from dataclasses import dataclass

from services.engine.recipes.base import Floats, Histories, Ints, Model, Recipe, TrainingData


@dataclass(frozen=True)
class Attribute:
    """One condition on items: a column of the Items dataset has this value, or this category among others."""

    column: str
    value: str
    """Text as in the data; numbers are compared as numbers."""


Question = int | tuple[Attribute, ...]
"""An item_index, or attributes that an item must all have."""


class SegmentModel(Model):
    """Answers for an item, or for attributes of items, with a probability for every person."""

    n_users: int

    @abstractmethod
    def user_scores(self, question: Question) -> Floats:
        """Return float32 (n_users,): the probability, 0 to 1, that each person interacts soon with one of the items.

        "Soon" is the period that the model was calibrated on, as long as the held-out part of the training data. Raises
        InvalidInput, whose message names the value, for an item or an attribute without interactions in the training.
        """


class SegmentRecipe(Recipe):
    """A recipe whose models answer with people."""

    @abstractmethod
    def questions(self, data: TrainingData, future: Histories) -> list[tuple[Question, Ints]]:
        """Return questions, each with the items that it is about, by which a model is measured on later events."""
