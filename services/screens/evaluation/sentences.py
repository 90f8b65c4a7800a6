"""The sentences of the Evaluation screen: who wins, by how much, on which split, and what a run does."""

from collections.abc import Mapping, Sequence

import pandas as pd

from services.backend import Backend
from services.laboratory import hit_rates
from services.laboratory.context import CANCELLED, FAILED
from services.laboratory.estimates import Estimate
from services.laboratory.runs import RunView
from services.language.metrics import relative, verdict
from services.language.phrases import capital, counted, day, percent
from services.language.vocabulary import Words
from services.library.prepared import FILE_ORDER, ONE_TIME
from services.money.sentences import before_run
from services.personalize.recipe_names import PERSONAL, PERSONAL_LISTS, RECIPE_WORDS, answers_of
from services.progress import StepState
from services.screens.evaluation.facts import Facts, Interim
from services.screens.evaluation.measures import COVERAGE
from services.screens.evaluation.methods import POPULARITY, RANDOM, UNSEEN_POPULARITY, Method
from services.screens.evaluation.parameters import Parameters
from services.screens.evaluation.plan import Contestant
from services.screens.evaluation.results import Comparison, EvaluationResult
from services.screens.evaluation.split import AWS, IN_SESSION, LAST_TENTH, SESSION, TIME

LABELS = {
    "hit_rate": "hit rate",
    "ndcg": "NDCG",
    "mrr": "MRR",
    "map": "MAP",
    "precision": "precision",
    "recall": "recall",
    "next": "next item",
    "next_mrr": "next item, MRR",
    "serendipity": "serendipity",
    "personalisation": "personalisation",
    COVERAGE: "coverage",
    "novelty": "novelty",
    "diversity": "diversity",
    "popularity_bias": "popularity bias",
    "amazon_ndcg": "NDCG, notebook",
}
LOWER_IS_BETTER = ("popularity_bias",)
PROTOCOL_NAMES = {
    TIME: "everything after one date",
    LAST_TENTH: "last 10 % of each person's events, as in Amazon's notebook",
    SESSION: "the last session of each person, whole",
    IN_SESSION: "late sessions, all but their first event",
    AWS: "Amazon's own metric split",
}
MOVIELENS = (
    "MovieLens: people rated many films in one sitting, in an order that the site proposed. Models of sequences gain "
    "from that, so these figures say less about other data."
)
NO_METADATA_PAIR = (
    "This result does not compare a recipe with and without metadata. Start a new run with both recipes; it can also "
    "measure each metadata column alone."
)
WITHOUT_TIMES = {
    FILE_ORDER: "This data has no times. What is held out is what stands last in the file, not what came later.",
    ONE_TIME: "This data has no times, so nothing in it came later: what is held out is any part of it.",
}
USER_COLUMNS_HELP = "The recipe with metadata is trained with all columns, and once without each column of the people."
_BASELINES = {POPULARITY: "Bestsellers", UNSEEN_POPULARITY: "Bestsellers not yet seen", RANDOM: "Random"}
_IN_SENTENCE = {
    POPULARITY: hit_rates.BESTSELLERS,
    UNSEEN_POPULARITY: hit_rates.UNSEEN_BESTSELLERS,
    RANDOM: "random lists",
}
_ORDERS = {"Typical": "most typical", "Best served": "best served", "Worst served": "worst served"}
MAX_HEADLINE = 140


def label(metric: str, k: int) -> str:
    """Return "NDCG@25"."""
    return f"{LABELS.get(metric, metric)}@{k}"


def method_words(method: Method, names: Mapping[Method, str], nouns: str) -> str:
    """Return a method's name on screens: "Personal lists", "Bestsellers not yet seen"."""
    if method in _BASELINES:
        return _BASELINES[method]
    listed = method.as_listed
    name = names.get(listed) or _BASELINES.get(listed, listed.key)
    return f"{name}, seen {nouns} last" if method.seen_last else name


def in_sentence(method: Method, names: Mapping[Method, str], nouns: str) -> str:
    """Return a method's name within a sentence: "bestsellers they have not seen"."""
    return _IN_SENTENCE.get(method) or method_words(method, names, nouns).replace(",", "")


def protocol_words(facts: Facts) -> str:
    """Return the split as the source line names it."""
    if facts.protocol == TIME and not facts.has_times:
        return f"the last {100 * facts.parameters.share:g} % of the rows, as there are no times"
    if facts.protocol == TIME and facts.moment:
        return f"everything after {day(facts.moment)}"
    return PROTOCOL_NAMES[facts.protocol].replace("10 %", f"{100 * facts.parameters.share:g} %")


