"""The sentences of the Training screen: trained versions, their quality, the progress of a running job."""

from collections.abc import Mapping, Sequence

from services.backend import JobView, MetricEstimate
from services.laboratory.hit_rates import HitRates
from services.language.metrics import metric_label, metric_sentence
from services.language.phrases import age, capital, chance, counted, in_seconds, percent
from services.language.vocabulary import FILM_WORDS, Words
from services.personalize.recipe_names import NOT_PERSONAL, PERSONAL_LISTS, POPULARITY_COUNT, SIMS, answers_of
from services.personalize.recipes import Parameter
from services.personalize.states import Status
from services.personalize.versions import VersionView

HIT_RATE = "hit_rate_at_25"
MRR = "mean_reciprocal_rank_at_25"
SEARCH_HELP = (
    "Trains several times with different settings, compares them on people held out, and keeps the best (performHPO). "
    "The metrics of the version are measured on other people."
)

VERSION_STATES: Mapping[str, str] = {
    Status.ACTIVE: "ready",
    Status.CREATE_PENDING: "waiting",
    Status.CREATE_IN_PROGRESS: "training",
    Status.CREATE_STOPPING: "stopping",
    Status.CREATE_STOPPED: "stopped",
    Status.CREATE_FAILED: "failed",
}


def best(versions: Sequence[VersionView], metric: str = HIT_RATE) -> VersionView | None:
    """Return the ready version with the highest metric, personal recipes before others; None without one."""
    ready = [version for version in versions if version.ready and version.value(metric) is not None]
    personal = [version for version in ready if version.recipe not in NOT_PERSONAL]
    popularity = [version for version in ready if version.recipe == POPULARITY_COUNT]
    return max(personal or popularity or ready, key=lambda version: version.value(metric) or 0.0, default=None)


def headline(
    versions: Sequence[VersionView],
    rates: HitRates | None,
    words: Words = FILM_WORDS,
    expected: float | None = None,
) -> str:
    """Return the screen's headline; expected is the duration of HRNN's training in seconds, where known.

    rates are those of the data set group, None where nothing is compared with popularity.
    """
    running = next((version for version in versions if version.running), None)
    if running is not None:
        return running_headline(running)
    top = best(versions)
    if top is not None and rates is not None:
        return f"{capital(rates.sentence)}."
    if top is not None:
        return ready_headline(top, words)
    top = best(versions, MRR)
    if top is not None:
        return f"{_name(top)}: {_lower(metric_sentence(MRR, top.value(MRR) or 0.0, words=words))}"
    newest = versions[0] if versions else None
    if newest is not None and newest.failed:
        return f"The training of {answers_of(newest.recipe)} failed; nothing is trained yet."
    if newest is not None and newest.ready:
        return f"{_name(newest)} are trained, but have no metrics."
    takes = f"; personal recommendations take about {in_seconds(expected)} on this data" if expected is not None else ""
    return f"Nothing is trained yet{takes}."


def ready_headline(version: VersionView, words: Words = FILM_WORDS) -> str:
    """Return the hit rate in words of a version that is not compared with popularity."""
    likely = chance(version.value(HIT_RATE) or 0.0)
    if version.recipe == SIMS:
        last = f"the {words.nouns} similar to the last one they {words.past}"
        return f"For {likely} people, {last} include the next one."
    beat = f"; {PERSONAL_LISTS} have to beat that" if version.recipe == POPULARITY_COUNT else ""
    return f"{_name(version)} include a right {words.noun} for {likely} people{beat}."


def running_headline(version: VersionView) -> str:
    """Return the progress of a training, and whether it beats popularity already."""
    of = answers_of(version.recipe)
    if version.status == Status.CREATE_STOPPING:
        return f"The training of {of} is being stopped."
    job = version.job
    if job is None:
        state = "waits for its turn" if version.status == Status.CREATE_PENDING else "runs"
        usual = "a training on AWS usually takes about 40 minutes. You may close this page."
        return f"The training of {of} {state}; {usual}"
    if job.started_at is None:
        return f"The training of {of} waits for its turn."
    stage = stage_words(job)
    left = "" if job.seconds_left is None else f", about {in_seconds(job.seconds_left)} left"
    return f"Training {of}: {stage}{left}{_already(job)}."


def stage_words(job: JobView) -> str:
    """Return the note of the current stage: "epoch 5 of 8", or its name."""
    if job.stage is None:
        return f"{percent(job.fraction)} done"
    return job.stage.note or job.stage.name


