"""The training job: from the snapshots of a dataset group to a model folder that campaigns serve.

The order is AWS's: event filters, minimum data, a tenth of the users as test users for the metrics, percentile filters
on the others, a search for the best settings if requested, training. The deployed model is the measured one, trained on
nine tenths of the users; it then computes the state of every user from the complete history, so the test users get
recommendations like all others. Recipes that only count are counted again on all users.
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
from services.engine.data.vocabulary import Vocabulary
from services.engine.jobs.evaluation.split import sequence_split
from services.engine.jobs.evaluation.texts import text_metrics
from services.engine.jobs.evaluation.versions import CurveValidation, evaluate_version
from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.queue import Job
from services.engine.jobs.search.candidates import Candidate, best_candidate, within_percentiles
from services.engine.jobs.search.plan import SearchPlan, auto_ml_plans, hpo_plan
from services.engine.jobs.search.trials import BestTrial
from services.engine.jobs.tools import JobTools
from services.engine.jobs.training.checkpoints import TrainingCheckpoints
from services.engine.jobs.training.objective import Objective, objective_of
from services.engine.jobs.training.people_and_actions import add_actions, train_actions, train_segments
from services.engine.jobs.training.source import config_of, read_data, source_of
from services.engine.models.artifacts import Artifact, write_artifact
from services.engine.models.evaluation_file import VersionEvaluation
from services.engine.recipes.affinity.segments import SegmentRecipe
from services.engine.recipes.base import (
    EventWeight,
    Floats,
    Histories,
    Model,
    Progress,
    Recipe,
    RelatedItemsModel,
    TrainingData,
    TrainOptions,
    UserModel,
)
from services.engine.recipes.histories import count_unique_users, user_state
from services.engine.recipes.hyperparameters import complete, to_text
from services.engine.recipes.item_clusters import MEASURED_USERS, MIN_ITEMS, ClusterIndex, build_index
from services.engine.recipes.next_best_action.recipe import NextBestActionRecipe
from services.engine.recipes.registry import find, load_recipe
from services.engine.recipes.related.semantic import SemanticModel
from services.engine.store.resources import Resource
from services.engine.store.versions import trained_version

SPLIT_SEED = 0
LEARNING_STAGES = (("read", 0.01), ("prepare", 0.05), ("train", 0.9), ("measure", 0.02), ("save", 0.02))
COUNTING_STAGES = (("read", 0.6), ("prepare", 0.05), ("train", 0.1), ("measure", 0.15), ("save", 0.1))
"""Shares of the time, measured on the bundled demo; "prepare" includes importing torch."""
TRIAL_SHARE = 1.6
"""Time of a trial divided by that of the training; trials include larger models (benchmarks/search.py)."""


def run_training(tools: JobTools, job: Job, stop: threading.Event) -> JobResult:
    """Train the version of the job, of a solution or of a recommender; leave no unfinished folder.

    Raises JobFailed with a reason.
    """
    started = time.monotonic()
    version = trained_version(tools.resources, job.arn)
    plans = _plans(version)
    recipes = [load_recipe(plan.recipe) for plan in plans] or [load_recipe(version["recipeArn"])]
    progress = JobProgress(tools.database, job, _stages(recipes[0], sum(plan.n_trials for plan in plans)), stop)

    progress.stage("read")
    source = source_of(tools, version, progress, recipes[0])
    data = [read_data(version, recipe, source) for recipe in recipes]
    actions = None
    if isinstance(recipes[0], NextBestActionRecipe):
        with_actions, actions = add_actions(data[0][0], data[0][1], source.snapshots, source.schemas)
        data = [(with_actions, *data[0][1:])]

    progress.stage("prepare")
    candidates = [_candidate(tools, version, recipe, *arrays) for recipe, arrays in zip(recipes, data, strict=True)]
    del data
    best: BestTrial | None = None
    candidate = candidates[0]
    if plans:
        progress.stage("search")
        candidate, best = best_candidate(candidates, plans, progress)
    del candidates
    checkpoints = TrainingCheckpoints(tools.settings, version["solutionArn"], progress)
    candidate = replace(candidate, options=replace(candidate.options, checkpoints=checkpoints))
    objective = objective_of(config_of(version), source.snapshots.get("ITEMS"), candidate.items)
    model, evaluation, metrics = _train_and_measure(candidate, progress, objective)

    progress.stage("save")
    histories = candidate.data.histories
    hyperparameters = dict(candidate.options.hyperparameters)
    facts = {"solution_version": job.arn, "split_seed": SPLIT_SEED, "hyperparameters": hyperparameters}
    states = states_of(model, histories, progress)
    index = None if objective else _index(candidate.recipe, model, histories, states)
    name = resource_name(job.arn).replace("/", "-")
    write_artifact(
        tools.settings.models_path / name,
        Artifact(
            candidate.recipe.name,
            model,
            candidate.users,
            candidate.items,
            histories,
            states,
            facts,
            index=index,
            actions=actions,
        ),
        evaluation,
    )
    progress.end()
    checkpoints.remove()
    tuned, others = _searched(version, candidate.recipe, best)
    return JobResult(
        body={
            "trainingHours": round((time.monotonic() - started) / 3600, 6),
            "_metrics": metrics,
            "_model_path": name,
            "_training_size": {
                "n_events": histories.n_events,
                "n_users": n_users_of(histories),
                "n_items": histories.n_items,
            },
            "_events_up_to": source.events_up_to,
            "_items_up_to": source.items_up_to,
            "_snapshots": source.paths,
            **tuned,
        },
        others=others,
    )


def _train_and_measure(
    candidate: Candidate, progress: JobProgress, objective: Objective | None = None
) -> tuple[Model, VersionEvaluation, dict[str, float]]:
    """Return the trained model, its evaluation and AWS's metrics."""
    recipe, options, split = candidate.recipe, candidate.options, candidate.split
    histories, training = candidate.data.histories, candidate.training()
    progress.log(
        f"{histories.n_events:,} events of {n_users_of(histories):,} users and {histories.n_items:,} items; trained on "
        f"{training.n_events:,} events, measured on {len(split.test_users):,} users."
    )

    if isinstance(recipe, NextBestActionRecipe):
        return train_actions(recipe, candidate.data, options, progress)
    if isinstance(recipe, SegmentRecipe):
        return train_segments(recipe, candidate.data, options, progress)
    progress.stage("train")
    validation = None if recipe.trains_on_all_users else CurveValidation(split, training, progress)
    model = recipe.train(replace(candidate.data, histories=training), options, progress, validation)
    if objective is not None:
        model = objective.applied(model)

    progress.stage("measure")
    evaluation, metrics = evaluate_version(model, training, split, progress, options.event_weights)
    if objective is not None:
        metrics = metrics | objective.metrics(model, split)
    if recipe.trains_on_all_users:
        all_users = within_percentiles(histories, options.hyperparameters)
        model = recipe.train(replace(candidate.data, histories=all_users), options, progress, None)
    if isinstance(model, SemanticModel):
        own = text_metrics(model, count_unique_users(histories), candidate.data.item_creation)
        metrics = metrics | own if histories.n_events else own
    if isinstance(model, RelatedItemsModel):
        evaluation = replace(evaluation, never_listed=model.never_listed)
    return model, evaluation, metrics


