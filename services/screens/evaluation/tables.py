"""The frames that the Evaluation screen draws and its report prints."""

from collections.abc import Sequence

import pandas as pd

from services.language.vocabulary import Words
from services.screens.evaluation.methods import POPULARITY, RANDOM, UNSEEN
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.sentences import label, method_words, sentence

BINS = 20
OUTCOMES = ("better", "same", "worse")


def role(method: str) -> str:
    """Return what a method is drawn as: "model", "popularity" or "chance"."""
    plain = method.removesuffix(UNSEEN)
    return {POPULARITY: "popularity", RANDOM: "chance"}.get(plain, "model")


def main_methods(result: EvaluationResult) -> list[str]:
    """Return the methods of the main picture: all but recipes with one item column and more trainings of a recipe."""
    return [m for m in result.methods if ":" not in m and "#" not in m] or result.methods


def dots(result: EvaluationResult, metric: str, k: int, nouns: str) -> pd.DataFrame:
    """Return method, label, role, value, low, high, words of the main picture, the largest value first."""
    rows = []
    for method in main_methods(result):
        found = result.estimate(method, metric, k)
        if found is not None:
            name = method_words(method, result.words, nouns)
            rows.append((method, name, role(method), found.value, found.low, found.high, f"{found.value:.3f}"))
    frame = pd.DataFrame(rows, columns=["method", "label", "role", "value", "low", "high", "words"])
    return frame.sort_values("value", ascending=False, kind="stable", ignore_index=True)


def outcomes(
    result: EvaluationResult, model: str, others: Sequence[str], metric: str, k: int, nouns: str
) -> pd.DataFrame:
    """Return label, outcome, n, start, end, middle: one stacked bar a comparison, in shares of all people."""
    rows = []
    for other in others:
        found = result.compare(model, other, metric, k)
        if found is None or not found.n:
            continue
        start = 0.0
        for outcome, n in zip(OUTCOMES, (found.wins, found.ties, found.losses), strict=True):
            end = start + n / found.n
            words = f"{outcome} {n:,}" if n / found.n > 0.09 else (f"{n:,}" if n / found.n > 0.04 else "")
            name = f"against {method_words(other, result.words, nouns).lower()}"
            rows.append((name, outcome, n, start, end, (start + end) / 2, words))
            start = end
    return pd.DataFrame(rows, columns=["label", "outcome", "n", "start", "end", "middle", "words"])


def everything(result: EvaluationResult, nouns: str) -> pd.DataFrame:
    """Return every figure for the download: method, name, metric, k, value, low, high."""
    names = [method_words(method, result.words, nouns) for method in result.summary["method"]]
    frame = result.summary.copy()
    frame.insert(1, "name", names)
    return frame


def plain_words(result: EvaluationResult, model: str, other: str, k: int, words: Words) -> pd.DataFrame:
    """Return metric, value, baseline, sentence at a cut-off, for what was measured."""
    rows = []
    for metric, at in result.metrics():
        found, beside = result.estimate(model, metric, at), result.estimate(other, metric, at)
        if at == k and found is not None:
            value = None if beside is None else beside.value
            said = sentence(result, model, other, metric, k, words)
            rows.append((label(metric, k), found.value, value, said))
    return pd.DataFrame(rows, columns=["metric", "value", "baseline", "sentence"])


def histogram(frame: pd.DataFrame) -> pd.DataFrame:
    """Return bin, low, high, n of the per-person differences; one bin has 0 in its middle."""
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
    for method in main_methods(result):
        x, y = result.estimate(method, against, k), result.estimate(method, metric, k)
        if x is not None and y is not None:
            rows.append((method_words(method, result.words, nouns), role(method), x.value, y.value))
    return pd.DataFrame(rows, columns=["label", "role", "x", "y"])
