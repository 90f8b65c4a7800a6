"""The film demo and MovieLens as prepared data; a user's own files are prepared by services/sources/own_files.py.

Each gives PreparedData; keep() writes it to the library, for the screens, and to CSV files, for the import.
"""

from pathlib import Path

from services.language.vocabulary import FILM_WORDS
from services.library.columns import ColumnRoles
from services.library.prepared import CsvFile, Persona, PreparedData, write_csvs
from services.library.schemas import propose_schema
from services.library.store import Library, LoadedData
from services.sources import movielens
from services.sources.downloads import Report
from services.sources.film_demo.generator import DEMO_SEED, generate
from services.sources.film_demo.viewers import PERSONAS

DEMO_NAME = "film-demo"
DEMO_ROLES = ColumnRoles(
    title="TITLE",
    year="YEAR",
    categories=("GENRES",),
    people=("DIRECTOR", "CAST"),
    user_name="NAME",
    user_attributes=("AGE_GROUP", "REGION", "DEVICE"),
)


def load_demo(seed: int = DEMO_SEED) -> PreparedData:
    """Return the bundled demo: real film facts, simulated viewers; about two seconds."""
    data = generate(seed)
    frames = {"Interactions": data.interactions, "Items": data.items, "Users": data.users}
    return PreparedData(
        name=DEMO_NAME,
        interactions=data.interactions,
        items=data.items,
        users=data.users,
        schemas={kind: propose_schema(kind, frame, DEMO_ROLES) for kind, frame in frames.items()},
        roles=DEMO_ROLES,
        words=FILM_WORDS,
        source="demo",
        note="simulated data",
        licence="Film titles, years, genres and names are facts; every viewer and every event is simulated.",
        personas=tuple(Persona(p.user_id, p.name, p.story, p.taste) for p in PERSONAS),
        event_type="watch",
    )


def load_movielens(size: str, cache_folder: Path, report: Report | None = None) -> PreparedData:
    """Return a MovieLens data set, downloaded to cache_folder unless it is there; size is a key of movielens.SIZES."""
    return movielens.read(movielens.download(size, cache_folder, report))


def load_movielens_from(path: Path) -> PreparedData:
    """Return MovieLens data from a folder or a zip file on this machine."""
    return movielens.read(path)


def keep(data: PreparedData, home: Path) -> tuple[LoadedData, tuple[CsvFile, ...]]:
    """Write prepared data to the library and to HOME/uploads/NAME as CSV; return both."""
    loaded = Library(home).save(data)
    return loaded, write_csvs(data, Path(home) / "uploads" / data.name)