def source(result: EvaluationResult, group: str, words: Words) -> str:
    """Return the grey line: data, split, users, candidates, what becomes of seen items, whose data it is."""
    facts = result.facts
    parts = [group, protocol_words(facts)]
    if result.by_person:
        again = any(method.with_seen_last in result.methods for method in result.models)
        parts += [
            f"{len(result.users):,} people",
            f"{facts.n_items:,} {words.nouns} to choose from",
            f"recipes {'list' if again else 'do not list'} seen {words.nouns}",
        ]
    return " · ".join([*parts, *([facts.note] if facts.note else [])])


def headline(pair: Comparison | None, result: EvaluationResult, model: Method, other: Method, words: Words) -> str:
    """Return the screen's sentence: who is right for more people, or that it cannot be told, or who loses."""
    name, beside = _in_headline(model, other, result, words), _in_headline(other, model, result, words)
    if pair is None:
        return _without_people(result, model, other, name, beside)
    if pair.metric == "hit_rate":
        return capital(_right_for(pair, name, beside))
    called = verdict(_for_better(pair), pair.n)
    if not pair.enough:
        return capital(f"{name} against {beside}: {called}.")
    metric = label(pair.metric, pair.k)
    values = f"{_figure(pair.model_value.value)} against {_figure(pair.other_value.value)}"
    if called == "no clear difference":
        return capital(_fit(f"{name} and {beside}: no clear difference in {metric}, {values}; ", pair))
    verb = "beat" if called == "beats" else "lose to"
    return capital(_fit(f"{name} {verb} {beside} in {metric}: {values}, ", pair))


def _in_headline(method: Method, other: Method, result: EvaluationResult, words: Words) -> str:
    """Return a method in a customer's words; by its recipe only where the other one would be called the same."""
    if method in _IN_SENTENCE:
        return _IN_SENTENCE[method]
    if method.other:
        return f"the lists of {result.words[method]}"
    if (other in _IN_SENTENCE or other.other) and method.name in PERSONAL:
        return PERSONAL_LISTS
    if method.as_listed == method and answers_of(method.name) != answers_of(other.name):
        return answers_of(method.name)
    return f"the lists of “{in_sentence(method, result.words, words.nouns)}”"


def _right_for(pair: Comparison, name: str, beside: str) -> str:
    """Return for how many people the lists are right, with the counts of exactly that."""
    called = verdict(pair.difference, pair.n)
    shares = f"{percent(pair.model_value.value)} against {percent(pair.other_value.value)}"
    if called in ("beats", "loses to"):
        more = "more" if called == "beats" else "fewer"
        return _fit(f"{name} are right for {more} people than {beside}: {shares}; ", pair)
    return _fit(f"{name} and {beside}: {called}, right for {shares}; ", pair)


def gains_most(segments: pd.DataFrame, result: EvaluationResult) -> list[str]:
    """Return in a sentence which segment gains most and which least; segments is EvaluationResult.by_segment."""
    enough = segments[segments["enough"]]
    if len(enough) < 2:
        return []
    by = result.segment_names[0]
    most, least = enough.iloc[0], enough.iloc[-1]
    gained = [f"{row['segment']} ({hit_rates.points(row['model'], row['other'])})" for row in (most, least)]
    return [f"By {by}, the gain is largest for {gained[0]} and smallest for {gained[1]}."]


def people_name(metric: str, k: int, words: Words) -> str:
    """Return what the people are told apart by: "right films among 25", "NDCG@25"."""
    return f"right {words.nouns} among {k}" if metric == "hit_rate" else label(metric, k)


def rows_words(n: int, most: int, which: str) -> str:
    """Return which people the table has: "592 people, typical ones first", "the 200 worst served of 592"."""
    if n <= most:
        return f"{counted(n, 'person', 'people')}, {_ORDERS[which]} first"
    return f"the {most} {_ORDERS[which]} of {n:,}"


def difference_words(pair: Comparison) -> str:
    """Return the difference as percent of the other's value, with its interval."""
    return relative(pair.difference, pair.other_value.value)


def points(pair: Comparison) -> str:
    """Return the difference of two hit rates in points of percent, as they are shown: "+10 points"."""
    return hit_rates.points(pair.model_value.value, pair.other_value.value)


def alt(pair: Comparison, model: str, other: str) -> str:
    """Return the main picture in words; model and other are the methods' names."""
    value = pair.model_value
    return (
        f"{label(pair.metric, pair.k)}: {model} {value.value:.3f} (95 % {value.low:.3f}-{value.high:.3f}), {other} "
        f"{pair.other_value.value:.3f}; wins {pair.wins:,}, ties {pair.ties:,}, losses {pair.losses:,}."
    )


def better_side(y: str, x: str) -> str:
    """Return which corner of a picture of two metrics is the better one, and what its marks are."""
    up, right = ("down" if metric in LOWER_IS_BETTER else word for metric, word in ((y, "up"), (x, "to the right")))
    right = "to the left" if x in LOWER_IS_BETTER else right
    return f"{capital(up)} and {right} is better. Squares: bestsellers."


