"""The three layouts of MovieLens, each turned into canonical frames.

interactions: USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE ("rate"), EVENT_VALUE, in file order. items: ITEM_ID, TITLE, YEAR,
GENRES. users, where the archive has them: USER_ID, AGE_GROUP, GENDER, OCCUPATION (zip codes are left out).
"""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from services.library.columns import EVENT_TYPE, EVENT_VALUE, ITEM_ID, SEPARATOR, TIMESTAMP, USER_ID
from services.sources.table_files import read_table

Files = Mapping[str, Callable[[], bytes]]
Frames = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame | None]

_AGES = {1: "under 18", 18: "18-24", 25: "25-34", 35: "35-44", 45: "45-49", 50: "50-55", 56: "56+"}
_OCCUPATIONS = (
    "other",
    "educator",
    "artist",
    "clerical",
    "student",
    "customer service",
    "doctor",
    "executive",
    "farmer",
    "homemaker",
    "pupil",
    "lawyer",
    "programmer",
    "retired",
    "salesman",
    "scientist",
    "self-employed",
    "technician",
    "craftsman",
    "unemployed",
    "writer",
)
_YEAR = re.compile(r"\s*\((\d{4})(?:[-–]\d{0,4})?\)\s*$")
_ARTICLE = re.compile(r"^(.*), (The|A|An|Le|La|Les|L'|Il|Lo|El|Los|Las|Der|Die|Das|Det|Den|O|Os)$")
_OTHER_TITLE = re.compile(r"\s+\(.*$")


@dataclass(frozen=True)
class Layout:
    """One layout of the files."""

    ratings: str
    needs: tuple[str, ...]
    read: Callable[[Files], Frames]


def _read_100k(files: Files) -> Frames:
    ratings = _table(files["u.data"](), "\t", ["user", "item", "rating", "timestamp"])
    genres = [line.split("|")[0] for line in files["u.genre"]().decode("latin-1").split("\n") if "|" in line]
    columns = ["item", "title", "released", "video", "url", *genres]
    films = _table(files["u.item"](), "|", columns, encoding="latin-1", text=("title",))
    flags = films[genres].to_numpy() == 1
    named = np.array(genres, dtype=object)
    joined = [SEPARATOR.join(name for name in named[row] if name != "unknown") for row in flags]
    people = _table(files["u.user"](), "|", ["user", "age", "gender", "occupation", "zip"], text=("zip", "gender"))
    steps = np.array(sorted(_AGES))
    people["age"] = steps[np.searchsorted(steps, people["age"].clip(lower=1), side="right") - 1]
    return _interactions(ratings), _items(films, pd.Series(joined)), _users(people, people["occupation"])


def _read_1m(files: Files) -> Frames:
    if "ratings.parquet" in files:
        ratings = read_table(files["ratings.parquet"](), "ratings.parquet").frame.rename(columns={"movie": "item"})
    else:
        ratings = _table(_tabs(files["ratings.dat"]()), "\t", ["user", "item", "rating", "timestamp"])
    films = _table(
        _tabs(files["movies.dat"]()), "\t", ["item", "title", "genres"], encoding="latin-1", text=("title", "genres")
    )
    people = _table(
        _tabs(files["users.dat"]()), "\t", ["user", "gender", "age", "occupation", "zip"], text=("gender", "zip")
    )
    unknown = people["occupation"][~people["occupation"].between(0, len(_OCCUPATIONS) - 1)]
    if len(unknown):
        raise ValueError(f"users.dat has the occupation {unknown.iloc[0]}, known are 0 to {len(_OCCUPATIONS) - 1}")
    occupation = pd.Series(np.array(_OCCUPATIONS, dtype=object)[people["occupation"]], dtype="str")
    return _interactions(ratings), _items(films, films["genres"]), _users(people, occupation)


def _read_csv(files: Files) -> Frames:
    ratings = pd.read_csv(io.BytesIO(files["ratings.csv"]()), engine="pyarrow")
    films = pd.read_csv(io.BytesIO(files["movies.csv"]()), encoding="utf-8")
    ratings = ratings.rename(columns={"userId": "user", "movieId": "item"})
    films = films.rename(columns={"movieId": "item"})
    return _interactions(ratings), _items(films, films["genres"]), None


LAYOUTS = (
    Layout("u.data", ("u.item", "u.user", "u.genre"), _read_100k),
    Layout("ratings.dat", ("movies.dat", "users.dat"), _read_1m),
    Layout("ratings.parquet", ("movies.dat", "users.dat"), _read_1m),
    Layout("ratings.csv", ("movies.csv",), _read_csv),
)


def _table(
    content: bytes, separator: str, columns: list[str], encoding: str = "utf-8", text: tuple[str, ...] = ()
) -> pd.DataFrame:
    kinds: Any = dict.fromkeys(text, "str")
    # QUOTE_NONE: these files are not quoted, and titles contain quotation marks
    return pd.read_csv(io.BytesIO(content), sep=separator, names=columns, encoding=encoding, dtype=kinds, quoting=3)


def _tabs(content: bytes) -> bytes:
    """Return ml-1m's "::" as tabs, which the fast reader understands."""
    return content.replace(b"::", b"\t")


def _interactions(ratings: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            USER_ID: ratings["user"].astype("int64").astype("str"),
            ITEM_ID: ratings["item"].astype("int64").astype("str"),
            TIMESTAMP: ratings["timestamp"].astype("int64"),
            EVENT_TYPE: pd.Series("rate", index=ratings.index, dtype="str"),
            EVENT_VALUE: ratings["rating"].astype("float64"),
        }
    )


def _items(films: pd.DataFrame, genres: pd.Series) -> pd.DataFrame:
    named = [split_title(title) for title in films["title"]]
    none = genres.isin(["", "(no genres listed)"]) | genres.isna()
    return pd.DataFrame(
        {
            ITEM_ID: films["item"].astype("int64").astype("str"),
            "TITLE": pd.Series([title for title, _ in named], dtype="str"),
            "YEAR": pd.Series([year for _, year in named], dtype="Int64"),
            "GENRES": genres.astype("str").where(~none, None),
        }
    )


def split_title(text: str) -> tuple[str, int | None]:
    """Return title and year: "Matrix, The (1999)" -> "The Matrix", 1999; a second title in brackets is left out."""
    year = _YEAR.search(text)
    title = _YEAR.sub("", text).strip()
    title = _OTHER_TITLE.sub("", title) or title
    moved = _ARTICLE.match(title)
    if moved:
        glue = "" if moved[2].endswith("'") else " "
        title = f"{moved[2]}{glue}{moved[1]}"
    return title, int(year[1]) if year else None


def _users(people: pd.DataFrame, occupation: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            USER_ID: people["user"].astype("int64").astype("str"),
            "AGE_GROUP": people["age"].map(_AGES).astype("str"),
            "GENDER": people["gender"].map({"M": "male", "F": "female"}).astype("str"),
            "OCCUPATION": occupation.astype("str"),
        }
    )
