"""The evaluation laboratory on MovieLens 1M with Amazon's notebook split, beside the figures that the notebook printed.

    python -m benchmarks.evaluation [--recipes aws-hrnn ...] [--home FOLDER]

Reads the folder EXPLORER_DATA. Amazon's rows: personalize_temporal_holdout.ipynb of amazon-personalize-samples, its run
of 11 October 2019. The notebook's code: NDCG with weights 1, 1, 1/log2(3) ... over the best order of the hits found.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

from services.backend import open_backend
from services.laboratories import run_now
from services.laboratory.runs import EVALUATION
from services.screens.evaluation.methods import POPULARITY, UNSEEN_POPULARITY, Method
from services.screens.evaluation.parameters import Parameters
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.split import LAST_TENTH
from services.sources import load

HRNN = Method("aws-hrnn")
COLUMNS = (("mrr", 25), ("precision", 5), ("precision", 10), ("precision", 25))
AMAZON_COLUMNS = (*COLUMNS, ("amazon_ndcg", 5), ("amazon_ndcg", 10), ("amazon_ndcg", 25))
AMAZON = {
    HRNN: (0.27764, 0.12225, 0.10912, 0.08934, 0.18794, 0.24847, 0.36137),
    HRNN.with_seen_last: (0.34548, 0.16907, 0.14796, 0.08934, 0.26380, 0.34201, 0.42116),
    POPULARITY: (0.06436, 0.01980, 0.02007, 0.02174, 0.04379, 0.06552, 0.12217),
    UNSEEN_POPULARITY: (0.14761, 0.06321, 0.05599, 0.04464, 0.10508, 0.14086, 0.21005),
}
WITHIN = 0.0005
"""How close the popularity rows have to be: they need no model."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipes", nargs="+", default=["aws-hrnn"])
    parser.add_argument("--home", type=Path, help="a folder to keep; by default one that is removed again")
    arguments = parser.parse_args()
    data = os.environ.get("EXPLORER_DATA")
    if not data:
        print("EXPLORER_DATA names no folder with movielens-1m; nothing to measure.")
        return
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(data) / "movielens-1m", arguments.home or Path(folder), tuple(arguments.recipes))


def _measure(source: Path, home: Path, recipes: tuple[str, ...]) -> None:
    data, _ = load.keep(load.load_movielens_from(source), home)
    backend = open_backend({"PERSONALIZE_WORKER_IDLE_S": "2"}, home)
    folder = home / "laboratories" / EVALUATION / f"bench-{int(time.time())}"
    try:
        parameters = Parameters(data.name, LAST_TENTH, recipes)
        before = time.process_time()
        run_now(backend, EVALUATION, parameters.to_json(), folder)
        processor_s = time.process_time() - before
    finally:
        backend.close()
    result = EvaluationResult(folder)
    facts, seconds = result.facts, result.facts.seconds
    print(f"{facts.n_train:,} events learned from, {facts.n_people:,} people asked, 95 % intervals over people\n")
    print("| method | MRR | P@5 | P@10 | P@25 | NDCG@5 | NDCG@10 | NDCG@25 | full NDCG@25 |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for method in result.methods:
        found = [result.estimate(method, *column) for column in (*AMAZON_COLUMNS, ("ndcg", 25))]
        print(f"| {method.key} | {' | '.join('' if one is None else f'{one.value:.5f}' for one in found)} |")
        if method in AMAZON:
            print(f"| Amazon: {method.key} | {' | '.join(f'{value:.5f}' for value in AMAZON[method])} | |")
    worst = max(
        abs(found.value - printed)
        for method in (POPULARITY, UNSEEN_POPULARITY)
        for column, printed in zip(AMAZON_COLUMNS, AMAZON[method], strict=True)
        if (found := result.estimate(method, *column)) is not None
    )
    print(f"\npopularity rows: at most {worst:.5f} from Amazon's (allowed {WITHIN})")
    trained = sum(value for key, value in seconds.items() if key.startswith("train "))
    asked = sum(value for key, value in seconds.items() if key.startswith("ask "))
    print(
        f"seconds: split {seconds['split']:.1f}, import {seconds['import']:.1f}, train and deploy {trained:.1f}, "
        f"ask {asked:.1f}, measure {seconds['measure']:.1f}; ask and measure {asked + seconds['measure']:.1f}; "
        f"processor of this process, training apart: {processor_s:.1f}"
    )


if __name__ == "__main__":
    main()
