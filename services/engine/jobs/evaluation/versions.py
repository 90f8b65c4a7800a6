"""The evaluation of a trained model: AWS's metrics with intervals, compared with baselines that need no model.

All methods are measured on the same test users (jobs/evaluation/split.py). Where the model never shows items that a
user already has, the two baselines do not either; otherwise such items would take half of popularity's places, and any
model would look good in comparison.

A model for items (aws-sims) gets one item for each test user, the last of the input events, and its list is compared
with the same newest tenth. AWS documents the split for all recipes, but not the input item of its related-items
recipes; a user usually sees related items beside the item that they looked at last.
"""

from collections.abc import Sequence

import numpy as np

from services.engine.jobs.evaluation.metrics import (
    LIST_LENGTH,
    Evaluation,
    HitRateValidation,
    differences,
    estimates,
    evaluate_model,
    evaluate_random,
    measure,
    weighted_ndcg,
)
from services.engine.jobs.evaluation.split import TestSplit
from services.engine.jobs.progress import JobProgress
from services.engine.models.evaluation_file import MethodMetrics, VersionEvaluation
from services.engine.recipes.base import (
    EventWeight,
    Histories,
    Model,
    Progress,
    RelatedItemsModel,
    SilentProgress,
    TrainingData,
    TrainOptions,
    UserModel,
)
from services.engine.recipes.counting.popularity import PopularityModel, PopularityRecipe
from services.engine.recipes.histories import select_users, user_state
from services.engine.recipes.top_items import top_items
from services.engine.recipes.v2.weights import event_weights

SPLIT_WORDS = (
    "A tenth of the users were held out of training. The model read the oldest 90 % of their events and had to predict "
    "the newest 10 %."
)
RELATED_SPLIT_WORDS = (
    "A tenth of the users were held out of training. The model received the last item of the oldest 90 % of their "
    "events and had to predict the newest 10 %."
)
CURVE_USERS = 1000
"""Maximum number of test users for the learning curve; the final metrics use all of them."""
SAMPLED_USERS = 20


class CurveValidation:
    """Measures a partly trained model for the learning curve, and popularity once on the same users.

    For display only: neither the weights nor the number of epochs depend on it.
    """

    def __init__(self, split: TestSplit, training: Histories, progress: JobProgress) -> None:
        self._split = split.sample(CURVE_USERS)
        self._hit_rate = HitRateValidation(self._split)
        self._training = training
        self._progress = progress

    def __call__(self, model: UserModel) -> float:
        """Return the model's hit rate at 25; before the first point, set the progress's baseline."""
        if self._progress.baseline is None:
            hide = hides_seen(model, self._split.inputs)
            popular = most_popular(self._training)
            measured = evaluate_model(popular, self._split.inputs, self._split.targets, hide_seen=hide)
            self._progress.baseline = measured.metrics()["hit_rate_at_25"]
        return self._hit_rate(model)


def evaluate_version(
    model: Model,
    training: Histories,
    split: TestSplit,
    progress: Progress,
    weights: Sequence[EventWeight] = (),
) -> tuple[VersionEvaluation, dict[str, float]]:
    """Measure a model; return the evaluation to store with it, and AWS's metrics for GetSolutionMetrics.

    training: the model's training data; popularity is counted on the same events. weights: a solution's eventsConfig,
    which adds AWS's NDCG with event weights to its eight metrics.
    """
    if isinstance(model, UserModel):
        hide, words = hides_seen(model, split.inputs), SPLIT_WORDS
        of_model = evaluate_model(model, split.inputs, split.targets, progress=progress)
    elif isinstance(model, RelatedItemsModel):
        hide, words = False, RELATED_SPLIT_WORDS
        of_model = evaluate_related_items(model, split.inputs, split.targets, progress)
    else:
        raise TypeError(f"{type(model).__name__} answers neither for users nor for items")
    measured: dict[str, Evaluation] = {
        "model": of_model,
        "popularity": evaluate_model(most_popular(training), split.inputs, split.targets, hide_seen=hide),
        "random": evaluate_random(split.inputs, split.targets, hide_seen=hide),
    }
    evaluation = VersionEvaluation(
        n_users=len(split.test_users),
        split=words,
        methods=tuple(MethodMetrics(name, estimates(result)) for name, result in measured.items()),
        model_minus_popularity=differences(measured["model"], measured["popularity"]),
    )
    metrics = measured["model"].aws_metrics()
    if weights:
        metrics |= weighted_ndcg(of_model.shown, split.targets, event_weights(split.targets, weights))
    return evaluation, metrics


def evaluate_related_items(
    model: RelatedItemsModel, inputs: Histories, targets: Histories, progress: Progress | None = None
) -> Evaluation:
    """Measure a model for items on each user's last input item; None for users without input."""
    progress = progress or SilentProgress()
    queries = np.full(inputs.n_users, -1, np.int64)
    with_input = inputs.lengths() > 0
    queries[with_input] = inputs.items[inputs.offsets[1:][with_input] - 1]
    items, users_of = np.unique(queries, return_inverse=True)
    lists = np.full((len(items), LIST_LENGTH), -1, np.int32)
    for row, item in enumerate(items.tolist()):
        lists[row] = top_items(model.related_scores(None if item < 0 else item)[None], LIST_LENGTH)[0]
        progress.update(row / len(items), f"{row:,} of {len(items):,} items")
    progress.update(1.0)
    shown = lists[users_of]
    return Evaluation(measure(shown, targets), shown, targets.n_items)


def hides_seen(model: UserModel, histories: Histories) -> bool:
    """Return whether the model hides items that a user already has, measured on a few users."""
    users = np.flatnonzero(histories.lengths() > 0)[:SAMPLED_USERS]
    if not len(users):
        return False
    sample = select_users(histories, users)
    vectors = model.states(sample, SilentProgress())
    states = [user_state(sample, vectors, user) for user in range(len(users))]
    scores = model.item_scores(states)
    return all(bool(np.isneginf(row[state.seen]).all()) for row, state in zip(scores, states, strict=True))


def most_popular(training: Histories) -> PopularityModel:
    """Return the popularity model of the same events."""
    return PopularityRecipe().train(TrainingData(training), TrainOptions(), SilentProgress())
