"""PutItems and PutUsers: individual records, stored before the answer; a record replaces an earlier one of its ID."""

from typing import Any

from services.engine.context import EngineContext
from services.engine.data.properties import cell, cells_of, parse
from services.engine.data.schemas import canonical_dataset_type, parse_schema
from services.engine.errors import InvalidInput


def put_items(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Add or replace all items or none."""
    return put_records(context, request, "Items", "items", "itemId", "ITEM_ID")


def put_users(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Add or replace all users or none."""
    return put_records(context, request, "Users", "users", "userId", "USER_ID")


def put_records(
    context: EngineContext, request: dict[str, Any], kind: str, member: str, id_member: str, id_column: str
) -> dict[str, Any]:
    """Add or replace all records of a dataset of this kind or none."""
    with context.database.atomic():  # the dataset must exist until the records are stored
        dataset = context.resources.get("dataset", request["datasetArn"])
        if canonical_dataset_type(dataset["datasetType"]) != kind:
            raise InvalidInput(
                f"The dataset {dataset.arn} is of the type {dataset['datasetType']}; {member} go into one of the type "
                f"{kind}."
            )
        schema = parse_schema(context.resources.get("schema", dataset["schemaArn"])["schema"])
        id_field = schema.find(id_column)
        assert id_field is not None
        records = {}
        for number, entry in enumerate(request[member], start=1):
            where = f"{member}.{number}"
            key = entry[id_member]
            cells = cells_of(parse(entry.get("properties"), where), schema, where, reserved=(id_column,))
            records[key] = cells | {id_column: cell(id_field, key, f"{where}.{id_member}")}
        context.live.add_records(dataset.arn, records)
    return {}
