"""The plan of a move: every step in its order, with its request, its cost and what differs on the other side.

The steps are data. The runner carries them out, the script and the template are written from them, so all three make
the same. A request names what an earlier step makes by Made(key of that step).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.backend import Backend
from services.errors import DataError
from services.money.bill import TRAINING_HOURS_GUESS
from services.money.price_lists import price_list, table_list
from services.money.prices import UNKNOWN_RECIPES, recommender_usd, requests_usd, reserved_requests
from services.moving import differences, kinds
from services.moving.contents import Contents, Data
from services.moving.differences import Target
from services.personalize.datasets import MAX_NAME_LENGTH
from services.personalize.legacy.stand_ins import offered
from services.personalize.recipes import recipe_arn
from services.personalize.schemas import schema_name

NEW_TRACKING_ID = "Its tracking ID is a new one: programs that send events must use it."


@dataclass(frozen=True)
class Made:
    """Stands in a request for what the step of this key makes: its ARN, or the s3:// location of an upload."""

    key: str


@dataclass(frozen=True)
class Cost:
    """What a step costs, in US dollars; None where the table of prices does not have it."""

    once: float | None = 0.0
    monthly: float | None = 0.0


@dataclass(frozen=True)
class PlannedStep:
    """One step."""

    key: str
    kind: str
    """A key of kinds.KINDS, or FETCH, UPLOAD or LIBRARY."""
    name: str
    request: Mapping[str, Any] = field(default_factory=dict)
    """Of its Create call, with Made in it; empty for a step that makes no resource."""
    cost: Cost = Cost()
    differs: str = ""
    dataset_type: str = ""
    """Of a step about data."""


@dataclass(frozen=True)
class Choice:
    """What of a group is taken along besides its data, trackers and filters: names of the group's resources."""

    solutions: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    recommenders: tuple[str, ...] = ()


@dataclass(frozen=True)
class MovingPlan:
    """A move from one side to the other."""

    group: str
    name: str
    """Of the data set group that it makes."""
    target: Target
    steps: tuple[PlannedStep, ...]
    left: tuple[str, ...]
    """What of the group is not taken along, in words."""

    @property
    def once(self) -> float:
        """What is known of the costs of the move itself."""
        return sum(step.cost.once or 0.0 for step in self.steps)

    @property
    def monthly(self) -> float:
        """What is known of the costs afterwards, in a month."""
        return sum(step.cost.monthly or 0.0 for step in self.steps)

    @property
    def unpriced(self) -> tuple[PlannedStep, ...]:
        """The steps whose costs the table of prices does not have."""
        return tuple(step for step in self.steps if None in (step.cost.once, step.cost.monthly))


def target_of(backend: Backend) -> Target:
    """Return a backend as the side that a group is moved to."""
    is_aws, priced = backend.kind == "aws", price_list(backend)
    return Target(is_aws, backend.region, backend.bucket, backend.role_arn, offered(backend), priced)


def planned(found: Contents, target: Target, choice: Choice = Choice(), name: str = "") -> MovingPlan:
    """Return the plan of a move under a name, by default the same. Raises DataError for what cannot be moved."""
    chosen = _with_what_it_needs(found, choice)
    planning = _Planning(found, target, name or found.name)
    planning.data()
    planning.rest()
    for described in found.solutions:
        if described["name"] in chosen.solutions:
            planning.solution(described)
    for described in found.campaigns:
        if described["name"] in chosen.campaigns:
            planning.campaign(described)
    for described in found.recommenders:
        if described["name"] in chosen.recommenders:
            planning.recommender(described)
    return MovingPlan(found.name, planning.name, target, tuple(planning.steps), _left(found, chosen))


def _with_what_it_needs(found: Contents, choice: Choice) -> Choice:
    """Return the choice with the solutions of its campaigns."""
    needed = {found.solution_of(c) for c in found.campaigns if c["name"] in choice.campaigns}
    return Choice(tuple(sorted({*choice.solutions, *needed})), choice.campaigns, choice.recommenders)


