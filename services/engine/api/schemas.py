"""Schemas: immutable, without a status, usable by any number of datasets."""

from typing import Any

from services.engine.api import limits
from services.engine.api.domains.schemas import check_domain
from services.engine.api.paging import resource_page
from services.engine.context import EngineContext
from services.engine.data.schemas import parse_schema
from services.engine.errors import ResourceInUse


def create_schema(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Check a schema, by the rules of its domain too, and store its text unchanged."""
    parsed = parse_schema(request["schema"])
    if "domain" in request:
        check_domain(parsed, request["domain"])
    arn = context.arns.make("schema", request["name"])
    body = {
        "name": request["name"],
        "schemaArn": arn,
        "schema": request["schema"],
        "domain": request.get("domain"),
    }
    with context.database.atomic():
        schemas = len(context.resources.list("schema"))
        limits.check(schemas, limits.SCHEMAS, f"There are {schemas} schemas already. Delete some and try again.")
        context.resources.insert("schema", arn, body)
    return {"schemaArn": arn}


def describe_schema(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with its unchanged text."""
    return {"schema": context.resources.get("schema", request["schemaArn"]).describe()}


def list_schemas(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return all schemas, oldest first."""
    return resource_page(context, request, "ListSchemas", "schemas", "schema")


def delete_schema(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a schema that no dataset uses."""
    with context.database.atomic():
        schema = context.resources.get("schema", request["schemaArn"])
        for dataset in context.resources.list("dataset"):
            if dataset["schemaArn"] == schema.arn:
                raise ResourceInUse(f"The schema {schema.arn} is used by the dataset {dataset.arn}. Delete that first.")
        context.resources.delete(schema.arn)
    return {}
