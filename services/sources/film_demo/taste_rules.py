"""The demo's tastes: the films of each, by genre, era and director.

The same rules fill the catalogue's quotas (build_catalogue.py), steer the simulated viewers (generator.py) and are
counted by the tests. A film may belong to several tastes, or only to the hits.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Rule = Callable[["Films"], Mask]

HORROR_DIRECTORS = ("John Carpenter", "Wes Craven")
ROMANTIC_DIRECTORS = ("Nora Ephron", "Rob Reiner")


class Films:
    """The columns of a catalogue for the rules: TITLE, YEAR, GENRES ("|" between), DIRECTOR."""

    def __init__(self, films: pd.DataFrame) -> None:
        self.year = films["YEAR"].to_numpy(dtype=np.int64)
        self._genres = films["GENRES"].str.split("|").map(frozenset)
        self._directors = films["DIRECTOR"].str.split("|").map(frozenset)

    def genre(self, *names: str) -> Mask:
        """Return the mask of films with any of these genres."""
        wanted = frozenset(names)
        return self._genres.map(lambda genres: bool(genres & wanted)).to_numpy(dtype=bool)

    def by(self, *directors: str) -> Mask:
        """Return the mask of films by any of these directors."""
        wanted = frozenset(directors)
        return self._directors.map(lambda names: bool(names & wanted)).to_numpy(dtype=bool)

    def years(self, first: int, last: int) -> Mask:
        """Return the mask of films released from first to last, both included."""
        return np.asarray((self.year >= first) & (self.year <= last))


def _noir(f: Films) -> Mask:
    dark = f.genre("Film-Noir") | (f.genre("Crime", "Mystery", "Thriller") & f.years(1930, 1959))
    return (dark | (f.by("Alfred Hitchcock") & f.years(1929, 1976))) & ~f.genre("Sci-Fi", "Musical", "Animation")


def _horror(f: Films) -> Mask:
    old = f.genre("Horror") & f.years(1974, 1992)
    return (old | (f.by(*HORROR_DIRECTORS) & f.genre("Horror"))) & ~f.genre("Family", "Musical", "Romance")


def _family(f: Films) -> Mask:
    return f.genre("Animation", "Musical", "Family") & ~f.genre("Horror", "War", "Crime", "Thriller")


def _science_fiction(f: Films) -> Mask:
    return f.genre("Sci-Fi") & ~(f.genre("Family", "Musical") | (f.genre("Horror") & f.years(1979, 1992) & _slasher(f)))


def _slasher(f: Films) -> Mask:
    return ~f.genre("Action", "Adventure")


def _romantic_comedy(f: Films) -> Mask:
    nineties = f.genre("Romance") & f.genre("Comedy") & f.years(1987, 2000)
    return (nineties | (f.by(*ROMANTIC_DIRECTORS) & f.genre("Comedy"))) & ~f.genre("Horror", "Action", "War")


RULES: Mapping[str, Rule] = {
    "noir": _noir,
    "horror": _horror,
    "family": _family,
    "science fiction": _science_fiction,
    "romantic comedy": _romantic_comedy,
    "western": lambda f: f.genre("Western"),
    "war": lambda f: f.genre("War") & ~f.genre("Musical", "Animation"),
    "action": lambda f: f.genre("Action") & f.years(1980, 2000) & ~f.genre("Horror", "Family", "Sci-Fi", "Western"),
    "gangsters": lambda f: f.genre("Crime") & f.genre("Drama") & f.years(1967, 2000),
    "new hollywood": lambda f: f.genre("Drama") & f.years(1962, 1980) & ~f.genre("War", "Western", "Horror"),
    "golden age": lambda f: f.genre("Comedy", "Romance") & f.years(1915, 1961) & ~f.genre("Film-Noir", "Animation"),
    "adventure": lambda f: f.genre("Adventure", "Fantasy") & f.years(1975, 2000) & ~f.genre("Horror", "Animation"),
    "eighties comedy": lambda f: f.genre("Comedy") & f.years(1976, 1992) & ~f.genre("Romance", "Horror", "Family"),
    "independent": lambda f: f.genre("Drama") & f.years(1989, 2000) & ~f.genre("Crime", "Romance", "War", "Action"),
    "lives": lambda f: f.genre("Biography", "History"),
    "stage and stadium": lambda f: f.genre("Music", "Sport") & ~f.genre("Animation", "Family"),
    "suspense": lambda f: f.genre("Mystery", "Thriller") & f.years(1983, 2000) & ~f.genre("Action", "Horror"),
}
"""The tastes that a simulated viewer may have, most of them shared by dozens of viewers."""


def members(films: pd.DataFrame) -> dict[str, Mask]:
    """Return the mask of each taste's rows of the catalogue."""
    view = Films(films)
    return {name: rule(view) for name, rule in RULES.items()}