def _left(found: Contents, chosen: Choice) -> tuple[str, ...]:
    """Return what stays behind: what was not chosen, and what no call can move."""
    parts = (
        ("solution", found.solutions, chosen.solutions),
        ("campaign", found.campaigns, chosen.campaigns),
        ("recommender", found.recommenders, chosen.recommenders),
    )
    named = [f"{kind} {d['name']}" for kind, all_, taken in parts for d in all_ if d["name"] not in taken]
    return (*named, "trained models, which are trained anew", "batch jobs and their results", "metric attributions")


class _Planning:
    def __init__(self, found: Contents, target: Target, name: str) -> None:
        self.found, self.target, self.name = found, target, name
        self.steps: list[PlannedStep] = []
        self._prices = (target.priced or table_list(target.region)).prices

    def data(self) -> None:
        """Plan files, group, schemas, data sets, uploads and imports."""
        found = self.found
        for data in found.data:
            self._add(kinds.FETCH, data.dataset_type, dataset_type=data.dataset_type, differs=self._fetched(data))
        domain = {"domain": found.domain} if found.domain else {}
        self._add(kinds.GROUP, self.name, {"name": self.name, **domain})
        for data in found.data:
            self._schema(data, domain)
        for data in found.data:
            name = f"{self.name}-{data.dataset_type.lower().replace('_', '-')}"[:MAX_NAME_LENGTH]
            request = {
                "name": name,
                "datasetGroupArn": Made(kinds.GROUP),
                "datasetType": data.dataset_type,
                "schemaArn": Made(f"{kinds.SCHEMA}:{data.dataset_type}"),
            }
            differs = NEW_TRACKING_ID if data.dataset_type == kinds.ACTION_EVENTS else ""
            of_type = {"key": data.dataset_type, "dataset_type": data.dataset_type}
            self._add(kinds.DATASET, name, request, differs=differs, **of_type)
        for data in found.data:
            cost = self._per_gb(data, monthly=self._prices.per_gb_month_stored)
            self._add(kinds.UPLOAD, data.dataset_type, cost=cost, dataset_type=data.dataset_type)
        for data in found.data:
            name = f"{self.name[:30]}-{data.dataset_type.lower().replace('_', '-')}"
            request = {
                "jobName": name,
                "datasetArn": Made(f"{kinds.DATASET}:{data.dataset_type}"),
                "dataSource": {"dataLocation": Made(f"{kinds.UPLOAD}:{data.dataset_type}")},
                "roleArn": self.target.role_arn,
            }
            cost = self._per_gb(data, once=self._prices.per_gb_imported)
            self._add(kinds.IMPORT, name, request, cost=cost, key=data.dataset_type, dataset_type=data.dataset_type)
        if not self.target.is_aws:
            self._add(kinds.LIBRARY, self.name)

    def _schema(self, data: Data, domain: Mapping[str, str]) -> None:
        suffix = f"-{domain['domain'].lower().replace('_', '-')}" if domain else ""
        name = schema_name(data.dataset_type.replace("_", "-"), data.schema) + suffix
        request = {"name": name, "schema": data.schema, **domain}
        self._add(kinds.SCHEMA, name, request, key=data.dataset_type, dataset_type=data.dataset_type)

    def rest(self) -> None:
        """Plan trackers and filters."""
        group = Made(kinds.GROUP)
        for tracker in self.found.trackers:
            name = self._renamed(tracker)
            request = {"name": name, "datasetGroupArn": group}
            self._add(kinds.TRACKER, name, request, differs=NEW_TRACKING_ID)
        for filter_name, expression in self.found.filters:
            name = self._renamed(filter_name)
            request = {"name": name, "datasetGroupArn": group, "filterExpression": expression}
            self._add(kinds.FILTER, name, request)

    def solution(self, described: Mapping[str, Any]) -> None:
        """Plan a solution and its training."""
        moved = differences.solution(described, self.found.tuned.get(described["name"], {}), self.target)
        name = self._renamed(described["name"])
        request = {
            "name": name,
            "datasetGroupArn": Made(kinds.GROUP),
            "recipeArn": recipe_arn(moved.recipe),
            "performAutoTraining": False,
            **({"eventType": described["eventType"]} if described.get("eventType") else {}),
            **({"solutionConfig": moved.config} if moved.config else {}),
        }
        self._add(kinds.SOLUTION, name, request, differs=moved.differs)
        cost = Cost(once=self._usd(TRAINING_HOURS_GUESS * self._prices.per_training_hour, moved.recipe))
        self._add(kinds.VERSION, name, {"solutionArn": Made(f"{kinds.SOLUTION}:{name}")}, cost=cost)

    def campaign(self, described: Mapping[str, Any]) -> None:
        """Plan a campaign of a solution that is planned."""
        of = next(s for s in self.found.solutions if s["name"] == self.found.solution_of(described))
        moved = differences.campaign(described, of, self.target)
        name = self._renamed(described["name"])
        request = {
            "name": name,
            "solutionVersionArn": Made(f"{kinds.VERSION}:{self._renamed(of['name'])}"),
            "minProvisionedTPS": 1,
            **({"campaignConfig": moved.config} if moved.config else {}),
        }
        monthly = self._usd(requests_usd(self._prices, reserved_requests(1)), moved.recipe)
        self._add(kinds.CAMPAIGN, name, request, cost=Cost(monthly=monthly), differs=moved.differs)

    def recommender(self, described: Mapping[str, Any]) -> None:
        """Plan a recommender."""
        moved = differences.recommender(described, self.target)
        name = self._renamed(described["name"])
        config = {**moved.config, "minRecommendationRequestsPerSecond": 1}
        request = {
            "name": name,
            "datasetGroupArn": Made(kinds.GROUP),
            "recipeArn": recipe_arn(moved.recipe),
            "recommenderConfig": config,
        }
        monthly = self._usd(recommender_usd(self._prices, 1), moved.recipe)
        self._add(kinds.RECOMMENDER, name, request, cost=Cost(monthly=monthly))

    def _add(self, kind: str, name: str, request: Mapping[str, Any] | None = None, key: str = "", **more: Any) -> None:
        """Add a step; its key is its kind with the name, of the group the kind alone."""
        key = kind if kind in (kinds.GROUP, kinds.LIBRARY) else f"{kind}:{key or name}"
        if len(name) > MAX_NAME_LENGTH:
            raise DataError(f"The name {name} has more than {MAX_NAME_LENGTH} characters. Choose a shorter one.")
        self.steps.append(PlannedStep(key, kind, name, request or {}, **more))

    def _fetched(self, data: Data) -> str:
        if self.target.is_aws:
            return ""
        if not data.urls:
            return "AWS exports it first; its list of prices names none for that, only for storing the files in S3."
        return "What was only sent live is not in these files."

    def _renamed(self, name: str) -> str:
        """Return a name with the new group's in place of the old one's, where it begins with it."""
        if self.name == self.found.name or not name.startswith(self.found.name):
            return name
        return f"{self.name}{name.removeprefix(self.found.name)}"[:MAX_NAME_LENGTH]

    def _per_gb(self, data: Data, *, once: float = 0.0, monthly: float = 0.0) -> Cost:
        if not self.target.is_aws:
            return Cost()
        if data.n_bytes is None:
            return Cost(None if once else 0.0, None if monthly else 0.0)
        return Cost(data.n_bytes / 1e9 * once, data.n_bytes / 1e9 * monthly)

    def _usd(self, amount: float, recipe: str) -> float | None:
        if not self.target.is_aws:
            return 0.0
        return None if recipe in UNKNOWN_RECIPES else amount
