"""Tables of the Training screen: versions, rows of the dot plot, metrics in plain words, stages and curves."""

from collections.abc import Sequence

import pandas as pd

from services.backend import JobView, Trial
from services.laboratory.hit_rates import own_popularity, stronger_popularity
from services.language.metrics import HIT_RATES, METRICS, metric_label, metric_sentence, relative, verdict
from services.language.phrases import age, counted, in_seconds, listed
from services.language.vocabulary import FILM_WORDS, Words
from services.personalize.recipe_names import (
    HRNN,
    HRNN_METADATA,
    PERSONALIZED_RANKING,
    PERSONALIZED_RANKING_V2,
    POPULARITY_COUNT,
    USER_PERSONALIZATION_V2,
)
from services.personalize.versions import VersionView
from services.screens.training.search import best_trial, trial_words
from services.screens.training.sentences import VERSION_STATES

ONE_NETWORK = (
    {HRNN, PERSONALIZED_RANKING},
    {HRNN_METADATA, USER_PERSONALIZATION_V2, PERSONALIZED_RANKING_V2},
)
"""Recipes that train one network and ask it different questions."""
VERSION_COLUMNS = ("version", "recipe", "state", "trained", "time", "events", *METRICS, "campaign")
DOT_COLUMNS = ("label", "role", "value", "low", "high", "popularity")
TRIAL_COLUMNS = ("trial", "role", "value", "state", "settings")
WORD_COLUMNS = ("metric", "value", "95 %", "popularity", "difference", "in plain words")


def versions_table(versions: Sequence[VersionView], now: float) -> pd.DataFrame:
    """Return one row per version, newest first: VERSION_COLUMNS; one whose model another recipe has too says so."""
    shared = {version.arn: same for same in models(versions) if len(same) > 1 for version in same}
    rows = [
        {
            "version": version.name,
            "recipe": _shared_words(version, shared.get(version.arn, ())),
            "state": VERSION_STATES.get(version.status, version.status.lower()),
            "trained": age(version.updated, now),
            "time": "" if version.training_seconds is None else in_seconds(version.training_seconds),
            "events": None if version.size is None else version.size["n_events"],
            **{metric: version.metrics.get(metric) for metric in METRICS},
            "campaign": ", ".join(campaign.name for campaign in version.campaigns),
        }
        for version in versions
    ]
    return pd.DataFrame(rows, columns=list(VERSION_COLUMNS))


def dot_rows(versions: Sequence[VersionView], metric: str, now: float) -> pd.DataFrame:
    """Return the ready versions with this metric, best first: DOT_COLUMNS; missing values were not measured.

    Versions of one model are one row. Popularity is the stronger of the two that were measured on the same users.
    """
    rows = []
    for same in models(versions):
        version = same[0]
        value = version.value(metric)
        if not version.ready or value is None:
            continue
        model, popularity = version.estimate(metric), stronger_popularity(versions, metric, of=version)
        rows.append(
            {
                "label": _label(same, now),
                "role": "popularity" if version.recipe == POPULARITY_COUNT else "model",
                "value": value,
                "low": None if model is None else model.low,
                "high": None if model is None else model.high,
                "popularity": None if popularity is None else popularity.value,
            }
        )
    frame = pd.DataFrame(rows, columns=list(DOT_COLUMNS))
    numbers = list(DOT_COLUMNS[2:])
    frame[numbers] = frame[numbers].astype(float)
    return frame.sort_values("value", ascending=False, ignore_index=True)


def models(versions: Sequence[VersionView]) -> list[tuple[VersionView, ...]]:
    """Return the versions, those of different recipes with one and the same measured model together.

    aws-personalized-ranking trains the model of aws-hrnn on the same data, and has all of its figures.
    """
    groups: list[list[VersionView]] = []
    for version in versions:
        twin = next((group for group in groups if _one_model(group, version)), None)
        if twin is None:
            groups.append([version])
        else:
            twin.append(version)
    return [tuple(group) for group in groups]


def _one_model(group: Sequence[VersionView], version: VersionView) -> bool:
    """Return whether a version of another recipe with the same network has every figure of this group's.

    Lists may be equal without that: Trending now answers with bestsellers where nothing grows.
    """
    if version.evaluation is None or version.recipe in {other.recipe for other in group}:
        return False
    if not any({version.recipe, group[0].recipe} <= family for family in ONE_NETWORK):
        return False
    return group[0].evaluation is not None and group[0].evaluation.methods == version.evaluation.methods


