"""What a data set group consists of, read through the API without changing anything."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from services.attach.plan import files_of
from services.backend import Backend
from services.errors import DataError, service_errors
from services.personalize.datasets import find_group, pages
from services.personalize.states import Status

Described = Mapping[str, Any]


@dataclass(frozen=True)
class Data:
    """One data set with data."""

    dataset_type: str
    """As AWS writes it: "Interactions", "Action_Interactions"."""
    schema: str
    """The Avro schema, JSON."""
    urls: tuple[str, ...]
    """The files that it was imported from, oldest first; empty when one of them is gone."""
    n_bytes: int | None
    """Of these files; None when that is not known."""


@dataclass(frozen=True)
class Contents:
    """A data set group, as Describe calls say it."""

    name: str
    domain: str | None
    data: tuple[Data, ...]
    trackers: tuple[str, ...]
    """Their names."""
    filters: tuple[tuple[str, str], ...]
    """(name, expression)."""
    solutions: tuple[Described, ...]
    campaigns: tuple[Described, ...]
    recommenders: tuple[Described, ...]
    tuned: Mapping[str, Mapping[str, str]]
    """Hyperparameters that a search found, by the name of the solution."""

    def solution_of(self, campaign: Described) -> str:
        """Return the name of the solution that a campaign serves."""
        arn = campaign["solutionVersionArn"].rpartition("/")[0]
        return next((s["name"] for s in self.solutions if s["solutionArn"] == arn), "")


def contents(backend: Backend, name: str) -> Contents:
    """Return what a group consists of. Raises ServiceError, and DataError when there is nothing to move."""
    with service_errors():
        group = find_group(backend, name)
        if group is None:
            raise DataError(f"There is no data set group {name}. Choose another one.")
        if not any(view.imported for view in group.datasets):
            raise DataError(f"Nothing was imported into {name}, so there is nothing to move yet.")
        asked = backend.personalize
        described = asked.describe_dataset_group(datasetGroupArn=group.arn)["datasetGroup"]
        solutions = _all(backend, "solution", "solutions", group.arn)
        return Contents(
            name=name,
            domain=described.get("domain"),
            data=tuple(_data(backend, view.arn, view.schema_arn) for view in group.datasets if view.imported),
            trackers=tuple(t["name"] for t in _listed(backend, "event_trackers", "eventTrackers", group.arn)),
            filters=tuple((f["name"], f["filterExpression"]) for f in _all(backend, "filter", "Filters", group.arn)),
            solutions=solutions,
            campaigns=_campaigns(backend, solutions),
            recommenders=_all(backend, "recommender", "recommenders", group.arn),
            tuned=_tuned(backend, solutions),
        )


def _data(backend: Backend, arn: str, schema_arn: str) -> Data:
    kind = "_".join(part.capitalize() for part in arn.rpartition("/")[2].split("_"))
    schema = backend.personalize.describe_schema(schemaArn=schema_arn)["schema"]["schema"]
    urls = files_of(backend, arn)
    sizes = [_size(backend, url) for url in urls]
    known = bool(sizes) and None not in sizes
    return Data(kind, json.dumps(json.loads(schema)), urls, sum(size or 0 for size in sizes) if known else None)


def _size(backend: Backend, url: str) -> int | None:
    """Return the bytes of an object; of one at AWS without fetching it."""
    if backend.client is None:
        with backend.objects.local_path(url) as path:
            return path.stat().st_size
    bucket, _, key = url.removeprefix("s3://").partition("/")
    try:
        return int(backend.client("s3").head_object(Bucket=bucket, Key=key)["ContentLength"])
    except ClientError:  # the right to read it is asked for when it is read
        return None


def _listed(backend: Backend, what: str, member: str, group: str) -> list[dict[str, Any]]:
    listed = pages(backend.personalize, f"list_{what}", member, datasetGroupArn=group)
    return [entry for entry in listed if entry.get("status", Status.ACTIVE) in (Status.ACTIVE, Status.INACTIVE)]


def _all(backend: Backend, kind: str, member: str, group: str) -> tuple[Described, ...]:
    """Return the descriptions of everything of a kind that is ready."""
    describe = getattr(backend.personalize, f"describe_{kind}")
    listed = _listed(backend, f"{kind}s", member, group)
    return tuple(describe(**{f"{kind}Arn": entry[f"{kind}Arn"]})[kind] for entry in listed)


def _campaigns(backend: Backend, solutions: tuple[Described, ...]) -> tuple[Described, ...]:
    found = []
    for solution in solutions:
        listed = pages(backend.personalize, "list_campaigns", "campaigns", solutionArn=solution["solutionArn"])
        for entry in listed:
            if entry["status"] == Status.ACTIVE:
                described = backend.personalize.describe_campaign(campaignArn=entry["campaignArn"])
                found.append(described["campaign"])
    return tuple(found)


def _tuned(backend: Backend, solutions: tuple[Described, ...]) -> dict[str, Mapping[str, str]]:
    found = {}
    for solution in solutions:
        latest = solution.get("latestSolutionVersion", {}).get("solutionVersionArn")
        if latest and (solution.get("performHPO") or solution.get("performAutoML")):
            version = backend.personalize.describe_solution_version(solutionVersionArn=latest)["solutionVersion"]
            found[solution["name"]] = version.get("tunedHPOParams", {}).get("algorithmHyperParameters", {})
    return found
