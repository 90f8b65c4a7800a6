"""aws-semantic-similarity on the films of MovieLens 1M: do films with similar texts have anything in common?

    EXPLORER_DATA=DIR python -m benchmarks.current_semantic

The text of a film is its title, director, writer and actors (films/ml1m_films_facts.csv); its genres and year are kept
from the recipe. For every film: the share of its ten nearest that have a genre in common with it, the mean distance of
their years, both against any film; and hits as in benchmarks/current_related.py. Beside it: the plain cosine of the
same words without directions, and random films. "Folded in": every tenth film is unknown to the training and comes by
an incremental update; beside the same films in the full training.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from benchmarks.movielens import read_movielens
from services.engine.jobs.evaluation.split import sequence_split
from services.engine.jobs.evaluation.versions import evaluate_related_items
from services.engine.recipes.base import (
    Histories,
    RelatedItemsModel,
    SilentProgress,
    TextColumn,
    TrainingData,
    TrainOptions,
)
from services.engine.recipes.histories import count_unique_users, keep_events
from services.engine.recipes.related.semantic import SemanticModel, SemanticSimilarityRecipe
from services.engine.recipes.related.texts import joined_texts, weighted_terms
from services.engine.recipes.top_items import top_items

NEAREST = 10


def main() -> None:
    """Print the table."""
    folder = os.environ.get("EXPLORER_DATA")
    if not folder:
        print("Skipped: set EXPLORER_DATA to the folder that holds movielens-1m and films.")
        return
    histories = read_movielens(Path(folder), "1m")
    films = np.unique(pd.read_parquet(Path(folder, "movielens-1m", "ratings.parquet"))["movie"])
    facts = pd.read_csv(Path(folder, "films", "ml1m_films_facts.csv")).set_index("movie_id").reindex(films)
    people = facts[["director", "writer", "actors"]].fillna("").agg(". ".join, axis=1)
    texts = (
        TextColumn("TITLE", tuple(facts["title"].fillna("").tolist()), is_name=True),
        TextColumn("PEOPLE", tuple(people.tolist())),
    )
    split = sequence_split(histories)
    training = keep_events(histories, np.repeat(split.train_users, histories.lengths()))
    started = time.process_time()
    data = TrainingData(training, item_texts=texts)
    model = SemanticSimilarityRecipe().train(data, TrainOptions(), SilentProgress())
    seconds = time.process_time() - started
    users = count_unique_users(training)
    plain = SemanticModel(weighted_terms(joined_texts(texts))[2].toarray(), users)
    by_chance = SemanticModel(np.random.default_rng(0).normal(size=(len(films), 8)).astype(np.float32), users)
    genres = [frozenset(str(cell).replace(",", "|").split("|")) for cell in facts["genres"]]
    years = facts["year"].to_numpy(float)
    print("| method | same genre, of 10 | years apart | MRR@25 | hit@25 | train s |\n|" + " --- |" * 6)
    methods: dict[str, RelatedItemsModel] = {
        "aws-semantic-similarity": model,
        "plain cosine": plain,
        "random": by_chance,
    }
    for name, method in methods.items():
        same, apart = [], []
        for film in range(len(films)):
            near = top_items(method.related_scores(film)[None], NEAREST)[0]
            same.append(_same(method, film, genres))
            apart.append(np.nanmean(np.abs(years[near] - years[film])) if np.isfinite(years[film]) else np.nan)
        found = evaluate_related_items(method, split.inputs, split.targets).metrics()
        hits = f"{found['mean_reciprocal_rank_at_25']:.4f} | {found['hit_rate_at_25']:.4f}"
        cost = f"{seconds:.1f}" if name.startswith("aws") else ""
        print(f"| {name} | {np.mean(same):.3f} | {np.nanmean(apart):.1f} | {hits} | {cost} |", flush=True)
    folded_in(model, texts, training, genres)


def folded_in(
    model: SemanticModel, texts: tuple[TextColumn, ...], training: Histories, genres: Sequence[frozenset[str]]
) -> None:
    """Print for every tenth film the share of its ten nearest with its genre: folded in, and trained."""
    new = np.arange(0, len(genres), 10)
    known = np.setdiff1d(np.arange(len(genres)), new)
    fewer = tuple(replace(column, cells=tuple(column.cells[film] for film in known)) for column in texts)
    empty = Histories(np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, np.int64), len(known))
    started = time.process_time()
    before = SemanticSimilarityRecipe().train(TrainingData(empty, item_texts=fewer), TrainOptions(), SilentProgress())
    trained, started = time.process_time() - started, time.process_time()
    after = SemanticSimilarityRecipe().updated(before, known.astype(np.int32), TrainingData(training, item_texts=texts))
    seconds = time.process_time() - started
    shares = [np.mean([_same(method, film, genres) for film in new.tolist()]) for method in (after, model)]
    print(f"\n{len(new)} films folded in: same genre {shares[0]:.3f}, in the full training {shares[1]:.3f}; ")
    print(f"update {seconds:.1f} CPU s, training before it {trained:.1f}")


def _same(method: RelatedItemsModel, film: int, genres: Sequence[frozenset[str]]) -> float:
    near = top_items(method.related_scores(film)[None], NEAREST)[0]
    return float(np.mean([bool(genres[film] & genres[other]) for other in near]))


if __name__ == "__main__":
    main()
