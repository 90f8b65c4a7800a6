"""What is usual: the lists of a sample of users, how many items two of them share by chance, and interesting pairs.

"3 of 25 in common" is much or little only beside what two random users share. The
sample is drawn by a fixed seed among users with a history, so that a campaign's figures stay the same; it is asked
from the campaign once a version of model and data, and its size is always said. Named viewers are asked too, for pairs
worth looking at, but do not count for chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from services.backend import Backend
from services.library.people import NEW, NEW_EVENTS, SHORT, People
from services.library.store import LoadedData
from services.library.tastes import Tastes
from services.lists.overlap import rank_biased_overlap
from services.personalize.asking import item_ids, recommend
from services.personalize.campaigns import Campaign

SIZE, SIZE_ON_AWS = 200, 30
"""Users whose lists are asked for; on AWS every list is a call over the network that costs money."""
LENGTH = 25
SEED = 20
PASTS = 40
"""Users whose histories are compared with each other."""
MIN_PEOPLE = 30
"""With fewer users chance is not reported."""
ORDERED_PAIRS = 300
"""Pairs over which the order's agreement is averaged."""
MAX_VALUES = 20
"""An attribute with more values than this does not make segments."""
BY_LENGTH = "history length"


@dataclass(frozen=True)
class Chance:
    """What two random users share."""

    mean: float
    """Items that their lists share."""
    low: float
    """The 5th percentile of pairs, and..."""
    high: float
    """...the 95th."""
    order: float
    """Mean rank-biased overlap."""
    past: float
    """Mean number of items that both users had."""
    taste: float | None
    """Mean share of two histories that lies in the same categories, None without categories."""
    n_people: int

    @property
    def known(self) -> bool:
        """Whether there were enough users to tell."""
        return self.n_people >= MIN_PEOPLE


@dataclass(frozen=True)
class Pair:
    """Two users worth comparing."""

    name: str
    """Why: "Furthest apart"."""
    one: str
    other: str
    shared: int
    """Items that their lists share."""


@dataclass(frozen=True)
class Suggested:
    """A user to compare another one with."""

    why: str
    user_id: str
    shared: int


