"""The training job: from a data set group's snapshots to a model folder that campaigns answer from.

The order is AWS's: event filters, minimum data, a tenth of the users set aside for the metrics, percentile filters on
the others, training. The model that is deployed is the one that was measured, trained on nine tenths of the users;
then it reads the whole history of everybody, so the set-aside users are recommended to like all others. Recipes that
only count are counted again on all users.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from services.engine.arns import resource_name
from services.engine.clock import now
from services.engine.data.minimum import check_minimum_data
from services.engine.data.schemas import Schema, parse_schema
from services.engine.data.sequences import load_training_data
from services.engine.data.snapshots import SnapshotInfo
from services.engine.errors import JobFailed
from services.engine.jobs.artifacts import Artifact, write_artifact
from services.engine.jobs.evaluation import CurveValidation, evaluate_version
from services.engine.jobs.imports import datasets_of
from services.engine.jobs.metrics import sequence_split
from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.queue import Job
from services.engine.jobs.running import JobTools
from services.engine.jobs.snapshots import current_snapshot
from services.engine.recipes.base import Floats, Histories, Model, Progress, Recipe, TrainOptions, UserModel
from services.engine.recipes.histories import keep_events, within_length_percentiles
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import load_recipe
from services.engine.store.resources import Resource

SPLIT_SEED = 0
LEARNING_STAGES = (("read", 0.01), ("prepare", 0.05), ("train", 0.9), ("measure", 0.02), ("save", 0.02))
COUNTING_STAGES = (("read", 0.6), ("prepare", 0.05), ("train", 0.1), ("measure", 0.15), ("save", 0.1))
"""Shares of the time as measured on the bundled demo; preparing includes the loading of torch."""


def run_training(tools: JobTools, job: Job, stop: threading.Event) -> JobResult:
    """Train the solution version that the job makes. Raises JobFailed in words; leaves no half-written folder."""
    started = time.monotonic()
    version = tools.resources.get("solution-version", job.arn)
    recipe = load_recipe(version["recipeArn"])
    stages = COUNTING_STAGES if recipe.trains_on_everyone else LEARNING_STAGES
    progress = JobProgress(tools.database, job, stages, stop)
    config: Mapping[str, Any] = version.body.get("solutionConfig") or {}
    hyperparameters = _hyperparameters(recipe, config)

    progress.stage("read")
    datasets = datasets_of(tools.resources, version["datasetGroupArn"])
    found = {kind: current_snapshot(tools.settings, dataset) for kind, dataset in datasets.items()}
    snapshots = {kind: snapshot for kind, snapshot in found.items() if snapshot is not None}
    if "INTERACTIONS" not in snapshots:
        raise JobFailed("The dataset group has no imported interactions. Import some, then create a new version.")
    data, users, items = load_training_data(
        snapshots["INTERACTIONS"],
        snapshots.get("ITEMS"),
        snapshots.get("USERS"),
        _schemas(tools, datasets, snapshots),
        version.body.get("eventType"),
        _threshold(config),
        *_columns(config, recipe),
        described_users=recipe.uses_metadata,
        impressions=recipe.uses_impressions,
    )

    progress.stage("prepare")
    histories = data.histories
    check_minimum_data(histories, version.body.get("eventType"))
    split = sequence_split(histories, SPLIT_SEED)
    training = _within_percentiles(
        keep_events(histories, np.repeat(split.train_users, histories.lengths())), hyperparameters
    )
    options = TrainOptions(hyperparameters, 0, _device(recipe), tools.settings.worker_threads, int(now()))
    counts = np.bincount(histories.items, minlength=histories.n_items)
    n_users = int((histories.lengths() > 0).sum())
    progress.log(
        f"{histories.n_events:,} events of {n_users:,} users and {histories.n_items:,} items; trained on "
        f"{training.n_events:,} events, measured on {len(split.test_users):,} users."
    )

    progress.stage("train")
    validation = None if recipe.trains_on_everyone else CurveValidation(split, training, progress)
    newest = int(histories.timestamps.max())
    given = replace(data, histories=training, item_counts=counts, newest=newest)
    model = recipe.train(given, options, progress, validation)

    progress.stage("measure")
    evaluation, metrics = evaluate_version(model, training, split, progress)
    if recipe.trains_on_everyone:
        everyone = _within_percentiles(histories, hyperparameters)
        model = recipe.train(replace(data, histories=everyone), options, progress, None)

    progress.stage("save")
    states = _states(model, histories, progress)
    facts = {"solution_version": job.arn, "split_seed": SPLIT_SEED, "hyperparameters": dict(hyperparameters)}
    name = resource_name(job.arn).replace("/", "-")
    write_artifact(
        tools.settings.models_path / name,
        Artifact(recipe.name, model, users, items, histories, states, facts),
        evaluation,
    )
    progress.end()
    return JobResult(
        body={
            "trainingHours": round((time.monotonic() - started) / 3600, 6),
            "_metrics": metrics,
            "_model_path": name,
            "_training_size": {
                "n_events": histories.n_events,
                "n_users": n_users,
                "n_items": histories.n_items,
            },
            "_snapshots": {datasets[kind].arn: str(snapshot.path) for kind, snapshot in snapshots.items()},
        }
    )


def _within_percentiles(histories: Histories, hyperparameters: Mapping[str, Any]) -> Histories:
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


def _states(model: Model, histories: Histories, progress: Progress) -> Floats:
    """Return what the model ends every user's history with, (n_users, state_size); size 0 for models without it."""
    if isinstance(model, UserModel):
        return model.states(histories, progress)
    return np.empty((histories.n_users, 0), np.float32)


def _hyperparameters(recipe: Recipe, config: Mapping[str, Any]) -> dict[str, Any]:
    algorithm, featurization = config.get("algorithmHyperParameters"), config.get("featureTransformationParameters")
    return complete(recipe.name, recipe.hyperparameters, algorithm, featurization)


def _device(recipe: Recipe) -> str:
    """Return where to train. Only the sequence recipes train with torch; the others never load it."""
    if not recipe.listens_to_events:
        return "cpu"
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _schemas(
    tools: JobTools, datasets: Mapping[str, Resource], snapshots: Mapping[str, SnapshotInfo]
) -> dict[str, Schema]:
    """Return the schemas of the data sets that hold rows, keyed by their type in AWS's spelling."""
    parsed = [parse_schema(tools.resources.get("schema", datasets[kind]["schemaArn"])["schema"]) for kind in snapshots]
    return {schema.dataset_type: schema for schema in parsed}


def _threshold(config: Mapping[str, Any]) -> float | None:
    text = config.get("eventValueThreshold")
    if text is None:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise JobFailed(f'eventValueThreshold is "{text}", which is not a number; use for example "3.5".') from error


def _columns(config: Mapping[str, Any], recipe: Recipe) -> tuple[Any, Any]:
    """Return the columns to leave out and to take, each by data set type, or None.

    A recipe that learns from interactions alone gets no column, whatever is chosen.
    """
    if not recipe.uses_metadata:
        return None, {"Interactions": (), "Items": (), "Users": ()}
    chosen = config.get("trainingDataConfig") or {}
    return chosen.get("excludedDatasetColumns"), chosen.get("includedDatasetColumns")
