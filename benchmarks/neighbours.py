"""aws-sims beside famous items: do the neighbours of the fifty most watched films hold, and who stands everywhere?

    EXPLORER_DATA=DIR python -m benchmarks.neighbours

Data: the film demo (trained as the demo is), MovieLens 1M and 100K from EXPLORER_DATA where it is set. For each of the
fifty films that most people had: the share of the ten neighbours that have a genre in common with it, over that of any
film that may be listed (chance). A film "holds" from 1.4 times chance, or with all ten where chance is so high that ten
of ten are less. "Strangers" counts in how many of the fifty lists one film stands without a genre in common, "hub" in
how many at all. Hits: the last given item of each test user is the question, the newest tenth is to be found;
validation users are taken from the training users. "Before" is users with both / users with the neighbour ** 0.5.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from benchmarks.movielens import read_movielens, read_with_metadata
from services.engine.jobs.evaluation.split import TestSplit, sequence_split
from services.engine.jobs.evaluation.versions import evaluate_related_items
from services.engine.recipes.base import Column, Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.counting import cooccurrence
from services.engine.recipes.counting.sims import SimsModel, SimsRecipe, listable_items
from services.engine.recipes.histories import keep_events, within_length_percentiles
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find

FAMOUS, NEAREST, HOLDS = 50, 10, 1.4
WHOLE = {"max_item_interaction_count_percentile": "1"}
QUIET = SilentProgress()


@dataclass(frozen=True)
class World:
    """Histories, and the genres of every film."""

    name: str
    histories: Histories
    genres: Sequence[frozenset[str]]
    settings: Mapping[str, str]
    """featureTransformationParameters that differ from AWS's defaults."""


@dataclass(frozen=True)
class Sense:
    """Figures of the fifty lists."""

    holding: int
    times: float
    """Mean of the genre agreement over chance."""
    strangers: int
    hub: int


def demo_histories() -> tuple[Histories, pd.DataFrame]:
    """Return the film demo's watch events as histories, and its films in the order of their numbers."""
    from services.sources.film_demo.generator import generate

    data = generate()
    events = data.interactions[data.interactions["EVENT_TYPE"] == "watch"]
    items = pd.Index(data.items["ITEM_ID"]).get_indexer(events["ITEM_ID"])
    users = pd.Index(data.users["USER_ID"]).get_indexer(events["USER_ID"])
    order = np.argsort(users, kind="stable")  # the events are in order of time
    offsets = np.concatenate([[0], np.cumsum(np.bincount(users))]).astype(np.int64)
    times = events["TIMESTAMP"].to_numpy(np.int64)[order]
    return Histories(offsets, items[order].astype(np.int32), times, len(data.items)), data.items


def worlds() -> Iterator[World]:
    """Yield the data sets that are there, MovieLens 1M with AWS's item percentiles and without."""
    histories, films = demo_histories()
    yield World("film demo", histories, [frozenset(cell.split("|")) for cell in films["GENRES"]], WHOLE)
    folder = os.environ.get("EXPLORER_DATA")
    if not folder:
        return
    for size in ("1m", "100k"):
        histories = read_movielens(Path(folder), size)
        genres = sets_of(read_with_metadata(Path(folder), size).item_columns[0])
        for settings in ({}, WHOLE):
            yield World(f"MovieLens {size.upper()}", histories, genres, settings)


def sets_of(column: Column) -> list[frozenset[str]]:
    assert column.offsets is not None
    ends = zip(column.offsets[:-1].tolist(), column.offsets[1:].tolist(), strict=True)
    return [frozenset(column.categories[code] for code in column.values[start:stop]) for start, stop in ends]


def train(histories: Histories, settings: Mapping[str, str]) -> SimsModel:
    """Count as the training job does, user percentiles included."""
    values = complete("aws-sims", find("aws-sims").hyperparameters, {}, settings)
    low, high = (values[f"{end}_user_history_length_percentile"] for end in ("min", "max"))
    within = within_length_percentiles(histories, low, high)
    kept = keep_events(histories, np.repeat(within, histories.lengths()))
    return SimsRecipe().train(TrainingData(kept), TrainOptions(values), QUIET)


def sense(world: World, model: SimsModel) -> Sense:
    """Return the figures of the fifty most watched films' ten neighbours."""
    counts = model.to_arrays()["unique_users"]
    high = float(world.settings.get("max_item_interaction_count_percentile", "0.9"))
    listable = np.flatnonzero(listable_items(world.histories, 0.01, high)).tolist()
    holding, times = 0, []
    standing: Counter[int] = Counter()
    strangers: Counter[int] = Counter()
    for film in np.argsort(-counts, kind="stable")[:FAMOUS].tolist():
        own = world.genres[film]
        near = model.neighbours_of(film)[0][:NEAREST].tolist()
        agreeing = float(np.mean([bool(own & world.genres[other]) for other in near])) if near else 0.0
        chance = float(np.mean([bool(own & world.genres[other]) for other in listable if other != film]))
        times.append(agreeing / chance)
        holding += agreeing >= min(HOLDS * chance, 1.0)
        standing.update(near)
        strangers.update(other for other in near if not own & world.genres[other])
    return Sense(holding, float(np.mean(times)), max(strangers.values(), default=0), max(standing.values(), default=0))


def hits(world: World, part: str) -> tuple[float, float]:
    """Return MRR@25 and precision@25 on the validation or the test users, who are in no count."""
    split = sequence_split(world.histories)
    histories = keep_events(world.histories, np.repeat(split.train_users, world.histories.lengths()))
    if part == "validation":
        split = sequence_split(histories, seed=1, test_share=0.3)
        histories = keep_events(histories, np.repeat(split.train_users, histories.lengths()))
    return _measured(train(histories, world.settings), split)


def _measured(model: SimsModel, split: TestSplit) -> tuple[float, float]:
    found = evaluate_related_items(model, split.inputs, split.targets).metrics()
    return found["mean_reciprocal_rank_at_25"], found["precision_at_25"]


def cosine(both, with_item, with_other, n_users, discount):  # type: ignore[no-untyped-def]
    """Return the similarity of before: it knows no chance."""
    return (both * np.maximum(with_other, 1.0) ** -discount).astype(np.float32)


def main() -> None:
    """Print the table."""
    now = cooccurrence.similarity
    columns = "data | items never listed | similarity | hold, of 50 | times chance | most lists as a stranger | hub"
    print(f"| {columns} | validation MRR, P@25 | test MRR, P@25 |\n|" + " --- |" * 9)
    for world in worlds():
        for name, formula in (("before", cosine), ("now", now)):
            cooccurrence.similarity = formula
            model = train(world.histories, world.settings)
            hidden = model.never_listed
            assert hidden is not None
            found = sense(world, model)
            measured = [f"{mrr:.4f} {share:.4f}" for mrr, share in (hits(world, p) for p in ("validation", "test"))]
            share = f"{hidden.n_items / hidden.of_items:.0%}, {hidden.n_events / hidden.of_events:.0%} of events"
            print(
                f"| {world.name} | {share} | {name} | {found.holding} | {found.times:.2f} | {found.strangers} | "
                f"{found.hub} | {' | '.join(measured)} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
