"""A recipe ready to be trained on the data of a job, and the choice among several such by a search.

Without a search there is one candidate with its settings. performHPO searches the settings of that one, performAutoML
those of several recipes, of which the best is kept; a recipe that this data does not suit is left out, with a note.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from services.engine.data.vocabulary import Vocabulary
from services.engine.errors import JobFailed
from services.engine.jobs.evaluation.metrics import TestSplit
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.search.plan import SearchPlan
from services.engine.jobs.search.progress import SearchProgress
from services.engine.jobs.search.trials import Best, SearchReport, search, validation_split
from services.engine.recipes.base import Histories, Model, Progress, Recipe, TrainingData, TrainOptions, Validation
from services.engine.recipes.histories import keep_events, within_length_percentiles


@dataclass(frozen=True)
class Candidate:
    """One recipe with the data as it reads it."""

    recipe: Recipe
    options: TrainOptions
    """With the hyperparameters that are used where no search says otherwise."""
    data: TrainingData
    """Everything that was imported, after event filters; item_counts are those of all users."""
    users: Vocabulary
    items: Vocabulary
    split: TestSplit
    """Whom GetSolutionMetrics is about."""

    def training(self) -> Histories:
        """Return the events that the final training sees: no test users, history lengths within the percentiles."""
        return within_percentiles(_users_kept(self.data.histories, self.split), self.options.hyperparameters)

    def with_settings(self, settings: Mapping[str, Any]) -> "Candidate":
        """Return the candidate with these hyperparameters changed."""
        changed = {**self.options.hyperparameters, **settings}
        return replace(self, options=replace(self.options, hyperparameters=changed))

    def search(self, plan: SearchPlan, report: SearchReport) -> Best:
        """Search the settings on the users who are trained on. Raises JobFailed when nothing can be trained."""
        known = _users_kept(self.data.histories, self.split)
        inner = validation_split(known)
        learning = within_percentiles(_users_kept(known, inner), self.options.hyperparameters)
        data = replace(self.data, histories=learning)

        def train(settings: Mapping[str, Any], progress: Progress, validation: Validation | None) -> Model:
            asked = None if self.recipe.trains_on_all_users else validation
            return self.recipe.train(data, self.with_settings(settings).options, progress, asked)

        return search(plan, inner, train, report)

    def unsuited(self) -> str | None:
        """Return why AutoML need not try this recipe, None where it should."""
        columns = (*self.data.item_columns, *self.data.user_columns, *self.data.histories.context)
        if self.recipe.uses_metadata and not columns:
            return "there is no column of items, users or interactions to learn from"
        return None


def best_candidate(
    candidates: Sequence[Candidate], plans: Sequence[SearchPlan], progress: JobProgress
) -> tuple[Candidate, Best]:
    """Search every candidate by its plan; return the best one with its best settings, and how good these were.

    Raises JobFailed with the reasons when no candidate could be trained.
    """
    report = SearchProgress(progress, sum(plan.n_trials for plan in plans))
    best: Best | None = None
    chosen: Candidate | None = None
    reasons = []
    for candidate, plan in zip(candidates, plans, strict=True):
        reason = candidate.unsuited() if len(candidates) > 1 else None
        if reason is not None:
            report.skip(plan.n_trials, f"{plan.recipe} is left out: {reason}.")
            continue
        try:
            found = candidate.search(plan, report)
        except JobFailed as error:
            reasons.append(str(error))
            continue
        if found.beats(best):
            best, chosen = found, candidate
    if best is None or chosen is None:
        raise JobFailed(" ".join(reasons) or "None of the recipes suits this data.")
    return chosen.with_settings(best.settings), best


def within_percentiles(histories: Histories, hyperparameters: Mapping[str, Any]) -> Histories:
    """Return the events of the users within the recipe's percentiles of history lengths, if it has such.

    Users keep their numbers; those left out are left without events. Raises JobFailed when nobody is left.
    """
    low = hyperparameters.get("min_user_history_length_percentile")
    high = hyperparameters.get("max_user_history_length_percentile")
    if low is None or high is None:
        return histories
    within = within_length_percentiles(histories, low, high)
    training = keep_events(histories, np.repeat(within, histories.lengths()))
    if training.n_events == 0:
        raise JobFailed(
            f"No user's history length lies between the percentiles {low} and {high}; widen "
            "min_user_history_length_percentile and max_user_history_length_percentile."
        )
    return training


def _users_kept(histories: Histories, split: TestSplit) -> Histories:
    return keep_events(histories, np.repeat(split.train_users, histories.lengths()))
