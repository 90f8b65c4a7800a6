"""The cold start laboratory on MovieLens, through the service and the API: `python -m benchmarks.cold_start --service`.

What a screen shows, computed by the same code: services.screens.cold_start.run over a home folder of its own (imports,
trainings, campaigns through boto3), and Amazon's printed figures of its own test (MovieLens 1M, notebook of 2019-10-10,
reference 11.3) in the first row. Seeds finished earlier are kept in --home and not trained again.
"""

import time
from dataclasses import replace
from pathlib import Path

import pandas as pd

from services.backend import open_backend
from services.laboratories import run_now
from services.laboratory.runs import COLD_START
from services.library.columns import SEPARATOR
from services.library.prepared import PreparedData
from services.library.schemas import propose_schema
from services.library.store import Library, LoadedData
from services.screens.cold_start.groups import diagonal
from services.screens.cold_start.measures import REACH
from services.screens.cold_start.parameters import ALL_COLUMNS, MODEL, Parameters, column_sets
from services.screens.cold_start.results import ColdStartResult
from services.screens.cold_start.sentences import METHOD_WORDS
from services.sources import movielens

SHOWN = {
    "MRR": "mean_reciprocal_rank_at_25",
    "P@5": "precision_at_5",
    "P@10": "precision_at_10",
    "P@25": "precision_at_25",
    "NDCG@5": "normalized_discounted_cumulative_gain_at_5",
    "NDCG@10": "normalized_discounted_cumulative_gain_at_10",
    "NDCG@25": "normalized_discounted_cumulative_gain_at_25",
    "reach": REACH,
}
AMAZON = {
    "Amazon, aws-hrnn-coldstart": (0.32269, 0.1618, 0.1516, 0.13252, 0.20834, 0.26098, 0.38751),
    "Amazon, random": (0.10903, 0.0392, 0.0401, 0.04084, 0.07499, 0.11012, 0.18746),
}
"""MovieLens 1M, genres only, the first 1,000 users; it prints no reach."""


def run(folder: Path, size: str, facts: bool, n_seeds: int, n_people: int, home: Path, alone: bool) -> None:
    """Do one run and print its tables; alone trains each set of columns by itself too."""
    data = movielens.read(folder / f"movielens-{size}")
    data = replace(_with_facts(data, folder) if facts else data, name=f"ml-{size}{'-facts' if facts else ''}")
    loaded = Library(home).open(data.name) or Library(home).save(data)
    sets = tuple(names for words, names in column_sets(loaded).items() if words != ALL_COLUMNS) if alone else ()
    parameters = Parameters(data.name, n_seeds=n_seeds, n_people=n_people, column_sets=sets)
    results = home / "laboratories" / COLD_START / f"{data.name}-{'sets' if alone else 'all'}"
    backend = open_backend(home=home)
    started = time.perf_counter()
    try:
        run_now(backend, COLD_START, parameters.to_json(), results)
    finally:
        backend.close()
    result = ColdStartResult(results)
    _print_methods(result, n_seeds, time.perf_counter() - started)
    _print_columns(result)
    _print_groups(result, loaded)


def _print_methods(result: ColdStartResult, n_seeds: int, seconds: float) -> None:
    print(f"{n_seeds} seeds, {result.n_people:,} people, {result.n_new:,} new, {seconds:.0f} s, ", end="")
    print(f"of which a training takes {result.train_seconds:.0f} s\n")
    print(f"| method | {' | '.join(SHOWN)} |\n|{' --- |' * (len(SHOWN) + 1)}")
    for name, figures in AMAZON.items():
        print(f"| {name} | {' | '.join(f'{figure:.4f}' for figure in figures)} | |")
    for method in result.methods:
        cells = []
        for metric in SHOWN.values():
            found = result.metric(method, metric)
            within = "" if pd.isna(found.low) else f" ({found.low:.3f} to {found.high:.3f})"
            cells.append(f"{found.value:.4f}{within}")
        print(f"| {METHOD_WORDS[method]} | {' | '.join(cells)} |")


def _print_columns(result: ColdStartResult) -> None:
    print("\n| by | columns | click rate | gain over random |\n| --- | --- | --- | --- |")
    for row in result.worth.itertuples():
        by = METHOD_WORDS[str(row.method)]
        print(f"| {by} | {row.columns} | {row.value:.4f} | {row.gain:+.4f} ({row.low:+.4f} to {row.high:+.4f}) |")


def _print_groups(result: ColdStartResult, loaded: LoadedData) -> None:
    for column in result.group_columns[:1]:
        categories = loaded.categories(column)
        own = diagonal(result.heat_map(result.groups(column, categories), categories, MODEL))
        print(f"\nnew items of a group's own {column}, times chance:", own.round(2).to_dict())


def _with_facts(data: PreparedData, folder: Path) -> PreparedData:
    """Return the films with director and leading actors, from films/ml1m_films_facts.csv."""
    assert data.items is not None
    facts = pd.read_csv(folder / "films" / "ml1m_films_facts.csv", dtype={"movie_id": "str"}).set_index("movie_id")
    items = data.items.copy()
    for name in ("director", "actors"):
        cells = facts[name].reindex(items["ITEM_ID"]).fillna("")
        items[name.upper()] = [
            SEPARATOR.join(n.strip() for n in cell.split(",") if n.strip()) or None for cell in cells
        ]
    roles = replace(data.roles, people=("DIRECTOR", "ACTORS"))
    schemas = {**data.schemas, "Items": propose_schema("Items", items, roles)}
    return replace(data, items=items, roles=roles, schemas=schemas)
