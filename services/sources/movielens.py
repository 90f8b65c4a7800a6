"""MovieLens: GroupLens's ratings of films, downloaded on request or read from a folder or zip on this machine.

The layouts: ml-100k (u.data, u.item, u.user), ml-1m (ratings.dat, movies.dat, users.dat; or ratings.parquet for the
first), and the later ones (ratings.csv, movies.csv, no users). Ratings keep the order of their file.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from services.errors import PlainError, SampleError
from services.language.vocabulary import FILM_WORDS
from services.library.columns import ColumnRoles
from services.library.prepared import PreparedData
from services.library.schemas import propose_schema
from services.sources.bounds import check_bytes, check_shape, read_file, readable, unpack
from services.sources.downloads import Report, fetch_zip
from services.sources.movielens_layouts import LAYOUTS, Files, Layout

BASE_URL = "https://files.grouplens.org/datasets/movielens"
CITATION = (
    "F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context. "
    "ACM Transactions on Interactive Intelligent Systems 5, 4, Article 19. https://doi.org/10.1145/2827872"
)
LICENCE = (
    "MovieLens data belongs to GroupLens Research at the University of Minnesota. It may be used for research and "
    "learning. It may not be passed on, and it may not be used to earn money, without GroupLens's permission. "
    "Nobody may suggest that the University or GroupLens endorses what they do with it; it comes without any "
    f"warranty. Who publishes results must cite: {CITATION} The terms in full are in the README of the archive."
)
NOTE = "MovieLens, research use only"


@dataclass(frozen=True)
class MovieLensSize:
    """One of the data sets that GroupLens offers."""

    key: str
    title: str
    archive: str
    n_ratings: int
    n_users: int
    n_items: int
    size_bytes: int
    """Of the download, about."""
    has_users: bool

    @property
    def url(self) -> str:
        """Where GroupLens keeps it."""
        return f"{BASE_URL}/{self.archive}"

    @property
    def name(self) -> str:
        """Proposed name of the data set group."""
        return f"movielens-{self.key.lower()}"


SIZES: Mapping[str, MovieLensSize] = {
    size.key: size
    for size in (
        MovieLensSize("100K", "100,000 ratings, 1997-98", "ml-100k.zip", 100_000, 943, 1_682, 4_924_029, True),
        MovieLensSize("latest-small", "the latest, small", "ml-latest-small.zip", 100_836, 610, 9_742, 978_202, False),
        MovieLensSize("1M", "1 million ratings, 2000-03", "ml-1m.zip", 1_000_209, 6_040, 3_883, 5_917_549, True),
        MovieLensSize("20M", "20 million, 1995-2015", "ml-20m.zip", 20_000_263, 138_493, 27_278, 198_702_078, False),
        MovieLensSize("25M", "25 million, 1995-2019", "ml-25m.zip", 25_000_095, 162_541, 62_423, 261_978_986, False),
        MovieLensSize("32M", "32 million, 1995-2023", "ml-32m.zip", 32_000_204, 200_948, 87_585, 238_950_008, False),
    )
}


def download(size: str, folder: Path, report: Report | None = None, base_url: str = BASE_URL) -> Path:
    """Return the archive of this size in folder, downloaded, checked and resumed where needed.

    report is called after every block and may raise to stop. Raises SampleError.
    """
    if size not in SIZES:
        raise SampleError(f'MovieLens has no size "{size}". Choose one of {", ".join(SIZES)}.')
    archive = SIZES[size].archive
    return fetch_zip(f"{base_url}/{archive}", Path(folder) / archive, report)


def read(path: Path) -> PreparedData:
    """Return MovieLens data from a zip file or an unpacked folder; raises SampleError for other files."""
    path = Path(path)
    with readable(str(path), "Download the archive again."):
        return _read(path)


def _read(path: Path) -> PreparedData:
    files = _files(path)
    layout = next((layout for layout in LAYOUTS if layout.ratings in files), None)
    if layout is None:
        names = ", ".join(layout.ratings for layout in LAYOUTS)
        raise SampleError(f"{path} holds no MovieLens ratings. Give a folder or a zip file with one of {names}.")
    missing = [name for name in layout.needs if name not in files]
    if missing:
        raise SampleError(f"{path} holds {layout.ratings} but not {', '.join(missing)}. Give all files of the archive.")
    try:
        interactions, items, users = layout.read(files)
    except PlainError:
        raise
    except Exception as error:
        raise SampleError(f"{path} does not read like MovieLens: {error}. Download the archive again.") from error
    return _prepared(interactions, items, users, layout)


def _prepared(
    interactions: pd.DataFrame, items: pd.DataFrame, users: pd.DataFrame | None, layout: Layout
) -> PreparedData:
    known = {size.n_ratings: size.name for size in SIZES.values()}
    roles = ColumnRoles(
        title="TITLE",
        year="YEAR",
        categories=("GENRES",),
        user_attributes=() if users is None else ("AGE_GROUP", "OCCUPATION", "GENDER"),
    )
    frames = {"Interactions": interactions, "Items": items, "Users": users}
    return PreparedData(
        name=known.get(len(interactions), "movielens"),
        interactions=interactions,
        items=items,
        users=users,
        schemas={kind: propose_schema(kind, frame, roles) for kind, frame in frames.items() if frame is not None},
        roles=roles,
        words=FILM_WORDS,
        source="movielens",
        note=NOTE,
        licence=LICENCE,
    )


def _files(path: Path) -> Files:
    """Return what opens each file by its bare name: archives wrap theirs in a folder."""
    if path.is_dir():
        # the files of an unpacked archive may be one folder down
        paths = [file for pattern in ("*", "*/*") for file in sorted(path.glob(pattern)) if file.is_file()]
        return {file.name: partial(read_file, file) for file in reversed(paths)}
    if not path.exists():
        raise SampleError(f"{path} does not exist. Give a MovieLens folder or zip file.")
    if not path.is_file() or not zipfile.is_zipfile(path):
        raise SampleError(f"{path} is neither a folder nor a zip file. Give a MovieLens folder or zip file.")

    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX")]
    return {name.rsplit("/", 1)[-1]: partial(_member, path, name) for name in names}


def _member(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive, archive.open(name) as file:
        packed = archive.getinfo(name)
        check_bytes(name, packed.file_size)
        content = unpack(file, name, packed.compress_size)
    check_shape(name, content.count(b"\n"), 0)
    return content