def passes_popularity(job: JobView) -> bool | None:
    """Whether the last point of the learning curve is above popularity; None while it is unknown."""
    if not job.curve or job.curve[-1].baseline is None:
        return None
    return job.curve[-1].value > job.curve[-1].baseline


def curve_title(job: JobView) -> str:
    """Return the title of the learning curve: its metric, or whether it is above popularity."""
    passed = passes_popularity(job)
    if passed is None:
        return "People with a right item among 25, in people held out"
    return "Better than the bestsellers" if passed else "Not yet better than the bestsellers"


def source_line(group_name: str, versions: Sequence[VersionView], note: str, now: float, *, n_repeats: int = 0) -> str:
    """Return the grey line under the headline: group, best recipe, its training, the data's note.

    n_repeats: rows of the data that repeat another exactly, and count once.
    """
    parts = [group_name]
    running = next((version for version in versions if version.running), None)
    if running is not None:
        parts.append(f"{running.recipe_words} in training")
    top = best(versions)
    if top is not None:
        trained = f"trained {age(top.updated, now)}"
        if top.size is not None:
            trained += f" on {counted(top.size['n_events'], 'event', 'events')}"
        parts += [top.recipe_words, trained]
    if n_repeats:
        repeats = counted(n_repeats, "row repeats", "rows repeat")
        parts.append(f"{repeats} another and {'counts' if n_repeats == 1 else 'count'} once")
    if note:
        parts.append(note)
    return " · ".join(parts)


def range_words(parameter: Parameter) -> str:
    """Return range and default of a hyperparameter in words."""
    default = parameter.default or "by the size of the data"
    if parameter.low is not None and parameter.high is not None:
        return f"From {parameter.low:g} to {parameter.high:g}; default {default}."
    return f"Default {default}."


def how_far(version: VersionView) -> str:
    """Return how far a failed or stopped training got."""
    job = version.job
    if job is None or job.started_at is None:
        return "It had not started."
    stage = next((stage for stage in reversed(job.stages) if stage.started_at), None)
    where = f" in the stage “{stage.name}”" if stage is not None else ""
    return f"It got to {percent(job.fraction)}{where}."


def dot_plot_alt(version: VersionView, metric: str) -> str:
    """Return the best version of the dot plot in words."""
    label = metric_label(metric)
    model = version.estimate(metric)
    if model is None:
        return f"“{version.recipe_words}” has {label} {version.value(metric) or 0.0:.3f}."
    parts = [f"“{version.recipe_words}” has {label} {_interval(model)}"]
    parts += [
        f"{name} {estimate.value:.3f}"
        for name in ("popularity", "random")
        if (estimate := version.estimate(metric, name)) is not None
    ]
    return "; ".join(parts) + "."


def picture_note(split: str, several: bool) -> str:
    """Return what stands under the dot plot: the split, what the squares are, and why a row has two recipes."""
    squares = (
        "Squares: bestsellers for the same people, all of them or those not yet seen, whichever is right more often."
    )
    one_model = " Recipes in one row share one model and answer different questions with it." if several else ""
    return f"{split.rstrip('.')}. {squares}{one_model}"


def never_listed(version: VersionView, words: Words = FILM_WORDS) -> str:
    """Return what a version of similar items keeps out of every list, by its recipe's percentiles; "" for nothing."""
    hidden = version.evaluation.never_listed if version.evaluation is not None else None
    if hidden is None or not hidden.n_items:
        return ""
    share = percent(hidden.n_events / hidden.of_events)
    zero = " That is why metrics can be 0." if version.value(HIT_RATE) == 0 else ""
    return (
        f"{_name(version)} never list {hidden.n_items:,} of {counted(hidden.of_items, words.noun, words.nouns)}, which "
        f"have {share} of the events: the recipe's item percentiles leave them out.{zero}"
    )


def _interval(estimate: MetricEstimate) -> str:
    return f"{estimate.value:.3f} (95 % {estimate.low:.3f}-{estimate.high:.3f})"


def _already(job: JobView) -> str:
    passed = passes_popularity(job)
    if passed is None:
        return ""
    return "; already better than the bestsellers" if passed else "; not yet better than the bestsellers"


def _name(version: VersionView) -> str:
    return capital(answers_of(version.recipe))


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
