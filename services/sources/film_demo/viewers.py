"""The demo's viewers: eight personas with a name and a story, and a thousand simulated ones.

A viewer has a main and a second taste, follows the hits to some degree, and follows threads (the next part of a
series, more by the same director) to some degree. Age depends on taste a little; the region does not.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.sources.film_demo.films import Films

AGE_GROUPS = ("18-24", "25-34", "35-49", "50-64", "65+")
REGIONS = ("North", "South", "East", "West", "Centre")
DEVICES = ("TV", "laptop", "tablet", "phone")
HITS_POOL = "hits"


@dataclass(frozen=True)
class Persona:
    """A named viewer of the demo; everything about them is simulated."""

    user_id: str
    name: str
    story: str
    taste: tuple[str, ...]
    """Tastes of taste_rules.RULES, in order of appearance; empty for viewers who follow the hits or are new."""
    age_group: str = "35-49"
    n_evenings: int = 14


PERSONAS = (
    Persona("viewer-0001", "Nora", "film noir and Hitchcock", ("noir",), "50-64", 18),
    Persona("viewer-0002", "Ben", "horror series of the 1980s, Carpenter, Craven", ("horror",), "25-34", 13),
    Persona("viewer-0003", "Mia", "animation, family films, musicals", ("family",), "35-49", 18),
    Persona("viewer-0004", "Sam", "science fiction, series in their order", ("science fiction",), "25-34", 18),
    Persona("viewer-0005", "Ella", "romantic comedies of the 1990s", ("romantic comedy",), "35-49", 18),
    Persona("viewer-0006", "Jo", "whatever everybody watches", (), "18-24", 16),
    Persona("viewer-0007", "Max", "westerns, and lately war films", ("western", "war"), "65+", 21),
    Persona("viewer-0008", "Kim", "new here", (), "18-24", 1),
)
"""The eight personas, with ids that never change."""

NORA, BEN, MIA, SAM, ELLA, JO, MAX, KIM = range(8)

_TASTE_WEIGHTS = {
    "noir": 8.0,
    "horror": 13.0,
    "family": 12.0,
    "science fiction": 12.0,
    "romantic comedy": 11.0,
    "western": 5.0,
    "war": 5.0,
    "action": 9.0,
    "gangsters": 5.0,
    "new hollywood": 2.0,
    "golden age": 4.0,
    "adventure": 5.0,
    "eighties comedy": 5.0,
    "independent": 4.0,
    "lives": 2.0,
    "stage and stadium": 2.0,
    "suspense": 4.0,
}
_OLDER = {"noir": 1.6, "golden age": 1.8, "western": 1.5, "war": 1.1, "new hollywood": 1.0, "lives": 0.8}
_YOUNGER = {"horror": 1.3, "science fiction": 0.8, "action": 0.9, "adventure": 0.9, "independent": 0.5}
_MAIN_DEVICE_BY_AGE = np.array(
    [
        [0.2, 0.3, 0.15, 0.35],
        [0.35, 0.3, 0.15, 0.2],
        [0.5, 0.2, 0.2, 0.1],
        [0.65, 0.15, 0.15, 0.05],
        [0.8, 0.08, 0.1, 0.02],
    ]
)


BROAD_SHARE = 0.75
"""Share of viewers who follow the hits as well as their tastes; the others rarely watch them."""
CHANGED_SHARE = 0.2
"""Share of viewers whose second taste becomes the main one in the last third, as Max's does."""


@dataclass(frozen=True)
class Viewers:
    """Arrays with one entry per viewer; the personas come first."""

    table: pd.DataFrame
    """USER_ID, NAME (empty but for personas), AGE_GROUP, REGION, DEVICE."""
    main: NDArray[np.int64]
    """Pool from which most films come, an index into pool_names."""
    second: NDArray[np.int64]
    late: NDArray[np.int64]
    """Pool that takes the place of main in the last third of a viewer's evenings."""
    hit_share: NDArray[np.float64]
    """Share of free choices that follow the hits."""
    second_share: NDArray[np.float64]
    thread_pull: NDArray[np.float64]
    """Chance that the next film of an evening belongs to the thread of the one before."""
    n_films: NDArray[np.int64]
    """Approximate films per year; viewers who join late watch a part of it."""
    n_evenings: NDArray[np.int64]
    """Evenings for personas; -1 lets n_films decide."""
    first_day: NDArray[np.int64]
    main_device: NDArray[np.int64]
    pool_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.table)


