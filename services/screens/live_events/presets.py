"""Whom to begin with: pairs for a good demonstration, a third user as the control, items to click for a new visitor.

Computed from the loaded data; personas come first because they have a story.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.language.phrases import possessive
from services.library.catalog import Catalog
from services.library.people import NEW, NEW_EVENTS, People
from services.library.store import LoadedData
from services.library.tastes import Tastes
from services.lists.cast import cast_of
from services.lists.sample import ListSample
from services.sandbox.states import LENGTH

MAX_CANDIDATES = 40
"""How many of the most active users to search for a changed taste when there are no personas."""
MIN_EVENTS = 30
N_CLICKS = 6


@dataclass(frozen=True)
class Preset:
    """A pair with a name; one user twice means that user's own latest events."""

    name: str
    one: str
    other: str


def presets(data: LoadedData, catalog: Catalog, people: People, tastes: Tastes) -> tuple[Preset, ...]:
    """Return up to four pairs: two different tastes, a changed taste, a new user, a user who follows the hits."""
    cast = cast_of(data, catalog, people, tastes)
    if cast is None or cast.other is None:
        return ()
    pairs = [Preset(f"{cast.who} becomes {cast.beside}", cast.one, cast.other)]
    short = people.short
    if (changed := changed_mind(data, people, tastes)) is not None:
        pairs.append(Preset(f"{short(changed)} changed", changed, changed))
    if (new := _newest(people)) is not None:
        pairs.append(Preset(f"{short(new)}: from nothing", new, cast.other))
    hits = [p.user_id for p in people.personas if not p.taste and people.n_events(p.user_id) > NEW_EVENTS]
    if hits:
        pairs.append(Preset(f"{cast.who} and {possessive(short(hits[0]))} hits", cast.one, hits[0]))
    return tuple(pairs)


def changed_mind(data: LoadedData, people: People, tastes: Tastes) -> str | None:
    """Return the user whose tastes in the last third differ most from those before; None without enough events."""
    named = [persona.user_id for persona in people.personas]
    best: tuple[float, str] | None = None
    for user_id in named or people.most_active(MAX_CANDIDATES):
        items = data.counted_history(user_id)
        if len(items) < MIN_EVENTS:
            continue
        third = len(items) // 3
        late, early = tastes.shares(items[:third]), tastes.shares(items[third:])
        same = sum(min(share, late.get(name, 0.0)) for name, share in early.items())
        if best is None or same < best[0]:
            best = (same, user_id)
    return None if best is None else best[1]


def third_person(one: str, other: str, people: People, sample: ListSample, n_events: int) -> str | None:
    """Return the user whose events serve as the control: a persona with a history, else a user in the middle.

    In the middle: with enough events, and a list that shares the median number of items with the other's.
    None without candidates.
    """
    enough = max(min(n_events, MIN_EVENTS), NEW_EVENTS + 1)
    for persona in people.personas:
        if persona.user_id not in (one, other) and persona.taste and people.n_events(persona.user_id) >= enough:
            return persona.user_id
    lists = dict(zip(sample.user_ids, sample.lists, strict=True))
    target = set(lists.get(other, ())[:LENGTH])
    candidates = [u for u in lists if u not in (one, other) and people.n_events(u) >= enough]
    if not candidates:
        return None
    candidates.sort(key=lambda user_id: (len(target.intersection(lists[user_id][:LENGTH])), user_id))
    return candidates[len(candidates) // 2]


def to_click(catalog: Catalog, tastes: Tastes) -> list[str]:
    """Return items for a new visitor's first clicks: the most popular one of each large category, then of all."""
    popular = catalog.most_popular(catalog.n_items)
    chosen: list[str] = []
    for category in tastes.everybody["category"]:
        item = next((i for i in popular if category in catalog.categories(i) and i not in chosen), None)
        chosen += [] if item is None else [item]
        if len(chosen) == N_CLICKS:
            return chosen
    return [*chosen, *[i for i in popular if i not in chosen][: N_CLICKS - len(chosen)]]


def _newest(people: People) -> str | None:
    named = [p.user_id for p in people.personas if 0 < people.n_events(p.user_id) <= NEW_EVENTS]
    return next(iter(named or people.ids(NEW, 1)), None)


def pair_without_story(ids: Sequence[str]) -> tuple[str, str] | None:
    """Return the first two users, for data without tastes."""
    return (ids[0], ids[1]) if len(ids) > 1 else None
