"""GetRecommendations with and without a filter, in process through boto3, by size of the catalogue; one thread.

    python -m benchmarks.filters [--items 1700 60000 1000000] [--calls N] [--index]

The model is that of benchmarks.serving_sizes: aws-hrnn at its default size with random weights. Its Items dataset has a
category, a price and an availability for every item, its Interactions dataset the users' 165 events each. Calls with
and without a filter take turns, so that what else runs on the machine disturbs both alike; users are drawn at random.
"values" asks with another price each time, so that no mask was kept. Times are processor times, "ratio" that of the
medians.

With --index the model is the grown one of benchmarks.serving_sizes with its cluster index, which random weights cannot
have; sizes below the index's own are left out.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.published import publish
from benchmarks.serving_sizes import N_EVENTS, N_USERS, artifact_of, with_index, write_trained
from services.engine import Engine, open_engine, tiny_shop
from services.engine.data.snapshots import ROWS, SnapshotInfo
from services.engine.models.artifacts import Artifact
from services.engine.recipes.item_clusters import MIN_ITEMS

FILTERS = {
    "category": ('INCLUDE ItemID WHERE Items.CATEGORY IN ("books","toys")', False),
    "not seen": ('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', False),
    "not bought, in stock": (
        'INCLUDE ItemID WHERE Items.AVAILABLE IN ("True") AND Items.PRICE < 90 '
        '| EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase")',
        False,
    ),
    "values": ("INCLUDE ItemID WHERE Items.PRICE < $MAX", True),
}


def add_data(engine: Engine, artifact: Artifact, group: str) -> None:
    """Give the group of a published model the snapshots of Items and Interactions."""
    rng = np.random.default_rng(7)
    items = artifact.items.to_arrow()
    n_items = len(items)
    categories = np.array(tiny_shop.CATEGORIES)[rng.integers(0, 5, (n_items, 2))]
    tables = {
        "ITEMS": pa.table(
            {
                "ITEM_ID": items.cast(pa.string()),
                "CATEGORY": [f"{first}|{second}" for first, second in categories.tolist()],
                "PRICE": rng.uniform(0, 100, n_items).astype(np.float32),
                "AVAILABLE": np.where(rng.random(n_items) < 0.8, "True", "False"),
                "CREATION_TIMESTAMP": rng.integers(900_000_000, 950_000_000, n_items),
            }
        ),
        "INTERACTIONS": pa.table(
            {
                "USER_ID": artifact.users.to_arrow().take(np.repeat(np.arange(N_USERS), N_EVENTS)).cast(pa.string()),
                "ITEM_ID": items.take(artifact.histories.items).cast(pa.string()),
                "TIMESTAMP": artifact.histories.timestamps,
                "EVENT_TYPE": rng.choice(tiny_shop.EVENT_TYPES, N_USERS * N_EVENTS),
            }
        ),
    }
    resources = engine.context.resources
    for kind, schema in (("ITEMS", tiny_shop.ITEMS), ("INTERACTIONS", tiny_shop.INTERACTIONS)):
        folder = engine.settings.datasets_path / "bench" / kind / "snapshot-1"
        folder.mkdir(parents=True)
        pq.write_table(tables[kind], folder / ROWS)
        names = tuple(tables[kind].column_names)
        n_rows = tables[kind].num_rows
        info = SnapshotInfo(folder, kind, names, n_rows, None, n_items, n_rows, 0, None, None, 0, 0.0)
        schema_arn = engine.client("personalize").create_schema(name=kind, schema=schema)["schemaArn"]
        body = {"datasetType": kind, "schemaArn": schema_arn, "_snapshot": info.to_json()}
        arn = f"{group.replace(':dataset-group/', ':dataset/')}/{kind}"
        if kind == "ITEMS":
            resources.insert("dataset", arn, body, parent_arn=group, status="ACTIVE")
        else:
            resources.update(arn, body=body)


def measure(home: Path, n_items: int, n_calls: int, trained: Path | None) -> dict[str, dict[str, float]]:
    """Return times in ms by filter, measured in this process; with the file of a trained model, beside its index."""
    artifact = artifact_of(n_items, trained)
    if trained is not None:
        artifact = with_index(artifact)[0]
    version, campaign = publish(home, artifact)
    engine = open_engine(home)
    group = engine.context.resources.get("solution-version", version)["datasetGroupArn"]
    engine.context.resources.insert(
        "dataset-group", group, {"name": "bench", "datasetGroupArn": group}, status="ACTIVE"
    )
    add_data(engine, artifact, group)
    runtime, personalize = engine.client("personalize-runtime"), engine.client("personalize")
    users = [f"{user:07}" for user in np.random.default_rng(2).integers(0, N_USERS, n_calls + 1).tolist()]
    found = {}
    for name, (expression, has_values) in FILTERS.items():
        arn = personalize.create_filter(
            name=name.replace(" ", "-").replace(",", ""), datasetGroupArn=group, filterExpression=expression
        )["filterArn"]
        filtered, plain = np.empty(len(users)), np.empty(len(users))
        for number, user in enumerate(users):
            request: dict[str, Any] = {"campaignArn": campaign, "userId": user, "numResults": 25}
            plain[number] = timed(runtime, request)
            values = {"filterValues": {"MAX": f"{10 + 80 * number / len(users):.4f}"}} if has_values else {}
            filtered[number] = timed(runtime, request | {"filterArn": arn} | values)
        found[name] = {
            "first": filtered[0],
            "filtered": float(np.median(filtered[1:])),
            "plain": float(np.median(plain[1:])),
            "p99": float(np.percentile(filtered[1:], 99)),
        }
    engine.close()
    return found


def timed(runtime: Any, request: dict[str, Any]) -> float:
    """Return the processor time of one answer in ms."""
    started = time.process_time()
    answer = runtime.get_recommendations(**request)
    taken = time.process_time() - started
    assert len(answer["itemList"]) == 25
    return taken * 1000


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description="GetRecommendations with and without a filter.")
    parser.add_argument("--items", type=int, nargs="*", default=[1700, 60_000, 1_000_000])
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--index", action="store_true", help="with a cluster index")
    parser.add_argument("--child", type=int, help="measure this one size here and print JSON")
    parser.add_argument("--trained", type=Path, help="for --child: the file of a trained model")
    arguments = parser.parse_args()
    if arguments.child:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(measure(Path(folder), arguments.child, arguments.calls, arguments.trained)))
        return
    with tempfile.TemporaryDirectory() as folder:
        trained = Path(folder) / "trained.npz" if arguments.index else None
        if trained is not None:
            write_trained(trained)
        sizes = [size for size in arguments.items if not arguments.index or size >= MIN_ITEMS]
        table(sizes, arguments.calls, trained)


def table(sizes: list[int], n_calls: int, trained: Path | None) -> None:
    """Print a row for each size and filter."""
    print(f"aws-hrnn, {N_USERS:,} users of {N_EVENTS} events, {n_calls:,} calls for 25 items each, 1 thread\n")
    print("| items | filter | first answer ms | without p50 ms | with p50 ms | p99 ms | ratio |")
    print("| ---: | --- |" + " ---: |" * 5)
    for n_items in sizes:
        command = [sys.executable, "-m", "benchmarks.filters", "--child", str(n_items)]
        command += ["--calls", str(n_calls), *(["--trained", str(trained)] if trained is not None else [])]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for name, row in json.loads(output.splitlines()[-1]).items():
            times = f"{row['first']:.0f} | {row['plain']:.2f} | {row['filtered']:.2f} | {row['p99']:.2f}"
            print(f"| {n_items:,} | {name} | {times} | {row['filtered'] / row['plain']:.2f} |", flush=True)


if __name__ == "__main__":
    main()
