"""The people whom an item, or a taste, is for: the best of a segment model's probabilities, and the questions' text.

Documented (Amazon Personalize developer guide, "Preparing input data for user segments"): a question about attributes
joins conditions column = "value" with AND; columns may be written with ITEMS. before them, in any case.
"""

import re
from dataclasses import dataclass

import numpy as np

from services.engine.errors import InvalidInput
from services.engine.models.artifacts import Artifact
from services.engine.recipes.affinity.segments import Attribute, Question, SegmentModel
from services.engine.recipes.base import Bools, Floats, Ints
from services.engine.recipes.top_items import top_items

_CONDITION = re.compile(
    r'\s*(?:items\s*\.\s*)?(?P<column>[A-Za-z_]\w*)\s*=\s*(?:"(?P<text>[^"]*)"|(?P<number>[-+.\w]+))', re.I
)
_AND = re.compile(r"\s+AND(?=\s)", re.I)


@dataclass(frozen=True)
class Segment:
    """People, the most probable first."""

    user_indices: Ints
    """int32 (n,)."""
    probabilities: Floats
    """float32 (n,), 0 to 1."""


def people_for(artifact: Artifact, question: Question, n: int, allowed: Bools | None = None) -> Segment:
    """Return at most n people for an item_index, or for attributes of items.

    allowed: what a filter allows, bool (n_users,); None allows all. Raises InvalidInput for what training did not see.
    """
    model = artifact.model
    if not isinstance(model, SegmentModel):
        raise TypeError(f"{artifact.recipe} does not answer with people")
    scores = model.user_scores(question)
    shown = scores if allowed is None else np.where(allowed, scores, np.float32(-np.inf))
    best = top_items(shown[None], n)[0]
    best = best[best >= 0]
    return Segment(best, scores[best])


def parse_attributes(text: str) -> tuple[Attribute, ...]:
    """Return the conditions of a question such as ITEMS.genres = "Comedy" AND ITEMS.year = 1999.

    Raises InvalidInput with the place at which the text cannot be read.
    """
    attributes, place = [], 0
    while True:
        found = _CONDITION.match(text, place)
        if found is None:
            raise InvalidInput(
                f"itemAttributes cannot be read at {text[place : place + 40]!r}; write conditions such as "
                'ITEMS.GENRES = "Comedy", joined with AND.'
            )
        value = found["text"] if found["text"] is not None else found["number"]
        attributes.append(Attribute(found["column"], value))
        place = found.end()
        if not text[place:].strip():
            return tuple(attributes)
        joined = _AND.match(text, place)
        if joined is None:
            raise InvalidInput(
                f"itemAttributes cannot be read at {text[place : place + 40]!r}; only AND may join two conditions."
            )
        place = joined.end()
