"""A plan as a boto3 program that makes the same resources, to take along and to change."""

import json
import pprint
from collections.abc import Mapping
from typing import Any

from services.moving import kinds, sentences
from services.moving.kinds import KINDS
from services.moving.plan import Made, MovingPlan, PlannedStep

HEAD = '''\
"""Makes the data set group {name} at Amazon Personalize: a move that Personalize Explorer planned.

    python {file} --bucket BUCKET --role arn:aws:iam::ACCOUNT:role/ROLE --data FOLDER

FOLDER has {files}. Credentials and region are
found where boto3 finds them. What is there already is left as it is, so the program can be run again after it broke
off. {costs}
"""

import argparse
import time
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

PAUSE_S = 5.0
ENDED_OTHERWISE = ("CREATE FAILED", "CREATE STOPPED", "DELETE FAILED")
PASSES = ("ThrottlingException", "TooManyRequestsException", "LimitExceededException")


def find(list_operation, member, arn, wanted, **within):
    """Return the ARN of what fits, the newest first, or None; what failed does not fit."""
    found = []
    for page in personalize.get_paginator(list_operation).paginate(**within):
        found += [entry for entry in page[member] if wanted(entry) and entry.get("status") not in ENDED_OTHERWISE]
    found.sort(key=lambda entry: entry["creationDateTime"], reverse=True)
    return found[0][arn] if found else None


def make(operation, arn, **request):
    """Make something and return its ARN; wait and try again where too much is asked at once."""
    for attempt in range(10):
        try:
            return getattr(personalize, f"create_{{operation}}")(**request)[arn]
        except ClientError as error:
            if error.response["Error"]["Code"] not in PASSES or attempt == 9:
                raise
            time.sleep(PAUSE_S * 2**attempt)


def ready(operation, member, arn):
    """Wait until something is ready and return its description."""
    while True:
        described = getattr(personalize, f"describe_{{operation}}")(**{{f"{{member}}Arn": arn}})[member]
        status = described.get("status", "ACTIVE")
        if status in ("ACTIVE", "INACTIVE"):
            print(arn, "is ready")
            return described
        if status in ENDED_OTHERWISE:
            raise SystemExit(f"{{arn}} is {{status}}: {{described.get('failureReason', 'no reason was given')}}")
        time.sleep(PAUSE_S)


def uploaded(file):
    """Copy a file to the bucket and return its location."""
    key = f"{name}/{{file}}"
    boto3.client("s3").upload_file(str(options.data / file), options.bucket, key)
    return f"s3://{{options.bucket}}/{{key}}"


options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument("--bucket", required=True, help="a bucket that Amazon Personalize may read")
options.add_argument("--role", required=True, help="the ARN of the role that lets it")
options.add_argument("--data", type=Path, default=Path("."), help="the folder with the CSV files")
options = options.parse_args()
personalize = boto3.client("personalize")
made = {{}}
'''


def script(plan: MovingPlan, file: str) -> str:
    """Return the program; file is what it will be called."""
    files = [f"{s.dataset_type.lower()}.csv" for s in plan.steps if s.kind == kinds.UPLOAD]
    costs = f"{sentences.headline(plan)} {sentences.prices(plan)}" if plan.target.is_aws else ""
    head = HEAD.format(name=plan.name, file=file, files=", ".join(files), costs=costs.strip())
    return head + "".join(_step(step) for step in plan.steps if step.kind not in (kinds.FETCH, kinds.LIBRARY))


def _step(step: PlannedStep) -> str:
    lines = ["", f"# {sentences.label(step)}"]
    lines[-1] += f": {sentences.cost(step)}" if sentences.cost(step) else ""
    lines += [f"# {step.differs}"] if step.differs else []
    key = json.dumps(step.key)
    if step.kind == kinds.UPLOAD:
        return "\n".join([*lines, f"made[{key}] = uploaded({json.dumps(step.dataset_type.lower() + '.csv')})", ""])
    kind = KINDS[step.kind]
    tracked = step.kind == kinds.TRACKER or (step.kind == kinds.DATASET and step.dataset_type == kinds.ACTION_EVENTS)
    arguments = "".join(f"    {name}={_value(name, value)},\n" for name, value in step.request.items())
    lines += [
        f"made[{key}] = {_find(step)} or make(",
        f'    "{kind.operation}",\n    "{kind.arn}",\n{arguments})',
        f'{"tracker = " if tracked else ""}ready("{kind.operation}", "{kind.member}", made[{key}])',
    ]
    lines += ['print("tracking ID:", tracker["trackingId"])'] if tracked else []
    return "\n".join([*lines, ""])


def _find(step: PlannedStep) -> str:
    kind, name = KINDS[step.kind], json.dumps(step.name)
    fits = "lambda entry: True" if step.kind == kinds.VERSION else f'lambda entry: entry["{kind.name}"] == {name}'
    within = f", {kind.within}={_value(kind.within, step.request[kind.within])}" if kind.within in step.request else ""
    return f'find("list_{kind.operation}s", "{kind.listed}", "{kind.arn}", {fits}{within})'


def _value(name: str, value: Any) -> str:
    """Return a value of a request as Python; the role is an option, and what was made before is looked up."""
    if name == "roleArn":
        return "options.role"
    if isinstance(value, Made):
        return f"made[{json.dumps(value.key)}]"
    if isinstance(value, Mapping) and any(isinstance(inner, Made) for inner in value.values()):
        return "{" + ", ".join(f"{json.dumps(inner)}: {_value(inner, part)}" for inner, part in value.items()) + "}"
    if isinstance(value, str) and "\n" not in value and "\\" not in value and len(value) < 100 and '"' not in value:
        return json.dumps(value)
    return pprint.pformat(value, width=100, sort_dicts=False).replace("\n", "\n    ")
