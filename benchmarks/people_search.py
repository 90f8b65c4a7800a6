"""Finding one of 200,000 people: what a keystroke's answer and a select of people cost.

    python -m benchmarks.people_search [--people 200000] [--repeats 30]

Made-up people with names, two attributes and a few events each, kept in a library as the screens keep them. "select" is
what one select of people costs on a run of a page: its suggestions, with labels, warm. Times are wall-clock and
processor milliseconds of one thread; on a busy machine the processor's are the ones to look at.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from services.language.vocabulary import FILM_WORDS
from services.library.columns import ColumnRoles
from services.library.people import People
from services.library.prepared import PreparedData
from services.library.schemas import propose_schema
from services.library.store import Library

FIRST = ("Anna", "Bo", "Chloé", "Dai", "Emil", "Fatma", "Goran", "Hana", "Ivo", "Jun")
LAST = ("Abel", "Brandt", "Costa", "Dvorak", "Eriksen", "Fuchs", "Garcia", "Haddad", "Ito", "Jansen")
QUERIES = {
    "name": "chloe costa 199",
    "id": "person-0150000",
    "part of an id": "7777",
    "attribute": "north",
    "segment": "long history",
    "nobody": "no such person",
    "empty": "",
}
SUGGESTED = 300


def world(n_people: int) -> PreparedData:
    """Return people with five events in the mean on a thousand items."""
    rng = np.random.default_rng(1)
    ids = np.array([f"person-{n:07d}" for n in range(n_people)])
    counts = rng.poisson(5, n_people)
    users = np.repeat(ids, counts)
    interactions = pd.DataFrame(
        {
            "USER_ID": pd.Series(users, dtype="str"),
            "ITEM_ID": pd.Series(rng.integers(0, 1000, len(users)).astype(str), dtype="str"),
            "TIMESTAMP": rng.integers(1_600_000_000, 1_700_000_000, len(users)),
        }
    )
    names = [f"{FIRST[n % 10]} {LAST[n // 10 % 10]} {n // 100}" for n in range(n_people)]
    people = pd.DataFrame(
        {
            "USER_ID": ids,
            "NAME": names,
            "REGION": rng.choice(["North", "South", "West"], n_people),
            "AGE_GROUP": rng.choice(["18-24", "25-34", "35-49", "50-64"], n_people),
        }
    ).astype("str")
    roles = ColumnRoles(user_name="NAME", user_attributes=("REGION", "AGE_GROUP"))
    frames = {"Interactions": interactions, "Users": people}
    schemas = {name: propose_schema(name, frame, roles) for name, frame in frames.items()}
    return PreparedData("people", interactions, None, people, schemas, roles, FILM_WORDS, "own")


def timed(act: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Return the median wall-clock and processor milliseconds."""
    wall, processor = [], []
    for _ in range(repeats):
        began, spent = time.perf_counter(), time.process_time()
        act()
        wall.append(time.perf_counter() - began)
        processor.append(time.process_time() - spent)
    return 1000 * float(np.median(wall)), 1000 * float(np.median(processor))


def select(people: People) -> list[str]:
    """Return the labels that a select of people shows."""
    return [people.label(user_id) for user_id in people.suggested(SUGGESTED)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Search for one of many people.")
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--repeats", type=int, default=30)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        people = Library(Path(folder)).save(world(arguments.people)).people()
        print(f"{people.n_users:,} people\n\n| search | finds | ms | CPU ms |\n| --- | ---: | ---: | ---: |")
        for name, text in QUERIES.items():
            found = len(people.search(text))
            wall, processor = timed(lambda text=text: people.search(text), arguments.repeats)
            print(f'| {name}: "{text}" | {found} | {wall:.1f} | {processor:.1f} |')
        began = time.process_time()
        select(people)
        print(f"| select, first time | {SUGGESTED} | | {1000 * (time.process_time() - began):.1f} |")
        wall, processor = timed(lambda: select(people), arguments.repeats)
        print(f"| select | {SUGGESTED} | {wall:.1f} | {processor:.1f} |")


if __name__ == "__main__":
    main()