def _shared_words(version: VersionView, same: Sequence[VersionView]) -> str:
    others = [other.recipe_words for other in same if other.arn != version.arn]
    return f"{version.recipe_words} · one model with {listed(others)}" if others else version.recipe_words


def _label(same: Sequence[VersionView], now: float) -> str:
    if len(same) > 1:
        return f"{listed([version.recipe_words for version in same])} · one model"
    return f"{same[0].recipe_words} · {age(same[0].updated, now)} · {same[0].name[-8:]}"


def chance_level(versions: Sequence[VersionView], metric: str) -> float | None:
    """Return the metric of random lists, averaged over the versions; None where it was not measured."""
    values = [estimate.value for version in versions if (estimate := version.estimate(metric, "random")) is not None]
    return sum(values) / len(values) if values else None


def plain_words(version: VersionView, words: Words = FILM_WORDS, trained: Sequence[VersionView] = ()) -> pd.DataFrame:
    """Return the version's metrics as sentences: WORD_COLUMNS.

    popularity is the one that was measured on the version's users; `trained`, the other versions, tell which one it is.
    """
    rows = []
    for metric in (*HIT_RATES, *METRICS):
        value = version.value(metric)
        if value is None:
            continue
        model, popularity = version.estimate(metric), version.estimate(metric, "popularity")
        baseline = None if popularity is None else popularity.value
        rows.append(
            {
                "metric": metric_label(metric),
                "value": value,
                "95 %": "" if model is None or model.low == model.high else f"{model.low:.3f} to {model.high:.3f}",
                "popularity": baseline,
                "difference": _difference(version, metric, baseline),
                "in plain words": metric_sentence(
                    metric, value, baseline, words, own_popularity(version, trained, metric)
                ),
            }
        )
    return pd.DataFrame(rows, columns=list(WORD_COLUMNS))


def stage_rows(job: JobView) -> pd.DataFrame:
    """Return the stages of a job: stage, share, fraction."""
    rows = [(stage.name, stage.share, stage.fraction) for stage in job.stages]
    return pd.DataFrame(rows, columns=["stage", "share", "fraction"])


def curve_rows(job: JobView) -> pd.DataFrame:
    """Return the learning curve of a job: minutes, value."""
    rows = [(point.seconds / 60, point.value) for point in job.curve]
    return pd.DataFrame(rows, columns=["minutes", "value"], dtype=float)


def trial_rows(trials: Sequence[Trial]) -> pd.DataFrame:
    """Return the trials of a search, in order: TRIAL_COLUMNS; role is "model" for the best one, value may be missing.

    A trial that was stopped early has an intermediate value and is never the best.
    """
    best = best_trial(trials)
    several = len({trial.recipe for trial in trials}) > 1
    rows = [
        {
            "trial": trial.number,
            "role": "model" if trial is best else "quiet",
            "value": trial.value,
            "state": trial.state,
            "settings": f"{trial.recipe}: {trial_words(trial)}" if several else trial_words(trial),
        }
        for trial in trials
    ]
    frame = pd.DataFrame(rows, columns=list(TRIAL_COLUMNS))
    frame["value"] = frame["value"].astype(float)
    return frame


def curve_baseline(job: JobView) -> float | None:
    """Return popularity's level beside the learning curve, None while it is not known."""
    return next((point.baseline for point in reversed(job.curve) if point.baseline is not None), None)


def split_words(version: VersionView) -> str:
    """Return the split and the number of test users of the metrics."""
    if version.evaluation is None:
        return "Metrics as GetSolutionMetrics gives them."
    return f"{version.evaluation.split.rstrip('.')} ({counted(version.evaluation.n_users, 'test user', 'test users')})"


def _difference(version: VersionView, metric: str, baseline: float | None) -> str:
    evaluation = version.evaluation
    if evaluation is None or baseline is None or metric not in evaluation.model_minus_popularity:
        return ""
    difference = evaluation.model_minus_popularity[metric]
    if difference.low == difference.high:  # coverage belongs to all lists together: no person, no interval, no winner
        return relative(difference, baseline).partition(" (")[0]
    result = verdict(difference, evaluation.n_users)
    return result if result.startswith("too few") else f"{relative(difference, baseline)}, {result}"
