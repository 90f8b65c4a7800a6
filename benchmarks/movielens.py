"""MovieLens for benchmarks: histories, and what is known of films and people, from the folder EXPLORER_DATA."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from services.engine.recipes.base import Column, Histories, TrainingData


def read_movielens(folder: Path, size: str, above: float | None = None) -> Histories:
    """Return all ratings, or those above a value, as histories, ties in file order. size: "100k" or "1m"."""
    frame = _ratings(folder, size)
    frame = frame if above is None else frame[frame["rating"] > above]
    users, items = (np.unique(frame[name], return_inverse=True)[1] for name in ("user", "item"))
    order = np.lexsort((np.arange(len(frame)), frame["timestamp"], users))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(users))]).astype(np.int64)
    times = frame["timestamp"].to_numpy(np.int64)[order]
    return Histories(offsets, items[order].astype(np.int32), times, int(items.max()) + 1)


def read_with_metadata(folder: Path, size: str, facts: bool = False) -> TrainingData:
    """Return the histories with genres and year of films, age, gender and occupation of people.

    facts: director and actors too, from films/ml1m_films_facts.csv (MovieLens 1M only).
    """
    frame = _ratings(folder, size)
    films, people = np.unique(frame["item"]), np.unique(frame["user"])
    items, users = (_films_100k, _people_100k) if size == "100k" else (_films_1m, _people_1m)
    columns = items(folder).reindex(films)
    item_columns = [categorical("GENRES", columns["genres"]), Column("YEAR", columns["year"].to_numpy(np.float32))]
    if facts:
        known = pd.read_csv(folder / "films" / "ml1m_films_facts.csv").set_index("movie_id").reindex(films)
        for name in ("director", "actors"):
            listed = known[name].fillna("").str.split(",").map(lambda names: [n.strip() for n in names if n.strip()])
            item_columns.append(categorical(name.upper(), listed))
    described = users(folder).reindex(people)
    user_columns = (
        Column("AGE", described["age"].to_numpy(np.float32)),
        categorical("GENDER", described["gender"].map(lambda cell: [cell])),
        categorical("OCCUPATION", described["occupation"].map(lambda cell: [str(cell)])),
    )
    return TrainingData(replace(read_movielens(folder, size), user_columns=user_columns), tuple(item_columns))


def categorical(name: str, cells: "pd.Series[list[str]]") -> Column:
    """Return a column of lists of categories."""
    lists = cells.tolist()
    categories = tuple(sorted({category for listed in lists for category in listed}))
    codes = {category: code for code, category in enumerate(categories)}
    values = np.array([codes[category] for listed in lists for category in listed], np.int32)
    offsets = np.concatenate([[0], np.cumsum([len(listed) for listed in lists])]).astype(np.int64)
    return Column(name, values, offsets, categories)


def _ratings(folder: Path, size: str) -> pd.DataFrame:
    if size == "1m":
        frame = pd.read_parquet(folder / "movielens-1m" / "ratings.parquet")
        return frame.rename(columns={"movie": "item"})
    names = ["user", "item", "rating", "timestamp"]
    return pd.read_csv(folder / "movielens-100k" / "u.data", sep="\t", names=names)


def _films_100k(folder: Path) -> pd.DataFrame:
    frame = pd.read_csv(folder / "movielens-100k" / "u.item", sep="|", header=None, encoding="latin-1", index_col=0)
    flags = frame[list(range(5, 24))].to_numpy() == 1  # 19 genres, one column each
    year = pd.to_datetime(frame[2], format="%d-%b-%Y").dt.year
    return pd.DataFrame({"genres": [[str(g) for g in np.flatnonzero(row)] for row in flags], "year": year}, frame.index)


def _people_100k(folder: Path) -> pd.DataFrame:
    path = folder / "movielens-100k" / "u.user"
    names = ["user", "age", "gender", "occupation", "zip"]
    return pd.read_csv(path, sep="|", names=names, index_col="user")


def _films_1m(folder: Path) -> pd.DataFrame:
    path = folder / "movielens-1m" / "movies.dat"
    names = ["film", "title", "genres"]
    frame = pd.read_csv(path, sep="::", names=names, encoding="latin-1", engine="python", index_col="film")
    year = frame["title"].str.extract(r"\((\d{4})\)\s*$")[0].astype(float)
    return pd.DataFrame({"genres": frame["genres"].str.split("|"), "year": year})


def _people_1m(folder: Path) -> pd.DataFrame:
    path = folder / "movielens-1m" / "users.dat"
    names = ["user", "gender", "age", "occupation", "zip"]
    return pd.read_csv(path, sep="::", names=names, engine="python", index_col="user")
