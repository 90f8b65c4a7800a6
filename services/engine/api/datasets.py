"""Datasets: at most one of each type in a dataset group, each with a schema of that type."""

import uuid
from typing import Any

from services.engine.api.paging import resource_page
from services.engine.api.states import ACTIVE, refuse_unfinished
from services.engine.api.tags import requested_tags
from services.engine.clock import now
from services.engine.context import EngineContext
from services.engine.data.schemas import Schema, canonical_dataset_type, parse_schema
from services.engine.errors import InvalidInput, ResourceInUse
from services.engine.store.leftovers import remove_snapshots
from services.engine.store.resources import Resource
from services.engine.store.versions import RECOMMENDER_VERSION

REPLACEABLE_TYPES = ("Items", "Users")
EVENT_DATASET = "event-dataset"
"""The kind of the dataset EVENT_INTERACTIONS, a kind of its own because it has neither a schema nor rows here."""


def create_dataset(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Create an empty dataset. The case of its type is ignored, and Describe returns it in capitals, as in AWS."""
    dataset_type = canonical_dataset_type(request["datasetType"])
    tags = requested_tags(request)
    with context.database.atomic():
        group = context.resources.get("dataset-group", request["datasetGroupArn"])
        schema = context.resources.get("schema", request["schemaArn"])
        _check_schema(schema, dataset_type)
        _check_domain(schema, group)
        arn = context.arns.dataset(group["name"], dataset_type)
        body = {
            "name": request["name"],
            "datasetArn": arn,
            "datasetGroupArn": group.arn,
            "datasetType": dataset_type.upper(),
            "schemaArn": schema.arn,
            "trackingId": str(uuid.uuid4()) if dataset_type == "Action_Interactions" else None,
            "_dataset_group_name": group["name"],
        }
        context.resources.insert("dataset", arn, body, parent_arn=group.arn, status=ACTIVE)
        context.tags.put(arn, tags)
    return {"datasetArn": arn}


def create_event_dataset(context: EngineContext, group: Resource) -> None:
    """Create the dataset EVENT_INTERACTIONS, which AWS adds with the first event tracker of a group.

    Programs describe, list and delete it. Events go to the Interactions dataset.
    """
    arn = f"{group.arn.replace(':dataset-group/', ':dataset/')}/EVENT_INTERACTIONS"
    if context.resources.find_any(arn) is None:
        body = {
            "name": "event-interactions",
            "datasetArn": arn,
            "datasetGroupArn": group.arn,
            "datasetType": "EVENT_INTERACTIONS",
        }
        context.resources.insert(EVENT_DATASET, arn, body, parent_arn=group.arn, status=ACTIVE)


def describe_dataset(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return a dataset."""
    found = context.resources.find(EVENT_DATASET, request["datasetArn"])
    return {"dataset": (found or context.resources.get("dataset", request["datasetArn"])).describe()}


def list_datasets(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the datasets of a group, or all, oldest first."""
    return resource_page(context, request, "ListDatasets", "datasets", ("dataset", EVENT_DATASET), "datasetGroupArn")


def update_dataset(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Replace the schema of an Items or Users dataset by one with all of its fields; new fields must allow null."""
    with context.database.atomic():
        dataset = context.resources.get("dataset", request["datasetArn"])
        schema = context.resources.get("schema", request["schemaArn"])
        dataset_type = canonical_dataset_type(dataset["datasetType"])
        if dataset_type not in REPLACEABLE_TYPES:
            raise InvalidInput(
                f"The schema of a dataset of the type {dataset_type} cannot be replaced; only those of "
                f"{' and '.join(REPLACEABLE_TYPES)} can."
            )
        refuse_unfinished(
            context.resources, "dataset-import-job", dataset.arn, f"The dataset {dataset.arn} cannot be updated"
        )
        _check_domain(schema, context.resources.get("dataset-group", dataset["datasetGroupArn"]))
        before = parse_schema(context.resources.get("schema", dataset["schemaArn"])["schema"])
        _check_successor(before, _check_schema(schema, dataset_type))
        moment = now()
        update = {
            "schemaArn": schema.arn,
            "status": ACTIVE,
            "creationDateTime": moment,
            "lastUpdatedDateTime": moment,
        }
        context.resources.update(dataset.arn, body={"schemaArn": schema.arn, "latestDatasetUpdate": update})
    return {"datasetArn": dataset.arn}


def delete_dataset(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a dataset with its jobs, and its rows unless a solution version was trained on them."""
    with context.database.atomic():
        if context.resources.find(EVENT_DATASET, request["datasetArn"]) is not None:
            context.resources.delete(request["datasetArn"])
            return {}
        dataset = context.resources.get("dataset", request["datasetArn"])
        doing = f"The dataset {dataset.arn} cannot be deleted"
        jobs = ("dataset-import-job", "dataset-export-job")
        for kind in jobs:
            refuse_unfinished(context.resources, kind, dataset.arn, doing)
        for deletion in context.resources.list("data-deletion-job", parent_arn=dataset["datasetGroupArn"]):
            if deletion.status in ("PENDING", "IN_PROGRESS"):
                raise ResourceInUse(f"{doing} while the data deletion job {deletion.arn} is {deletion.status}. Wait.")
        for solution in context.resources.list("solution", parent_arn=dataset["datasetGroupArn"]):
            refuse_unfinished(context.resources, "solution-version", solution.arn, doing)
        for recommender in context.resources.list("recommender", parent_arn=dataset["datasetGroupArn"]):
            refuse_unfinished(context.resources, RECOMMENDER_VERSION, recommender.arn, doing)
        for kind in jobs:
            for job in context.resources.list(kind, parent_arn=dataset.arn):
                context.resources.delete(job.arn)
        context.resources.delete(dataset.arn)
        context.live.forget(dataset.arn)
    if "_snapshot" in dataset.body:
        remove_snapshots(context.settings, context.resources, [dataset["_snapshot"]["path"]])
    return {}


def _check_schema(schema: Resource, dataset_type: str) -> Schema:
    parsed = parse_schema(schema["schema"])
    if parsed.dataset_type != dataset_type:
        raise InvalidInput(
            f"The schema {schema.arn} describes {parsed.dataset_type}, not {dataset_type}. Use a schema whose name is "
            f"{dataset_type}."
        )
    return parsed


def _check_successor(before: Schema, after: Schema) -> None:
    """Raise InvalidInput unless the new schema has every field unchanged and its new fields allow null."""
    for field in before:
        new_field = after.find(field.name)
        if new_field is None:
            raise InvalidInput(f"The new schema lacks the field {field.name}. Keep every field of the present schema.")
        if new_field != field:
            raise InvalidInput(f"The field {field.name} differs from the present schema. Keep its type and attributes.")
    for field in after:
        if before.find(field.name) is None and not field.nullable:
            raise InvalidInput(
                f"The new field {field.name} must allow null, since present records lack it. "
                f'Use ["null", "{field.type}"].'
            )


def _check_domain(schema: Resource, group: Resource) -> None:
    if schema.body.get("domain") != group.body.get("domain"):
        raise InvalidInput(
            f"The schema {schema.arn} is for {_domain_words(schema)}, the dataset group {group.arn} for "
            f"{_domain_words(group)}. Use a schema of the group's domain."
        )


def _domain_words(resource: Resource) -> str:
    domain = resource.body.get("domain")
    return f"the domain {domain}" if domain else "custom datasets"
