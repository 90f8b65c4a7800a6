"""A recipe with its training data and settings, and the choice among several of them by a search.

Without a search there is one candidate with its settings. performHPO searches the settings of one candidate,
performAutoML those of several recipes and chooses the best; it skips recipes that do not suit the data and logs why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from services.engine.data.vocabulary import Vocabulary
from services.engine.errors import JobFailed
from services.engine.jobs.evaluation.split import TestSplit
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.search.plan import SearchPlan
from services.engine.jobs.search.progress import SearchProgress
from services.engine.jobs.search.trials import BestTrial, SearchReport, search, validation_split
from services.engine.recipes.base import Histories, Model, Progress, Recipe, TrainingData, TrainOptions, Validation
from services.engine.recipes.histories import keep_events, within_length_percentiles


@dataclass(frozen=True)
class Candidate:
    """One recipe with its data and settings."""

    recipe: Recipe
    options: TrainOptions
    """With the hyperparameters that are used without a search."""
    data: TrainingData
    """All data after event filters; item_counts are those of all users."""
    users: Vocabulary
    items: Vocabulary
    split: TestSplit
    """The test users of GetSolutionMetrics."""

    def training(self) -> Histories:
        """Return the events of the final training: no test users, history lengths within the percentiles."""
        return within_percentiles(_training_users(self.data.histories, self.split), self.options.hyperparameters)

    def with_settings(self, settings: Mapping[str, Any]) -> "Candidate":
        """Return the candidate with these hyperparameters changed."""
        changed = {**self.options.hyperparameters, **settings}
        return replace(self, options=replace(self.options, hyperparameters=changed))

    def search(self, plan: SearchPlan, report: SearchReport) -> BestTrial:
        """Search the settings on the training users. Raises JobFailed when no trial can be trained."""
        training = _training_users(self.data.histories, self.split)
        inner = validation_split(training)
        learning = within_percentiles(_training_users(training, inner), self.options.hyperparameters)
        data = replace(self.data, histories=learning)

        def train(settings: Mapping[str, Any], progress: Progress, validation: Validation | None) -> Model:
            validation = None if self.recipe.trains_on_all_users else validation
            return self.recipe.train(data, self.with_settings(settings).options, progress, validation)

        return search(plan, inner, train, report)

    def unsuited(self) -> str | None:
        """Return why AutoML skips this recipe, None when it does not."""
        columns = (*self.data.item_columns, *self.data.user_columns, *self.data.histories.context)
        if self.recipe.uses_metadata and not columns:
            return "there is no column of items, users or interactions to learn from"
        return None


def best_candidate(
    candidates: Sequence[Candidate], plans: Sequence[SearchPlan], progress: JobProgress
) -> tuple[Candidate, BestTrial]:
    """Search every candidate by its plan; return the best one with its best settings, and its best trial.

    Raises JobFailed with the reasons when no candidate could be trained.
    """
    report = SearchProgress(progress, sum(plan.n_trials for plan in plans))
    best: BestTrial | None = None
    chosen: Candidate | None = None
    reasons = []
    for candidate, plan in zip(candidates, plans, strict=True):
        reason = candidate.unsuited() if len(candidates) > 1 else None
        if reason is not None:
            report.skip(plan.n_trials, f"{plan.recipe} is left out: {reason}.")
            continue
        try:
            trial = candidate.search(plan, report)
        except JobFailed as error:
            reasons.append(str(error))
            continue
        if trial.beats(best):
            best, chosen = trial, candidate
    if best is None or chosen is None:
        raise JobFailed(" ".join(reasons) or "None of the recipes suits this data.")
    return chosen.with_settings(best.settings), best


def within_percentiles(histories: Histories, hyperparameters: Mapping[str, Any]) -> Histories:
    """Return the events of the users within the recipe's percentiles of history lengths, if it has any.

    Users keep their numbers; excluded users have no events. Raises JobFailed when no user remains.
    """
    low = hyperparameters.get("min_user_history_length_percentile")
    high = hyperparameters.get("max_user_history_length_percentile")
    if low is None or high is None:
        return histories
    selected = within_length_percentiles(histories, low, high)
    training = keep_events(histories, np.repeat(selected, histories.lengths()))
    if training.n_events == 0:
        raise JobFailed(
            f"No user's history length is between the percentiles {low} and {high}; widen "
            "min_user_history_length_percentile and max_user_history_length_percentile."
        )
    return training


def _training_users(histories: Histories, split: TestSplit) -> Histories:
    return keep_events(histories, np.repeat(split.train_users, histories.lengths()))
