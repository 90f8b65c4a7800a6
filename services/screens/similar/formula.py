"""The order of aws-sims as docs/compatibility.md states it, computed from the loaded data for any discount.

    similarity(i, j) = people with both / (people with j) ** popularity_discount_factor

A campaign has one discount; this answers "and with another?" without a training. It is this engine's formula
(Deshpande and Karypis, ACM TOIS 22(1), 2004, section 4.2), and AWS does not publish its own: a screen that shows it
says so. Percentiles bound whose histories count and which items may be listed, as the recipe's hyperparameters say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.backend import Backend
from services.library.cooccurrence import Cooccurrence, Longs, count
from services.personalize.recipe_names import SIMS
from services.personalize.recipes import parameters


@dataclass(frozen=True)
class SimsSettings:
    """The settings of a solution version of aws-sims; AWS's names without "popularity_" and the like."""

    discount: float = 0.5
    least_people: int = 3
    """min_cointeraction_count: below this number of users with both, two items are not related."""
    histories: tuple[float, float] = (0.005, 0.995)
    """Percentiles of history length, 0 to 1, of the users who count."""
    items: tuple[float, float] = (0.01, 0.9)
    """Percentiles of events per item, 0 to 1, of the items that may be neighbours."""
    event_type: str | None = None


def settings_of(backend: Backend, version_arn: str) -> SimsSettings:
    """Return the settings of a deployed version of aws-sims: its own values over the recipe's defaults."""
    described = backend.personalize.describe_solution_version(solutionVersionArn=version_arn)["solutionVersion"]
    config = described.get("solutionConfig", {})
    values: dict[str, str] = {parameter.name: parameter.default for parameter in parameters(backend, SIMS)}
    for part in ("algorithmHyperParameters", "featureTransformationParameters"):
        values |= config.get(part, {})
    return _settings(values, described.get("eventType"))


def _settings(values: Mapping[str, str], event_type: str | None) -> SimsSettings:
    usual = SimsSettings()

    def number(name: str, fallback: float) -> float:
        return float(values.get(name, fallback))

    return SimsSettings(
        number("popularity_discount_factor", usual.discount),
        int(number("min_cointeraction_count", usual.least_people)),
        (
            number("min_user_history_length_percentile", usual.histories[0]),
            number("max_user_history_length_percentile", usual.histories[1]),
        ),
        (
            number("min_item_interaction_count_percentile", usual.items[0]),
            number("max_item_interaction_count_percentile", usual.items[1]),
        ),
        event_type,
    )


class SimsFormula:
    """The formula over one set of events."""

    def __init__(self, users: Longs, items: Longs, n_users: int, n_items: int, settings: SimsSettings) -> None:
        """users and items, int64 (n_events,) each, number the user and item of every event of settings.event_type."""
        lengths = np.bincount(users, minlength=n_users)
        keep = _within(lengths, settings.histories)[users]
        self.counted: Cooccurrence = count(users[keep], items[keep], n_users, n_items)
        """Of the users whose histories count."""
        self.listable = _within(self.counted.event_counts, settings.items)
        """bool (n_items,): which items may be neighbours."""
        self._least = max(1, settings.least_people)
        self.n_people = self.counted.n_people
        """int64 (n_items,): users of each item, of those who count."""
        self._sizes = np.maximum(self.n_people, 1).astype(np.float64)

    def nearest(self, item: int, discount: float, n: int) -> Longs:
        """Return at most n neighbours of an item, best first; equal items in the order of their numbers."""
        return self.nearest_at(item, [discount], n)[0]

    def nearest_at(self, item: int, discounts: Sequence[float], n: int) -> list[Longs]:
        """Return the neighbours at each discount; users with both are counted once for all."""
        together = self.counted.together(item)
        candidates = np.flatnonzero(self.listable & (together >= self._least))
        candidates = candidates[candidates != item]
        both, sizes = together[candidates], self._sizes[candidates]
        lists = []
        for discount in discounts:
            # float32 like the engine, so that ties are the same
            scores = (both * sizes**-discount).astype(np.float32)
            lists.append(candidates[np.argsort(-scores, kind="stable")[:n]])
        return lists


def _within(counts: Longs, bounds: tuple[float, float]) -> np.ndarray:
    """Return bool (n,): whether a count lies within these percentiles of all counts above 0, bounds included."""
    present = counts > 0
    if not present.any():
        return present
    low, high = np.quantile(counts[present], bounds)
    within: np.ndarray = present & (counts >= low) & (counts <= high)
    return within
