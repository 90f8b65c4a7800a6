"""GetPersonalizedRanking: checks the parameters and calls runtime/ranking.py.

Our choices where AWS's documentation is silent, here and in runtime/ranking.py: an empty inputList and a campaign of a
recipe that does not rank are InvalidInput; items that a filter excludes are left out, and the scores of the others sum
to 1; context is accepted and ignored by recipes without context.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from services.engine.api.attribution.metric_attributions import remember
from services.engine.api.domains.serving import campaign_serving
from services.engine.api.filters import allowed_items
from services.engine.api.recommendations import add_metadata, metadata_columns, rounded
from services.engine.context import EngineContext
from services.engine.errors import InvalidInput
from services.engine.recipes.registry import find
from services.engine.runtime.ranking import rank_for_user

MAX_ITEMS = 500
MAX_ITEMS_WITH_METADATA = 50


def get_personalized_ranking(context: EngineContext, request: dict[str, Any]) -> dict[str, Any]:
    """Return the items of inputList in the order of the user's interest."""
    serving = campaign_serving(context.resources, request["campaignArn"])
    columns = metadata_columns(serving, request)
    item_ids = _item_ids(request, with_metadata=bool(columns))
    artifact = context.models.get(serving.version_arn)
    if find(artifact.recipe).recipe_type != "PERSONALIZED_RANKING":
        raise InvalidInput(f"Recipe {artifact.recipe} does not rank lists that it is given; use GetRecommendations.")
    if not request["userId"]:
        raise InvalidInput(f"userId is empty; campaigns of recipe {artifact.recipe} answer for a userId.")
    allowed = allowed_items(context, request, serving.group_arn, artifact)
    if allowed is not None:
        item_ids = allowed.of(item_ids)
    ranking: list[dict[str, Any]] = [
        {"itemId": item.item_id} if item.score is None else {"itemId": item.item_id, "score": rounded(item.score)}
        for item in rank_for_user(artifact, request["userId"], item_ids)
    ]
    if columns:
        add_metadata(context, serving, columns, ranking)
    answer = {"personalizedRanking": ranking, "recommendationId": f"RID-{uuid.uuid4()}"}
    remember(context, serving.group_arn, serving.arn, answer, "personalizedRanking")
    return answer


def _item_ids(request: Mapping[str, Any], *, with_metadata: bool) -> list[str]:
    """Return the list to rank, limited by the developer guide; botocore's model has no limit."""
    item_ids: list[str] = request["inputList"]
    if not item_ids:
        raise InvalidInput(f"inputList is empty; give 1 to {MAX_ITEMS} item ids.")
    if with_metadata and len(item_ids) > MAX_ITEMS_WITH_METADATA:
        raise InvalidInput(
            f"inputList has {len(item_ids)} items; with metadataColumns at most {MAX_ITEMS_WITH_METADATA} are ranked."
        )
    if len(item_ids) > MAX_ITEMS:
        raise InvalidInput(f"inputList has {len(item_ids)} items; at most {MAX_ITEMS} are ranked.")
    return item_ids
