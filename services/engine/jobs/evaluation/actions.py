"""The evaluation of next best actions: on the newest fifth of the action interactions, by time.

AWS's metrics (Amazon Personalize developer guide, "Evaluating a solution version with metrics"): coverage, NDCG at 5,
10 and 25, precision, recall and AUC. AWS gives neither the split nor the key of the last, nor a threshold; here the
model has learned from what came before, and a propensity of one half or more says that an action will be taken. NDCG
ranks all actions for each person of the newest fifth, at their first moment in it; what they took in it is relevant.
Beside the model: the same list for everybody, by how often actions are taken, and random lists.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from services.engine.jobs.evaluation.metrics import LIST_LENGTH, measure
from services.engine.models.evaluation_file import MethodMetrics, MetricEstimate, VersionEvaluation
from services.engine.recipes.actions import NO_ACTION_EVENTS, ActionData, ActionEvents, ActionTrainingData, Person
from services.engine.recipes.base import Histories, Ints
from services.engine.recipes.histories import keep_events
from services.engine.recipes.next_best_action.cases import Cases
from services.engine.recipes.next_best_action.model import NextBestActionModel

HELD_OUT_SHARE = 0.2
SPLIT_WORDS = (
    "The newest fifth of the action interactions was held out of training. The model had to foresee whether people "
    "took the actions that they were shown."
)
NDCG = tuple(f"normalized_discounted_cumulative_gain_at_{k}" for k in (5, 10, 25))
Doubles = NDArray[np.float64]


def moment_of(actions: ActionData) -> int:
    """Return the moment before which four fifths of the action interactions lie, in epoch seconds."""
    times = actions.events.timestamps
    return int(np.quantile(times, 1 - HELD_OUT_SHARE)) if len(times) else 0


def before(data: ActionTrainingData, moment: int) -> ActionTrainingData:
    """Return what was known before a moment."""
    actions = data.actions
    assert actions is not None
    kept = actions.events.timestamps < moment
    counts = np.concatenate([[0], np.cumsum(kept, dtype=np.int64)])
    events = ActionEvents(actions.events.actions[kept], actions.events.kinds[kept], actions.events.timestamps[kept])
    histories = keep_events(data.histories, data.histories.timestamps < moment)
    return replace(data, histories=histories, actions=replace(actions, offsets=counts[actions.offsets], events=events))


def evaluate_actions(
    model: NextBestActionModel, cases: Cases, data: ActionTrainingData, moment: int
) -> tuple[VersionEvaluation, dict[str, float]]:
    """Measure a model that learned from what came before the moment, on the cases since; return also AWS's metrics."""
    actions = data.actions
    assert actions is not None
    chances = model.chances(cases.actions.astype(np.int64), cases.features.astype(np.float64))
    said = chances >= 0.5
    right = float((said & cases.taken).sum())
    measured = {
        "precision": right / max(float(said.sum()), 1.0),
        "recall": right / max(float(cases.taken.sum()), 1.0),
        "area_under_the_curve": area_under_the_curve(chances, cases.taken),
    }
    people = np.unique(cases.persons[cases.taken])
    firsts = [int(cases.timestamps[cases.persons == person].min()) for person in people.tolist()]
    persons = [_person(data, person, first) for person, first in zip(people.tolist(), firsts, strict=True)]
    targets = _targets(cases, people, actions.n_actions)
    rng = np.random.default_rng(0)
    lists = {
        "model": [model.by_propensity(person, first) for person, first in zip(persons, firsts, strict=True)],
        "popularity": [np.argsort(-model.rates, kind="stable") for _ in persons],
        "random": [rng.permutation(actions.n_actions) for _ in persons],
    }
    methods = tuple(MethodMetrics(name, _ndcg(shown, targets)) for name, shown in lists.items())
    of_model = {name: estimate.value for name, estimate in methods[0].metrics.items()} | measured
    evaluation = VersionEvaluation(len(people), SPLIT_WORDS, methods, {})
    return evaluation, {name: round(value, 4) for name, value in of_model.items()}


def area_under_the_curve(scores: NDArray[np.float32], happened: NDArray[np.bool_]) -> float:
    """Return the chance that a case that happened has the higher score of a pair, ties counting half; 0.5 for none."""
    n_true, n_false = int(happened.sum()), int((~happened).sum())
    if not n_true or not n_false:
        return 0.5
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[happened].sum() - n_true * (n_true + 1) / 2) / (n_true * n_false))


def _person(data: ActionTrainingData, person: int, moment: int) -> Person:
    assert data.actions is not None
    events = data.actions.of(person)
    earlier = events.timestamps < moment
    met = ActionEvents(events.actions[earlier], events.kinds[earlier], events.timestamps[earlier])
    if person >= data.histories.n_users:
        return Person(np.empty(0, np.int32), np.empty(0, np.int64), met if earlier.any() else NO_ACTION_EVENTS)
    items, times = data.histories.of(person)
    known = times < moment
    return Person(items[known], times[known], met)


def _targets(cases: Cases, people: NDArray[np.int64], n_actions: int) -> Histories:
    """Return the actions that each person took, as histories of these people."""
    taken = cases.taken
    order = np.argsort(cases.persons[taken], kind="stable")
    counts = np.bincount(np.searchsorted(people, cases.persons[taken]), minlength=len(people))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Histories(offsets, cases.actions[taken][order], cases.timestamps[taken][order], n_actions)


def _ndcg(lists: list[NDArray[np.int64]], targets: Histories) -> dict[str, MetricEstimate]:
    shown: Ints = np.full((len(lists), LIST_LENGTH), -1, np.int32)
    for row, listed in enumerate(lists):
        shown[row, : min(len(listed), LIST_LENGTH)] = listed[:LIST_LENGTH]
    per_person = measure(shown, targets)
    covered = len(np.unique(shown[shown >= 0])) / max(targets.n_items, 1)
    estimates = {"coverage": MetricEstimate(covered, covered, covered)}
    for name in NDCG:
        values = per_person[name]
        mean = float(values.mean()) if len(values) else 0.0
        margin = 1.96 * float(values.std()) / np.sqrt(max(len(values), 1)) if len(values) else 0.0
        estimates[name] = MetricEstimate(mean, mean - margin, mean + margin)
    return estimates
