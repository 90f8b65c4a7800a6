"""What a search for the best settings gains: aws-hrnn on MovieLens 100K with its defaults and with searched ones.

    EXPLORER_DATA=DIR python -m benchmarks.search [--trials 8] [--recipe aws-hrnn] [--splits 1]

AWS's documented split (jobs/evaluation/split.py): a tenth of the users is for the table alone, the search judges its
trials on other users (jobs/search/trials.py). The difference is paired over the test users, with its 95 % bootstrap
interval.
"""

import argparse
import os
import resource
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads: one core, as the worker has by default
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from dataclasses import replace

from benchmarks.movielens import read_with_metadata
from services.engine.data.vocabulary import Vocabulary
from services.engine.jobs.evaluation.metrics import Evaluation, differences, evaluate_model
from services.engine.jobs.evaluation.split import sequence_split
from services.engine.jobs.records import Trial
from services.engine.jobs.search.candidates import Candidate
from services.engine.jobs.search.plan import hpo_plan
from services.engine.recipes.base import SilentProgress, TrainingData, TrainOptions, UserModel
from services.engine.recipes.hyperparameters import complete
from services.engine.recipes.registry import find

METRICS = (
    "mean_reciprocal_rank_at_25",
    "normalized_discounted_cumulative_gain_at_25",
    "precision_at_25",
    "hit_rate_at_25",
)


class PrintedReport:
    """Prints each trial when it ends, with the processor's seconds: one thread, so a quiet machine takes as long."""

    def __init__(self) -> None:
        self._since = time.process_time()

    def update(self, fraction: float, note: str = "") -> None:
        return None

    def finished(self, trial: Trial) -> None:
        settings = ", ".join(f"{name} {value}" for name, value in trial.settings.items())
        value = "" if trial.value is None else f"{trial.value:.4f}"
        seconds = time.process_time() - self._since
        self._since += seconds
        print(f"| {trial.number} | {settings} | {value} | {trial.state} | {seconds:.0f} |", flush=True)


def trained(candidate: Candidate) -> tuple[Evaluation, float]:
    """Train a candidate; return how good it is for the test users, and the processor's seconds it took."""
    started = time.process_time()
    data = replace(candidate.data, histories=candidate.training())
    model = candidate.recipe.train(data, candidate.options, SilentProgress())
    seconds = time.process_time() - started
    assert isinstance(model, UserModel)
    return evaluate_model(model, candidate.split.inputs, candidate.split.targets), seconds


def row(name: str, evaluation: Evaluation, seconds: float) -> str:
    """Return one row of the table."""
    measured = evaluation.metrics()
    return f"| {name} | {' | '.join(f'{measured[metric]:.4f}' for metric in METRICS)} | {seconds:.0f} |"


def main() -> None:
    """Print the trials and one table for each split."""
    parser = argparse.ArgumentParser(description="Default settings against searched ones.")
    parser.add_argument("--trials", type=int, default=8)
    parser.add_argument("--splits", type=int, default=1)
    parser.add_argument("--recipe", default="aws-hrnn", choices=("aws-hrnn", "aws-hrnn-metadata"))
    arguments = parser.parse_args()
    folder = os.environ.get("EXPLORER_DATA")
    if not folder:
        print("Skipped: set EXPLORER_DATA to the folder that holds movielens-100k.")
        return
    info = find(arguments.recipe)
    read = read_with_metadata(Path(folder), "100k", False)
    data = read if info.recipe_class.uses_metadata else TrainingData(read.histories)
    config = {"hpoConfig": {"hpoResourceConfig": {"maxNumberOfTrainingJobs": str(arguments.trials)}}}
    plan = hpo_plan(info, config)
    options = TrainOptions(complete(info.name, info.hyperparameters))
    nobody = Vocabulary.from_ids([])
    for seed in range(arguments.splits):
        split = sequence_split(data.histories, seed)
        default = Candidate(info.recipe_class(), options, data, nobody, nobody, split)
        print(f"\n{info.name}, MovieLens 100K, split {seed}, {len(split.test_users)} test users\n")
        print(f"| trial | settings | validation {plan.metric} | state | CPU s |\n|{' --- |' * 5}", flush=True)
        started = time.process_time()
        best = default.search(plan, PrintedReport())
        seconds = time.process_time() - started
        before, took = trained(default)
        after, again = trained(default.with_settings(best.settings))
        print(f"\n| settings | {' | '.join(METRICS)} | CPU s |\n|{' --- |' * (len(METRICS) + 2)}")
        print(row("default", before, took))
        print(row("searched", after, seconds + again))
        gained = differences(after, before)
        words = [f"{gained[m].value:+.4f} ({gained[m].low:+.4f} to {gained[m].high:+.4f})" for m in METRICS]
        print(f"| difference | {' | '.join(words)} | |", flush=True)
    print(f"\nPeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
