"""How good a trained model is: AWS's metrics with intervals, beside what needs no model at all.

All methods are measured on the same test users (jobs/evaluation/metrics.py). Where the model never shows items that a
user already has, the two baselines do not either; otherwise such items would take half of popularity's places, and any
model would look good beside it.

A model for items (aws-sims) is asked about one item for each test user, the last of the events that were given, and its
list is held against the same newest tenth. AWS documents the split for all recipes and leaves the question of its
related-items recipes open; the last item is what a visitor looks at when related ones are shown.
"""

import numpy as np

from services.engine.jobs.evaluation.metrics import (
    LIST_LENGTH,
    Evaluation,
    HitRateValidation,
    TestSplit,
    differences,
    estimates,
    evaluate_model,
    evaluate_random,
    measure,
)
from services.engine.jobs.progress import JobProgress
from services.engine.models.evaluation_file import MethodMetrics, VersionEvaluation
from services.engine.recipes.base import (
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

SPLIT_WORDS = (
    "A tenth of the users took no part in training; of each of them the oldest 90 % of events was given to the model "
    "and the newest 10 % was to be found."
)
RELATED_SPLIT_WORDS = (
    "A tenth of the users took no part in training; of each of them the last item of the oldest 90 % of events was "
    "asked about and the newest 10 % was to be found."
)
CURVE_USERS = 1000
"""At most so many test users are asked after every epoch; the final figures use all of them."""
SAMPLED_USERS = 20


class CurveValidation:
    """Measures a half-trained model for the learning curve, and popularity once on the same users.

    For the picture only: neither the weights nor the number of epochs depend on it.
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
            found = evaluate_model(popular, self._split.inputs, self._split.targets, hide_seen=hide)
            self._progress.baseline = found.metrics()["hit_rate_at_25"]
        return self._hit_rate(model)


def evaluate_version(
    model: Model, training: Histories, split: TestSplit, progress: Progress
) -> tuple[VersionEvaluation, dict[str, float]]:
    """Measure a model; return what is kept beside it, and AWS's eight metrics for GetSolutionMetrics.

    training holds what the model was trained on; popularity is counted on the same events.
    """
    if isinstance(model, UserModel):
        hide, words = hides_seen(model, split.inputs), SPLIT_WORDS
        found = evaluate_model(model, split.inputs, split.targets, progress=progress)
    elif isinstance(model, RelatedItemsModel):
        hide, words = False, RELATED_SPLIT_WORDS
        found = evaluate_related_items(model, split.inputs, split.targets, progress)
    else:
        raise TypeError(f"{type(model).__name__} answers neither for users nor for items")
    measured: dict[str, Evaluation] = {
        "model": found,
        "popularity": evaluate_model(most_popular(training), split.inputs, split.targets, hide_seen=hide),
        "random": evaluate_random(split.inputs, split.targets, hide_seen=hide),
    }
    evaluation = VersionEvaluation(
        n_users=len(split.test_users),
        split=words,
        methods=tuple(MethodMetrics(name, estimates(result)) for name, result in measured.items()),
        model_minus_popularity=differences(measured["model"], measured["popularity"]),
    )
    return evaluation, measured["model"].aws_metrics()


def evaluate_related_items(
    model: RelatedItemsModel, inputs: Histories, targets: Histories, progress: Progress | None = None
) -> Evaluation:
    """Measure a model for items, which is asked about each user's last input; about nothing known without one."""
    watched = progress or SilentProgress()
    queries = np.full(inputs.n_users, -1, np.int64)
    asking = inputs.lengths() > 0
    queries[asking] = inputs.items[inputs.offsets[1:][asking] - 1]
    items, users_of = np.unique(queries, return_inverse=True)
    lists = np.full((len(items), LIST_LENGTH), -1, np.int32)
    for row, item in enumerate(items.tolist()):
        lists[row] = top_items(model.related_scores(None if item < 0 else item)[None], LIST_LENGTH)[0]
        watched.update(row / len(items), f"{row:,} of {len(items):,} items")
    watched.update(1.0)
    shown = lists[users_of]
    return Evaluation(measure(shown, targets), shown, targets.n_items)


def hides_seen(model: UserModel, histories: Histories) -> bool:
    """Return whether the model never shows what a user already has, by asking it about a few users."""
    users = np.flatnonzero(histories.lengths() > 0)[:SAMPLED_USERS]
    if not len(users):
        return False
    probed = select_users(histories, users)
    vectors = model.states(probed, SilentProgress())
    states = [user_state(probed, vectors, user) for user in range(len(users))]
    scores = model.item_scores(states)
    return all(bool(np.isneginf(row[state.seen]).all()) for row, state in zip(scores, states, strict=True))


def most_popular(training: Histories) -> PopularityModel:
    """Return the popularity model of the same events."""
    return PopularityRecipe().train(TrainingData(training), TrainOptions(), SilentProgress())
