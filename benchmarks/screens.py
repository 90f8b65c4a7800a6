"""Server time of Recommendations and Compare for another person, of Similar for another item; a million interactions.

    python -m benchmarks.screens [--changes N] [--rows N]

With EXPLORER_DATA set the data is MovieLens 1M (a million ratings, 6,040 people, films with titles and genres),
otherwise synthetic interactions of the same shape. Popularity, aws-sims and aws-hrnn are trained first; aws-hrnn on the
shorter half of the histories for one epoch: a model of full size whose weights are of no use, since the time of an
answer does not depend on them. Compare shows four people, of whom the first changes, with reasons on every item. Each
page is run by Streamlit's own AppTest from app.py in a process of its own, so that the peak memory is that of an app
process. The first run builds the indexes: titles, people and tastes, who had both.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.serving import interactions
from services.backend import open_backend
from services.language.vocabulary import Words
from services.library.columns import ColumnRoles
from services.library.prepared import PreparedData
from services.library.schemas import propose_schema
from services.personalize import training, versions
from services.personalize.imports import Source, import_data
from services.sources import load

PAGES = {
    "Recommendations": ("pages/recommendations_page.py", "user"),
    "Compare": ("pages/compare_page.py", "user"),
    "Similar": ("pages/similar_page.py", "item"),
}
"""Page file and the parameter that changes."""
OTHERS = ("second", "third", "fourth")
"""The parameters of Compare that stay."""
APP = Path(__file__).parents[1] / "app.py"
HYPERPARAMETERS = {"epochs": "1", "max_user_history_length_percentile": "0.5"}


def data(n_rows: int) -> tuple[str, PreparedData]:
    """Return where the data comes from, in words, and the data as a person would load it."""
    folder = os.environ.get("EXPLORER_DATA")
    if folder:
        return "MovieLens 1M", load.load_movielens_from(Path(folder) / "movielens-1m")
    words, frame = interactions(n_rows)
    frame = frame.astype({"USER_ID": str, "ITEM_ID": str})
    schema = propose_schema("Interactions", frame, ColumnRoles())
    return words, PreparedData("bench", frame, None, None, {"Interactions": schema}, ColumnRoles(), Words(), "own")


def prepare(home: Path, prepared: PreparedData) -> None:
    """Load, import, train both recipes and deploy them, through the services that the screens use."""
    backend = open_backend({}, home)
    try:
        _, files = load.keep(prepared, home)
        sources = [Source(file.dataset_type, file.csv, file.schema, file.n_rows) for file in files]
        group = import_data(backend, prepared.name, sources)
        for name, recipe, hyperparameters in (
            ("popularity", "aws-popularity-count", None),
            ("sims", "aws-sims", None),
            ("hrnn", "aws-hrnn", HYPERPARAMETERS),
        ):
            arn = training.train(backend, group.arn, name, recipe, hyperparameters=hyperparameters)
            while (view := versions.version(backend, arn)) is not None and view.running:
                time.sleep(0.5)
            if view is None or not view.ready:
                raise SystemExit(f"{recipe} could not be trained: {view.failure_reason if view else 'deleted'}")
            training.deploy(backend, arn, name)
    finally:
        backend.close()


def measure(home: Path, group: str, page: str, values: list[str]) -> dict[str, float]:
    """Run a page for one person or item after the other; return the first, median and 99th percentile ms, peak MB."""
    os.environ["PERSONALIZE_HOME"] = str(home)
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(APP), default_timeout=120)
    file, parameter = PAGES[page]
    app.query_params.update({"data": group} | ({} if page == "Similar" else {"campaign": "hrnn"}))
    app.run()
    app.switch_page(file)
    if page == "Compare":
        app.query_params.update(dict(zip(OTHERS, values, strict=False)))
        app.run()
        values = values[len(OTHERS) :]
    seconds = []
    for value in values:
        app.query_params[parameter] = value
        app.session_state[parameter] = value
        begin = time.perf_counter()
        app.run()
        seconds.append(time.perf_counter() - begin)
        if app.exception or not app.metric:
            raise SystemExit(f"{page} for {value} did not show a list: {[e.value for e in app.exception]}")
    later = np.array(seconds[1:]) * 1000
    return {
        "first": seconds[0] * 1000,
        "p50": float(np.percentile(later, 50)),
        "p99": float(np.percentile(later, 99)),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Prepare a home folder, measure in another process, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=50)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--measure", nargs=3, metavar=("HOME", "GROUP", "PAGE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        home, group, page = arguments.measure
        print(json.dumps(measure(Path(home), group, page, json.loads(sys.stdin.read()))))
        return
    with tempfile.TemporaryDirectory() as folder:
        words, prepared = data(arguments.rows)
        prepare(Path(folder), prepared)
        results = {page: _apart(folder, prepared, page, arguments.changes) for page in PAGES}
    print(f"Data: {words}, {len(prepared.interactions):,} interactions; {arguments.changes} changes\n")
    print("| page | first run | median | 99th percentile | peak memory |\n| --- | ---: | ---: | ---: | ---: |")
    for page, result in results.items():
        print(
            f"| {page} | {result['first']:.0f} ms | {result['p50']:.0f} ms | {result['p99']:.0f} ms "
            f"| {result['peak']:.0f} MB |"
        )


def _apart(folder: str, prepared: PreparedData, page: str, changes: int) -> dict[str, float]:
    """Measure a page in a process of its own."""
    ids = prepared.interactions["ITEM_ID" if page == "Similar" else "USER_ID"].unique()
    n_values = changes + 1 + (len(OTHERS) if page == "Compare" else 0)
    values = np.random.default_rng(1).choice(ids, n_values, replace=False).tolist()
    command = [sys.executable, "-m", "benchmarks.screens", "--measure", folder, prepared.name, page]
    finished = subprocess.run(command, input=json.dumps(values), capture_output=True, text=True, check=False)
    if finished.returncode:
        raise SystemExit(finished.stderr)
    result: dict[str, float] = json.loads(finished.stdout.splitlines()[-1])
    return result


if __name__ == "__main__":
    main()
