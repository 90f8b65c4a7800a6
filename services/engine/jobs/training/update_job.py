"""The update job (trainingMode UPDATE): the newest full version's weights, with the items and users of today's data.

It takes seconds: nothing is trained. Metrics and evaluation are those of the full version, whose weights answer.
"""

import threading
import time

import numpy as np

from services.engine.arns import resource_name
from services.engine.errors import JobFailed
from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.queue import Job
from services.engine.jobs.tools import JobTools
from services.engine.jobs.training.automatic import full_version
from services.engine.jobs.training.source import read_data, source_of
from services.engine.jobs.training.training_job import n_users_of, states_of
from services.engine.models.artifacts import Artifact, read_artifact, write_artifact
from services.engine.models.evaluation_file import read_evaluation
from services.engine.recipes.base import Updating
from services.engine.recipes.registry import load_recipe

STAGES = (("read", 0.4), ("update", 0.5), ("save", 0.1))


def run_update(tools: JobTools, job: Job, stop: threading.Event) -> JobResult:
    """Make the version of the job from the newest full version. Raises JobFailed with a reason."""
    started = time.monotonic()
    version = tools.resources.get("solution-version", job.arn)
    base = full_version(tools.resources, version["solutionArn"])
    if base is None:
        raise JobFailed("The full version that this one updates is gone. Create one with the trainingMode FULL.")
    progress = JobProgress(tools.database, job, STAGES, stop)
    progress.stage("read")
    recipe = load_recipe(version["recipeArn"])
    folder = tools.settings.models_path / base["_model_path"]
    artifact, evaluation = read_artifact(folder), read_evaluation(folder)
    source = source_of(tools, version, progress, recipe)
    data, users, items = read_data(version, recipe, source)
    places = items.indices_of(artifact.items.ids(range(len(artifact.items))))
    if (places < 0).any():
        gone = artifact.items.id_of(int(np.flatnonzero(places < 0)[0]))
        raise JobFailed(f"The item {gone} of {base.arn} is gone from the data. Train with the trainingMode FULL.")
    progress.stage("update", f"{data.histories.n_items - len(places):,} new items")
    assert isinstance(recipe, Updating)
    model = recipe.updated(artifact.model, places, data)
    states = states_of(model, data.histories, progress)
    progress.stage("save")
    name = resource_name(job.arn).replace("/", "-")
    facts = {**artifact.facts, "solution_version": job.arn, "updates": base.arn}
    assert evaluation is not None
    write_artifact(
        tools.settings.models_path / name,
        Artifact(recipe.name, model, users, items, data.histories, states, facts),
        evaluation,
    )
    progress.log(f"{data.histories.n_items - len(places):,} new items of {data.histories.n_items:,}.")
    progress.end()
    return JobResult(
        body={
            "trainingHours": round((time.monotonic() - started) / 3600, 6),
            "_metrics": base["_metrics"],
            "_model_path": name,
            "_training_size": {
                "n_events": data.histories.n_events,
                "n_users": n_users_of(data.histories),
                "n_items": data.histories.n_items,
            },
            "_events_up_to": source.events_up_to,
            "_items_up_to": source.items_up_to,
            "_snapshots": source.paths,
        }
    )
