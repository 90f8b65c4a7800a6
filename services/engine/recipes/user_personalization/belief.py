"""The belief about each item's log-score: a normal distribution around the network's score that events narrow.

The network scores an item without events by its features. The error of this prediction is measured on the items with
events, and its variance is the prior's. The number of times that an item was chosen then follows a Poisson distribution
whose mean is the expected number times exp(shift). The belief is the Laplace approximation of the posterior, one
dimension per item: the generalised linear model with diagonal precision of Chapelle and Li (2011, "An empirical
evaluation of Thompson sampling", algorithm 3), for counts instead of clicks.

The expected number is the item's own events, from which the network has learned already. Impressions add evidence: one
item of each list was chosen, and the expected number of an item that was shown is its share of the list's appeal. So an
item that users see and ignore gets a lower and narrower belief and is explored less (AWS: "exploration ... according to
implicit feedback"); an item that users choose more often than its neighbours gets a higher one. Impressions recorded by
recommendationId can be added to Histories.impressions without a change here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.engine.recipes.base import Floats, Histories, Impressions

Doubles = NDArray[np.float64]

_BLOCK_EVENTS = 1 << 16
_ROUNDS = 40


@dataclass(frozen=True)
class Belief:
    """The belief about every item, float32 (n_items,)."""

    shift: Floats
    """Mean of the amount added to the network's log-score."""
    width: Floats
    """Standard deviation."""


def item_beliefs(histories: Histories, log_appeal: Floats, variance: float) -> Belief:
    """Return the beliefs after these events and impressions.

    log_appeal, float32 (n_items,): log of how often each item is chosen, up to a constant; it determines the shares of
    a list. variance, above 0: that of the items' log-scores around the prediction from their features.
    """
    observed = np.bincount(histories.items, minlength=histories.n_items).astype(np.float64)
    expected = observed
    if histories.impressions is not None:
        chosen, shares = shares_of_lists(histories, histories.impressions, log_appeal)
        expected = np.maximum(observed - chosen, 0) + shares
    shift = _most_likely(observed, expected, variance)
    width = 1 / np.sqrt(1 / variance + expected * np.exp(shift))
    return Belief(shift.astype(np.float32), width.astype(np.float32))


def shares_of_lists(histories: Histories, impressions: Impressions, log_appeal: Floats) -> tuple[Doubles, Doubles]:
    """Return how often each item was chosen from a list, and the expected number, float64 (n_items,) each.

    The item of the event counts as shown, even if its list does not contain it.
    """
    appeal = np.exp(np.asarray(log_appeal, np.float64) - np.max(log_appeal, initial=-np.inf))
    chosen, expected = np.zeros(histories.n_items), np.zeros(histories.n_items)
    for start in range(0, histories.n_events, _BLOCK_EVENTS):
        end = min(start + _BLOCK_EVENTS, histories.n_events)
        first, last = impressions.offsets[start], impressions.offsets[end]
        lengths = np.diff(impressions.offsets[start : end + 1])
        with_list = np.flatnonzero(lengths)
        taken = histories.items[start:end][with_list]
        # each item once per list, the event's own item included
        events = np.concatenate([np.repeat(np.arange(len(lengths)), lengths), with_list])
        items = np.concatenate([impressions.items[first:last], taken])
        pairs = np.unique(events * np.int64(histories.n_items) + items)
        events, items = pairs // histories.n_items, pairs % histories.n_items
        weights = np.maximum(appeal[items], 1e-12)
        totals = np.bincount(events, weights=weights, minlength=len(lengths))
        expected += np.bincount(items, weights=weights / totals[events], minlength=histories.n_items)
        chosen += np.bincount(taken, minlength=histories.n_items)
    return chosen * impressions.every, expected * impressions.every


def _most_likely(observed: Doubles, expected: Doubles, variance: float) -> Doubles:
    """Return the shift x where observed - expected * exp(x) - x / variance = 0, by Newton's method.

    The left side decreases and is concave, so from a start on the right every step stays there and comes closer.
    """
    with np.errstate(divide="ignore"):
        start = np.log(np.maximum(observed, 1e-300)) - np.log(expected)
    x: Doubles = np.minimum(variance * observed, np.maximum(start, 0))
    for _ in range(_ROUNDS):
        rate = expected * np.exp(x)
        x = x + (observed - rate - x / variance) / (rate + 1 / variance)
    return x