def _index(recipe: Recipe, model: Model, histories: Histories, states: Floats) -> ClusterIndex | None:
    """Return the cluster index of a large catalogue, measured on some users with events; None for other models."""
    if model.n_items < MIN_ITEMS or find(recipe.name).recipe_type != "USER_PERSONALIZATION":
        return None
    some = np.random.default_rng(SPLIT_SEED).permutation(np.flatnonzero(histories.lengths() > 0))[:MEASURED_USERS]
    return build_index(model, [user_state(histories, states, user) for user in some.tolist()])


def n_users_of(histories: Histories) -> int:
    """Return the number of users with events."""
    return int((histories.lengths() > 0).sum())


def _plans(version: Resource) -> tuple[SearchPlan, ...]:
    """Return the searches of the version, none for a plain training."""
    config = version.body.get("solutionConfig") or {}
    if version.body.get("performAutoML"):
        return auto_ml_plans(config)
    return (hpo_plan(find(version["recipeArn"]), config),) if version.body.get("performHPO") else ()


def _stages(recipe: Recipe, n_trials: int) -> list[tuple[str, float]]:
    """Return the stages with their shares of the time; the share of a search depends on its number of trials."""
    stages = dict(COUNTING_STAGES if recipe.trains_on_all_users else LEARNING_STAGES)
    if not n_trials:
        return list(stages.items())
    names = ("read", "prepare", "search", "train", "measure", "save")
    return [(name, stages.get(name, TRIAL_SHARE * n_trials * stages["train"])) for name in names]


