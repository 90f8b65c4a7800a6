"""Every metric of an evaluation in plain words, with the value of another method beside it."""

from services.language.metrics import metric_sentence
from services.language.phrases import percent
from services.language.vocabulary import Words
from services.screens.evaluation.measures import COVERAGE
from services.screens.evaluation.methods import TAKEN, Method
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.sentences import in_sentence, label

_AWS_STEMS = {
    "ndcg": "normalized_discounted_cumulative_gain",
    "mrr": "mean_reciprocal_rank",
    "precision": "precision",
    "hit_rate": "hit_rate",
}


def sentence(result: EvaluationResult, method: Method, other: Method, metric: str, k: int, words: Words) -> str:
    """Return what a metric's value means, with the other's beside it; "" where it was not measured."""
    estimate, beside = result.estimate(method, metric, k), result.estimate(other, metric, k)
    if estimate is None:
        return ""
    against = in_sentence(other, result.words, words.nouns)
    return _sentence(result, metric, k, estimate.value, None if beside is None else beside.value, against, words)


def _sentence(
    result: EvaluationResult, metric: str, k: int, value: float, beside: float | None, against: str, words: Words
) -> str:
    if metric in _AWS_STEMS:
        return metric_sentence(f"{_AWS_STEMS[metric]}_at_{k}", value, beside, words, against)
    if metric == COVERAGE:
        return _coverage(result, value, beside, against, words)
    if metric == "novelty":
        per_thousand = f"The typical {words.noun} shown was {words.past} by {1000 * (1 - value):.0f} of 1,000 people"
        return f"{per_thousand}." if beside is None else f"{per_thousand}; {against}: by {1000 * (1 - beside):.0f}."
    if metric == "recall":
        clause = f"{_percent(value)} of what people went on to {words.verb} is among the first {k}"
        return _beside(clause, _percent(beside), against)
    if metric == "map":
        clause = f"Counted at every right one, the list so far is right in {_percent(value)} of its places (MAP)"
        return _beside(clause, _percent(beside), against)
    if metric == "next":
        clause = f"The very next {words.noun} that people {words.past} is among the first {k} for {_percent(value)}"
        return _beside(clause, _percent(beside), against)
    if metric == "next_mrr":
        raw = None if beside is None else f"{beside:.3f}"
        return _beside(f"1 / rank of the very next {words.noun}, within {k}, is {value:.3f} on average", raw, against)
    if metric == "serendipity":
        clause = f"{k * value:.1f} of {k} are right and none of the {k} bestsellers"
        return _beside(clause, None if beside is None else f"{k * beside:.1f}", against)
    if metric == "personalisation":
        clause = f"Two random people's lists share {_percent(1 - value)} of their {words.nouns}"
        return _beside(clause, None if beside is None else _percent(1 - beside), against)
    if metric == "diversity":
        clause = f"Two {words.nouns} of one list share {_percent(1 - value)} of their categories"
        return _beside(clause, None if beside is None else _percent(1 - beside), against)
    if metric == "popularity_bias":
        taken = result.estimate(TAKEN, "popularity_bias", 25)
        usual = "" if taken is None else f" and {_percent(taken.value)} of what people {words.past}"
        clause = f"The 5 % most {words.past} {words.nouns} make up {_percent(value)} of what is shown{usual}"
        return _beside(clause, _percent(beside), against)
    raw = None if beside is None else f"{beside:.3f}"
    if metric == "amazon_ndcg":
        clause = f"By the formula of Amazon's notebook, the order of the right ones is worth {value:.3f}"
        return _beside(clause, raw, against)
    return _beside(f"{label(metric, k)} is {value:.3f}", raw, against)


def _coverage(result: EvaluationResult, value: float, beside: float | None, against: str, words: Words) -> str:
    n_items, n_people = result.facts.n_items, result.facts.n_people
    if not n_people:
        return metric_sentence(COVERAGE, value, beside, words, against)
    shown = f"{round(n_items * value):,} of {n_items:,} {words.nouns}"
    clause = f"{shown} are shown to at least one of these {n_people:,} people"
    return _beside(clause, None if beside is None else f"{round(n_items * beside):,}", against)


def _percent(share: float | None) -> str | None:
    return None if share is None else percent(share)


def _beside(clause: str, value: str | None, against: str) -> str:
    return f"{clause}." if value is None else f"{clause}; {against}: {value}."
