"""The training job: from a data set group's snapshots to a model folder that campaigns answer from.

The order is AWS's: event filters, minimum data, a tenth of the users set aside for the metrics, percentile filters on
the others, a search for the best settings where one was asked for, training. The model that is deployed is the one that
was measured, trained on nine tenths of the users; then it reads the whole history of everybody, so the set-aside users
are recommended to like all others. Recipes that only count are counted again on all users.
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
from services.engine.data.vocabulary import Vocabulary
from services.engine.errors import JobFailed
from services.engine.jobs.datasets.live_data import dataset_snapshot, newest_number
from services.engine.jobs.evaluation.metrics import sequence_split
from services.engine.jobs.evaluation.versions import CurveValidation, evaluate_version
from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.queue import Job
from services.engine.jobs.search.candidates import Candidate, best_candidate, within_percentiles
from services.engine.jobs.search.plan import SearchPlan, auto_ml_plans, hpo_plan
from services.engine.jobs.search.trials import Best
from services.engine.jobs.tools import JobTools
from services.engine.jobs.training.checkpoints import TrainingCheckpoints
from services.engine.models.artifacts import Artifact, write_artifact
from services.engine.recipes.base import (
    Floats,
    Histories,
    Model,
    Progress,
    Recipe,
    TrainingData,
    TrainOptions,
    UserModel,
)
from services.engine.recipes.hyperparameters import complete, to_text
from services.engine.recipes.registry import find, load_recipe
from services.engine.store.datasets import datasets_of
from services.engine.store.resources import Resource

SPLIT_SEED = 0
LEARNING_STAGES = (("read", 0.01), ("prepare", 0.05), ("train", 0.9), ("measure", 0.02), ("save", 0.02))
COUNTING_STAGES = (("read", 0.6), ("prepare", 0.05), ("train", 0.1), ("measure", 0.15), ("save", 0.1))
"""Shares of the time as measured on the bundled demo; preparing includes the loading of torch."""
TRIAL_SHARE = 1.6
"""Time of a search's trial compared with the training: larger models are tried too (benchmarks/search.py)."""


def run_training(tools: JobTools, job: Job, stop: threading.Event) -> JobResult:
    """Train the solution version that the job makes. Raises JobFailed in words; leaves no half-written folder."""
    started = time.monotonic()
    version = tools.resources.get("solution-version", job.arn)
    plans = _plans(version)
    recipes = [load_recipe(plan.recipe) for plan in plans] or [load_recipe(version["recipeArn"])]
    progress = JobProgress(tools.database, job, _stages(recipes[0], sum(plan.n_trials for plan in plans)), stop)

    progress.stage("read")
    datasets = datasets_of(tools.resources, version["datasetGroupArn"])
    up_to = {kind: newest_number(tools, dataset) for kind, dataset in datasets.items()}
    found = {kind: dataset_snapshot(tools, dataset, up_to[kind], progress) for kind, dataset in datasets.items()}
    snapshots = {kind: snapshot for kind, snapshot in found.items() if snapshot is not None}
    if "INTERACTIONS" not in snapshots:
        raise JobFailed("The dataset group has no interactions. Import some, then create a new version.")
    schemas = _schemas(tools, datasets, snapshots)
    read = [_read(version, recipe, snapshots, schemas) for recipe in recipes]

    progress.stage("prepare")
    candidates = [_candidate(tools, version, recipe, *what) for recipe, what in zip(recipes, read, strict=True)]
    del read
    best: Best | None = None
    candidate = candidates[0]
    if plans:
        progress.stage("search")
        candidate, best = best_candidate(candidates, plans, progress)
    del candidates
    recipe, options, split = candidate.recipe, candidate.options, candidate.split
    histories, training = candidate.data.histories, candidate.training()
    n_users = int((histories.lengths() > 0).sum())
    progress.log(
        f"{histories.n_events:,} events of {n_users:,} users and {histories.n_items:,} items; trained on "
        f"{training.n_events:,} events, measured on {len(split.test_users):,} users."
    )

    progress.stage("train")
    validation = None if recipe.trains_on_all_users else CurveValidation(split, training, progress)
    checkpoints = TrainingCheckpoints(tools.settings, version["solutionArn"], progress)
    options = replace(options, checkpoints=checkpoints)
    model = recipe.train(replace(candidate.data, histories=training), options, progress, validation)

    progress.stage("measure")
    evaluation, metrics = evaluate_version(model, training, split, progress)
    if recipe.trains_on_all_users:
        everyone = within_percentiles(histories, options.hyperparameters)
        model = recipe.train(replace(candidate.data, histories=everyone), options, progress, None)

    progress.stage("save")
    states = _states(model, histories, progress)
    facts = {"solution_version": job.arn, "split_seed": SPLIT_SEED, "hyperparameters": dict(options.hyperparameters)}
    name = resource_name(job.arn).replace("/", "-")
    write_artifact(
        tools.settings.models_path / name,
        Artifact(recipe.name, model, candidate.users, candidate.items, histories, states, facts),
        evaluation,
    )
    progress.end()
    checkpoints.remove()
    tuned, others = _searched(version, recipe, best)
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
            "_events_up_to": up_to["INTERACTIONS"],
            "_snapshots": {datasets[kind].arn: str(snapshot.path) for kind, snapshot in snapshots.items()},
            **tuned,
        },
        others=others,
    )


