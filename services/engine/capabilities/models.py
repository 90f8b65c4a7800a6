"""Which trained version, and which model, an ARN stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.engine.arns import resource_kind
from services.engine.store.resources import Resource
from services.engine.store.versions import VERSION_KINDS, recommender_version

if TYPE_CHECKING:
    from services.engine.context import EngineContext
    from services.engine.models.artifacts import Artifact


def version_of(context: EngineContext, arn: str) -> Resource | None:
    """Return a trained version, or the one that a recommender serves; None when there is none."""
    found = context.resources.find_any(arn)
    if found is not None and found.kind == "recommender":
        return recommender_version(context.resources, arn)
    return found if found is not None and found.kind in VERSION_KINDS else None


def artifact_of(context: EngineContext, arn: str) -> Artifact:
    """Return the model of a campaign, a recommender or a solution version. Raises EngineError."""
    from services.engine.api.domains.serving import campaign_serving, recommender_serving

    found = context.resources.find_any(arn)
    if found is not None and found.kind == "recommender":
        arn = recommender_serving(context.resources, arn).version_arn
    elif resource_kind(arn) == "campaign":
        arn = campaign_serving(context.resources, arn).version_arn
    return context.models.get(arn)