def make_viewers(films: Films, n_users: int, rng: np.random.Generator) -> Viewers:
    """Draw the viewers: the personas, then simulated ones up to n_users."""
    pools = (*films.tastes, HITS_POOL)
    hits = pools.index(HITS_POOL)
    weights = np.array([_TASTE_WEIGHTS[name] for name in pools[:-1]])
    main = rng.choice(len(weights), size=n_users, p=weights / weights.sum())
    second = rng.choice(len(weights), size=n_users, p=weights / weights.sum())
    broad = rng.random(n_users) < BROAD_SHARE
    hit_share = np.where(broad, rng.uniform(0.1, 0.75, n_users), rng.beta(1.2, 14.0, n_users))
    second_share = np.where(broad, rng.uniform(0.15, 0.5, n_users), rng.uniform(0.0, 0.15, n_users))
    thread_pull = np.where(broad, rng.uniform(0.45, 0.9, n_users), rng.uniform(0.55, 0.95, n_users))
    n_films = np.clip(rng.lognormal(np.log(66), 0.58, n_users), 4, 200).astype(np.int64)
    late = np.where(rng.random(n_users) < CHANGED_SHARE, second, main)
    n_evenings = np.full(n_users, -1)
    first_day = np.where(rng.random(n_users) < 0.6, rng.integers(0, 21, n_users), rng.integers(21, 290, n_users))
    age = _ages(pools, main, rng)
    for row, persona in enumerate(PERSONAS):
        main[row] = pools.index(persona.taste[0]) if persona.taste else hits
        late[row] = pools.index(persona.taste[-1]) if persona.taste else hits
        second[row] = main[row]
        second_share[row] = 0.0
        hit_share[row] = 0.0 if persona.taste else 1.0
        thread_pull[row] = 0.7 if persona.taste else 0.05
        n_evenings[row] = persona.n_evenings
        first_day[row] = 12
        age[row] = AGE_GROUPS.index(persona.age_group)
    thread_pull[SAM] = 0.95
    main_device = _pick(_MAIN_DEVICE_BY_AGE[age], rng)
    names = [persona.name for persona in PERSONAS] + [None] * (n_users - len(PERSONAS))
    table = pd.DataFrame(
        {
            "USER_ID": [f"viewer-{number:04d}" for number in range(1, n_users + 1)],
            "NAME": pd.Series(names, dtype="str"),
            "AGE_GROUP": np.array(AGE_GROUPS)[age],
            "REGION": np.array(REGIONS)[rng.integers(0, len(REGIONS), n_users)],
            "DEVICE": np.array(DEVICES)[main_device],
        }
    )
    return Viewers(
        table,
        main,
        second,
        late,
        hit_share,
        second_share,
        thread_pull,
        n_films,
        n_evenings,
        first_day,
        main_device,
        pools,
    )


def _ages(pools: tuple[str, ...], main: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    lean = np.array([_OLDER.get(name, 0.0) - _YOUNGER.get(name, 0.0) for name in pools])[main]
    steps = np.arange(len(AGE_GROUPS)) - 2
    odds = np.exp(np.outer(lean, steps) * 0.6) * np.array([0.16, 0.24, 0.27, 0.2, 0.13])
    return _pick(odds / odds.sum(axis=1, keepdims=True), rng)


def _pick(chances: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw one column per row of chances (n, k)."""
    drawn = rng.random(len(chances))[:, None] > chances.cumsum(axis=1)
    return np.asarray(np.minimum(drawn.sum(axis=1), chances.shape[1] - 1))
