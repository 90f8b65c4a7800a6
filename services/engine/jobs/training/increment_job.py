"""The job of an incremental update: a served model takes in today's items, without a training.

No new version is made: the version's model folder is replaced. Popularity, metrics and evaluation stay those of the
last training, as AWS says of its updates (API reference, SolutionUpdateSummary).
"""

import threading
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from services.engine.arns import resource_name
from services.engine.data.vocabulary import Vocabulary
from services.engine.jobs.outcomes import JobResult
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.queue import Job
from services.engine.jobs.tools import JobTools
from services.engine.jobs.training.increments import KIND
from services.engine.jobs.training.source import Source, read_data, source_of
from services.engine.models.artifacts import read_artifact, write_artifact
from services.engine.models.evaluation_file import read_evaluation
from services.engine.recipes.base import Histories, Recipe, TextColumn, TrainingData, Updating
from services.engine.recipes.registry import load_recipe
from services.engine.store.resources import Resource

STAGES = (("read", 0.4), ("update", 0.5), ("save", 0.1))


def run_increment(tools: JobTools, job: Job, stop: threading.Event) -> JobResult:
    """Replace the model of the job's version by one with today's items. Raises JobFailed with a reason."""
    version = tools.resources.get("solution-version", tools.resources.get(KIND, job.arn).parent_arn or "")
    progress = JobProgress(tools.database, job, STAGES, stop)
    progress.stage("read")
    recipe = load_recipe(version["recipeArn"])
    assert isinstance(recipe, Updating)
    folder = tools.settings.models_path / version["_model_path"]
    artifact, evaluation = read_artifact(folder), read_evaluation(folder)
    assert evaluation is not None
    source = source_of(tools, version, progress, recipe, only=("ITEMS",))
    data, items, places = _today(version, recipe, source, artifact.items, artifact.histories)
    progress.stage("update", f"{len(items) - len(artifact.items):,} new items")
    model = recipe.updated(artifact.model, places, data)
    progress.stage("save")
    name = f"{resource_name(version.arn).replace('/', '-')}-{job.arn[-8:]}"
    updated = replace(artifact, model=model, items=items, histories=data.histories)
    write_artifact(tools.settings.models_path / name, updated, evaluation)
    progress.log(f"{len(items) - len(artifact.items):,} new items of {len(items):,}.")
    progress.end()
    before = version.body.get("_snapshots", {})

    def forget_map() -> None:
        for drawn in tools.resources.list("item-map", parent_arn=version.arn):
            tools.resources.delete(drawn.arn)

    changed = {"_model_path": name, "_snapshots": {**before, **source.paths}}
    return JobResult(
        body={"_items_up_to": source.items_up_to},
        others={version.arn: changed},
        replaced_snapshots=tuple(before[arn] for arn in source.paths if arn in before),
        replaced_models=(version["_model_path"],),
        also=forget_map,
    )


def _today(
    version: Resource, recipe: Recipe, source: Source, known: Vocabulary, histories: Histories
) -> tuple[TrainingData, Vocabulary, NDArray[np.int32]]:
    """Return the data with the items of today and of before, their ids, and where each item of before is now.

    Items that are gone from the Items dataset stay, without a text.
    """
    read, _, listed = read_data(version, recipe, source)
    items = Vocabulary.from_ids(sorted({*known.ids(range(len(known))), *listed.ids(range(len(listed)))}))
    places = items.indices_of(known.ids(range(len(known))))
    rows = listed.indices_of(items.ids(range(len(items)))).tolist()
    texts = tuple(
        TextColumn(column.name, tuple(None if row < 0 else column.cells[row] for row in rows), column.is_name)
        for column in read.item_texts
    )
    moved = replace(histories, items=places[histories.items], n_items=len(items))
    return TrainingData(moved, item_texts=texts), items, places
