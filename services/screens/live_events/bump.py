"""The bump chart's frame: which items are drawn in colour, at which steps, and where their names stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from services.language.phrases import cut
from services.library.catalog import Catalog
from services.lists.moves import WATCHED, ranks
from services.screens.live_events.states import DEEP, LENGTH, ReplayState

MAX_COLUMNS = 10
FOR_TWENTY = (0, 1, 2, 3, 5, 8, 12, 16, 20)
FOR_DETAIL = 3
"""Up to this step every one has its column."""
N_RISING, N_FALLING = 5, 3
TITLE = 22
"""Characters of a name at a line's end."""
APART_PX = 14
HEIGHT_PX = 420
BAND = 1.6
"""How far below the last place the band lies, in places."""
EDGE = 0.6
"""How far a name may stand outside the places, in places."""
RISING, FALLING, PICKED, QUIET = "b", "a", "text", "quiet"


class Point(NamedTuple):
    """One item at one drawn step."""

    item: str
    title: str
    column: int
    step: int
    place: float
    """The rank; the band for what lies below the shown places."""
    role: str
    words: str


class EndName(NamedTuple):
    """The name at one end of an item's line."""

    item: str
    title: str
    column: int
    place: float
    y: float
    """The place, moved apart from other names."""
    role: str
    side: str
    words: str


@dataclass(frozen=True)
class Bump:
    """What the bump chart draws. Places are ranks; what lies below the shown ones is `band`."""

    lines: pd.DataFrame
    """The fields of Point, a row an item and drawn step."""
    names: pd.DataFrame
    """The fields of EndName."""
    crosses: pd.DataFrame
    """The fields of Point, at the step with which an item was itself sent."""
    steps: tuple[int, ...]
    """The number of the step under each column."""
    deepest: int
    band: float


def columns(n: int, step: int) -> tuple[int, ...]:
    """Return at most ten of n steps to draw, with the chosen one: all of them, or more densely at the start."""
    if n < MAX_COLUMNS:
        return tuple(range(n + 1))
    # the same spread as for twenty: 0, 1, 2, 3, then wider apart
    spread = sorted({round(n * at / FOR_TWENTY[-1]) if at > FOR_DETAIL else at for at in FOR_TWENTY})
    if step in spread:
        return tuple(spread)
    # the chosen step takes the place of the next one, which is not drawn yet, so that nothing moves sideways
    later = next(at for at, number in enumerate(spread) if number > step)
    return (*spread[:later], step, *spread[later + 1 :])


def bump(
    states: Sequence[ReplayState],
    step: int,
    n: int,
    target: Sequence[str],
    catalog: Catalog,
    *,
    top: int,
    picked: str | None = None,
) -> Bump:
    """Return the picture up to a step of n, with the first `top` places and a band below them.

    Coloured are five items of the target's list with the best rank now, and the three of the first list that fell
    furthest (at the start: its first three); a picked item makes a ninth line.
    """
    drawn = [number for number in columns(n, step) if number <= step]
    places = {number: ranks(states[number].answer.deep) for number in drawn}
    band = top + BAND
    roles = _roles(states, step, target, top, picked)
    quiet = {i for number in drawn for i, rank in places[number].items() if rank <= top} - set(roles)
    sent = _sent_at(states, step)
    lines: list[Point] = []
    crosses: list[Point] = []
    for item_id, role in [*((i, QUIET) for i in sorted(quiet)), *roles.items()]:
        path = [(number, places[number].get(item_id)) for number in drawn]
        end = _end(path, sent.get(item_id, step + 1))
        points = [
            Point(
                item_id,
                catalog.label(item_id),
                column,
                number,
                float(rank) if rank is not None and rank <= top else band,
                role,
                f"{_where(rank, ended=end is not None and column >= end)} after {number}",
            )
            for column, (number, rank) in enumerate(path)
        ]
        if end is not None and role != QUIET:
            points = points[: end + 1]
            crosses.append(points[-1])
        lines += points
    return Bump(
        lines=pd.DataFrame(lines, columns=list(Point._fields)),
        names=_names(lines, roles, catalog, band),
        crosses=pd.DataFrame(crosses, columns=list(Point._fields)),
        steps=columns(n, step),
        deepest=top,
        band=band,
    )


def _end(path: Sequence[tuple[int, int | None]], sent_at: int) -> int | None:
    """Return the column at which an item's line ends, None where it continues; path holds step and rank.

    It ends where the item has been sent and does not return: items that users repeat come back.
    """
    last_ranked = max((column for column, (_, rank) in enumerate(path) if rank is not None), default=-1)
    return next((c for c, (number, _) in enumerate(path) if c > last_ranked and number >= sent_at), None)


def _where(rank: int | None, *, ended: bool) -> str:
    if rank is not None:
        return f"{rank}"
    return WATCHED if ended else f"below {DEEP}"


def apart(places: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Return places moved so that neighbours stand at least `least` apart, within bounds where there is room."""
    order = sorted(range(len(places)), key=lambda at: places[at])
    moved = [0.0] * len(places)
    last = low - least
    for at in order:
        moved[at] = max(places[at], last + least)
        last = moved[at]
    over = last - high
    if over > 0:
        ceiling = high
        for at in reversed(order):
            moved[at] = min(moved[at], ceiling)
            ceiling = moved[at] - least
    return moved


def _roles(
    states: Sequence[ReplayState], step: int, target: Sequence[str], top: int, picked: str | None
) -> dict[str, str]:
    now, first = ranks(states[step].answer.deep), ranks(states[0].answer.ids)
    theirs = [item_id for item_id in target[:LENGTH] if item_id in now]
    rising = sorted(theirs, key=lambda item_id: now[item_id])[:N_RISING]
    own = [item_id for item_id in list(first)[:top] if item_id not in rising]
    if step:
        lost = 10 * LENGTH
        own = sorted(own, key=lambda i: (-(now.get(i, lost) - first[i]), first[i]))
        own = [item_id for item_id in own if now.get(item_id, lost) > first[item_id]]
    roles = dict.fromkeys(own[:N_FALLING], FALLING) | dict.fromkeys(rising, RISING)
    return roles | ({picked: PICKED} if picked else {})


def _sent_at(states: Sequence[ReplayState], step: int) -> dict[str, int]:
    """Return the step with which each item was first sent."""
    first: dict[str, int] = {}
    for state in states[: step + 1]:
        if state.event is not None:
            first.setdefault(state.event.item_id, state.number)
    return first


def _names(lines: Sequence[Point], roles: dict[str, str], catalog: Catalog, band: float) -> pd.DataFrame:
    """Return the names of coloured lines: falling items at the left end, rising and picked ones at the right."""
    left: dict[str, Point] = {}
    right: dict[str, Point] = {}
    for point in lines:
        if point.role == FALLING:
            left.setdefault(point.item, point)
        elif point.role != QUIET:
            right[point.item] = point
    least = APART_PX * (band + 1) / HEIGHT_PX
    names = []
    for side, ends in (("left", left), ("right", right)):
        moved = apart([point.place for point in ends.values()], least, EDGE, band + EDGE)
        for point, y in zip(ends.values(), moved, strict=True):
            words = cut(catalog.title(point.item), TITLE)
            role = roles[point.item]
            names.append(EndName(point.item, point.title, point.column, point.place, y, role, side, words))
    return pd.DataFrame(names, columns=list(EndName._fields))
