"""Tags: up to 50 per resource, added at its creation or later; schemas have none.

Source: Amazon Personalize developer guide, "Tagging Amazon Personalize resources".
"""

from collections.abc import Mapping
from typing import Any

from services.engine.api.limits import TAGS_PER_RESOURCE
from services.engine.context import EngineContext
from services.engine.errors import InvalidInput, ResourceNotFound, TooManyTagKeys, TooManyTags
from services.engine.store.resources import Resource

RESERVED_PREFIX = "aws:"


def requested_tags(request: Mapping[str, Any]) -> dict[str, str]:
    """Return the checked tags of a Create request. Raises InvalidInput and TooManyTags."""
    return _checked(request.get("tags", []))


def tag_resource(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Add tags to a resource, or change their values."""
    tags = _checked(request["tags"])
    with context.database.atomic():
        resource = _taggable(context, request["resourceArn"])
        if len(context.tags.of(resource.arn) | tags) > TAGS_PER_RESOURCE:
            raise TooManyTags(
                f"The resource {resource.arn} would have more than {TAGS_PER_RESOURCE} tags. Remove some first."
            )
        context.tags.put(resource.arn, tags)
    return {}


def untag_resource(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Remove tags from a resource; keys that it does not have are ignored."""
    keys = request["tagKeys"]
    if len(keys) > TAGS_PER_RESOURCE:
        raise TooManyTagKeys(f"{len(keys)} tag keys were given; at most {TAGS_PER_RESOURCE} can be removed at a time.")
    _refuse_reserved(keys)
    resource = _taggable(context, request["resourceArn"])
    context.tags.remove(resource.arn, keys)
    return {}


def list_tags_for_resource(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return a resource's tags, by key."""
    resource = _taggable(context, request["resourceArn"])
    return {"tags": [{"tagKey": key, "tagValue": value} for key, value in context.tags.of(resource.arn).items()]}


def _taggable(context: EngineContext, arn: str) -> Resource:
    resource = context.resources.find_any(arn)
    if resource is None:
        raise ResourceNotFound(f"The given resource does not exist: {arn}")
    if resource.kind == "schema":
        raise InvalidInput(f"Schemas cannot be tagged: {arn}")
    return resource


def _checked(entries: list[dict[str, str]]) -> dict[str, str]:
    tags = {entry["tagKey"]: entry["tagValue"] for entry in entries}
    if len(tags) < len(entries):
        raise InvalidInput("The same tag key was given more than once. Give each key once.")
    if len(tags) > TAGS_PER_RESOURCE:
        raise TooManyTags(f"{len(tags)} tags were given; a resource can have {TAGS_PER_RESOURCE}.")
    _refuse_reserved(tags)
    return tags


def _refuse_reserved(keys: Any) -> None:
    # The service model marks tag keys as sensitive, so the message does not repeat them.
    if any(key.lower().startswith(RESERVED_PREFIX) for key in keys):
        raise InvalidInput(f'A tag key begins with "{RESERVED_PREFIX}", which is reserved. Use another one.')
