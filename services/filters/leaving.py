"""How much of the catalogue a filter leaves."""

from collections.abc import Sequence

from services.backend import Backend, engine_errors
from services.errors import ServiceError
from services.filters.expressions import uses_current_item
from services.filters.request import ChosenFilter
from services.personalize.datasets import group_arn


def kept(
    backend: Backend,
    group: str,
    chosen: ChosenFilter,
    item_ids: Sequence[str],
    events: Sequence[tuple[str, str]],
    user_id: str | None = None,
) -> tuple[str, ...]:
    """Return the items of a list that a user with exactly these events may get, (item ID, event type), oldest first.

    user_id is the known user whose columns of the Users dataset count. Raises ServiceError as the request does.
    """
    arn, who = group_arn(backend, group), user_id or ""
    if backend.capabilities is None or arn is None:
        return tuple(item_ids)
    with engine_errors():
        found = backend.capabilities.filters.lists(
            arn, chosen.named.expression, chosen.values, {who: item_ids}, item_ids, {who: events}
        )
    return found.kept[0]


def left(
    backend: Backend, group: str, chosen: ChosenFilter, item_ids: Sequence[str], user_id: str | None
) -> int | None:
    """Return how many of the items a user may get; None where only a request can tell, as on AWS."""
    arn = group_arn(backend, group)
    if backend.capabilities is None or arn is None or uses_current_item(chosen.named.expression):
        return None
    try:
        with engine_errors():
            found = backend.capabilities.filters.lists(
                arn, chosen.named.expression, chosen.values, {user_id or "": ()}, item_ids
            )
    except ServiceError:  # the request itself is refused with the same sentence
        return None
    return found.n_allowed[0]
