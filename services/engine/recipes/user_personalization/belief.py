"""What is believed of each item's log-score beside what the network says: a normal distribution that events narrow.

The network's score of an item without events is what its features tell; how far items turn out to lie from that is
measured on those that have events, and is the prior's variance. How often an item was chosen then follows a Poisson
distribution whose mean is the expected number times exp(shift). The belief is the Laplace approximation of the
posterior, one dimension an item: the generalised linear model with diagonal precision of Chapelle and Li (2011, "An
empirical evaluation of Thompson sampling", algorithm 3), for counts in place of clicks.

Expected is what the network has already learned from: an item's own events. Impressions add evidence of their own. Of
each list one item was chosen, and each item on show was expected to be chosen by its share of the list's appeal; so an
item that is shown and passed over sinks, is known better, and is explored less (AWS: "exploration ... according to
implicit feedback"); one that is chosen more often than its neighbours rises. Whoever records lists by recommendationId
adds them to Histories.impressions, and nothing here changes.
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
    """Of every item, float32 (n_items,)."""

    shift: Floats
    """Mean of what is added to the network's log-score."""
    width: Floats
    """Standard deviation."""


def believe(histories: Histories, log_appeal: Floats, variance: float) -> Belief:
    """Return the belief after these events and impressions.

    log_appeal, float32 (n_items,): log of how often each item is chosen, up to a constant, from which the shares of a
    list follow. variance, above 0: how far items' log-scores lie from what their features tell.
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
    """Return how often each item was chosen from a list and how often that was expected, float64 (n_items,) each.

    The item of the event counts as on show, whether its list names it or not.
    """
    appeal = np.exp(np.asarray(log_appeal, np.float64) - np.max(log_appeal, initial=-np.inf))
    chosen, expected = np.zeros(histories.n_items), np.zeros(histories.n_items)
    for start in range(0, histories.n_events, _BLOCK_EVENTS):
        end = min(start + _BLOCK_EVENTS, histories.n_events)
        first, last = impressions.offsets[start], impressions.offsets[end]
        lengths = np.diff(impressions.offsets[start : end + 1])
        with_list = np.flatnonzero(lengths)
        taken = histories.items[start:end][with_list]
        # once each, the event's own item among them
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

    The left side falls and is concave, so from a start on the right every step stays on the right and gets nearer.
    """
    with np.errstate(divide="ignore"):
        start = np.log(np.maximum(observed, 1e-300)) - np.log(expected)
    x: Doubles = np.minimum(variance * observed, np.maximum(start, 0))
    for _ in range(_ROUNDS):
        rate = expected * np.exp(x)
        x = x + (observed - rate - x / variance) / (rate + 1 / variance)
    return x
