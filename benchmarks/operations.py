"""Every operation of the three APIs over HTTP, with generated requests: `python -m benchmarks.operations --calls 100`.

Requests are drawn from botocore's shapes: half of them valid, with values at their limits among them, the others broken
in up to three places; and one request to each operation that hardly any drawn request reaches. An answer is a fault
when it does not parse by botocore's model, has members that the model lacks, has an error that the operation does not
declare, is a 5xx, or says that something is not served. `--write` keeps the counts for the table of
docs/compatibility.md. Jobs stay queued, so that no request waits for a training.
"""

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.torture.requests import OPERATIONS, arns, problem_of, route
from benchmarks.torture.shapes import Shapes, known_values
from services.engine import Engine, open_engine, tiny_shop
from services.engine.jobs.lock import WorkerLock
from services.engine.recipes.registry import trainable
from services.engine.recipes.use_cases import USE_CASES
from services.engine.testing import ROLE, served, test_engine, tiny_world, train
from services.engine.wire.dispatch import Answer
from services.engine.wire.service_models import operation_model

RESULTS = Path(__file__).resolve().parent / "results" / "operations.json"
RENEW_EVERY = 40
"""Requests after which the values that exist are looked up anew."""
NAMESPACE = "com.amazonaws.personalize.schema"
TEXT, LONG = "string", "long"
SCHEMAS = {
    "Interactions": {"USER_ID": TEXT, "ITEM_ID": TEXT, "EVENT_TYPE": TEXT, "TIMESTAMP": LONG},
    "Items": {"ITEM_ID": TEXT, "GENRES": TEXT, "CREATION_TIMESTAMP": LONG},
    "Actions": {"ACTION_ID": TEXT, "KIND": TEXT, "REPEAT_FREQUENCY": LONG},
    "ActionInteractions": {"USER_ID": TEXT, "ACTION_ID": TEXT, "EVENT_TYPE": TEXT, "TIMESTAMP": LONG},
}
CATEGORICAL = ("GENRES", "KIND")


@dataclass
class Counts:
    """What happened to the calls of one operation."""

    calls: int = 0
    answered: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """By error code."""
    faults: list[str] = field(default_factory=list)


def measure(home: Path, calls: int, seed: int, ranks: bool = True) -> dict[str, Counts]:
    """Send calls requests to each operation and return what happened, by operation; home is a new folder.

    ranks: whether a network is trained, for GetPersonalizedRanking; it takes the most time.
    """
    _build(home, ranks)
    counts = {operation: Counts() for _, operation in OPERATIONS}
    with _held(home) as engine, served(engine) as url:
        client = HTTPConnection(urlsplit(url).netloc, timeout=60)
        draw = random.Random(seed)
        order = [one for one in OPERATIONS for _ in range(calls)]
        draw.shuffle(order)
        order.sort(key=lambda one: one[1].startswith("Delete"))  # what they delete, the others use
        services = {operation: service for service, operation in OPERATIONS}
        for operation, request in _samples(engine):
            _call(client, services[operation], operation, request, counts[operation])
        for number, (service, operation) in enumerate(order):
            if number % RENEW_EVERY == 0:
                shapes = Shapes(draw, _known(engine))
            request = shapes.request(operation_model(service, operation).input_shape)
            _call(client, service, operation, request, counts[operation])
        client.close()
    return counts


def _call(client: HTTPConnection, service: str, operation: str, request: Any, counts: Counts) -> None:
    model = operation_model(service, operation)
    body = json.dumps(request).encode()
    method, path, target = route(service, model)
    headers = {"Content-Type": "application/x-amz-json-1.1" if target else "application/json"}
    client.request(method, path, body, headers | ({"X-Amz-Target": target} if target else {}))
    response = client.getresponse()
    answer = Answer(response.status, dict(response.headers.items()), response.read())
    counts.calls += 1
    problem = problem_of(model, answer)
    if b"not served" in answer.body:
        problem = f"not served: {answer.body[:200]!r}"
    if problem:
        counts.faults.append(f"{body[:300]!r}: {problem}")
    if answer.status == 200:
        counts.answered += 1
    else:
        counts.refused[str(json.loads(answer.body)["__type"])] += 1


@contextmanager
def _held(home: Path) -> Iterator[Engine]:
    """Give the engine of a home whose jobs stay queued."""
    engine = open_engine(home)
    lock = WorkerLock.take(engine.settings)
    assert lock is not None, "nobody else works in this home"
    with lock:
        try:
            yield engine
        finally:
            engine.close()


