"""What is new since a visit: data, trained versions and campaigns that were made, and results that came in."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.laboratory.runs import RunView
from services.screens.home.overview import READY, Resource

DONE = "done"
SCREENS = {"Data set": "data", "Solution version": "training", "Campaign": "training"}
"""Kinds of resources that count, and where they are looked at."""


@dataclass(frozen=True)
class News:
    """So many of one kind."""

    kind: str
    """A kind of resource, or the name of a laboratory."""
    n: int
    screen: str
    """Key of the screen that shows them."""


def news(resources: Sequence[Resource], runs: Sequence[RunView], since: float) -> tuple[News, ...]:
    """Return what came after this moment, epoch seconds; () for nothing."""
    found = []
    for kind, screen in SCREENS.items():
        n = sum(r.kind == kind and r.state == READY and r.created > since for r in resources)
        found.append(News(kind, n, screen))
    for laboratory in dict.fromkeys(run.laboratory for run in runs):
        n = sum(r.laboratory == laboratory and r.state == DONE and (r.ended or 0.0) > since for r in runs)
        found.append(News(laboratory, n, laboratory))
    return tuple(entry for entry in found if entry.n)


def moment(told: object, now: float) -> float | None:
    """Return the moment that a browser kept, None for anything that is no moment in the past."""
    try:
        value = float(str(told)[:20])
    except ValueError:
        return None
    return value if 0 < value <= now else None
