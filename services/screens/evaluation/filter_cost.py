"""What a filter costs: a finished evaluation's lists with the filter and without it, for the same users and truth.

A run stores lists that are longer than those that it measures, so that other items can take the places of those that a
filter takes away. What it leaves of them is exact; where it leaves fewer than the cut-off although the catalogue has
more, what would follow is unknown and counted as nothing. A filter sees the events
that the recipe learned from, as it would have at the moment of the split.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.backend import Backend, engine_errors
from services.errors import DataError
from services.filters.expressions import uses_current_item
from services.filters.request import ChosenFilter
from services.laboratory.estimates import Estimate, estimate
from services.language.phrases import percent
from services.language.vocabulary import Words
from services.library.columns import EVENT_TYPE, ITEM_ID, USER_ID
from services.library.store import LoadedData
from services.personalize.datasets import group_arn
from services.screens.evaluation.methods import Method
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.split import split_data


@dataclass(frozen=True)
class FilterCost:
    """A method's lists with a filter, beside the same lists without it."""

    k: int
    n_users: int
    before: Estimate
    """Share of users with a right item among the first k."""
    after: Estimate
    difference: Estimate
    """Paired, user by user."""
    n_right_before: int
    """Right items in the first k places of all users."""
    n_right_after: int
    n_lost: int
    """Right items of before that are gone."""
    n_taken: int
    """Held-out items of all users."""
    n_taken_out: int
    """How many of them the filter would not allow."""
    n_short: int
    """Users whom the filter leaves fewer than k items."""
    n_unknown: int
    """Users of whose stored list fewer than k places are left, although more items are allowed."""
    depth: int
    """Places of the stored lists."""
    n_items: int
    unreached: tuple[str, ...]
    """Items that no user of the evaluation may get."""
    lost: tuple[tuple[str, int], ...]
    """Right items that are gone, with the number of users, most first."""


def cost(
    backend: Backend, data: LoadedData, result: EvaluationResult, method: Method, k: int, chosen: ChosenFilter
) -> FilterCost:
    """Measure a filter. Raises DataError where that cannot be done, ServiceError for a filter that is refused."""
    arn = group_arn(backend, data.name)
    _check(backend, data, result, chosen)
    assert backend.capabilities is not None
    truth, lists = result.truth, result.deep_lists(method)
    depth = max(map(len, lists.values()), default=0)
    items = sorted({*_item_ids(data), *(item for taken in truth.values() for item in taken)})
    asked = {user: [*lists[user], *truth[user]] for user in truth}
    with engine_errors():
        found = backend.capabilities.filters.lists(
            str(arn), chosen.named.expression, chosen.values, asked, items, _events(data, result)
        )
    kept = {user: set(allowed) for user, allowed in zip(asked, found.kept, strict=True)}
    right_before, right_after, gone, left = [], [], Counter[str](), []
    for user, taken in truth.items():
        own = set(taken)
        shown = lists[user][:k]
        filtered = [item for item in lists[user] if item in kept[user]][:k]
        left.append(len(filtered))
        right_before.append(len(own.intersection(shown)))
        right_after.append(len(own.intersection(filtered)))
        gone.update(own.intersection(shown) - set(filtered))
    hit_before, hit_after = (np.asarray(right, np.float64) > 0 for right in (right_before, right_after))
    allowed, n_left = np.asarray(found.n_allowed), np.asarray(left)
    n_stored = np.asarray([len(lists[user]) for user in truth])
    return FilterCost(
        k=k,
        n_users=len(truth),
        before=estimate(hit_before.astype(np.float64)),
        after=estimate(hit_after.astype(np.float64)),
        difference=estimate(hit_after.astype(np.float64) - hit_before),
        n_right_before=sum(right_before),
        n_right_after=sum(right_after),
        n_lost=gone.total(),
        n_taken=sum(map(len, truth.values())),
        n_taken_out=sum(item not in kept[user] for user, taken in truth.items() for item in taken),
        n_short=int((allowed < k).sum()),
        n_unknown=int(((n_left < k) & (allowed >= k) & (n_stored == depth)).sum()),
        depth=depth,
        n_items=len(items),
        unreached=tuple(item for item in items if item not in found.reached),
        lost=tuple(gone.most_common()),
    )


def headline(found: FilterCost, name: str, model: str) -> str:
    """Return for how many people a list is still right, beside the same lists without the filter."""
    least = "at least " if found.n_unknown else ""
    after, before = percent(found.after.value), percent(found.before.value)
    gain, low, high = (100 * value for value in (found.difference.value, found.difference.low, found.difference.high))
    sentence = f"With {name}, “{model}” is right for {least}{after} of the people"
    sentence += f" instead of {before}" if found.difference.clear else f", without it for {before}: no clear difference"
    return f"{sentence} ({gain:+.1f} points, {low:+.1f} to {high:+.1f})."


def notes(found: FilterCost, words: Words) -> str:
    """Return what limits the figures, "" for nothing."""
    parts = []
    if found.n_unknown:
        parts.append(
            f"For {found.n_unknown:,} people fewer than {found.k} of the {found.depth} stored places are left. What "
            "would follow is unknown and counted as wrong, so the true cost is smaller."
        )
    if found.unreached:
        parts.append(f"Out of reach: {words.nouns} that the filter allows none of these {found.n_users:,} people.")
    return " ".join(parts)


def _check(backend: Backend, data: LoadedData, result: EvaluationResult, chosen: ChosenFilter) -> None:
    """Raise DataError with the reason why this result cannot be measured with a filter."""
    if backend.capabilities is None:
        raise DataError(
            "AWS cannot say what a filter leaves of lists that were stored. Ask its campaigns on Recommendations."
        )
    if not result.by_person:
        raise DataError("AWS's own split gives means alone, so there are no lists to filter. Choose another result.")
    if result.facts.data_version != data.version:
        raise DataError("The data has changed since this result. Measure again, then see what the filter costs.")
    if uses_current_item(chosen.named.expression):
        raise DataError("The filter compares with the item of a request, and these lists are for people.")
    if chosen.missing:
        raise DataError(f"The filter needs a value for {', '.join(chosen.missing)}.")


def _item_ids(data: LoadedData) -> list[str]:
    return [str(item_id) for item_id in data.catalog().ids]


def _events(data: LoadedData, result: EvaluationResult) -> Mapping[str, list[tuple[str, str]]]:
    """Return each user's events of the training part, oldest first, with their types."""
    facts = result.facts
    train = split_data(data, protocol=facts.protocol, share=facts.parameters.share).train
    types = train[EVENT_TYPE].fillna("").tolist() if EVENT_TYPE in train else [""] * len(train)
    events: dict[str, list[tuple[str, str]]] = {}
    for user, item, event_type in zip(train[USER_ID].tolist(), train[ITEM_ID].tolist(), types, strict=True):
        events.setdefault(user, []).append((item, event_type))
    return events
