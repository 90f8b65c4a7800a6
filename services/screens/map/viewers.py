"""What users light up on the map: the history as a path, the list, and the list after one more event, not stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.backend import Backend, HistoryEvent, engine_errors
from services.errors import ServiceError
from services.library.store import LoadedData
from services.personalize import asking
from services.personalize.calls import ApiCall
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import EXPLORING, FOR_A_USER
from services.sandbox.script import PAUSE_S
from services.screens.map.atlas import Atlas

LENGTH = 25
"""Places of the list."""
N_PATH = 15
"""Latest items that the path joins; earlier ones are dots."""
N_EARLIER = 300
STEPS = 10
"""Points of the curve between two items."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Viewer:
    """One user on the map."""

    letter: str
    user_id: str
    who: str
    history: tuple[str, ...]
    """Items of the history that the map has, oldest first, each once, at its latest event."""
    shown: tuple[str, ...]
    """The list; with a supposed event the list after it."""
    before: tuple[str, ...] | None = None
    """The list without the supposed event, and without its item if that is in no list after it; None for no event."""
    call: ApiCall | None = None

    @property
    def came(self) -> tuple[str, ...]:
        """What the supposed event brought into the list."""
        return tuple(i for i in self.shown if i not in self.before) if self.before is not None else ()

    @property
    def went(self) -> tuple[str, ...]:
        """What it took out of the list, without the item itself."""
        return tuple(i for i in self.before if i not in self.shown) if self.before is not None else ()


def viewer(
    backend: Backend,
    campaign: Campaign,
    data: LoadedData,
    atlas: Atlas,
    letter: str,
    user_id: str,
    who: str,
    supposed: str | None,
) -> Viewer:
    """Ask for a user's list, and for the one after an event with the supposed item. Raises ServiceError."""
    newest_first = dict.fromkeys(data.counted_history(user_id))
    history = tuple(atlas.on_map(reversed(list(newest_first))))
    call = None
    if campaign.recipe in FOR_A_USER:
        call = asking.recommend(backend, campaign, user_id, LENGTH)
        now = tuple(asking.item_ids(call))
    else:  # its campaign ranks given lists; the model knows its own
        now = _listed(backend, campaign, user_id, None)
    if supposed is None:
        return Viewer(letter, user_id, who, history, now, call=call)
    if campaign.recipe in EXPLORING:  # an item that was only tried has not left the list
        now = _listed(backend, campaign, user_id, None)
    after = _listed(backend, campaign, user_id, supposed)
    before = tuple(i for i in now if i != supposed or i in after)
    return Viewer(letter, user_id, who, history, after, before, call)


def _listed(backend: Backend, campaign: Campaign, user_id: str, supposed: str | None) -> tuple[str, ...]:
    """Return the list that the model has for a user, after an event a day later where one is supposed."""
    if backend.capabilities is None:
        raise ServiceError("NotSupported", "Amazon Personalize answers only for events that were sent.")
    with engine_errors():
        events = backend.capabilities.what_if.known_events(campaign.arn, user_id)
        if supposed is not None:
            last = events[-1].timestamp if events else 0
            events = (*events, HistoryEvent(supposed, last + PAUSE_S))
        found = backend.capabilities.what_if.list_for_history(campaign.arn, events, LENGTH, user_id=user_id)
    return found.item_ids


def curve(points: Sequence[Point]) -> list[Point]:
    """Return a smooth line through points: a cardinal spline with short tangents, which hardly overshoots."""
    if len(points) < 3:
        return list(points)
    ends = [points[0], *points, points[-1]]
    line: list[Point] = []
    for before, start, end, after in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        line += [_between(before, start, end, after, step / STEPS) for step in range(STEPS)]
    return [*line, points[-1]]


def _between(before: Point, start: Point, end: Point, after: Point, at: float) -> Point:
    """Return the point of a Hermite curve at 0 to 1; a tangent is a quarter of the way between the neighbours."""
    square, cube = at * at, at * at * at
    weights = (2 * cube - 3 * square + 1, cube - 2 * square + at, 3 * square - 2 * cube, cube - square)
    x, y = (
        weights[0] * start[axis]
        + weights[1] * (end[axis] - before[axis]) / 4
        + weights[2] * end[axis]
        + weights[3] * (after[axis] - start[axis]) / 4
        for axis in (0, 1)
    )
    return x, y
