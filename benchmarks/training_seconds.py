"""How long a training of each recipe of today takes, beside what the engine expects before it has trained one.

    EXPLORER_DATA=DIR python -m benchmarks.training_seconds [--data demo 100k] [--recipes NAME ...]

A whole job: reading, training, metrics, everybody's state, writing. Its seconds are those of the processor, in one
process, two threads for a network: a busy machine gives a third more or so, and a free one takes less by the clock.
"Expected" is the rule of services/engine/capabilities/estimates.py.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads, as the worker has
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from services.engine import Engine
from services.engine.arns import service_arn
from services.engine.capabilities.estimates import MEASURED_RULES
from services.engine.testing import ROLE, test_engine
from services.library.prepared import PreparedData, write_csvs
from services.sources.load import load_demo, load_movielens_from

RECIPES = (
    *("aws-trending-now", "aws-item-affinity", "aws-item-attribute-affinity", "aws-similar-items"),
    *("aws-popularity-count", "aws-sims", "aws-user-personalization-v2"),
)


def read(name: str) -> PreparedData:
    """Return the demo, or a MovieLens data set of EXPLORER_DATA."""
    if name == "demo":
        return load_demo()
    return load_movielens_from(Path(os.environ["EXPLORER_DATA"]) / f"movielens-{name}")


def load(engine: Engine, data: PreparedData) -> str:
    """Import the data into a group of its own and return its ARN."""
    personalize = engine.client("personalize")
    group: str = personalize.create_dataset_group(name="group")["datasetGroupArn"]
    for file in write_csvs(data, engine.settings.home / "files"):
        location = f"s3://local/{file.csv.name}"
        engine.objects.put_file(location, file.csv)
        schema = personalize.create_schema(name=file.dataset_type, schema=file.schema)["schemaArn"]
        dataset = personalize.create_dataset(
            name=file.dataset_type, datasetType=file.dataset_type, datasetGroupArn=group, schemaArn=schema
        )["datasetArn"]
        personalize.create_dataset_import_job(
            jobName=file.dataset_type, datasetArn=dataset, dataSource={"dataLocation": location}, roleArn=ROLE
        )
    return group


def seconds(engine: Engine, group: str, recipe: str, event_type: str | None) -> tuple[float, dict[str, int]]:
    """Train a recipe; return the processor's seconds of the job, and the size of its training data."""
    personalize = engine.client("personalize")
    solution = personalize.create_solution(
        name=recipe,
        datasetGroupArn=group,
        recipeArn=service_arn("recipe", recipe),
        performAutoTraining=False,
        **({"eventType": event_type} if event_type else {}),
    )["solutionArn"]
    started = time.process_time()
    arn = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    taken = time.process_time() - started
    version = personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"]
    if version["status"] != "ACTIVE":
        raise SystemExit(f"{recipe}: {version['status']}, {version.get('failureReason')}")
    size = engine.capabilities.training_size(arn)
    assert size is not None
    return taken, size


def main() -> None:
    """Print one row for each data set and recipe."""
    parser = argparse.ArgumentParser(description="Seconds of a training, measured and expected.")
    parser.add_argument("--data", nargs="+", default=["demo", "100k"], choices=["demo", "100k", "1m"])
    parser.add_argument("--recipes", nargs="+", default=RECIPES, choices=sorted(MEASURED_RULES))
    arguments = parser.parse_args()
    print("| data | recipe | events | items | CPU s | expected |\n| --- | --- | ---: | ---: | ---: | ---: |")
    for name in arguments.data:
        if name != "demo" and not os.environ.get("EXPLORER_DATA"):
            print(f"Skipped: {name}; set EXPLORER_DATA.")
            continue
        data = read(name)
        with tempfile.TemporaryDirectory() as folder, test_engine(Path(folder)) as engine:
            group = load(engine, data)
            expected = {
                recipe: engine.capabilities.seconds_expected(recipe, len(data.interactions))
                for recipe in arguments.recipes
            }
            for recipe in arguments.recipes:
                taken, size = seconds(engine, group, recipe, data.event_type)
                print(
                    f"| {name} | {recipe} | {size['n_events']:,} | {size['n_items']:,} | {taken:.1f} | "
                    f"{expected[recipe]:.1f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
