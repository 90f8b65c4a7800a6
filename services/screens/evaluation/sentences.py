"""The sentences of the Evaluation screen: who wins, by how much, on which split, and every metric in plain words."""

from collections.abc import Mapping
from typing import Any

from services.language.metrics import metric_sentence, relative, verdict
from services.language.phrases import chance, day
from services.language.vocabulary import Words
from services.screens.evaluation.measures import COVERAGE, Estimate
from services.screens.evaluation.methods import POPULARITY, RANDOM, UNSEEN
from services.screens.evaluation.results import Comparison, EvaluationResult
from services.screens.evaluation.split import AWS, LAST_TENTH, TIME
from services.screens.evaluation.summary import TAKEN

LABELS = {
    "ndcg": "NDCG",
    "mrr": "MRR",
    "precision": "precision",
    "recall": "recall",
    "hit_rate": "hit rate",
    COVERAGE: "coverage",
    "novelty": "novelty",
    "diversity": "diversity",
    "popularity_bias": "popularity bias",
    "amazon_ndcg": "NDCG, notebook",
}
LOWER_IS_BETTER = ("popularity_bias",)
PROTOCOL_NAMES = {
    TIME: "everything after one date, leaks nothing",
    LAST_TENTH: "last 10 % of each person's events, as in Amazon's notebook",
    AWS: "Amazon's own metric split",
}
MOVIELENS = (
    "MovieLens people rated in long sittings from pages the site had ordered; sequence models gain from that, so these "
    "figures say less about other data than they seem to."
)
_AWS_STEMS = {
    "ndcg": "normalized_discounted_cumulative_gain",
    "mrr": "mean_reciprocal_rank",
    "precision": "precision",
    "hit_rate": "hit_rate",
}
LONGEST = 140


def label(metric: str, k: int) -> str:
    """Return "NDCG@25"; coverage is said with its cut-off too."""
    return f"{LABELS.get(metric, metric)}@{k}"


def method_words(key: str, names: Mapping[str, str], nouns: str) -> str:
    """Return a method's name for people: "HRNN", "Popularity, without seen films"."""
    plain = key.removesuffix(UNSEEN)
    said = names.get(plain) or {POPULARITY: "Popularity", RANDOM: "Random"}.get(plain, plain)
    if plain == key:
        return said
    return f"{said}, without seen {nouns}" if plain == POPULARITY else f"{said}, seen {nouns} last"


def in_sentence(key: str, names: Mapping[str, str], nouns: str) -> str:
    """Return a method's name within a sentence: "popularity without seen films"."""
    said = method_words(key, names, nouns).replace(",", "")
    return said[0].lower() + said[1:] if key.removesuffix(UNSEEN) in (POPULARITY, RANDOM) else said


def protocol_words(facts: Mapping[str, Any]) -> str:
    """Return the split as the source line names it."""
    if facts["protocol"] == TIME and facts.get("moment"):
        return f"everything after {day(facts['moment'])}, leaks nothing"
    share = facts["parameters"]["share"]
    return PROTOCOL_NAMES[facts["protocol"]].replace("10 %", f"{100 * share:g} %")


def source(result: EvaluationResult, group: str, words: Words) -> str:
    """Return the grey line: data, split, people, candidates, what becomes of seen items, whose data it is."""
    facts = result.facts
    parts = [group, protocol_words(facts)]
    if result.by_person:
        again = any(method + UNSEEN in result.methods for method in result.models)
        parts += [
            f"{facts['n_people']:,} people",
            f"{facts['n_items']:,} {words.nouns} to choose from",
            f"recipes {'list' if again else 'do not list'} seen {words.nouns}",
        ]
    return " · ".join([*parts, *([facts["note"]] if facts["note"] else [])])


def headline(found: Comparison | None, result: EvaluationResult, model: str, other: str, words: Words) -> str:
    """Return the screen's sentence: who is right for more people, or that nobody can tell, or who loses."""
    one, two = (in_sentence(key, result.words, words.nouns) for key in (model, other))
    if found is None:
        return _without_people(result, model, other, one, two)
    said = verdict(_for_better(found), found.n)
    name = label(found.metric, found.k)
    values = f"{_figure(found.model_value.value)} against {_figure(found.other_value.value)}"
    if not found.enough:
        return f"{one} against {two}: {said}."
    if said == "no clear difference":
        return _fit(f"{one} and {two}: no clear difference in {name}, {values}; ", found)
    rate = result.compare(model, other, "hit_rate", found.k)
    clear = rate is not None and (rate.difference.low > 0 if said == "beats" else rate.difference.high < 0)
    if found.metric in ("ndcg", "hit_rate") and rate is not None and clear:
        shares = f"hit rate {rate.model_value.value:.0%} against {rate.other_value.value:.0%}".replace("%", " %")
        more = "more" if said == "beats" else "fewer"
        return _fit(f"{one} is right for {more} people than {two}: {shares}, ", found)
    return _fit(f"{one} {said} {two} in {name}: {values}, ", found)


