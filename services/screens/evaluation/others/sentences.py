"""The sentences about lists of other recommenders on Evaluation: better than ours, on whom, and how to make them."""

from services.laboratory import hit_rates
from services.language.metrics import verdict
from services.language.phrases import counted, percent
from services.language.vocabulary import Words
from services.personalize.recipe_names import answers_of
from services.screens.evaluation.results import Comparison
from services.screens.evaluation.sentences import label

BRING = (
    "A file with a line for each item of each person's list: user_id, item_id, rank or score, and model where there "
    "are several. CSV, Parquet or JSON lines, as RecTools, RePlay, Evidently, Cornac and batch jobs write them."
)
LEARN = (
    "Let your recommender learn from this part, then write a list of 25 for each of these people. What comes after "
    "the split is not in it."
)
NONE = "No lists yet. Upload those of your own recommender, and this screen says whether they are better than ours."
AFTER_A_RUN = (
    "Lists of your own recommender? Measure once here: the result has the part to learn from, and compares any lists."
)


def better(pair: Comparison, name: str) -> str:
    """Return whether other lists are better than ours, in one sentence; the pair's model is the other one."""
    ours = answers_of(pair.other.name)
    called = verdict(pair.difference, pair.n)
    is_rate = pair.metric == "hit_rate"
    one, other = (
        (percent(value.value) if is_rate else f"{value.value:.3f}") for value in (pair.model_value, pair.other_value)
    )
    measured = "right for" if is_rate else label(pair.metric, pair.k)
    of = f"{counted(pair.n, 'person', 'people')}"
    figures = f"{measured} {one} of the same {of}, {ours} {'for ' if is_rate else ''}{other} ({_gain(pair)})"
    if not is_rate:
        figures = f"{measured} is {one} on the same {of}, of {ours} {other} ({_gain(pair)})"
    if called == "beats":
        return f"Yes: {name} is better than ours, {figures}."
    if called == "loses to":
        return f"No: {name} is not better than ours, {figures}."
    if called == "no clear difference":
        return f"{name} and ours: no clear difference, {figures}."
    return f"{name} and ours: {called}; {figures}."


def _gain(pair: Comparison) -> str:
    gain = pair.difference
    if pair.metric != "hit_rate":
        return f"{gain.value:+.3f}, 95 %: {gain.low:+.3f} to {gain.high:+.3f}"
    points = hit_rates.points(pair.model_value.value, pair.other_value.value)
    return f"{points}, 95 %: {100 * gain.low:+.0f} to {100 * gain.high:+.0f}"


def doubtful(leak: str) -> str:
    """Return why what is measured may be wrong."""
    return f"Do not trust this yet. {leak}"


def left_out(n: int, n_people: int) -> str:
    """Return on whom everything is measured where some have no list; "" where all have one."""
    if not n:
        return ""
    return f"{n:,} people without a list of each are left out of every figure; {n_people:,} are compared."


def kept_words(n: int, name: str, words: Words) -> str:
    """Return what a toast says after an upload."""
    return f"{name}: lists of {words.nouns} for {counted(n, 'person', 'people')} are kept."
