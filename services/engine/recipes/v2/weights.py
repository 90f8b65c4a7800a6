"""Weights of events in the loss: a solution's eventsConfig.

Documented (Amazon Personalize developer guide, "Optimizing a solution with events configuration"): every event type
that shall count is listed with a weight from 0 to 1 and, if wanted, the least value that counts; only the ratios of
weights matter. Here a weight is that of the event as something to foresee. What is not listed, or lies below its
threshold, is never to be foreseen, and still tells what a person did before. Types are compared
without case, as elsewhere.
"""

from collections.abc import Iterable

import numpy as np

from services.engine.recipes.base import EventWeight, Floats, Histories


def event_weights(histories: Histories, weights: Iterable[EventWeight]) -> Floats:
    """Return float32 (n_events,): weights with a mean of 1 over the events that count, 0 for the others.

    Without any weight, or where none counts, all are 1.
    """
    listed = tuple(weights)
    ones = np.ones(histories.n_events, np.float32)
    if not listed or histories.event_types is None:
        return ones
    result = np.zeros(histories.n_events, np.float32)
    names = [name.lower() for name in histories.event_type_names]
    for entry in listed:
        codes = [code for code, name in enumerate(names) if name == entry.event_type.lower()]
        counts = np.isin(histories.event_types, codes)
        if entry.threshold is not None:
            values = histories.event_values
            counts &= False if values is None else values >= entry.threshold
        result[counts] = entry.weight
    total = result[result > 0]
    return result / total.mean() if len(total) else ones