def _plans(version: Resource) -> tuple[SearchPlan, ...]:
    """Return the searches that the version asks for, none for a plain training."""
    config = version.body.get("solutionConfig") or {}
    if version.body.get("performAutoML"):
        return auto_ml_plans(config)
    return (hpo_plan(find(version["recipeArn"]), config),) if version.body.get("performHPO") else ()


def _stages(recipe: Recipe, n_trials: int) -> list[tuple[str, float]]:
    """Return the stages with their shares of the time; a search takes its trials' times that of the training."""
    stages = dict(COUNTING_STAGES if recipe.trains_on_all_users else LEARNING_STAGES)
    if not n_trials:
        return list(stages.items())
    names = ("read", "prepare", "search", "train", "measure", "save")
    return [(name, stages.get(name, TRIAL_SHARE * n_trials * stages["train"])) for name in names]


def _read(
    version: Resource, recipe: Recipe, snapshots: Mapping[str, SnapshotInfo], schemas: Mapping[str, Schema]
) -> tuple[TrainingData, Vocabulary, Vocabulary]:
    """Return what a recipe reads of the snapshots, and the vocabularies of users and items."""
    config = _config(version)
    return load_training_data(
        snapshots["INTERACTIONS"],
        snapshots.get("ITEMS"),
        snapshots.get("USERS"),
        schemas,
        version.body.get("eventType"),
        _threshold(config),
        *_columns(config, recipe),
        described_users=recipe.uses_metadata,
        impressions=recipe.uses_impressions,
    )


def _candidate(
    tools: JobTools, version: Resource, recipe: Recipe, data: TrainingData, users: Vocabulary, items: Vocabulary
) -> Candidate:
    """Return a recipe ready to be trained. Raises JobFailed when AWS's minimum of data is not reached."""
    histories = data.histories
    check_minimum_data(histories, version.body.get("eventType"))
    hyperparameters = _hyperparameters(recipe, _config(version))
    options = TrainOptions(hyperparameters, 0, _device(recipe), tools.settings.worker_threads, int(now()))
    counts = np.bincount(histories.items, minlength=histories.n_items)
    split = sequence_split(histories, SPLIT_SEED)
    newest = int(histories.timestamps.max())
    return Candidate(recipe, options, replace(data, item_counts=counts, newest=newest), users, items, split)


def _searched(
    version: Resource, recipe: Recipe, best: Best | None
) -> tuple[dict[str, Any], dict[str, Mapping[str, Any]]]:
    """Return what a search adds to the version, and to other resources: AutoML tells its solution the best recipe."""
    if best is None:
        return {}, {}
    texts = {name: to_text(value) for name, value in best.settings.items()}
    body: dict[str, Any] = {"tunedHPOParams": {"algorithmHyperParameters": texts}}
    if not version.body.get("performAutoML"):
        return body, {}
    arn = find(recipe.name).arn
    return body | {"recipeArn": arn}, {version["solutionArn"]: {"autoMLResult": {"bestRecipeArn": arn}}}


def _config(version: Resource) -> Mapping[str, Any]:
    """Return the settings that a training looks at; AutoML looks at autoMLConfig alone, as AWS documents."""
    return {} if version.body.get("performAutoML") else version.body.get("solutionConfig") or {}


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
