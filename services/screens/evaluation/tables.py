"""The frames that the Evaluation screen draws and its report prints."""

from collections.abc import Sequence

import pandas as pd

from services.language.phrases import percent
from services.language.vocabulary import Words
from services.screens.evaluation.methods import POPULARITY, RANDOM, Method
from services.screens.evaluation.plain_words import sentence
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.sentences import label, method_words

BINS = 20
TYPICAL, BEST, WORST = "Typical", "Best served", "Worst served"
SERVED = (TYPICAL, BEST, WORST)
"""In which order users are shown."""
ROLES = {POPULARITY: "popularity", RANDOM: "chance"}
OUTCOMES = ("better", "same", "worse")


def role(method: Method) -> str:
    """Return the role in which a method is drawn: "model", "popularity" or "chance"."""
    return ROLES.get(method.as_listed, "model")


def dots(result: EvaluationResult, metric: str, k: int, nouns: str) -> pd.DataFrame:
    """Return method, label, role, value, low, high, words of the main picture, the largest value first."""
    rows = []
    for method in result.main_methods:
        mean = result.estimate(method, metric, k)
        if mean is not None:
            name = method_words(method, result.words, nouns)
            rows.append((method.key, name, role(method), mean.value, mean.low, mean.high, figure(metric, mean.value)))
    frame = pd.DataFrame(rows, columns=["method", "label", "role", "value", "low", "high", "words"])
    return frame.sort_values("value", ascending=False, kind="stable", ignore_index=True)


def figure(metric: str, value: float) -> str:
    """Return a value as it is shown: a hit rate as a share of people, everything else with three digits."""
    return percent(value) if metric == "hit_rate" else f"{value:.3f}"


def outcomes(
    result: EvaluationResult, model: Method, others: Sequence[Method], metric: str, k: int, nouns: str
) -> pd.DataFrame:
    """Return label, outcome, n, start, end, middle: one stacked bar per comparison, in shares of all users."""
    rows = []
    for other in others:
        pair = result.compare(model, other, metric, k)
        if pair is None or not pair.n:
            continue
        start = 0.0
        for outcome, n in zip(OUTCOMES, (pair.wins, pair.ties, pair.losses), strict=True):
            end = start + n / pair.n
            words = f"{outcome} {n:,}" if n / pair.n > 0.09 else (f"{n:,}" if n / pair.n > 0.04 else "")
            name = f"against {method_words(other, result.words, nouns).lower()}"
            rows.append((name, outcome, n, start, end, (start + end) / 2, words))
            start = end
    return pd.DataFrame(rows, columns=["label", "outcome", "n", "start", "end", "middle", "words"])


def everything(result: EvaluationResult, nouns: str) -> pd.DataFrame:
    """Return every figure for the download: method, name, metric, k, value, low, high."""
    names = [method_words(Method.read(key), result.words, nouns) for key in result.summary["method"]]
    frame = result.summary.copy()
    frame.insert(1, "name", names)
    return frame


def plain_words(result: EvaluationResult, model: Method, other: Method, k: int, words: Words) -> pd.DataFrame:
    """Return metric, value, baseline, sentence at a cut-off, for what was measured."""
    rows = []
    for metric, at in result.metrics():
        mean, beside = result.estimate(model, metric, at), result.estimate(other, metric, at)
        if at == k and mean is not None:
            baseline = None if beside is None else beside.value
            text = sentence(result, model, other, metric, k, words)
            rows.append((label(metric, k), mean.value, baseline, text))
    return pd.DataFrame(rows, columns=["metric", "value", "baseline", "sentence"])


def people_metric(metric: str, k: int) -> tuple[str, float]:
    """Return the metric by which users are told apart, and the factor of its values.

    A hit rate is 0 or 1 for one user, so the right ones among k are counted instead.
    """
    return ("precision", float(k)) if metric == "hit_rate" else (metric, 1.0)


def people(result: EvaluationResult, model: Method, other: Method, metric: str, k: int) -> pd.DataFrame:
    """Return EvaluationResult.differences by the metric of people_metric, the worst served first."""
    name, factor = people_metric(metric, k)
    frame = result.differences(model, other, name, k)
    values = ["model", "other", "difference"]
    return frame.assign(**{column: frame[column] * factor for column in values})


def served(frame: pd.DataFrame, which: str) -> pd.DataFrame:
    """Return the users in the order of SERVED; frame has the worst served first, as from people().

    Typical is close to the middle: by the difference first, then by the model's value, then by how much was held out.
    """
    if which == WORST:
        return frame
    if which == BEST:
        return frame.iloc[::-1].reset_index(drop=True)
    columns = ["difference", "model", "n_truth"]
    far = (frame[columns] - frame[columns].median()).abs()
    return frame.loc[far.sort_values(columns, kind="stable").index].reset_index(drop=True)


def histogram(frame: pd.DataFrame) -> pd.DataFrame:
    """Return bin, low, high, n of the users' differences; one bin has 0 in its middle."""
    widest = max(float(frame["difference"].abs().max()), 1e-6)
    width = 2 * widest / (BINS + 1)
    edges = [-widest + width * number for number in range(BINS + 2)]
    cut = pd.cut(frame["difference"], edges, labels=False, include_lowest=True)
    counts = cut.value_counts()
    rows = [(b, edges[b], edges[b + 1], int(counts.get(b, 0))) for b in range(BINS + 1)]
    return pd.DataFrame(rows, columns=["bin", "low", "high", "n"])


def trade_off(result: EvaluationResult, metric: str, k: int, against: str, nouns: str) -> pd.DataFrame:
    """Return label, role, x (coverage or novelty), y (the metric) of every method that has both."""
    rows = []
    for method in result.main_methods:
        x, y = result.estimate(method, against, k), result.estimate(method, metric, k)
        if x is not None and y is not None:
            rows.append((method_words(method, result.words, nouns), role(method), x.value, y.value))
    return pd.DataFrame(rows, columns=["label", "role", "x", "y"])


def slopes(seeds: pd.DataFrame) -> pd.DataFrame:
    """Return seed, place, value, mean: the plain recipe at place 0 and that with metadata at 1, and the means of both.

    seeds is EvaluationResult.seeds.
    """
    sides = (("plain", 0), ("metadata", 1))
    trainings = [
        (f"{seed}", place, value, False)
        for side, place in sides
        for seed, value in zip(seeds["seed"], seeds[side], strict=True)
    ]
    means = [("mean", place, float(seeds[side].mean()), True) for side, place in sides]
    return pd.DataFrame([*trainings, *means], columns=["seed", "place", "value", "mean"])
