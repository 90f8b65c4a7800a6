"""Lists for a history that no user has: a made-up user with a few items, or a known one with another past.

They need a model that can be asked about such a history; AWS has no such call (`possible`).
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.backend import Backend, HistoryEvent, engine_errors
from services.library.store import LoadedData
from services.lists.reasons import Past
from services.personalize.calls import ApiCall
from services.personalize.campaigns import Campaign

DEEP = 500
"""How many places to look at for an item that fell."""
PICK_DISTANCE_S = 2 * 3600
"""Between the picks of a made-up user: one long evening, the last pick at the data's newest moment."""


@dataclass(frozen=True)
class Supposed:
    """A list for another history than the known one."""

    call: ApiCall
    """Shaped like an answer of GetRecommendations, but made without a call of the API."""
    deep: tuple[str, ...]
    """The same list up to DEEP places."""
    past: Past
    ignored: tuple[str, ...] = ()
    """Items of the history that the model does not know."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """By item, as far as the recipe has scores."""

    @property
    def item_ids(self) -> list[str]:
        """The list."""
        return [str(item["itemId"]) for item in self.call.response["itemList"]]

    def only(self, item_ids: Sequence[str], count: int) -> "Supposed":
        """Return the list with these of its deep items alone, as a filter leaves them."""
        call = replace(self.call, response={"itemList": _listed(item_ids[:count], self.scores)})
        return replace(self, call=call, deep=tuple(item_ids))


def possible(backend: Backend, campaign: Campaign) -> bool:
    """Return whether this campaign can be asked about a history that no user has."""
    return backend.capabilities is not None and campaign.personal


def why_not(backend: Backend, campaign: Campaign) -> str:
    """Return the sentence about why a campaign cannot be asked."""
    if backend.capabilities is None:
        return "AWS answers only for people whom it knows. The embedded engine also answers for made-up histories."
    return "Everybody gets the same list here, whatever their history."


def made_up(
    backend: Backend,
    campaign: Campaign,
    data: LoadedData,
    picks: Sequence[str],
    count: int,
    context: Mapping[str, str] | None = None,
) -> Supposed:
    """Return the list of a made-up user who had these items, in this order, in one evening. Raises ServiceError."""
    return for_past(backend, campaign, None, Past(evening(data, picks)), count, context)


def evening(data: LoadedData, picks: Sequence[str]) -> tuple[HistoryEvent, ...]:
    """Return picks as events, the last one at the data's newest moment."""
    first = data.last_timestamp - PICK_DISTANCE_S * (len(picks) - 1)
    return tuple(HistoryEvent(item_id, first + PICK_DISTANCE_S * i) for i, item_id in enumerate(picks))


def for_past(
    backend: Backend,
    campaign: Campaign,
    user_id: str | None,
    past: Past,
    count: int,
    context: Mapping[str, str] | None,
) -> Supposed:
    """Return the list for this past; user_id is the known user whose other facts count, None for somebody made up."""
    if backend.capabilities is None:
        raise ValueError(f"{backend.label} cannot be asked about made-up histories; ask possible() first")
    started = time.perf_counter()
    with engine_errors():
        answer = backend.capabilities.what_if.list_for_history(
            campaign.arn, past.events, max(count, DEEP), user_id=user_id, also_had=past.also_had, context=context
        )
    milliseconds = 1000 * (time.perf_counter() - started)
    scores = dict(zip(answer.item_ids, answer.scores or (), strict=False))
    request = {**campaign.asked, "userId": user_id, "events": len(past.events)}
    response = {"itemList": _listed(answer.item_ids[:count], scores)}
    call = ApiCall("engine", "ListForHistory", "list_for_history", request, response, milliseconds)
    return Supposed(call, answer.item_ids, past, answer.ignored, scores)


def _listed(item_ids: Sequence[str], scores: Mapping[str, float]) -> list[dict[str, object]]:
    """Return items as GetRecommendations lists them."""
    return [{"itemId": i, "score": scores[i]} if i in scores else {"itemId": i} for i in item_ids]
