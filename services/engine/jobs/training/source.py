"""The training data of a version: the datasets of its group at one moment, and what a recipe reads of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.engine.data.schemas import Schema, parse_schema
from services.engine.data.sequences import load_training_data
from services.engine.data.snapshots import SnapshotInfo
from services.engine.data.vocabulary import Vocabulary
from services.engine.errors import JobFailed
from services.engine.jobs.datasets.live_data import dataset_snapshot, newest_number
from services.engine.jobs.progress import JobProgress
from services.engine.jobs.tools import JobTools
from services.engine.recipes.base import Recipe, TrainingData
from services.engine.store.datasets import datasets_of
from services.engine.store.resources import Resource


@dataclass(frozen=True)
class Source:
    """The training data of a version, before it is read."""

    snapshots: Mapping[str, SnapshotInfo]
    """Snapshots by upper-case dataset type; of the datasets with rows only."""
    schemas: Mapping[str, Schema]
    """Schemas by dataset type in AWS's spelling."""
    paths: Mapping[str, str]
    """Paths of the snapshots by dataset ARN."""
    events_up_to: int
    """Number of the newest live event."""
    items_up_to: int
    """Number of the newest item that was put."""


def source_of(
    tools: JobTools, version: Resource, progress: JobProgress, recipe: Recipe, only: Sequence[str] = ()
) -> Source:
    """Return the training data of a recipe, if given of these datasets only.

    Raises JobFailed when the dataset is empty that the recipe cannot do without.
    """
    datasets = datasets_of(tools.resources, version["datasetGroupArn"])
    datasets = {kind: dataset for kind, dataset in datasets.items() if not only or kind in only}
    up_to = {kind: newest_number(tools, dataset) for kind, dataset in datasets.items()}
    contents = {kind: dataset_snapshot(tools, dataset, up_to[kind], progress) for kind, dataset in datasets.items()}
    snapshots = {kind: snapshot for kind, snapshot in contents.items() if snapshot is not None}
    needed = "INTERACTIONS" if recipe.needs_interactions else "ITEMS"
    if needed not in snapshots:
        raise JobFailed(f"The dataset group has no {needed.lower()}. Import some, then create a new version.")
    paths = {datasets[kind].arn: str(snapshot.path) for kind, snapshot in snapshots.items()}
    return Source(
        snapshots, _schemas(tools, datasets, snapshots), paths, up_to.get("INTERACTIONS", 0), up_to.get("ITEMS", 0)
    )


def read_data(version: Resource, recipe: Recipe, source: Source) -> tuple[TrainingData, Vocabulary, Vocabulary]:
    """Return a recipe's training data from the snapshots, and the vocabularies of users and items."""
    config = config_of(version)
    return load_training_data(
        source.snapshots.get("INTERACTIONS"),
        source.snapshots.get("ITEMS"),
        source.snapshots.get("USERS"),
        source.schemas,
        version.body.get("eventType"),
        _threshold(config),
        *_columns(config, recipe),
        described_users=recipe.uses_metadata,
        impressions=recipe.uses_impressions,
        texts=recipe.uses_texts,
    )


def config_of(version: Resource) -> Mapping[str, Any]:
    """Return the solutionConfig of a training; AutoML ignores everything but autoMLConfig, as AWS documents."""
    return {} if version.body.get("performAutoML") else version.body.get("solutionConfig") or {}


def _schemas(
    tools: JobTools, datasets: Mapping[str, Resource], snapshots: Mapping[str, SnapshotInfo]
) -> dict[str, Schema]:
    """Return the schemas of the datasets with rows, by dataset type in AWS's spelling."""
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
    """Return the excluded and the included columns, each by dataset type, or None.

    A recipe that learns from interactions only gets no columns, whatever the configuration.
    """
    if not recipe.uses_metadata:
        return None, {"Interactions": (), "Items": (), "Users": ()}
    selection = config.get("trainingDataConfig") or {}
    return selection.get("excludedDatasetColumns"), selection.get("includedDatasetColumns")