def _build(home: Path, ranks: bool) -> None:
    """Create a home with a resource of each kind: a shop, films with a recommender, actions, jobs."""
    with test_engine(home) as engine:
        shop = tiny_world(engine)
        personalize = engine.client("personalize")
        films = personalize.create_dataset_group(name="films", domain="VIDEO_ON_DEMAND")["datasetGroupArn"]
        for kind, rows in (("Interactions", tiny_shop.interactions()), ("Items", _films())):
            _import(engine, films, kind, rows, domain="VIDEO_ON_DEMAND")
        _import(engine, shop.group, "Actions", "ACTION_ID,KIND,REPEAT_FREQUENCY\njoin,club,3\n")
        _import(engine, shop.group, "ActionInteractions", "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP\nu1,join,Taken,1\n")
        for name in ("more-like-x", "trending-now"):
            recipe = f"arn:aws:personalize:::recipe/aws-vod-{name}"
            personalize.create_recommender(name=name, datasetGroupArn=films, recipeArn=recipe)
        train(engine, shop.group, "aws-next-best-action", "actions")
        train(engine, shop.group, "aws-item-affinity", "people")
        if ranks:
            train(engine, shop.group, "aws-personalized-ranking", "ranking", algorithmHyperParameters={"epochs": "1"})
        personalize.create_solution(name="spare", datasetGroupArn=shop.group, recipeArn=_recipe("aws-sims"))
        personalize.create_filter(
            name="books",
            datasetGroupArn=shop.group,
            filterExpression='INCLUDE ItemID WHERE Items.CATEGORY IN ("books")',
        )
        personalize.create_metric_attribution(
            name="impact",
            datasetGroupArn=films,
            metrics=[{"eventType": "view", "metricName": "views", "expression": "SAMPLECOUNT()"}],
            metricsOutputConfig={"roleArn": ROLE},
        )
        engine.objects.put_bytes("s3://local/in/lines.json", b'{"userId": "u1"}\n')
        engine.objects.put_bytes("s3://local/in/gone.csv", b"USER_ID\nu49\n")
        where = {"s3DataSource": {"path": "s3://local/in/lines.json"}}
        personalize.create_batch_inference_job(
            jobName="lists",
            solutionVersionArn=shop.solution_version,
            roleArn=ROLE,
            jobInput=where,
            jobOutput={"s3DataDestination": {"path": "s3://local/out/"}},
        )
        personalize.create_data_deletion_job(
            jobName="gone",
            datasetGroupArn=shop.group,
            roleArn=ROLE,
            dataSource={"dataLocation": "s3://local/in/gone.csv"},
        )
        personalize.create_dataset_export_job(
            jobName="out",
            datasetArn=f"{shop.group.replace(':dataset-group/', ':dataset/')}/USERS",
            roleArn=ROLE,
            jobOutput={"s3DataDestination": {"path": "s3://local/exported/"}},
        )


