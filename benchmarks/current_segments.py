"""aws-item-affinity and aws-item-attribute-affinity: do their probabilities hold, and whom do they find?

    EXPLORER_DATA=DIR python -m benchmarks.current_segments

The newest tenth of the events, by time, is put aside. The recipe learns from what came before and says for every person
known then how probable it is that they meet the item, or an item of the category, in the period that its calibration is
for. "Top decile": the mean probability of the tenth of all (person, question) pairs with the highest one, and the share
of these that came true, with its 95 % interval over draws of as many people with replacement: a few people have many of
the events, so who they are by chance is much of it. "Error": the mean over ten bins of equal size of |said - happened|.
"Recall at 1 %": of those who did, how many are among the one per cent of people listed first (AWS's
recall_at_1_percent), a mean over questions with anybody; beside it the most active people of the period before, and
people by chance.
"""

import os
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from benchmarks.worlds import read_world
from services.engine.recipes.affinity.model import AffinityModel
from services.engine.recipes.affinity.recipe import MIN_EVENTS, attribute_sets
from services.engine.recipes.base import Histories, SilentProgress, TrainingData, TrainOptions
from services.engine.recipes.histories import keep_events
from services.engine.recipes.registry import load_recipe

HELD_OUT = 0.1
MAX_QUESTIONS = 300
N_DRAWS = 2000
Doubles = NDArray[np.float64]


def recall_at_1_percent(scores: Doubles, happened: NDArray[np.bool_]) -> float:
    """Return the mean share of those who did among the people listed first; (n_questions, n_people) each."""
    k = max(1, round(scores.shape[1] / 100))
    asked = happened.any(axis=1)
    first = np.argsort(-scores[asked], axis=1, kind="stable")[:, :k]
    found = np.take_along_axis(happened[asked], first, axis=1).sum(axis=1)
    return float(np.mean(found / happened[asked].sum(axis=1)))


def interval(top: NDArray[np.bool_], truth: NDArray[np.bool_], rng: np.random.Generator) -> tuple[float, float]:
    """Return the 95 % interval of the share of the top pairs that came true; (n_questions, n_people) each."""
    pairs, true = top.sum(axis=0), (top & truth).sum(axis=0)
    draws = rng.integers(0, len(pairs), (N_DRAWS, len(pairs)))
    low, high = np.quantile(true[draws].sum(axis=1) / pairs[draws].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)


def happened(future: Histories, sets: list[NDArray[np.int32]], people: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return who met one of the items of each set, (n_sets, n_people)."""
    users = np.repeat(np.arange(future.n_users), future.lengths())
    rows = []
    for items in sets:
        met = np.zeros(future.n_users, np.bool_)
        met[users[np.isin(future.items, items)]] = True
        rows.append(met[people])
    return np.stack(rows)


def measure(name: str, recipe: str, data: TrainingData) -> str:
    """Return one row of the table."""
    histories = data.histories
    moment = np.quantile(histories.timestamps, 1 - HELD_OUT)
    past = keep_events(histories, histories.timestamps < moment)
    started = time.process_time()
    model = load_recipe(recipe).train(TrainingData(past, data.item_columns), TrainOptions(), SilentProgress())
    seconds = time.process_time() - started
    assert isinstance(model, AffinityModel)
    until = moment + model.calibration.period_s
    future = keep_events(histories, (histories.timestamps >= moment) & (histories.timestamps < until))
    counts = np.bincount(past.items, minlength=past.n_items)
    singles = [np.array([item], np.int32) for item in np.flatnonzero(counts >= MIN_EVENTS)]
    sets = singles if recipe == "aws-item-affinity" else attribute_sets(data.item_columns, counts)
    rng = np.random.default_rng(1)
    sets = [sets[n] for n in rng.permutation(len(sets))[:MAX_QUESTIONS]]
    people = np.flatnonzero(past.lengths() > 0)
    said = np.stack([model.calibration.probabilities(model.known.features(items))[people] for items in sets])
    truth = happened(future, sets, people)
    order = np.argsort(-said, axis=None)
    top = order[: len(order) // 10]
    listed = np.zeros(said.size, np.bool_)
    listed[top] = True
    low, high = interval(listed.reshape(said.shape), truth, np.random.default_rng(2))
    bins = np.array_split(order, 10)
    error = np.mean([abs(said.ravel()[rows].mean() - truth.ravel()[rows].mean()) for rows in bins])
    recent = keep_events(past, past.timestamps >= moment - model.calibration.period_s).lengths()[people]
    active = np.tile(recent.astype(float), (len(sets), 1))
    recalls = [recall_at_1_percent(scores, truth) for scores in (said, active, rng.random(said.shape))]
    return (
        f"| {name} | {recipe} | {len(sets)} | {model.calibration.period_s / 86400:.1f} | {truth.mean():.4f} | "
        f"{said.ravel()[top].mean():.4f} | {truth.ravel()[top].mean():.4f} | {low:.4f} to {high:.4f} | {error:.4f} | "
        f"{' | '.join(f'{recall:.3f}' for recall in recalls)} | {seconds:.1f} |"
    )


def main() -> None:
    """Print the table."""
    folder = os.environ.get("EXPLORER_DATA")
    columns = (
        "data | recipe | questions | period, days | happened | top decile: said | happened | 95 % | error | "
        "recall at 1 % | of the most active | by chance | train s"
    )
    print(f"| {columns} |\n|" + " --- |" * 13)
    for name in ("demo", "retail", "100k"):
        if not folder and name != "demo":
            print(f"Skipped: {name}; set EXPLORER_DATA.")
            continue
        data = read_world(name, Path(folder) if folder else None)
        for recipe in ("aws-item-affinity", "aws-item-attribute-affinity"):
            print(measure(name, recipe, data), flush=True)


if __name__ == "__main__":
    main()
