"""Drafts, data that is not imported yet: loading, checking and importing continue while the browser is elsewhere.

One desk per process holds the drafts. One thread at a time works on a draft and replaces it as a whole, so that a page
may read it at any moment. A note in the home folder survives a restart of the app: the draft is then listed as
interrupted, with what continues by itself (a queued import) and what must be started again (a download, which resumes).
"""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from services import audit
from services.backend import Backend
from services.changes import changing_home, may_change
from services.checks.finding import STOP
from services.checks.look import look
from services.checks.report import check
from services.errors import DataError, PlainError
from services.language.phrases import counted
from services.language.vocabulary import Words
from services.library import prepared, store
from services.library.columns import ColumnRoles
from services.library.names import is_name
from services.library.prepared import PreparedData
from services.library.turns import turn
from services.personalize.imports import FULL, INCREMENTAL, Source, import_data, import_steps, what_stands
from services.progress import Step, StepList, StepState
from services.screens.data.drafts import Draft, DraftNotes, DraftState
from services.screens.data.new_columns import can_be_added, with_all_columns, with_what_stays
from services.screens.data.read_back import read_back
from services.screens.data.recovery import recover, restore
from services.screens.data.roles import with_roles
from services.sources.downloads import DownloadProgress
from services.sources.load import load_demo, load_movielens, load_movielens_from

logger = logging.getLogger(__name__)

LOAD_STEPS = {
    "demo": Step("get", "Simulate the viewers of the films"),
    "movielens": Step("get", "Download from GroupLens"),
    "path": Step("get", "Read the files"),
    "own": Step("get", "Read the files"),
    "copy": Step("get", "Read what is imported"),
    "service": Step("get", "Export the rows and read them"),
}
OPERATIONS = {DraftState.LOADING: "LoadDraft", DraftState.IMPORTING: "ImportDraft"}
"""What the audit log calls the work on a draft."""
UNCHANGED = "The data set is as it was before."
CHECK_STEPS = (Step("check", "Check against the rules of Amazon Personalize"), Step("look", "Measure"))


class Cancelled(Exception):
    """The user pressed Stop; the text says what stands."""


