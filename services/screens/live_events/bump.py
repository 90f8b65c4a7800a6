"""The bump chart's frame: which films are drawn in colour, at which steps, and where their names stand."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from services.language.phrases import cut
from services.library.catalog import Catalog
from services.lists.moves import WATCHED, ranks
from services.screens.live_events.replay import DEEP, LENGTH, Step

MOST_COLUMNS = 10
FOR_TWENTY = (0, 1, 2, 3, 5, 8, 12, 16, 20)
FOR_DETAIL = 3
"""Up to this step every one has its column."""
N_RISING, N_FALLING = 5, 3
TITLE = 22
"""Characters of a name at a line's end."""
APART_PX = 14
LINE_COLUMNS = ("item", "title", "column", "step", "place", "role", "words")
NAME_COLUMNS = ("item", "title", "column", "place", "y", "role", "side", "words")
RISING, FALLING, PICKED, QUIET = "b", "a", "text", "quiet"


@dataclass(frozen=True)
class Bump:
    """What the bump chart draws. Places are ranks; what lies below the shown ones is `band`."""

    lines: pd.DataFrame
    """LINE_COLUMNS, a row an item and drawn step."""
    names: pd.DataFrame
    """NAME_COLUMNS: y is the place moved apart from other names."""
    crosses: pd.DataFrame
    """LINE_COLUMNS at the step with which an item was itself sent."""
    steps: tuple[int, ...]
    """The number of the step under each column."""
    deepest: int
    band: float


def columns(n: int, step: int) -> tuple[int, ...]:
    """Return at most ten steps of n to draw, the chosen one among them: all, or such that lie closer at the start."""
    if n < MOST_COLUMNS:
        return tuple(range(n + 1))
    # the same spread as for twenty: 0, 1, 2, 3, then wider apart
    spread = sorted({round(n * at / FOR_TWENTY[-1]) if at > FOR_DETAIL else at for at in FOR_TWENTY})
    if step in spread:
        return tuple(spread)
    # it takes the place of the next one, which is not drawn yet, so that nothing moves sideways
    later = next(at for at, number in enumerate(spread) if number > step)
    return (*spread[:later], step, *spread[later + 1 :])


def bump(
    steps: Sequence[Step],
    step: int,
    n: int,
    target: Sequence[str],
    catalog: Catalog,
    *,
    top: int,
    picked: str | None = None,
    height_px: int = 420,
) -> Bump:
    """Return the picture up to a step, with the first `top` places and a band below them.

    Coloured are five items of the target's list with the best rank now, and the three of the first list that fell
    furthest (at the start: its first three); a picked item makes a ninth line.
    """
    shown = [number for number in columns(n, step) if number <= step]
    found = {number: ranks(steps[number].answer.deep) for number in shown}
    band = top + 1.6
    roles = _roles(steps, step, target, top, picked)
    quiet = {i for number in shown for i, rank in found[number].items() if rank <= top} - set(roles)
    lines: list[tuple[object, ...]] = []
    crosses: list[tuple[object, ...]] = []
    sent = _sent_at(steps, step)
    for item_id, role in [*((i, QUIET) for i in sorted(quiet)), *roles.items()]:
        watched_at = sent.get(item_id, step + 1)
        for column, number in enumerate(shown):
            rank = found[number].get(item_id)
            place = float(rank) if rank is not None and rank <= top else band
            # what people repeat comes back: only what stays away from here on has ended
            watched = rank is None and watched_at <= number and not any(item_id in found[n] for n in shown[column:])
            where = f"{rank}" if rank is not None else WATCHED if watched else f"below {DEEP}"
            row = (item_id, catalog.label(item_id), column, number, place, role, f"{where} after {number}")
            lines.append(row)
            if watched and role != QUIET:
                crosses.append(row)
                break
    names = _names(lines, roles, catalog, band, height_px)
    return Bump(
        lines=pd.DataFrame(lines, columns=list(LINE_COLUMNS)),
        names=names,
        crosses=pd.DataFrame(crosses, columns=list(LINE_COLUMNS)),
        steps=columns(n, step),
        deepest=top,
        band=band,
    )


def apart(places: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Return places moved so that neighbours stand at least so far apart, within bounds where there is room."""
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


def _roles(steps: Sequence[Step], step: int, target: Sequence[str], top: int, picked: str | None) -> dict[str, str]:
    now, first = ranks(steps[step].answer.deep), ranks(steps[0].answer.ids)
    theirs = [item_id for item_id in target[:LENGTH] if item_id in now]
    rising = sorted(theirs, key=lambda item_id: now[item_id])[:N_RISING]
    own = [item_id for item_id in list(first)[:top] if item_id not in rising]
    if step:
        lost = 10 * LENGTH
        own = sorted(own, key=lambda i: (-(now.get(i, lost) - first[i]), first[i]))
        own = [item_id for item_id in own if now.get(item_id, lost) > first[item_id]]
    roles = dict.fromkeys(own[:N_FALLING], FALLING) | dict.fromkeys(rising, RISING)
    return roles | ({picked: PICKED} if picked else {})


def _sent_at(steps: Sequence[Step], step: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in steps[: step + 1]:
        if entry.event is not None:
            found.setdefault(entry.event.item_id, entry.number)
    return found


def _names(
    lines: Sequence[tuple[object, ...]],
    roles: dict[str, str],
    catalog: Catalog,
    band: float,
    height_px: int,
) -> pd.DataFrame:
    """Return where names stand: what falls at the left, what rises or was picked at the right end."""
    least = APART_PX * (band + 1) / height_px
    ends: dict[str, dict[str, tuple[object, ...]]] = {"left": {}, "right": {}}
    for row in lines:
        item_id, role = str(row[0]), str(row[5])
        if role == FALLING:
            ends["left"].setdefault(item_id, row)
        elif role != QUIET:
            ends["right"][item_id] = row
    rows = []
    for side, found in ends.items():
        moved = apart([float(str(row[4])) for row in found.values()], least, 0.6, band + 0.6)
        for (item_id, row), y in zip(found.items(), moved, strict=True):
            words = cut(catalog.title(item_id), TITLE)
            rows.append((item_id, row[1], row[2], row[4], y, roles[item_id], side, words))
    return pd.DataFrame(rows, columns=list(NAME_COLUMNS))
