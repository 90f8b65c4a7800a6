"""What a replay is to do, and what it holds after each step: the event sent and the campaign's answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.filters.request import ChosenFilter
from services.personalize.asking import item_ids
from services.personalize.calls import ApiCall
from services.personalize.campaigns import Campaign
from services.sandbox.script import LiveEvent

DEEP = 100
"""Places to ask for: the list, and the places of items that fell out of it."""
LENGTH = 25
"""Places of the list that are shown and counted."""


@dataclass(frozen=True)
class Answered:
    """The answer to one request for a list."""

    call: ApiCall

    @property
    def deep(self) -> tuple[str, ...]:
        """All places of the answer."""
        return tuple(dict.fromkeys(item_ids(self.call)))

    @property
    def recommendation_id(self) -> str | None:
        """What the list is called in events that it leads to; None where it was computed."""
        found = self.call.response.get("recommendationId")
        return None if found is None else str(found)

    def place_of(self, item_id: str) -> int | None:
        """Return an item's place in the list, from 1; None where it is not in it."""
        return self.ids.index(item_id) + 1 if item_id in self.ids else None

    @property
    def ids(self) -> tuple[str, ...]:
        """The list."""
        return self.deep[:LENGTH]

    @property
    def scores(self) -> dict[str, float]:
        """Score by item, {} for recipes without scores."""
        items = self.call.response["itemList"]
        return {str(item["itemId"]): float(item["score"]) for item in items if item.get("score") is not None}


@dataclass(frozen=True)
class ReplayState:
    """The state after so many events."""

    number: int
    event: LiveEvent | None
    """What was sent, None for the start."""
    put: ApiCall | None
    answer: Answered
    controls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Lists of recipes that do not listen, by recipe, asked at the same moment."""
    unchanged_after_s: float | None = None
    """How long a change was awaited in vain, None where none was."""
    shown_at: int | None = None
    """Place of the event's item in the list before, from 1: that list led to it; None where it was not in it."""


@dataclass(frozen=True)
class Plan:
    """What a replay sends and asks; equal plans give equal replays."""

    group: str
    campaign: Campaign
    before: tuple[LiveEvent, ...]
    """The past that the copy gets first, () for a new visitor."""
    events: tuple[LiveEvent, ...]
    """What is sent after it, one at a time."""
    original: str | None = None
    """The user whose list the copy's first list is checked against, None where no user is like it."""
    controls: tuple[Campaign, ...] = ()
    """Campaigns of recipes that do not listen."""
    anchor: str | None = None
    """The item that similar items are asked for."""
    n_places: int = DEEP
    """Places to ask for."""
    filter: ChosenFilter | None = None
    """What every request for a list carries."""