class DraftDesk:
    """The drafts of one process. Every method returns at once; a thread does the work."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._notes = DraftNotes(backend.home / "drafts")
        self._lock = threading.Lock()
        self._drafts: dict[str, Draft] = {draft.key: draft for draft in self._notes.read_interrupted()}
        self._stops: dict[str, threading.Event] = {}
        if may_change():
            threading.Thread(target=self._recover, name="recovery", daemon=True).start()

    def drafts(self) -> list[Draft]:
        """Return all drafts, the one that changed last first."""
        with self._lock:
            return sorted(self._drafts.values(), key=lambda draft: draft.changed, reverse=True)

    def draft(self, key: str | None) -> Draft | None:
        """Return one draft, or None."""
        with self._lock:
            return self._drafts.get(key or "")

    def load_demo(self) -> str:
        """Generate the film demo's data; return the draft's key."""
        return self._load(Draft("film-demo", "Film demo", "demo"), lambda _: load_demo())

    def load_movielens(self, size: str) -> str:
        """Download a MovieLens data set unless it is there, and read it; return the draft's key."""
        draft = Draft(f"movielens-{size.lower()}", f"MovieLens {size}", "movielens", argument=size)
        folder = self._backend.home / "downloads"

        def load(steps: StepList) -> PreparedData:
            def report(progress: DownloadProgress) -> None:
                total = progress.total_bytes
                of = f" of {total / 1e6:,.0f}" if total else ""
                note = progress.note or f"{progress.done_bytes / 1e6:,.1f}{of} MB"
                steps.update("get", progress.done_bytes / total if total else None, note)

            return load_movielens(size, folder, report)

        return self._load(draft, load)

    def load_path(self, path: str) -> str:
        """Read a MovieLens folder or zip on this machine's disk; return the draft's key."""
        draft = Draft(f"path-{Path(path).name.lower()}", Path(path).name, "path", argument=path)
        return self._load(draft, lambda _: load_movielens_from(Path(path)))

    def take(self, make: Callable[[], PreparedData], name: str, replaces: Collection[str] = ()) -> str:
        """Prepare a user's own files with make() and check them; return the draft's key.

        A draft of this name that somebody else has made is kept beside it; replaces are the keys of the caller's own.
        """
        key, title, number = f"own-{name}", name, 1
        while key not in replaces and self._is_kept(key):
            number += 1
            key, title = f"own-{name}-{number}", f"{name} ({number})"
        return self._load(Draft(key, title, "own"), lambda _: make())

    def copy(self, name: str) -> str:
        """Make a draft of imported data, to be changed and imported again, under its name or another; return its key.

        Raises DataError when the data is not there.
        """
        if store.Library(self._backend.home).version(name) is None:
            raise DataError(f"The data of {name} was not loaded on this machine, so it cannot be changed here.")

        def load(_: StepList) -> PreparedData:
            loaded = store.Library(self._backend.home).open(name)
            if loaded is None:
                raise DataError(f"The data of {name} was deleted meanwhile.")
            return loaded.prepared()

        return self._load(Draft(f"copy-{name}", f"{name}, to be changed", "copy", argument=name), load)

    def read_back(self, name: str) -> str:
        """Read the rows of a data set group that another program imported, for the screens; return the draft's key."""
        draft = Draft(f"back-{name}", name, "service", argument=name, target=name)

        def work(steps: StepList) -> dict[str, object]:
            steps.start("get")
            data = read_back(self._backend, name)
            store.Library(self._backend.home).save(data)
            steps.done("get", counted(len(data.interactions), "event", "events"))
            return {"state": DraftState.IMPORTED}

        self._work(draft, (LOAD_STEPS[draft.source],), work)
        return draft.key

    def rename(self, key: str, title: str) -> None:
        """Give a draft another title, and its data set group that name. Raises DataError for one that AWS refuses."""
        _check_name(title)
        changing_home(self._backend.home, "RenameDraft", key)
        draft = self.draft(key)
        if draft is None or draft.busy:
            return
        data = None if draft.data is None else replace(draft.data, name=title)
        self._change(key, title=title, data=data, target="", reason="" if draft.target else draft.reason)

    def _is_kept(self, key: str) -> bool:
        """Return whether a draft of this key must not be replaced by another one."""
        draft = self.draft(key)
        return draft is not None and not draft.imported and draft.state != DraftState.CANCELLED

    def check_again(self, key: str, change: Callable[[PreparedData], PreparedData]) -> None:
        """Change a draft's data (fixes, edited rows) and check it again."""
        draft = self._drafts[key]
        data = draft.data
        if data is not None:

            def changed() -> PreparedData:
                after = change(data)
                n_dropped = len(data.interactions) - len(after.interactions)  # below 0 where a fix is undone
                return replace(after, n_left_out=max(0, data.n_left_out + n_dropped))

            self._work(draft, CHECK_STEPS, lambda steps: self._checked(changed(), steps))

    def start_import(self, key: str, name: str, mode: str = FULL, words: Words | None = None) -> None:
        """Import a draft into the data set group of this name; mode is FULL or INCREMENTAL.

        Raises DataError at once for a name that AWS would refuse.
        """
        _check_name(name)
        draft = self._drafts[key]
        if draft.data is None:
            raise DataError("There is nothing to import yet. Load the data first.")
        data = replace(draft.data, name=name, words=words or draft.data.words)
        draft = replace(draft, target=name, mode=mode)
        steps = (Step("keep", "Keep titles and histories for the screens"), *import_steps(_planned(data)))
        self._work(draft, steps, lambda steps: self._imported(data, mode, steps), state=DraftState.IMPORTING)

    def change_words(self, name: str, words: Words) -> None:
        """Change the words that sentences use for an imported catalogue."""
        self._change_loaded("ChangeWords", name, lambda data: replace(data, words=words))

    def change_roles(self, name: str, roles: ColumnRoles) -> None:
        """Change which columns of imported data are the title, the year, the categories and so on.

        Raises DataError naming a column that is not there.
        """
        self._change_loaded("ChangeRoles", name, lambda data: with_roles(data, roles))

    def _change_loaded(self, operation: str, name: str, change: Callable[[PreparedData], PreparedData]) -> None:
        changing_home(self._backend.home, operation, name)
        library = store.Library(self._backend.home)
        loaded = library.open(name)
        if loaded is not None:
            library.save(change(loaded.prepared()))

    def cancel(self, key: str) -> None:
        """Stop the work on a draft; unfinished parts are deleted."""
        changing_home(self._backend.home, "CancelDraft", key)
        self._stop(key)

    def _stop(self, key: str) -> None:
        with self._lock:
            stop = self._stops.get(key)
        if stop is not None:
            stop.set()

    def forget(self, key: str) -> None:
        """Delete a draft; imported data is kept."""
        changing_home(self._backend.home, "ForgetDraft", key)
        self._stop(key)
        with self._lock:
            self._drafts.pop(key, None)
        self._notes.forget(key)

    def forget_data(self, name: str) -> None:
        """Delete the library's tables and the finished drafts of a deleted data set group."""
        changing_home(self._backend.home, "ForgetData", name)
        store.Library(self._backend.home).delete(name)
        for draft in self.drafts():
            if draft.target == name and not draft.busy:
                self.forget(draft.key)

    def _recover(self) -> None:
        try:
            recover(self._backend)
        except Exception:
            logger.exception("event=recovery_failed")

    def _load(self, draft: Draft, load: Callable[[StepList], PreparedData]) -> str:
        def work(steps: StepList) -> dict[str, object]:
            steps.start("get")
            data = load(steps)
            steps.done("get", f"{len(data.interactions):,} events")
            return self._checked(data, steps)

        self._work(draft, (LOAD_STEPS[draft.source], *CHECK_STEPS), work)
        return draft.key

    def _checked(self, data: PreparedData, steps: StepList) -> dict[str, object]:
        steps.start("check")
        problems = check(data)
        n_stop = int((problems["severity"] == STOP).sum())
        steps.done("check", f"{len(data.interactions):,} events checked, {len(problems)} problems")
        steps.start("look")
        figures = None if n_stop else look(data)
        steps.done("look", "after the problems are solved" if n_stop else "")
        return {"data": data, "problems": problems, "look": figures, "state": DraftState.READY}

    def _imported(self, data: PreparedData, mode: str, steps: StepList) -> dict[str, object]:
        """Import the data; the library's new version becomes current when all its imports have succeeded."""
        home = self._backend.home
        steps.start("keep")
        with turn(home, data.name, lambda: steps.update("keep", None, "waiting for another import of this name")):
            library = store.Library(home)
            loaded = library.open(data.name)
            before = None if loaded is None else loaded.prepared()
            folder = home / "uploads" / data.name
            adding = mode == INCREMENTAL and before is not None
            whole = data
            if before is not None:
                whole = with_all_columns(before, data) if adding else with_what_stays(before, data)
            if adding and not can_be_added(self._backend, data.name, data):
                data, mode = whole, FULL  # rows with other columns are not added to a data set: it is written anew
            pending = library.write(whole, tuple(data.frames))
            replaced: list[str] = []
            try:
                files = prepared.write_csvs(data, folder)
                steps.done("keep")
                sources = [Source(file.dataset_type, file.csv, file.schema, file.n_rows) for file in files]
                import_data(
                    self._backend,
                    data.name,
                    sources,
                    mode,
                    steps.take,
                    token=pending.token,
                    replaced=replaced.extend,
                    new_columns=True,
                )
            except BaseException as error:
                left = restore(self._backend, library, data.name, replaced)
                library.discard(pending)
                stands = what_stands(left) if left else UNCHANGED
                if isinstance(error, Cancelled):
                    raise Cancelled(stands) from error
                if isinstance(error, PlainError | OSError):
                    raise DataError(f"{error} {stands}") from error
                raise
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            library.switch(pending)
        return {"state": DraftState.IMPORTED}

    def _work(
        self,
        draft: Draft,
        steps: Sequence[Step],
        work: Callable[[StepList], dict[str, object]],
        state: DraftState = DraftState.LOADING,
    ) -> None:
        """Start a thread for the work, unless another one works on this draft. Raises ReadOnlyError."""
        key = draft.key
        changing_home(self._backend.home, OPERATIONS[state], draft.target or key)
        stop = threading.Event()
        with self._lock:
            current = self._drafts.get(key)
            if current is not None and current.busy:
                return
            self._stops[key] = stop
        self._put(replace(draft, state=state, steps=tuple(steps), reason="", changed=time.time()))
        self._notes.write(self._drafts[key])

        def report(reported: tuple[Step, ...]) -> None:
            if stop.is_set():
                raise Cancelled(UNCHANGED)
            self._change(key, steps=reported)

        def run() -> None:
            progress = StepList(steps, report)
            try:
                self._change(key, **work(progress))
            except Cancelled as stopped:
                loaded = self._drafts.get(key, draft).data is not None
                state = DraftState.READY if loaded else DraftState.CANCELLED
                self._change(key, state=state, reason=f"Stopped. {stopped}")
            except (PlainError, OSError) as error:
                self._fail(key, str(error))
            except Exception as error:
                logger.exception("event=draft_failed key=%s", key)
                self._fail(key, f"Something unexpected happened ({type(error).__name__}); the log has the details.")
            finally:
                ended = self.draft(key)
                if ended is not None:
                    self._notes.write(ended)

        threading.Thread(target=audit.in_the_same_name(run), name=f"draft-{key}", daemon=True).start()

    def _fail(self, key: str, reason: str) -> None:
        draft = self.draft(key)
        if draft is not None:
            steps = tuple(
                replace(step, state=StepState.FAILED, note=reason if step.state == StepState.RUNNING else step.note)
                if step.state in (StepState.RUNNING, StepState.FAILED)
                else step
                for step in draft.steps
            )
            self._change(key, state=DraftState.FAILED, reason=reason, steps=steps)

    def _change(self, key: str, **changes: object) -> None:
        with self._lock:
            if key in self._drafts:
                self._drafts[key] = replace(self._drafts[key], changed=time.time(), **changes)  # type: ignore[arg-type]

    def _put(self, draft: Draft) -> None:
        with self._lock:
            self._drafts[draft.key] = draft


def _check_name(name: str) -> None:
    if not is_name(name):
        raise DataError(f'"{name}" is no name: use 1 to 63 letters, digits, - or _, beginning with a letter or digit.')


def _planned(data: PreparedData) -> list[Source]:
    """Return the sources to import, for the step list; their files do not exist yet."""
    return [Source(name, Path(), data.schemas[name], len(frame)) for name, frame in data.frames.items()]