def trade_off_alt(rows: pd.DataFrame, y: str, x: str) -> str:
    """Return a picture of two metrics in words: each method with both; y and x are labels."""
    methods = "; ".join(f"{row.label} {row.y:.3f}, {row.x:.3f}" for row in rows.itertuples())
    return f"{y} against {x} of {counted(len(rows), 'method', 'methods')}. {methods}."


def change_words(value: float, metric: str) -> str:
    """Return a difference of a metric, in points of percent where screens say its values in percent: "+0.5 points"."""
    return f"{100 * value:+.1f} points" if metric == "hit_rate" else f"{value:+.4f}"


def metadata_words(seeds: pd.DataFrame, metric: str, k: int) -> str:
    """Return what metadata changes, from EvaluationResult.seeds."""
    change = f"{label(metric, k)} by {change_words(float(seeds['difference'].mean()), metric)}"
    if len(seeds) > 1:
        n_better = int((seeds["difference"] > 0).sum())
        return f"Metadata changes {change} on average; better in {n_better} of {len(seeds)} trainings."
    clear = seeds["low"].iloc[0] > 0 or seeds["high"].iloc[0] < 0
    sure = "clear over people" if clear else "no clear difference over people"
    return f"Metadata changes {change}: {sure}. One training of each does not show how much of it is luck."


def interim_words(interim: Interim) -> str:
    """Return what a running or stopped run would find so far."""
    value, low, high = (100 * part for part in (interim.value, interim.low, interim.high))
    rest = "; the range narrows as more are asked" if interim.done < interim.of else ""
    return (
        f"“{interim.words}” is right for {value:.0f} % (95 %: {low:.0f} to {high:.0f}) after {interim.done:,} of "
        f"{interim.of:,} people{rest}."
    )


def run_name(parameters: Parameters) -> str:
    """Return the name of a new run: "Personal lists, Popularity · everything after one date"."""
    names = [RECIPE_WORDS.get(recipe, recipe) for recipe in parameters.recipes]
    return f"{', '.join(names)} · {PROTOCOL_NAMES[parameters.protocol].split(',')[0]}"


def stopped_words(run: RunView) -> str:
    """Return why a run stopped or failed, where, and how much of it is finished."""
    failed = next((step for step in run.steps if step.state == StepState.FAILED), None)
    where = f"“{failed.label}” did not work: " if failed is not None and run.state == FAILED else ""
    reason = run.reason or ("Somebody pressed Stop." if run.state == CANCELLED else "No reason was given.")
    n_done = sum(step.state == StepState.DONE for step in run.steps)
    return f"{where}{reason} {counted(n_done, 'step is', 'steps are')} finished."


def aws_words(backend: Backend, plan: Sequence[Contestant], n_people: int) -> str:
    """Return what a run makes and costs on AWS, "" on this machine."""
    if backend.kind != "aws":
        return ""
    n, calls = len(plan), n_people * len(plan)
    return (
        f"On AWS this costs money: {counted(n, 'training', 'trainings')} of about an hour, "
        f"{counted(n, 'campaign', 'campaigns')} for the time of asking, deleted at the end, and "
        f"{counted(calls, 'call', 'calls')} of GetRecommendations. "
        f"{before_run(backend, [entry.method.name for entry in plan])}"
    )


def _without_people(result: EvaluationResult, model: Method, other: Method, name: str, against: str) -> str:
    rate, beside = result.estimate(model, "hit_rate", 25), result.estimate(other, "hit_rate", 25)
    if rate is not None and beside is not None:
        return (
            f"{capital(name)} are right for {percent(rate.value)} of AWS's test people, {against} for "
            f"{percent(beside.value)}."
        )
    ndcg = result.estimate(model, "ndcg", 25)
    if ndcg is None:
        return f"{capital(name)} have no metrics."
    return f"{capital(name)}: NDCG@25 is {ndcg.value:.3f} on AWS's own split."


def _for_better(pair: Comparison) -> Estimate:
    """Return the difference with its sign turned where lower is better."""
    gain = pair.difference
    return Estimate(-gain.value, -gain.high, -gain.low) if pair.metric in LOWER_IS_BETTER else gain


def _fit(sentence: str, pair: Comparison) -> str:
    """Return the sentence with as many of the counts as fit, without them where none does."""
    counts = f"{sentence}better for {pair.wins:,}, worse for {pair.losses:,}"
    same = f", same for {pair.ties:,}"
    endings = (f"{same} of {pair.n:,}.", f"{same}.", ".")
    bare = f"{sentence.rstrip('; ,')}."
    return next((whole for ending in endings if len(whole := counts + ending) <= MAX_HEADLINE), bare)


def _figure(value: float) -> str:
    return f"{value:.3f}"
