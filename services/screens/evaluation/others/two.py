"""Two results beside each other: the same people in both, paired, also where trainings or protocols differ."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from services.laboratory.estimates import Estimate, estimate
from services.language.metrics import verdict
from services.language.phrases import percent
from services.screens.evaluation.methods import Method
from services.screens.evaluation.results import SAME, EvaluationResult
from services.screens.evaluation.sentences import LOWER_IS_BETTER, label, method_words

COLUMNS = ("lists", "here", "there", "difference", "low", "high", "better", "worse", "people")


@dataclass(frozen=True)
class Two:
    """A method of one result against a method of another."""

    method: Method
    """Of the other result."""
    here: float
    there: float
    difference: Estimate
    """Here minus there, person by person."""
    better: int
    worse: int
    n: int


def against(
    one: EvaluationResult, model: Method, other: EvaluationResult, methods: Sequence[Method], metric: str, k: int
) -> list[Two]:
    """Return the model of a result against methods of another, over the people of both."""
    if not one.has(model, metric, k):
        return []
    own = pd.Series(one.values(model, metric, k), index=one.users["user_id"])
    found = []
    for method in methods:
        if not other.has(method, metric, k):
            continue
        theirs = pd.Series(other.values(method, metric, k), index=other.users["user_id"])
        both = own.index.intersection(theirs.index)
        gain = np.asarray(own[both] - theirs[both], np.float64)
        if len(both):
            means = (float(own[both].mean()), float(theirs[both].mean()))
            counts = (int((gain > SAME).sum()), int((gain < -SAME).sum()))
            found.append(Two(method, *means, estimate(gain), *counts, len(both)))
    return found


def frame(found: Sequence[Two], other: EvaluationResult, nouns: str) -> pd.DataFrame:
    """Return COLUMNS, one row a method of the other result."""
    rows = [
        (
            method_words(one.method, other.words, nouns),
            one.here,
            one.there,
            one.difference.value,
            one.difference.low,
            one.difference.high,
            one.better,
            one.worse,
            one.n,
        )
        for one in found
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def sentence(found: Two, name: str, run: str, other: str, metric: str, k: int) -> str:
    """Return which of two results is better for the same people; name is the method here, other that of run."""
    gain = found.difference
    if metric in LOWER_IS_BETTER:
        gain = Estimate(-gain.value, -gain.high, -gain.low)
    called = verdict(gain, found.n)
    show = percent if metric == "hit_rate" else "{:.3f}".format
    figures = f"{label(metric, k)} {show(found.here)} against {show(found.there)} for the same {found.n:,} people"
    difference = f"{found.difference.value:+.3f}, 95 %: {found.difference.low:+.3f} to {found.difference.high:+.3f}"
    words = {"beats": "is better than", "loses to": "is worse than"}.get(called)
    if words is None:
        return f"{name} here and {other} of {run}: {called}. {figures} ({difference})."
    return f"{name} here {words} {other} of {run}: {figures} ({difference})."


def same_truth(one: EvaluationResult, other: EvaluationResult) -> tuple[int, int]:
    """Return for how many people of both results the same items were held out, and how many are in both."""
    both = one.truth.keys() & other.truth.keys()
    return sum(set(one.truth[user]) == set(other.truth[user]) for user in both), len(both)


def truth_words(n_same: int, n: int) -> str:
    """Return what a comparison across results means, by what was held out."""
    if not n:
        return "Nobody was asked in both results, so they cannot be compared."
    if n_same == n:
        return f"The same items were held out for all {n:,} people of both results."
    return (
        f"Of {n:,} people in both results, {n_same:,} had the same items held out. For the others the tasks differ, "
        "so a difference may be that of the task."
    )
