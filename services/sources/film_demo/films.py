"""The demo's catalogue as arrays for the simulation.

The popularity of films is invented: a few dozen well-known titles come first, the others follow in an order drawn
once, which gives a long tail.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.sources.film_demo.calendar import FIRST_DAY
from services.sources.film_demo.taste_rules import Mask, members

CATALOGUE = Path(__file__).with_name("catalogue.csv")

HITS = (
    "Star Wars: Episode IV - A New Hope",
    "Titanic",
    "Jurassic Park",
    "The Matrix",
    "Raiders of the Lost Ark",
    "Forrest Gump",
    "The Godfather",
    "Back to the Future",
    "The Lion King",
    "E.T. the Extra-Terrestrial",
    "Terminator 2",
    "Ghostbusters",
    "Toy Story",
    "Jaws",
    "Die Hard",
    "Star Wars: Episode V - The Empire Strikes Back",
    "The Silence of the Lambs",
    "Rocky",
    "Batman",
    "Alien",
    "Saving Private Ryan",
    "When Harry Met Sally...",
    "Psycho",
    "Home Alone",
    "Casablanca",
    "Pretty Woman",
    "The Sixth Sense",
    "GoodFellas",
    "Beauty and the Beast",
    "Halloween",
    "Apollo 13",
    "Gladiator",
    "Top Gun",
    "The Terminator",
    "Men in Black",
    "Braveheart",
    "The Shining",
    "Aladdin",
    "Unforgiven",
    "Scream",
)
"""Most watched first."""

POPULARITY_SEED = 11
"""Fixed: the same films are popular whatever the viewers' seed."""


@dataclass(frozen=True)
class Films:
    """Arrays with one entry per film of the catalogue, in its order."""

    table: pd.DataFrame
    """The committed catalogue."""
    popularity: NDArray[np.float64]
    """Weight of a film within a taste: a power of its rank, 1 for the best known."""
    hit_weight: NDArray[np.float64]
    """Weight of a film among the hits: a few dozen films get most of it."""
    released: NDArray[np.int64]
    """Day of the calendar on which the film can first be watched; -1 for films released before it."""
    director: NDArray[np.int64]
    """Number of the first director."""
    series: NDArray[np.int64]
    """Number of the series, -1 outside."""
    part: NDArray[np.int64]
    """Place in the series from 1; 0 outside."""
    tastes: dict[str, Mask]

    def __len__(self) -> int:
        return len(self.table)


def load_films() -> Films:
    """Read the committed catalogue."""
    table = pd.read_csv(CATALOGUE).astype({"SERIES": "str", "PART": "Int64"})
    ranks = _ranks(table)
    released = (table["RELEASED"].to_numpy(dtype="datetime64[D]") - FIRST_DAY).astype(np.int64)
    return Films(
        table=table,
        popularity=(1 + ranks / 10) ** -1.0,
        hit_weight=(1 + ranks / 40) ** -3.25,
        released=np.where(released == 0, -1, released),
        director=pd.factorize(table["DIRECTOR"].str.split("|").str[0])[0].astype(np.int64),
        series=pd.factorize(table["SERIES"])[0].astype(np.int64),
        part=table["PART"].fillna(0).to_numpy(dtype=np.int64),
        tastes=members(table),
    )


def best_known(n: int) -> pd.DataFrame:
    """Return the best-known films of the committed catalogue, the first one first, before anything is made of them.

    Columns: item_id, title, year, categories, maker, image.
    """
    table = pd.read_csv(CATALOGUE)
    table = table.assign(rank=_ranks(table)).nsmallest(n, "rank")
    return pd.DataFrame(
        {
            "item_id": table["ITEM_ID"],
            "title": table["TITLE"],
            "year": table["YEAR"],
            "categories": table["GENRES"].str.split("|"),
            "maker": table["DIRECTOR"].str.split("|").str[0],
            "image": None,
        }
    )


def _ranks(table: pd.DataFrame) -> NDArray[np.float64]:
    """Return 0 for the best known film, 1 for the next."""
    rng = np.random.default_rng(POPULARITY_SEED)
    # recent films are better known, sequels less than the films before them
    known = rng.normal(size=len(table)) + (table["YEAR"].to_numpy() - 1980) / 25
    known -= 0.15 * table["PART"].fillna(1).to_numpy(dtype=np.float64)
    known[table["TITLE"].isin(HITS).to_numpy()] += 100
    hit_rank = table["TITLE"].map({title: rank for rank, title in enumerate(HITS)}).fillna(0).to_numpy()
    order = np.argsort(-(known - hit_rank), kind="stable")
    ranks = np.empty(len(table))
    ranks[order] = np.arange(len(table))
    return ranks
