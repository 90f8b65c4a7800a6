"""Ask a campaign: recommendations for a user, similar items, a personalized ranking.

more are further members of the request: the filter and the promotion (services/filters/request.py).
"""

from collections.abc import Mapping, Sequence

from services.backend import Backend, HistoryEvent, engine_errors
from services.errors import service_errors
from services.personalize.calls import ApiCall, timed
from services.personalize.campaigns import Campaign

NOBODY = "nobody-yet"
"""A user without a past, for use cases that want one beside the item and hide what that user has had."""


def recommend(
    backend: Backend,
    campaign: Campaign,
    user_id: str,
    count: int,
    context: Mapping[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> ApiCall:
    """Ask a campaign for a user's list, in a context (values by column) where one is given. Raises ServiceError."""
    request: dict[str, object] = {**campaign.asked, "userId": user_id, "numResults": count}
    if context:
        request["context"] = dict(context)
    request |= more or {}
    with service_errors():
        return timed(backend.runtime, "get_recommendations", **request)


def known_events(backend: Backend, campaign: Campaign, user_id: str) -> tuple[HistoryEvent, ...]:
    """Return a user's history as the model knows it, oldest first; () where nothing can be asked."""
    if backend.capabilities is None or not campaign.personal:
        return ()
    with engine_errors():
        return backend.capabilities.what_if.known_events(campaign.arn, user_id)


def item_ids(call: ApiCall) -> list[str]:
    """Return the list's item ids in order."""
    return [str(item["itemId"]) for item in call.response["itemList"]]


def similar(
    backend: Backend, campaign: Campaign, item_id: str, count: int, more: Mapping[str, object] | None = None
) -> ApiCall:
    """Ask a campaign for items similar to an item. Raises ServiceError."""
    request: dict[str, object] = {**campaign.asked, "itemId": item_id, "numResults": count, **(more or {})}
    if campaign.use_case:
        request.setdefault("userId", NOBODY)
    with service_errors():
        return timed(backend.runtime, "get_recommendations", **request)


def rank(
    backend: Backend,
    campaign: Campaign,
    user_id: str,
    item_ids: Sequence[str],
    more: Mapping[str, object] | None = None,
) -> ApiCall:
    """Ask a campaign for a user's order of a list. Raises ServiceError."""
    with service_errors():
        return timed(
            backend.runtime,
            "get_personalized_ranking",
            campaignArn=campaign.arn,
            userId=user_id,
            inputList=list(item_ids),
            **(more or {}),
        )