def _samples(engine: Engine) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a valid request to operations that need several values that fit together."""
    found = arns(engine)
    campaigns, recommenders, solutions = (
        {arn.rsplit("/", 1)[-1]: arn for arn in found[kind]} for kind in ("campaign", "recommender", "solution")
    )
    versions = {arn.split("/")[1]: arn for arn in found["solution-version"]}
    shop = next(arn for arn in found["dataset-group"] if arn.endswith("/shop"))
    datasets = {arn.rsplit("/", 1)[-1]: engine.context.resources.get("dataset", arn) for arn in found["dataset"]}
    met = {"actionId": "join", "sessionId": "s", "userId": "u1", "timestamp": 1_700_000_000, "eventType": "Viewed"}
    paths = {
        "roleArn": ROLE,
        "jobInput": {"s3DataSource": {"path": "s3://local/in/lines.json"}},
        "jobOutput": {"s3DataDestination": {"path": "s3://local/again/"}},
    }
    yield "GetRecommendations", {"campaignArn": campaigns["shop"], "userId": "u1"}
    yield "GetRecommendations", {"recommenderArn": recommenders["more-like-x"], "userId": "u1", "itemId": "i1"}
    if "ranking" in campaigns:
        yield "GetPersonalizedRanking", {"campaignArn": campaigns["ranking"], "userId": "u1", "inputList": ["i1", "i2"]}
    yield "GetActionRecommendations", {"campaignArn": campaigns["actions"], "userId": "u1"}
    tracking_id = datasets["ACTION_INTERACTIONS"]["trackingId"]
    yield "PutActionInteractions", {"trackingId": tracking_id, "actionInteractions": [met]}
    yield "UpdateDataset", {"datasetArn": datasets["USERS"].arn, "schemaArn": datasets["USERS"]["schemaArn"]}
    yield "CreateBatchInferenceJob", {"jobName": "again", "solutionVersionArn": versions["shop"], **paths}
    yield "CreateBatchSegmentJob", {"jobName": "again", "solutionVersionArn": versions["people"], **paths}
    yield "DescribeBatchSegmentJob", {"batchSegmentJobArn": engine.context.arns.make("batch-segment-job", "again")}
    metric = {"eventType": "view", "metricName": "views", "expression": "SAMPLECOUNT()"}
    counted = {"metrics": [metric], "metricsOutputConfig": {"roleArn": ROLE}}
    yield "CreateMetricAttribution", {"name": "of-the-shop", "datasetGroupArn": shop, **counted}
    yield "CreateSolution", {"name": "sample", "datasetGroupArn": shop, "recipeArn": _recipe("aws-similar-items")}
    yield "DeleteSolution", {"solutionArn": solutions["spare"]}
    yield "DeleteRecommender", {"recommenderArn": recommenders["trending-now"]}


def _recipe(name: str) -> str:
    return f"arn:aws:personalize:::recipe/{name}"


def _import(engine: Engine, group: str, record: str, rows: str, **more: Any) -> None:
    personalize = engine.client("personalize")
    name = f"{record}-of-{group.rsplit('/', 1)[-1]}"
    schema = personalize.create_schema(name=name, schema=_schema(record), **more)["schemaArn"]
    kind = "Action_Interactions" if record == "ActionInteractions" else record
    dataset = personalize.create_dataset(name=name, datasetType=kind, datasetGroupArn=group, schemaArn=schema)
    engine.objects.put_bytes(f"s3://local/in/{name}.csv", rows.encode())
    personalize.create_dataset_import_job(
        jobName=name,
        datasetArn=dataset["datasetArn"],
        dataSource={"dataLocation": f"s3://local/in/{name}.csv"},
        roleArn=ROLE,
    )


def _schema(record: str) -> str:
    fields = [
        {"name": name, "type": kind, **({"categorical": True} if name in CATEGORICAL else {})}
        for name, kind in SCHEMAS[record].items()
    ]
    return json.dumps({"type": "record", "name": record, "namespace": NAMESPACE, "fields": fields, "version": "1.0"})


def _films() -> str:
    rows = [f"i{item},{'drama' if item % 2 else 'comedy'},1700000000" for item in range(tiny_shop.N_ITEMS)]
    return "ITEM_ID,GENRES,CREATION_TIMESTAMP\n" + "\n".join(rows) + "\n"


def _known(engine: Engine) -> dict[str, list[str]]:
    """Return values that exist, by member name in lower case."""
    found = arns(engine)
    datasets = [engine.context.resources.get("dataset", arn) for arn in found.get("dataset", [])]
    tracking = [*found.get("tracking-id", []), *(d["trackingId"] for d in datasets if "trackingId" in d.body)]
    known = known_values(found | {"tracking-id": tracking})
    recipes = [info.arn for info in trainable()] + [use_case.arn for use_case in USE_CASES]
    own = {
        "recipearn": [*recipes, "arn:aws:personalize:::recipe/none"],
        "algorithmarn": [info.algorithm_arn for info in trainable()],
        "featuretransformationarn": [info.feature_transformation_arn for info in trainable()],
        "actionid": ["join", "other"],
        "eventtype": ["view", "Purchase", "Taken", "Not taken", "dance"],
        "datasettype": ["Interactions", "ITEMS", "Actions", "Action_Interactions"],
        "expression": ["SAMPLECOUNT()", "SUM(Items.PRICE)", "SUM(Items.CATEGORY)", "MAX(1)"],
        "metricname": ["views", "sales"],
        "removemetric": ["views", "none"],
        "schedulingexpression": ["rate(1 day)", "rate(7 days)", "rate(40 days)"],
        "schema": [_schema(record) for record in SCHEMAS] + ["{"],
        "datalocation": ["s3://local/in/gone.csv", "s3://local/in/", "s3://local/none.csv"],
        "filterexpression": [
            'INCLUDE ItemID WHERE Items.CATEGORY IN ("books")',
            "EXCLUDE ItemID WHERE Items.PRICE < $PRICE",
            'INCLUDE ActionID WHERE Actions.KIND IN ("club")',
            "INCLUDE ItemID",
        ],
    }
    return known | own


def main() -> int:
    """Print the counts of each operation; return 1 when there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20, help="requests to each operation")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="keep the counts for docs/compatibility.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = measure(Path(folder) / "home", options.calls, options.seed)
    print("| operation | calls | answered | refused | faults |\n| --- | --- | --- | --- | --- |")
    for operation, one in counts.items():
        refused = ", ".join(f"{code} {n}" for code, n in one.refused.most_common())
        print(f"| {operation} | {one.calls} | {one.answered} | {refused} | {len(one.faults)} |")
    faults = [f"{operation} {fault}" for operation, one in counts.items() for fault in one.faults]
    total = sum(one.calls for one in counts.values())
    print(f"\n{len(counts)} operations, {total:,} calls, {len(faults)} faults.")
    print("\n".join(faults), file=sys.stderr)
    if options.write:
        kept = {
            operation: {"calls": one.calls, "answered": one.answered, "faults": len(one.faults)}
            for operation, one in counts.items()
        }
        RESULTS.write_text(json.dumps({"seed": options.seed, "operations": kept}, indent=1) + "\n", encoding="utf-8")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