@dataclass(frozen=True)
class ListSample:
    """Lists of a campaign."""

    user_ids: tuple[str, ...]
    lists: tuple[tuple[str, ...], ...]
    n_named: int
    """How many of the first users are personas, who were not drawn."""
    n_events: NDArray[np.int64]
    """int64 (n,): events of each user."""
    segment_name: str
    """What segments are made of: "age group", or "history length"."""
    segments: tuple[str, ...]
    """Each user's segment, "" where unknown."""
    past: float
    """Items that two drawn users both had, on average, and..."""
    taste: float | None
    """...which share of two histories lies in the same categories."""
    newcomer: tuple[str, tuple[str, ...]] | None
    """A user with hardly any history, and that user's list."""

    def shared(self, k: int) -> NDArray[np.int64]:
        """Return int64 (n, n): items that the first k places of every two lists share."""
        codes: dict[str, int] = {}
        rows = [[codes.setdefault(item_id, len(codes)) for item_id in entry[:k]] for entry in self.lists]
        held = np.zeros((len(rows), max(1, len(codes))), np.float32)
        for row, items in enumerate(rows):
            held[row, items] = 1
        counts: NDArray[np.int64] = np.rint(held @ held.T).astype(np.int64)
        return counts

    def chance(self, k: int) -> Chance:
        """Return what the first k places of two randomly drawn users share."""
        lists = [list(dict.fromkeys(entry[:k])) for entry in self.lists[self.n_named :]]
        n = len(lists)
        if n < 2:
            return Chance(0.0, 0.0, 0.0, 0.0, self.past, self.taste, n)
        pairs = self.shared(k)[self.n_named :, self.n_named :][np.triu_indices(n, 1)]
        one, other = np.triu_indices(n, 1)
        some = np.random.default_rng(SEED).choice(len(one), min(ORDERED_PAIRS, len(one)), replace=False)
        order = [rank_biased_overlap(lists[one[pair]], lists[other[pair]]) for pair in some.tolist()]
        low, high = np.percentile(pairs, [5, 95])
        return Chance(float(pairs.mean()), float(low), float(high), float(np.mean(order)), self.past, self.taste, n)

    def pairs(self, k: int) -> list[Pair]:
        """Return the pairs to offer, at most four, none twice."""
        shared = self.shared(k)
        experienced = self.n_events > NEW_EVENTS
        candidates = np.triu(np.outer(experienced, experienced), 1)
        segments = np.array(self.segments, dtype=object)
        same_segment = candidates & (segments[:, None] == segments[None, :]) & (segments != "")[:, None]
        pairs: list[Pair] = []
        for name, among, score in (
            ("Furthest apart", candidates, -shared),
            ("Most alike", candidates, shared),
            (f"Same {self.segment_name}, different taste", same_segment, -shared),
        ):
            place = self._best(among, score)
            if place is not None:
                pairs.append(Pair(name, self.user_ids[place[0]], self.user_ids[place[1]], int(shared[place])))
                candidates[place] = same_segment[place] = False
        if self.newcomer is not None and experienced.any():
            longest = int(self.n_events.argmax())
            user_id, entry = self.newcomer
            n_shared = len({*self.lists[longest][:k]} & {*entry[:k]})
            pairs.append(Pair("Long and new", self.user_ids[longest], user_id, n_shared))
        return pairs

    def _best(self, among: NDArray[np.bool_], score: NDArray[np.int64]) -> tuple[int, int] | None:
        """Return the pair with the highest score, both (n, n), of equal ones the one with the longer histories."""
        if not among.any():
            return None
        longer = np.minimum.outer(self.n_events, self.n_events) / (self.n_events.max() + 1)  # below 1: breaks ties only
        row, column = np.unravel_index(int(np.where(among, score + longer, -np.inf).argmax()), among.shape)
        return int(row), int(column)

    def suggested(self, user_id: str, own: Sequence[str], k: int, segment: str = "") -> list[Suggested]:
        """Return up to four users to put beside the one whose list is `own` and whose segment is given."""
        own_items = set(own[:k])
        others = [row for row, other in enumerate(self.user_ids) if other != user_id and self.n_events[row]]
        shared = {row: len(own_items & set(self.lists[row][:k])) for row in others}
        grown = [row for row in others if self.n_events[row] > NEW_EVENTS] or others
        alike = [row for row in grown if segment and self.segments[row] == segment]
        middle = sorted(grown, key=lambda row: shared[row])
        suggestions: dict[str, Suggested] = {}
        for why, row in (
            ("least in common", min(grown, key=shared.__getitem__, default=None)),
            ("most in common", max(grown, key=shared.__getitem__, default=None)),
            (f"same {self.segment_name}", min(alike, key=shared.__getitem__, default=None)),
            ("as usual", middle[len(middle) // 2] if middle else None),
            ("longest history", max(grown, key=lambda row: int(self.n_events[row]), default=None)),
        ):
            if row is not None:
                suggestions.setdefault(self.user_ids[row], Suggested(why, self.user_ids[row], shared[row]))
        return list(suggestions.values())[:4]


def take(backend: Backend, campaign: Campaign, data: LoadedData, people: People, tastes: Tastes) -> ListSample:
    """Ask a campaign for the lists of a sample of users. Raises ServiceError."""
    size = SIZE_ON_AWS if backend.capabilities is None else SIZE
    named = [persona.user_id for persona in people.personas]
    drawn = people.sample(size, SEED, besides=named)
    user_ids = [*named, *drawn]
    new = next(iter([u for u in named if people.n_events(u) <= NEW_EVENTS] or people.ids(NEW, 1)), None)
    new = new or next(iter(people.ids(SHORT, 1)), None)
    name, segments = segments_of(data, people, user_ids)
    past, taste = _usual_pasts([data.counted_history(user_id) for user_id in drawn[:PASTS]], tastes)
    return ListSample(
        user_ids=tuple(user_ids),
        lists=tuple(_list(backend, campaign, user_id) for user_id in user_ids),
        n_named=len(named),
        n_events=np.array([people.n_events(user_id) for user_id in user_ids], dtype=np.int64),
        segment_name=name,
        segments=tuple(segments[user_id] for user_id in user_ids),
        past=past,
        taste=taste,
        newcomer=None if new is None else (new, _list(backend, campaign, new)),
    )


def segments_of(data: LoadedData, people: People, user_ids: Sequence[str]) -> tuple[str, Mapping[str, str]]:
    """Return what segments are made of and each user's: the first telling attribute, else the history's length."""
    attributes = data.user_attributes(user_ids)
    for column in attributes.columns:
        values = attributes[column]
        if values.dtype.kind not in "biufM" and 2 <= values.nunique() <= MAX_VALUES:
            name = column.replace("_", " ").lower()
            return name, dict(zip(user_ids, values.fillna("").astype("str"), strict=True))
    return BY_LENGTH, {user_id: people.segment(user_id) for user_id in user_ids}


def taste_agreement(one: Sequence[str], other: Sequence[str], tastes: Tastes) -> float | None:
    """Return the share of two users' items that lies in the same categories, 0 to 1; None without categories.

    The sum over categories of the smaller of the two shares; an item with k categories counts 1/k to each.
    """
    return _agreement(tastes.shares(one), tastes.shares(other))


def _usual_pasts(pasts: Sequence[Sequence[str]], tastes: Tastes) -> tuple[float, float | None]:
    """Return the means over all pairs: items that both had, and agreement of taste."""
    pairs = list(combinations(range(len(pasts)), 2))
    if not pairs:
        return 0.0, None
    items, shares = [set(past) for past in pasts], [tastes.shares(past) for past in pasts]
    agreed = [value for one, other in pairs if (value := _agreement(shares[one], shares[other])) is not None]
    both = float(np.mean([len(items[one] & items[other]) for one, other in pairs]))
    return both, float(np.mean(agreed)) if agreed else None


def _agreement(one: Mapping[str, float], other: Mapping[str, float]) -> float | None:
    if not one or not other:
        return None
    return float(sum(min(share, other.get(name, 0.0)) for name, share in one.items()))


def _list(backend: Backend, campaign: Campaign, user_id: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item_ids(recommend(backend, campaign, user_id, LENGTH))))
