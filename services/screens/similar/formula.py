"""The order of aws-sims as docs/compatibility.md states it, computed from the loaded data for any discount.

    expected(i, j)   = min(1, 2 * discount) * people with i * people with j / people
    surprise(i, j)   = sqrt(2 * (both * log(both / expected) - both + expected))
    similarity(i, j) = surprise(i, j) / (people with j) ** max(0, discount - 0.5)

At discount 0 it is the number of people with both. A campaign has one discount; this answers "and with another?"
without a training. It is this engine's formula (Dunning, Computational Linguistics 19(1), 1993: the log-likelihood
ratio), and AWS does not publish its own: a screen that shows it says so. Percentiles bound whose histories count and
which items may be listed, as the recipe's hyperparameters say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.backend import Backend
from services.library.cooccurrence import Cooccurrence, Hidden, Longs, count, hidden, within
from services.personalize.campaigns import Campaign
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

    def changed(self) -> dict[str, str]:
        """Return AWS's names and values of the settings that differ from AWS's defaults, and the discount."""
        usual = SimsSettings()
        values = {
            "min_cointeraction_count": (self.least_people, usual.least_people),
            "min_user_history_length_percentile": (self.histories[0], usual.histories[0]),
            "max_user_history_length_percentile": (self.histories[1], usual.histories[1]),
            "min_item_interaction_count_percentile": (self.items[0], usual.items[0]),
            "max_item_interaction_count_percentile": (self.items[1], usual.items[1]),
        }
        different = {name: f"{value:g}" for name, (value, default) in values.items() if value != default}
        return {"popularity_discount_factor": f"{self.discount:g}", **different}


EVERYTHING = SimsSettings(0.0, 0, (0.0, 1.0), (0.0, 1.0))
"""Where no rules are known: everybody counts, and every item may be listed."""


def has_formula(campaign: Campaign) -> bool:
    """Return whether a campaign's lists follow this formula: those of aws-sims, whose settings can be read."""
    return campaign.recipe == SIMS and not campaign.use_case


def settings_of(backend: Backend, campaign: Campaign) -> SimsSettings:
    """Return the settings of a deployed version of aws-sims: its own values over the recipe's defaults.

    For all others everybody counts, with the events that the version counts.
    """
    if campaign.use_case:
        return EVERYTHING
    arn = campaign.version_arn
    described = backend.personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]
    if not has_formula(campaign):
        return replace(EVERYTHING, event_type=described.get("eventType"))
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
        keep = within(lengths, settings.histories)[users]
        self.counted: Cooccurrence = count(users[keep], items[keep], n_users, n_items)
        """Of the users whose histories count."""
        self.listable = within(self.counted.event_counts, settings.items)
        """bool (n_items,): which items may be neighbours."""
        self._least = max(1, settings.least_people)
        self.n_people = self.counted.n_people
        """int64 (n_items,): users of each item, of those who count."""

    @property
    def hidden(self) -> Hidden:
        """What the percentiles of events per item keep out of the lists."""
        return hidden(self.counted.event_counts, self.listable)

    def nearest(self, item: int, discount: float, n: int) -> Longs:
        """Return at most n neighbours of an item, best first; equal items in the order of their numbers."""
        return self.nearest_at(item, [discount], n)[0]

    def nearest_at(self, item: int, discounts: Sequence[float], n: int) -> list[Longs]:
        """Return the neighbours at each discount; users with both are counted once for all."""
        together = self.counted.together(item)
        candidates = np.flatnonzero(self.listable & (together >= self._least))
        candidates = candidates[candidates != item]
        both, sizes = together[candidates], self.n_people[candidates]
        lists = []
        for discount in discounts:
            scores = _similarity(both, self.n_people[item], sizes, self.counted.n_active, discount)
            order = np.argsort(-scores, kind="stable")[:n]
            lists.append(candidates[order[scores[order] > 0]])
        return lists


def _similarity(both: Longs, with_item: int, with_other: Longs, n_people: int, discount: float) -> np.ndarray:
    """Return the similarities, float32 like the engine's, so that ties are the same; 0 where items are not related."""
    if discount == 0:
        return both.astype(np.float32)
    expected = min(1.0, 2 * discount) / n_people * with_item * with_other
    surprise = np.sqrt(np.maximum(2 * (both * np.log(both / expected) - both + expected), 0.0))
    surprise[both <= expected] = 0.0
    if discount > 0.5:
        surprise *= with_other ** (0.5 - discount)
    similarities: np.ndarray = surprise.astype(np.float32)
    return similarities
