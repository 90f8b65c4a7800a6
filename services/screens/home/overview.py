"""One data set group on Home: its resources as a chain, the figures, and the next step.

The resources are read through the Amazon Personalize API; sizes come from the loaded data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from services.backend import Backend
from services.laboratory.hit_rates import HitRates, hit_rates
from services.language.phrases import age, counted
from services.library.store import Library
from services.personalize.datasets import GroupView, find_group, pages
from services.personalize.recipe_names import FOR_A_USER, RECIPE_WORDS
from services.personalize.states import Status
from services.personalize.versions import VersionView, versions

COLUMNS = ("kind", "name", "state", "created", "age", "error")
READY, WAITING, RUNNING, STOPPING, FAILED = "ready", "waiting", "in progress", "stopping", "failed"
"""States of a resource on Home."""
RESOURCE_STATES: Mapping[str, str] = {
    Status.ACTIVE: READY,
    Status.CREATE_PENDING: WAITING,
    Status.CREATE_IN_PROGRESS: RUNNING,
    Status.CREATE_STOPPING: STOPPING,
    Status.CREATE_STOPPED: "stopped",
    Status.CREATE_FAILED: FAILED,
    Status.DELETE_PENDING: "being deleted",
    Status.DELETE_IN_PROGRESS: "being deleted",
}
LOOK = "recommendations"
"""The screen of the next step where nothing is left to prepare."""
KINDS = ("Data set group", "Data set", "Solution version", "Campaign")
"""From left to right in the chain."""


@dataclass(frozen=True)
class Resource:
    """One box of the chain, one row of the table."""

    kind: str
    name: str
    status: str
    """AWS's status."""
    created: float
    """Epoch seconds."""
    error: str = ""
    screen: str = "data"
    """Key of its screen."""

    @property
    def state(self) -> str:
        """The state in a word: ready, waiting, in progress, failed, ..."""
        return RESOURCE_STATES.get(self.status, self.status.lower())


@dataclass(frozen=True)
class NextStep:
    """Home's button for the next step."""

    label: str
    screen: str
    why: str


@dataclass(frozen=True)
class Overview:
    """One data set group on Home."""

    group: str
    resources: tuple[Resource, ...]
    n_events: int | None
    n_users: int | None
    n_items: int | None
    nouns: str
    """"films", "products", "items"."""
    note: str
    """Words for the source line, for example "simulated data"."""
    recipes_ready: int
    recipes_known: int
    found_it: HitRates | None
    next_step: NextStep

    def frame(self, now: float) -> pd.DataFrame:
        """Return the resources as a table [kind, name, state, created, age, error]; created is a UTC time."""
        rows = [(r.kind, r.name, r.state, r.created, age(r.created, now), r.error) for r in self.resources]
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        frame["created"] = pd.to_datetime(frame["created"], unit="s", utc=True)
        return frame

    def of_kind(self, kind: str) -> tuple[Resource, ...]:
        """Return the boxes of one column of the chain."""
        return tuple(resource for resource in self.resources if resource.kind == kind)

    def chain_sentence(self) -> str:
        """Return the chain in words."""
        states = [resource.state for resource in self.resources]
        running = sum(state in (WAITING, RUNNING, STOPPING) for state in states)
        return (
            f"{counted(len(states), 'resource', 'resources')}: {states.count(READY)} ready, {running} running, "
            f"{states.count(FAILED)} failed; next step: {self.next_step.label.lower()}."
        )

    @property
    def ready(self) -> bool:
        """Whether everything is there to look at, and the next step is to do so."""
        return self.next_step.screen == LOOK

    def headline(self) -> str:
        """Return Home's headline."""
        sizes = []
        if self.n_users is not None:
            sizes.append(f"{self.n_users:,} people")
        if self.n_items is not None:
            sizes.append(f"{self.n_items:,} {self.nouns}")
        sizes.append(counted(self.recipes_ready, "recipe ready", "recipes ready"))
        found = "" if self.found_it is None else f"; {self.found_it.sentence}"
        return f"{', '.join(sizes)}{found}."


def overview(backend: Backend, group_name: str) -> Overview | None:
    """Return the overview of a data set group, None when it does not exist."""
    group = find_group(backend, group_name)
    if group is None:
        return None
    trained = versions(backend, group.arn)
    data = Library(backend.home).open(group_name)
    size = next((version.size for version in trained if version.size), None) or {}
    resources = (*_data_resources(group), *_trained_resources(trained))
    return Overview(
        group=group_name,
        resources=resources,
        n_events=data.n_events if data else size.get("n_events"),
        n_users=data.n_users if data else size.get("n_users"),
        n_items=data.n_items if data else size.get("n_items"),
        nouns=data.words.nouns if data else "items",
        note=data.note if data else "",
        recipes_ready=len({version.recipe for version in trained if version.ready}),
        recipes_known=sum("domain" not in recipe for recipe in pages(backend.personalize, "list_recipes", "recipes")),
        found_it=hit_rates(backend, group_name, trained),
        next_step=next_step(group, trained, resources),
    )


def next_step(group: GroupView, trained: Sequence[VersionView], resources: Sequence[Resource]) -> NextStep:
    """Return the first step that applies: repair, import, train, deploy, explore."""
    failed = next((resource for resource in resources if resource.state == FAILED), None)
    if failed is not None and not _tried_again(failed, resources):
        return NextStep(f"See why {failed.name} failed", failed.screen, failed.error)
    if not group.imported:
        return NextStep("Import data", "data", "Nothing has been imported into this data set group yet.")
    if any(version.running for version in trained):
        return NextStep("Watch the training", "training", "A recipe is being trained.")
    if not any(version.ready for version in trained):
        return NextStep("Train a recipe", "training", "The data is imported, but nothing is trained yet.")
    answering = [version for version in trained if version.ready and version.recipe in FOR_A_USER]
    if not answering:
        return NextStep("Train a recipe", "training", "Nothing trained so far recommends items to a person.")
    if not any(version.campaigns for version in answering):
        return NextStep("Deploy a recipe", "training", "A trained recipe answers once it is deployed.")
    return NextStep("Look at recommendations", LOOK, "Every list that was asked for is ready.")


def _tried_again(failed: Resource, resources: Sequence[Resource]) -> bool:
    """Return whether a newer resource replaces a failed one: for a version, another of the same solution."""
    name = _without_version(failed)
    return any(r.kind == failed.kind and r.created > failed.created and _without_version(r) == name for r in resources)


def _without_version(resource: Resource) -> str:
    return resource.name.rpartition("/")[0] or resource.name


def _data_resources(group: GroupView) -> list[Resource]:
    resources = [Resource("Data set group", group.name, group.status, group.created)]
    for dataset in group.datasets:
        newest = dataset.imports[0] if dataset.imports else None
        status = newest.status if newest is not None else dataset.status
        created = newest.created if newest is not None else group.created
        error = (newest.failure_reason or "") if newest is not None else ""
        resources.append(Resource("Data set", dataset.dataset_type, status, created, error))
    return resources


def _trained_resources(trained: Sequence[VersionView]) -> list[Resource]:
    boxes = [
        Resource(
            "Solution version",
            f"{RECIPE_WORDS.get(version.recipe, version.recipe)} · {version.name}",
            version.status,
            version.created,
            version.failure_reason or "",
            "training",
        )
        for version in trained
    ]
    deployed = [
        Resource(
            "Campaign", campaign.name, campaign.status, campaign.created, campaign.failure_reason or "", "training"
        )
        for version in trained
        for campaign in version.campaigns
    ]
    return boxes + deployed