def difference_words(found: Comparison) -> str:
    """Return the difference as percent of the other's value, with its interval."""
    return relative(found.difference, found.other_value.value)


def alt(found: Comparison, one: str, other: str) -> str:
    """Return the main picture in words."""
    value = found.model_value
    return (
        f"{label(found.metric, found.k)}: {one} {value.value:.3f} (95 % {value.low:.3f}-{value.high:.3f}), {other} "
        f"{found.other_value.value:.3f}; wins {found.wins:,}, ties {found.ties:,}, losses {found.losses:,}."
    )


def sentence(result: EvaluationResult, method: str, other: str, metric: str, k: int, words: Words) -> str:
    """Return what a metric's value means, with the other's beside it."""
    found, beside = result.estimate(method, metric, k), result.estimate(other, metric, k)
    if found is None:
        return ""
    second = None if beside is None else beside.value
    said = _plain(result, metric, k, found.value, second, words)
    if other.removesuffix(UNSEEN) == POPULARITY:
        return said
    who = in_sentence(other, result.words, words.nouns)
    return said.replace("; popularity", f"; {who}").replace("popularity's by", f"{who}'s by")


def interim_words(interim: Mapping[str, Any]) -> str:
    """Return what a running or stopped run would say so far."""
    value, low, high = (100 * interim[name] for name in ("value", "low", "high"))
    rest = "; the range narrows with more" if interim["done"] < interim["of"] else ""
    return (
        f"{interim['words']} is right for {value:.0f} % (95 %: {low:.0f} to {high:.0f}) after {interim['done']:,} of "
        f"{interim['of']:,} people{rest}."
    )


def _plain(result: EvaluationResult, metric: str, k: int, value: float, beside: float | None, words: Words) -> str:
    if metric in _AWS_STEMS:
        return metric_sentence(f"{_AWS_STEMS[metric]}_at_{k}", value, beside, words)
    share = None if beside is None else f"{100 * beside:.0f} %"
    if metric == "recall":
        return _beside(f"Of all they went on to {words.verb}, {100 * value:.0f} % is among the first {k}", share)
    if metric == COVERAGE:
        n, people = result.facts["n_items"], result.facts["n_people"]
        if not people:
            return metric_sentence(COVERAGE, value, beside, words)
        shown = None if beside is None else f"{round(n * beside):,}"
        return _beside(
            f"{round(n * value):,} of {n:,} {words.nouns} are shown to at least one of these {people:,} visitors", shown
        )
    if metric == "novelty":
        per_thousand = f"The typical {words.noun} shown was {words.past} by {1000 * (1 - value):.0f} of 1,000 people"
        return per_thousand + ("." if beside is None else f"; popularity's by {1000 * (1 - beside):.0f}.")
    if metric == "diversity":
        alike = None if beside is None else f"{100 * (1 - beside):.0f} %"
        return _beside(f"Two {words.nouns} of one list share {100 * (1 - value):.0f} % of their categories", alike)
    if metric == "popularity_bias":
        taken = result.estimate(TAKEN, "popularity_bias", 25)
        what = "" if taken is None else f" and {100 * taken.value:.0f} % of what people {words.past}"
        return _beside(
            f"The 5 % most {words.past} {words.nouns} make up {100 * value:.0f} % of what is shown{what}", share
        )
    if metric == "amazon_ndcg":
        return _beside(
            f"By the code of Amazon's notebook the order of the right ones is worth {value:.3f}", _raw(beside)
        )
    return _beside(f"{label(metric, k)} is {value:.3f}", _raw(beside))


def _without_people(result: EvaluationResult, model: str, other: str, one: str, two: str) -> str:
    rate, beside = result.estimate(model, "hit_rate", 25), result.estimate(other, "hit_rate", 25)
    if rate is not None and beside is not None:
        return (
            f"{one}'s list has a right one for {chance(rate.value)} of AWS's test people; "
            f"{two}'s for {chance(beside.value)}."
        )
    found = result.estimate(model, "ndcg", 25)
    return f"{one}: NDCG@25 is {found.value:.3f} on AWS's own split." if found is not None else f"{one} has no metrics."


def _for_better(found: Comparison) -> Estimate:
    """Return the difference with its sign turned where lower is better."""
    gap = found.difference
    return Estimate(-gap.value, -gap.high, -gap.low) if found.metric in LOWER_IS_BETTER else gap


def _fit(said: str, found: Comparison) -> str:
    """Return the sentence with as many of the counts as fit."""
    counts = f"better for {found.wins:,}, worse for {found.losses:,}"
    same = f", same for {found.ties:,}"
    endings = (f"{same} of {found.n:,}.", f"{same}.", ".")
    return next((whole for end in endings if len(whole := said + counts + end) <= LONGEST), f"{said}{counts}.")


def _figure(value: float) -> str:
    return f"{value:.3f}"


def _raw(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"


def _beside(said: str, baseline: str | None) -> str:
    return f"{said}." if baseline is None else f"{said}; popularity: {baseline}."
