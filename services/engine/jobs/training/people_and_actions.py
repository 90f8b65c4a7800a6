"""Trainings whose models answer with people or actions: measured on later events, then learned from everything."""

from collections.abc import Mapping
from dataclasses import replace

from services.engine.data.schemas import Schema
from services.engine.data.snapshots import SnapshotInfo
from services.engine.data.vocabulary import Vocabulary
from services.engine.jobs.evaluation.actions import before, evaluate_actions, moment_of
from services.engine.jobs.evaluation.segments import before_the_newest_tenth, evaluate_segments
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.training.action_data import load_actions
from services.engine.models.evaluation_file import VersionEvaluation
from services.engine.recipes.actions import ActionTrainingData
from services.engine.recipes.affinity.segments import SegmentModel, SegmentRecipe
from services.engine.recipes.base import Model, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.next_best_action.cases import cases_of
from services.engine.recipes.next_best_action.recipe import NextBestActionRecipe

Trained = tuple[Model, VersionEvaluation, dict[str, float]]
"""The model to serve, its evaluation, and AWS's metrics."""


def train_segments(recipe: SegmentRecipe, data: TrainingData, options: TrainOptions, progress: JobProgress) -> Trained:
    """Train a recipe that answers with people; it is measured on the newest tenth of the events."""
    past, future = before_the_newest_tenth(data.histories)
    progress.stage("train")
    measured = recipe.train(replace(data, histories=past), options, progress)
    progress.stage("measure")
    assert isinstance(measured, SegmentModel)
    evaluation, metrics = evaluate_segments(measured, past, future, recipe.questions(data, future), progress)
    return recipe.train(data, options, SilentProgress()), evaluation, metrics


def train_actions(
    recipe: NextBestActionRecipe, data: TrainingData, options: TrainOptions, progress: JobProgress
) -> Trained:
    """Train a recipe that answers with actions; it is measured on the newest fifth of the action interactions."""
    assert isinstance(data, ActionTrainingData)
    assert data.actions is not None
    moment = moment_of(data.actions)
    progress.stage("train")
    measured = recipe.train(before(data, moment), options, progress)
    progress.stage("measure")
    cases = cases_of(data.actions, data.histories, measured.contributions, recipe.period_s(options), moment)
    evaluation, metrics = evaluate_actions(measured, cases, data, moment)
    return recipe.train(data, options, SilentProgress()), evaluation, metrics


def add_actions(
    data: TrainingData,
    users: Vocabulary,
    snapshots: Mapping[str, SnapshotInfo],
    schemas: Mapping[str, Schema],
) -> tuple[TrainingData, Vocabulary]:
    """Return the data with the actions of the dataset group, and their vocabulary; snapshots by upper-case type."""
    interactions = snapshots.get("ACTION_INTERACTIONS")
    actions, names = load_actions(snapshots.get("ACTIONS"), interactions, schemas, users)
    return ActionTrainingData(**vars(data), actions=actions), names
