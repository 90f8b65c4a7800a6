"""A plan as a CloudFormation template, as far as CloudFormation knows Amazon Personalize; the rest is said in comments.

Source: CloudFormation resource specification, AWS::Personalize::Schema, DatasetGroup, Dataset, EventTracker, Filter and
Solution. A solution of CloudFormation has no PerformAutoTraining, so AWS trains it every seven days, which costs: the
template makes solutions only where its parameter says so. Trainings, recommenders and data sets of actions do not exist
there; a campaign needs the ARN of a training.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from services.moving import kinds, sentences
from services.moving.plan import Made, MovingPlan, PlannedStep

TYPES = {
    kinds.GROUP: "DatasetGroup",
    kinds.SCHEMA: "Schema",
    kinds.DATASET: "Dataset",
    kinds.TRACKER: "EventTracker",
    kinds.FILTER: "Filter",
    kinds.SOLUTION: "Solution",
}
DATASETS = ("Interactions", "Items", "Users")
ARNS = {kinds.GROUP: "DatasetGroupArn", kinds.SCHEMA: "SchemaArn", kinds.DATASET: "DatasetArn"}
WITH_SOLUTIONS = "WithSolutions"
SOLUTION_CONFIG = ("algorithmHyperParameters", "featureTransformationParameters")
"""What of solutionConfig CloudFormation knows and this plan has."""


def template(plan: MovingPlan) -> str:
    """Return the template, YAML."""
    jobs = {step.dataset_type: step for step in plan.steps if step.kind == kinds.IMPORT}
    resources = {_id(s): _resource(s, plan, jobs) for s in plan.steps if s.kind in TYPES and _known(s)}
    has_solutions = any(step.kind == kinds.SOLUTION for step in plan.steps)
    body: dict[str, Any] = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"The data set group {plan.name} of Amazon Personalize, planned by Personalize Explorer",
        "Parameters": _parameters(plan, has_solutions=has_solutions),
        **({"Conditions": {WITH_SOLUTIONS: {"Fn::Equals": [{"Ref": WITH_SOLUTIONS}, "yes"]}}} if has_solutions else {}),
        "Resources": resources,
        "Outputs": _outputs(plan),
    }
    return "\n".join([*(f"# {line}".rstrip() for line in _comments(plan)), *_yaml(body), ""])


def _known(step: PlannedStep) -> bool:
    return not step.dataset_type or step.dataset_type in DATASETS


def _parameters(plan: MovingPlan, *, has_solutions: bool) -> dict[str, Any]:
    own: dict[str, Any] = {
        "Bucket": {"Type": "String", "Description": "The bucket with the CSV files, which Amazon Personalize may read"},
        "RoleArn": {"Type": "String", "Description": "The role that lets Amazon Personalize read the bucket"},
    }
    for name, value in (("Bucket", plan.target.bucket), ("RoleArn", plan.target.role_arn)):
        own[name] |= {"Default": value} if value else {}
    if has_solutions:
        own[WITH_SOLUTIONS] = {
            "Type": "String",
            "AllowedValues": ["no", "yes"],
            "Default": "no",
            "Description": "yes makes the solutions, which AWS then trains every seven days, at a cost",
        }
    return own


def _resource(step: PlannedStep, plan: MovingPlan, jobs: Mapping[str, PlannedStep]) -> dict[str, Any]:
    properties = {_upper(name): _value(value, plan) for name, value in step.request.items()}
    properties.pop("PerformAutoTraining", None)
    config = step.request.get("solutionConfig", {})
    if step.kind == kinds.SOLUTION:
        known = {_upper(name): dict(value) for name, value in config.items() if name in SOLUTION_CONFIG}
        properties.pop("SolutionConfig", None)
        properties |= {"SolutionConfig": known} if known else {}
    if step.kind == kinds.DATASET:
        location = f"s3://${{Bucket}}/{plan.name}/{step.dataset_type.lower()}.csv"
        properties["DatasetImportJob"] = {
            "JobName": jobs[step.dataset_type].name,
            "DataSource": {"DataLocation": {"Fn::Sub": location}},
            "RoleArn": {"Ref": "RoleArn"},
        }
    condition = {"Condition": WITH_SOLUTIONS} if step.kind == kinds.SOLUTION else {}
    waits = [_id(s) for s in plan.steps if s.kind == kinds.DATASET and _known(s)]
    after = {"DependsOn": waits} if step.kind in (kinds.FILTER, kinds.SOLUTION) else {}
    return {"Type": f"AWS::Personalize::{TYPES[step.kind]}", **condition, **after, "Properties": properties}


def _outputs(plan: MovingPlan) -> dict[str, Any]:
    own: dict[str, Any] = {"DatasetGroupArn": {"Value": _value(Made(kinds.GROUP), plan)}}
    for step in plan.steps:
        if step.kind == kinds.TRACKER:
            own[f"TrackingId{_id(step)}"] = {"Value": {"Fn::GetAtt": [_id(step), "TrackingId"]}}
    return own


def _comments(plan: MovingPlan) -> list[str]:
    files = [f"{s.dataset_type.lower()}.csv" for s in plan.steps if s.kind == kinds.UPLOAD]
    lines = [
        f"Before this stack: copy {', '.join(files)} to s3://BUCKET/{plan.name}/.",
        sentences.headline(plan),
        sentences.prices(plan),
        "",
        "CloudFormation does not know the following; the boto3 program of the same plan makes it:",
    ]
    for step in plan.steps:
        unknown = step.kind in (kinds.VERSION, kinds.CAMPAIGN, kinds.RECOMMENDER)
        if unknown or (step.kind in TYPES and not _known(step)):
            cost = sentences.cost(step)
            lines.append(f"- {sentences.label(step)}{f': {cost}' if cost else ''}")
        lost = [name for name in step.request.get("solutionConfig", {}) if name not in SOLUTION_CONFIG]
        if lost:
            lines.append(f"- {', '.join(lost)} of {step.name}")
    differing = [step for step in plan.steps if step.differs and step.kind != kinds.FETCH]
    if differing:
        lines += ["", "What differs:", *(f"- {sentences.label(step)}: {step.differs}" for step in differing)]
    return lines


def _value(value: Any, plan: MovingPlan) -> Any:
    if isinstance(value, Made):
        step = next(step for step in plan.steps if step.key == value.key)
        return {"Fn::GetAtt": [_id(step), ARNS[step.kind]]}
    return value


def _id(step: PlannedStep) -> str:
    """Return the logical ID of a step: letters and digits."""
    words = re.findall("[A-Za-z0-9]+", step.key.partition(":")[2])
    return step.kind.capitalize() + "".join(word[0].upper() + word[1:] for word in words)


def _upper(name: str) -> str:
    return name[0].upper() + name[1:]


def _yaml(body: Mapping[str, Any], depth: int = 0) -> list[str]:
    """Return the lines of a mapping; what is no mapping is JSON, which YAML contains."""
    lines = []
    for name, value in body.items():
        start = f"{'  ' * depth}{name}:"
        if isinstance(value, Mapping) and value and not any(str(key).startswith(("Fn::", "Ref")) for key in value):
            lines += [start, *_yaml(value, depth + 1)]
        else:
            lines.append(f"{start} {json.dumps(value)}")
    return lines
