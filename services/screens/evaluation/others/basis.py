"""What was known before an evaluation's split, read from the data again: histories, items, what may be learned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from services.errors import DataError
from services.library.columns import ITEM_ID
from services.library.store import LoadedData
from services.screens.evaluation.frames import categories, counted_train
from services.screens.evaluation.measures import ItemCounts, count_items
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.split import split_data


@dataclass(frozen=True)
class Basis:
    """The part of the data that a result's recipes learned from."""

    train: pd.DataFrame
    known: Mapping[str, Sequence[str]]
    """What each asked person had, oldest first."""
    items: ItemCounts
    known_items: frozenset[str]
    """Items with events before the split, and those that the items' data names."""


def basis(data: LoadedData, result: EvaluationResult) -> Basis:
    """Return it. Raises DataError where the data has changed since, or nothing was held out by person."""
    facts = result.facts
    if not result.by_person:
        raise DataError("Amazon's own split asks nobody, so other lists cannot be measured. Choose another result.")
    if facts.data_version != data.version:
        raise DataError("The data has changed since this result. Measure again, then compare other lists.")
    split = split_data(data, protocol=facts.protocol, share=facts.parameters.share)
    items = count_items(counted_train(data, split), categories(data))
    learned = set(map(str, split.train[ITEM_ID].unique()))
    declared = set() if split.items is None else set(map(str, split.items[ITEM_ID]))
    return Basis(split.train, split.known, items, frozenset(learned | declared))
