"""Every data set of this home in one list: what is imported, and the drafts, with size, age, source and state."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from services.backend import Backend
from services.language.phrases import age, counted
from services.library.store import Library, LoadedData
from services.personalize.datasets import GroupView, groups, pages
from services.personalize.states import RUNNING, Status
from services.screens.data.drafts import Draft, DraftState

COLUMNS = ("name", "state", "source", "events", "people", "items", "MB", "changed")
SOURCES = {
    "demo": "film demo",
    "movielens": "MovieLens",
    "path": "folder or zip",
    "own": "own files",
    "copy": "imported data, to be changed",
    "service": "another program",
}
DRAFT_STATES = {
    DraftState.LOADING: "draft, loading",
    DraftState.READY: "draft",
    DraftState.IMPORTING: "importing",
    DraftState.IMPORTED: "imported",
    DraftState.FAILED: "draft, failed",
    DraftState.CANCELLED: "stopped",
    DraftState.INTERRUPTED: "draft, interrupted",
}


@dataclass(frozen=True)
class Entry:
    """One data set: a draft, or an imported data set group."""

    name: str
    state: str
    source: str
    changed: float
    """Epoch seconds."""
    draft: str = ""
    """The draft's key; "" for an imported data set group."""
    busy: bool = False
    n_events: int | None = None
    """These and the next are None where they are not known here."""
    n_users: int | None = None
    n_items: int | None = None
    size_bytes: int | None = None


def entries(backend: Backend, drafts: Sequence[Draft]) -> list[Entry]:
    """Return the drafts that are not imported, then the data set groups, the newest first of each."""
    library = Library(backend.home)
    waiting = [_of_draft(draft) for draft in drafts if not draft.imported and draft.state != DraftState.CANCELLED]
    return waiting + [_of_group(backend, group, library.open(group.name)) for group in groups(backend)]


def frame(shelf: Sequence[Entry], now: float) -> pd.DataFrame:
    """Return the list as a table: COLUMNS."""
    rows = [
        (
            entry.name,
            entry.state,
            entry.source,
            entry.n_events,
            entry.n_users,
            entry.n_items,
            None if entry.size_bytes is None else entry.size_bytes / 1e6,
            age(entry.changed, now) if entry.changed else "",
        )
        for entry in shelf
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({"events": "Int64", "people": "Int64", "items": "Int64", "MB": "float64"})


def sentence(shelf: Sequence[Entry]) -> str:
    """Return how much there is: "3 data sets are imported, 2 are drafts"."""
    n_drafts = sum(bool(entry.draft) for entry in shelf)
    n_imported = len(shelf) - n_drafts
    if not shelf:
        return "No data yet. The film demo takes ten seconds."
    imported = f"{counted(n_imported, 'data set is', 'data sets are')} imported"
    return f"{imported}, {n_drafts} {'is a draft' if n_drafts == 1 else 'are drafts'}." if n_drafts else f"{imported}."


def draft_label(draft: Draft) -> str:
    """Return what a choice calls a draft: "shop (2) · draft, 3 problems"."""
    return f"{draft.title} · {_draft_state(draft)}"


def _draft_state(draft: Draft) -> str:
    state = DRAFT_STATES[DraftState(draft.state)]
    ready = draft.state == DraftState.READY
    return f"{state}, {counted(draft.n_stop, 'problem', 'problems')}" if ready and draft.n_stop else state


def _of_draft(draft: Draft) -> Entry:
    figures = None if draft.look is None else draft.look.summary
    data = draft.data
    return Entry(
        name=draft.title,
        state=_draft_state(draft),
        source=SOURCES.get(draft.source, draft.source),
        changed=draft.changed,
        draft=draft.key,
        busy=draft.busy,
        n_events=None if data is None else len(data.interactions),
        n_users=None if figures is None else figures.n_users,
        n_items=None if figures is None else figures.n_items,
        size_bytes=None if data is None else int(sum(f.memory_usage().sum() for f in data.frames.values())),
    )


def _of_group(backend: Backend, group: GroupView, loaded: LoadedData | None) -> Entry:
    updated = [view.imports[0].updated for view in group.datasets if view.imports]
    source = "another program" if loaded is None else SOURCES.get(loaded.source, loaded.source)
    return Entry(
        name=group.name,
        state=_group_state(backend, group),
        source=source,
        changed=max(updated, default=group.created),
        n_events=None if loaded is None else loaded.n_events,
        n_users=None if loaded is None else loaded.n_users,
        n_items=None if loaded is None else loaded.n_items,
        size_bytes=None if loaded is None else loaded.size_bytes(),
    )


def _group_state(backend: Backend, group: GroupView) -> str:
    """Return "importing", "imported, 1 recipe in training, 3 trained", or what is missing."""
    newest = [view.imports[0] for view in group.datasets if view.imports]
    if any(job.running for job in newest):
        return "importing"
    if not group.imported:
        failed = any(job.status == Status.CREATE_FAILED for job in newest)
        return "import failed" if failed else "nothing imported yet"
    solutions = pages(backend.personalize, "list_solutions", "solutions", datasetGroupArn=group.arn)
    states = [
        version["status"]
        for solution in solutions
        for version in pages(
            backend.personalize, "list_solution_versions", "solutionVersions", solutionArn=solution["solutionArn"]
        )
    ]
    running = sum(status in RUNNING for status in states)
    ready = states.count(Status.ACTIVE)
    parts = [f"{running:,} in training"] if running else []
    parts += [f"{ready:,} trained"] if ready else []
    return ", ".join(["imported", *parts])
