"""What a filter and a promotion did to a list: compared with the answer to the same request without them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.filters.request import Narrowing
from services.personalize.asking import item_ids
from services.personalize.calls import ApiCall

POPULAR = "Popular item"
"""AWS's reason for an item in a place that a filter left empty."""
Ask = Callable[[Mapping[str, Any]], ApiCall]
"""Makes a request with these further members."""


@dataclass(frozen=True)
class Effect:
    """The differences between two lists."""

    n_wanted: int
    """Places that the request asked for."""
    n_listed: int
    filtered: bool
    """Whether there was a filter."""
    taken: tuple[str, ...] = ()
    """Items that the filter took away, best first."""
    moved_up: tuple[str, ...] = ()
    """Items that came into the list in their places."""
    fillers: tuple[str, ...] = ()
    """Popular items in places that stayed empty."""
    promoted: tuple[str, ...] = ()
    displaced: tuple[str, ...] = ()
    """Items that are not in the list because others were promoted."""


@dataclass(frozen=True)
class Narrowed:
    """An answer with its effect."""

    call: ApiCall
    plain: tuple[str, ...]
    """The list without filter and promotion."""
    effect: Effect | None
    """None where nothing was asked for."""

    @property
    def promoted(self) -> tuple[str, ...]:
        """The promoted items."""
        return () if self.effect is None else self.effect.promoted


def narrowed(ask: Ask, narrowing: Narrowing, n_wanted: int) -> Narrowed:
    """Make a request with a filter and a promotion, and the same one without them. Raises ServiceError."""
    call = ask(narrowing.members)
    if not narrowing:
        return Narrowed(call, tuple(item_ids(call)), None)
    plain = item_ids(ask({}))
    both = narrowing.filter is not None and narrowing.promotion is not None
    filtered = item_ids(ask(narrowing.without_promotion.members)) if both else None
    return Narrowed(call, tuple(plain), _effect(call, plain, filtered, narrowing, n_wanted))


def ranked_effect(before: Sequence[str], after: Sequence[str]) -> Effect:
    """Return what a filter did to a list that was ranked: nothing takes the places of what it took away."""
    kept = set(after)
    taken = tuple(item_id for item_id in dict.fromkeys(before) if item_id not in kept)
    return Effect(len(after), len(after), filtered=True, taken=taken)


def _effect(
    call: ApiCall, plain: Sequence[str], filtered: Sequence[str] | None, narrowing: Narrowing, n_wanted: int
) -> Effect:
    """filtered is the list with the filter alone, None where only one of the two was asked for."""
    items: Sequence[Mapping[str, Any]] = call.response["itemList"]
    ids = [str(item["itemId"]) for item in items]
    promoted = [str(item["itemId"]) for item in items if item.get("promotionName")]
    fillers = [str(item["itemId"]) for item in items if POPULAR in item.get("reason", ())]
    has_filter = narrowing.filter is not None
    by_filter = plain if not has_filter else filtered if filtered is not None else ids
    return Effect(
        n_wanted=n_wanted,
        n_listed=len(ids),
        filtered=has_filter,
        taken=_missing(plain, by_filter),
        moved_up=tuple(item_id for item_id in _missing(by_filter, plain) if item_id not in fillers),
        fillers=tuple(fillers),
        promoted=tuple(promoted),
        displaced=_missing(by_filter, ids) if promoted else (),
    )


def _missing(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    """Return the items of one list that another does not have."""
    present = set(other)
    return tuple(item_id for item_id in one if item_id not in present)
