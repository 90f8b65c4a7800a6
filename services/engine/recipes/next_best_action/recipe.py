"""aws-next-best-action: the actions, such as to enrol or to buy a plan, that a person will most probably take.

Documented (Amazon Personalize developer guide, "Next-Best-Action recipe"): the propensity to take an action within
action_optimization_period days (14, 7 to 28), 0.0 for actions with fewer than 50 takings, or fewer than 50 times not
taken or viewed, in the six weeks before the newest action interaction; actions of equal propensity in the order of
their VALUE; exploration. AWS's algorithm is not public. Ours is a shrunk logistic regression (propensity.py) on what
was known of the person when an action was shown (cases.py); benchmarks/current_actions.py measures it.
"""

import numpy as np

from services.engine.errors import JobFailed
from services.engine.recipes.actions import TAKEN, ActionData, ActionTrainingData
from services.engine.recipes.base import (
    Floats,
    Histories,
    HyperParameter,
    Progress,
    Recipe,
    TrainingData,
    TrainOptions,
    Validation,
)
from services.engine.recipes.next_best_action.cases import DAY_S, N_STATE, cases_of
from services.engine.recipes.next_best_action.model import NextBestActionModel
from services.engine.recipes.next_best_action.propensity import Propensity, fit, shrunk_rates

MIN_TAKEN = MIN_NOT_TAKEN = 50
WINDOW_S = 42 * DAY_S
RANK = 8
"""Directions of taste; with more, an action's own coefficients follow chance."""
PERIOD = HyperParameter(
    "action_optimization_period",
    "integer",
    14,
    7,
    28,
    featurization=True,
    description="Days within which a person who was shown an action takes it.",
)
ORDER = HyperParameter(
    "order",
    "categorical",
    "propensity",
    choices=("propensity", "expected value"),
    engine_only=True,
    description="Order by propensity as AWS does, or by propensity times VALUE.",
)


class NextBestActionRecipe(Recipe):
    """Learns from action interactions and from what people did with items before."""

    name = "aws-next-best-action"
    model_class = NextBestActionModel
    hyperparameters = (PERIOD, ORDER)
    has_scores = True
    trains_on_all_users = True

    def period_s(self, options: TrainOptions) -> int:
        """Return the seconds within which a taking counts as one of what was shown."""
        return int(options.hyperparameters.get(PERIOD.name, PERIOD.default)) * DAY_S

    def train(
        self, data: TrainingData, options: TrainOptions, progress: Progress, validation: Validation | None = None
    ) -> NextBestActionModel:
        """Train. Raises JobFailed where there are no actions."""
        actions = data.actions if isinstance(data, ActionTrainingData) else None
        if actions is None or not actions.n_actions:
            raise JobFailed("The dataset group has no actions. Import some, then create a new version.")
        values = {parameter.name: parameter.default for parameter in self.hyperparameters}
        values |= dict(options.hyperparameters)
        progress.update(0.0, "tastes")
        contributions = _contributions(data.histories)
        progress.update(0.3, "what was shown and taken")
        newest = int(actions.events.timestamps.max(initial=0))
        cases = cases_of(actions, data.histories, contributions, self.period_s(options), newest - WINDOW_S)
        n_shown = np.bincount(cases.actions, minlength=actions.n_actions)
        n_taken = np.bincount(cases.actions[cases.taken], minlength=actions.n_actions)
        rates = shrunk_rates(n_taken.astype(np.float64), n_shown.astype(np.float64), actions.columns)
        progress.update(0.7, "propensities")
        width = N_STATE + contributions.shape[1]
        if cases.taken.any() and not cases.taken.all():
            propensity = fit(cases.actions.astype(np.int64), cases.taken, cases.features.astype(np.float64), rates)
        else:
            zeros = np.zeros(width, np.float32)
            logits = (np.log(rates) - np.log1p(-rates)).astype(np.float32)
            propensity = Propensity(logits, zeros, zeros + 1, zeros, np.zeros((len(rates), width), np.float32))
        progress.update(1.0)
        return NextBestActionModel(
            propensity,
            contributions,
            actions.values,
            n_taken.astype(np.int64),
            n_shown.astype(np.int64),
            scored_actions(actions, newest),
            by_value=values[ORDER.name] == "expected value",
        )


def scored_actions(actions: ActionData, newest: int) -> np.ndarray:
    """Return which actions have enough interactions in the six weeks before the newest one, bool (n_actions,)."""
    recent = actions.events.timestamps >= newest - WINDOW_S
    taken = recent & (actions.events.kinds == TAKEN)
    n_taken = np.bincount(actions.events.actions[taken], minlength=actions.n_actions)
    n_others = np.bincount(actions.events.actions[recent & ~taken], minlength=actions.n_actions)
    scored: np.ndarray = (n_taken >= MIN_TAKEN) & (n_others >= MIN_NOT_TAKEN)
    return scored


def _contributions(histories: Histories) -> Floats:
    """Return what each item adds to a taste, float32 (n_items, RANK)."""
    from services.engine.recipes.hrnn_coldstart.two_step_ridge import item_tastes

    contributions = np.zeros((histories.n_items, RANK), np.float32)
    trained = np.unique(histories.items).astype(np.int32)
    if len(trained):
        contributions[trained] = item_tastes(histories, trained, RANK)[1]
    return contributions
