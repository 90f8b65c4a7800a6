"""The films that the demo's viewers watch: the k-th film of every viewer at once, for k = 1, 2, 3, ...

In about half the cases a film comes from the thread of the film before: the next part of its series, else more by its
director. Otherwise it is drawn from the viewer's tastes or from the hits, by popularity, among released films
that the viewer has not watched. New films are drawn more often in their first weeks, and hits of the genres that one
likes more often than others.
"""

import numpy as np
from numpy.typing import NDArray

from services.sources.film_demo.calendar import N_DAYS
from services.sources.film_demo.evenings import Slots
from services.sources.film_demo.films import Films
from services.sources.film_demo.viewers import HITS_POOL, JO, PERSONAS, SAM, Viewers

NEW_BOOST = 3.0
NEW_DAYS = 40
"""A new film is drawn 1 + NEW_BOOST times as often when it comes out, falling over this many days."""
CONTINUE_SERIES = 0.35
"""Chance that an evening opens with the next part of the series that the last one ended with."""
HIT_LEAN = 2.5
"""How much viewers who follow the hits prefer those of the genres they like: the weight of a hit is multiplied by the
mean share of its genres in the viewer's taste over that in all tastes, to this power. At 0 a famous film would say
nothing of anybody's taste, which real data contradicts."""
LEAST_SHARE = 0.05
"""Genres that a taste lacks count as this share of the usual."""
N_TRIES = 40


