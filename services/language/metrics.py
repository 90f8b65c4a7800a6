"""Metrics as plain sentences, and when one model is said to beat another.

Definitions of the metrics: AWS developer guide, "Evaluating a solution version with metrics". A comparison is called
by the 95 % interval of the paired difference, never by the two numbers alone.
"""

from typing import Protocol

from services.language.phrases import chance, percent, signed_percent
from services.language.vocabulary import FILM_WORDS, Words

METRICS = (
    "mean_reciprocal_rank_at_25",
    "normalized_discounted_cumulative_gain_at_5",
    "normalized_discounted_cumulative_gain_at_10",
    "normalized_discounted_cumulative_gain_at_25",
    "precision_at_5",
    "precision_at_10",
    "precision_at_25",
    "coverage",
)
"""The keys of GetSolutionMetrics for the classic recipes, in the order in which screens show them."""

HIT_RATES = ("hit_rate_at_10", "hit_rate_at_25")
"""What the embedded engine measures besides: the share of test users with a right item in their list."""

MIN_USERS = 30
"""Below this many test users no winner is named."""

_SHORT = {
    "mean_reciprocal_rank": "MRR",
    "normalized_discounted_cumulative_gain": "NDCG",
    "precision": "precision",
    "hit_rate": "hit rate",
    "coverage": "coverage",
}


class Interval(Protocol):
    """A measured value with its 95 % interval."""

    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


def cut_off(metric: str) -> int | None:
    """Return K of a metric "..._at_K", or None."""
    head, _, tail = metric.rpartition("_at_")
    return int(tail) if head and tail.isdigit() else None


def metric_label(metric: str) -> str:
    """Return the short name, "MRR@25" for mean_reciprocal_rank_at_25; an unknown key stays as it is."""
    k = cut_off(metric)
    stem = metric.removesuffix(f"_at_{k}")
    short = _SHORT.get(stem, stem.replace("_", " "))
    return short if k is None else f"{short}@{k}"


def metric_sentence(
    metric: str, value: float, baseline: float | None = None, words: Words = FILM_WORDS, against: str = "bestsellers"
) -> str:
    """Return in one sentence what a value means, with the baseline's beside it where it is known.

    against is the baseline's name.
    """
    k = cut_off(metric)
    stem = metric.removesuffix(f"_at_{k}")
    if stem == "mean_reciprocal_rank":
        return _beside(
            f"The first right {words.noun} is typically {_place(value)} in the list (harmonic mean)",
            None if baseline is None else _place(baseline),
            against,
        )
    if stem == "precision" and k is not None:
        return _beside(
            f"People go on to {words.verb} {k * value:.1f} of the {k} {words.nouns} shown",
            None if baseline is None else f"{k * baseline:.1f}",
            against,
        )
    if stem == "normalized_discounted_cumulative_gain":
        return _beside(
            f"The order of the {k} is worth {percent(value)} of the best possible order",
            None if baseline is None else percent(baseline),
            against,
        )
    if stem == "hit_rate":
        return _beside(
            f"{chance(value) if baseline is None else f'{percent(value)} of'} people find at least one right "
            f"{words.noun} among {k}",
            None if baseline is None else percent(baseline),
            against,
        )
    if stem == "coverage":
        return _beside(
            f"{percent(value)} of all {words.nouns} are shown to at least one person",
            None if baseline is None else percent(baseline),
            against,
        )
    return _beside(f"{metric_label(metric)} is {value:.3f}", None if baseline is None else f"{baseline:.3f}", against)


def verdict(difference: Interval, n_users: int) -> str:
    """Return "beats", "loses to", "no clear difference" or "too few people to tell (n = 12)"."""
    if n_users < MIN_USERS:
        return f"too few people to tell (n = {n_users})"
    if difference.low > 0:
        return "beats"
    return "loses to" if difference.high < 0 else "no clear difference"


def relative(difference: Interval, baseline: float) -> str:
    """Return a difference as percent of the baseline with its interval: "+114 % (95 %: +96 to +133)"."""
    if baseline <= 0:
        return f"{difference.value:+.3f} (95 %: {difference.low:+.3f} to {difference.high:+.3f})"
    low, high = (100 * part / baseline for part in (difference.low, difference.high))
    return f"{signed_percent(difference.value / baseline)} (95 %: {low:+.0f} to {high:+.0f})"


def _place(reciprocal_rank: float) -> str:
    return "nowhere" if reciprocal_rank <= 0 else f"at place {1 / reciprocal_rank:.1f}"


def _beside(sentence: str, baseline: str | None, against: str) -> str:
    return f"{sentence}." if baseline is None else f"{sentence}; {against}: {baseline}."