def _candidate(
    tools: JobTools, version: Resource, recipe: Recipe, data: TrainingData, users: Vocabulary, items: Vocabulary
) -> Candidate:
    """Return a recipe with its data and settings. Raises JobFailed when there is less data than AWS's minimum."""
    histories = data.histories
    if recipe.needs_interactions:
        check_minimum_data(histories, version.body.get("eventType"))
    hyperparameters = _hyperparameters(recipe, config_of(version))
    options = TrainOptions(
        hyperparameters,
        0,
        _device(recipe),
        tools.settings.worker_threads,
        int(now()),
        event_weights=_event_weights(recipe, config_of(version)),
    )
    counts = np.bincount(histories.items, minlength=histories.n_items)
    split = sequence_split(histories, SPLIT_SEED)
    newest = int(histories.timestamps.max(initial=0))
    return Candidate(recipe, options, replace(data, item_counts=counts, newest=newest), users, items, split)


def _searched(
    version: Resource, recipe: Recipe, best: BestTrial | None
) -> tuple[dict[str, Any], dict[str, Mapping[str, Any]]]:
    """Return the members that a search adds to the version and to other resources: AutoML's best recipe."""
    if best is None:
        return {}, {}
    texts = {name: to_text(value) for name, value in best.settings.items()}
    body: dict[str, Any] = {"tunedHPOParams": {"algorithmHyperParameters": texts}}
    if not version.body.get("performAutoML"):
        return body, {}
    arn = find(recipe.name).arn
    return body | {"recipeArn": arn}, {version["solutionArn"]: {"autoMLResult": {"bestRecipeArn": arn}}}


def states_of(model: Model, histories: Histories, progress: Progress) -> Floats:
    """Return every user's state after the history, (n_users, state_size); size 0 for models without states."""
    if isinstance(model, UserModel):
        return model.states(histories, progress)
    return np.empty((histories.n_users, 0), np.float32)


def _hyperparameters(recipe: Recipe, config: Mapping[str, Any]) -> dict[str, Any]:
    algorithm, featurization = config.get("algorithmHyperParameters"), config.get("featureTransformationParameters")
    return complete(recipe.name, recipe.hyperparameters, algorithm, featurization)


def _device(recipe: Recipe) -> str:
    """Return the device. Only the sequence recipes train with torch; the others never import it."""
    if not recipe.listens_to_events:
        return "cpu"
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _event_weights(recipe: Recipe, config: Mapping[str, Any]) -> tuple[EventWeight, ...]:
    """Return a solution's eventsConfig; () without one, and for recipes that do not weigh events."""
    listed = (config.get("eventsConfig") or {}).get("eventParametersList") or []
    if not recipe.weighs_events:
        return ()
    return tuple(
        EventWeight(entry["eventType"], float(entry.get("weight", 1.0)), entry.get("eventValueThreshold"))
        for entry in listed
    )
