"""Makes catalogue.csv, the demo's films, from a table of film facts. Run it once; the result is committed.

    python -m services.sources.film_demo.build_catalogue FACTS.csv services/sources/film_demo/catalogue.csv

FACTS.csv has the columns title, year, genres, director, actors (names separated by ", "). Facts only are taken: no
plots, no pictures, no ratings, nobody else's ids. Whole series and enough films for each taste come first, then films
whose people have made many others, so that "more by this director" leads somewhere.

Columns out: ITEM_ID (ours), TITLE, YEAR, GENRES, DIRECTOR, CAST ("|" between several), SERIES, PART (empty outside a
series), RELEASED (the day on which the film enters the demo's calendar; most were there before it begins).
"""

import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.sources.film_demo.calendar import FIRST_DAY, N_MONTHS, month_starts
from services.sources.film_demo.series import find_series
from services.sources.film_demo.taste_rules import members

N_FILMS = 1_500
PER_TASTE = 60
"""Films of each taste that are taken before the rest is filled up, or all of them."""
RARE_GENRES = ("Film-Noir", "Animation", "Musical", "Western")
"""Taken whole: these tastes need every film."""
NEW_PER_MONTH = (10, 15)
SEED = 7


def build(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the catalogue, sorted by year and title."""
    films = _clean(facts)
    fame = _fame(films)
    rare = films["GENRES"].str.contains("|".join(RARE_GENRES)).to_numpy()
    chosen = films["SERIES"].notna().to_numpy() | rare
    by_fame = np.argsort(-fame, kind="stable")
    for mask in members(films).values():
        wanted = [row for row in by_fame if mask[row]][:PER_TASTE]
        chosen[wanted] = True
    for row in by_fame:
        if chosen.sum() >= N_FILMS:
            break
        chosen[row] = True
    kept = films[chosen].sort_values(["YEAR", "TITLE"], kind="stable").reset_index(drop=True)
    kept.insert(0, "ITEM_ID", [f"film-{number:04d}" for number in range(1, len(kept) + 1)])
    kept["RELEASED"] = _release_days(kept)
    return kept


def _clean(facts: pd.DataFrame) -> pd.DataFrame:
    facts = facts.dropna(subset=["title", "year", "genres", "director", "actors"])
    films = pd.DataFrame(
        {
            "TITLE": facts["title"].str.strip(),
            "YEAR": facts["year"].astype(int),
            "GENRES": facts["genres"].str.split(r",\s*", regex=True).str.join("|"),
            "DIRECTOR": facts["director"].str.split(r",\s*", regex=True).str[:2].str.join("|"),
            "CAST": facts["actors"].str.split(r",\s*", regex=True).str[:4].str.join("|"),
        }
    )
    films = films[~films["GENRES"].str.contains("Adult|Short") & films["YEAR"].between(1915, 2000)]
    films = films.drop_duplicates(["TITLE", "YEAR"]).reset_index(drop=True)
    return films.join(find_series(films))


def _fame(films: pd.DataFrame) -> NDArray[np.float64]:
    """Return how well known a film's people are: the logarithms of how many films each of them made, added up."""
    total = np.zeros(len(films))
    for column, weight in (("DIRECTOR", 2.0), ("CAST", 1.0)):
        names = films[column].str.split("|").explode()
        counts = names.map(names.value_counts().map(math.log))
        total += weight * counts.groupby(level=0).sum().to_numpy() / (2 if column == "CAST" else 1)
    return np.asarray(total)


def _release_days(films: pd.DataFrame) -> list[str]:
    """Choose 10 to 15 films for each month to come out in it; films of a series stay together from the start."""
    rng = np.random.default_rng(SEED)
    free = rng.permutation(np.flatnonzero(films["SERIES"].isna().to_numpy()))
    days = np.full(len(films), FIRST_DAY, dtype="datetime64[D]")
    starts = month_starts()
    for month in range(N_MONTHS):
        count = int(rng.integers(NEW_PER_MONTH[0] + 1, NEW_PER_MONTH[1]))
        rows, free = free[:count], free[count:]
        length = int((starts[month + 1] - starts[month]).astype(int))
        # never on the first day of the calendar, which means "released before it"
        days[rows] = starts[month] + rng.integers(1, length, size=count).astype("timedelta64[D]")
    return [str(day) for day in days]


def main(arguments: list[str]) -> None:
    """Read the facts named first, write the catalogue named second."""
    source, target = (Path(argument) for argument in arguments)
    catalogue = build(pd.read_csv(source))
    catalogue.to_csv(target, index=False)
    sys.stdout.write(f"{len(catalogue)} films written to {target}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