class Watching:
    """Chooses films. Knows the films released in each week and the films seen by each viewer."""

    def __init__(self, films: Films, viewers: Viewers, rng: np.random.Generator) -> None:
        self.films, self.viewers, self.rng = films, viewers, rng
        self.seen = np.zeros((len(viewers), len(films)), dtype=bool)
        self.last = np.full(len(viewers), -1)
        self.n_weeks = N_DAYS // 7 + 1
        self._hits = viewers.pool_names.index(HITS_POOL)
        self._flat_chances = self._weekly_chances()
        self._by_director = _padded_groups(films.director)
        self._next_part = _next_parts(films)
        self._one_off = (films.series < 0) & (np.bincount(films.director)[films.director] <= 4)
        n_tastes = len(films.tastes)
        # one of films for each taste, one for the hits, and one for each taste's view of the hits
        self.pools = np.stack([*films.tastes.values(), *([films.popularity > 0] * (1 + n_tastes))])

    def choose_all(self, slots: Slots) -> NDArray[np.int64]:
        """Return the film of every slot, -1 where no film is left."""
        chosen = np.full(len(slots.viewer), -1)
        pools = self._draw_pools(slots)
        starts = np.flatnonzero(np.concatenate([[True], slots.viewer[1:] != slots.viewer[:-1]]))
        counts = np.diff(np.append(starts, len(slots.viewer)))
        for k in range(int(counts.max())):
            rows = starts[counts > k] + k
            chosen[rows] = self._choose(slots, rows, pools[rows])
        return chosen

    def _choose(self, slots: Slots, rows: NDArray[np.int64], pool: NDArray[np.int64]) -> NDArray[np.int64]:
        viewer, day = slots.viewer[rows], slots.day[rows]
        film = self._follow_threads(viewer, day, pool, slots.opens[rows])
        film = self._draw_freely(viewer, day, pool, film, slots.late[rows])
        found = film >= 0
        self.seen[viewer[found], film[found]] = True
        self.last[viewer[found]] = film[found]
        return film

    def _draw_pools(self, slots: Slots) -> NDArray[np.int64]:
        """Return the pool of every slot: an evening has one, the viewer's main or second taste or the hits.

        Pool hits + 1 + t holds the hits for viewers of taste t.
        """
        who, viewer = self.viewers, slots.viewer[slots.opens]
        main = np.where(slots.late[slots.opens], who.late[viewer], who.main[viewer])
        taste = np.where(self.rng.random(len(viewer)) < who.second_share[viewer], who.second[viewer], main)
        of_taste = np.where(taste == self._hits, self._hits, self._hits + 1 + taste)
        evening = np.where(self.rng.random(len(viewer)) < who.hit_share[viewer], of_taste, taste)
        return np.asarray(evening[np.cumsum(slots.opens) - 1])

    def _follow_threads(
        self, viewer: NDArray[np.int64], day: NDArray[np.int64], pool: NDArray[np.int64], opens: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Return the thread's next film for those who follow it, -1 for the others."""
        last = self.last[viewer]
        pull = self.viewers.thread_pull[viewer]
        continues = np.where(viewer == SAM, pull, CONTINUE_SERIES * pull)
        follows = (self.rng.random(len(viewer)) < np.where(opens, continues, pull)) & (last >= 0)
        part = self._next_part[last]
        part = np.where((part >= 0) & ~self.seen[viewer, part], part, -1)
        others = self._by_director[self.films.director[last]]  # (n, most films of one director)
        keys = self.rng.random(others.shape) ** (1 / self.films.popularity[others] ** 2)
        open_to = (others >= 0) & ~self.seen[viewer[:, None], others] & (self.films.released[others] <= day[:, None])
        keys = np.where(open_to, keys, -1.0)
        best = keys.argmax(axis=1)
        more = np.where(keys[np.arange(len(viewer)), best] > 0, others[np.arange(len(viewer)), best], -1)
        film = np.where(part >= 0, part, np.where(opens, -1, more))
        # a persona stays within the story
        strays = (viewer < len(PERSONAS)) & ~self.pools[pool, film]
        return np.where(follows & ~strays, film, -1)

    def _draw_freely(
        self,
        viewer: NDArray[np.int64],
        day: NDArray[np.int64],
        pool: NDArray[np.int64],
        film: NDArray[np.int64],
        late: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        film = film.copy()
        week = day // 7
        for attempt in range(N_TRIES):
            rows = np.flatnonzero(film < 0)
            if len(rows) == 0:
                break
            # viewers who have seen nearly all of a taste get the hits; personas try again
            wanted = np.where((attempt > N_TRIES // 2) & (viewer[rows] >= len(PERSONAS)), self._hits, pool[rows])
            cell = wanted * self.n_weeks + week[rows]
            n_films = len(self.films)
            drawn = np.searchsorted(self._flat_chances, cell + self.rng.random(len(rows)), side="right")
            drawn = np.clip(drawn - cell * n_films, 0, n_films - 1)
            fresh = ~self.seen[viewer[rows], drawn] & (self.films.released[drawn] <= day[rows])
            # Sam begins a series at its beginning, and begins one rather than not
            sam = viewer[rows] == SAM
            fresh &= ~sam | (self.films.part[drawn] == 1) | ((self.films.part[drawn] == 0) & (attempt > N_TRIES // 8))
            # Jo's latest films begin no thread, so that what follows from them is the hits again
            fresh &= ~(late[rows] & (viewer[rows] == JO)) | self._one_off[drawn]
            film[rows[fresh]] = drawn[fresh]
        return film

    def _weekly_chances(self) -> NDArray[np.float64]:
        """Return cumulated chances of (pool, week, film) in one rising array: cell c holds values in (c, c + 1]."""
        films = self.films
        monday = np.arange(self.n_weeks)[:, None] * 7
        age = monday + 6 - films.released[None, :]
        fresh = np.where(films.released >= 0, NEW_BOOST * np.clip(1 - age / NEW_DAYS, 0, 1), 0.0)
        out_by_then = (age >= 0) * (1 + fresh)  # (weeks, films)
        tastes = np.stack(list(films.tastes.values()))  # in the order of pool_names
        leaning = films.hit_weight * _genre_preference(films, tastes) ** HIT_LEAN
        weights = np.concatenate([tastes * films.popularity, films.hit_weight[None], leaning])  # (pools, films)
        chances = weights[:, None, :] * out_by_then[None, :, :]
        cumulated = np.cumsum(chances, axis=2)
        cumulated /= cumulated[:, :, -1:]
        cells = np.arange(cumulated.shape[0] * cumulated.shape[1]).reshape(cumulated.shape[:2])
        return np.asarray((cumulated + cells[:, :, None]).ravel())


def _genre_preference(films: Films, tastes: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return (n_tastes, n_films): how much more of a film's genres a taste has than usual; tastes is bool, the same."""
    genres = films.table["GENRES"].str.get_dummies("|").to_numpy(float)  # (n_films, n_genres)
    of_tastes = (tastes * films.popularity) @ genres
    usual = films.popularity @ genres
    lift = (of_tastes / of_tastes.sum(axis=1, keepdims=True)) / (usual / usual.sum())
    mean_log = np.log(np.maximum(lift, LEAST_SHARE)) @ genres.T / genres.sum(axis=1)
    preference: NDArray[np.float64] = np.exp(mean_log)
    return preference


def _padded_groups(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (n_groups, largest group): the members of each group, padded with -1."""
    order = np.argsort(group, kind="stable")
    sizes = np.bincount(group)
    place = np.arange(len(group)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    padded = np.full((len(sizes), int(sizes.max())), -1)
    padded[group[order], place] = order
    return padded


def _next_parts(films: Films) -> NDArray[np.int64]:
    """Return for each film the next part of its series, -1 where there is none."""
    place = {
        (series, part): row for row, (series, part) in enumerate(zip(films.series, films.part, strict=True)) if part > 0
    }
    following = [place.get((s, p + 1), -1) if p > 0 else -1 for s, p in zip(films.series, films.part, strict=True)]
    return np.array(following, dtype=np.int64)
