"""The evaluation of user segments: who is found among the one per cent of people listed first.

Documented (Amazon Personalize developer guide, "Evaluating a solution version with metrics"): coverage, hits and recall
at one per cent of the people, means over the questions. AWS does not say what is held out; here it is the newest tenth
of all events, by time, and the measured model has learned from what came before. The questions are items, or
categories, that somebody met in that tenth. Beside the model: the people with the most events, and people by chance.
"""

from collections.abc import Sequence

import numpy as np

from services.engine.models.evaluation_file import MethodMetrics, MetricEstimate, VersionEvaluation
from services.engine.recipes.affinity.calibration import HELD_OUT_SHARE
from services.engine.recipes.affinity.segments import Question, SegmentModel
from services.engine.recipes.base import Histories, Ints, Progress
from services.engine.recipes.histories import keep_events

MAX_QUESTIONS = 300
SPLIT_WORDS = (
    "The newest tenth of all events was held out of training. For items or categories of these events, the model "
    "listed people; those who did meet them were to be found among the first one per cent."
)
HITS, RECALL = "hits_at_1_percent", "recall_at_1_percent"


def before_the_newest_tenth(histories: Histories) -> tuple[Histories, Histories]:
    """Return the events before the newest tenth, by time, and those of it; of all users."""
    moment = np.quantile(histories.timestamps, 1 - HELD_OUT_SHARE)
    earlier = histories.timestamps < moment
    return keep_events(histories, earlier), keep_events(histories, ~earlier)


def evaluate_segments(
    model: SegmentModel,
    past: Histories,
    future: Histories,
    questions: Sequence[tuple[Question, Ints]],
    progress: Progress,
) -> tuple[VersionEvaluation, dict[str, float]]:
    """Measure a model that learned from the past; return what to store, and AWS's metrics.

    questions: each with the items that it is about.
    """
    people = np.flatnonzero(past.lengths() > 0)
    k = max(1, round(len(people) / 100))
    rng = np.random.default_rng(0)
    asked = [questions[n] for n in rng.permutation(len(questions))]
    activity = past.lengths()[people].astype(np.float32)
    found: dict[str, list[tuple[float, float]]] = {"model": [], "popularity": [], "random": []}
    shown: dict[str, set[int]] = {name: set() for name in found}
    of_events = np.repeat(np.arange(future.n_users), future.lengths())
    n_asked = 0
    for question, items in asked:
        met = np.zeros(future.n_users, np.bool_)
        met[of_events[np.isin(future.items, items)]] = True
        if not met[people].any() or not np.isin(past.items, items).any():
            continue
        lists = {
            "model": model.user_scores(question)[people],
            "popularity": activity,
            "random": rng.random(len(people), dtype=np.float32),
        }
        for name, scores in lists.items():
            first = np.argsort(-scores, kind="stable")[:k]
            hits = float(met[people][first].sum())
            found[name].append((hits, hits / float(met[people].sum())))
            shown[name].update(first.tolist())
        n_asked += 1
        progress.update(n_asked / MAX_QUESTIONS, f"{n_asked:,} questions")
        if n_asked == MAX_QUESTIONS:
            break
    progress.update(1.0)
    measured = {name: _estimates(values, len(shown[name]) / max(len(people), 1)) for name, values in found.items()}
    differences = np.array(found["model"]).reshape(-1, 2) - np.array(found["popularity"]).reshape(-1, 2)
    evaluation = VersionEvaluation(
        n_users=len(people),
        split=SPLIT_WORDS,
        methods=tuple(MethodMetrics(name, metrics) for name, metrics in measured.items()),
        model_minus_popularity=_estimates(differences.tolist(), 0.0),
    )
    return evaluation, {name: round(estimate.value, 4) for name, estimate in measured["model"].items()}


def _estimates(values: Sequence[Sequence[float]], coverage: float) -> dict[str, MetricEstimate]:
    rows = np.array(values, np.float64).reshape(-1, 2)
    means = rows.mean(axis=0) if len(rows) else np.zeros(2)
    margins = 1.96 * rows.std(axis=0) / np.sqrt(max(len(rows), 1)) if len(rows) else np.zeros(2)
    estimates = {"coverage": MetricEstimate(coverage, coverage, coverage)}
    for name, mean, margin in zip((HITS, RECALL), means.tolist(), margins.tolist(), strict=True):
        estimates[name] = MetricEstimate(mean, mean - margin, mean + margin)
    return estimates
